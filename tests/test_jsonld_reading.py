"""JSON-LD is read many nodes at once where a release wrote it, and node by node else: what is read is the same."""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from armsdata.exporters.context import context
from armsdata.exporters.contract import TypedBatch
from armsdata.exporters.jsonld import nodes
from armsdata.schema import TABLES, Table
from armsdata.schema.cells import type_cells
from armsdata.schema.metadata import read_metadata
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from armsdata import export
from armsdata.errors import NoTable
from armsdata.reading import jsonld_document, jsonld_written
from armsdata.reading.jsonld import JsonLdReader
from armsdata.reading.jsonld_written import read_written
from armsdata.verification import verify
from made_datasets import NASTY, TOML, write_tables

ACTORS = TABLES["actors"]


@functools.cache
def head(table: Table, folder: Path) -> bytes:
    path = folder / "dataset.toml"
    path.write_text(TOML, encoding="utf-8")
    text = json.dumps(context(table, read_metadata(path)), ensure_ascii=False, separators=(",", ":"))
    return f'{{"@context":{text},\n"@graph":[\n'.encode()


def written(table: Table, records: list[dict[str, str]]) -> bytes:
    """The lines of nodes as a release writes them, with a comma at the end of each but the last."""
    cells = {
        column.name: type_cells(column, array.dictionary_encode() if table.repeats(column.name) else array)
        for column in table.source_columns
        for array in [pa.array([record.get(column.name) or None for record in records], pa.string())]
    }
    batch = TypedBatch(table, len(records), cells)
    return b"".join(nodes(table, batch.texts, len(records)))[2:] + b"\n"


def outcome(path: Path, table: Table) -> Any:
    """All that a reader says of a file."""
    try:
        reader = JsonLdReader(path, "file.jsonld", table)
        found = []
        for read in reader.blocks():
            batch = read()
            columns = {name: array.to_pylist() for name, array in batch.columns.items()}
            kinds = {name: str(array.type) for name, array in batch.columns.items()}
            spoiled = {name: mask.tolist() for name, mask in batch.spoiled.items()}
            found.append((batch.size, columns, kinds, batch.lines().tolist(), batch.findings, spoiled))
    except NoTable as error:
        return error.line, error.reason
    return reader.numbers, reader.findings, found


def read_alike(content: bytes, table: Table, folder: Path) -> bool:
    """Read a file both ways, which must give the same; whether any of it was read at once."""
    path = folder / f"{table.name}.jsonld"
    path.write_bytes(content)
    at_once = []

    def noticed(*given: Any) -> Any:
        at_once.append(read_written(*given))
        return at_once[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonld_document, "read_written", noticed)
        found = outcome(path, table)
        patch.setattr(jsonld_document, "read_written", lambda *given: None)
        assert outcome(path, table) == found
    return any(one is not None for one in at_once)


def test_what_a_release_wrote_is_read_at_once(tmp_path: Path) -> None:
    export(write_tables(tmp_path / "dataset", NASTY), tmp_path / "release", formats=["jsonld"])
    for name, table in TABLES.items():
        assert read_alike((tmp_path / f"release/jsonld/{name}.jsonld").read_bytes(), table, tmp_path)


def test_more_bytes_than_arrow_takes_at_once_are_looked_at_node_by_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = head(ACTORS, tmp_path) + NODE + b"\n]}\n"
    assert read_alike(content, ACTORS, tmp_path)
    monkeypatch.setattr(jsonld_written, "MOST_BYTES", len(NODE))
    assert not read_alike(content, ACTORS, tmp_path)


TEXT = st.text(alphabet='aé"\\;,:{}\n\x01\U0001f600 ', max_size=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(sorted(TABLES)))
def test_whatever_the_cells_hold_both_ways_read_the_same(data: st.DataObject, name: str, tmp_path: Path) -> None:
    table = TABLES[name]
    cell = TEXT | st.sampled_from(["", "IRQ", "true", "12", "2014-06", "a; b", "https://example.org/a"])
    record = st.fixed_dictionaries({column.name: cell for column in table.source_columns})
    records = data.draw(st.lists(record, min_size=1, max_size=4))
    for number, one in enumerate(records):
        one[table.key] = one[table.key] or f"key-{number}"
    read_alike(head(table, tmp_path) + written(table, records) + b"]}\n", table, tmp_path)


NODE = (
    b'{"@id":"actor/IRQ","@type":"Actor","actor_id":"IRQ","name":"Iraq","kind":"vocab/actor-kind/state",'
    b'"aliases":["al-Iraq","Irak"],"gwcode":645}'
)
#: What a release never writes: each a change of one node, which the reader must notice.
CHANGES = {
    "a member twice": (b'"name":"Iraq"', b'"name":"Iran","name":"Iraq"'),
    "a member that no column has": (b',"kind"', b',"colour":"red","kind"'),
    "other order": (b'"actor_id":"IRQ","name":"Iraq"', b'"name":"Iraq","actor_id":"IRQ"'),
    "null": (b'"name":"Iraq"', b'"name":null'),
    "an empty text": (b'"name":"Iraq"', b'"name":""'),
    "an empty list": (b'["al-Iraq","Irak"]', b"[]"),
    "an empty item": (b'["al-Iraq","Irak"]', b'["al-Iraq",""]'),
    "null in a list": (b'["al-Iraq","Irak"]', b'["al-Iraq",null]'),
    "a text for a list": (b'["al-Iraq","Irak"]', b'"al-Iraq"'),
    "a list for a text": (b'"name":"Iraq"', b'"name":["Iraq"]'),
    "a list in a list": (b'["al-Iraq","Irak"]', b'[["al-Iraq","Irak"]]'),
    "an item with a semicolon": (b'"Irak"', b'"Irak;Iraq"'),
    "an item with a semicolon and a blank": (b'"Irak"', b'"Irak; Iraq"'),
    "an item that begins with a blank": (b'"Irak"', b'" Irak"'),
    "an item that ends with a tab": (b'"Irak"', b'"Irak\\t"'),
    "a NUL": (b'"Iraq"', b'"Ir\\u0000aq"'),
    "an escape that is not needed": (b'"Iraq"', b'"\\u0049raq"'),
    "half a character": (b'"Iraq"', b'"Ir\\ud800aq"'),
    "bytes that are no UTF-8": (b'"Iraq"', b'"Ir\xffaq"'),
    "bytes of half a character": (b'"Iraq"', b'"Ir\xed\xa0\x80aq"'),
    "a bare control character": (b'"Iraq"', b'"Ir\x01aq"'),
    "a number for a text": (b'"Iraq"', b"12"),
    "a text for a number": (b":645", b':"645"'),
    "a number with a point": (b":645", b":645.0"),
    "a number with an exponent": (b":645", b":645e0"),
    "minus zero": (b":645", b":-0"),
    "a number that is too large": (b":645", b":99999999999999999999"),
    "no number": (b":645", b":NaN"),
    "a truth value": (b":645", b":true"),
    "another record's address": (b"actor/IRQ", b"actor/IRN"),
    "another table": (b'"Actor"', b'"Weapon"'),
    "no address": (b'"@id":"actor/IRQ",', b""),
    "no key": (b'"actor_id":"IRQ",', b""),
    "an absolute address": (b"vocab/actor-kind/state", b"https://w3id.org/armsdata/vocab/actor-kind/state"),
    "a code without its list": (b"vocab/actor-kind/state", b"state"),
    "a prefix alone": (b"vocab/actor-kind/state", b"vocab/actor-kind/"),
    "a short code": (b"vocab/actor-kind/state", b"v"),
    "blanks between members": (b',"name"', b', "name"'),
    "a blank at the end": (b":645}", b":645} "),
    "a line end of Windows": (b":645}", b":645}\r"),
    "two nodes on a line": (b":645}", b":645},{}"),
    "two nodes without a comma": (b":645}", b":645}{}"),
    "a node over two lines": (b',"name"', b',\n"name"'),
    "a comma too many": (b":645}", b":645},"),
    "a node that does not end": (b":645}", b":645"),
    "no node": (NODE, b"[]"),
    "a blank line": (NODE, b""),
    "deep nesting": (b":645", b":" + b"[" * 100_000),
    "a deep object": (b":645", b":" + b'{"a":' * 100_000),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_release_never_writes_is_looked_at_node_by_node(change: str, tmp_path: Path) -> None:
    old, new = CHANGES[change]
    other = NODE.replace(b"IRQ", b"NAM").replace(b"Iraq", b"Namibia")
    whole = head(ACTORS, tmp_path) + NODE + b",\n" + other + b"\n]}\n"
    assert read_alike(whole, ACTORS, tmp_path)
    assert NODE.count(old) >= 1
    for lines in (NODE.replace(old, new) + b",\n" + other, other + b",\n" + NODE.replace(old, new)):
        assert not read_alike(head(ACTORS, tmp_path) + lines + b"\n]}\n", ACTORS, tmp_path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.integers(0, 400),
            st.integers(0, 3),
            st.binary(max_size=2)
            | st.sampled_from(
                [b'"', b"\\", b",", b"\n", b"{", b"}", b"[", b"]", b":", b" ", b"\\n", b"null", b"1", b'","', b'":"']
            ),
        ),
        max_size=3,
    )
)
@example(changes=[(0, 0, b"")])
def test_whatever_the_bytes_are_both_ways_read_the_same(changes: list[tuple[int, int, bytes]], tmp_path: Path) -> None:
    lines = NODE + b",\n" + NODE.replace(b"IRQ", b"NAM") + b"\n]}\n"
    for place, gone, new in changes:
        lines = lines[:place] + new + lines[place + gone :]
    read_alike(head(ACTORS, tmp_path) + lines, ACTORS, tmp_path)


@pytest.mark.parametrize("size", [1, 150, 400])
def test_a_file_of_many_blocks_is_read_as_one_wherever_it_is_cut(size: int, tmp_path: Path) -> None:
    content = head(ACTORS, tmp_path) + NODE + b",\n" + NODE + b",\n\n" + NODE + b"\n \n]}\n\n"
    path = tmp_path / "actors.jsonld"

    def whole(found: Any) -> Any:
        if len(found) == 2:
            return found
        sizes, *_ = zip(*found[2], strict=True) if found[2] else [[]]
        lines = list(itertools.chain.from_iterable(one[3] for one in found[2]))
        return sum(sizes), lines, found[1]

    start, ended = len(head(ACTORS, tmp_path)), content.index(b"]}\n")
    for end in (*range(start, len(content), 7), ended, ended + 2, len(content) - 1, len(content)):
        path.write_bytes(content[:end])
        expected = whole(outcome(path, ACTORS))
        if end < ended + 2:
            assert expected[0] == content[:end].count(b"\n") + (content[end - 1] != ord("\n"))
        else:
            assert expected == (3, [3, 4, 6], [])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(jsonld_document, "_BYTES", size)
            assert whole(outcome(path, ACTORS)) == expected, end


@pytest.mark.parametrize("after", [b"\n", b"\n\n", b"\n" + b" " * 400 + b"\n"])
def test_what_parts_two_nodes_is_missed_and_found_across_blocks(
    after: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "actors.jsonld"
    monkeypatch.setattr(jsonld_document, "_BYTES", 1)
    line = 3 + after.count(b"\n")
    for lines, reason in (
        (NODE + after + NODE + b"\n]}\n", "not the comma or the end"),
        (NODE + b"," + after + b"]}\n", "a comma stands before the end"),
        (NODE + b"\n]}" + after + NODE + b"\n", "not the comma or the end"),
    ):
        path.write_bytes(head(ACTORS, tmp_path) + lines)
        told, said = outcome(path, ACTORS)
        assert said.startswith(reason)
        assert told == line + lines.startswith(NODE + b"\n]}" + after)
    path.write_bytes(head(ACTORS, tmp_path) + NODE + after)
    assert outcome(path, ACTORS) == (line - 1, "the file ends before its list of nodes does: it is cut off")
    path.write_bytes(head(ACTORS, tmp_path) + NODE + b"," + after + NODE + after + b"]}" + after)
    assert [one[0] for one in outcome(path, ACTORS)[2] if one[0]] == [1, 1]


def test_a_base_that_begins_as_addresses_do_is_left_to_the_slow_way(tmp_path: Path) -> None:
    for base in ("vocab/", "vocab/actor-kind/state/x", "v"):
        text = head(ACTORS, tmp_path).replace(b"https://w3id.org/armsdata/", base.encode(), 1)
        assert not read_alike(text + NODE + b"\n]}\n", ACTORS, tmp_path)


@pytest.mark.parametrize("size", [1, 500, 3000])
def test_a_release_is_verified_however_its_files_are_cut_into_blocks(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(write_tables(tmp_path / "dataset", NASTY), tmp_path / "release")
    expected = verify(tmp_path / "release")
    assert expected.good
    monkeypatch.setattr(jsonld_document, "_BYTES", size)
    assert verify(tmp_path / "release") == expected
