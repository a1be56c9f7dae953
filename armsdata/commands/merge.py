"""`armsdata merge`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Quiet, Strict, Threads, tell_invalid

EXAMPLE = "Example: armsdata merge contribution/ --into data"


def merge(
    contribution: Annotated[list[Path], typer.Argument(help="A folder with some of the tables, or table files.")],
    into: Annotated[Path | None, typer.Option(help="The dataset folder; ./data by default.")] = None,
    strict: Strict = False,
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Apply a valid contribution to a dataset, in the dataset's order, all of it or nothing.

    New records are added; a record whose key the dataset has is an update. An update replaces every cell whose column
    the contribution has, also by an empty one; cells of other columns stay as they are.
    """
    from armsdata.errors import InvalidData
    from armsdata.merging import merge as apply
    from armsdata.progress import progress

    try:
        with progress("Merging", quiet=quiet) as told:
            merged = apply(contribution, into, strict=strict, threads=threads, progress=told)
    except InvalidData as error:
        raise tell_invalid(error.report, "nothing was merged, since the data would not be valid") from None
    if not quiet:
        for name, change in merged.changes.items():
            typer.echo(
                f"{name}: {change.added:,} added, {change.updated:,} updated, {change.unchanged:,} unchanged", err=True
            )
        if merged.report.warnings:
            typer.echo(f"{merged.report.warnings:,} warnings; armsdata validate shows them", err=True)
