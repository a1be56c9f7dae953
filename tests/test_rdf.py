"""The linked data of a release, judged by software that others wrote, without a network.

PyLD, rdflib, pyoxigraph and jsonld.js must read one and the same graph; pyshacl must accept it, and refuse each damage.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from armsdata.exporters.context import context, property_term
from armsdata.exporters.shacl import turtle
from armsdata.exporters.skos import FACETS, registers
from armsdata.schema import TABLES
from armsdata.schema.columns import Kind
from armsdata.schema.metadata import read_metadata

from standards_support import BASE, add_documents, no_network, sample_release
from standards_validators import GRAPHS, by_jsonld_js, by_oxigraph, by_pyld, by_rdflib, merged, shacl_complaints

pytestmark = pytest.mark.filterwarnings("ignore")

NS = f"{BASE}ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TRANSFER = f"{BASE}transfer/yug-irq-1989"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_release(tmp_path_factory.mktemp("rdf"))


@pytest.fixture(autouse=True)
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("socket.getaddrinfo", no_network)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("reader", [by_oxigraph, by_rdflib, by_jsonld_js])
def test_all_readers_see_the_same_canonical_graph(release: Path, name: str, reader: Callable[[Path], str]) -> None:
    pytest.importorskip("pyoxigraph")
    found = reader(release / "jsonld" / name)
    assert found == by_pyld(release / "jsonld" / name)
    assert found


@pytest.fixture(scope="module")
def graph(release: Path) -> Any:
    return merged(release)


def test_every_cell_is_a_statement(release: Path, graph: Any) -> None:
    """Each member of each node gives as many triples as it has values; an ordered list is one list."""
    from rdflib import URIRef

    for table in TABLES.values():
        document = json.loads((release / f"jsonld/{table.name}.jsonld").read_text("utf-8"))
        meta = read_metadata(release.parent / "dataset/dataset.toml")
        assert document["@context"] == context(table, meta)
        terms = {name: meaning["@id"] for name, meaning in document["@context"].items() if isinstance(meaning, dict)}
        assert list(terms) == [column.name for column in table.columns]
        for node in document["@graph"]:
            for column in table.columns:
                cell = node.get(column.name, [])
                count = 1 if column.ordered and cell else len(cell) if isinstance(cell, list) else 1
                property_iri = URIRef(terms[column.name].replace("ns:", NS))
                assert len(set(graph.objects(URIRef(BASE + node["@id"]), property_iri))) == count


def test_values_have_the_datatypes_of_the_design(graph: Any) -> None:
    from rdflib import Literal, URIRef

    values = {str(p).removeprefix(NS): o for p, o in graph.predicate_objects(URIRef(TRANSFER))}
    assert values["ordered"] == Literal("2007~", datatype=URIRef("http://id.loc.gov/datatypes/edtf/EDTF"))
    assert values["orderedEarliest"].n3() == f'"2007-01-01"^^<{XSD}date>'
    assert values["quantityOrdered"].n3() == f'"123456789012345678"^^<{XSD}decimal>'
    assert values["quantityApproximate"].n3() == f'"true"^^<{XSD}boolean>'
    assert values["kind"] == URIRef(f"{BASE}vocab/transfer-kind/sale")
    assert values["supplier"] == URIRef(f"{BASE}actor/YUG")
    assert list(graph.items(values["via"])) == [URIRef(f"{BASE}actor/{one}") for one in ("NAM", "GBR", "NAM")]
    actor = {str(p).removeprefix(NS): o for p, o in graph.predicate_objects(URIRef(f"{BASE}actor/IRQ"))}
    assert actor["gwcode"].n3() == f'"645"^^<{XSD}integer>'
    assert (URIRef(f"{BASE}source/report-one"), URIRef(f"{RDF}type"), URIRef(f"{NS}Source")) in graph
    source = {str(p).removeprefix(NS): o for p, o in graph.predicate_objects(URIRef(f"{BASE}source/base-two"))}
    assert source["url"].n3() == f'"http://example.org/data|base"^^<{XSD}anyURI>'


# ---------------------------------------------------------------------------------------------- vocabularies


def test_every_code_of_every_list_in_use_is_a_sound_concept(graph: Any) -> None:
    from rdflib import URIRef
    from rdflib.namespace import RDF as TYPE
    from rdflib.namespace import SKOS as S

    concepts = set(graph.subjects(TYPE.type, S.Concept))
    used = {column.vocabulary for table in TABLES.values() for column in table.columns if column.kind is Kind.CODE}
    for concept in concepts:
        for predicate in (S.prefLabel, S.definition, S.notation, S.inScheme):
            assert len(list(graph.objects(concept, predicate))) == 1, (concept, predicate)
        scheme = graph.value(concept, S.inScheme)
        assert str(concept).startswith(f"{scheme}/")
        assert (scheme, TYPE.type, S.ConceptScheme) in graph
        for up in graph.objects(concept, S.broader):
            assert graph.value(up, S.inScheme) == scheme
            assert (up, S.narrower, concept) in graph
        assert set(graph.objects(concept, S.relatedMatch)) <= concepts
        assert bool(graph.value(concept, S.broader)) != ((scheme, S.hasTopConcept, concept) in graph)
    schemes = {str(one) for one in graph.subjects(TYPE.type, S.ConceptScheme)}
    lists = {f"{BASE}vocab/{name}" for name in used}
    assert schemes - lists == {f"{BASE}vocab/{name.replace('_', '-')}" for name in registers()}
    assert lists <= schemes
    mortar = URIRef(f"{BASE}vocab/weapon-category/mortar")
    notations = {str(graph.value(one, S.notation)) for one in graph.objects(mortar, S.relatedMatch)}
    assert notations == {"III", "SALW-2.6", "ML2", "Artillery", "c", "h"}


def test_what_lists_say_of_codes_is_no_column() -> None:
    assert not set(FACETS) & {property_term(column) for table in TABLES.values() for column in table.columns}


def test_no_two_classes_of_a_register_share_an_iri(graph: Any) -> None:
    from rdflib.namespace import SKOS as S

    for register, classes in registers().items():
        scheme = f"{BASE}vocab/{register.replace('_', '-')}"
        found = [one for one in graph.subjects(S.inScheme) if str(graph.value(one, S.inScheme)) == scheme]
        assert len(found) == len(classes) - 1  # one entry is the register itself


def test_every_class_and_property_in_use_is_told_in_the_ontology(graph: Any) -> None:
    from rdflib import OWL, RDFS, URIRef
    from rdflib.namespace import RDF as TYPE

    named = {one for triple in graph for one in triple[1:] if isinstance(one, URIRef)}
    terms = {one for one in named if one.startswith(NS) and one != URIRef(NS)}
    assert len(terms) > 50
    for term in terms:
        assert (term, RDFS.label, None) in graph, term
        assert (term, RDFS.comment, None) in graph, term
        if (term, TYPE.type, OWL.Class) not in graph:
            assert len(list(graph.objects(term, RDFS.domain))) == 1
            assert len(list(graph.objects(term, RDFS.range))) == 1
    for column in (column for table in TABLES.values() for column in table.columns):
        wanted = column.term.removesuffix("Id") if column.kind is Kind.REFERENCE else column.term
        assert any(str(one) == NS + wanted for one in graph.subjects(TYPE.type)), column.name


def test_alignments_are_with_known_vocabularies(graph: Any) -> None:
    from rdflib import RDFS

    kin = {str(one) for p in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso) for one in graph.objects(None, p)}
    assert {"http://www.w3.org/ns/prov#Activity", "https://schema.org/Claim"} <= kin
    assert {"http://purl.org/dc/terms/isPartOf", "http://www.w3.org/ns/prov#wasInformedBy"} <= kin
    assert {one.rsplit("/", 1)[0] if "#" not in one else one.split("#")[0] + "#" for one in kin} == {
        "http://www.w3.org/ns/prov#",
        "http://www.w3.org/2004/02/skos/core#",
        "https://schema.org",
        "http://purl.org/dc/terms",
    }


# ---------------------------------------------------------------------------------------------- shapes


def complaints(release: Path, graph: Any) -> list[str]:
    return shacl_complaints(release / "jsonld/shapes.ttl", graph)


def test_the_release_conforms_to_its_shapes(release: Path, graph: Any) -> None:
    assert complaints(release, graph) == []


def test_the_shapes_are_sound_shacl(release: Path) -> None:
    """All but those of currencies: the rules for lists take long with hundreds of codes."""
    pyshacl, rdflib = pytest.importorskip("pyshacl"), pytest.importorskip("rdflib")
    metadata = read_metadata(release.parent / "dataset/dataset.toml")
    assert turtle(metadata, list(TABLES.values())[::-1]).count("sh:NodeShape") == len(TABLES) + 1
    shorter = [
        dataclasses.replace(table, columns=tuple(one for one in table.columns if one.vocabulary != "currency"))
        for table in TABLES.values()
    ]
    shapes = rdflib.Graph().parse(data=turtle(metadata, shorter), format="turtle")
    assert pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)[0]


def literal(text: str, datatype: str = "") -> tuple[str, str]:
    return (text, datatype or f"{XSD}string")


#: What is put in the place of a property's value: subject, property, new values (IRIs, or text and datatype).
DAMAGES: dict[str, tuple[str, str, list[Any]]] = {
    "missing required code": (TRANSFER, "kind", []),
    "missing required reference": (TRANSFER, "supplier", []),
    "missing required day": (TRANSFER, "recordedOn", []),
    "missing key": (TRANSFER, "transferId", []),
    "two values where one may be": (TRANSFER, "place", [literal("here"), literal("there")]),
    "two units": (TRANSFER, "quantityUnit", [f"{BASE}vocab/unit/item", f"{BASE}vocab/unit/tonne"]),
    "code that is in no list": (TRANSFER, "kind", [f"{BASE}vocab/transfer-kind/gift"]),
    "code of another list": (TRANSFER, "kind", [f"{BASE}vocab/unit/item"]),
    "code as text": (TRANSFER, "kind", [literal("sale")]),
    "reference to nothing": (TRANSFER, "supplier", [f"{BASE}actor/nobody"]),
    "reference to a record of another table": (TRANSFER, "supplier", [f"{BASE}weapon/ak"]),
    "reference as text": (TRANSFER, "supplier", [literal("YUG")]),
    "list with a reference to nothing": (TRANSFER, "brokers", [f"{BASE}actor/GBR", f"{BASE}actor/nobody"]),
    "number as text": (TRANSFER, "quantity", [literal("20000")]),
    "number as double": (TRANSFER, "quantity", [literal("2.0E4", f"{XSD}double")]),
    "negative number": (TRANSFER, "tiv", [literal("-1", f"{XSD}decimal")]),
    "zero quantity": (TRANSFER, "quantity", [literal("0", f"{XSD}decimal")]),
    "no number": (TRANSFER, "quantity", [literal("many", f"{XSD}decimal")]),
    "day that is none": (TRANSFER, "orderedEarliest", [literal("2007-02-30", f"{XSD}date")]),
    "day as text": (TRANSFER, "orderedEarliest", [literal("2007-01-01")]),
    "EDTF as text": (TRANSFER, "ordered", [literal("2007~")]),
    "no EDTF": (TRANSFER, "ordered", [literal("about 2007", "http://id.loc.gov/datatypes/edtf/EDTF")]),
    "boolean as text": (TRANSFER, "quantityApproximate", [literal("true")]),
    "empty text": (TRANSFER, "notes", [literal("")]),
    "key of a wrong form": (TRANSFER, "transferId", [literal("Yug Irq")]),
    "key too long": (TRANSFER, "transferId", [literal("a" * 81)]),
    "unknown property": (TRANSFER, "colour", [literal("green")]),
    "wrong ISO code": (f"{BASE}actor/IRQ", "iso3166", [literal("iq")]),
    "wrong Wikidata item": (f"{BASE}actor/IRQ", "wikidata", [literal("796")]),
    "wrong Gleditsch-Ward number": (f"{BASE}actor/IRQ", "gwcode", [literal("0", f"{XSD}integer")]),
    "wrong DOI": (f"{BASE}source/report-one", "doi", [literal("https://doi.org/10.1/x")]),
    "wrong language tag": (f"{BASE}source/report-one", "language", [literal("English")]),
    "URL without http": (f"{BASE}source/report-one", "url", [literal("www.example.org", f"{XSD}anyURI")]),
    "URL as text": (f"{BASE}source/report-one", "url", [literal("https://example.org")]),
    "claim of no transfer": (f"{BASE}claim/one", "transfer", []),
    "claim of an actor": (f"{BASE}claim/one", "transfer", [f"{BASE}actor/IRQ"]),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_shapes_refuse_each_kind_of_damage(release: Path, graph: Any, name: str) -> None:
    from rdflib import Graph, Literal, URIRef

    subject, term, values = DAMAGES[name]
    damaged = Graph() + graph
    damaged.remove((URIRef(subject), URIRef(NS + term), None))
    for value in values:
        given = URIRef(value) if isinstance(value, str) else Literal(value[0], datatype=URIRef(value[1]))
        damaged.add((URIRef(subject), URIRef(NS + term), given))
    (text,) = complaints(release, damaged)
    assert NS + term in text or f"ns:{term}" in text


def test_shapes_refuse_a_wrong_member_of_an_ordered_list(release: Path, graph: Any) -> None:
    from rdflib import Graph, URIRef
    from rdflib.namespace import RDF as TYPE

    damaged = Graph() + graph
    head = damaged.value(URIRef(TRANSFER), URIRef(f"{NS}via"))
    damaged.set((damaged.value(head, TYPE.rest), TYPE.first, URIRef(f"{BASE}weapon/ak")))
    assert complaints(release, damaged)


def test_shapes_refuse_a_record_without_its_class_or_under_a_wrong_iri(release: Path, graph: Any) -> None:
    from rdflib import Graph, URIRef
    from rdflib.namespace import RDF as TYPE

    untyped = Graph() + graph
    untyped.remove((URIRef(TRANSFER), TYPE.type, None))
    assert complaints(release, untyped)
    moved = Graph()
    for subject, predicate, value in graph:
        moved.add((URIRef(f"{BASE}x/1") if subject == URIRef(TRANSFER) else subject, predicate, value))
    assert complaints(release, moved)


@pytest.mark.parametrize("predicate", ["prefLabel", "definition", "notation", "inScheme"])
def test_shapes_refuse_a_concept_that_lacks_something(release: Path, graph: Any, predicate: str) -> None:
    from rdflib import Graph, URIRef

    damaged = Graph() + graph
    damaged.remove((URIRef(f"{BASE}vocab/unit/item"), URIRef(SKOS + predicate), None))
    assert complaints(release, damaged)


# ---------------------------------------------------------------------------------------------- catalogues


def test_the_dataset_has_what_dataset_searches_and_portals_ask_for(release: Path) -> None:
    node = json.loads((release / "jsonld/dataset.jsonld").read_text("utf-8"))["@graph"][0]
    assert {"Dataset", "dcat:Dataset"} == set(node["@type"])
    asked = "name description url identifier version license creator keywords temporalCoverage spatialCoverage"
    assert set(asked.split()) <= set(node)
    assert 50 <= len(node["description"]) <= 5000
    for one in node["distribution"]:
        assert one["contentUrl"].startswith(f"{BASE}release/0.10/")
        assert one["contentUrl"] == one["@id"] == one["dcat:downloadURL"]
        assert one["encodingFormat"]
    assert {one["@id"] for one in node["distribution"]} == {one["@id"] for one in node["dcat:distribution"]}


def test_documents_of_another_base_hold_no_trace_of_this_one(release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(release, copy)
    toml = tmp_path / "dataset.toml"
    toml.write_text(
        'title = "T"\nversion = "1"\ndate = 2026-01-01\nlicense = "CC0-1.0"\nbase_iri = "https://other.example/"\n'
    )
    add_documents(copy, read_metadata(toml))
    for name in ("jsonld/vocabularies.jsonld", "jsonld/shapes.ttl", "jsonld/dataset.jsonld", "csv/csv-metadata.json"):
        assert BASE not in (copy / name).read_text("utf-8")
