"""`CITATION.cff` 1.2.0: how to cite the dataset, for repository hosts and reference managers."""

from __future__ import annotations

import json
from typing import Any

from armsdata.schema.metadata import Author

from .about import creators, dataset_iri, description, filled, licence, orcid, person_names
from .contract import Facts


def citation_cff(facts: Facts) -> bytes:
    """The file. It is YAML whose scalars are written as JSON strings, so that no version becomes a number."""
    metadata, terms = facts.metadata, licence(facts.metadata)
    members = filled(
        message="If you use this dataset, please cite it as below.",
        type="dataset",
        title=metadata.title,
        abstract=description(metadata),
        version=metadata.version,
        authors=[_author(author) for author in creators(metadata)],
        keywords=list(dict.fromkeys(metadata.keywords)),
        license=terms.spdx,
        url=dataset_iri(metadata),
        **{"date-released": metadata.date.isoformat(), "license-url": "" if terms.spdx else terms.url},
    )
    return "\n".join(["cff-version: 1.2.0", *_lines(members), ""]).encode("utf-8")


def _author(author: Author) -> dict[str, str]:
    """A person where family and given name are told apart; else a name as it stands, for nobody can tell them apart."""
    family, given = person_names(author)
    if family:
        names = {"family-names": family, "given-names": given}
        return filled(**names, affiliation=author.affiliation, orcid=orcid(author))
    return filled(name=author.name, orcid=orcid(author))


def _lines(members: dict[str, Any]) -> list[str]:
    found = []
    for key, value in members.items():
        if isinstance(value, str):
            found.append(f"{key}: {_scalar(value)}")
        else:
            found.append(f"{key}:")
            found += [line for item in value for line in _item(item)]
    return found


def _item(item: str | dict[str, str]) -> list[str]:
    if isinstance(item, str):
        return [f"  - {_scalar(item)}"]
    return [f"  {' ' if place else '-'} {key}: {_scalar(value)}" for place, (key, value) in enumerate(item.items())]


def _scalar(text: str) -> str:
    """A double-quoted YAML scalar: what JSON writes is one, if also the line ends that only YAML knows are escaped."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in written)
