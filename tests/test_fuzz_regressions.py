"""What fuzzing, and hostile files made by hand, once broke; each case says what holds now."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from armsdata.schema import TABLES

import armsdata
from armsdata.importing import ImportFailure, import_register
from armsdata.reading.parquet import _weights
from armsdata.validation.keys import hash_texts
from armsdata.verification import verify
from datasets import FULL, SMALL, Data, judged, places
from fuzzing.fuzz_sipri import HEADS
from fuzzing.fuzz_xlsx import workbook
from fuzzing.judging import bounded
from running import armsdata as command
from running import process
from test_verify import sign

PLAIN = {"compression": "none", "use_dictionary": False, "write_statistics": False}


def with_parquet(folder: Path, table: str, content: bytes, data: Data = SMALL) -> Path:
    """A dataset one of whose tables is a Parquet file."""
    data.write(folder)
    (folder / f"{table}.csv").unlink()
    (folder / f"{table}.parquet").write_bytes(content)
    return folder


def bytes_of(table: pa.Table, **options: object) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **(PLAIN | options))
    return stream.getvalue()


# ------------------------------------------------------------------------------------------------ damaged files


def broken_in_its_middle(rows: int) -> bytes:
    """Parquet of as many actors, in groups of 1,000, the last of which has lost its first page's header."""
    many = pa.table({
        "actor_id": [f"a{number}" for number in range(rows)],
        "name": [f"Actor {number}" for number in range(rows)],
        "kind": ["person"] * rows,
    })  # fmt: skip
    content = bytearray(bytes_of(many, row_group_size=1000))
    group = pq.ParquetFile(io.BytesIO(content)).metadata
    start = group.row_group(group.num_row_groups - 1).column(0).data_page_offset
    content[start : start + 30] = b"\xff" * 30
    return bytes(content)


def test_a_parquet_file_that_is_damaged_in_its_middle_is_a_finding_and_the_rest_is_judged(tmp_path: Path) -> None:
    bad = SMALL.with_cell("weapons", 0, "category", "nix")
    folder = with_parquet(tmp_path / "data", "actors", broken_in_its_middle(70_000), bad)
    report = judged(folder)
    errors = [one for one in report.findings if one.severity == "error"]
    assert places(errors, folder) == [
        ("actors.parquet", 65538, None, "malformed-csv", "error"),
        ("weapons.csv", 2, "category", "not-in-vocabulary", "error"),
    ]
    assert "no record can be read from here on" in errors[0].message
    assert report.rows["actors"] == 65_536
    assert command("validate", folder).status == 1


def test_a_damaged_parquet_file_alone_is_a_finding_too(tmp_path: Path) -> None:
    (tmp_path / "actors.parquet").write_bytes(broken_in_its_middle(10))
    ran = command("validate", tmp_path / "actors.parquet", "--format", "json")
    assert (ran.status, [one["code"] for one in json.loads(ran.out)["findings"]]) == (1, ["malformed-csv"])


def test_a_damaged_contribution_that_lacks_columns_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/actors.parquet").write_bytes(broken_in_its_middle(70_000))
    report = armsdata.validate(tmp_path / "new", against=FULL.write(tmp_path / "data"), threads=1)
    assert [one.code for one in report.findings if one.severity == "error"] == ["malformed-csv"]
    assert report.rows["actors"] == 65_536


def test_nothing_is_exported_diffed_or_merged_from_a_damaged_parquet_file(tmp_path: Path) -> None:
    folder = with_parquet(tmp_path / "data", "actors", broken_in_its_middle(70_000))
    assert command("export", folder, "--out", tmp_path / "out").status == 1
    assert not (tmp_path / "out").exists()
    whole = SMALL.write(tmp_path / "whole")
    assert command("diff", whole, folder).says("the file is damaged", status=2)
    (tmp_path / "new").mkdir()
    shutil.copy(folder / "actors.parquet", tmp_path / "new")
    before = (whole / "actors.csv").read_bytes()
    assert command("merge", tmp_path / "new", "--into", whole).status in (1, 2)
    assert (whole / "actors.csv").read_bytes() == before
    assert command("validate", whole / "weapons.csv", "--against", folder).says("the file is damaged", status=2)


def test_an_archive_with_places_before_its_beginning_is_no_workbook(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "actors.xlsx") as book:
        pd.DataFrame({"actor_id": ["a"]}).to_excel(book)
    content = (tmp_path / "actors.xlsx").read_bytes()
    (tmp_path / "actors.xlsx").write_bytes(content[3:])
    assert command("validate", tmp_path / "actors.xlsx").says("not a readable Excel workbook", status=2)


def sheet(*rows: str) -> bytes:
    """A workbook whose sheet has a header of weapons and these rows."""
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("weapon_id", "designation", "category"))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    lines = "".join([f'<row r="1">{cells}</row>', *rows])
    return workbook([f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'.encode()])


def texts(row: str, *cells: str) -> str:
    return f'<row r="{row}">' + "".join(f'<c t="inlineStr"><is><t>{one}</t></is></c>' for one in cells) + "</row>"


def test_a_row_that_no_spreadsheet_has_is_not_sought_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armsdata.reading.xlsx.ROWS_LIMIT", 1000)  # so that it takes no second
    path = tmp_path / "weapons.xlsx"
    path.write_bytes(sheet(texts("2", "a", "A", "nix"), texts("2000000000", "b", "B", "rifle")))
    report = armsdata.validate(path, against=SMALL.write(tmp_path / "data"), threads=1)
    assert [(one.line, one.code) for one in report.findings if one.severity == "error"] == [
        (2, "not-in-vocabulary"), (1000, "malformed-csv"),
    ]  # fmt: skip


def test_a_cell_far_beyond_the_header_is_told(tmp_path: Path) -> None:
    path = tmp_path / "weapons.xlsx"
    path.write_bytes(sheet(texts("2", "a", "A", "rifle", "", "", "", "lost"), texts("3", "b", "B", "rifle")))
    report = armsdata.validate(path, against=SMALL.write(tmp_path / "data"), threads=1)
    (error,) = [one for one in report.findings if one.severity == "error"]
    assert (error.line, error.code) == (2, "ragged-row")
    assert "a cell is filled in G2" in error.message


# ------------------------------------------------------------------------------------------------ what unpacks to much

MIB = 1 << 20
MANY = 3_000_000
BOMBS = {
    "rows of nothing": (pa.table({"weapon_id": pa.nulls(MANY, pa.string())}), "records"),
    "one huge cell": (pa.table({"weapon_id": ["a"], "designation": ["x" * 16 * MIB]}), "MiB when unpacked"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_parquet_that_claims_to_unpack_to_far_more_than_it_holds_is_refused(
    tmp_path: Path, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armsdata.reading.parquet.UNPACKED", 8 * MIB)  # to be quick
    table, word = BOMBS[bomb]
    pq.write_table(table, tmp_path / "weapons.parquet", compression="zstd")
    assert (tmp_path / "weapons.parquet").stat().st_size < MIB
    assert command("validate", tmp_path / "weapons.parquet").says(word, status=2)


def test_a_list_of_more_items_than_the_file_has_bytes_for_is_refused(tmp_path: Path) -> None:
    table = pa.table({"weapon_id": ["a"], "aliases": pa.array([["x"] * 2_000_000])})
    pq.write_table(table, tmp_path / "weapons.parquet", compression="zstd")
    report = armsdata.validate(tmp_path / "weapons.parquet", against=SMALL.write(tmp_path / "data"), threads=1)
    assert [one.code for one in report.findings if "more items" in one.message] == ["malformed-csv"]


def test_a_footer_whose_columns_are_damaged_does_not_end_the_process(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent / "fuzzing/damaged-histogram.parquet", tmp_path / "sources.parquet")
    ran = process("validate", tmp_path / "sources.parquet", "--table", "sources")
    assert (ran.status, "malformed-csv" in ran.out) == (1, True), ran


def test_one_text_in_many_rows_is_unpacked_a_part_at_a_time_and_within_bounds(tmp_path: Path) -> None:
    def validate(rows: int) -> armsdata.Report:
        table = pa.table({"weapon_id": [f"w{number}" for number in range(rows)], "category": ["rifle"] * rows,
                          "designation": ["x" * (MIB - 5)] * rows})  # fmt: skip
        pq.write_table(table, tmp_path / "weapons.parquet", compression="zstd", dictionary_pagesize_limit=4 * MIB)
        return armsdata.validate(tmp_path / "weapons.parquet", against=SMALL.write(tmp_path / "data"), threads=1)

    before = pa.default_memory_pool().max_memory()
    (error,) = [one for one in validate(300).findings if one.severity == "error"]
    assert (error.code, error.line) == ("malformed-csv", 2)
    assert "unpack to more than 256 MiB" in error.message
    assert pa.default_memory_pool().max_memory() - before < 2500 * MIB


def test_an_index_beyond_its_dictionary_is_damage() -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0, 7], pa.int32()), pa.array(["a"]), safe=False)
    with pytest.raises(pa.ArrowInvalid, match="a text that is not there"):
        _weights(pa.RecordBatch.from_arrays([array], names=["name"]))


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("content", [
    '{"@context":{},"@graph":' + deep(100_000) + "}",
    '{"@context":{},\n"@graph":[\n{"weapon_id":' + deep(100_000) + "}\n]}\n",
    '{"@context":' + deep(100_000) + ',\n"@graph":[\n]}\n',
    '{"@context":{},\n"@graph":[\n{"weapon_id":' + "9" * 100_000 + "}\n]}\n",
])  # fmt: skip
def test_json_that_is_deep_or_has_endless_numbers_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "weapons.jsonld").write_text(content, "utf-8")
    assert command("validate", tmp_path / "weapons.jsonld").says("JSON", status=2)


MANY_MARKS = {
    "quotes": b'"' * MIB, "quoted lines": b'"\n' * 20_000, "returns": b"\r" * 20_000, "NULs": b"\0" * MIB,
    "rows of returns": b"a,b,rifle\r" * 20_000, "blank lines": b"\n" * 20_000, "commas": b"," * MIB,
    "no UTF-8": b"\xff" * MIB, "open quotes": b'a,"b,c\n' * 20_000, "one open quote": b'a,"' + b"x,y,z\n" * 20_000,
    "huge key": b"a" * 10 * MIB + b",x,rifle\n",
}  # fmt: skip


@pytest.mark.parametrize("body", MANY_MARKS.values(), ids=MANY_MARKS)
def test_a_file_of_nothing_but_marks_is_judged_in_time(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "weapons.csv").write_bytes(b"weapon_id,designation,category\n" + body)
    with bounded(len(body)):
        report = armsdata.validate(tmp_path / "weapons.csv", against=SMALL.write(tmp_path / "data"), threads=1)
    assert report.counts.total() >= 1


@pytest.mark.parametrize("half", [b"\x00\xd8", b"\x00\xdc", b"\x00\xdc\x00\xd8"])
def test_half_a_character_of_utf16_is_no_text(tmp_path: Path, half: bytes) -> None:
    rows = "weapon_id,designation,category\na,b,rifle\n".encode("utf-16-le")
    (tmp_path / "weapons.csv").write_bytes(b"\xff\xfe" + rows + half * 1000 + b"\n\0")
    report = armsdata.validate(tmp_path / "weapons.csv", against=SMALL.write(tmp_path / "data"), threads=1)
    assert report.findings[0].code == "encoding-error"


def test_ten_thousand_columns_are_ten_thousand_findings(tmp_path: Path) -> None:
    row = ["weapon_id", *(f"c{number}" for number in range(10_000))]
    (tmp_path / "weapons.csv").write_text(",".join(row) + "\n" + "," * (len(row) - 1) + "x\n", "utf-8")
    pq.write_table(pa.table({name: ["x"] for name in row}), tmp_path / "weapons.parquet")
    for path in (tmp_path / "weapons.csv", tmp_path / "weapons.parquet"):
        report = armsdata.validate(path, against=SMALL.write(tmp_path / "data"), threads=1)
        assert report.counts["unexpected-column", "error"] == 10_000


def test_a_hundred_thousand_codes_that_are_none_are_all_counted(tmp_path: Path) -> None:
    rows = "".join(f"w{number},x,code-{number}\n" for number in range(100_000))
    (tmp_path / "weapons.csv").write_text("weapon_id,designation,category\n" + rows, "utf-8")
    with bounded(len(rows)):
        report = armsdata.validate(tmp_path / "weapons.csv", against=SMALL.write(tmp_path / "data"), threads=1)
    assert report.counts["not-in-vocabulary", "error"] == 100_000


# ------------------------------------------------------------------------------------------------ texts


def test_bytes_that_are_no_text_do_not_get_into_hints(tmp_path: Path) -> None:
    data = SMALL.with_swap("weapons", b"AK-47", b'AK "\xd7" 47')
    report = judged(data.write(tmp_path))
    assert {one.code for one in report.findings} == {"encoding-error", "malformed-csv"}
    for one in report.findings:
        f"{one.message} {one.hint} {one.value}".encode()
    assert command("validate", tmp_path).status == 1


def test_bytes_behind_a_null_are_not_judged(tmp_path: Path) -> None:
    array = pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"x\x07y"), pa.py_buffer(b"\1")
    )
    frame = pd.DataFrame({"weapon_id": ["a", "b"], "category": ["rifle", "rifle"], "designation": ["A", "B"]})
    frame["notes"] = pd.arrays.ArrowStringArray(pa.chunked_array([array]))
    report = armsdata.validate(frame, table="weapons", against=SMALL.write(tmp_path))
    assert {one.code for one in report.findings} == {"unused-record"}


def test_a_page_that_lies_about_its_size_is_a_finding(tmp_path: Path) -> None:
    rows = pa.table({"weapon_id": [f"w{number}" + "x" * 220 for number in range(20_000)]})
    path = tmp_path / "weapons.parquet"
    pq.write_table(rows, path, compression="zstd", use_dictionary=False, data_page_size=1 << 23)
    content = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset + 3
    assert content[start - 1] == 0x15 and content[start + 3] < 0x80 <= content[start + 2]  # four bytes of a size
    content[start : start + 4] = b"\xfe\xff\xff\x7f"  # 127 MiB
    path.write_bytes(content)
    report = armsdata.validate(path, table="weapons")
    assert "malformed-csv" in {one.code for one in report.findings}


def test_long_bytes_behind_a_null_are_no_key() -> None:
    offsets = np.array([0, 5000, 5001], dtype=np.int32)
    array = pa.StringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(b"x" * 5001), pa.py_buffer(b"\2"))
    assert hash_texts(array).tolist() == hash_texts(pa.array([None, "x"])).tolist()


def test_a_key_that_is_far_too_long_is_not_offered_in_a_hint(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 0, "actor_id", "gbr" + "x" * 5000)
    for one in judged(data.write(tmp_path)).findings:
        assert len(one.hint) < 300, one


def test_a_cycle_of_keys_that_are_far_too_long_is_told_in_short(tmp_path: Path) -> None:
    key = "x" * 5000
    data = SMALL.with_row("actors", actor_id=key, name="X", kind="person", part_of=key)
    (cycle,) = [one for one in judged(data.write(tmp_path)).findings if one.code == "reference-cycle"]
    assert len(cycle.hint) < 300


RECORD = "x,sale,delivered" + "," * (len(TABLES["transfers"].source_columns) - 3)
WIDE = "x,sale,delivered" + "," * (len(TABLES["transfers"].columns) - 3)
#: The last of its lines becomes a record with the cells that follow in the row.
TAIL = "x" + "," * TABLES["transfers"].source_columns.index(TABLES["transfers"].by_name["notes"]) + "z"


@pytest.mark.parametrize(
    "text", [f"see:\n{RECORD}\n{RECORD}\nend", f"see:\n{WIDE}\n{WIDE}\nend", f"see:\n{RECORD}\n{TAIL}"]
)
def test_a_text_that_looks_like_records_is_the_same_finding_in_every_format(tmp_path: Path, text: str) -> None:
    data = FULL.with_cell("transfers", 0, "notes", text)
    rows = pa.Table.from_pylist(
        [{name: row.get(name) for name in data.names("transfers")} for row in data.tables["transfers"]]
    )
    folder = with_parquet(tmp_path / "parquet", "transfers", bytes_of(rows), FULL)
    frame = rows.to_pandas()
    reports = [armsdata.validate(folder, threads=1), armsdata.validate(frame, table="transfers", against=folder)]
    for report in reports:
        assert [(one.line, one.column, one.code) for one in report.findings] == [(2, "notes", "runaway-quote")]
    if WIDE not in text:  # the file has no derived columns
        codes = {(one.column, one.code) for one in judged(data.write(tmp_path / "csv")).findings}
        assert ("notes", "runaway-quote") in codes


def test_a_text_of_many_lines_and_commas_that_are_no_records_goes_through(tmp_path: Path) -> None:
    text = "see:\n" + "\n".join("A list, of, many, things" + ", and more" * 40 for _ in range(5))
    data = FULL.with_cell("transfers", 0, "notes", text)
    armsdata.export(data.write(tmp_path / "data"), tmp_path / "out", threads=1)
    assert verify(tmp_path / "out", threads=1).problems == []


# ------------------------------------------------------------------------------------------------ releases


def test_derived_days_that_are_left_out_of_jsonld_are_missed(tmp_path: Path) -> None:
    armsdata.export(FULL.write(tmp_path / "data"), tmp_path / "out", threads=1)
    path = tmp_path / "out/jsonld/transfers.jsonld"
    names = "|".join(column.name for column in TABLES["transfers"].derived_columns)
    stripped, number = re.subn(rf',"({names})":"[^"]*"(?=[,}}])', "", path.read_text("utf-8"))
    assert number >= 4
    path.write_text(stripped, "utf-8", newline="\n")
    sign(tmp_path / "out", "jsonld/transfers.jsonld")
    (problem,) = verify(tmp_path / "out", threads=1).problems
    assert "jsonld: 6 errors" in problem, problem
    assert "bad-date" in problem


# ------------------------------------------------------------------------------------------------ registers


def test_a_year_that_no_calendar_of_the_register_has_is_not_imported(tmp_path: Path) -> None:
    line = b"90004,Syldavia,Borduria,Made-up-4,radar,Sensors,0999,No,0,No,,No,New,5,5,0,No\n"
    (tmp_path / "register.csv").write_bytes(HEADS["deliveries"] + line)
    with pytest.raises(ImportFailure, match="1 place"):
        import_register("sipri", tmp_path / "register.csv", tmp_path / "out")
