"""The code lists as SKOS concept schemes, and beside them the classes of the foreign registers they are mapped to.

The mappings say in which class arms of a category are normally found; they are no equations, so they are
`skos:relatedMatch`. Where a foreign register has words but no classes, the words are given as a literal.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from typing import Any

from armsdata.schema.columns import Kind
from armsdata.schema.tables import DISPLAY_ORDER, TABLES
from armsdata.schema.vocabularies import Concept, Vocabulary, vocabulary

from .about import filled
from .context import EDTF, XSD, code_iri

Node = dict[str, Any]

#: What a code list may say of a code beyond label, definition and group: title, description, datatype of the property.
FACETS: dict[str, tuple[str, str, str]] = {
    "custody": (
        "Custody",
        "`voluntary`: the holder handed the arms over; `involuntary`: they were taken or lost.",
        f"{XSD}string",
    ),
    "realised": (
        "Realised",
        "Whether arms came into the hands of the recipient: `yes`, `partly`, `no`, `unknown`.",
        f"{XSD}string",
    ),
    "counted": ("Counted", "Whether amounts in this unit are whole numbers.", f"{XSD}boolean"),
    "ucum": ("UCUM code", "The code of the unit in the Unified Code for Units of Measure.", f"{XSD}string"),
    "withdrawn": ("Withdrawn", "When the code was withdrawn by ISO.", EDTF),
    "wording": ("SIPRI wording", "The words that the SIPRI Arms Transfers Database uses.", f"{XSD}string"),
}
#: The one list whose codes are mapped to classes of registers.
_CLASSIFIED = "weapon-category"


def schemes() -> list[Node]:
    """Every code list that a column uses, then every register, each with its concepts."""
    used = {
        column.vocabulary: "" for name in DISPLAY_ORDER for column in TABLES[name].columns if column.kind is Kind.CODE
    }
    nodes: list[Node] = []
    for name in used:
        nodes += _scheme(vocabulary(name))
    for register in registers():
        nodes += _register(register)
    return nodes


def _scheme(listed: Vocabulary) -> list[Node]:
    tops = [code_iri(listed.name, code) for code, concept in listed.concepts.items() if not concept.broader]
    users = [
        f"{table.name}.{column.name}"
        for table in (TABLES[name] for name in DISPLAY_ORDER)
        for column in table.columns
        if column.vocabulary == listed.name
    ]
    title = listed.name.replace("-", " ").capitalize()
    head = {
        "@id": code_iri(listed.name, "").removesuffix("/"),
        "@type": "skos:ConceptScheme",
        "title": title,
        "prefLabel": title,
        "description": f"The codes of {' and '.join(users)}.",
        "hasTopConcept": tops,
    }
    return [head, *(_concept(listed, concept) for concept in listed.concepts.values())]


def _concept(listed: Vocabulary, concept: Concept) -> Node:
    scheme = code_iri(listed.name, "").removesuffix("/")
    narrower = [
        code_iri(listed.name, other.code) for other in listed.concepts.values() if other.broader == concept.code
    ]
    return {
        "@id": code_iri(listed.name, concept.code),
        "@type": "skos:Concept",
        **filled(
            prefLabel=concept.label,
            definition=concept.definition,
            notation=concept.code,
            inScheme=scheme,
            topConceptOf="" if concept.broader else scheme,
            broader=code_iri(listed.name, concept.broader) if concept.broader else "",
            narrower=narrower,
            **_facets(listed.name, concept),
        ),
    }


def _facets(name: str, concept: Concept) -> dict[str, Any]:
    found: dict[str, Any] = {}
    matches: list[str] = []
    for key, value in concept.more.items():
        if name == _CLASSIFIED and key in registers():
            matches += [class_iri(key, one) for one in value.split("; ")]
        elif key == "counted":
            found[key] = value == "true"
        else:
            found["wording" if key == "sipri" else key] = value
    return {**found, "relatedMatch": matches}


@cache
def registers() -> dict[str, dict[str, str]]:
    """The classes of each foreign register with our short names for them; its own name stands under the empty class."""
    found: dict[str, dict[str, str]] = {}
    text = (resources.files("armsdata.schema") / "registers.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["register"], {})[row["class"]] = row["label"]
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def class_iri(register: str, name: str) -> str:
    """The IRI of a register's class, relative to the base: `vocab/unroca/iv-a`.

    Raises:
        KeyError: the register has no such class.
    """
    registers()[register][name]
    return code_iri(_slug(register), _slug(name))


def _register(register: str) -> list[Node]:
    title, *_ = registers()[register].values()
    scheme = code_iri(_slug(register), "").removesuffix("/")
    classes = {name: label for name, label in registers()[register].items() if name}
    head = {
        "@id": scheme,
        "@type": "skos:ConceptScheme",
        "title": title,
        "prefLabel": title,
        "description": f"The classes of the {title}, by short names of our own; its own texts define them.",
        "hasTopConcept": [class_iri(register, name) for name in classes],
    }
    concepts = [
        {
            "@id": class_iri(register, name),
            "@type": "skos:Concept",
            "prefLabel": label,
            "definition": f"Class {name} of the {title}.",
            "notation": name,
            "inScheme": scheme,
            "topConceptOf": scheme,
        }
        for name, label in classes.items()
    ]
    return [head, *concepts]
