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
#: A record that is longer has a quotation mark too many: no table has more columns of the longest cells.
RECORD_LIMIT = 32 * CELL_LIMIT
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_RUN = re.compile('"+')
_RETURNS = re.compile(r"\r*\Z")


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
    elif lines[-1].endswith("\r"):  # no newline follows: this return stands alone, unlike the one of a CRLF
        lines[-1] += "\r"
    at, offset, place = 0, 0, 0
    while at < len(lines):
        reader = _RecordReader(lines, at, first_line + at, shape, place)
        if not reader.read(last=last):
            yield len(text) - offset - place
            return
        yield reader.record
        offset += sum(len(line) + 1 for line in lines[at : at + reader.taken])
        at += reader.taken
        place = reader.next_place
        if place:  # behind a lone carriage return the next record begins in the same line
            at -= 1
            offset -= len(lines[at]) + 1


class _Runaway(Exception):
    """A quotation mark that is not closed, or swallows what look like records."""


class _RecordReader:
    """Reads the record that begins at a line; it may go over several lines."""

    def __init__(self, lines: list[str], at: int, number: int, shape: Shape, place: int) -> None:
        self.lines, self.at, self.shape, self.place = lines, at, shape, place
        self.record = Record(number, [])
        self.taken = 1
        self.text = lines[at]  # the line that is read from
        self.next_place = 0  # where in it the next record begins, if one does
        self.size = 0  # of its quoted cells that go over several lines
        self.open_end = False  # the lines ended before a quotation mark was closed

    def read(self, *, last: bool) -> bool:
        """Read the record; False when it is not complete yet."""
        place = self.place
        if not place:
            body = self.text.removesuffix("\r")
            if '"' not in body and "\r" not in body:
                self.record.cells = body.split(self.shape.delimiter)
                return True
        try:
            while place >= 0:
                place = self._cell(place)
        except _Runaway as runaway:
            if self.open_end and not last:
                return False
            self._without_mark(runaway.args[0])
        return True

    def _cell(self, place: int) -> int:
        """Read the cell at a place; where the next one begins, -1 at the end of the record."""
        quoted = self.text.startswith('"', place)
        value, start = self._quoted(place) if quoted else ("", place)
        stop = len(self.text) - self.text.endswith("\r")
        end = self.text.find(self.shape.delimiter, start, stop)
        lone = self.text.find("\r", start, stop if end < 0 else end)
        rest = self.text[start : lone if lone >= 0 else end if end >= 0 else stop]
        value += rest
        if rest if quoted else '"' in rest:
            self._fault("malformed-csv", len(self.record.cells), value, "after" if quoted else "bare")
        self.record.cells.append(value)
        if lone >= 0:
            if not self.place:  # once for each line
                self._fault("malformed-csv", -1, "", "return")
            self.next_place = 0 if _RETURNS.match(self.text, lone) else lone + 1
            return -1
        return end + len(self.shape.delimiter) if end >= 0 else -1

    def _quoted(self, place: int) -> tuple[str, int]:
        """The value of the quoted cell that opens at a place, and where it ends in its last line."""
        opened, line, swallowed = self.taken, self.text, 0
        parts = [line[place + 1 :]]
        closing = _closing(line, place + 1)
        if closing >= 0:
            return line[place + 1 : closing].replace('""', '"'), closing + 1
        while closing < 0:
            self.size += len(parts[-1])
            self.open_end = self.at + self.taken >= len(self.lines)
            if self.open_end or self.size > RECORD_LIMIT:
                self.taken = opened
                raise _Runaway(place)
            line = self.lines[self.at + self.taken]
            self.taken += 1
            fits = self.shape.fits(line)
            swallowed += fits
            closing = _closing(line, 0)
            # A record whose own opening mark seems to close the cell was swallowed for certain.
            if swallowed >= RUNAWAY_LINES or (fits and closing >= 0 and not self._ends_cell(line, closing + 1)):
                self.taken = opened
                raise _Runaway(place)
            parts.append(line)
        self.text, parts[-1] = line, line[:closing]
        return "\n".join(parts).replace('""', '"'), closing + 1

    def _ends_cell(self, line: str, place: int) -> bool:
        return line.startswith(self.shape.delimiter, place) or line[place:] in ("", "\r")

    def _without_mark(self, place: int) -> None:
        """Read the line that opened a runaway mark, which is the last one taken, as if the mark were not there."""
        after = self.text.removesuffix("\r")[place + 1 :].split(self.shape.delimiter)
        self._fault("runaway-quote", len(self.record.cells), after[0][:80], "", self.taken - 1)
        self.record.cells += after

    def _fault(self, code: str, cell: int, value: str, detail: str, further: int = 0) -> None:
        self.record.faults.append(Fault(code, self.record.line + further, cell, value, detail))


def _closing(line: str, start: int) -> int:
    """Where a quoted cell ends in a line: at the last of the first odd run of marks; -1 for nowhere."""
    for run in _RUN.finditer(line, start):
        if len(run[0]) % 2:
            return run.end() - 1
    return -1
