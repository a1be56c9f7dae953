"""`export`: validate, and write the release folder in one pass over the rows, all or nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from armsdata.exporters import FORMATS
from armsdata.exporters.contract import Facts, FileFact, TableFormat, TableWriter, TypedBatch
from armsdata.exporters.documents import DOCUMENTS
from armsdata.schema import DISPLAY_ORDER, TABLES, Table
from armsdata.schema.cells import Cells
from armsdata.schema.edtf import day_text
from armsdata.schema.metadata import Metadata

from .archive import write_archive
from .bypass import LargeFile
from .errors import InvalidData, UsageError
from .findings import Report
from .journal import signature
from .staging import SUMS, Staging

if TYPE_CHECKING:
    from .dataset import Dataset
    from .validation.judge import Judged
    from .validation.run import Input

ALL_FORMATS = tuple(FORMATS)
#: A dataset of more rows than this has no page: no browser should be sent them, and memory stays bounded.
PAGE_ROWS = 150_000

#: A batch as it will be written: rows, the parts of each format, days, and its columns.
Rendered = tuple[int, list[Any], list[int], Mapping[str, Cells]]


def export(
    dataset: Dataset | str | Path | None = None,
    out: str | Path = "dist",
    *,
    formats: Sequence[str] = ALL_FORMATS,
    archive: bool = False,
    strict: bool = False,
    threads: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Validate a dataset and write its release folder.

    Args:
        dataset: what `load` gave, or a dataset folder; the curated dataset where it is not given.
        out: the release folder; an earlier release there is replaced in one step, anything else is left alone.
        formats: some of ``csv``, ``parquet``, ``jsonld``.
        archive: write the release as one file beside the folder, too: `<name>-<version>.tar.zst`.
        strict: do not export when there are warnings.
        threads: how many threads work; 0: as many as there are processors. The bytes are the same.
        progress: is told the number of rows as they are done.

    Returns:
        The report, which has no errors.

    Raises:
        InvalidData: the data have errors; nothing was written.
        UsageError: the dataset or a format is not known, or `out` holds what armsdata did not write.
        OSError: a file cannot be read or written; nothing was changed.
    """
    from .validation.run import run

    wanted = chosen(formats)
    inputs, metadata = _open(dataset)
    seen = {one.reader.path: signature(one.reader.path) for one in inputs if hasattr(one.reader, "path")}
    with Staging(Path(out)) as staging:
        sink = Writing(staging, metadata, wanted)
        try:
            report = run(inputs, sink=sink, strict=strict, threads=threads, progress=progress)
        finally:
            sink.close()
        if not report.valid:
            raise InvalidData(report)
        sink.finish(report)
        if any(signature(path) != before for path, before in seen.items()):
            raise UsageError(f"{dataset}: was changed by somebody else meanwhile; nothing was exported, try again")
        staging.publish()
    if archive:
        write_archive(Path(out), metadata)
    return report


def _open(dataset: Dataset | str | Path | None) -> tuple[list[Input], Metadata]:
    from .checking import dataset_inputs
    from .folder import curated, find_tables

    if dataset is None or isinstance(dataset, str | Path):
        tables = find_tables(Path(dataset) if dataset is not None else curated())
        if not tables.is_dataset:
            raise UsageError(f"{tables.path}: not a dataset: it has no dataset.toml")
        return dataset_inputs(tables), tables.metadata()
    from .reading.frame import FrameReader
    from .validation.run import Input

    return [Input(FrameReader(frame, TABLES[name])) for name, frame in dataset.tables().items()], dataset.metadata


class Drawer(Protocol):
    """Where the files of a release are made."""

    def create(self, path: str) -> IO[bytes]:
        """Begin a file."""

    def finished(self, path: str) -> None:
        """A file is complete."""

    def naming(self, path: str) -> AbstractContextManager[None]:
        """Let errors name the file by what it will be called."""


class _Hashed:
    """A file of the release that knows its size and sum."""

    def __init__(self, staging: Drawer, path: str) -> None:
        self._file = LargeFile(staging.create(path))
        self._naming = partial(staging.naming, path)
        self._sum, self.size = hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        self._sum.update(data)
        with self._naming():
            written = self._file.write(data)
        self.size += written
        return written

    def flush(self) -> None:
        """Nobody reads it before it is closed."""

    def close(self) -> None:
        with self._naming():
            self._file.close()

    @property
    def closed(self) -> bool:
        return self._file.closed

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


class _OpenTable:
    """One table, or a part of it, in one format while it is written."""

    def __init__(self, staging: Drawer, form: TableFormat, table: Table, metadata: Metadata, part: str) -> None:
        self.path = f"{form.name}/{table.name}{part}{form.suffix}"
        self.form, self.rows = form, 0
        self._finished = partial(staging.finished, self.path)
        self.stream = _Hashed(staging, self.path)
        self.writer: TableWriter = form.open(self.stream, table, metadata)  # type: ignore[arg-type]

    def append(self, size: int, rendered: Any) -> None:
        self.writer.write(rendered)
        self.rows += size

    def finish(self, table: Table) -> FileFact:
        self.writer.close()
        self.stream.close()
        self._finished()
        return FileFact(self.path, self.form.media_type, self.stream.size, self.stream.sha256, table.name, self.rows)


class Writing:
    """Writes sound batches in every format. See `Sink`.

    Args:
        staging: where the files are made.
        metadata: what the dataset says of itself.
        formats: the formats.
        part: what the names of the files end with, where each holds a part of its table: such as ``/part-00000``.

    Attributes:
        files: the finished files, by format and table.
        days: the first and last day that any transfer allows.
        drawn: the batches for the page; None where there is none, or there are too many rows to draw.
    """

    def __init__(self, staging: Drawer, metadata: Metadata, formats: Sequence[TableFormat], part: str = "") -> None:
        self.staging, self.metadata, self.formats, self._part = staging, metadata, formats, part
        self._open: list[_OpenTable] = []
        self.files: dict[tuple[str, str], FileFact] = {}
        self.days: list[int] = []
        self.drawn: list[tuple[Table, Mapping[str, Cells]]] | None = None if part else []
        self._rows = 0
        # Writing, hashing and packing go on beside the judging, and of one format beside the others.
        self._pool = ThreadPoolExecutor(len(formats))
        self._appending: list[Future[None]] = []

    def begin(self, table: Table) -> None:
        """Open the table in every format."""
        self._open = [_OpenTable(self.staging, form, table, self.metadata, self._part) for form in self.formats]

    def render(self, table: Table, judged: Judged) -> Rendered:
        """The batch in every format."""
        batch = TypedBatch(table, judged.batch.size, judged.cells)
        parts = [form.render(batch, self.metadata) for form in self.formats]
        return batch.size, parts, _days(batch), judged.cells

    def write(self, table: Table, rendered: Rendered) -> None:
        """Append it."""
        size, parts, days, cells = rendered
        self._keep(table, size, cells)
        self.days += days
        self.days = [min(self.days), max(self.days)] if self.days else []
        self._appended()
        for one, part in zip(self._open, parts, strict=True):
            self._appending.append(self._pool.submit(one.append, size, part))

    def _appended(self) -> None:
        """Wait until the batch before is written: never more than one is on its way."""
        while self._appending:
            self._appending.pop().result()

    def _keep(self, table: Table, size: int, cells: Mapping[str, Cells]) -> None:
        """Keep the rows for the page, as long as there are few enough to draw."""
        self._rows += size
        if self._rows > PAGE_ROWS:
            self.drawn = None
        elif self.drawn is not None:
            self.drawn.append((table, cells))

    def end(self, table: Table) -> None:
        """Close the table."""
        self._appended()
        for one in self._open:
            self.files[one.form.name, table.name] = one.finish(table)
        self._open = []

    def close(self) -> None:
        """Close what a failure left open, and is thrown away."""
        self._pool.shutdown()
        for one in self._open:
            for part in (one.writer, one.stream):
                with contextlib.suppress(OSError, ValueError, pa.ArrowException):  # the first failure says more
                    part.close()

    def finish(self, report: Report) -> None:
        """Write what is made of the facts of the tables, each document knowing those before it; at last the sums."""
        tables = tuple(self.files[form.name, name] for form in self.formats for name in DISPLAY_ORDER)
        earliest, latest = map(day_text, self.days) if self.days else ("", "")
        facts = Facts(self.metadata, tables, earliest, latest, _content_hashes(self.files))
        written = {form.name for form in self.formats}
        if self.drawn is not None:
            facts = self._document(facts, "index.html", "text/html", _page(self.drawn, self.metadata, report))
        for document in DOCUMENTS:
            if not document.needs or written.intersection(document.needs):
                facts = self._document(facts, document.path, document.media_type, document.render(facts))
        create(self.staging, SUMS, sums_of(facts.files))

    def _document(self, facts: Facts, path: str, media_type: str, content: bytes) -> Facts:
        """Write a document; the facts for those after it."""
        fact = create(self.staging, path, content, media_type)
        return dataclasses.replace(facts, files=(*facts.files, fact))


def _page(batches: Iterable[tuple[Table, Mapping[str, Cells]]], metadata: Metadata, report: Report) -> bytes:
    """The page of a release, of all its rows."""
    from .dataset import Frames
    from .report import render

    frames = Frames()
    for table, cells in batches:
        frames.add(table, cells)
    return render(frames.dataset(metadata), report)


def create(staging: Drawer, path: str, content: bytes, media_type: str = "text/plain") -> FileFact:
    """Write a file at once; the facts of it."""
    with staging.naming(path), staging.create(path) as stream:
        stream.write(content)
    return FileFact(path, media_type, len(content), hashlib.sha256(content).hexdigest())


def sums_of(files: Iterable[FileFact]) -> bytes:
    """The list of sums that tells a release: a line a file."""
    lines = [f"{file.sha256}  {file.path}\n" for file in sorted(files, key=lambda file: file.path)]
    return "".join(lines).encode("utf-8")


def chosen(formats: Sequence[str]) -> list[TableFormat]:
    """The formats of these names, in the order of writing.

    Raises:
        UsageError: one is not known, or there is none.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise UsageError(f"no such format: {', '.join(unknown) or '(none)'}; formats are {', '.join(FORMATS)}")
    return [FORMATS[name] for name in FORMATS if name in formats]


def _days(batch: TypedBatch) -> list[int]:
    """The first and last day that the dates of some transfers allow."""
    found = []
    for name in ("ordered", "delivered") if batch.table.name == "transfers" else ():
        for days in batch.cells[name].days.values():
            limits = pc.min_max(days.cast(pa.int32())).as_py()
            found += [day for day in limits.values() if day is not None]
    return found


def _content_hashes(files: Mapping[tuple[str, str], FileFact]) -> dict[str, str]:
    """The content hash of a table is the sum of its CSV."""
    return {table: fact.sha256 for (form, table), fact in files.items() if form == "csv"}
