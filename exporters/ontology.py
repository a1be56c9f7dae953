"""The ontology: a class for each table, a property for each column, what they mean and what they are kin to."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Kind, Table
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import DISPLAY_ORDER, TABLES

from .about import filled, json_bytes
from .context import DATATYPES, XSD, is_iri, namespace, property_term
from .contract import Facts
from .skos import FACETS, Node, schemes

#: The other vocabularies that `aligned` speaks of.
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": XSD,
}
#: Foreign properties whose values are things or points in time, where ours are texts: kin, but no super-properties.
_OF_OTHER_RANGE = {"dcterms:language", "prov:atLocation", "prov:endedAtTime", "schema:author", "schema:publisher"}


def vocabularies(facts: Facts) -> bytes:
    """`jsonld/vocabularies.jsonld`: the ontology, and every code list as a concept scheme."""
    nodes = [_ontology(facts.metadata), *_classes(), *_properties(), *_facets(), *schemes()]
    return json_bytes({"@context": _context(facts.metadata), "@graph": nodes})


def _context(metadata: Metadata) -> dict[str, Any]:
    def of(iri: str, **more: str) -> dict[str, str]:
        return {"@id": iri, **{f"@{key}": value for key, value in more.items()}}

    links = {
        "rdfs": ("domain", "range", "subClassOf", "subPropertyOf", "isDefinedBy", "seeAlso"),
        "skos": ("inScheme", "hasTopConcept", "topConceptOf", "broader", "narrower", "relatedMatch"),
    }
    english = {"label": "rdfs:label", "comment": "rdfs:comment", "title": "dcterms:title"}
    english |= {"description": "dcterms:description", "prefLabel": "skos:prefLabel", "definition": "skos:definition"}
    return {
        "@version": 1.1,
        "@base": metadata.base_iri,
        "ns": namespace(metadata),
        **PREFIXES,
        **{term: of(iri, language="en") for term, iri in english.items()},
        **{term: of(f"{prefix}:{term}", type="@id") for prefix, terms in links.items() for term in terms},
        "unionOf": of("owl:unionOf", type="@id", container="@list"),
        "versionInfo": of("owl:versionInfo"),
        "notation": of("skos:notation"),
        **{key: of(f"ns:{key}", type=datatype) for key, (_, _, datatype) in FACETS.items()},
    }


def _ontology(metadata: Metadata) -> Node:
    return {
        "@id": "ns:",
        "@type": "owl:Ontology",
        "title": f"{metadata.title}: terms",
        "description": "The classes and properties of the tables. Generated from the declaration of the columns.",
        "versionInfo": metadata.version,
    }


def _classes() -> list[Node]:
    return [
        {
            "@id": f"ns:{table.term}",
            "@type": "owl:Class",
            "label": table.record.capitalize(),
            "comment": table.description,
            "subClassOf": list(table.aligned),
            "isDefinedBy": "ns:",
        }
        for table in _tables()
    ]


def _tables() -> list[Table]:
    return [TABLES[name] for name in DISPLAY_ORDER]


def _properties() -> list[Node]:
    uses: dict[str, list[tuple[Table, Column]]] = {}
    for table in _tables():
        for column in table.columns:
            uses.setdefault(property_term(column), []).append((table, column))
    return [_property(term, found) for term, found in uses.items()]


def _property(term: str, uses: list[tuple[Table, Column]]) -> Node:
    """One property, told from every column that it stands for."""
    first = uses[0][1]
    shared = [kin for kin in first.aligned if all(kin in column.aligned for _, column in uses)]
    kin = list(dict.fromkeys(kin for _, column in uses for kin in column.aligned))
    supers = [one for one in shared if one not in _OF_OTHER_RANGE]
    points = is_iri(first) or first.ordered  # an ordered list is a thing, too
    return {
        "@id": f"ns:{term}",
        "@type": "owl:ObjectProperty" if points else "owl:DatatypeProperty",
        "label": first.title,
        "comment": _comment(uses),
        "domain": _one_or_union([f"ns:{table.term}" for table, _ in uses]),
        "range": _one_or_union([_range(column) for _, column in uses]),
        **filled(subPropertyOf=supers, seeAlso=[one for one in kin if one not in supers]),
        "isDefinedBy": "ns:",
    }


def _comment(uses: list[tuple[Table, Column]]) -> str:
    """The description; where the tables differ in it, each with the record it holds for."""
    by_text: dict[str, list[str]] = {}
    for table, column in uses:
        text = f"{column.description} Unit: {column.unit}." if column.unit else column.description
        by_text.setdefault(text, []).append(table.record)
    if len(by_text) == 1:
        return next(iter(by_text))
    return " ".join(f"{', '.join(records).capitalize()}: {text}" for text, records in by_text.items())


def _range(column: Column) -> str:
    if column.ordered:
        return "rdf:List"
    if column.kind is Kind.REFERENCE:
        return f"ns:{TABLES[column.references].term}"
    if column.kind is Kind.CODE:
        return "skos:Concept"
    return DATATYPES.get(column.kind, f"{XSD}string")


def _one_or_union(iris: list[str]) -> str | Node:
    distinct = list(dict.fromkeys(iris))
    return distinct[0] if len(distinct) == 1 else {"@type": "owl:Class", "unionOf": distinct}


def _facets() -> list[Node]:
    return [
        {
            "@id": f"ns:{key}",
            "@type": "owl:DatatypeProperty",
            "label": title,
            "comment": text,
            "domain": "skos:Concept",
            "range": datatype,
            "isDefinedBy": "ns:",
        }
        for key, (title, text, datatype) in FACETS.items()
    ]
