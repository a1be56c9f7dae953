"""Writing one part of a release on a worker, as a draft first: who is killed leaves nothing that counts."""

from __future__ import annotations

import contextlib
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from armsdata.exporters import FORMATS
from armsdata.exporters.contract import FileFact
from armsdata.placing import naming
from armsdata.release import Writing
from armsdata.schema.metadata import Metadata

from .places import file_system, is_address, named

#: What the names of unfinished files end with.
DRAFT = ".draft"


@dataclass(frozen=True)
class Wanted:
    """What a worker is to write of a part.

    Attributes:
        place: the folder or the address in which the release is made.
        target: the release, as errors name it.
        metadata: what the dataset says of itself.
        formats: the formats, by name.
        number: of the part in its table, from 0.
    """

    place: str
    target: str
    metadata: Metadata
    formats: tuple[str, ...]
    number: int


def part_name(number: int) -> str:
    """What the files of a part are called, behind the name of the table."""
    return f"/part-{number:05d}"


class Drafts:
    """The files of one part in the making. Leaving the context without `deliver` removes them. See `Drawer`.

    A part may be written twice, when a worker is lost, even at the same time: both write the same bytes, each into
    drafts of its own, and a finished draft is put in place in one step.

    Attributes:
        sink: takes the batches; None when nothing is wanted.
    """

    def __init__(self, wanted: Wanted | None) -> None:
        self._wanted = wanted
        self._made: dict[str, Path] = {}
        self._own = uuid.uuid4().hex[:12]
        self._stack = contextlib.ExitStack()
        self.sink: Writing | None = None

    def __enter__(self) -> Drafts:
        if wanted := self._wanted:
            elsewhere = is_address(wanted.place)
            scratch = tempfile.TemporaryDirectory(prefix="armsdata-") if elsewhere else None
            self._folder = Path(self._stack.enter_context(scratch) if scratch else wanted.place)
            formats = [FORMATS[name] for name in wanted.formats]
            self.sink = Writing(self, wanted.metadata, formats, part_name(wanted.number))
        return self

    def __exit__(self, *error: object) -> None:
        if self.sink:
            self.sink.close()
        for draft in self._made.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        self._stack.close()

    def create(self, path: str) -> IO[bytes]:
        """Begin a file."""
        draft = self._folder / f"{path}.{self._own}{DRAFT}"
        with self.naming(path):
            for folder in (draft.parent.parent, draft.parent):  # not the release's own: where it is gone, so is the job
                folder.mkdir(exist_ok=True)
            self._made[path] = draft
            return draft.open("xb")

    def finished(self, path: str) -> None:
        """Nothing to do: `deliver` puts all files in place together."""

    @contextmanager
    def naming(self, path: str) -> Iterator[None]:
        """Let errors name the file that was to be written, not the draft."""
        with naming(f"{self._wanted.target}/{path}" if self._wanted else path):
            yield

    def deliver(self) -> tuple[list[FileFact], list[int]]:
        """Put the finished files in place; the facts of them, and the first and last day that the dates allow."""
        if self.sink is None or self._wanted is None:
            return [], []
        for path, draft in list(self._made.items()):
            with self.naming(path):
                _deliver(draft, self._wanted.place, path)
        self._made.clear()
        return list(self.sink.files.values()), self.sink.days


def _deliver(draft: Path, place: str, path: str) -> None:
    if not is_address(place):
        draft.replace(Path(place) / path)
        return
    target = f"{place}/{path}"
    with named(target):
        system, root = file_system(target)
        upload(system, draft, root)


def upload(system: Any, file: Path, path: str) -> None:
    """Copy a file to a store."""
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.put_file(str(file), path)
