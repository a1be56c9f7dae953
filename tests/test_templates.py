"""Templates: what is to be filled, examples that are valid, drop-down lists of every code."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from armsdata.schema import TABLES
from armsdata.schema.columns import Kind
from armsdata.schema.vocabularies import vocabulary

import armsdata
from armsdata import UsageError
from armsdata.reading.xlsx import sheets
from armsdata.templates import ALL, EXAMPLES, csv_template, xlsx_template
from armsdata.texttable import read_texts
from repository import ROOT


@pytest.mark.parametrize("table", TABLES)
def test_a_csv_template_is_the_header_of_the_table(table: str, tmp_path: Path) -> None:
    text = csv_template(table)
    assert text == ",".join(column.name for column in TABLES[table].source_columns) + "\n"
    (tmp_path / f"{table}.csv").write_text(text, "utf-8")
    assert armsdata.validate(tmp_path).counts.total() == 0


@pytest.mark.parametrize("table", TABLES)
def test_an_example_fills_known_columns(table: str) -> None:
    names = {column.name for column in TABLES[table].source_columns}
    assert set(EXAMPLES[table]) <= names
    assert {column.name for column in TABLES[table].source_columns if column.required} <= set(EXAMPLES[table])


def test_the_examples_together_are_a_valid_contribution(tmp_path: Path) -> None:
    for table in TABLES:
        (tmp_path / f"{table}.csv").write_text(csv_template(table, example=True), "utf-8")
    report = armsdata.validate(tmp_path, against=ROOT / "data")
    assert report.findings == []


@pytest.mark.parametrize("name", ["", "transfer", "codes", "../x"])
def test_an_unknown_table_has_no_template(name: str, tmp_path: Path) -> None:
    for make in (lambda: csv_template(name), lambda: xlsx_template(name, tmp_path / "x.xlsx")):
        with pytest.raises(UsageError, match="no table"):
            make()


def test_csv_has_no_template_of_all_tables() -> None:
    with pytest.raises(UsageError, match="one table"):
        csv_template(ALL)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "all.xlsx"
    xlsx_template(ALL, path)
    return path


def test_a_filled_template_is_a_valid_contribution(template: Path) -> None:
    report = armsdata.validate(template, against=ROOT / "data")
    assert report.findings == []
    assert report.rows == dict.fromkeys(TABLES, 1)


@pytest.mark.parametrize("table", TABLES)
def test_a_template_of_one_table_holds_its_example(table: str, tmp_path: Path) -> None:
    xlsx_template(table, tmp_path / "some.xlsx")
    assert list(sheets(tmp_path / "some.xlsx")) == [table]
    (row,) = read_texts(tmp_path / "some.xlsx", TABLES[table]).cells.to_pylist()
    assert {name: text for name, text in row.items() if text} == EXAMPLES[table]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_a_template_has_help(template: Path, table: str) -> None:
    book = openpyxl.load_workbook(template)
    heads = book[table][1]
    assert [cell.value for cell in heads] == [column.name for column in TABLES[table].source_columns]
    for cell, column in zip(heads, TABLES[table].source_columns, strict=True):
        assert cell.comment is not None
        assert column.description.replace("`", "") in cell.comment.text
        assert ("required" in cell.comment.text) == column.required
        assert cell.font.bold == column.required
    helped = [(row[0], row[1]) for row in book["help"].iter_rows(values_only=True)]
    assert {(table, column.name) for column in TABLES[table].source_columns} <= set(helped)


@pytest.mark.parametrize("table", TABLES)
def test_drop_down_lists_hold_the_codes(template: Path, table: str) -> None:
    book = openpyxl.load_workbook(template)
    lists: dict[str, list[Any]] = {}
    for rule in book[table].data_validations.dataValidation:
        (cells,) = rule.sqref.ranges
        name = str(book[table].cell(1, cells.min_col).value)
        assert (cells.min_row, cells.min_col) == (2, cells.max_col)
        if str(rule.formula1).startswith('"'):
            lists[name] = str(rule.formula1).strip('"').split(",")
        else:
            place = str(rule.formula1).replace("$", "").partition("!")[2]
            lists[name] = [row[0].value for row in book["codes"][place]]
    expected: dict[str, list[Any]] = {}
    for column in TABLES[table].source_columns:
        if column.kind is Kind.CODE:
            expected[column.name] = list(vocabulary(column.vocabulary).concepts)
        elif column.kind is Kind.BOOLEAN:
            expected[column.name] = ["true", "false"]
    assert lists == expected


def test_what_is_typed_into_a_template_stays_text(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["transfers"]
    formats = {str(cell.value): sheet.column_dimensions[cell.coordinate[:-1]].number_format for cell in sheet[1]}
    assert {name for name, form in formats.items() if form != "@"} == {
        column.name for column in TABLES["transfers"].source_columns if column.kind is Kind.DECIMAL
    }
