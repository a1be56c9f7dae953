"""`armsdata export`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .options import Engine, Quiet, Scheduler, Strict, Threads, on_cluster

EXAMPLE = "Example: armsdata export data --out dist --format csv,parquet"


def export(
    dataset: Annotated[
        str | None, typer.Argument(help="The dataset folder; the curated dataset where it is not given.")
    ] = None,
    out: Annotated[str, typer.Option(help="The release folder to write.")] = "dist",
    form: Annotated[
        str, typer.Option("--format", help="Formats to write, joined by commas: csv, parquet, jsonld.")
    ] = "csv,parquet,jsonld",
    archive: Annotated[
        bool, typer.Option("--archive", help="Write the release as one file for a data repository, too.")
    ] = False,
    strict: Strict = False,
    threads: Threads = 0,
    engine: Engine = "local",
    scheduler: Scheduler = "",
    quiet: Quiet = False,
) -> None:
    """Validate a dataset and write its release folder.

    Nothing is written when there is an error. An earlier release in the same place is replaced in one step; a folder
    that holds anything else is left alone.
    """
    from armsdata.errors import InvalidData
    from armsdata.output.escaping import visible
    from armsdata.output.text import as_text
    from armsdata.progress import progress
    from armsdata.release import export as write

    far = on_cluster(engine, scheduler, {"--archive": archive}, [dataset or "", out])
    formats = [name.strip() for name in form.split(",") if name.strip()]
    try:
        with progress("Exporting", quiet=quiet) as told:
            if far:
                from armsdata.cluster import export as spread

                report = spread(
                    dataset, out, formats=formats, scheduler=scheduler, strict=strict, workers=threads, progress=told
                )
            else:
                report = write(
                    dataset, out, formats=formats, archive=archive, strict=strict, threads=threads, progress=told
                )
    except InvalidData as error:
        error.report.findings = error.report.findings[:50]
        typer.echo(as_text(error.report, colour=sys.stderr.isatty()), err=True, nl=False)
        typer.echo("armsdata: nothing was exported, since the data are not valid", err=True)
        raise typer.Exit(1) from None
    if not quiet:
        rows = ", ".join(
            f"{report.rows[name]:,} {name}" for name in ("transfers", "claims", "actors", "weapons", "sources")
        )
        warnings = f" ({report.warnings:,} warnings; armsdata validate shows them)" if report.warnings else ""
        typer.echo(f"Exported {rows} to {visible(str(out))}{warnings}", err=True)
