"""`export`: validate, and write the release folder in one pass over the rows, all or nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from armsdata.exporters import FORMATS
from armsdata.exporters.contract import Facts, FileFact, TableFormat, TableWriter, TypedBatch
from armsdata.exporters.documents import DOCUMENTS
from armsdata.schema import DISPLAY_ORDER, TABLES, Table
from armsdata.schema.edtf import day_text
from armsdata.schema.metadata import Metadata

from .archive import write_archive
from .dataset import Dataset, Frames
from .errors import InvalidData, UsageError
from .findings import Report
from .journal import signature
from .report import render as render_page
from .staging import SUMS, Staging

if TYPE_CHECKING:
    from .validation.judge import Judged
    from .validation.run import Input

ALL_FORMATS = tuple(FORMATS)
#: A dataset of more rows than this has no page: no browser should be sent them, and memory stays bounded.
PAGE_ROWS = 150_000

#: A batch as it will be written: rows, the parts of each format, days, and a frame for the page.
Rendered = tuple[int, list[Any], list[int], Any]


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

    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise UsageError(f"no such format: {', '.join(unknown) or '(none)'}; formats are {', '.join(FORMATS)}")
    inputs, metadata = _open(dataset)
    seen = {one.reader.path: signature(one.reader.path) for one in inputs if hasattr(one.reader, "path")}
    with Staging(Path(out)) as staging:
        sink = _Writing(staging, metadata, [FORMATS[name] for name in FORMATS if name in formats])
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


class _Hashed:
    """A file of the release that knows its size and sum."""

    def __init__(self, staging: Staging, path: str) -> None:
        self._stream = staging.create(path)
        self._naming = partial(staging.naming, path)
        self._sum, self.size = hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self._sum.update(view)
        self.size += view.nbytes
        with self._naming():
            return self._stream.write(view)

    def flush(self) -> None:
        with self._naming():
            self._stream.flush()

    def close(self) -> None:
        with self._naming():
            self._stream.close()

    @property
    def closed(self) -> bool:
        return self._stream.closed

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


class _OpenTable:
    """One table in one format while it is written."""

    def __init__(self, staging: Staging, form: TableFormat, table: Table, metadata: Metadata) -> None:
        self.path = f"{form.name}/{table.name}{form.suffix}"
        self.form, self.rows = form, 0
        self.stream = _Hashed(staging, self.path)
        self.writer: TableWriter = form.open(self.stream, table, metadata)  # type: ignore[arg-type]

    def finish(self, table: Table, staging: Staging) -> FileFact:
        self.writer.close()
        self.stream.close()
        staging.finished(self.path)
        return FileFact(self.path, self.form.media_type, self.stream.size, self.stream.sha256, table.name, self.rows)


class _Writing:
    """Writes sound batches in every format. See `Sink`."""

    def __init__(self, staging: Staging, metadata: Metadata, formats: Sequence[TableFormat]) -> None:
        self.staging, self.metadata, self.formats = staging, metadata, formats
        self._open: list[_OpenTable] = []
        self._files: dict[tuple[str, str], FileFact] = {}
        self._days: list[int] = []  # the first and last day that any transfer allows
        self.frames: Frames | None = Frames()  # for the page; None once there are too many rows to draw
        self._rows = 0
        self._thread = ThreadPoolExecutor(1)  # writing, hashing and packing go on beside the judging
        self._appending: Future[None] | None = None

    def begin(self, table: Table) -> None:
        self._open = [_OpenTable(self.staging, form, table, self.metadata) for form in self.formats]

    def render(self, table: Table, judged: Judged) -> Rendered:
        batch = TypedBatch(table, judged.batch.size, judged.cells)
        parts = [form.render(batch, self.metadata) for form in self.formats]
        frames = self.frames  # another thread may drop them meanwhile
        return batch.size, parts, _days(batch), frames.render(table, judged) if frames else None

    def write(self, table: Table, rendered: Rendered) -> None:
        size, parts, days, frame = rendered
        self._keep(table, size, frame)
        self._days += days
        self._days = [min(self._days), max(self._days)] if self._days else []
        self._appended()
        self._appending = self._thread.submit(self._append, size, parts)

    def _append(self, size: int, parts: list[Any]) -> None:
        for one, part in zip(self._open, parts, strict=True):
            one.writer.write(part)
            one.rows += size

    def _appended(self) -> None:
        """Wait until the batch before is written: never more than one is on its way."""
        if self._appending:
            self._appending.result()

    def _keep(self, table: Table, size: int, frame: Any) -> None:
        """Keep the rows for the page, as long as there are few enough to draw."""
        self._rows += size
        if self._rows > PAGE_ROWS:
            self.frames = None
        elif self.frames is not None:
            self.frames.write(table, frame)

    def end(self, table: Table) -> None:
        self._appended()
        for one in self._open:
            self._files[one.form.name, table.name] = one.finish(table, self.staging)
        self._open = []

    def close(self) -> None:
        """Close what a failure left open, and is thrown away."""
        self._thread.shutdown()
        for one in self._open:
            for part in (one.writer, one.stream):
                with contextlib.suppress(OSError, ValueError, pa.ArrowException):  # the first failure says more
                    part.close()

    def finish(self, report: Report) -> None:
        """Write what is made of the facts of the tables, each document knowing those before it; at last the sums."""
        tables = tuple(self._files[form.name, name] for form in self.formats for name in DISPLAY_ORDER)
        earliest, latest = map(day_text, self._days) if self._days else ("", "")
        facts = Facts(self.metadata, tables, earliest, latest, _content_hashes(self._files))
        written = {form.name for form in self.formats}
        if self.frames is not None:
            page = render_page(self.frames.dataset(self.metadata), report)
            facts = self._document(facts, "index.html", "text/html", page)
        for document in DOCUMENTS:
            if not document.needs or written.intersection(document.needs):
                facts = self._document(facts, document.path, document.media_type, document.render(facts))
        sums = "".join(f"{file.sha256}  {file.path}\n" for file in sorted(facts.files, key=lambda file: file.path))
        self._create(SUMS, sums.encode("utf-8"))

    def _document(self, facts: Facts, path: str, media_type: str, content: bytes) -> Facts:
        """Write a document; the facts for those after it."""
        self._create(path, content)
        fact = FileFact(path, media_type, len(content), hashlib.sha256(content).hexdigest())
        return dataclasses.replace(facts, files=(*facts.files, fact))

    def _create(self, path: str, content: bytes) -> None:
        with self.staging.naming(path), self.staging.create(path) as stream:
            stream.write(content)


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
