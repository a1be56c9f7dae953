"""`armsdata schema`."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import Output, deliver, one_of

EXAMPLE = "Example: armsdata schema transfers --format json-schema"


def schema(
    table: Annotated[str, typer.Argument(help="One table; all of them where it is not given.")] = "",
    form: Annotated[
        str,
        typer.Option("--format", help="One of table-schema, csvw, json-schema, shacl, context, markdown."),
    ] = "markdown",
    output: Output = None,
) -> None:
    """Print the schema in another tongue; as Markdown it is the data dictionary."""
    from armsdata.exporters.schema_formats import SCHEMA_FORMATS
    from armsdata.schema import DISPLAY_ORDER

    if table and table not in DISPLAY_ORDER:
        raise typer.BadParameter(f"there is no table {table!r}; tables are {', '.join(DISPLAY_ORDER)}")
    deliver(SCHEMA_FORMATS[one_of(form, tuple(SCHEMA_FORMATS))](table or None), output)
