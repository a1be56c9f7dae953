"""RO-Crate 1.1: every file of the release, what it is, who made it, under which terms. Flat, as the standard asks."""

from __future__ import annotations

from typing import Any

from armsdata.schema import Column, Table
from armsdata.schema.metadata import Author, Metadata
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
from .context import namespace, property_term
from .contract import Facts, FileFact

Entity = dict[str, Any]

#: The standard's, and the one term that it lacks; it means `http` where our own linked data mean `https`.
_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "http://schema.org/sha256"}]


def ro_crate(facts: Facts) -> bytes:
    """`ro-crate-metadata.json`."""
    variables = [
        _variable(TABLES[name], column, facts.metadata) for name in DISPLAY_ORDER for column in TABLES[name].columns
    ]
    graph = [
        _descriptor(),
        _root(facts, variables),
        _licence(facts.metadata),
        *_agents(facts.metadata),
        *_places(facts.metadata),
        *(_file(file) for file in facts.files),
        *variables,
    ]
    return json_bytes({"@context": _CONTEXT, "@graph": graph})


def _descriptor() -> Entity:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _root(facts: Facts, variables: list[Entity]) -> Entity:
    metadata = facts.metadata
    return {
        "@id": "./",
        "@type": "Dataset",
        **filled(
            name=metadata.title,
            alternateName=metadata.name,
            description=description(metadata),
            identifier=dataset_iri(metadata),
            url=address(metadata, ""),
            version=metadata.version,
            datePublished=metadata.date.isoformat(),
            inLanguage=metadata.language,
            keywords=", ".join(metadata.keywords),
            license={"@id": _licence(metadata)["@id"]},
            author=[{"@id": _agent_id(author)} for author in creators(metadata)],
            publisher={"@id": _body_id(metadata.publisher)} if metadata.publisher else None,
            citation=citation(metadata),
            temporalCoverage=coverage(facts),
            spatialCoverage=[{"@id": place["@id"]} for place in _places(metadata)],
            variableMeasured=[{"@id": variable["@id"]} for variable in variables],
            hasPart=[{"@id": file.path} for file in facts.files],
        ),
    }


def _licence(metadata: Metadata) -> Entity:
    terms = licence(metadata)
    about = filled(
        name=terms.name, identifier=terms.spdx, description=f"The terms of use of {metadata.title}: {terms.name}"
    )
    return {"@id": terms.url or "#licence", "@type": "CreativeWork", **about}


def _agents(metadata: Metadata) -> list[Entity]:
    """Authors, their affiliations, the publisher: each once."""
    people = [_author(author) for author in creators(metadata)]
    bodies = [author.affiliation for author in creators(metadata)] + [metadata.publisher]
    found = {one["@id"]: one for one in people}
    for name in filter(None, bodies):
        found.setdefault(_body_id(name), {"@id": _body_id(name), "@type": "Organization", "name": name})
    return list(found.values())


def _author(author: Author) -> Entity:
    where = {"@id": _body_id(author.affiliation)} if author.affiliation else None
    kind = "Person" if is_person(author) else "Organization"
    return {"@id": _agent_id(author), "@type": kind, **filled(name=author.name, affiliation=where)}


def _agent_id(author: Author) -> str:
    return orcid(author) or (_named("person", author.name) if is_person(author) else _body_id(author.name))


def _body_id(name: str) -> str:
    return _named("organisation", name)


def _named(kind: str, name: str) -> str:
    """An identifier within the crate: letters and digits of any script, so that no two names share one."""
    return f"#{kind}-" + "".join(
        char if char.isalnum() else f"-{ord(char):x}-" if char != " " else "-" for char in name
    )


def _places(metadata: Metadata) -> list[Entity]:
    return [{"@id": _named("place", name), "@type": "Place", "name": name} for name in dict.fromkeys(metadata.spatial)]


def _file(file: FileFact) -> Entity:
    table = TABLES.get(file.table)
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.path,
        **filled(description=table.description if table else ""),
        "encodingFormat": file.media_type,
        "contentSize": str(file.size),
        "sha256": file.sha256,
        **({"variableMeasured": [{"@id": _variable_id(table, column)} for column in table.columns]} if table else {}),
    }


def _variable_id(table: Table, column: Column) -> str:
    return f"#{table.name}.{column.name}"


def _variable(table: Table, column: Column, metadata: Metadata) -> Entity:
    return {
        "@id": _variable_id(table, column),
        "@type": "PropertyValue",
        "name": column.name,
        **filled(description=column.description, unitText=column.unit),
        "propertyID": f"{namespace(metadata)}{property_term(column)}",
    }
