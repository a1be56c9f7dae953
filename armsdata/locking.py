"""Locks that the operating system holds for a process, and lets go of when the process ends, however it ends.

They tell what a killed run has left behind from what another run is writing, also where both run in containers of their
own and process numbers say nothing.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import UsageError
from .placing import naming

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NAME = ".armsdata-lock"
#: How long one waits for another process to move its files into place.
PATIENCE = 60.0
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class Held(Exception):
    """Another process has locked the file."""


class NoLocks(Exception):
    """The file system knows no locks."""


class Lock:
    """A file that is locked until `release`.

    Args:
        path: the file; it is made where there is none.

    Raises:
        Held: another process has locked it, or has just removed it.
        NoLocks: the file system knows no locks.
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            _lock(self._file)
            if not self._stands():  # whoever held it before has removed it: a lock on no file keeps nobody out
                raise Held
        except BaseException:
            os.close(self._file)
            raise

    def _stands(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file), self.path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let go of the file, and leave it where it is."""
        os.close(self._file)

    def remove(self) -> None:
        """Let go of the file and remove it: before, so that nobody locks what is going; after, where one must."""
        if sys.platform == "win32":
            os.close(self._file)
        with suppress(OSError):  # another has opened it, and will remove it
            self.path.unlink(missing_ok=True)
        if sys.platform != "win32":
            os.close(self._file)


def _lock(file: int) -> None:
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise (Held if error.errno in _HELD else NoLocks) from None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process is within the same for this folder, and keep the others out.

    Where the file system knows no locks, nobody is kept out.

    Raises:
        UsageError: another process takes too long.
        OSError: the lock cannot be made in the folder.
    """
    with naming(folder):
        lock = _waited_for(folder)
    try:
        yield
    finally:
        if lock is not None:
            lock.remove()


def clear_lock(folder: Path) -> None:
    """Remove the lock of `alone` that a killed process has left."""
    if (folder / _NAME).exists():
        with suppress(Held, NoLocks, OSError):
            Lock(folder / _NAME).remove()


def _waited_for(folder: Path) -> Lock | None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return Lock(folder / _NAME)
        except NoLocks:
            return None
        except Held:
            if time.monotonic() > until:
                raise UsageError(f"{folder}: somebody else is changing it; nothing was written, try again") from None
            time.sleep(0.01)
