"""CSV on the Web: what the columns of the CSV files are, and which IRIs their cells stand for."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Kind, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import DISPLAY_ORDER, TABLES

from .about import description, filled, json_bytes, licence
from .constraints import codes, form, longest
from .context import EDTF, iri, iri_path, is_iri, namespace, property_term
from .contract import Facts

CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
_BASES = {Kind.DATE: "date", Kind.INTEGER: "integer", Kind.URL: "anyURI"}


def csv_metadata(facts: Facts) -> bytes:
    """`csv/csv-metadata.json`."""
    return json_bytes(table_group(facts.metadata))


def table_group(metadata: Metadata) -> dict[str, Any]:
    """The metadata of all five files, which lie beside it."""
    about = filled(
        title=metadata.title,
        description=description(metadata),
        identifier=metadata.base_iri,
        hasVersion=metadata.version,
        issued=metadata.date.isoformat(),
        publisher=metadata.publisher,
        license=licence(metadata).url or licence(metadata).name,
    )
    return {
        "@context": CONTEXT,
        **{f"dc:{key}": value for key, value in about.items()},
        "dialect": {
            "encoding": "utf-8",
            "lineTerminators": ["\n"],
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        },
        "tables": [table_description(TABLES[name], metadata) for name in DISPLAY_ORDER],
    }


def table_description(table: Table, metadata: Metadata) -> dict[str, Any]:
    """The metadata of one file."""
    kind = {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": f"{namespace(metadata)}{table.term}"}
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "dc:description": table.description,
        "tableSchema": {
            "aboutUrl": f"{metadata.base_iri}{iri(table.record, '')}{{{table.key}}}",
            "primaryKey": table.key,
            **filled(foreignKeys=[_foreign_key(column) for column in table.columns if _always_points(column)]),
            "columns": [*(_column(column, metadata) for column in table.columns), kind],
        },
    }


def _always_points(column: Column) -> bool:
    """Whether it can be a foreign key: one value, never empty. The others tell by `valueUrl` where they point."""
    return column.kind is Kind.REFERENCE and column.required and not column.many


def _foreign_key(column: Column) -> dict[str, Any]:
    reference = {"resource": f"{column.references}.csv", "columnReference": TABLES[column.references].key}
    return {"columnReference": column.name, "reference": reference}


def _column(column: Column, metadata: Metadata) -> dict[str, Any]:
    single = is_iri(column) and not column.many  # a URL template gives one IRI a cell, not one an item
    return {
        "name": column.name,
        "titles": [column.name, column.title],
        "dc:description": f"{column.description} Unit: {column.unit}." if column.unit else column.description,
        "datatype": _datatype(column),
        **filled(
            required=column.required or None,
            separator=LIST_JOIN if column.many else "",
            ordered=column.ordered or None,
        ),
        "propertyUrl": f"{namespace(metadata)}{property_term(column)}",
        **filled(valueUrl=f"{metadata.base_iri}{iri_path(column)}{{{column.name}}}" if single else ""),
    }


def _datatype(column: Column) -> str | dict[str, Any]:
    if column.kind is Kind.EDTF:
        return {"base": "string", "@id": EDTF, "format": form(column)}
    if column.kind is Kind.BOOLEAN:
        return {"base": "boolean", "format": "true|false"}
    if column.kind is Kind.DECIMAL:
        return {"base": "decimal", "minExclusive" if column.positive else "minimum": "0"}
    if column.kind in _BASES:
        return _BASES[column.kind]
    limits = filled(format="|".join(codes(column)) or form(column), maxLength=longest(column) or None)
    return {"base": "string", **limits} if limits else "string"
