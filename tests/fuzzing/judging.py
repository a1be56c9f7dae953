"""What must hold whatever the bytes of a table file are.

No exception but those of the design; time and memory bounded by the size; findings that every output can print; and
what is accepted without error reads back the same from every format.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import re
import shutil
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pyarrow as pa
from armsdata.exporters import FORMATS
from armsdata.exporters.contract import TypedBatch
from armsdata.exporters.text import cell_texts
from armsdata.schema import TABLES, Table
from armsdata.schema.cells import type_cells
from armsdata.schema.metadata import read_metadata

import armsdata
from armsdata import UsageError
from armsdata.catalogue import CATALOGUE
from armsdata.findings import ERROR, WARNING, Finding, Report
from armsdata.output import REPORTS
from armsdata.reading import open_table
from armsdata.reading.batch import Batch, Reader
from armsdata.validation.judge import Judged, judge
from datasets import FULL

try:
    import resource
except ImportError:  # Windows counts otherwise
    resource = None  # type: ignore[assignment]

#: Seconds of processor time: to begin with, and for each mebibyte of input.
SECONDS, SECONDS_A_MIB = 5.0, 60.0
#: Mebibytes of memory more than before: to begin with, and for each mebibyte of input.
MEMORY, MEMORY_A_MIB = 192, 256
#: What a terminal or a log must not be sent.
_HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@cache
def work() -> Path:
    """A folder for the files, in memory where the system has such."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="armsdata-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def dataset(table: str, suffix: str) -> Path:
    """A small good dataset without the file of one table, which has another suffix; an input will stand there."""
    folder = FULL.write(work() / f"{table}{suffix}")
    (folder / f"{table}.csv").unlink()
    return folder


class TooSlow(AssertionError):
    """More processor time than the size of the input warrants."""


class TooLarge(AssertionError):
    """More memory than the size of the input warrants."""


@contextlib.contextmanager
def bounded(size: int) -> Iterator[None]:
    """Fail where what is done within takes more time or memory than its input of this size warrants."""
    seconds = SECONDS + SECONDS_A_MIB * size / (1 << 20)
    before, begun = _peak(), time.process_time()
    with _alarm(seconds):
        yield
    if (used := time.process_time() - begun) > seconds:
        raise TooSlow(f"{used:.1f} s of processor time for {size:,} bytes")
    grown = _peak() - before
    if before and grown > MEMORY + MEMORY_A_MIB * size / (1 << 20):
        raise TooLarge(f"{grown:.0f} MiB more memory for {size:,} bytes")


def _peak() -> float:
    """The most memory that this process ever used, in MiB; what Arrow was given counts also where it was not used."""
    arrow = (pa.default_memory_pool().max_memory() or 0) / (1 << 20)
    if resource is None:
        return arrow
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, arrow)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupt Python code that does not end, by the clock of the processor: a stopped process does not count."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"not done after {seconds:.0f} s of processor time")

    if not hasattr(signal, "SIGPROF"):  # Windows has no such clock: the time is told when it is over
        yield
        return
    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds * 1.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# ------------------------------------------------------------------------------------------------ one file


def check_file(control: int, suffix: str, data: bytes) -> tuple[Table, Reader, list[Judged]] | None:
    """Do with a file what a control byte says; what was read, unless nothing can be or the whole dataset was judged.

    Bits 0-2: which table. Bits 4-5: read it, and write it in every format and back; judge it; or judge the dataset.
    """
    table, level = table_of(control & 7), control >> 4 & 3
    if level == WHOLE:
        validate(table, suffix, data)
        return None
    found = read_file(table, suffix, data, judging=level == JUDGED)
    if found is None:
        return None
    if level == WRITTEN:
        round_trip(table, *found)
    return table, *found


READ, WRITTEN, JUDGED, WHOLE = range(4)


def read_file(table: Table, suffix: str, data: bytes, *, judging: bool) -> tuple[Reader, list[Judged]] | None:
    """Read, type and judge the batches of one file; None where it cannot be read as a table."""
    path = dataset(table.name, suffix) / f"{table.name}{suffix}"
    path.write_bytes(data)
    judged: list[Judged] = []
    with bounded(len(data)):
        try:
            reader = open_table(path, path.name, table)
            judged = [(judge if judging else _typed)(table, read()) for read in reader.blocks()]
        except UsageError:
            return None
    for one in judged:
        lines = one.batch.lines()
        assert len(lines) == one.batch.size
        assert all(a <= b for a, b in itertools.pairwise(lines))
        for array in one.batch.columns.values():
            array.validate(full=True)
            assert len(array) == one.batch.size
    well_formed(reader.findings + [one for each in judged for one in each.batch.findings])
    return reader, judged


def _typed(table: Table, batch: Batch) -> Judged:
    """A batch with its cells typed, but not judged by pandera, which takes most of the time."""
    empty = pa.nulls(batch.size, pa.string()).dictionary_encode()
    cells = {one.name: type_cells(one, batch.columns.get(one.name, empty)) for one in table.source_columns}
    return Judged(batch, cells)


def validate(table: Table, suffix: str, data: bytes) -> Report:
    """The report on a dataset with one hostile file: there always is one, for four good tables stand beside it."""
    folder = dataset(table.name, suffix)
    (folder / f"{table.name}{suffix}").write_bytes(data)
    with bounded(len(data)):
        report = armsdata.validate(folder, threads=1)
    assert report.valid == (report.errors == 0)
    assert report.counts.total() >= len(report.findings)
    assert [one.place for one in report.findings] == sorted(one.place for one in report.findings)
    well_formed(report.findings)
    printable(report)
    return report


def well_formed(findings: list[Finding]) -> None:
    """Each finding has a code of the catalogue, a place, and words that are Unicode."""
    for one in findings:
        assert one.code in CATALOGUE, one
        assert one.severity in (ERROR, WARNING), one
        assert one.line >= 1, one
        assert one.message, one
        assert one.column_number is None or one.column_number >= 1, one
        for text in (one.message, one.hint, one.value, one.row_key, one.column):
            assert len(text or "") < 2000, one
            (text or "").encode("utf-8")


def printable(report: Report) -> None:
    """Every output can print the report, and stays what it is."""
    texts = {name: write(report) for name, (write, _) in REPORTS.items()}
    assert json.loads(texts["json"])["valid"] == report.valid
    json.loads(texts["sarif"])
    ElementTree.fromstring(texts["junit"].encode("utf-8"))
    assert not _HARMFUL.search(texts["text"].replace("\n", "")), texts["text"]
    assert not _HARMFUL.search(texts["github"].replace("\n", "")), texts["github"]
    assert all(not line or line.startswith(("::error ", "::warning ", "::notice ")) for line in
               texts["github"].split("\n")), texts["github"]  # fmt: skip


# ------------------------------------------------------------------------------------------------ and back


def round_trip(table: Table, reader: Reader, judged: list[Judged]) -> None:
    """What has no error is written in every format, and reads back the same."""
    if any(finding.severity == ERROR for finding in reader.findings):
        return
    sound = [one for one in judged if one.batch.size and not (_faulty(one) or one.batch.findings or one.batch.spoiled)]
    metadata = read_metadata(dataset(table.name, ".csv") / "dataset.toml")
    for one in sound:
        batch = TypedBatch(table, one.batch.size, one.cells)
        expected = {column.name: _plain(cells.spread(texts)) for column, cells, texts in cell_texts(table, one.cells)}
        for form in FORMATS.values():
            path = work() / f"written{form.suffix}"
            with path.open("wb") as stream:
                writer = form.open(stream, table, metadata)
                writer.write(form.render(batch, metadata))
                writer.close()
            again = open_table(path, path.name, table)
            batches = [read() for read in again.blocks()]
            told = [finding for each in batches for finding in each.findings] + again.findings
            assert not told, (form.name, told)
            for name, texts in expected.items():
                got = [text for each in batches for text in _texts(each, name)]
                assert got == texts, (form.name, name, got, texts)


def _faulty(judged: Judged) -> bool:
    return any(cells.faults or (cells.column.required and cells.empty.any()) for cells in judged.cells.values())


def _texts(batch: Batch, name: str) -> list[str | None]:
    array = batch.columns.get(name)
    return [None] * batch.size if array is None else _plain(array)


def _plain(array: pa.Array) -> list[str | None]:
    texts: list[str | None] = array.to_pylist()
    return texts


def table_of(number: int) -> Table:
    """One of the five tables."""
    return list(TABLES.values())[number % len(TABLES)]
