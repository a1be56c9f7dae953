"""`armsdata diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Output, deliver, one_of, tell_invalid

EXAMPLE = "Example: armsdata diff earlier/data data --format markdown"


def diff(
    old: Annotated[Path, typer.Argument(help="A dataset or release folder, or a table file: the earlier side.")],
    new: Annotated[Path, typer.Argument(help="The later side; or a contribution, compared as a merge would apply it.")],
    form: Annotated[
        str, typer.Option("--format", help="How to print the differences: text, json or markdown.")
    ] = "text",
    output: Output = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit status 1 when there is a difference.")] = False,
) -> None:
    """Show which records were added, removed or changed, cell by cell.

    What the cells say is compared, not how it is written, nor in which format or order.
    """
    from armsdata.diffing import diff as compare
    from armsdata.errors import InvalidData
    from armsdata.output.differences import DIFFS

    one_of(form, tuple(DIFFS))
    try:
        found = compare(old, new)
    except InvalidData as error:
        raise tell_invalid(error.report, "nothing was compared: a file cannot be read with certainty") from None
    deliver(DIFFS[form](found), output)
    raise typer.Exit(1 if exit_code and not found.equal else 0)
