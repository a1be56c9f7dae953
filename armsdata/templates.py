"""`template`: an empty table to fill, as CSV or as a workbook with drop-down lists and help."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from armsdata.schema import DISPLAY_ORDER, TABLES, Table

from .errors import UsageError

#: The name for a workbook with every table.
ALL = "all"

#: A row that shows how each table is filled. Together they are a valid contribution, made up from beginning to end.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "transfers": {
        "transfer_id": "example-gbr-irq-2007-rifles",
        "kind": "sale",
        "status": "delivered",
        "supplier": "GBR",
        "recipient": "IRQ",
        "end_user": "example-border-guard",
        "origin": "GBR",
        "category": "assault-rifle",
        "weapon": "example-rifle",
        "designation": "assault rifles",
        "condition": "new",
        "quantity": "1500",
        "quantity_low": "1400",
        "quantity_high": "1600",
        "quantity_unit": "item",
        "quantity_approximate": "true",
        "ordered": "2006",
        "delivered": "2007-03~",
        "confidence": "probable",
        "notes": "Made up, to show how a row is filled.",
        "recorded_on": "2026-11-24",
    },
    "claims": {
        "claim_id": "example-claim-1",
        "transfer_id": "example-gbr-irq-2007-rifles",
        "source_id": "example-report-2008",
        "locator": "page 12",
        "framing": "reported",
        "quantity_reported": "about 1,500 rifles",
        "quantity": "1500",
        "date_reported": "2007-03~",
    },
    "actors": {
        "actor_id": "example-border-guard",
        "name": "Example Border Guard",
        "kind": "security-force",
        "part_of": "IRQ",
        "aliases": "EBG; Border Guard (example)",
    },
    "weapons": {
        "weapon_id": "example-rifle",
        "designation": "Example rifle",
        "category": "assault-rifle",
        "origin": "GBR",
        "calibre": "5.56 mm",
    },
    "sources": {
        "source_id": "example-report-2008",
        "type": "report",
        "title": "An example report",
        "authors": "Ann Author; Bo Author",
        "publisher": "Example Press",
        "published": "2008-05",
        "url": "https://example.org/report",
        "language": "en",
        "accessed": "2026-11-24",
    },
}


def tables_named(name: str) -> list[Table]:
    """The table of that name, or every table.

    Raises:
        UsageError: there is no such table.
    """
    if name == ALL:
        return [TABLES[one] for one in DISPLAY_ORDER]
    if name not in TABLES:
        raise UsageError(f"there is no table {name!r}; tables are {', '.join(DISPLAY_ORDER)}")
    return [TABLES[name]]


def csv_template(name: str, *, example: bool = False) -> str:
    """The header of a table as CSV, and a row that shows how it is filled.

    Raises:
        UsageError: there is no such table.
    """
    if name == ALL:
        raise UsageError(f"CSV holds one table in a file: {', '.join(DISPLAY_ORDER)}")
    (table,) = tables_named(name)
    names = [column.name for column in table.source_columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    if example:
        writer.writerow([EXAMPLES[name].get(column, "") for column in names])
    return out.getvalue()


def xlsx_template(name: str, path: Path) -> None:
    """Write a workbook with a sheet to fill for each table, drop-down lists of the codes, and a sheet of help.

    Args:
        name: the table, or ``all``.
        path: the file to write.

    Raises:
        UsageError: there is no such table, or openpyxl is not installed.
        OSError: the file cannot be written.
    """
    from .workbook import write_workbook

    write_workbook(tables_named(name), EXAMPLES, path)


def new_file(path: Path) -> Path:
    """The path, if nothing stands there: a template never replaces a table that somebody has filled.

    Raises:
        UsageError: something does.
    """
    if path.exists():
        raise UsageError(f"{path}: is there already; name another file with --output")
    return path


def column_notes(table: Table) -> Sequence[tuple[str, str, str, str]]:
    """For each column to fill: its name, whether it must be filled, what to write, and in which form."""
    return [
        (column.name, "required" if column.required else "", column.description.replace("`", ""), form_of(table, index))
        for index, column in enumerate(table.source_columns)
    ]


def form_of(table: Table, index: int) -> str:
    """The form of a column's cells, in words."""
    from armsdata.schema.columns import Kind

    column = table.source_columns[index]
    forms = {
        Kind.ID: "a key: lower-case words joined with -, such as chn-gbr-2007-rifles",
        Kind.REFERENCE: f"a key of the table {column.references}",
        Kind.CODE: f"a code of the list {column.vocabulary}",
        Kind.TEXT: "text",
        Kind.IDENTIFIER: "an identifier that others give out",
        Kind.LANGUAGE: "a BCP 47 code, such as en or ar",
        Kind.URL: "an address that begins with http:// or https://",
        Kind.EDTF: "an EDTF date: 2014-06-09, 2014-06, 2014, 2007~ (about), 2005/2006 (from, to)",
        Kind.DATE: "a day: 2014-06-09",
        Kind.DECIMAL: "a plain number, at most three decimals" + (f", in {column.unit}" if column.unit else ""),
        Kind.INTEGER: "a whole number",
        Kind.BOOLEAN: "true or false",
    }
    if column.many:
        return f"a list, joined with ; and a blank; each item {forms[column.kind]}"
    return forms[column.kind]
