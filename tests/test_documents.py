"""The documents of a release: complete, equal for equal facts, made of declaration, metadata and facts alone."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from armsdata.exporters.about import LONGEST, SHORTEST, description, licence
from armsdata.exporters.contract import Facts, FileFact
from armsdata.exporters.documents import DOCUMENTS
from armsdata.exporters.readme import PURPOSES
from armsdata.exporters.schema_formats import SCHEMA_FORMATS
from armsdata.schema import DISPLAY_ORDER, TABLES, Column, Kind
from armsdata.schema.metadata import Author, Metadata

METADATA = Metadata(
    "A title | with <marks> & \"quotes\": '…'",
    "1.10",
    datetime.date(2026, 11, 24),
    "CC-BY-4.0",
    name="made-up",
    description="What it is about, told in one paragraph that is long enough for catalogues.",
    keywords=("one", "two"),
    spatial=("Iraq",),
    publisher="A publisher",
    authors=(Author("Doe, Jane", "0000-0002-1825-0097", "An institute"), Author("A group")),
)
BARE = Metadata("T", "1", datetime.date(2026, 1, 2), "ask us")
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "jsonld": "application/ld+json"}
#: The documents that tell of columns: all but the one that only says how to cite.
TELLING = [document for document in DOCUMENTS if document.path != "CITATION.cff"]


def facts(metadata: Metadata = METADATA, formats: tuple[str, ...] = tuple(MEDIA)) -> Facts:
    files = [
        FileFact(f"{form}/{name}.{form}", MEDIA[form], 10, f"{place:064x}", name, place)
        for form in formats
        for place, name in enumerate(DISPLAY_ORDER)
    ]
    return Facts(metadata, tuple(files), "2003-01-01", "2014-08-31")


def render_all(given: Facts, formats: tuple[str, ...] = tuple(MEDIA)) -> dict[str, str]:
    """Every document as a release would have it, each with the facts of those before it."""
    found = {}
    for document in DOCUMENTS:
        if document.needs and not set(document.needs) & set(formats):
            continue
        content = document.render(given)
        file = FileFact(document.path, document.media_type, len(content), "0" * 64)
        given = dataclasses.replace(given, files=(*given.files, file))
        found[document.path] = content.decode("utf-8")
    return found


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def empties(node: Any) -> bool:
    """Whether a null, an empty text or an empty list stands anywhere (Data Packages name the empty cell)."""
    if isinstance(node, dict):
        return any(empties(value) for key, value in node.items() if key != "missingValues")
    if isinstance(node, list):
        return not node or any(empties(value) for value in node)
    return node is None or node == ""


def test_paths_are_those_of_the_design_in_an_order_that_can_be_written() -> None:
    paths = [document.path for document in DOCUMENTS]
    assert sorted(paths) == sorted(
        [
            *("csv/csv-metadata.json", "jsonld/vocabularies.jsonld", "jsonld/shapes.ttl", "jsonld/dataset.jsonld"),
            *(
                "datapackage.json",
                "croissant.json",
                "ro-crate-metadata.json",
                "datacite.json",
                "CITATION.cff",
                "README.md",
            ),
        ]
    )
    assert paths[-1] == "ro-crate-metadata.json"


def test_the_readme_says_what_each_document_is_for() -> None:
    assert {document.path for document in DOCUMENTS} - {"README.md"} | {"index.html", "SHA256SUMS"} == set(PURPOSES)


def test_the_readme_says_why_there_is_no_page() -> None:
    without = facts()
    page = FileFact("index.html", "text/html", 1, "0" * 64)
    with_page = dataclasses.replace(without, files=(*without.files, page))
    assert "There is no `index.html`" in render_all(without)["README.md"]
    assert "There is no" not in render_all(with_page)["README.md"]
    assert "| `index.html` |" in render_all(with_page)["README.md"]


def test_equal_facts_give_equal_bytes() -> None:
    assert render_all(facts()) == render_all(facts())


def test_nothing_of_the_machine_the_user_or_the_day_is_in_them(tmp_path: Path) -> None:
    program = (
        "import hashlib, test_documents as t; print(hashlib.sha256(repr(t.render_all(t.facts())).encode()).hexdigest())"
    )
    environments = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "HOME": "/", "USER": "one", "HOSTNAME": "one"},
        {
            "PYTHONHASHSEED": "2",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C.UTF-8",
            "HOME": os.fspath(tmp_path),
            "USER": "two",
        },
        {"PYTHONHASHSEED": "3", "SOURCE_DATE_EPOCH": "1", "PYTHONUTF8": "0"},
    ]
    found = set()
    for environment in environments:
        added = {
            **os.environ,
            "PYTHONPATH": os.fspath(Path(__file__).parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }
        command = [sys.executable, "-c", program]
        found.add(subprocess.run(command, env=added, cwd=tmp_path, check=True, capture_output=True, text=True).stdout)
    assert len(found) == 1
    assert str(Path(__file__).parents[1]) not in repr(render_all(facts()))


@pytest.mark.parametrize("metadata", [METADATA, BARE], ids=["full", "bare"])
def test_json_is_pretty_and_holds_no_empty_members(metadata: Metadata) -> None:
    for path, text in render_all(facts(metadata)).items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        if path.endswith(("json", "jsonld")):
            content = json.loads(text)
            assert text == json.dumps(content, ensure_ascii=False, indent=2) + "\n"
            assert not empties(content), path


@pytest.mark.parametrize("document", TELLING, ids=lambda document: document.path)
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.DECIMAL, Kind.EDTF, Kind.DATE, Kind.INTEGER, Kind.BOOLEAN, Kind.URL])
def test_a_new_column_is_in_every_document(
    document: Any, table: Any, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not told(document.render(facts()).decode(), document.path)
    column = Column("brand_new", kind, "Brand new", "A column that a test has added.")
    monkeypatch.setitem(TABLES, table.name, dataclasses.replace(table, columns=(*table.columns, column)))
    assert told(document.render(facts()).decode(), document.path)


@pytest.mark.parametrize("name", SCHEMA_FORMATS)
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_new_column_is_in_every_schema(name: str, table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    column = Column("brand_new", Kind.CODE, "Brand new", "A column that a test has added.", vocabulary="unit")
    monkeypatch.setitem(TABLES, table.name, dataclasses.replace(table, columns=(*table.columns, column)))
    for asked in (None, table.name):
        assert re.search(r"\bbrand_?new\b", SCHEMA_FORMATS[name](asked), re.IGNORECASE)


def told(text: str, path: str) -> bool:
    """Whether the added column is named; in RDF by its term."""
    return bool(re.search(r"\bbrandNew\b" if path.endswith("ttl") else r"\bbrand_?[Nn]ew\b", text))


@pytest.mark.parametrize("document", TELLING, ids=lambda document: document.path)
def test_every_column_of_every_table_is_in_every_document(document: Any) -> None:
    """Column names repeat between tables, so each is looked for where its table is told of."""
    text = document.render(facts()).decode()
    for table in TABLES.values():
        for column in table.columns:
            names = (rf"\b{column.name}\b", rf"ns[:#]{column.term}\b", rf"ns:{column.term.removesuffix('Id')}\b")
            assert any(re.search(name, text) for name in names), f"{document.path}: {table.name}.{column.name}"


@pytest.mark.parametrize("name", SCHEMA_FORMATS)
def test_every_schema_is_printed_for_each_table_and_for_all(name: str) -> None:
    whole = SCHEMA_FORMATS[name](None)
    for table in TABLES:
        single = SCHEMA_FORMATS[name](table)
        assert single.endswith("\n")
        assert len(single) < len(whole)
        if name not in ("shacl", "markdown"):
            assert json.loads(single)
            assert not empties(json.loads(single))
    with pytest.raises(KeyError):
        SCHEMA_FORMATS[name]("no-such-table")


@pytest.mark.parametrize("formats", [("csv",), ("parquet",), ("jsonld",), ("csv", "jsonld")])
def test_a_release_with_some_formats_names_no_file_of_the_others(formats: tuple[str, ...]) -> None:
    found = render_all(facts(formats=formats), formats)
    absent = set(MEDIA) - set(formats)
    for path, text in found.items():
        for form in absent:
            assert not re.search(rf"{form}/[a-z]+\.{form}", text), path
    assert ("csv/csv-metadata.json" in found) == ("csv" in formats)
    assert ("datapackage.json" in found) == bool({"csv", "parquet"} & set(formats))
    assert ("jsonld/shapes.ttl" in found) == ("jsonld" in formats)


def test_documents_carry_the_sums_and_sizes_of_the_files_before_them() -> None:
    given = facts()
    package = json.loads(render_all(given)["datapackage.json"])
    by_path = {resource["path"]: resource for resource in package["resources"]}
    assert set(by_path) == {file.path for file in given.files if not file.path.startswith("jsonld/")}
    for file in given.files:
        if file.path in by_path:
            assert by_path[file.path]["bytes"] == file.size
            assert by_path[file.path]["hash"] == f"sha256:{file.sha256}"
    crate = json.loads(render_all(given)["ro-crate-metadata.json"])
    parts = [part["@id"] for part in next(one for one in crate["@graph"] if one["@id"] == "./")["hasPart"]]
    assert set(parts) == {file.path for file in given.files} | {one.path for one in DOCUMENTS} - {
        "ro-crate-metadata.json"
    }


@pytest.mark.parametrize("metadata", [METADATA, BARE], ids=["full", "bare"])
def test_ro_crate_is_flat_and_every_reference_resolves(metadata: Metadata) -> None:
    graph = json.loads(render_all(facts(metadata))["ro-crate-metadata.json"])["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(set(ids)) == len(ids)
    outside = {"https://w3id.org/ro/crate/1.1"}
    for entity in graph:
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    assert set(one) == {"@id"}
                    assert one["@id"] in {*ids, *outside}


@pytest.mark.parametrize(
    ("text", "url", "spdx"),
    [
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("CC-BY-NC-SA-3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC-BY-NC-SA-3.0"),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://example.org/terms", "https://example.org/terms", ""),
        ("CC BY 4.0", "", ""),
        ("CC-BY-9.9", "", ""),
        ("ask us", "", ""),
    ],
)
def test_licences_are_told_by_what_is_sure_of_them(text: str, url: str, spdx: str) -> None:
    found = licence(dataclasses.replace(BARE, license=text))
    assert (found.name, found.url, found.spdx) == (text, url, spdx)


@pytest.mark.parametrize("text", ["", "short", "x" * 60, "word " * 2000])
def test_descriptions_are_of_a_length_that_catalogues_take(text: str) -> None:
    assert SHORTEST <= len(description(dataclasses.replace(BARE, description=text))) <= LONGEST


def test_an_open_end_is_an_open_end() -> None:
    given = dataclasses.replace(facts(), latest="")
    dataset = json.loads(render_all(given)["jsonld/dataset.jsonld"])["@graph"][0]
    assert dataset["temporalCoverage"] == "2003-01-01/.."
    undated = dataclasses.replace(facts(), earliest="", latest="")
    assert "temporalCoverage" not in render_all(undated)["jsonld/dataset.jsonld"]


def test_the_version_of_a_citation_is_a_text_and_marks_are_escaped() -> None:
    text = render_all(facts())["CITATION.cff"]
    assert 'version: "1.10"\n' in text
    assert r'title: "A title | with <marks> & \"quotes\": ' in text


def test_the_data_dictionary_keeps_its_tables_in_shape() -> None:
    for line in render_all(facts())["README.md"].splitlines():
        if line.startswith("|"):
            bare = re.sub(r"\\\|", "", line)
            assert bare.count("|") in (3, 4, 5), line


@pytest.mark.parametrize(
    "text", ["a\u0085b\u2028c", "ZW\u200dJ \U000e0041 \U0001f600", 'tab\tline\nend \\ "', "- : # ' {}"]
)
def test_citations_keep_every_character(text: str) -> None:
    yaml = pytest.importorskip("yaml")
    given = facts(dataclasses.replace(METADATA, title=text, keywords=(text,)))
    found = yaml.safe_load(render_all(given)["CITATION.cff"])
    assert (found["title"], found["keywords"]) == (text, [text])
