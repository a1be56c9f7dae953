"""`verify`: is an exported folder whole, does each format hold valid data, and do all of them say the same?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa

from armsdata.exporters import FORMATS
from armsdata.exporters.contract import TypedBatch
from armsdata.exporters.csv import CsvFormat
from armsdata.exporters.text import cell_texts
from armsdata.schema import DISPLAY_ORDER, TABLES, Table

from .errors import UsageError
from .findings import Report, shorten
from .folder import leads_out, open_reader, parts_of
from .reading.batch import Batch, Reader
from .staging import SUMS

#: So many differing cells are named; the first says what is wrong.
NAMED = 20


@dataclass
class Verification:
    """What `verify` found.

    Attributes:
        problems: one sentence each; none when the release is good.
        reports: the validation of each format.
        hashes: the content hash of each table, for each format that holds valid data.
    """

    problems: list[str] = field(default_factory=list)
    reports: dict[str, Report] = field(default_factory=dict)
    hashes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The result as `--format json` prints it."""
        return {"valid": self.good, "problems": self.problems, "content_hashes": self.hashes}


def verify(release: str | Path, *, threads: int = 0, progress: Callable[[int], None] | None = None) -> Verification:
    """Check an exported folder: sums, each format read back and validated, all formats the same cell by cell.

    Args:
        release: the folder.
        threads: how many threads work; 0: as many as there are processors.
        progress: is told the number of rows as they are read.

    Raises:
        UsageError: the folder is no release.
        OSError: a file cannot be read.
    """
    folder = Path(release)
    sums = _sums(folder)
    result = Verification()
    result.problems += _check_files(folder, sums)
    present = [name for name in FORMATS if any(path.startswith(f"{name}/") for path in sums)]
    for name in present:
        _check_format(folder, name, result, threads, progress)
    read = [name for name in present if name in result.hashes]
    for other in read[1:]:
        for table in DISPLAY_ORDER:
            if result.hashes[read[0]][table] != result.hashes[other][table]:
                result.problems += _differences(folder, TABLES[table], read[0], other)
    return result


def _sums(folder: Path) -> dict[str, str]:
    if not folder.exists():
        raise UsageError(f"{folder}: no such folder")
    if not folder.is_dir() or not (folder / SUMS).is_file():
        raise UsageError(f"{folder}: not a release: it has no {SUMS}")
    sums = {}
    for number, line in enumerate((folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        digest, between, path = line.partition("  ")
        outside = path.startswith("/") or ".." in Path(path).parts or ":" in path or "\\" in path
        if not between or not path or len(digest) != 64 or outside:
            raise UsageError(f"{folder / SUMS}, line {number}: not a sum and a path within the folder")
        sums[path] = digest.lower()
    if not any(path.startswith(f"{name}/") for path in sums for name in FORMATS):
        raise UsageError(f"{folder}: not a release: {SUMS} lists no table")
    return sums


def _check_files(folder: Path, sums: dict[str, str]) -> Iterator[str]:
    for path, digest in sums.items():
        file = folder / path
        if leads_out(file, folder):
            yield f"{path}: a link that leads out of the release"
        elif not file.is_file():
            yield f"{path}: the file is missing"
        elif _digest(file) != digest:
            yield f"{path}: its bytes are not those of the release: the sum differs from {SUMS}"
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if not file.is_dir() and path != SUMS and path not in sums:
            yield f"{path}: not listed in {SUMS}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path, name: str) -> dict[str, list[Path]]:
    """The files of each table in one format: one, or its parts."""
    files = {}
    for table in TABLES:
        whole, parts = folder / name / f"{table}{FORMATS[name].suffix}", folder / name / table
        files[table] = parts_of(parts) if parts.is_dir() and not whole.exists() else [whole]
    return files


def _check_format(
    folder: Path, name: str, result: Verification, threads: int, progress: Callable[[int], None] | None
) -> None:
    """Read one format back, validate it, and take the content hash of each table."""
    from .validation.run import Input, run

    files = [(table, path) for table, paths in _files(folder, name).items() for path in paths]
    if any(leads_out(path, folder) for _, path in files):  # which was told; what is there is not the release's
        return
    missing = [path for _, path in files if not path.is_file()]
    if missing:
        result.problems.append(f"{name}: cannot be read back, since {missing[0].name} is missing")
        return
    sink = _Hashing()
    try:
        inputs = [Input(_Complete(open_reader(path, TABLES[table]))) for table, path in files]
        for one in inputs:
            lacking = [column.name for column in one.table.columns if column.name not in one.reader.numbers]
            result.problems += [f"{one.reader.label}: the column {column} is missing" for column in lacking]
        report = run(inputs, sink=sink, threads=threads, progress=progress)
    except UsageError as error:
        result.problems.append(str(error))
        return
    result.reports[name] = report
    if not report.valid:  # and so not read to the end: there is no hash
        first = min(report.findings, key=lambda finding: finding.severity)  # an error before a warning
        where = f"{first.file}, line {first.line}, {first.column or 'the record'}"
        result.problems.append(f"{name}: {report.errors:,} errors; first: {where}: {first.message} [{first.code}]")
        return
    result.hashes[name] = {table: digest.hexdigest() for table, digest in sink.digests.items()}


class _Complete:
    """A file of a release: derived days are not a choice there, so those that a file leaves out are empty cells.

    JSON-LD has no header that lacks a column, and leaves out what no node fills; see `Reader`.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.label, self.table = reader.label, reader.table
        self.numbers, self.findings = reader.numbers, reader.findings

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        for read in self._reader.blocks():
            yield partial(self._with_derived, read)

    def _with_derived(self, read: Callable[[], Batch]) -> Batch:
        batch = read()
        for column in self.table.derived_columns:
            if column.name in self.numbers:  # what lacks in a header is told as that
                batch.columns.setdefault(column.name, pa.nulls(batch.size, pa.string()))
        return batch


class _Hashing:
    """Takes the content hash of each table: the sum of its CSV. See `Sink`."""

    def __init__(self) -> None:
        self._format = CsvFormat()
        self.digests = {name: hashlib.sha256() for name in TABLES}

    def begin(self, table: Table) -> None:
        header = ",".join(column.name for column in table.columns) + "\n"
        self.digests[table.name].update(header.encode("utf-8"))

    def render(self, table: Table, judged: Any) -> list[memoryview]:
        return self._format.render(TypedBatch(table, judged.batch.size, judged.cells))

    def write(self, table: Table, rendered: list[memoryview]) -> None:
        for piece in rendered:
            self.digests[table.name].update(piece)

    def end(self, table: Table) -> None:
        """Nothing to do."""


def _differences(folder: Path, table: Table, one: str, other: str) -> list[str]:
    """Which cells two formats disagree about: the first few, by record."""
    found: list[str] = []
    for number, (left, right) in enumerate(zip_longest(*(_rows(folder, table, name) for name in (one, other))), 1):
        record = f"{table.name}, record {number}"
        keys = [row[table.key] if row else None for row in (left, right)]
        if left is None or right is None or keys[0] != keys[1]:  # from here on, each would differ from its neighbour
            here, there = (f"is {key!r} in" if key else "is not in" for key in keys)
            return [*found, f"{record} {here} {one}, {there} {other}; the records after it are not compared"]
        for name in left:
            if left[name] != right[name]:
                values = [repr(shorten(row[name])) if row[name] else "empty" for row in (left, right)]
                found.append(f"{record}, {keys[0]!r}: {name} is {values[0]} in {one}, {values[1]} in {other}")
        if len(found) >= NAMED:
            return found[:NAMED]
    return found or [f"{table.name}: {one} and {other} differ, though each cell reads the same"]


def _rows(folder: Path, table: Table, name: str) -> Iterator[dict[str, str | None]]:
    from .validation.judge import judge

    readers = [open_reader(path, table) for path in _files(folder, name)[table.name]]
    for read in (read for reader in readers for read in reader.blocks()):
        judged = judge(table, read())
        texts = cell_texts(table, judged.cells)
        columns = {column.name: cells.spread(text).to_pylist() for column, cells, text in texts}
        for row in range(judged.batch.size):
            yield {column: values[row] for column, values in columns.items()}
