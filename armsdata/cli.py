"""The command line: thin over the Python functions, which do the work."""

from __future__ import annotations

from typing import Annotated

import typer

from . import __version__
from .commands import diff, export, format_, import_, merge, report, schema, template, trace, validate, verify

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Documented arms transfers: validate records, export them to CSV, Parquet and JSON-LD.",
)


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


for module in (diff, export, format_, import_, merge, report, schema, template, trace, validate, verify):
    name = module.__name__.rpartition(".")[2]
    app.command(name.rstrip("_"), epilog=module.EXAMPLE)(getattr(module, name))
