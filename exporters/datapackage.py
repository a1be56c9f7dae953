"""Frictionless Data Package, version 2: the CSV and Parquet files with their schemas, sums and sizes."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Kind, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import SOURCES, TABLES

from .about import address, creators, description, filled, json_bytes, licence, midnight, orcid, table_files
from .constraints import codes, form, longest
from .context import EDTF, namespace
from .contract import Facts, FileFact

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {Kind.DATE: "date", Kind.DECIMAL: "number", Kind.INTEGER: "integer", Kind.BOOLEAN: "boolean"}


def datapackage(facts: Facts) -> bytes:
    """`datapackage.json`."""
    resources = [_csv_resource(file, facts.metadata) for file in table_files(facts, "csv")]
    resources += [_parquet_resource(file, facts.metadata) for file in table_files(facts, "parquet")]
    return json_bytes({**_about(facts), "resources": resources})


def _about(facts: Facts) -> dict[str, Any]:
    metadata, terms = facts.metadata, licence(facts.metadata)
    path = next(file.path for file in facts.files if file.table == SOURCES.name)
    documents = {"title": "The documents listed in the table of sources", "path": address(metadata, path)}
    return {
        "$schema": PROFILE,
        "name": metadata.name,
        **filled(
            id=metadata.base_iri,
            title=metadata.title,
            description=description(metadata),
            homepage=metadata.base_iri,
            version=metadata.version,
            created=midnight(metadata),
            keywords=metadata.keywords,
            contributors=_contributors(metadata),
            licenses=[filled(name=terms.spdx or "other", path=terms.url, title=terms.name)],
            sources=[documents],
            temporal=filled(start=facts.earliest, end=facts.latest),
            spatial=metadata.spatial,
        ),
    }


def _contributors(metadata: Metadata) -> list[dict[str, Any]]:
    authors = [
        filled(title=author.name, path=orcid(author), organization=author.affiliation, roles=["author"])
        for author in creators(metadata)
    ]
    return authors + ([{"title": metadata.publisher, "roles": ["publisher"]}] if metadata.publisher else [])


def _csv_resource(file: FileFact, metadata: Metadata) -> dict[str, Any]:
    table = TABLES[file.table]
    form = {"type": "table", "format": "csv", "encoding": "utf-8", "rows": file.rows}
    return {"name": table.name, **_file(file), **form, "schema": table_schema(table, metadata)}


def _parquet_resource(file: FileFact, metadata: Metadata) -> dict[str, Any]:
    """A file, not a table (hence the capital, and no `type`), so that `frictionless` tests its sum and size.

    A Parquet table it reads through pandas: it takes empty whole numbers for `nan`, refuses lists, and tests no sum.
    """
    table = TABLES[file.table]
    schema = table_schema(table, metadata, "-parquet")
    return {"name": f"{table.name}-parquet", **_file(file), "format": "Parquet", "schema": schema}


def _file(file: FileFact) -> dict[str, Any]:
    table = TABLES[file.table]
    return {
        "title": table.title,
        "description": table.description,
        "path": list(file.parts) or file.path,
        "mediatype": file.media_type,
        **_size(file),
    }


def _size(file: FileFact) -> dict[str, Any]:
    """Size and sum; files other than CSV are not one when they are joined."""
    if file.parts and not file.sha256:
        return {}
    return {"bytes": file.size, "hash": f"sha256:{file.sha256}"}


def table_schema(table: Table, metadata: Metadata, suffix: str = "") -> dict[str, Any]:
    """The Table Schema of one table; `suffix` ends the names of the resources that its foreign keys point at."""
    pointing = [column for column in table.columns if column.kind is Kind.REFERENCE and not column.many]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column, metadata) for column in table.columns],
        "missingValues": [""],
        "primaryKey": [table.key],
        **filled(foreignKeys=[_foreign_key(column, table, suffix) for column in pointing]),
    }


def _foreign_key(column: Column, table: Table, suffix: str) -> dict[str, Any]:
    target = TABLES[column.references]
    where = {} if target is table else {"resource": target.name + suffix}
    return {"fields": [column.name], "reference": {**where, "fields": [target.key]}}


def _field(column: Column, metadata: Metadata) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": _TYPES.get(column.kind, "string")}
    if column.many:
        kind = {"type": "list", "delimiter": LIST_JOIN, "itemType": kind["type"]}
    if column.kind is Kind.BOOLEAN:
        kind |= {"trueValues": ["true"], "falseValues": ["false"]}
    return {
        "name": column.name,
        **kind,
        "title": column.title,
        "description": column.description,
        **filled(unit=column.unit, vocabulary=column.vocabulary, rdfType=_rdf_type(column, metadata)),
        **filled(constraints=_constraints(column)),
    }


def _rdf_type(column: Column, metadata: Metadata) -> str:
    if column.kind is Kind.REFERENCE:
        return f"{namespace(metadata)}{TABLES[column.references].term}"
    return EDTF if column.kind is Kind.EDTF else ""


def _constraints(column: Column) -> dict[str, Any]:
    """What a cell must be; the forms of list items cannot be told in a Table Schema."""
    found: dict[str, Any] = filled(required=column.required or None, unique=column.kind is Kind.ID or None)
    if column.many:
        return found
    if column.kind is Kind.DECIMAL:
        return {**found, "exclusiveMinimum" if column.positive else "minimum": 0}
    if column.kind is Kind.INTEGER:
        return {**found, "minimum": 1}
    return {**found, **filled(enum=codes(column), pattern=form(column), maxLength=longest(column) or None)}
