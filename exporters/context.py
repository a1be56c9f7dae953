"""The IRIs of records, codes and terms, and the JSON-LD context that gives the columns of a table their meaning."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Kind, Table
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import TABLES

XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

#: The datatype of one value; other kinds are plain strings.
DATATYPES = {
    Kind.EDTF: EDTF,
    Kind.DATE: f"{XSD}date",
    Kind.DECIMAL: f"{XSD}decimal",
    Kind.INTEGER: f"{XSD}integer",
    Kind.BOOLEAN: f"{XSD}boolean",
    Kind.URL: f"{XSD}anyURI",
}


def context(table: Table, metadata: Metadata) -> dict[str, Any]:
    """The context of a table: relative IRIs start at the base; every key is a column, a class or a prefix."""
    return {
        "@version": 1.1,
        "@base": metadata.base_iri,
        "ns": namespace(metadata),
        "xsd": XSD,
        table.term: f"ns:{table.term}",
        **{column.name: _definition(column) for column in table.columns},
    }


def _definition(column: Column) -> dict[str, str]:
    found = {"@id": f"ns:{property_term(column)}"}
    if is_iri(column):
        found["@type"] = "@id"
    elif column.kind in DATATYPES:
        found["@type"] = DATATYPES[column.kind].replace(XSD, "xsd:")
    if column.many:
        found["@container"] = "@list" if column.ordered else "@set"
    return found


def is_iri(column: Column) -> bool:
    """Whether the values stand for records or codes, and so are IRIs."""
    return column.kind in (Kind.REFERENCE, Kind.CODE)


def iri(record: str, key: str) -> str:
    """The IRI of a record, relative to the base: `actor/IRQ`."""
    return f"{record}/{key}"


def code_iri(vocabulary: str, code: str) -> str:
    """The IRI of a code, relative to the base: `vocab/unit/item`."""
    return f"vocab/{vocabulary}/{code}"


def iri_path(column: Column) -> str:
    """What stands before the text of a cell to make it an IRI relative to the base; empty where it is none."""
    if column.kind is Kind.REFERENCE:
        return iri(TABLES[column.references].record, "")
    return code_iri(column.vocabulary, "") if column.kind is Kind.CODE else ""


def namespace(metadata: Metadata) -> str:
    """What the IRIs of classes and properties begin with."""
    return f"{metadata.base_iri}ns#"


def property_term(column: Column) -> str:
    """The local name of a column's property.

    A reference that is named after the key it holds (`claims.transfer_id`) points at the record, so it is not the
    property that holds that key as a text: `ns#transfer` beside `ns#transferId`.
    """
    return column.term.removesuffix("Id") if column.kind is Kind.REFERENCE else column.term
