"""Options and habits that commands share."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from armsdata.findings import Report

Threads = Annotated[int, typer.Option(min=0, help="Threads to work in; 0: one for each processor.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]
Engine = Annotated[
    str, typer.Option(help="local: this process; dask: worker processes, part by part (see docs/scaling.md).")
]
Scheduler = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS", help="With --engine dask: the scheduler of a cluster that is there, such as tcp://host:8786."
    ),
]
Output = Annotated[Path | None, typer.Option(help="Write the result to this file instead of printing it.")]


def one_of(form: str, known: tuple[str, ...]) -> str:
    """The format that was asked for.

    Raises:
        BadParameter: there is no such format.
    """
    if form not in known:
        raise typer.BadParameter(f"there is no format {form!r}; formats are {', '.join(known)}", param_hint="--format")
    return form


def on_cluster(engine: str, scheduler: str, local: Mapping[str, object], places: Sequence[str]) -> bool:
    """Whether the work is for a cluster.

    Args:
        engine: the engine asked for.
        scheduler: the scheduler asked for.
        local: by option what only the local engine can do, if it was asked for.
        places: what is read and written; addresses are for a cluster.

    Raises:
        BadParameter: there is no such engine, or the options do not go together.
    """
    if engine not in ("local", "dask"):
        raise typer.BadParameter(f"there is no engine {engine!r}; engines are local, dask", param_hint="--engine")
    if scheduler and engine == "local":
        raise typer.BadParameter("needs --engine dask", param_hint="--scheduler")
    for place in places:
        if engine == "local" and "://" in place:
            raise typer.BadParameter(f"{place}: an address; --engine dask reads and writes such", param_hint="--engine")
    for option, given in local.items():
        if engine == "dask" and given:
            raise typer.BadParameter("--engine dask cannot do that; leave one of them", param_hint=option)
    return engine == "dask"


def deliver(text: str, output: Path | None = None) -> None:
    """Print, or write a file all or nothing.

    Raises:
        OSError: it cannot be written.
    """
    if output is None:
        _print(text)
        return
    from armsdata.staging import write_file

    write_file(output, text)


def _print(text: str) -> None:
    """Print; a reader that has left is no error, so that the exit status still tells about the data."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # Python must not flush to it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno != errno.EPIPE:
            error.filename = "standard output"
            raise


def tell_invalid(report: Report, outcome: str) -> typer.Exit:
    """Show the first findings that stood in the way; the exit to raise."""
    from armsdata.output.text import as_text

    report.findings = report.findings[:50]
    typer.echo(as_text(report, colour=sys.stderr.isatty()), err=True, nl=False)
    typer.echo(f"armsdata: {outcome}", err=True)
    return typer.Exit(1)
