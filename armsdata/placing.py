"""Moving files and folders into place, so that neither a crash nor a power cut leaves half of one."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

#: On Windows nothing can be renamed while it is open, and scanners open whatever is new for a moment.
PATIENCE = 2.0 if sys.platform == "win32" else 0.0
#: What file systems answer that cannot sync: there is nothing more to be had from them.
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF}
_SYNCING = 8


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Let errors name the file that was to be written, not the draft of which nobody has heard."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; a file that stands at the target is replaced.

    Raises:
        OSError: it is refused; nothing has changed.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            source.replace(target)
            return
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.05)


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system cannot, or does not."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    here = -100  # AT_FDCWD
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return bool(library.renameat2(here, names[0], here, names[1], 2) == 0)  # RENAME_EXCHANGE
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(names[0], names[1], 2) == 0)  # RENAME_SWAP
    return False


def sync(folder: Path) -> None:
    """Bring a folder with all that is in it to the disk; several files at once, for each one waits.

    Raises:
        OSError: the disk is full or broken, as some file systems tell only now.
    """
    below = sorted(folder.rglob("*"))
    with ThreadPoolExecutor(_SYNCING) as pool:
        list(pool.map(sync_file, (one for one in below if one.is_file())))
    for one in [one for one in reversed(below) if one.is_dir()]:
        sync_names(one)
    sync_names(folder)


def sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk; Windows does that by itself.

    Raises:
        OSError: the disk is broken.
    """
    if sys.platform != "win32":
        _sync(os.open(folder, os.O_RDONLY))


def sync_file(path: Path) -> None:
    """Bring what was written into a file to the disk.

    Raises:
        OSError: the disk is full or broken, as some file systems tell only now.
    """
    _sync(os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY))  # it may be read-only by now


def _sync(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(file)
