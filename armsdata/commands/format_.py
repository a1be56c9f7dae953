"""`armsdata format`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Quiet, tell_invalid

EXAMPLE = "Example: armsdata format data"


def format_(
    datasets: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[DATASET]...", help="Folders with CSV tables, or table files; ./data by default."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit status 1 when something would change.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Sort the tables by key and write every cell in its one tidy way.

    Nothing is lost, and doing it twice changes nothing. A file that cannot be read with certainty is left alone, and so
    are the others of its folder.
    """
    from armsdata.errors import InvalidData
    from armsdata.folder import own_dataset
    from armsdata.formatting import format_tables
    from armsdata.output.escaping import visible
    from armsdata.progress import progress

    changed = []
    for path in datasets or [own_dataset()]:
        try:
            with progress("Formatting", quiet=quiet):
                changed += format_tables(path, check=check)
        except InvalidData as error:
            outcome = "nothing was formatted, since the files cannot be read with certainty"
            raise tell_invalid(error.report, outcome) from None
    if not quiet:
        for file in changed:
            typer.echo(f"{'Would change' if check else 'Formatted'} {visible(file.as_posix())}", err=True)
        if not changed:
            typer.echo("Nothing to format", err=True)
    raise typer.Exit(1 if check and changed else 0)
