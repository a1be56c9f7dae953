"""Workbooks are read as they were typed: nothing is run, guessed or unpacked without bound."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from armsdata.schema import DISPLAY_ORDER, TABLES
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula

import armsdata
from armsdata import Finding
from armsdata.merging import merge
from armsdata.reading import xlsx
from armsdata.reading.xlsx import address, sheets
from armsdata.reading.xlsx_cells import shown_text, shows_year
from armsdata.texttable import read_texts
from datasets import FULL, SMALL

HEAD = [column.name for column in TABLES["weapons"].source_columns]


def saved(book: Workbook, path: Path) -> Path:
    book.save(path)
    return path


def workbook(path: Path, rows: list[list[Any]], sheet: str = "weapons") -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book, path)


def weapon_cells(path: Path, change: Callable[[Any], None]) -> tuple[dict[str, str | None], list[Finding]]:
    """One weapon, some of whose cells are set by `change`; what is read, and what is found."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "weapons"
    sheet.append(HEAD)
    sheet.append(["w1", "W", "mixed"])
    change(sheet)
    saved(book, path)
    read = read_texts(path, TABLES["weapons"])
    report = armsdata.validate(path)
    return read.cells.to_pylist()[0], [one for one in report.findings if one.code != "unused-record"]


# ---------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("text", "General", "text"),
        (" as it is ", "@", " as it is "),
        ("007", "@", "007"),
        ("100", "@", "100"),
        (100, "General", "100"),
        (100.0, "General", "100"),
        (0.1, "General", "0.1"),
        (194.741, "General", "194.741"),
        (1.1, "0.00", "1.1"),
        (1e5, "0.00E+00", "100000"),
        (1.5e-7, "General", "0.00000015"),
        (123456789012345, "General", "123456789012345"),
        (-5, "General", "-5"),
        (0.25, "0%", "0.25"),
        (True, "General", "true"),
        (False, "General", "false"),
        (datetime.datetime(2014, 6, 9), "yyyy-mm-dd", "2014-06-09"),
        (datetime.datetime(2014, 6, 9), "dd/mm/yy", "2014-06-09"),
        (datetime.datetime(2005, 3, 1), "mmm-yy", "2005-03"),
        (datetime.datetime(2005, 3, 1), "yyyy", "2005"),
        (datetime.datetime(2005, 3, 1), '[$-409]mmmm" of "yyyy;@', "2005-03"),
        (datetime.datetime(2014, 6, 9, 12, 30), "yyyy-mm-dd hh:mm", "2014-06-09T12:30:00"),
        (datetime.date(2014, 6, 9), "yyyy-mm-dd", "2014-06-09"),
        (datetime.time(12, 30), "hh:mm", "12:30:00"),
    ],
)
def test_a_value_is_shown_as_it_was_typed(value: object, number_format: str, text: str) -> None:
    assert shown_text(value, number_format) == text


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [("d-mmm", False), ("mm/dd", False), ('"year" d', False), ("mmm-yy", True), ("yyyy", True)],
)
def test_whether_a_date_is_shown_with_its_year(number_format: str, shown: bool) -> None:
    assert shows_year(number_format) == shown


@pytest.mark.parametrize(
    ("column", "row", "cell"), [(1, 1, "A1"), (26, 9, "Z9"), (27, 10, "AA10"), (702, 1, "ZZ1"), (703, 1, "AAA1")]
)
def test_a_cell_has_an_address(column: int, row: int, cell: str) -> None:
    assert address(column, row) == cell


def test_a_workbook_says_the_same_as_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table in DISPLAY_ORDER:
        sheet = book.create_sheet(table)
        sheet.append(FULL.names(table))
        for row in FULL.tables[table]:
            sheet.append([row.get(name) for name in FULL.names(table)])
    saved(book, tmp_path / "full.xlsx")
    folder = FULL.write(tmp_path / "csv", *TABLES)
    for one in TABLES.values():
        ours = read_texts(tmp_path / "full.xlsx", one).cells
        assert ours.equals(read_texts(folder / f"{one.name}.csv", one).cells)
    base = SMALL.write(tmp_path / "data")
    merge(tmp_path / "full.xlsx", base)
    assert armsdata.validate(base).valid


def test_a_formula_is_a_finding_and_is_not_run(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["H2"] = "=1+1"

    row, (finding,) = weapon_cells(tmp_path / "w.xlsx", change)
    assert row["notes"] is None
    assert (finding.code, finding.severity, finding.line, finding.column) == ("formula-text", "error", 2, "notes")
    assert finding.message.endswith("(sheet weapons, cell H2)")
    assert finding.value == "=1+1"


def test_an_array_formula_is_a_finding_too(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["H2"] = ArrayFormula("H2:H2", "=SUM(A1:A2)")

    _, (finding,) = weapon_cells(tmp_path / "w.xlsx", change)
    assert finding.code == "formula-text"


def test_text_that_only_looks_like_a_formula_is_a_finding(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["H2"].value = "=1+1"
        sheet["H2"].data_type = "s"

    row, (finding,) = weapon_cells(tmp_path / "w.xlsx", change)
    assert row["notes"] == "=1+1"
    assert (finding.code, finding.line) == ("formula-text", 2)


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NAME?"])
def test_an_error_value_is_a_finding(tmp_path: Path, error: str) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"].value = error

    _, (finding,) = weapon_cells(tmp_path / "w.xlsx", change)
    assert finding.code in ("spreadsheet-damage", "unknown-reference")
    assert finding.message.endswith("(sheet weapons, cell D2)")


def test_a_date_where_none_belongs_is_damage(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["E2"] = datetime.datetime(2005, 3, 1)
        sheet["E2"].number_format = "mmm-yy"

    row, (finding,) = weapon_cells(tmp_path / "w.xlsx", change)
    assert row["calibre"] == "2005-03"
    assert (finding.code, finding.severity, finding.column) == ("spreadsheet-damage", "warning", "calibre")


def test_a_date_as_key_is_an_error_and_told_once(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"] = datetime.datetime(2005, 3, 1)

    row, (finding,) = weapon_cells(tmp_path / "w.xlsx", change)
    assert row["origin"] is None
    assert (finding.code, finding.severity) == ("spreadsheet-damage", "error")


def source_with(path: Path, value: Any, number_format: str, column: str = "published") -> tuple[str | None, list[str]]:
    names = [one.name for one in TABLES["sources"].source_columns]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "sources"
    sheet.append(names)
    sheet.append(["s1", "report", "T"])
    cell = sheet.cell(2, names.index(column) + 1, value)
    cell.number_format = number_format
    saved(book, path)
    codes = [one.code for one in armsdata.validate(path).findings if one.code != "unused-record"]
    text: str | None = read_texts(path, TABLES["sources"]).cells.to_pylist()[0][column]
    return text, codes


@pytest.mark.parametrize(
    ("value", "number_format", "text", "codes"),
    [
        (datetime.datetime(2014, 6, 9), "yyyy-mm-dd", "2014-06-09", []),
        (datetime.datetime(2014, 6, 9), "dd/mm/yyyy", "2014-06-09", []),
        (datetime.datetime(2005, 3, 1), "mmm-yy", "2005-03", []),
        (datetime.datetime(2026, 3, 5), "d-mmm", None, ["spreadsheet-damage"]),
        (2014, "General", "2014", []),
        (44256, "General", "44256", ["spreadsheet-damage"]),
        ("2007~", "@", "2007~", []),
        ("12/06/2014", "@", "12/06/2014", ["bad-date"]),
    ],
)
def test_dates_are_taken_as_far_as_they_are_shown(
    tmp_path: Path, value: object, number_format: str, text: str | None, codes: list[str]
) -> None:
    assert source_with(tmp_path / "s.xlsx", value, number_format) == (text, codes)


# ---------------------------------------------------------------------------------------------- sheets


def test_findings_say_row_column_sheet_and_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "my records.xlsx", [[], HEAD, [], ["w1", "W", "gun"]], "Weapons")
    report = armsdata.validate(path)
    (finding,) = [one for one in report.findings if one.code == "not-in-vocabulary"]
    assert (finding.file, finding.line, finding.column, finding.column_number) == (path.as_posix(), 4, "category", 3)
    assert finding.message.endswith("(sheet Weapons, cell C4)")
    assert report.rows == {"weapons": 1}


def test_a_sheet_is_told_by_the_name_of_the_file_or_by_its_header(tmp_path: Path) -> None:
    rows = [HEAD, ["w1", "W", "mixed"]]
    assert sheets(workbook(tmp_path / "weapons.xlsx", rows, "Sheet1")) == {"weapons": "Sheet1"}
    assert sheets(workbook(tmp_path / "mine.xlsx", rows, "Sheet1")) == {"weapons": "Sheet1"}
    assert armsdata.validate(workbook(tmp_path / "x.xlsx", rows, "Y"), table="weapons").rows == {"weapons": 1}


def test_a_workbook_in_a_contribution_folder_is_read(tmp_path: Path) -> None:
    workbook(tmp_path / "weapons.xlsx", [HEAD, ["w1", "W", "mixed"]], "Sheet1")
    assert armsdata.validate(tmp_path).rows == {"weapons": 1}


def test_headers_are_judged_as_in_csv(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "w.xlsx", [["Weapon_ID ", "designation", "remarks", None, "notes"], ["w", "W", "x", "y"]]
    )
    found = {(one.code, one.column) for one in armsdata.validate(path).findings}
    assert found >= {
        ("untidy-text", "weapon_id"),
        ("unexpected-column", "remarks"),
        ("missing-column", "category"),
        ("unexpected-column", None),
    }


def test_a_cell_beyond_the_header_is_a_finding(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", [HEAD, ["w1", "W", "mixed", None, None, None, None, None, "more"]])
    (finding,) = [one for one in armsdata.validate(path).findings if one.code == "ragged-row"]
    assert (finding.line, finding.row_key) == (2, "w1")
    assert "I2" in finding.message


@pytest.mark.parametrize("rows", [[], [[]], [[None, "  "]]])
def test_an_empty_sheet_is_an_empty_file(tmp_path: Path, rows: list[list[Any]]) -> None:
    report = armsdata.validate(workbook(tmp_path / "w.xlsx", rows))
    assert [one.code for one in report.findings] == ["empty-file"]


def test_a_header_alone_is_fine(tmp_path: Path) -> None:
    report = armsdata.validate(workbook(tmp_path / "w.xlsx", [HEAD]))
    assert (report.findings, report.rows) == ([], {"weapons": 0})


def test_formatted_but_empty_rows_are_no_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "weapons"
    sheet.append(HEAD)
    for row in range(2, 500):
        sheet.cell(row, 1).number_format = "@"
    sheet.cell(600, 1, "w1")
    sheet.cell(600, 2, "W")
    sheet.cell(600, 3, "mixed")
    report = armsdata.validate(saved(book, tmp_path / "w.xlsx"))
    assert report.rows == {"weapons": 1}
    assert [(one.code, one.line) for one in report.findings] == [("unused-record", 600)]


def test_many_rows_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_ROWS", 7)
    path = workbook(tmp_path / "w.xlsx", [HEAD, *[[f"w{n}", "W", "mixed" if n != 50 else "gun"] for n in range(100)]])
    report = armsdata.validate(path)
    assert report.rows == {"weapons": 100}
    assert [one.line for one in report.findings if one.code == "not-in-vocabulary"] == [52]
