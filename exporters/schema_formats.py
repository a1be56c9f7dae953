"""The schema in other tongues, for `armsdata schema --format …`: of one table, or of all."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from armsdata.schema import Table
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import TABLES

from .about import json_bytes
from .context import context as table_context
from .csvw import CONTEXT, table_description, table_group
from .datapackage import PROFILE, table_schema
from .jsonschema import any_record_schema, record_schema
from .markdown import all_tables, whole
from .shacl import turtle

#: The schema belongs to no release; of these only the base IRI is used.
_NONE = Metadata(
    "armsdata", "", datetime.date(1970, 1, 1), "", description="Documented arms transfers: sources, claims, chains."
)


def _text(content: object) -> str:
    return json_bytes(content).decode("utf-8")


def _table_schema(name: str | None) -> str:
    if name:
        return _text(table_schema(TABLES[name], _NONE))
    resources = [
        {"name": table.name, "type": "table", "path": f"csv/{table.name}.csv", "schema": table_schema(table, _NONE)}
        for table in all_tables()
    ]
    return _text({"$schema": PROFILE, "name": "armsdata", "resources": resources})


def _csvw(name: str | None) -> str:
    if not name:
        group = table_group(_NONE)
        return _text({key: value for key, value in group.items() if not key.startswith("dc:")})
    return _text({"@context": CONTEXT, **_alone(table_description(TABLES[name], _NONE))})


def _alone(described: dict[str, Any]) -> dict[str, Any]:
    """A table without the keys that point at files which are not described with it."""
    schema = {key: value for key, value in described["tableSchema"].items() if key != "foreignKeys"}
    return {**described, "tableSchema": schema}


def _json_schema(name: str | None) -> str:
    return _text(record_schema(TABLES[name], _NONE) if name else any_record_schema(_NONE))


def _shacl(name: str | None) -> str:
    return turtle(_NONE, _asked(name))


def _context(name: str | None) -> str:
    """One table's context; of all tables, each by its name, for one key means different things in two tables."""
    if name:
        return _text({"@context": table_context(TABLES[name], _NONE)})
    return _text({table.name: {"@context": table_context(table, _NONE)} for table in all_tables()})


def _markdown(name: str | None) -> str:
    return whole(TABLES[name].title if name else "Data dictionary", _asked(name))


def _asked(name: str | None) -> list[Table]:
    return [TABLES[name]] if name else all_tables()


#: By name: from the name of a table, or None for all, to the text. An unknown table raises `KeyError`.
SCHEMA_FORMATS: dict[str, Callable[[str | None], str]] = {
    "table-schema": _table_schema,
    "csvw": _csvw,
    "json-schema": _json_schema,
    "shacl": _shacl,
    "context": _context,
    "markdown": _markdown,
}
