"""`armsdata template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import one_of

EXAMPLE = "Example: armsdata template transfers --format xlsx"


def template(
    table: Annotated[
        str, typer.Argument(help="transfers, claims, actors, weapons or sources; all: a workbook with every table.")
    ],
    form: Annotated[
        str, typer.Option("--format", help="csv, or xlsx: a workbook with drop-down lists and help.")
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option(help="The file to write; CSV is printed by default, a workbook named after its table."),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="CSV: add a row that shows how to fill the table.")
    ] = False,
) -> None:
    """Write an empty table to fill.

    A file that is there already is never replaced. Workbooks need the extra armsdata[xlsx].
    """
    from armsdata.output.escaping import visible
    from armsdata.staging import write_file
    from armsdata.templates import csv_template, new_file, xlsx_template

    if one_of(form, ("csv", "xlsx")) == "xlsx":
        path = new_file(output or Path(f"{table}.xlsx"))
        xlsx_template(table, path)
        typer.echo(f"Wrote {visible(path.as_posix())}", err=True)
        return
    text = csv_template(table, example=example)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_file(new_file(output), text)
