"""Reading CSV: the same records whatever the blocks, the same cells as Python's reader, and no input that breaks it."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.csv as pacsv
import pytest
from armsdata.schema import TABLES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from armsdata.findings import Finding
from armsdata.reading import csv as reading
from armsdata.reading import quoting
from armsdata.reading.csv import CsvReader
from armsdata.reading.repair import Record, Shape, records
from datasets import quoted

TABLE = TABLES["weapons"]
NAMES = [column.name for column in TABLE.source_columns]
HEADER = ",".join(NAMES).encode() + b"\n"
ROW = b"ak-47,AK-47,assault-rifle,RUS,7.62 mm,Kalashnikov,,some notes\n"

#: Line, cells by column, cells that are spoiled, whether it is muted.
Row = tuple[int, tuple[str | None, ...], tuple[bool, ...], bool]

quick = settings(max_examples=int(os.environ.get("ARMSDATA_EXAMPLES", "150")), suppress_health_check=list(HealthCheck))


def batches(path: Path) -> tuple[list[Row], list[Finding]]:
    """All records of a file and what is wrong with its shape, whatever the blocks."""
    reader = CsvReader(path, "w.csv", TABLE)
    rows: list[Row] = []
    findings = list(reader.findings)
    for read in reader.blocks():
        batch = read()
        again = read()
        assert (again.size, again.findings) == (batch.size, batch.findings), "a block can be read twice"
        findings += batch.findings
        columns = [batch.columns[name].to_pylist() if name in batch.columns else [None] * batch.size for name in NAMES]
        spoiled = [batch.spoiled[name] if name in batch.spoiled else [False] * batch.size for name in NAMES]
        muted = batch.muted if batch.muted is not None else [False] * batch.size
        for number, line in enumerate(batch.lines().tolist()):
            cells = tuple(column[number] for column in columns)
            rows.append((line, cells, tuple(bool(one[number]) for one in spoiled), bool(muted[number])))
    return rows, sorted(findings, key=lambda one: (*one.place, one.message))


def in_blocks(path: Path, size: int) -> tuple[list[Row], list[Finding]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", size)
        patch.setattr(reading, "PATIENT", max(size // 4, 1))
        patch.setattr(reading, "PIECE", 80)
        patch.setattr(quoting, "_PIECE", max(size // 2, 3))
        return batches(path)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading") / "weapons.csv"


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
cells = st.text(st.one_of(st.sampled_from('a1,;"\n\r\té '), letters), max_size=8)
rows_of_cells = st.lists(st.lists(cells, min_size=len(NAMES), max_size=len(NAMES)), max_size=12)


def expected(content: bytes) -> list[tuple[int, tuple[str | None, ...]]]:
    """What Python's reader makes of a file, without its blank records."""
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline="\n"))
    next(reader)
    result = []
    line = 2
    for row in reader:
        if any(cell.strip() for cell in row):
            result.append((line, tuple(cell or None for cell in row)))
        line = reader.line_num + 1
    return result


@given(
    rows=rows_of_cells,
    end=st.sampled_from(["\n", "\r\n"]),
    last_end=st.booleans(),
    block=st.sampled_from([8, 50, 1 << 20]),
)
@example(rows=[["a", 'x"y', "1\n\n2", "", "", "", "", "\r"]], end="\r\n", last_end=True, block=8)
@quick
def test_sound_files_are_read_as_python_reads_them(
    rows: list[list[str]], end: str, last_end: bool, block: int, file: Path
) -> None:
    body = end.join(",".join(map(quoted, row)) for row in rows) + (end if last_end and rows else "")
    content = ",".join(NAMES).encode() + end.encode() + body.encode("utf-8")
    file.write_bytes(content)
    found, findings = in_blocks(file, block)
    assert {one.code for one in findings} <= {"blank-row"}, findings
    assert [(line, texts) for line, texts, _, _ in found] == expected(content)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("odd", [b"", b"short,x", b"long,x,y,z,1,2,3,4,5", b",,,,,,,"])
def test_pieces_of_a_block_are_read_as_the_whole_of_it(
    end: bytes, odd: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weapons.csv"
    lines = [b'm%d,"M, %d",rifle,,,,,%s' % (number, number % 7, b"x" * (number % 50)) for number in range(500)]
    path.write_bytes(end.join([HEADER.strip(), *lines[:200], odd, *lines[200:300], odd, odd, *lines[300:]]))
    asked: list[int] = []
    read_csv = pacsv.read_csv

    def watched(source: Any, options: Any, *more: Any) -> Any:
        asked.append(options.block_size)
        return read_csv(source, options, *more)

    monkeypatch.setattr(pacsv, "read_csv", watched)
    whole = batches(path)
    monkeypatch.setattr(reading, "PIECE", 100)
    assert batches(path) == whole
    assert asked == [2 << 20, 2 << 20, 100, 100]
    blank = () if odd.strip(b",") else (202, 303, 304)
    assert [line for line, *_ in whole[0]] == [line for line in range(2, 505) if line not in blank]


def test_records_of_several_lines_or_of_many_bytes_are_not_cut_into_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PIECE", 100)
    path = tmp_path / "weapons.csv"
    for odd in (b'm1,"two\nlines",x,,,,,\n', b'm1,"a\rb",x,,,,,\n', b"m1,%s,x,,,,,\n" % (b"x" * 100)):
        path.write_bytes(HEADER + (ROW + odd) * 40)
        rows, findings = batches(path)
        assert (len(rows), findings) == (80, [])
        assert {row[1][1] for row in rows[1::2]} == {next(csv.reader(io.StringIO(odd.decode(), newline="")))[1]}


damaged_lines = st.lists(
    st.sampled_from([
        ROW, ROW, ROW, b"\n", b",,,,,,,\n", b'm1,"two\nlines",x,,,,,\n', b'm2,"a\n\n\nb",x,,,,,"c\nd"\n', b"short,x\n",
        b"long,x,y,z,1,2,3,4,5\n", b'bare,7" gun,x,,,,,\n', b'after,"a" b,x,,,,,\n', b'open,"X,x,,,,,\n', b'"\n',
        b'""\n', b'",",\n', b"nul,a\0b,x,,,,,\n", b"bad,Fran\xe7ais,x,,,,,\n", b"crlf,x,y,,,,,\r\n",
        b"cr,x,y,,,,,\rcr2,x,y,,,,,\n",
        "utf,éà,x,,,,,\n".encode(), b'q,"a,b",x,,,,,\n', b"\r\n", b'late,x,"y\nz","open\n', b"no end",
    ]),
    max_size=14,
)  # fmt: skip


@given(lines=damaged_lines, size=st.sampled_from([1, 7, 20, 64, 150]))
@quick
def test_damaged_files_are_read_alike_whatever_the_size_of_the_blocks(
    lines: list[bytes], size: int, file: Path
) -> None:
    file.write_bytes(HEADER + b"".join(lines))
    whole = batches(file)
    assert in_blocks(file, size) == whole


odd_lines = st.lists(
    st.sampled_from([
        ROW, ROW, b"\n", b",,,,,,,\n", b" ,,,,,,,\n", b"\xc2\xa0,,,,,,,\n", b"short,x\n", b"long,x,y,z,1,2,3,4,5\n",
        b" \n", b'm1,"two\nlines",x,,,,,\n', b'm2,"a\n\n\nb",short\n', b'q,"a,b"",c",x,,,,,\n', b"crlf,x,y,,,,,\r\n",
        b"\r\n", "utf,\xe9\xe0,x,,,,,\n".encode(), b",,only,,,,,\n",
    ]),
    max_size=20,
)  # fmt: skip


@given(lines=odd_lines, names=st.sampled_from([NAMES, [*NAMES[:3], "remarks", *NAMES[4:]], NAMES[::-1]]))
@quick
def test_blank_and_ragged_records_among_sound_ones_are_read_as_the_patient_reader_reads_them(
    lines: list[bytes], names: list[str], file: Path
) -> None:
    file.write_bytes(",".join(names).encode() + b"\n" + b"".join(lines))
    found = batches(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CsvReader, "_read_fast", CsvReader._read_patiently)
        assert found == batches(file)


def test_only_the_odd_records_of_a_sound_block_are_read_patiently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weapons.csv"
    path.write_bytes(HEADER + ROW * 70_000 + b"short,x\n" + ROW * 70_000 + b"\n" + ROW)
    patiently: list[str] = []

    def watched(text: str, *given: Any, **named: Any) -> Iterator[Record | int]:
        patiently.append(text)
        return records(text, *given, **named)

    monkeypatch.setattr(reading, "records", watched)
    assert read_all(path) == (140_002, 2)
    assert patiently == ["short,x\n", "\n"]


@given(
    content=st.one_of(st.binary(max_size=300), st.text('",\n\r\0;a\t', max_size=300).map(str.encode)),
    with_header=st.booleans(),
)
@example(content=b"\xef\xbb\xbf", with_header=True)
@quick
def test_no_bytes_break_the_reader(content: bytes, with_header: bool, file: Path) -> None:
    file.write_bytes((HEADER if with_header else b"") + content)
    rows, findings = in_blocks(file, 64)
    lines = [line for line, _, _, _ in rows]
    assert lines == sorted(lines)
    assert all(1 <= one.line <= content.count(b"\n") + content.count(b"\r") + 3 for one in findings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_records_are_the_same_whatever_the_blocks_in_each_encoding_and_with_each_line_end(
    file: Path, encoding: str, end: str
) -> None:
    lines = [",".join(NAMES), *(f'm{n},"Mü {n}, {"x" * (n * 7 % 150)}",rifle,,,,,' for n in range(40))]
    mark = b"" if encoding == "utf-8" else "\ufeff".encode(encoding)
    file.write_bytes(mark + end.join([*lines, ""]).encode(encoding))
    whole, told = in_blocks(file, 1 << 20)
    assert [cells[0] for _, cells, _, _ in whole] == [f"m{n}" for n in range(40)]
    for block in (8, 50, 200):
        assert in_blocks(file, block) == (whole, told)


@pytest.mark.parametrize("block", [len(ROW), 2 * len(ROW), 1 << 20])
def test_a_byte_order_mark_where_a_block_begins_is_part_of_its_cell(file: Path, block: int) -> None:
    marked = b"\xef\xbb\xbf" + ROW[: -len(b"notes\n")] + b"text\n"  # as in two files one behind the other
    for content in (marked + ROW * 2, ROW * 2 + marked, ROW * 4 + marked + ROW):
        file.write_bytes(HEADER + content)
        rows, findings = in_blocks(file, block)
        assert not findings
        keys = [texts[0] for _, texts, _, _ in rows]
        assert [key for key in keys if key != "ak-47"] == ["\ufeffak-47"]
        assert len(keys) == content.count(b"\n")


SHAPE = Shape(",", 3, 0, re.compile("[a-z]+"))


def plain(text: str) -> list[tuple[int, list[str], list[tuple[str, int, int]]]]:
    return [
        (one.line, one.cells, [(fault.code, fault.line, fault.cell) for fault in one.faults])
        for one in records(text, 2, SHAPE, last=True)
        if isinstance(one, Record)
    ]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a,b,c\n", [(2, ["a", "b", "c"], [])]),
        ("a,b,c", [(2, ["a", "b", "c"], [])]),
        ('a,"b\n\nc",d\ne,f,g\n', [(2, ["a", "b\n\nc", "d"], []), (5, ["e", "f", "g"], [])]),
        ('a,"b""c",""\n', [(2, ["a", 'b"c', ""], [])]),
        ('a,b"c,d\n', [(2, ["a", 'b"c', "d"], [("malformed-csv", 2, 1)])]),
        ('a,"b"c,d\n', [(2, ["a", "bc", "d"], [("malformed-csv", 2, 1)])]),
        ('a,"b,c\n', [(2, ["a", "b", "c"], [("runaway-quote", 2, 1)])]),
        ('a,"b,c\nd,e,f\ng,h,i\n', [
            (2, ["a", "b", "c"], [("runaway-quote", 2, 1)]), (3, ["d", "e", "f"], []), (4, ["g", "h", "i"], []),
        ]),
        ('a,"b,c\nd,"e",f\n', [(2, ["a", "b", "c"], [("runaway-quote", 2, 1)]), (3, ["d", "e", "f"], [])]),
        ('a,"b,c\nd,e\nf"\n', [(2, ["a", "b,c\nd,e\nf"], [])]),
        ('"a\nb","c,d\ne,f,g\nh,i,j\n', [
            (2, ["a\nb", "c", "d"], [("runaway-quote", 3, 1)]), (4, ["e", "f", "g"], []), (5, ["h", "i", "j"], []),
        ]),
        ("a,b,c\rd,e,f\n", [(2, ["a", "b", "c"], [("malformed-csv", 2, -1)]), (2, ["d", "e", "f"], [])]),
        ("a,b,c\r", [(2, ["a", "b", "c"], [("malformed-csv", 2, -1)])]),
        ("a,b,c\r\nd,e,f\r\n", [(2, ["a", "b", "c"], []), (3, ["d", "e", "f"], [])]),
        ('a,"b\rc\r\nd",e\r\n', [(2, ["a", "b\rc\r\nd", "e"], [])]),
    ],
)  # fmt: skip
def test_the_patient_reader_says_what_is_wrong_and_where(text: str, result: list[object]) -> None:
    assert plain(text) == result


def test_what_is_not_complete_is_left_for_more_lines() -> None:
    text = 'a,b,c\nd,"e\nf\n'
    assert [*records(text, 2, SHAPE, last=False)][-1] == len('d,"e\nf\n')
    late = 'a,b,c\rd,"e\nf\n'
    assert [*records(late, 2, SHAPE, last=False)][-1] == len('d,"e\nf\n')


def read_all(path: Path) -> tuple[int, int]:
    """Records and faults of a file."""
    reader = CsvReader(path, "w.csv", TABLE)
    size = faults = 0
    for read in reader.blocks():
        batch = read()
        size += batch.size
        faults += len(batch.findings) + batch.counted.total()
    return size, faults


HOSTILE: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {
    "an open quote before 20 MB": (lambda: b'x,"X,rifle,,,,,\n' + ROW * 320_000, (320_001, 1)),
    "an open quote in a line of 10 MB": (lambda: b'x,"X,rifle,,,,,' + b"x" * 10_000_000, (1, 1)),
    "an open quote before lines that are no records": (
        lambda: b'x,"X,rifle,,,,,\n' + b"word\n" * 60_000, (60_001, 60_001),
    ),
    "blank lines": (lambda: b"\n" * 150_000, (0, 150_000)),
    "rows of 10,000 columns": (lambda: (b"," * 10_000 + b"x\n") * 50, (50, 50)),
    "lines of two quotes": (lambda: b'""\n' * 80_000, (0, 80_000)),
    "lines of three quotes": (lambda: b'"""\n' * 60_000, (30_000, 30_000)),
    "one record of cells with line breaks": (lambda: b'"a\nb",' * 120_000 + b"\n", (1, 1)),
    "cells that close and open in each line": (lambda: b'x","\n' * 80_000, (1, 1)),
    "a stray quote in every hundredth row": (lambda: (ROW * 99 + b'x,"X,rifle,,,,,\n') * 300, (30_000, 300)),
    "carriage returns alone": (lambda: ROW + (ROW.replace(b"\n", b"\r")) * 30_000, (30_001, 1)),
    "nothing but NUL": (lambda: b"\0" * 2_000_000, (1, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_read_in_linear_time(name: str, tmp_path: Path) -> None:
    make, result = HOSTILE[name]
    path = tmp_path / "weapons.csv"
    path.write_bytes(HEADER + make())
    begin = time.process_time()
    assert read_all(path) == result
    assert time.process_time() - begin < 12, "a slow machine takes two seconds; what is quadratic takes minutes"


def test_a_header_of_ten_thousand_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "weapons.csv"
    path.write_bytes(b",".join([HEADER.strip(), *(b"x%d" % n for n in range(10_000))]) + b"\n")
    reader = CsvReader(path, "w.csv", TABLE)
    assert len(reader.findings) == 10_000
    assert len(reader.numbers) == len(NAMES)


def test_an_error_far_behind_in_a_large_file_stands_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "weapons.csv"
    path.write_bytes(HEADER + b'a,"x\ny",rifle,,,,,\n' * 20_000 + b"short,x\n")
    rows, findings = 0, []
    reader = CsvReader(path, "w.csv", TABLE)
    for read in reader.blocks():
        batch = read()
        rows += batch.size
        findings += batch.findings
    assert rows == 20_001
    assert [(one.line, one.code) for one in findings] == [(40_002, "ragged-row")]
