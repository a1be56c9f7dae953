"""`armsdata trace`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import Output, deliver, one_of

EXAMPLE = "Example: armsdata trace Daesh --category assault-rifle --since 2014"


def trace(
    subject: Annotated[
        str, typer.Argument(metavar="ACTOR_OR_TRANSFER", help="An actor by id, name or alias, or a transfer by id.")
    ],
    dataset: Annotated[
        Path | None, typer.Argument(help="The dataset folder; the curated dataset where it is not given.")
    ] = None,
    direction: Annotated[str, typer.Option(help="to: how arms came there; from: where arms went on.")] = "to",
    depth: Annotated[
        int | None, typer.Option(min=0, help="Follow at most so many steps; all by default.", show_default=False)
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text, json (networkx, D3, Gephi) or dot (Graphviz).")] = "text",
    category: Annotated[str, typer.Option(help="Only transfers of this weapon category and those below it.")] = "",
    since: Annotated[str, typer.Option(help="Only transfers that may have happened on or after this date.")] = "",
    until: Annotated[str, typer.Option(help="Only transfers that may have happened on or before this date.")] = "",
    output: Output = None,
) -> None:
    """Follow the chains of custody that lead to an actor or a transfer, or on from it.

    A state is traced with the forces and bodies that are part of it. Category and dates choose among the transfers of
    the actor itself; their chains are followed whole. What was only planned, licensed or cancelled is shown with a
    mark and never summed.
    """
    from armsdata.dataset import load

    one_of(form, ("text", "json", "dot"))
    found = load(dataset).trace(subject, direction=direction, depth=depth, category=category, since=since, until=until)
    if form == "text":
        shown = output is None and sys.stdout.isatty()
        text = found.text(colour=shown, width=shutil.get_terminal_size().columns if shown else None)
    else:
        text = found.json() if form == "json" else found.dot()
    deliver(text, output)
