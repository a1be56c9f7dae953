"""`armsdata import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Quiet, deliver

if TYPE_CHECKING:
    from armsdata.importers.register import Note

EXAMPLE = "Example: armsdata import sipri trade-register.csv --out sipri"


def import_(
    register: Annotated[str, typer.Argument(metavar="FORMAT", help="Which register it is: sipri.")],
    file: Annotated[Path, typer.Argument(help="The register as downloaded.")],
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    previous: Annotated[
        Path | None, typer.Option(help="An earlier import: what has not changed keeps the day it was recorded on.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Turn a known register into a dataset folder, with nothing lost.

    The sums of the register and of the dataset are compared at the end and kept in the folder. The licence of the data
    stays the register's own.
    """
    from armsdata.importing import IMPORTERS, ImportFailure, import_register
    from armsdata.output.escaping import visible
    from armsdata.progress import progress

    if register not in IMPORTERS:
        raise typer.BadParameter(f"there is no importer {register!r}; known are {', '.join(IMPORTERS)}")
    try:
        with progress("Importing", quiet=quiet):
            result = import_register(register, file, out, previous=previous)
    except ImportFailure as error:
        deliver(_notes(file, error.findings))
        typer.echo(f"armsdata: {visible(str(error))}; nothing was written", err=True)
        raise typer.Exit(1) from None
    deliver(_notes(file, result.findings))
    if not quiet:
        for name, read, written in result.reconciliation:
            typer.echo(f"{name}: {read:,} read, {written:,} written, difference {read - written:,}", err=True)
        rows = ", ".join(f"{number:,} {name}" for name, number in result.counts.items())
        typer.echo(f"Imported {rows} to {visible(str(out))}", err=True)
        typer.echo(result.terms, err=True)
    if not result.balanced:
        raise typer.Exit(1)


def _notes(file: Path, notes: list[Note]) -> str:
    from armsdata.output.escaping import visible

    return "".join(f"{visible(_note(file, note))}\n" for note in notes)


def _note(file: Path, note: Note) -> str:
    column = f"{note.column}: " if note.column else ""
    text = f"{file.as_posix()}:{note.line}: {column}{note.severity}: {note.message}"
    return f"{text}; {note.hint}" if note.hint else text
