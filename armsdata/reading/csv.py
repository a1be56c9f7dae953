"""Reading CSV: in blocks, every cell as text, at the speed of Arrow where the block is sound."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from armsdata.findings import Finding, severity_of, shorten
from armsdata.schema import Table
from armsdata.schema.arrays import Mask, edges, is_utf8, single

from .batch import Batch, Lines
from .header import BOM, Header, read_header
from .quoting import Marks, Places
from .repair import RUNAWAY_LINES, Fault, Record, Shape, records
from .stream import Utf8Stream

#: How much of a file is read and judged at once, where something is made of it; half as much again where it is judged
#: alone, for then there is room for it, and what a block costs beside its rows is spent less often.
BLOCK = 8 << 20
#: How much of it at most, as a rule, where it is not sound.
PATIENT = 1 << 20
#: So much of a block Arrow takes apart at once, where each record is a line: what it makes of more, it has to look for
#: in memory that both processors share.
PIECE = 2 << 20
#: So many faults of shape in one block are told one by one; the others are counted.
MOST_FAULTS = 50_000
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_SURROGATE = re.compile("[\udc80-\udcff]")
#: What Python takes for blank, in the words of RE2.
_BLANK = r"\A[\s\pZ\x0B\x1C-\x1F\x{85}]*\z"


@dataclass(frozen=True)
class Block:
    """A part of the file that begins and ends with a record.

    Attributes:
        data: what was read at once, in which it is the beginning; cutting the rest off would copy it.
        end: where it ends.
        first_line: the physical line of its first record.
        sound: Arrow's reader would read it as RFC 4180 says.
        lined: each record is one line, and none is long.
    """

    data: bytes
    end: int
    first_line: int
    sound: bool
    lined: bool = False


class CsvReader:
    """One CSV file of a table. See `Reader`; what is read is judged alone, or something is made of it."""

    def __init__(
        self, path: Path, label: str, table: Table, header: Header | None = None, *, alone: bool = False
    ) -> None:
        self.path, self.label, self.table = path, label, table
        self.block = BLOCK + BLOCK // 2 if alone else BLOCK
        self.header = header or read_header(path)
        columns, self.findings = self.header.judge(table, label)
        self.positions = columns
        self.numbers = {name: position + 1 for name, position in columns.items()}
        self.shape = Shape(
            self.header.delimiter,
            len(self.header.names),
            columns.get(table.key, -1),
            re.compile(table.by_name[table.key].pattern),
        )

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file; see `Reader`."""
        if not self.header.names:
            return
        with Utf8Stream(self.path, self.header) as stream:
            yield from (partial(self._read, block) for block in self._cut(stream))

    # ------------------------------------------------------------------------------------ cutting

    def _cut(self, stream: Utf8Stream) -> Iterator[Block]:
        line, wanted, last = self.header.lines + 1, self.block, False
        while not last:
            data = stream.read(wanted)
            last = len(data) < wanted
            if not data:
                return
            marks = Marks(data)
            end = len(data) if last else marks.last_record_end()
            sound, lined = self._sound(marks, end) if end else (False, False)
            if not sound:
                end = self._readable(data, line, last=last)
            if end < len(data):
                stream.back(data[end:])
                last = False
            # A record that is longer than all that was read is read in doubling steps.
            wanted = self.block if end else 2 * len(data)
            if end:
                yield Block(data, end, line, sound, lined)
                line += marks.newlines(end)

    def _sound(self, marks: Marks, end: int) -> tuple[bool, bool]:
        """Whether Arrow's reader would read this block as RFC 4180 says, and in pieces, too."""
        block, no = marks.block, (False, False)
        if block.startswith(BOM):  # which Arrow would pass over; here it is part of a cell
            return no
        if block.find(b"\0", 0, end) >= 0 or not marks.sound(end, ord(self.header.delimiter)):
            return no
        lone: list[int] = []
        if b"\r" in block:
            lone = [found.start() for found in _LONE_RETURN.finditer(block, 0, end)]
            if lone and not marks.within(np.array(lone, dtype=np.int64)).all():
                return no
        if not block.isascii() and not is_utf8(block, end):
            return no
        starts, stops, breaks = marks.broken_cells(end)
        for one in np.flatnonzero(breaks >= RUNAWAY_LINES).tolist():
            if swallows(self.shape, block, int(starts[one]), int(stops[one])):
                return no
        return True, not (lone or len(breaks)) and marks.longest_line(end) < PIECE

    def _readable(self, data: bytes, line: int, *, last: bool) -> int:
        """How much of a block that is not sound the patient reader shall take: a little, for it is slow."""
        if last and len(data) <= PATIENT:
            return len(data)
        size = PATIENT
        while size < len(data):
            text = _decode(data[: data.rfind(b"\n", 0, size) + 1])
            left = next((one for one in records(text, line, self.shape, last=False) if isinstance(one, int)), 0)
            if left < len(text):
                return len(text[: len(text) - left].encode("utf-8", "surrogateescape"))
            size *= 2
        return self._first_record_end(data, line) if last else 0

    def _first_record_end(self, data: bytes, line: int) -> int:
        """The length of the first record of what is left of the file."""
        for one in records(_decode(data), line, self.shape, last=True):
            if isinstance(one, Record) and one.line > line:
                end = 0
                for _ in range(one.line - line):
                    end = data.index(b"\n", end) + 1
                return end
        return len(data)

    # ------------------------------------------------------------------------------------ reading

    def _read(self, block: Block) -> Batch:
        if block.sound and self.shape.width > 1:
            return self._read_fast(block)
        return self._read_patiently(block)

    def _read_fast(self, block: Block) -> Batch:
        """Read a sound block with Arrow, but for records that are blank or have too many or too few cells."""
        names = [str(place) for place in range(self.shape.width)]
        wanted = {str(place): name for name, place in self.positions.items()}
        types = {
            place: pa.dictionary(pa.int32(), pa.string()) if self.table.repeats(name) else pa.string()
            for place, name in wanted.items()
        }
        ragged: list[int] = []

        def leave_out(row: pacsv.InvalidRow) -> str:
            ragged.append(row.number - 1)
            return "skip"

        read = pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(block.data).slice(0, block.end)),
            pacsv.ReadOptions(
                column_names=names, block_size=PIECE if block.lined else block.end + 1, use_threads=False
            ),
            pacsv.ParseOptions(
                delimiter=self.header.delimiter,
                newlines_in_values=not block.lined,
                ignore_empty_lines=False,
                invalid_row_handler=leave_out,
            ),
            pacsv.ConvertOptions(
                column_types=types,
                include_columns=list(wanted),
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,
            ),
        )
        columns = {name: single(read.column(place)) for place, name in wanted.items()}
        blank = _blank_rows(columns, read.num_rows, self.table.key)
        if ragged or len(blank):
            return self._with_odd_records(block, columns, np.array(ragged, dtype=np.int64), blank)
        return Batch(read.num_rows, columns, partial(_lines, block))

    def _with_odd_records(self, block: Block, columns: dict[str, pa.Array], ragged: Places, blank: Places) -> Batch:
        """A batch of what Arrow read, and of the records that it cannot judge, which are read patiently.

        Args:
            block: a sound block.
            columns: what Arrow read of it.
            ragged: the records that Arrow has left out.
            blank: the rows of Arrow that seem to be blank.
        """
        marks, end = Marks(block.data), block.end
        lines = marks.record_lines(end, block.first_line)
        bounds = np.append(marks.record_starts(end), end)
        of_arrow = np.delete(np.arange(len(lines)), ragged)
        rows = _Rows(
            self,
            (
                record
                for one in np.union1d(ragged, of_arrow[blank]).tolist()
                for record in records(
                    _decode(block.data[bounds[one] : bounds[one + 1]]), int(lines[one]), self.shape, last=True
                )
            ),
        )
        full = np.delete(np.arange(len(of_arrow)), blank)
        places = np.concatenate([of_arrow[full], np.searchsorted(lines, [record.line for record in rows.records])])
        order = np.argsort(places)
        none = np.zeros(len(full), dtype=bool)
        merged = {
            name: _merged(columns[name].take(pa.array(full)), rows.column(name, place), order)
            for name, place in self.positions.items()
        }
        return Batch(
            len(order),
            merged,
            lambda: lines[places[order]],
            rows.findings,
            {name: np.concatenate([none, spoiled])[order] for name, spoiled in rows.spoiled.items()},
            np.concatenate([none, rows.muted])[order],
            rows.counted,
        )

    def _read_patiently(self, block: Block) -> Batch:
        text = _decode(block.data[: block.end])
        rows = _Rows(self, records(text, block.first_line, self.shape, last=True))
        self._judge_encoding(rows, text, block.first_line)
        lines = np.array([record.line for record in rows.records], dtype=np.int64)
        columns = {name: rows.column(name, place) for name, place in self.positions.items()}
        return Batch(len(lines), columns, lambda: lines, rows.findings, rows.spoiled, rows.muted, rows.counted)

    def _judge_encoding(self, rows: _Rows, text: str, first_line: int) -> None:
        if not _SURROGATE.search(text):
            return
        for number, line in enumerate(text.split("\n"), first_line):
            if bad := _SURROGATE.search(line):
                around = line[max(bad.start() - 20, 0) : bad.end() + 20]
                likely = _SURROGATE.sub(_in_windows, around).strip()
                at = len(line[: bad.start()].encode("utf-8", "surrogateescape")) + 1
                detail = f"byte {at} of the line is 0x{ord(bad[0]) - 0xDC00:02X}"
                rows.tell(Fault("encoding-error", number, -1, likely, detail), None)

    def _finding(self, fault: Fault, record: Record | None) -> Finding:
        from .shapes import message

        name = next((name for name, place in self.positions.items() if place == fault.cell), None)
        key = record.cells[self.shape.key] if record and 0 <= self.shape.key < len(record.cells) else None
        text, hint = message(replace(fault, value=_clean(fault.value)), self.shape.width)
        return Finding(
            fault.code,
            severity_of(fault.code),
            self.label,
            fault.line,
            name,
            self.numbers.get(name) if name else None,
            self.table.name,
            shorten(_clean(key)) if key else None,
            shorten(_clean(fault.value)) or None,
            text,
            hint,
        )


class _Rows:
    """The records of a block that was read patiently, as columns, and what is wrong with their shape."""

    def __init__(self, reader: CsvReader, read: Iterable[Record | int]) -> None:
        self.reader = reader
        self.findings: list[Finding] = []
        self.counted: Counter[str] = Counter()
        self.records: list[Record] = []
        self.spoiled: dict[str, Mask] = {}
        width = reader.shape.width
        for record in read:
            if isinstance(record, Record):
                self._take(record, width)
        # One cell too many or too few: nobody knows from where on the cells stand in the wrong column.
        self.muted: Mask = np.array([len(record.cells) != width for record in self.records], dtype=bool)

    def _take(self, record: Record, width: int) -> None:
        if not any(cell.strip() for cell in record.cells):
            record.faults.append(Fault("blank-row", record.line, -1, ""))
        else:
            self.records.append(record)
            if len(record.cells) != width:  # where quotation marks are wrong, that is why
                ragged = Fault("ragged-row", record.line, -1, "", str(len(record.cells)))
                record.faults = record.faults[:1] or [ragged]
        for place, cell in enumerate(record.cells):
            if "\0" in cell:
                record.faults.append(Fault("malformed-csv", record.line, place, cell, "nul"))
        for fault in record.faults:
            self.tell(fault, record)

    def tell(self, fault: Fault, record: Record | None) -> None:
        """Keep the finding, or count it where there are many already."""
        if len(self.findings) < MOST_FAULTS:
            self.findings.append(self.reader._finding(fault, record))
        else:
            self.counted[fault.code] += 1

    def column(self, name: str, place: int) -> pa.Array:
        """The texts of a column; what is spoiled is null, and noted."""
        texts: list[str | None] = []
        spoiled = np.zeros(len(self.records), dtype=bool)
        for row, record in enumerate(self.records):
            text = record.cells[place] if place < len(record.cells) else None
            bad = text is None or "\0" in text or _SURROGATE.search(text) is not None
            bad = bad or (bool(record.faults) and any(fault.cell == place for fault in record.faults))
            spoiled[row] = bad
            texts.append(None if bad or text == "" else text)
        if spoiled.any():
            self.spoiled[name] = spoiled
        array = pa.array(texts, type=pa.string())
        return array.dictionary_encode() if self.reader.table.repeats(name) else array


def swallows(shape: Shape, data: bytes, start: int, stop: int) -> bool:
    """Whether so many lines of the quoted cell from `start` to `stop` look like records that its mark is a runaway."""
    swallowed = data[data.index(b"\n", start) + 1 : _line_end(data, stop)].decode("utf-8", "replace")
    return sum(map(shape.fits, swallowed.split("\n"))) >= RUNAWAY_LINES


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _clean(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "␀")


def _in_windows(byte: re.Match[str]) -> str:
    """What a byte that is not UTF-8 most likely stands for."""
    return bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "replace")


def _line_end(data: bytes, place: int) -> int:
    end = data.find(b"\n", place)
    return end if end >= 0 else len(data)


def _lines(block: Block) -> Lines:
    return Marks(block.data).record_lines(block.end, block.first_line)


def _merged(first: pa.Array, second: pa.Array, order: Places) -> pa.Array:
    """The texts of two columns in this order; in a dictionary there are only those that a record has."""
    plain = [array.dictionary_decode() if pa.types.is_dictionary(array.type) else array for array in (first, second)]
    texts = pa.concat_arrays(plain).take(pa.array(order))
    return texts.dictionary_encode() if pa.types.is_dictionary(first.type) else texts


def _blank_rows(columns: dict[str, pa.Array], size: int, key: str) -> Places:
    """The rows in which no cell is filled with more than blanks; as a rule the key alone tells that there is none."""
    rows = np.arange(size)
    if key in columns:
        data, starts, ends = edges(columns[key])
        first = data[np.minimum(starts, len(data) - 1)] if len(data) else np.zeros(size, np.uint8)
        rows = np.flatnonzero((starts == ends) | (first <= 0x20) | (first > 0x7E))
    for array in columns.values():
        if not len(rows):
            break
        texts = array.take(pa.array(rows))
        texts = texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts
        rows = rows[np.asarray(pc.fill_null(pc.match_substring_regex(texts, _BLANK), True))]
    return rows if columns else rows[:0]
