"""Writing a template as an Excel workbook: a sheet for each table, the code lists, and help."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armsdata.schema import Column, Table
from armsdata.schema.columns import Kind
from armsdata.schema.vocabularies import vocabulary

from .errors import UsageError
from .staging import write_file
from .templates import column_notes

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: How many rows of a sheet have drop-down lists.
ROWS = 5000
_CODES, _HELP = "codes", "help"
_STEPS = (
    "Fill one sheet for each table, one record a row. Row 2 is an example: replace it.",
    "Cells are formatted as text, so that nothing you type is turned into something else.",
    "Bold columns must be filled. Leave a cell empty where no source says anything.",
    "Save the file as it is (.xlsx), or each sheet as “CSV UTF-8”.",
    "Check it: armsdata validate your-file.xlsx",
)


def openpyxl_module() -> Any:
    """The package that reads and writes workbooks.

    What it warns of, looks and features that a table has no use for, is not told from now on. This is asked for once
    and for all, as `warnings.catch_warnings` changes the filters of all threads, and of those that read and judge side
    by side the first to leave it would take from the others what they had asked for.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import openpyxl
    except ImportError:
        raise UsageError("Excel workbooks need the package openpyxl: pip install 'armsdata[xlsx]'") from None
    warnings.filterwarnings("ignore", module=r"openpyxl\b")
    return openpyxl


def write_workbook(tables: Sequence[Table], examples: Mapping[str, Mapping[str, str]], path: Path) -> None:
    """Write the workbook, all of it or nothing.

    Raises:
        UsageError: openpyxl is not installed.
        OSError: the file cannot be written.
    """
    book: Workbook = openpyxl_module().Workbook()
    book.remove(book.worksheets[0])
    sheets = [book.create_sheet(table.name) for table in tables]
    ranges = _codes(book, tables)
    for table, sheet in zip(tables, sheets, strict=True):
        _table(sheet, table, examples.get(table.name, {}), ranges)
    _help(book, tables)
    made = io.BytesIO()
    book.save(made)
    write_file(path, made.getvalue())


def _codes(book: Workbook, tables: Sequence[Table]) -> dict[str, str]:
    """The sheet of code lists; the range of each list's codes."""
    from openpyxl.styles import Font

    sheet = book.create_sheet(_CODES)
    sheet.append(["list", "code", "label", "definition"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    names = dict.fromkeys(column.vocabulary for table in tables for column in table.columns if column.vocabulary)
    ranges = {}
    for name in names:
        first = sheet.max_row + 1
        for concept in vocabulary(name).concepts.values():
            sheet.append([name, concept.code, concept.label, concept.definition])
        ranges[name] = f"{_CODES}!$B${first}:$B${sheet.max_row}"
    _widths(sheet, (20, 26, 32, 110))
    return ranges


def _table(sheet: Worksheet, table: Table, example: Mapping[str, str], ranges: Mapping[str, str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, (column, note) in enumerate(zip(table.source_columns, column_notes(table), strict=True), 1):
        name, required, description, form = note
        letter = get_column_letter(place)
        head = sheet.cell(1, place, name)
        head.font = Font(bold=column.required)
        head.fill = PatternFill("solid", fgColor="DDEBF7" if column.required else "F2F2F2")
        comment = Comment("\n".join(part for part in (column.title, required, description, form) if part), "armsdata")
        comment.width, comment.height = 360, 160
        head.comment = comment
        shown = sheet.cell(2, place, example.get(name))
        shown.font = Font(italic=True, color="7F7F7F")
        shown.number_format = _number_format(column)
        sheet.column_dimensions[letter].width = max(len(name) + 2, 14)
        sheet.column_dimensions[letter].number_format = _number_format(column)
        _drop_down(sheet, column, f"{letter}2:{letter}{ROWS + 1}", ranges)
    sheet.freeze_panes = "B2"


def _number_format(column: Column) -> str:
    """Text, so that the spreadsheet changes nothing; numbers as numbers, so that any decimal mark will do."""
    return "General" if column.kind is Kind.DECIMAL else "@"


def _drop_down(sheet: Worksheet, column: Column, cells: str, ranges: Mapping[str, str]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.kind is Kind.CODE:
        formula = ranges[column.vocabulary]
    elif column.kind is Kind.BOOLEAN:
        formula = '"true,false"'
    else:
        return
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = column.title, "Take a code of the list; the sheet “codes” says what each means."
    sheet.add_data_validation(rule)
    rule.add(cells)


def _help(book: Workbook, tables: Sequence[Table]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(_HELP)
    for step in _STEPS:
        sheet.append([step])
    sheet.append([])
    sheet.append(["table", "column", "", "what to write", "in which form"])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for table in tables:
        for note in column_notes(table):
            sheet.append([table.name, *note])
            for cell in sheet[sheet.max_row]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    _widths(sheet, (14, 22, 10, 70, 60))


def _widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    for letter, width in zip("ABCDEFGH", widths, strict=False):
        sheet.column_dimensions[letter].width = width
