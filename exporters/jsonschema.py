"""JSON Schema 2020-12 for a single record as JSON: keys are columns, lists are arrays, an empty cell is left out."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Kind, Table
from armsdata.schema.columns import DIGITS, PLACES
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import TABLES

from .about import filled
from .constraints import codes, form, longest

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def record_schema(table: Table, metadata: Metadata) -> dict[str, Any]:
    """The schema of one record of a table."""
    return {"$schema": DIALECT, "$id": f"{metadata.base_iri}schema/{table.record}.json", **_record(table)}


def any_record_schema(metadata: Metadata) -> dict[str, Any]:
    """The schema of one record of any table: told apart by the key that only its table requires."""
    return {
        "$schema": DIALECT,
        "$id": f"{metadata.base_iri}schema/record.json",
        "title": "A record of one of the tables",
        "oneOf": [{"$ref": f"#/$defs/{table.record}"} for table in TABLES.values()],
        "$defs": {table.record: _record(table) for table in TABLES.values()},
    }


def _record(table: Table) -> dict[str, Any]:
    return {
        "title": table.record.capitalize(),
        "description": table.description,
        "type": "object",
        "properties": {column.name: _member(column) for column in table.columns},
        "required": [column.name for column in table.columns if column.required],
        "additionalProperties": False,
    }


def _member(column: Column) -> dict[str, Any]:
    unit = f" Unit: {column.unit}." if column.unit else ""
    about: dict[str, Any] = {"title": column.title, "description": column.description + unit}
    if column.derived_from:
        about["readOnly"] = True
    if column.many:
        return {**about, "type": "array", "items": _value(column), "minItems": 1}
    return {**about, **_value(column)}


def _value(column: Column) -> dict[str, Any]:
    if column.kind is Kind.BOOLEAN:
        return {"type": "boolean"}
    if column.kind is Kind.INTEGER:
        return {"type": "integer", "minimum": 1}
    if column.kind is Kind.DECIMAL:
        return _decimal(column)
    if column.kind is Kind.DATE:
        return {"type": "string", "format": "date"}
    pattern = f"^({form(column)})$" if form(column) else ""
    return {
        "type": "string",
        "minLength": 1,
        **filled(enum=codes(column), pattern=pattern, maxLength=longest(column) or None),
    }


def _decimal(column: Column) -> dict[str, Any]:
    """A number, or, as no JSON number holds 18 digits for sure, the same as a text."""
    least = {"exclusiveMinimum" if column.positive else "minimum": 0}
    text = rf"^(0|[1-9][0-9]{{0,{DIGITS - 1}}})(\.[0-9]{{1,{PLACES}}})?$"
    return {"anyOf": [{"type": "number", **least}, {"type": "string", "pattern": text}]}
