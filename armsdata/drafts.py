"""Drafts: results in the making, each in a folder of its own beside the place that it is for.

A draft (`.dist.armsdata-0a1b2c3d4e5f`) holds `lock`, which the system keeps locked for as long as the writer lives;
`new`, the result, or what holds it, which is moved into place at the end; and `earlier`, what stood in that place,
where the system cannot swap two folders in one step.
"""

from __future__ import annotations

import re
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from .locking import Held, Lock, NoLocks

_MARK = ".armsdata-"


def prefix_of(target: Path) -> str:
    """What the names of the drafts of a target begin with."""
    return f".{target.name}{_MARK}"


class Draft:
    """A folder of our own in which a result is made.

    Args:
        parent: the folder that it stands in: the result's own, so that moving it is a renaming.
        prefix: what its name begins with; `clear` knows it as ours.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, parent: Path, prefix: str) -> None:
        self.folder, self._lock = _begin(parent, prefix)
        self.new, self.earlier = self.folder / "new", self.folder / "earlier"
        try:
            self.new.mkdir()
        except OSError:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove what is still in it, and itself. What cannot be removed is left to the next run."""
        _remove_locked(self.folder, self._lock)


def _begin(parent: Path, prefix: str) -> tuple[Path, Lock | None]:
    while True:
        folder = parent / f"{prefix}{uuid.uuid4().hex[:12]}"
        folder.mkdir()
        try:
            return folder, Lock(folder / "lock")
        except NoLocks:
            return folder, None
        except (Held, FileNotFoundError):  # another run took the folder for a left-over, before it was locked
            continue
        except OSError:
            _remove(folder)
            raise


def clear(parent: Path, prefix: str, target: Path | None = None) -> None:
    """Put back, or clear away, what writers have left that live no more.

    Args:
        parent: where the drafts stand.
        prefix: what their names begin with.
        target: what they were drafts of, where an earlier one may have to be put back.

    Raises:
        OSError: the folder cannot be read.
    """
    ours = re.compile(re.escape(prefix) + "[0-9a-f]{12}")
    for folder in list(parent.iterdir()):
        if not ours.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            continue
        if target is not None and not target.exists():  # a writer that lives will see it, and move it away again
            with suppress(OSError):
                (folder / "earlier").rename(target)
        with suppress(Held, NoLocks, OSError):  # without locks, nobody knows: it stays
            _remove_locked(folder, Lock(folder / "lock"))


def _remove_locked(folder: Path, lock: Lock | None) -> None:
    """Remove a draft; the lock goes last, so that nobody else sets about it meanwhile."""
    with suppress(OSError):
        for part in list(folder.iterdir()):
            if part.name != "lock":
                _remove(part)
    if lock is not None:
        lock.remove()
    else:
        _remove(folder / "lock")
    with suppress(OSError):
        folder.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
