"""The two layouts of SIPRI's trade register: from the bytes of a download to records of texts.

The download writes its comments without quotes, so a line break or a comma in one breaks the record. A broken record
is mended only where there is exactly one way to make the columns fit; all else is an error, never a guess.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

from .register import ImportFailure, Notes, tidy

Fit = Callable[[str], object]

_year = re.compile(r"\(?[12][0-9]{3}\)? ?\??|").fullmatch
_years = re.compile(r"\(?[12][0-9]{3}\)? ?\??(?: ?[;,/] ?\(?[12][0-9]{3}\)? ?\??)*|").fullmatch
_mark = re.compile(r"\??").fullmatch
_count = re.compile(r"[0-9]{1,15}(?:\.0+)? ?\??|").fullmatch
_amount = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,20})?(?:[eE]-?[0-9]{1,2})?|").fullmatch
_flag = re.compile(r"(?i:yes|no|)").fullmatch
_number = re.compile(r"[0-9]{1,12}").fullmatch


def _some(text: str) -> object:
    return text


@dataclass(frozen=True)
class Layout:
    """One layout: its header, what fits each typed column, and which columns are free text.

    Attributes:
        name: what a message calls it.
        header: the names of the columns; those that the register leaves unnamed are empty.
        fits: what the text of a typed column must look like.
        free: the columns of free text, which an unquoted comma or a line break may have split.
        status: the column of New or Second hand; where a record is mended it must hold a known one.
        named: the columns whose texts our tables should know, to choose between two ways to mend.
    """

    name: str
    header: tuple[str, ...]
    fits: dict[int, Fit]
    free: tuple[int, ...]
    status: int
    named: tuple[int, int, int]

    def fit(self, cells: Sequence[str]) -> bool:
        """Whether each cell may stand where it stands."""
        return len(cells) == len(self.header) and all(fit(cells[place]) for place, fit in self.fits.items())

    def misfit(self, cells: Sequence[str]) -> str:
        """Why the cells are no record, in a few words."""
        if len(cells) != len(self.header):
            return f"it has {len(cells)} columns instead of {len(self.header)}"
        place = next(place for place, fit in self.fits.items() if not fit(cells[place]))
        name = self.header[place] or f"the column after {self.header[place - 1]}"
        return f"{name} cannot be {cells[place]!r}" if cells[place] else f"{name} is empty"


DEALS = Layout(
    "deal",
    (
        "Recipient", "Supplier", "Year of order", "", "Number ordered", "", "Weapon designation", "Weapon description",
        "Number delivered", "", "Year(s) of delivery", "status", "Comments", "SIPRI TIV per unit",
        "SIPRI TIV for total order", "SIPRI TIV of delivered weapons",
    ),
    {0: _some, 1: _some, 2: _year, 3: _mark, 4: _count, 5: _mark, 8: _count, 9: _mark, 10: _years,
     13: _amount, 14: _amount, 15: _amount},
    (0, 1, 6, 7, 12),
    11,
    (0, 1, 7),
)  # fmt: skip
DELIVERIES = Layout(
    "seventeen-column",
    (
        "SIPRI AT Database ID", "Supplier", "Recipient", "Designation", "Description", "Armament category",
        "Order date", "Order date is estimate", "Numbers delivered", "Numbers delivered is estimate", "Delivery year",
        "Delivery year is estimate", "Status", "SIPRI estimate", "TIV deal unit", "TIV delivery values",
        "Local production",
    ),
    {0: _number, 1: _some, 2: _some, 6: _year, 7: _flag, 8: _count, 9: _flag, 10: _year, 11: _flag,
     13: _amount, 14: _amount, 15: _amount, 16: _flag},
    (1, 2, 3, 4, 5),
    12,
    (1, 2, 4),
)  # fmt: skip
LAYOUTS = (DEALS, DELIVERIES)
#: Headers that SIPRI has used for the same column at other times.
_SAME = {"deliveries in the year range": "number delivered", "local production?": "local production"}
STATUSES = {"new": "new", "second hand": "second-hand", "second hand but modernized": "modernised"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the register: the line at which it begins, and its cells, tidy, in the layout's order."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Download:
    """A register as downloaded.

    Attributes:
        layout: which of the two it is.
        preamble: what it says of itself before the header, line by line.
        generated: the day it says it was generated, if it does.
        records: its records, in its order.
    """

    layout: Layout
    preamble: list[str]
    generated: datetime.date | None
    records: list[Record]


def read_download(path: Path, notes: Notes, known: Callable[[str, str, str], bool]) -> Download:
    """Read a download of either layout.

    Args:
        path: the file.
        notes: where to say what was mended and what could not be.
        known: whether two names of parties and a description are in our tables; it settles how to mend.

    Raises:
        ImportFailure: it is no trade register.
    """
    text = _decode(path, notes)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1].strip():
        notes.warn(len(lines), "", "the file ends within a line", "the last record may be cut off; download it again")
    place, layout, separator = _header(path, lines)
    preamble = [tidy(line.strip(' ",;\t')) for line in lines[:place]]
    reader = _Reader(layout, separator, notes, known)
    records = list(reader.records(lines, place + 1))
    return Download(layout, [line for line in preamble if line], _generated(preamble), records)


def _decode(path: Path, notes: Notes) -> str:
    """The text of the file: UTF-8, and where a line is not, Windows-1252, which holds all of ISO 8859-1."""
    data = path.read_bytes()
    if not data.strip():
        raise ImportFailure(f"{path} is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportFailure(f"{path} is in UTF-16; save it as CSV in UTF-8 and import that")
    if b"\0" in data:
        raise ImportFailure(f"{path} is not a text file: it holds NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    texts, utf8 = [], 0
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            texts.append(line.decode("utf-8"))
            utf8 += not line.isascii()
        except UnicodeDecodeError:
            texts.append(_western(line, number, notes))
    if utf8:
        notes.warn(1, "", f"the file mixes encodings: {utf8} lines are UTF-8, others ISO 8859-1",
                   "each line was read in its own; look at the names with accents")  # fmt: skip
    return "\n".join(texts).removeprefix("\ufeff")


def _western(line: bytes, number: int, notes: Notes) -> str:
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        notes.warn(number, "", "some bytes of this line are characters in no encoding SIPRI uses",
                   "they were left out; look at the line", line.decode("latin-1"))  # fmt: skip
        return line.decode("latin-1")


def _header(path: Path, lines: list[str]) -> tuple[int, Layout, str]:
    """Where the header is, whose it is, and what separates the columns."""
    nearly = ""
    for place, line in enumerate(lines):
        for separator in ",;\t":
            names = [" ".join(name.casefold().split()) for name in _split(line.rstrip("; \t"), separator)]
            names = [_SAME.get(name, name) for name in names]
            for layout in LAYOUTS:
                wanted = [name.casefold() for name in layout.header]
                if names[: len(wanted)] == wanted and not any(names[len(wanted) :]):
                    return place, layout, separator
                if not nearly and names[:2] == wanted[:2]:
                    nearly = f": in the header at line {place + 1} {_difference(names, layout)}"
    raise ImportFailure(f"{path} is not a SIPRI trade register of a known layout{nearly or ': it has no such header'}")


def _difference(names: list[str], layout: Layout) -> str:
    """Where a header departs from the layout that it nearly is."""
    for column, name in enumerate(layout.header):
        if column >= len(names):
            return f"column {column + 1}, {name!r}, is missing"
        if names[column] != name.casefold():
            return f"column {column + 1} is {names[column]!r}, where the {layout.name} layout has {name!r}"
    return f"column {len(layout.header) + 1} is one more than the {layout.name} layout has"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_day_month_year = re.compile(r"(?i)generated:?\s*(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{4})").search
_year_month_day = re.compile(r"(?i)generated:?\s*(\d{4})-(\d\d)-(\d\d)").search


def _generated(preamble: list[str]) -> datetime.date | None:
    for line in preamble:
        try:
            if match := _day_month_year(line):
                return datetime.date(int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
            if match := _year_month_day(line):
                return datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    return None


def _split(text: str, separator: str) -> list[str]:
    """The cells of a line, quotes taken off where they enclose a cell."""
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:  # a cell beyond the module's limit
        return text.split(separator)


# ------------------------------------------------------------------------------------------------ records

#: A record is not sought over more lines than this, nor with more commas in its texts.
_MOST_LINES = 8
_MOST_COMMAS = 6


@dataclass
class _Reader:
    layout: Layout
    separator: str
    notes: Notes
    known: Callable[[str, str, str], bool]

    def records(self, lines: list[str], start: int) -> Iterator[Record]:
        """The records from line index `start` on; runs of lines that are none by themselves are mended."""
        run: list[int] = []
        before: tuple[int, list[str]] | None = (
            None  # a line that is a record, held until it is clear that it is all of it
        )
        for place in range(start, len(lines)):
            cells = self._cells(lines[place])
            if self.layout.fit(cells):
                yield from self._settle(lines, before, run)
                before, run = (place, cells), []
            elif any(cells):
                run.append(place)
        yield from self._settle(lines, before, run)

    def _settle(self, lines: list[str], before: tuple[int, list[str]] | None, run: list[int]) -> Iterator[Record]:
        """The record of a line and those of the broken lines after it."""
        ends = self._partition(lines, run)
        if ends is None and before is not None and not before[1][-1]:
            # Broken before its last cell, a record looks whole: that cell seems empty.
            longer = self._partition(lines, [before[0], *run])
            if longer is not None:
                run, before, ends = [before[0], *run], None, longer
        if before is not None:
            yield Record(before[0] + 1, tuple(before[1]))
        if ends is None:
            self._give_up(lines, run)
        else:
            yield from self._mended(lines, run, ends)

    def _cells(self, text: str) -> list[str]:
        if '"' not in text and text.isascii() and text.isprintable():
            return [cell.strip() for cell in self._trim(text.split(self.separator))]
        return [tidy(cell) for cell in self._trim(_split(text, self.separator))]

    def _trim(self, cells: list[str]) -> list[str]:
        """Take off what spreadsheets add at the end of a line: empty cells, and a semicolon."""
        cells[-1] = cells[-1].rstrip("; \t")
        while len(cells) > len(self.layout.header) and not cells[-1].strip():
            cells.pop()
        return cells

    def _mended(self, lines: list[str], run: list[int], ends: list[int]) -> Iterator[Record]:
        """The records of lines that are none by themselves, and a note for each."""
        begin = 0
        for end in ends:
            places = run[begin:end]
            found = self._read(_join([lines[place] for place in places]))
            assert found is not None  # noqa: S101 (the partition is made of these)
            how = [f"joined from lines {places[0] + 1} to {places[-1] + 1}"] if len(places) > 1 else []
            how += ["commas within a text taken as such"] if found[0] else []
            self.notes.warn(
                places[0] + 1, "", f"a broken record was mended: {' and '.join(how)}",
                "there is one way only to make its columns fit; look whether it is right",
                self.separator.join(found[1]),
            )  # fmt: skip
            yield Record(places[0] + 1, tuple(found[1]))
            begin = end

    def _partition(self, lines: list[str], run: list[int]) -> list[int] | None:
        """Where the records of a run end; None where there is no way, or not one best.

        Best is what takes the fewest commas for parts of texts: a plain break is likelier than two records in one.
        """
        if not run:
            return []
        # For each number of lines used: the fewest commas, in how many ways, and where the last record began.
        best: list[tuple[int, int, int] | None] = [(0, 1, 0)] + [None] * len(run)
        for end in range(1, len(run) + 1):
            for begin in range(max(0, end - _MOST_LINES), end):
                before = best[begin]
                if before is None:
                    continue
                found = self._read(_join([lines[place] for place in run[begin:end]]))
                if found is None:
                    continue
                cost, now = before[0] + found[0], best[end]
                if now is None or cost < now[0]:
                    best[end] = (cost, before[1], begin)
                elif cost == now[0]:
                    best[end] = (cost, now[1] + before[1], now[2])
        last = best[len(run)]
        if last is None or last[1] != 1:
            return None
        ends, end = [], len(run)
        while end:
            ends.append(end)
            step = best[end]
            assert step is not None  # noqa: S101 (only such steps were built upon)
            end = step[2]
        return ends[::-1]

    def _read(self, text: str) -> tuple[int, list[str]] | None:
        """One record in a text: how many commas belong to its texts, and its cells."""
        # Quotes that enclose no whole cell are part of the text; then only the plain split can fit.
        for raw in (_split(text, self.separator), text.split(self.separator)):
            raw = self._trim(raw)
            cells = list(map(tidy, raw))
            if self.layout.fit(cells):
                return 0, cells
            extra = len(cells) - len(self.layout.header)
            if 0 < extra <= _MOST_COMMAS and (found := self._absorb(raw, extra)):
                return extra, found
        return None

    def _absorb(self, cells: Sequence[str], extra: int) -> list[str] | None:
        """Put surplus cells back into the texts they were cut from, if one way only fits."""
        ways = []
        for taken in combinations_with_replacement(self.layout.free, extra):
            way: list[str] = []
            place = 0
            for column in range(len(self.layout.header)):
                width = 1 + taken.count(column)
                way.append(tidy(self.separator.join(cells[place : place + width])))
                place += width
            if self.layout.fit(way) and way[self.layout.status].casefold() in STATUSES:
                ways.append(way)
        if len(ways) > 1:
            one, two, three = self.layout.named
            ways = [way for way in ways if self.known(way[one], way[two], way[three])]
        return ways[0] if len(ways) == 1 else None

    def _give_up(self, lines: list[str], run: list[int]) -> None:
        """Report lines that cannot be read, together where they follow each other."""
        begin = 0
        for end in range(1, len(run) + 1):
            if end == len(run) or run[end] != run[end - 1] + 1:
                places = run[begin:end]
                first = places[0] + 1
                where = f"line {first}" if len(places) == 1 else f"lines {first} to {places[-1] + 1}"
                self.notes.error(
                    first, "", f"{where}: no record can be read with certainty: "
                    + self.layout.misfit(self._cells(lines[places[0]])),
                    "mend it by hand in a copy of the download, with quotes about texts that hold commas",
                    "\n".join(lines[place] for place in places),
                )  # fmt: skip
                begin = end


def _join(parts: list[str]) -> str:
    """Physical lines as one: a break stands for one blank, as in the texts where the download breaks them."""
    return " ".join(part.strip() for part in parts)
