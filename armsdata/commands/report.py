"""`armsdata report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Quiet

EXAMPLE = "Example: armsdata report data --out armsdata.html"


def report(
    dataset: Annotated[
        Path | None, typer.Argument(help="The dataset folder; the curated dataset where it is not given.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    quiet: Quiet = False,
) -> None:
    """Write one self-contained page that shows the dataset.

    Flows of custody, time, doubts, every transfer with its claims and sources. The page fetches nothing: it works
    from a file, and can be sent as one.
    """
    from armsdata.dataset import load
    from armsdata.output.escaping import visible
    from armsdata.progress import progress
    from armsdata.report import render
    from armsdata.staging import write_file

    with progress("Drawing", quiet=quiet):
        content = render(load(dataset))
        write_file(out, content.decode("utf-8"))
    if not quiet:
        typer.echo(f"Wrote {visible(str(out))} ({len(content) / 1e6:.1f} MB)", err=True)
