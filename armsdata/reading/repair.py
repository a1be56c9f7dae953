"""The patient reader: takes a block of CSV that is not sound, record by record, and says what is wrong with each.

It is slow and seldom needed. What it cannot read with certainty it reports and marks, so that the sound cells of the
same record, and the other records, are judged as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from armsdata.schema.columns import CELL_LIMIT

#: A cell may swallow this many lines that look like records before its quotation mark counts as never closed.
RUNAWAY_LINES = 2
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_RUN = re.compile('"+')


@dataclass
class Fault:
    """Something wrong with the shape of a record; `cell` counts from 0, -1 for the whole record."""

    code: str
    line: int
    cell: int
    value: str
    detail: str = ""


@dataclass
class Record:
    """One record as it could be read."""

    line: int
    cells: list[str]
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """What a sound record of the file looks like.

    Attributes:
        delimiter: between cells.
        width: how many cells.
        key: the place of the key, or -1.
        key_form: what a key looks like.
    """

    delimiter: str
    width: int
    key: int
    key_form: re.Pattern[str]

    def fits(self, line: str) -> bool:
        """Whether a line looks like a record by itself."""
        if line.count(self.delimiter) < self.width - 1:
            return False
        cells = _cells(line.removesuffix("\r"), self.delimiter)
        if cells is None or len(cells) != self.width:
            return False
        return self.key < 0 or bool(self.key_form.fullmatch(cells[self.key]))


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line, or None when a quotation mark in it is not closed. Bare marks are taken as they are."""
    if '"' not in line:
        return line.split(delimiter)
    cells, at = [], 0
    while True:
        if line.startswith('"', at):
            quoted = _QUOTED.match(line, at)
            if quoted is None:
                return None
            end = line.find(delimiter, quoted.end())
            cells.append(quoted[1].replace('""', '"') + line[quoted.end() : end if end >= 0 else len(line)])
        else:
            end = line.find(delimiter, at)
            cells.append(line[at : end if end >= 0 else len(line)])
        if end < 0:
            return cells
        at = end + len(delimiter)


def records(text: str, first_line: int, shape: Shape, *, last: bool) -> Iterator[Record | int]:
    """Read the records of a block.

    Args:
        text: the block; undecodable bytes as lone surrogates. It begins where a record begins.
        first_line: the physical line of its first record.
        shape: what a sound record looks like.
        last: nothing follows this block.

    Yields:
        Each record; at the end, when a record is not complete yet, the number of characters left over.
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    at, offset = 0, 0
    while at < len(lines):
        record, taken = _record(lines, at, first_line + at, shape, last=last)
        if record is None:
            yield len(text) - offset
            return
        yield record
        offset += sum(len(line) + 1 for line in lines[at : at + taken])
        at += taken


def _record(lines: list[str], at: int, number: int, shape: Shape, *, last: bool) -> tuple[Record | None, int]:
    """The record that begins at a line, and how many lines it takes; None when it is not complete."""
    record = Record(number, [])
    body = lines[at].removesuffix("\r")
    if '"' not in body:
        record.cells = body.split(shape.delimiter)
        return record, 1
    reader = _QuotedRecord(lines, at, shape, record)
    try:
        return record, reader.read()
    except _Runaway:
        if not last and reader.open_end and not reader.certain:
            return None, 0
        return _without_runaway(lines[at], reader.opened, number, shape), 1


class _Runaway(Exception):
    """A quotation mark that is not closed, or swallows what look like records."""


class _QuotedRecord:
    """Reads one record with quotation marks, which may go over several lines."""

    def __init__(self, lines: list[str], at: int, shape: Shape, record: Record) -> None:
        self.lines, self.at, self.shape, self.record = lines, at, shape, record
        self.taken = 1
        self.text = lines[at]
        self.opened = 0  # where the mark in question opened
        self.open_end = False  # the lines ended before the mark was closed
        self.certain = False  # it swallows what look like records: more lines would not change that
        self.swallowed = 0

    def read(self) -> int:
        place = 0
        while True:
            place, ended = self._cell(place)
            if ended:
                return self.taken

    def _cell(self, place: int) -> tuple[int, bool]:
        """Read the cell at a place; where the next one begins, and whether the record ends."""
        quoted = self.text.startswith('"', place)
        value, start = self._quoted(place) if quoted else ("", place)
        end = self.text.find(self.shape.delimiter, start)
        rest = self.text[start : end if end >= 0 else len(self.text)]
        if end < 0:
            rest = rest.removesuffix("\r")
        value += rest
        if rest if quoted else '"' in rest:
            detail = "after" if quoted else "bare"
            self.record.faults.append(Fault("malformed-csv", self.record.line, len(self.record.cells), value, detail))
        self.record.cells.append(value)
        return end + len(self.shape.delimiter), end < 0

    def _quoted(self, place: int) -> tuple[str, int]:
        """The value of the quoted cell that opens at a place, and where it ends; joins lines as needed."""
        self.opened, self.swallowed = place, 0
        parts, size = [self.text], 0
        closing = _closing(self.text, place + 1)
        while closing < 0:
            size += len(parts[-1])
            if size > 16 * CELL_LIMIT:
                self.certain = True
                raise _Runaway
            if self.at + self.taken >= len(self.lines):
                self.open_end = True
                raise _Runaway
            parts.append(self.lines[self.at + self.taken])
            self.taken += 1
            self.swallowed += self.shape.fits(parts[-1])
            if self.swallowed >= RUNAWAY_LINES:
                self.certain = True
                raise _Runaway
            closing = _closing(parts[-1], 0)
        if len(parts) > 1:
            self.text = "\n".join(parts)
            closing += len(self.text) - len(parts[-1])
        return self.text[place + 1 : closing].replace('""', '"'), closing + 1


def _closing(line: str, start: int) -> int:
    """Where a quoted cell ends in a line: at the last of the first odd run of marks; -1 for nowhere."""
    for run in _RUN.finditer(line, start):
        if len(run[0]) % 2:
            return run.end() - 1
    return -1


def _without_runaway(line: str, opened: int, number: int, shape: Shape) -> Record:
    """The line that opened a runaway mark, read as if the mark were not there."""
    body = line.removesuffix("\r")
    before = _cells(body[:opened], shape.delimiter) or []
    after = body[opened + 1 :].split(shape.delimiter)
    cells = [*before[:-1], *after]
    cell = max(len(before) - 1, 0)
    return Record(number, cells, [Fault("runaway-quote", number, cell, after[0][:80])])
