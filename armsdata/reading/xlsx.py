"""Reading Excel workbooks: cells as they were typed, no formula run, nothing unpacked beyond a bound."""

from __future__ import annotations

import datetime
import errno
import lzma
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from armsdata.errors import NoTable
from armsdata.findings import Finding, severity_of
from armsdata.schema import TABLES, Column, Table
from armsdata.schema.columns import Kind

from .batch import Batch
from .header import Header
from .typed import judge_columns
from .xlsx_archive import COLUMNS_LIMIT, inspect, refuse_disorder
from .xlsx_cells import Row, shown_text, shows_year

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: No sheet has so many rows.
ROWS_LIMIT = 1 << 20
_ROWS = 1 << 13
#: What openpyxl, the XML parser, and the archive and its packings raise for what is not as it should be; RuntimeError
#: and NotImplementedError among them, for parts with a password and ways of packing that no spreadsheet has.
_DAMAGED = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, SyntaxError, EOFError, RuntimeError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
_DATES = (Kind.EDTF, Kind.DATE)


class XlsxReader:
    """One sheet of a workbook. See `Reader`; the line of a record is the number of its row."""

    def __init__(self, path: Path, label: str, table: Table) -> None:
        self.path, self.label, self.table = path, label, table
        self.sheet = sheets(path, table.name)[table.name]
        with _opened(path) as book:
            self.head, names = _head(book, self.sheet)
        self.findings: list[Finding]
        places, self.findings = judge_columns(names, table, label)
        if not names:
            empty = Finding("empty-file", severity_of("empty-file"), label, 1, table=table.name)
            hint = "start from a template: armsdata template --format xlsx"
            self.findings = [replace(empty, message="the sheet is empty: there is not even a header", hint=hint)]
        self.width = len(names)
        self._places = dict(places)
        self.numbers = {name: place + 1 for name, place in places.items()}

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the sheet; see `Reader`."""
        if not self.width:
            return
        with _opened(self.path) as book:
            refuse_disorder(self.path)
            rows = self._rows(book)
            failure: Exception | None = None
            while failure is None:
                part, failure = _some(rows)
                if part:
                    yield partial(self._batch, part)
                elif failure is None:
                    return
            raise failure

    def _rows(self, book: Workbook) -> Iterator[Row]:
        """The rows below the header that are not blank."""
        rows = book[self.sheet].iter_rows(min_row=self.head + 1, max_col=COLUMNS_LIMIT)
        try:
            for number, cells in enumerate(rows, self.head + 1):
                if number > ROWS_LIMIT:  # openpyxl gives every row down to the one that is named
                    what = "the sheet has a row beyond the last that a spreadsheet has"
                    raise NoTable(self.path, what, line=ROWS_LIMIT)
                filled = [place for place, cell in enumerate(cells) if cell.value is not None]
                if filled:
                    some = cells[: filled[-1] + 1]
                    yield Row(number, [(cell.value, cell.data_type, cell.number_format) for cell in some])
        finally:
            if isinstance(rows, Generator):
                rows.close()  # or else the part of the archive stays open until the error is forgotten

    def _batch(self, rows: list[Row]) -> Batch:
        findings: list[Finding] = []
        columns, spoiled = {}, {}
        for name, place in self._places.items():
            texts, bad = self._column(self.table.by_name[name], place, rows, findings)
            columns[name] = texts.dictionary_encode() if self.table.repeats(name) else texts
            if bad.any():
                spoiled[name] = bad
        findings += [self._beyond(row) for row in rows if len(row.cells) > self.width]
        lines = np.array([row.number for row in rows], dtype=np.int64)
        return Batch(len(rows), columns, lambda: lines, findings, spoiled)

    def _column(
        self, column: Column, place: int, rows: list[Row], findings: list[Finding]
    ) -> tuple[pa.Array, np.ndarray[Any, np.dtype[np.bool_]]]:
        """The texts of a column; cells that are reported here for what they are stay empty."""
        texts: list[str | None] = []
        bad = np.zeros(len(rows), dtype=bool)
        for index, row in enumerate(rows):
            value, kind, shown = row.cells[place] if place < len(row.cells) else (None, "n", "")
            if kind == "f":
                findings.append(self._formula(row, column, value))
                bad[index] = True
            elif isinstance(value, datetime.date) and not (column.kind in _DATES and shows_year(shown)):
                findings.append(self._made_date(row, column, shown_text(value, shown)))
                bad[index] = not column.prose
            texts.append(None if bad[index] or value is None else shown_text(value, shown) or None)
        return pa.array(texts, pa.string()), bad

    # ------------------------------------------------------------------------------------ findings

    def _found(self, row: Row, column: Column, code: str, value: str) -> Finding:
        key = row.text(self._places.get(self.table.key))
        severity = severity_of(code, prose=column.prose)
        number = self.numbers[column.name]
        return Finding(code, severity, self.label, row.number, column.name, number, self.table.name, key, value[:200])

    def _formula(self, row: Row, column: Column, value: object) -> Finding:
        text = str(getattr(value, "text", value))
        message = f"the cell of {column.name} holds a formula, which is not run"
        hint = "put its result there instead: copy the cell, and paste it as a value"
        return replace(self._found(row, column, "formula-text", text), message=message, hint=hint)

    def _made_date(self, row: Row, column: Column, text: str) -> Finding:
        why = "shown without its year" if column.kind in _DATES else f"which {column.title.lower()} is not"
        message = f"the cell of {column.name} is a date to the spreadsheet, {why}"
        hint = f"format the cell as text and type again what was meant; the spreadsheet holds {text}"
        return replace(self._found(row, column, "spreadsheet-damage", text), message=message, hint=hint)

    def _beyond(self, row: Row) -> Finding:
        key = row.text(self._places.get(self.table.key))
        return Finding(
            "ragged-row",
            severity_of("ragged-row"),
            self.label,
            row.number,
            table=self.table.name,
            row_key=key,
            message=f"a cell is filled in {address(len(row.cells), row.number)}, beyond the last column of the header",
            hint="empty it, or move it into the column where it belongs",
        )

    def located(self, finding: Finding) -> Finding:
        """The finding with the sheet, and the address of the cell as the spreadsheet shows it."""
        cell = f", cell {address(finding.column_number, finding.line)}" if finding.column_number else ""
        where = f"sheet {self.sheet}{cell or f', row {finding.line}'}"
        return replace(finding, message=f"{finding.message} ({where})")


def address(column: int, row: int) -> str:
    """The address of a cell: ``C5``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def sheets(path: Path, table: str = "") -> dict[str, str]:
    """The sheet of each table of a workbook: told by its name, else by the file's name, else by its header.

    Args:
        path: the workbook.
        table: the table that is looked for, where that is known.

    Raises:
        NoTable: it is no workbook, or no sheet of it is a table.
    """
    with _opened(path) as book:
        names = [sheet.title for sheet in book.worksheets]
        found = {name.strip().lower(): name for name in names if name.strip().lower() in TABLES}
        if table:
            found = {table: found.get(table) or names[0]} if names else {}
        elif not found and path.stem.lower() in TABLES and names:
            found = {path.stem.lower(): names[0]}
        elif not found:
            told = ((Header(names=_head(book, name)[1]).table(), name) for name in names)
            found = {one.name: name for one, name in told if one}
    if not found:
        text = f"no sheet of it is a table; name the sheets {', '.join(TABLES)}"
        raise NoTable(path, text, code="missing-column")
    return found


def xlsx_columns(path: Path) -> list[str]:
    """The names of the columns of the first sheet.

    Raises:
        NoTable: it is no workbook.
    """
    with _opened(path) as book:
        return _head(book, book.worksheets[0].title)[1] if book.worksheets else []


def _head(book: Workbook, sheet: str) -> tuple[int, list[str]]:
    """The row of the header, which is the first that is not blank, and the names in it."""
    for number, cells in enumerate(book[sheet].iter_rows(max_row=100, max_col=COLUMNS_LIMIT, values_only=True), 1):
        names = ["" if value is None else str(value) for value in cells]
        while names and not names[-1].strip():
            names.pop()
        if names:
            return number, names
    return 1, []


def _some(rows: Iterator[Row]) -> tuple[list[Row], Exception | None]:
    """The next rows, and why there are no more, where the sheet is damaged behind them."""
    part: list[Row] = []
    try:
        for row in islice(rows, _ROWS):
            part.append(row)
    except Exception as error:  # which `_clear` turns into a clear one
        return part, error
    return part, None


@contextmanager
def _clear(path: Path) -> Iterator[None]:
    """Turn what a damaged workbook gives rise to into one clear error."""
    try:
        yield
    except NoTable:
        raise
    except zipfile.BadZipFile:
        raise NoTable(path, "not an Excel workbook (.xlsx), or one that a password protects") from None
    except _DAMAGED as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise NoTable(path, f"not a readable Excel workbook ({reason})") from None
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a damaged archive has places before the file's beginning
            raise
        raise NoTable(path, f"not a readable Excel workbook ({error})") from None


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    """An open workbook, after a look at what it would unpack to."""
    from armsdata.workbook import openpyxl_module

    openpyxl = openpyxl_module()
    # The file is ours to close: of a damaged workbook openpyxl would leave it open.
    with _clear(path), path.open("rb") as file:
        inspect(path)
        book: Workbook = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its own size may be wrong, by accident or not
            yield book
        finally:
            book.close()
