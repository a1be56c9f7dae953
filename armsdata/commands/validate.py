"""`armsdata validate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import Engine, Output, Quiet, Scheduler, Strict, Threads, deliver, on_cluster

EXAMPLE = "Example: armsdata validate contribution/ --against data --format json"


def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="A dataset folder, a table file, or a folder with some tables; without any, the curated dataset.",
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="The dataset that a contribution would join; the curated one by default.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="How to print the report: text, json, github, sarif or junit.")
    ] = "text",
    output: Output = None,
    strict: Strict = False,
    table: Annotated[str, typer.Option(help="The table that a single file holds, where its name does not tell.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=0, help="Show at most so many findings; all are counted.", show_default=False)
    ] = None,
    threads: Threads = 0,
    engine: Engine = "local",
    scheduler: Scheduler = "",
    quiet: Quiet = False,
) -> None:
    """Judge a dataset, or records that somebody contributes, and say what to mend.

    A folder with a dataset.toml is a dataset. Anything else is a contribution: it is judged as the dataset would be
    after it was merged. Exit status: 0 good, 1 the data have errors, 2 the call is wrong, 3 the machine failed.
    """
    from armsdata.checking import validate as judge
    from armsdata.output import REPORTS
    from armsdata.output.github import append_summary
    from armsdata.output.text import as_text
    from armsdata.progress import progress

    if form not in REPORTS:
        raise typer.BadParameter(
            f"there is no format {form!r}; formats are {', '.join(REPORTS)}", param_hint="--format"
        )
    several = len(paths or []) > 1
    far = on_cluster(engine, scheduler, {"--against": against, "--table": table, "several PATHs": several}, paths or [])
    write, usual = REPORTS[form]
    limit = usual if limit is None else limit
    with progress("Validating", quiet=quiet) as told:
        if far:
            from armsdata.cluster import validate as spread

            dataset = paths[0] if paths else None
            report = spread(dataset, scheduler=scheduler, strict=strict, limit=limit, workers=threads, progress=told)
        else:
            report = judge(
                list(paths or []),
                table=table,
                against=against,
                strict=strict,
                limit=limit,
                threads=threads,
                progress=told,
            )
    on_terminal = output is None and form == "text" and sys.stdout.isatty()
    deliver(as_text(report, colour=True) if on_terminal else write(report), output)
    if form == "github":
        append_summary(report)
    raise typer.Exit(0 if report.valid else 1)
