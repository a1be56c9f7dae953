"""`armsdata verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Quiet, Threads, deliver, one_of

EXAMPLE = "Example: armsdata verify dist"


def verify(
    release: Annotated[Path, typer.Argument(help="The exported folder.")],
    form: Annotated[str, typer.Option("--format", help="How to print the result: text or json.")] = "text",
    threads: Threads = 0,
    quiet: Quiet = False,
) -> None:
    """Check an exported folder: sums, each format read back and validated, and all formats the same."""
    from armsdata.output.escaping import json_text, visible
    from armsdata.progress import progress
    from armsdata.verification import verify as check

    one_of(form, ("text", "json"))
    with progress("Verifying", quiet=quiet) as told:
        result = check(release, threads=threads, progress=told)
    if form == "json":
        deliver(json_text(result.as_dict()))
    else:
        deliver("".join(f"{visible(problem)}\n" for problem in result.problems))
        if not quiet:
            formats = ", ".join(result.hashes)
            typer.echo(
                f"{len(result.problems)} problems" if result.problems else f"Good: {formats} hold the same valid data",
                err=True,
            )
    raise typer.Exit(0 if result.good else 1)
