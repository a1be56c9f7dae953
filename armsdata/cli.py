"""The command line: thin over the Python functions, which do the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import __version__

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Documented arms transfers: validate records, export them to CSV, Parquet and JSON-LD.",
)

Threads = Annotated[int, typer.Option(min=0, help="Threads to work in; 0: one for each processor.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"armsdata {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Documented arms transfers: validate records, export them to CSV, Parquet and JSON-LD."""


@app.command(epilog="Example: armsdata export data --out dist --format csv,parquet")
def export(
    dataset: Annotated[
        Path | None, typer.Argument(help="The dataset folder; the curated dataset where it is not given.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The release folder to write.")] = Path("dist"),
    form: Annotated[
        str, typer.Option("--format", help="Formats to write, joined by commas: csv, parquet, jsonld.")
    ] = "csv,parquet,jsonld",
    strict: Strict = False,
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Validate a dataset and write its release folder.

    Nothing is written when there is an error. An earlier release in the same place is replaced in one step; a folder
    that holds anything else is left alone.
    """
    from .errors import InvalidData
    from .output.text import as_text
    from .progress import progress
    from .release import export as write

    formats = [name.strip() for name in form.split(",") if name.strip()]
    try:
        with progress("Exporting", quiet=quiet) as told:
            report = write(dataset, out, formats=formats, strict=strict, threads=threads, progress=told)
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
        typer.echo(f"Exported {rows} to {out}{warnings}", err=True)


@app.command(epilog="Example: armsdata validate contribution/ --against data --format json")
def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="A dataset folder, a table file, or a folder with some tables; without any, the curated dataset.",
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="The dataset that a contribution would join; the curated one by default.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="How to print the report: text or json.")] = "text",
    output: Annotated[Path | None, typer.Option(help="Write the report to this file instead of printing it.")] = None,
    strict: Strict = False,
    table: Annotated[str, typer.Option(help="The table that a single file holds, where its name does not tell.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=0, help="Show at most so many findings; all are counted.", show_default=False)
    ] = None,
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Judge a dataset, or records that somebody contributes, and say what to mend.

    A folder with a dataset.toml is a dataset. Anything else is a contribution: it is judged as the dataset would be
    after it was merged. Exit status: 0 good, 1 the data have errors, 2 the call is wrong, 3 the machine failed.
    """
    from .checking import validate as judge
    from .output import REPORTS
    from .output.text import as_text
    from .progress import progress

    if form not in REPORTS:
        raise typer.BadParameter(
            f"there is no format {form!r}; formats are {', '.join(REPORTS)}", param_hint="--format"
        )
    write, usual = REPORTS[form]
    with progress("Validating", quiet=quiet) as told:
        report = judge(
            list(paths or []),
            table=table,
            against=against,
            strict=strict,
            limit=usual if limit is None else limit,
            threads=threads,
            progress=told,
        )
    on_terminal = output is None and form == "text" and sys.stdout.isatty()
    _deliver(as_text(report, colour=True) if on_terminal else write(report), output)
    raise typer.Exit(0 if report.valid else 1)


def _deliver(text: str, output: Path | None) -> None:
    """Print, or write a file all or nothing."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    from .staging import write_file

    write_file(output, text)


@app.command(epilog="Example: armsdata verify dist")
def verify(
    release: Annotated[Path, typer.Argument(help="The exported folder.")],
    form: Annotated[str, typer.Option("--format", help="How to print the result: text or json.")] = "text",
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Check an exported folder: sums, each format read back and validated, and all formats the same."""
    import json

    from .progress import progress
    from .verification import verify as check

    if form not in ("text", "json"):
        raise typer.BadParameter(f"there is no format {form!r}; formats are text, json", param_hint="--format")
    with progress("Verifying", quiet=quiet) as told:
        result = check(release, threads=threads, progress=told)
    if form == "json":
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        for problem in result.problems:
            typer.echo(problem)
        if not quiet:
            formats = ", ".join(result.hashes)
            typer.echo(
                f"{len(result.problems)} problems" if result.problems else f"Good: {formats} hold the same valid data",
                err=True,
            )
    raise typer.Exit(0 if result.good else 1)
