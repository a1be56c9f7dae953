"""`export`: validate, and write the release folder in one pass over the rows, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from armsdata.exporters import FORMATS
from armsdata.exporters.contract import Facts, FileFact, TableFormat, TableWriter, TypedBatch
from armsdata.schema import DISPLAY_ORDER, TABLES, Table
from armsdata.schema.metadata import Metadata

from .errors import InvalidData, UsageError
from .findings import Report
from .staging import SUMS, Staging

if TYPE_CHECKING:
    from .dataset import Dataset
    from .validation.judge import Judged
    from .validation.run import Input

ALL_FORMATS = tuple(FORMATS)


def export(
    dataset: Dataset | str | Path | None = None,
    out: str | Path = "dist",
    *,
    formats: Sequence[str] = ALL_FORMATS,
    strict: bool = False,
    threads: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Validate a dataset and write its release folder.

    Args:
        dataset: what `load` gave, or a dataset folder; the curated dataset where it is not given.
        out: the release folder; an earlier release there is replaced in one step, anything else is left alone.
        formats: some of ``csv``, ``parquet``, ``jsonld``.
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
    with Staging(Path(out)) as staging:
        sink = _Writing(staging, metadata, [FORMATS[name] for name in FORMATS if name in formats])
        try:
            report = run(inputs, sink=sink, strict=strict, threads=threads, progress=progress)
        finally:
            sink.close()
        if not report.valid:
            raise InvalidData(report)
        sink.finish()
        staging.publish()
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
    """A file that knows its size and sum."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._sum, self.size = stream, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self._sum.update(view)
        self.size += view.nbytes
        return self._stream.write(view)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
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
        self.stream = _Hashed(staging.create(self.path))
        self.writer: TableWriter = form.open(self.stream, table, metadata)  # type: ignore[arg-type]

    def finish(self, table: Table) -> FileFact:
        self.writer.close()
        self.stream.close()
        return FileFact(self.path, self.form.media_type, self.stream.size, self.stream.sha256, table.name, self.rows)


class _Writing:
    """Writes sound batches in every format. See `Sink`."""

    def __init__(self, staging: Staging, metadata: Metadata, formats: Sequence[TableFormat]) -> None:
        self.staging, self.metadata, self.formats = staging, metadata, formats
        self._open: list[_OpenTable] = []
        self._files: dict[tuple[str, str], FileFact] = {}

    def begin(self, table: Table) -> None:
        self._open = [_OpenTable(self.staging, form, table, self.metadata) for form in self.formats]

    def render(self, table: Table, judged: Judged) -> tuple[int, list[Any]]:
        batch = TypedBatch(table, judged.batch.size, judged.cells)
        return batch.size, [form.render(batch, self.metadata) for form in self.formats]

    def write(self, table: Table, rendered: tuple[int, list[Any]]) -> None:
        size, parts = rendered
        for one, part in zip(self._open, parts, strict=True):
            one.writer.write(part)
            one.rows += size

    def end(self, table: Table) -> None:
        for one in self._open:
            self._files[one.form.name, table.name] = one.finish(table)
        self._open = []

    def close(self) -> None:
        """Close what a failure left open."""
        for one in self._open:
            one.stream.close()

    def finish(self) -> None:
        """Write what needs the facts of the tables, and the sums of all files."""
        tables = [self._files[form.name, name] for form in self.formats for name in DISPLAY_ORDER]
        facts = Facts(self.metadata, tuple(tables), content_hash=_content_hashes(self._files))
        sums = "".join(f"{file.sha256}  {file.path}\n" for file in sorted(facts.files, key=lambda file: file.path))
        with self.staging.create(SUMS) as stream:
            stream.write(sums.encode("utf-8"))


def _content_hashes(files: Mapping[tuple[str, str], FileFact]) -> dict[str, str]:
    """The content hash of a table is the sum of its CSV."""
    return {table: fact.sha256 for (form, table), fact in files.items() if form == "csv"}
