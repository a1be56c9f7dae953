"""Options and habits that commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Threads = Annotated[int, typer.Option(min=0, help="Threads to work in; 0: one for each processor.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]
Output = Annotated[Path | None, typer.Option(help="Write the result to this file instead of printing it.")]


def one_of(form: str, known: tuple[str, ...]) -> str:
    """The format that was asked for.

    Raises:
        BadParameter: there is no such format.
    """
    if form not in known:
        raise typer.BadParameter(f"there is no format {form!r}; formats are {', '.join(known)}", param_hint="--format")
    return form


def deliver(text: str, output: Path | None) -> None:
    """Print, or write a file all or nothing."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from .staging import write_file

    write_file(output, text)
