"""Reading CSV: in blocks, every cell as text, at the speed of Arrow where the block is sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from armsdata.findings import Finding, severity_of, shorten
from armsdata.schema import Table
from armsdata.schema.cells import Mask

from .batch import Batch, Lines, dictionary_pays
from .header import Header, read_header
from .quoting import Marks
from .repair import Fault, Record, Shape, records
from .stream import Utf8Stream

#: How much of a file is read and judged at once.
BLOCK = 8 << 20
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_SURROGATE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Block:
    """A part of the file that begins and ends with a record."""

    data: bytes
    first_line: int
    sound: bool
    last: bool


class CsvReader:
    """One CSV file of a table. See `Reader`."""

    def __init__(self, path: Path, label: str, table: Table, header: Header | None = None) -> None:
        self.path, self.label, self.table = path, label, table
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
        tail, line, last = b"", self.header.lines + 1, False
        while not last:
            fresh = stream.read(max(BLOCK - len(tail), BLOCK // 4))
            last = len(fresh) < max(BLOCK - len(tail), BLOCK // 4)
            data = tail + fresh
            if not data:
                return
            marks = Marks(data)
            end = len(data) if last else marks.last_record_end()
            sound = self._sound(marks, end)
            if not sound:
                end = self._readable(data, line, last=last)
            if not end:
                tail = data
                continue
            tail = data[end:]
            block = Block(data[:end], line, sound, last)
            yield block
            line += block.data.count(b"\n")

    def _sound(self, marks: Marks, end: int) -> bool:
        """Whether Arrow's reader would read this block as RFC 4180 says."""
        block = marks.block
        if b"\0" in block or not marks.sound(end, ord(self.header.delimiter)):
            return False
        if b"\r" in block:
            lone = np.array([found.start() for found in _LONE_RETURN.finditer(block)], dtype=np.int64)
            if len(lone) and not marks.within(lone).all():
                return False
        if not block.isascii():
            try:
                block[:end].decode("utf-8")
            except UnicodeDecodeError:
                return False
        for start, stop in marks.long_cells(end):
            swallowed = block[block.index(b"\n", start) + 1 : _line_end(block, stop)].decode("utf-8", "replace")
            if sum(map(self.shape.fits, swallowed.split("\n"))) >= 2:
                return False
        return True

    def _readable(self, data: bytes, line: int, *, last: bool) -> int:
        """How much of a block that is not sound the patient reader can take."""
        if last:
            return len(data)
        whole = data.rfind(b"\n") + 1
        left = 0
        for one in records(_decode(data[:whole]), line, self.shape, last=False):
            if isinstance(one, int):
                left = one
        if not left:
            return whole
        text = _decode(data[:whole])
        return whole - len(text[-left:].encode("utf-8", "surrogateescape"))

    # ------------------------------------------------------------------------------------ reading

    def _read(self, block: Block) -> Batch:
        if block.sound and self.shape.width > 1:
            batch = self._read_fast(block)
            if batch is not None:
                return batch
        return self._read_patiently(block)

    def _read_fast(self, block: Block) -> Batch | None:
        """Read a sound block with Arrow; None when a record in it is blank or has too many or too few cells."""
        names = [str(place) for place in range(self.shape.width)]
        wanted = {str(place): name for name, place in self.positions.items()}
        types = {
            place: pa.dictionary(pa.int32(), pa.string()) if dictionary_pays(self.table, name) else pa.string()
            for place, name in wanted.items()
        }
        try:
            read = pacsv.read_csv(
                pa.BufferReader(block.data),
                pacsv.ReadOptions(column_names=names, block_size=len(block.data) + 1, use_threads=False),
                pacsv.ParseOptions(
                    delimiter=self.header.delimiter, newlines_in_values=b'"' in block.data, ignore_empty_lines=False
                ),
                pacsv.ConvertOptions(
                    column_types=types,
                    include_columns=list(wanted),
                    null_values=[""],
                    strings_can_be_null=True,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:
            return None
        columns = {name: _single(read.column(place)) for place, name in wanted.items()}
        if _has_blank(columns, read.num_rows, self.table.key):
            return None
        return Batch(read.num_rows, columns, partial(_lines, block))

    def _read_patiently(self, block: Block) -> Batch:
        text = _decode(block.data)
        findings = []
        if lone := _lone_return(block.data):
            line = block.first_line + block.data.count(b"\n", 0, lone)
            findings.append(self._finding(Fault("malformed-csv", line, -1, "", "return"), None))
            text = re.sub("\r(?!\n)", "\n", text)
        read = [one for one in records(text, block.first_line, self.shape, last=True) if isinstance(one, Record)]
        rows = _Rows(self, read)
        findings += rows.findings + self._encoding_findings(text, block.first_line)
        lines = np.array([record.line for record in rows.records], dtype=np.int64)
        columns = {name: rows.column(name, place) for name, place in self.positions.items()}
        return Batch(len(lines), columns, lambda: lines, findings, rows.spoiled, rows.muted)

    def _encoding_findings(self, text: str, first_line: int) -> list[Finding]:
        if not _SURROGATE.search(text):
            return []
        found = []
        for number, line in enumerate(text.split("\n"), first_line):
            if bad := _SURROGATE.search(line):
                raw = line.encode("utf-8", "surrogateescape")
                likely = raw.decode("cp1252", "replace").strip()
                at = len(line[: bad.start()].encode("utf-8", "surrogateescape")) + 1
                detail = f"byte {at} of the line is 0x{ord(bad[0]) - 0xDC00:02X}"
                found.append(self._finding(Fault("encoding-error", number, -1, likely, detail), None))
        return found

    def _finding(self, fault: Fault, record: Record | None) -> Finding:
        from .shapes import message

        name = next((name for name, place in self.positions.items() if place == fault.cell), None)
        key = record.cells[self.shape.key] if record and 0 <= self.shape.key < len(record.cells) else None
        text, hint = message(fault, self.shape.width)
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

    def __init__(self, reader: CsvReader, read: list[Record]) -> None:
        self.reader = reader
        self.findings: list[Finding] = []
        self.records: list[Record] = []
        self.spoiled: dict[str, Mask] = {}
        width = reader.shape.width
        for record in read:
            if not any(cell.strip() for cell in record.cells):
                record.faults.append(Fault("blank-row", record.line, -1, ""))
            else:
                self.records.append(record)
                if len(record.cells) != width and not any(fault.code == "runaway-quote" for fault in record.faults):
                    record.faults.append(Fault("ragged-row", record.line, -1, "", str(len(record.cells))))
            for cell in record.cells:
                if "\0" in cell:
                    place = record.cells.index(cell)
                    record.faults.append(Fault("malformed-csv", record.line, place, cell, "nul"))
            self.findings += [reader._finding(fault, record) for fault in record.faults]
        self.muted: Mask = np.array([_shifted(record, width) for record in self.records], dtype=bool)

    def column(self, name: str, place: int) -> pa.Array:
        """The texts of a column; what is spoiled is null, and noted."""
        texts: list[str | None] = []
        spoiled = np.zeros(len(self.records), dtype=bool)
        for row, record in enumerate(self.records):
            text = record.cells[place] if place < len(record.cells) else None
            bad = text is None or "\0" in text or _SURROGATE.search(text) is not None
            bad = bad or any(fault.cell == place for fault in record.faults)
            spoiled[row] = bad
            texts.append(None if bad or text == "" else text)
        if spoiled.any():
            self.spoiled[name] = spoiled
        array = pa.array(texts, type=pa.string())
        return array.dictionary_encode() if dictionary_pays(self.reader.table, name) else array


def _shifted(record: Record, width: int) -> bool:
    """Cells beyond the last column hold something: others may stand one column too far."""
    if len(record.cells) > width:
        return any(cell.strip() for cell in record.cells[width:])
    return len(record.cells) != width and any(fault.code == "runaway-quote" for fault in record.faults)


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _clean(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "␀")


def _lone_return(data: bytes) -> int:
    """One more than the place of the first lone carriage return outside of quotation marks; 0 for none."""
    marks = Marks(data)
    for found in _LONE_RETURN.finditer(data):
        if not marks.within(np.array([found.start()]))[0]:
            return found.start() + 1
    return 0


def _line_end(data: bytes, place: int) -> int:
    end = data.find(b"\n", place)
    return end if end >= 0 else len(data)


def _lines(block: Block) -> Lines:
    return Marks(block.data).record_lines(len(block.data), block.first_line)


def _single(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _has_blank(columns: dict[str, pa.Array], size: int, key: str) -> bool:
    """Whether any record has no filled cell at all."""
    blank = np.ones(size, dtype=bool)
    order = sorted(columns, key=lambda name: name != key)  # the key is seldom empty: look there first
    for name in order:
        array = columns[name]
        if array.null_count == 0:
            return False
        blank &= np.asarray(array.is_null())
        if not blank.any():
            return False
    return bool(blank.any()) if columns else False
