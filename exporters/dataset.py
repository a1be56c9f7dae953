"""`jsonld/dataset.jsonld`: the dataset for dataset searches (schema.org) and for data portals (DCAT)."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Table
from armsdata.schema.metadata import Author
from armsdata.schema.tables import DISPLAY_ORDER, TABLES

from .about import (
    address,
    citation,
    coverage,
    creators,
    dataset_iri,
    description,
    filled,
    is_person,
    json_bytes,
    licence,
    orcid,
)
from .context import XSD, namespace, property_term
from .contract import Facts, FileFact

_IANA = "https://www.iana.org/assignments/media-types/"
_SPDX = "http://spdx.org/rdf/terms#"


def dataset_jsonld(facts: Facts) -> bytes:
    """The one node of the dataset, with every finished file as a distribution."""
    return json_bytes({"@context": _CONTEXT, "@graph": [_dataset(facts)]})


_CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": _SPDX,
    "xsd": XSD,
    **{key: {"@id": key, "@type": "@id"} for key in ("url", "contentUrl", "license", "sameAs")},
    "identifier": {"@type": "xsd:anyURI"},
    "datePublished": {"@type": "Date"},
    "dcterms:issued": {"@type": "xsd:date"},
    "dcat:startDate": {"@type": "xsd:date"},
    "dcat:endDate": {"@type": "xsd:date"},
    "dcat:byteSize": {"@type": "xsd:nonNegativeInteger"},
    **{
        key: {"@type": "@id"}
        for key in (
            "dcat:landingPage",
            "dcat:accessURL",
            "dcat:downloadURL",
            "dcat:mediaType",
            "dcterms:license",
            "spdx:algorithm",
        )
    },
    "spdx:checksumValue": {"@type": "xsd:hexBinary"},
}


def _dataset(facts: Facts) -> dict[str, Any]:
    metadata = facts.metadata
    return {
        "@id": dataset_iri(metadata),
        "@type": ["Dataset", "dcat:Dataset"],
        **filled(
            name=metadata.title,
            alternateName=metadata.name,
            description=description(metadata),
            url=address(metadata, ""),
            identifier=dataset_iri(metadata),
            version=metadata.version,
            datePublished=metadata.date.isoformat(),
            keywords=metadata.keywords,
            inLanguage=metadata.language,
            **_licence(facts),
            creator=[_creator(author) for author in creators(metadata)],
            publisher=_body(metadata.publisher) if metadata.publisher else None,
            citation=citation(metadata),
            temporalCoverage=coverage(facts),
            spatialCoverage=[{"@type": "Place", "name": place} for place in metadata.spatial],
            variableMeasured=[
                _variable(TABLES[name], column, namespace(metadata))
                for name in DISPLAY_ORDER
                for column in TABLES[name].columns
            ],
            distribution=[_distribution(file, facts) for file in facts.files],
        ),
        **_dcat(facts),
    }


def _licence(facts: Facts) -> dict[str, Any]:
    terms = licence(facts.metadata)
    if terms.url:
        return {"license": terms.url, "dcterms:license": terms.url}
    return {"license": {"@type": "CreativeWork", "name": terms.name, "description": terms.name}}


def _creator(author: Author) -> dict[str, Any]:
    body = _body(author.affiliation) if author.affiliation else None
    node = {"@type": "Person" if is_person(author) else "Organization"}
    return {**({"@id": orcid(author)} if author.orcid else {}), **node, **filled(name=author.name, affiliation=body)}


def _body(name: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": name}


def _dcat(facts: Facts) -> dict[str, Any]:
    """What data portals read: the same in the words of DCAT and Dublin Core."""
    metadata = facts.metadata
    period = filled(**{"dcat:startDate": facts.earliest, "dcat:endDate": facts.latest})
    return filled(
        **{
            "dcterms:title": metadata.title,
            "dcterms:description": description(metadata),
            "dcterms:identifier": dataset_iri(metadata),
            "dcterms:issued": metadata.date.isoformat(),
            "dcterms:language": metadata.language,
            "dcterms:creator": [_agent(author.name) for author in creators(metadata)],
            "dcterms:publisher": _agent(metadata.publisher) if metadata.publisher else None,
            "dcat:version": metadata.version,
            "dcat:keyword": metadata.keywords,
            "dcat:landingPage": address(metadata, ""),
            "dcterms:temporal": {"@type": "dcterms:PeriodOfTime", **period} if period else None,
            "dcat:distribution": [{"@id": address(metadata, file.path)} for file in facts.files],
        }
    )


def _agent(name: str) -> dict[str, str]:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _variable(table: Table, column: Column, ns: str) -> dict[str, Any]:
    return {
        "@type": "PropertyValue",
        "name": f"{table.name}.{column.name}",
        "alternateName": column.title,
        "description": column.description,
        "propertyID": f"{ns}{property_term(column)}",
        **filled(unitText=column.unit),
    }


def _distribution(file: FileFact, facts: Facts) -> dict[str, Any]:
    where = address(facts.metadata, file.path)
    table = TABLES.get(file.table)
    return {
        "@id": where,
        "@type": ["DataDownload", "dcat:Distribution"],
        "name": file.path,
        **filled(description=table.description if table else ""),
        "contentUrl": where,
        "encodingFormat": file.media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
        "dcterms:title": file.path,
        **filled(**{"dcterms:license": licence(facts.metadata).url}),
        "dcat:accessURL": address(facts.metadata, ""),
        "dcat:downloadURL": where,
        "dcat:mediaType": _IANA + file.media_type,
        "dcat:byteSize": str(file.size),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": f"{_SPDX}checksumAlgorithm_sha256",
            "spdx:checksumValue": file.sha256,
        },
    }
