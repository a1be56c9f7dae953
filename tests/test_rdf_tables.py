"""JSON-LD: three independent readers, cut off from the network, see the same triples, and one for every cell."""

from __future__ import annotations

import json
import logging
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph
import pytest
import rdflib
from armsdata.schema import TABLES, Column, Kind
from pyld import jsonld
from rdflib.collection import Collection
from rdflib.namespace import RDF

from armsdata import export
from made_datasets import NASTY, expected_cells, write_tables
from repository import ROOT
from test_lossless import cells_of_csv

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
BASE = "https://w3id.org/armsdata/"
XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
TYPES = {Kind.DECIMAL: f"{XSD}decimal", Kind.DATE: f"{XSD}date", Kind.INTEGER: f"{XSD}integer", Kind.EDTF: EDTF}
TYPES |= {Kind.BOOLEAN: f"{XSD}boolean", Kind.URL: f"{XSD}anyURI"}
TRICKS = (
    'a "quote"', "back\\slash", "\\u0041", "\\", "line\nbreak", "tab\tand\x0bmore\x1f\x7f", "\u2028\u2029",
    "\U0001f52b",
    "@id", "@type", "@graph", "x@value", "_:b0", "<script>", "]}", '{"@id":"x"}', "NA", "null", "true", "1", "1.0",
    "http://example.org/ x", "vocab/unit/item", "actor/IRQ", "עברית ‏", "a;b", "%5B", "é", "\ufffd", "xsd:date", "ns#x",
)  # fmt: skip


def tricky() -> dict[str, list[dict[str, str]]]:
    sources = [{"source_id": f"s{place}", "type": "report", "title": f"x{text}"} for place, text in enumerate(TRICKS)]
    for source, text in zip(sources, TRICKS, strict=True):
        source["authors"] = f"x{text}; x; x".replace("a;b", "ab")
        source["url"] = f"https://example.org/|{len(text)}"
    return NASTY | {"sources": NASTY["sources"] + sources}


@pytest.fixture(scope="module", params=["curated", "tricky"])
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    source = ROOT / "data" if request.param == "curated" else write_tables(folder / "dataset", tricky())
    export(source, folder / "release", formats=["csv", "jsonld"])
    return folder / "release"


@pytest.fixture(autouse=True)
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, and nobody who asks for it unnoticed."""

    def refuse(*arguments: Any, **more: Any) -> NoReturn:
        raise AssertionError("the network was asked for")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(jsonld, "_default_document_loader", refuse)
    # rdflib warns of days beyond the year 9999, which Python's own dates do not have.
    monkeypatch.setattr(logging.getLogger("rdflib.term"), "disabled", True)
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def table_files(release: Path) -> Iterator[Path]:
    return (release / f"jsonld/{name}.jsonld" for name in TABLES)


def with_rdflib(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(data=path.read_bytes(), format="json-ld")


def canonical(quads: str | bytes) -> str:
    """N-Quads in one order, with one set of names for the nodes that have none."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(quads, pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return "\n".join(sorted(map(str, dataset)))


def test_rdflib_pyld_and_oxigraph_see_the_same_triples(release: Path) -> None:
    for path in table_files(release):
        content = path.read_bytes()
        oxigraph = pyoxigraph.Dataset(pyoxigraph.parse(content, pyoxigraph.RdfFormat.JSON_LD))
        expected = canonical(pyoxigraph.serialize(oxigraph, format=pyoxigraph.RdfFormat.N_QUADS) or b"")
        assert expected
        assert canonical(with_rdflib(path).serialize(format="nt")) == expected
        pyld = jsonld.to_rdf(json.loads(content), {"format": "application/n-quads"})
        assert canonical(pyld) == expected


def test_every_cell_has_its_triple_and_no_triple_is_without_a_cell(release: Path) -> None:
    for path in table_files(release):
        table, graph = TABLES[path.stem], with_rdflib(path)
        rows = cells_of_csv(release / f"csv/{path.stem}.csv")
        nodes = sum(len(row[name].split("; ")) for row in rows for name in row if table.by_name[name].ordered)
        assert len(set(graph.subjects(RDF.type, rdflib.URIRef(f"{BASE}ns#{table.term}")))) == len(rows)
        found = Counter(str(name) for name in graph.predicates(None, None))
        for column in table.columns:
            many = [set(row[column.name].split("; ")) if column.many else {0} for row in rows if column.name in row]
            wanted = sum(1 if column.ordered else len(items) for items in many)
            assert found.pop(f"{BASE}ns#{term(column)}", 0) == wanted, column.name
        assert found.pop(str(RDF.type)) == len(rows)
        assert (found.pop(str(RDF.first), 0), found.pop(str(RDF.rest), 0)) == (nodes, nodes)
        assert not found


def term(column: Column) -> str:
    head, *rest = column.name.split("_")
    name = head + "".join(part.capitalize() for part in rest)
    return name.removesuffix("Id") if column.kind is Kind.REFERENCE else name


def test_literals_have_the_datatypes_of_their_columns(release: Path) -> None:
    for path in table_files(release):
        graph = with_rdflib(path)
        for column in TABLES[path.stem].columns:
            for value in graph.objects(None, rdflib.URIRef(f"{BASE}ns#{term(column)}")):
                if column.kind in (Kind.REFERENCE, Kind.CODE):
                    assert isinstance(value, rdflib.URIRef) or column.ordered
                elif not column.ordered:
                    assert isinstance(value, rdflib.Literal)
                    assert str(value.datatype or f"{XSD}string") == TYPES.get(column.kind, f"{XSD}string")


def test_no_iri_is_relative(release: Path) -> None:
    for path in table_files(release):
        for quad in pyoxigraph.parse(path.read_bytes(), pyoxigraph.RdfFormat.JSON_LD):
            for part in (quad.subject, quad.predicate, quad.object):
                if isinstance(part, pyoxigraph.NamedNode):
                    assert part.value.startswith((BASE, "http://www.w3.org/1999/02/22-rdf-syntax-ns#")), part


def test_ordered_lists_keep_their_order_and_repeated_items(tmp_path: Path) -> None:
    tables = NASTY | {"transfers": [NASTY["transfers"][0], NASTY["transfers"][1] | {"via": "USA; IRQ; USA; NAM"}]}
    export(write_tables(tmp_path / "dataset", tables), tmp_path / "release")
    graph = with_rdflib(tmp_path / "release/jsonld/transfers.jsonld")
    (head,) = graph.objects(rdflib.URIRef(f"{BASE}transfer/second"), rdflib.URIRef(f"{BASE}ns#via"))
    assert [str(one) for one in Collection(graph, head)] == [
        f"{BASE}actor/{one}" for one in ("USA", "IRQ", "USA", "NAM")
    ]
    authors = with_rdflib(tmp_path / "release/jsonld/sources.jsonld")
    (head,) = authors.objects(None, rdflib.URIRef(f"{BASE}ns#authors"))
    assert [str(one) for one in Collection(authors, head)] == ["Doe, J.", "Roe, R.", "Abel, A."]


def test_texts_arrive_in_rdf_as_they_were_written(tmp_path: Path) -> None:
    export(write_tables(tmp_path / "dataset", tricky()), tmp_path / "release")
    quads = pyoxigraph.parse((tmp_path / "release/jsonld/sources.jsonld").read_bytes(), pyoxigraph.RdfFormat.JSON_LD)
    titles = {quad.object.value for quad in quads if str(quad.predicate.value) == f"{BASE}ns#title"}
    assert titles == {row["title"] for row in tricky()["sources"]}


def test_the_base_of_the_dataset_is_the_base_of_all_iris(tmp_path: Path) -> None:
    toml = 'title = "x"\nversion = "1"\ndate = 2026-01-01\nlicense = "x"\nbase_iri = "https://example.org/a/"\n'
    export(write_tables(tmp_path / "dataset", NASTY, toml), tmp_path / "release")
    found = with_rdflib(tmp_path / "release/jsonld/weapons.jsonld").serialize(format="nt")
    assert BASE not in found
    again = write_tables(tmp_path / "again", {}, toml)
    for path in table_files(tmp_path / "release"):
        path.rename(again / path.name)
    export(again, tmp_path / "other")
    for name, rows in NASTY.items():
        expected = [expected_cells(name, row) for row in rows]
        assert cells_of_csv(tmp_path / f"other/csv/{name}.csv") == expected


@pytest.mark.parametrize("context", ['"https://example.org/context"', '["x.jsonld"]', '[{}, "https://example.org/"]'])
def test_a_context_that_would_be_fetched_is_refused(tmp_path: Path, context: str) -> None:
    from armsdata import UsageError, validate

    (tmp_path / "weapons.jsonld").write_text(f'{{"@context":{context},\n"@graph":[\n]}}\n')
    with pytest.raises(UsageError, match="nothing is fetched"):
        validate(tmp_path / "weapons.jsonld")
