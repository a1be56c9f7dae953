"""Croissant 1.0: the tables as record sets that machine-learning tools iterate, taken from the Parquet files."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Kind, Table
from armsdata.schema.tables import TABLES

from .about import (
    address,
    citation,
    creators,
    dataset_iri,
    description,
    filled,
    json_bytes,
    licence,
    orcid,
    table_files,
)
from .constraints import codes
from .context import namespace, property_term
from .contract import Facts, FileFact

#: As the standard prescribes it, unchanged: its readers look keys up in it.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    Kind.DATE: "sc:Date",
    Kind.DECIMAL: "sc:Float",
    Kind.INTEGER: "sc:Integer",
    Kind.BOOLEAN: "sc:Boolean",
    Kind.URL: "sc:URL",
}
#: What the standard calls them, and its readers understand.
_MEDIA_TYPES = {"application/vnd.apache.parquet": "application/x-parquet"}


def croissant(facts: Facts) -> bytes:
    """`croissant.json`."""
    files = [*table_files(facts, "csv"), *table_files(facts, "parquet")]
    return json_bytes(
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            **_about(facts),
            "distribution": [_file(file) for file in files],
            "recordSet": [_record_set(file, facts) for file in table_files(facts, "parquet")],
        }
    )


def _about(facts: Facts) -> dict[str, Any]:
    metadata, terms = facts.metadata, licence(facts.metadata)
    people = [filled(**{"@type": "sc:Person"}, name=author.name, url=orcid(author)) for author in metadata.authors]
    bodies = [{"@type": "sc:Organization", "name": author.name} for author in creators(metadata)]
    return filled(
        name=metadata.name,
        alternateName=metadata.title,
        description=description(metadata),
        url=address(metadata, ""),
        sameAs=dataset_iri(metadata),
        version=metadata.version,
        datePublished=metadata.date.isoformat(),
        license=terms.url or terms.name,
        citeAs=citation(metadata),
        keywords=metadata.keywords,
        inLanguage=metadata.language,
        creator=people or bodies,
        publisher=filled(**{"@type": "sc:Organization"}, name=metadata.publisher) if metadata.publisher else "",
    )


def _file(file: FileFact) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path.replace("/", "-"),
        "description": TABLES[file.table].description,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": _MEDIA_TYPES.get(file.media_type, file.media_type),
        "sha256": file.sha256,
    }


def _record_set(file: FileFact, facts: Facts) -> dict[str, Any]:
    table = TABLES[file.table]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": {"@id": f"{table.name}/{table.key}"},
        "field": [_field(table, column, file, namespace(facts.metadata)) for column in table.columns],
    }


def _field(table: Table, column: Column, file: FileFact, ns: str) -> dict[str, Any]:
    """A field. Which key it holds is told in words: readers take `references` for a join, and fail at it."""
    listed = f" One of: {', '.join(codes(column))}." if codes(column) and len(codes(column)) < 100 else ""
    unit = f" Unit: {column.unit}." if column.unit else ""
    points = f" Key of {column.references}." if column.references else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": f"{column.description}{unit}{points}{listed}",
        "dataType": _TYPES.get(column.kind, "sc:Text"),
        **filled(
            repeated=column.many or None,
            equivalentProperty=f"{ns}{property_term(column)}",
        ),
        "source": {"fileObject": {"@id": file.path}, "extract": {"column": column.name}},
    }
