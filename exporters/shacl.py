"""SHACL shapes, as Turtle: what the merged graph of all tables must look like."""

from __future__ import annotations

import json
from collections.abc import Iterator

from armsdata.schema import Column, Kind, Table
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import DISPLAY_ORDER, TABLES

from .constraints import codes, form, longest
from .context import DATATYPES, EDTF, XSD, code_iri, iri, namespace, property_term
from .contract import Facts

_PREFIXES = {
    "edtf": EDTF.removesuffix("EDTF"),
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": XSD,
}

_CONCEPTS = """
ns:ConceptShape
    a sh:NodeShape ;
    sh:targetClass skos:Concept ;
    sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ; sh:uniqueLang true ] ;
    sh:property [ sh:path skos:definition ; sh:minCount 1 ] ;
    sh:property [ sh:path skos:notation ; sh:minCount 1 ; sh:maxCount 1 ] ;
    sh:property [ sh:path skos:inScheme ; sh:minCount 1 ; sh:class skos:ConceptScheme ] ;
    sh:property [ sh:path skos:broader ; sh:class skos:Concept ] ;
    sh:property [ sh:path skos:relatedMatch ; sh:class skos:Concept ] .
"""


def shapes(facts: Facts) -> bytes:
    """`jsonld/shapes.ttl`."""
    return turtle(facts.metadata, [TABLES[name] for name in DISPLAY_ORDER]).encode("utf-8")


def turtle(metadata: Metadata, tables: list[Table]) -> str:
    """The shapes of some tables. The shape of concepts comes with them."""
    prefixes = {"ns": namespace(metadata), **_PREFIXES}
    head = [f"@base <{metadata.base_iri}> .", *(f"@prefix {name}: <{at}> ." for name, at in prefixes.items())]
    bodies = ["\n".join(_table(table, metadata)) + "\n" for table in tables]
    return "\n".join([*head, "", *bodies]) + _CONCEPTS


def _table(table: Table, metadata: Metadata) -> Iterator[str]:
    key = table.by_name[table.key]
    own = f"^{_literally(metadata.base_iri)}{iri(table.record, '')}({form(key)})$"
    yield f"ns:{table.term}Shape"
    yield "    a sh:NodeShape ;"
    yield f"    sh:name {_text(table.title)} ;"
    yield f"    sh:description {_text(table.description)} ;"
    yield f"    sh:targetClass ns:{table.term} ;"
    yield f"    sh:targetSubjectsOf ns:{property_term(key)} ;"
    yield f"    sh:class ns:{table.term} ;"
    yield "    sh:nodeKind sh:IRI ;"
    yield f"    sh:pattern {_text(own)} ;"
    yield "    sh:closed true ;"
    yield "    sh:ignoredProperties ( rdf:type ) ;"
    for order, column in enumerate(table.columns):
        yield from _column(column, order)
    yield "    ."


def _column(column: Column, order: int) -> Iterator[str]:
    """The property shape of a column; the members of an ordered list have a shape of their own."""
    path = f"ns:{property_term(column)}"
    values = [] if column.ordered else _values(column)
    yield from _property(path, [*_about(column, order), *_cardinality(column), *values])
    if column.ordered:
        yield from _property(f"( {path} [ sh:zeroOrMorePath rdf:rest ] rdf:first )", _values(column))


def _property(path: str, lines: list[str]) -> Iterator[str]:
    yield "    sh:property ["
    yield f"        sh:path {path} ;"
    yield from (f"        {line} ;" for line in lines)
    yield "    ] ;"


def _about(column: Column, order: int) -> list[str]:
    return [f"sh:order {order}", f"sh:name {_text(column.title)}", f"sh:description {_text(column.description)}"]


def _cardinality(column: Column) -> list[str]:
    least = ["sh:minCount 1"] if column.required else []
    return least if column.many and not column.ordered else [*least, "sh:maxCount 1"]


def _values(column: Column) -> list[str]:
    """What each value must be."""
    if column.kind is Kind.REFERENCE:
        return ["sh:nodeKind sh:IRI", f"sh:class ns:{TABLES[column.references].term}"]
    if column.kind is Kind.CODE:
        listed = " ".join(f"<{code_iri(column.vocabulary, code)}>" for code in codes(column))
        return [f"sh:in ( {listed} )"]
    datatype = DATATYPES.get(column.kind, f"{XSD}string").replace(XSD, "xsd:").replace(_PREFIXES["edtf"], "edtf:")
    return [f"sh:datatype {datatype}", *_limits(column)]


def _limits(column: Column) -> list[str]:
    if column.kind is Kind.DECIMAL:
        return ["sh:minExclusive 0"] if column.positive else ["sh:minInclusive 0"]
    if column.kind is Kind.INTEGER:
        return ["sh:minInclusive 1"]
    found = [f"sh:pattern {_text(f'^({form(column)})$')}"] if form(column) else []
    if longest(column):
        found.append(f"sh:maxLength {longest(column)}")
    return found or (["sh:minLength 1"] if column.prose else [])


def _literally(text: str) -> str:
    """A text in which no character means anything to a regular expression."""
    return "".join(f"\\{char}" if char in ".+*?()[]{}|^$\\" else char for char in text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
