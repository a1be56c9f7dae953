"""Workbooks that are damaged, hostile or out of order: one clear error each, nothing unpacked without bound."""

import contextlib
import io
import random
import warnings
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from armsdata.schema import TABLES
from openpyxl.workbook import Workbook

import armsdata
from armsdata import UsageError
from armsdata.errors import NoTable
from armsdata.reading.xlsx import XlsxReader
from armsdata.templates import xlsx_template
from fuzzing.fuzz_xlsx import workbook as made
from test_fuzz_regressions import sheet


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rebuilt(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([column.name for column in TABLES["weapons"].source_columns])
    sheet.append(["w1", "W", "mixed"])
    book.save(tmp_path / "weapons.xlsx")
    return tmp_path / "weapons.xlsx"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"weapon_id,designation\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_what_is_no_workbook_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weapons.xlsx"
    path.write_bytes(content)
    with pytest.raises(NoTable, match="Excel workbook"):
        armsdata.validate(path)


def test_a_damaged_workbook_is_said_to_be_so(good: Path) -> None:
    parts = parts_of(good)
    sheet = parts["xl/worksheets/sheet1.xml"]
    for broken in ({**parts, "xl/worksheets/sheet1.xml": sheet[:200]}, {"[Content_Types].xml": b"<x/>"}, {"x": b"x"}):
        with pytest.raises(NoTable, match="Excel workbook"):
            armsdata.validate(rebuilt(good, broken))


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_damaged_anywhere_is_one_clear_error(tmp_path: Path, packing: int) -> None:
    content, path, chance = made([], packing), tmp_path / "weapons.xlsx", random.Random(packing)
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.choice([1, 1, 3, 10])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        with contextlib.suppress(NoTable):
            armsdata.validate(path)


def test_a_workbook_whose_parts_need_a_password_is_said_to_be_so(good: Path) -> None:
    content = good.read_bytes()
    place = content.index(b"PK\x01\x02")  # the first entry of the directory; a flag says that it is encrypted
    good.write_bytes(content[: place + 8] + b"\1" + content[place + 9 :])
    with pytest.raises(NoTable, match="password"):
        armsdata.validate(good)


def test_a_zip_bomb_is_not_unpacked(good: Path) -> None:
    parts = parts_of(good)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/media/bomb.xml", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(bytes(1 << 20))
    good.write_bytes(out.getvalue())
    assert good.stat().st_size < 1 << 20
    with pytest.raises(NoTable, match="unpacks to more than 256 MiB"):
        armsdata.validate(good)


def test_a_workbook_of_too_many_parts_is_refused(good: Path) -> None:
    parts = parts_of(good) | {f"x/{n}": b"" for n in range(3000)}
    with pytest.raises(NoTable, match="unpacks to more"):
        armsdata.validate(rebuilt(good, parts))


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("padding", [0, 5000, (1 << 20) - 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_xml_that_declares_entities_is_refused(good: Path, part: str, encoding: str, padding: int) -> None:
    parts = parts_of(good)
    text = b"<!--" + b"x" * padding + b"-->" + LAUGHS + parts[part]
    parts[part] = text.decode("utf-8").encode(encoding)
    with pytest.raises(NoTable, match="declares entities"):
        armsdata.validate(rebuilt(good, parts))


def test_entities_are_refused_whatever_the_part_is_called(good: Path) -> None:
    parts = {
        name.replace("sheet1.xml", "sheet1.bin"): content.replace(b"sheet1.xml", b"sheet1.bin")
        for name, content in parts_of(good).items()
    }
    assert armsdata.validate(rebuilt(good, parts)).rows  # openpyxl finds it by what the archive says of it
    parts["xl/worksheets/sheet1.bin"] = LAUGHS + parts["xl/worksheets/sheet1.bin"]
    with pytest.raises(NoTable, match="declares entities"):
        armsdata.validate(rebuilt(good, parts))


IN_ORDER = (
    '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>1+1</f><v>2</v></c><c r="XFD2" s="0"/></row>'
    '<row><c><v>1</v></c></row><row r="7.0"/><row r="9"><c r="B9"/><c r="A9"><v>1</v></c></row>'
)


@pytest.mark.parametrize(
    ("rows", "what", "line"),
    [
        ('<row r="5"/><row r="4"><c r="A4"><v>1</v></c></row>', "row 4 of the sheet stands behind row 5", 4),
        ('<row r="4"/><row r="1e999"/>', "the row behind row 4 of the sheet has no number", 4),
        ('<row r="x"/>', "the row behind row 1 of the sheet has no number", 1),
        ('<row r="-3"/>', "row -3 of the sheet stands behind row 1", 1),
        ('<row r="5"/><row r="5"/>', "row 5 of the sheet stands behind row 5", 5),
        ('<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>', "the cells of row 3 do not stand", 3),
        ('<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>', "the cells of row 3 do not stand", 3),
        ('<row r="3"><c r="A4"><v>1</v></c></row>', "the cell A4 stands in row 3", 3),
        ('<row r="3"><c r="XFD3"><v>1</v></c></row>', "a cell of row 3 is filled beyond the 256th column", 3),
    ],
)
def test_rows_and_cells_that_openpyxl_would_lose_are_told(tmp_path: Path, rows: str, what: str, line: int) -> None:
    path = tmp_path / "weapons.xlsx"
    path.write_bytes(sheet(rows))
    (finding,) = [one for one in armsdata.validate(path).findings if one.code == "malformed-csv"]
    assert what in finding.message
    assert finding.line == line


def test_rows_and_cells_in_any_order_that_keeps_them_are_read(tmp_path: Path) -> None:
    path = tmp_path / "weapons.xlsx"
    path.write_bytes(sheet(IN_ORDER))
    report = armsdata.validate(path)
    assert "malformed-csv" not in {one.code for one in report.findings}
    assert report.rows["weapons"] == 3


def test_what_openpyxl_warns_of_stays_untold_when_another_thread_is_done_with_filters_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weapons.xlsx"
    path.write_bytes(sheet(IN_ORDER))  # which has no style
    load = openpyxl.load_workbook
    done: list[bool] = []

    def meanwhile(*args: Any, **options: Any) -> Workbook:
        other.__exit__(None, None, None)
        with pytest.raises(UserWarning):
            warnings.warn("others are told still", UserWarning, stacklevel=1)
        monkeypatch.setattr(openpyxl, "load_workbook", load)
        done.append(True)
        return load(*args, **options)

    reader = XlsxReader(path, "weapons.xlsx", TABLES["weapons"])
    other = warnings.catch_warnings()
    other.__enter__()
    monkeypatch.setattr(openpyxl, "load_workbook", meanwhile)
    assert [block().size for block in reader.blocks()] == [3]
    assert done


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is(good: Path) -> None:
    parts = parts_of(good)
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'ref="A1:' in sheet
    start = sheet.index(b'ref="A1:')
    end = sheet.index(b'"', start + 5)
    parts["xl/worksheets/sheet1.xml"] = sheet[:start] + b'ref="A1:XFD1048576' + sheet[end:]
    assert armsdata.validate(rebuilt(good, parts)).rows == {"weapons": 1}


def test_other_workbook_formats_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "weapons.xls").write_bytes(b"x")
    with pytest.raises(UsageError, match="not a table file"):
        armsdata.validate(tmp_path / "weapons.xls")


def test_without_openpyxl_it_is_said_what_to_install(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"pip install 'armsdata\[xlsx\]'"):
        armsdata.validate(good)
    with pytest.raises(UsageError, match=r"pip install 'armsdata\[xlsx\]'"):
        xlsx_template("weapons", good.parent / "t.xlsx")
