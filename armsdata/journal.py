"""Replacing several files of a folder as one: all of them, or none, also when the process is killed.

The new files are written into a draft within the folder. Renaming that to `PENDING` is the one step that decides:
before it nothing has changed, after it every file in there will be moved into place. Whoever is killed while moving
leaves the rest in `PENDING`; the next command that opens the dataset moves it first. Who decides or moves holds a lock
meanwhile, so that two of them never mix.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from armsdata.schema import TABLES

from . import placing
from .drafts import Draft, clear
from .errors import UsageError
from .locking import alone, clear_lock
from .placing import naming

#: The folder whose files are on their way into the dataset.
PENDING = ".armsdata-pending"
_DRAFT = ".armsdata-new-"

Signature = tuple[int, int, int]


def signature(path: Path) -> Signature | None:
    """What changes when a file does; None where there is no file."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return (state.st_ino, state.st_size, state.st_mtime_ns)


class Replacement:
    """New files for a folder. Leaving the context without `commit` changes nothing.

    Args:
        folder: the folder whose files are to be replaced.
        seen: the files that the new ones were made from, as they were then; `commit` fails if they have changed.

    Raises:
        OSError: nothing can be written into the folder.
    """

    def __init__(self, folder: Path, seen: Mapping[Path, Signature | None]) -> None:
        self.folder, self.seen = folder, seen
        complete(folder)
        with naming(folder):
            self._draft = Draft(folder, _DRAFT)
            self.draft = self._draft.new

    def __enter__(self) -> Replacement:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._draft.remove()

    def write(self, name: str, chunks: Iterable[Any]) -> None:
        """Write the new version of a file, with the permissions of the old one."""
        made = self.draft / name
        with naming(self.folder / name):
            with made.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
            if (self.folder / name).exists():
                shutil.copymode(self.folder / name, made)

    def commit(self) -> None:
        """Put every file that was written into place.

        Raises:
            UsageError: somebody else has changed the folder meanwhile.
            OSError: the files cannot be moved; either nothing has changed, or the next command will do it.
        """
        with naming(self.folder):
            placing.sync(self.draft)
        with alone(self.folder):
            _complete(self.folder)
            if any(signature(path) != before for path, before in self.seen.items()):
                raise UsageError(
                    f"{self.folder}: was changed by somebody else meanwhile; nothing was written, try again"
                )
            self._decide()
            try:
                _complete(self.folder)
            except OSError as error:
                error.strerror = f"{error.strerror}; the rest is in {PENDING}, and the next command puts it in place"
                raise

    def _decide(self) -> None:
        for made in self.draft.iterdir():  # Windows refuses what another program has open: here, where nothing is lost
            place = self.folder / made.name
            if place.exists():
                with naming(place):
                    placing.move(place, place)
        with naming(self.folder):
            placing.move(self.draft, self.folder / PENDING)
            placing.sync_names(self.folder)


def complete(folder: Path) -> None:
    """Move the files of an unfinished replacement into place, or wait until another process has done so.

    What writers have left that live no more is cleared away.

    Raises:
        OSError: the files cannot be moved.
    """
    clear(folder, _DRAFT)
    if _is_pending(folder):
        with alone(folder):
            _complete(folder)
    clear_lock(folder)


def _is_pending(folder: Path) -> bool:
    pending = folder / PENDING
    return pending.is_dir() and not pending.is_symlink()


def _complete(folder: Path) -> None:
    if not _is_pending(folder):
        return
    pending = folder / PENDING
    for file in _in_order(pending):
        with naming(folder / file.name), suppress(FileNotFoundError):  # where there are no locks: another has moved it
            placing.move(file, folder / file.name)
    with naming(folder):
        placing.sync_names(folder)
    shutil.rmtree(pending, ignore_errors=True)


def _in_order(pending: Path) -> list[Path]:
    """The table files, those first that others refer to: what a reader sees half-way is sound."""
    order = list(TABLES)
    files = [file for file in pending.iterdir() if file.stem.lower() in TABLES and file.suffix.lower() == ".csv"]
    files = [file for file in files if file.is_file() and not file.is_symlink()]
    return sorted(files, key=lambda file: order.index(file.stem.lower()))
