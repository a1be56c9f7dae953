"""Replacing several files of a folder as one: all of them, or none, also when the process is killed.

The new files are written into a folder of their own within the dataset. Renaming that folder to `PENDING` is the one
step that decides: before it nothing has changed, after it every file in there will be moved into place. Whoever is
killed while moving leaves the rest in `PENDING`; the next command that opens the dataset moves it first.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from armsdata.schema import TABLES

from .errors import UsageError
from .staging import process_lives

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
        _clear_drafts(folder)
        self.draft = folder / f"{_DRAFT}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.draft.mkdir()

    def __enter__(self) -> Replacement:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.draft, ignore_errors=True)

    def write(self, name: str, chunks: Iterable[Any]) -> None:
        """Write the new version of a file, with the permissions of the old one."""
        made = self.draft / name
        with made.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if (self.folder / name).exists():
            shutil.copymode(self.folder / name, made)

    def commit(self) -> None:
        """Put every file that was written into place.

        Raises:
            UsageError: somebody else has changed the folder meanwhile.
            OSError: the files cannot be moved; either nothing has changed, or the next command will do it.
        """
        if any(signature(path) != before for path, before in self.seen.items()):
            raise UsageError(f"{self.folder}: was changed by somebody else meanwhile; nothing was written, try again")
        try:
            self.draft.rename(self.folder / PENDING)
        except OSError:
            if not (self.folder / PENDING).exists():
                raise
            raise UsageError(f"{self.folder}: somebody else is changing it; nothing was written, try again") from None
        complete(self.folder)


def complete(folder: Path) -> None:
    """Move the files of an unfinished replacement into place. Doing it twice, or at the same time, does no harm.

    Raises:
        OSError: the files cannot be moved.
    """
    pending = folder / PENDING
    if not pending.is_dir() or pending.is_symlink():
        return
    for file in _in_order(pending):
        try:
            file.replace(folder / file.name)
        except FileNotFoundError:  # another process has moved it
            continue
    shutil.rmtree(pending, ignore_errors=True)


def _in_order(pending: Path) -> list[Path]:
    """The table files, those first that others refer to: what a reader sees half-way is sound."""
    order = list(TABLES)
    files = [file for file in pending.iterdir() if file.stem.lower() in TABLES and file.suffix.lower() == ".csv"]
    files = [file for file in files if file.is_file() and not file.is_symlink()]
    return sorted(files, key=lambda file: order.index(file.stem.lower()))


def _clear_drafts(folder: Path) -> None:
    """Remove what killed processes have left."""
    for draft in folder.glob(f"{_DRAFT}*"):
        owner = draft.name.removeprefix(_DRAFT).partition("-")[0]
        if owner.isdigit() and not process_lives(int(owner)):
            shutil.rmtree(draft, ignore_errors=True)
