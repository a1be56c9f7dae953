"""Reading JSON-LD as a release has it: nodes whose keys are the names of the columns. Nothing is ever fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.errors import NoTable
from armsdata.findings import VALUE_LIMIT, Finding, shorten
from armsdata.schema import Column, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.tables import iri_prefix

from .batch import Batch
from .typed import ODD_ITEM, Odd, Odds, judge_columns, odd_finding, odd_item, odd_text

_NODES = 1 << 14
_OWN = ("@id", "@type")
Node = tuple[int, dict[str, Any]]


class JsonLdReader:
    """One JSON-LD file of a table. See `Reader`; the line of a record is that of its node."""

    def __init__(self, path: Path, label: str, table: Table) -> None:
        self.path, self.label, self.table = path, label, table
        self._base = _head(path)
        names = jsonld_columns(path)
        places, self.findings = judge_columns(names, table, label)
        # A column that no node fills is not written at all: only what stands there besides can be wrong.
        self.findings = [one for one in self.findings if one.code != "missing-column"]
        self.numbers = {column.name: number for number, column in enumerate(table.columns, 1)}
        self._keys = {name: names[place] for name, place in places.items()}  # as the file spells them

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file; see `Reader`."""
        nodes = _nodes(self.path)
        while part := list(islice(nodes, _NODES)):
            yield partial(self._batch, part)

    def _batch(self, nodes: list[Node]) -> Batch:
        lines = np.array([line for line, _ in nodes], dtype=np.int64)
        findings: list[Finding] = []
        columns, spoiled = {}, {}
        keys = [node.get(self._keys.get(self.table.key, "")) for _, node in nodes]
        for column in self.table.columns:
            if column.derived_from and column.name not in self._keys:
                continue
            name = self._keys.get(column.name, "")
            array, odds = self._column(column, [node.get(name) for _, node in nodes])
            if column.name == self.table.key:
                findings += self._strangers(nodes, array.to_pylist())
            if odds:
                spoiled[column.name] = np.isin(np.arange(len(nodes)), list(odds))
                findings += [
                    odd_finding(self, nodes[row][0], column.name, odd, _key(keys[row])) for row, odd in odds.items()
                ]
            columns[column.name] = array.dictionary_encode() if self.table.repeats(column.name) else array
        return Batch(len(nodes), columns, lambda: lines, findings, spoiled)

    def _column(self, column: Column, values: list[Any]) -> tuple[pa.Array, Odds]:
        """The text of each value of a column, and the rows that have none; all at once where they are plain texts."""
        plain = None if column.many else self._plain(column, values)
        if plain is not None:
            return plain, {}
        texts = [self._text(column, value) for value in values]
        odds = {row: text for row, text in enumerate(texts) if isinstance(text, Odd)}
        return pa.array([None if isinstance(text, Odd) else text for text in texts], pa.string()), odds

    def _plain(self, column: Column, values: list[Any]) -> pa.Array | None:
        try:
            texts = pa.array(values, pa.string())
        except (pa.ArrowException, ValueError, TypeError):  # not texts alone, or half a character in one
            return None
        if pc.any(pc.match_substring(texts, "\0")).as_py():
            return None
        prefix = iri_prefix(column)
        for head in (self._base, prefix) if prefix else ():
            texts = pc.if_else(pc.starts_with(texts, head), pc.utf8_slice_codeunits(texts, len(head)), texts)
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)

    def _text(self, column: Column, value: Any) -> str | Odd | None:
        """The text of a cell from the value of a member. A text that stands alone in a list column is its one item."""
        if not column.many or value in (None, "", []):
            return self._one(column, value)
        items = [self._one(column, item) for item in (value if isinstance(value, list) else [value])]
        for item in items:
            if isinstance(item, Odd):
                return item
            if item is None or ODD_ITEM.search(item):
                return odd_item(item)
        return LIST_JOIN.join(item for item in items if isinstance(item, str))

    def _one(self, column: Column, value: Any) -> str | Odd | None:
        if isinstance(value, list) and len(value) == 1:  # the same to every reader of JSON-LD
            value = value[0]
        if value is None or value in ("", []):
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, str):
            prefix = iri_prefix(column)
            return odd_text(value) or (value.removeprefix(self._base).removeprefix(prefix) if prefix else value)
        what = {dict: "an object", list: "a list", float: "no number"}.get(type(value), "of a wrong type")
        shown = json.dumps(value)[:VALUE_LIMIT]
        return Odd("wrong-type", shown, f"{column.name} is {what} here", "write it as a text, or a list of texts")

    def _strangers(self, nodes: list[Node], keys: list[str | None]) -> Iterator[Finding]:
        """The nodes of which JSON-LD itself says that they are another record, or of another table."""
        for (line, node), key in zip(nodes, keys, strict=True):
            meant = f"{self.table.record}/{key}"
            for name, known in (("@id", (meant, self._base + meant)), ("@type", (self.table.term,))):
                if key is not None and name in node and node[name] not in known:
                    given = str(node[name])
                    text = f"the {name} of the node is {shorten(given)}, but the record is the {meant}"
                    yield odd_finding(
                        self, line, self.table.key, Odd("bad-identifier", given, text, f"write {known[0]}"), key
                    )


def _key(value: object) -> str | None:
    return value if isinstance(value, str) and not odd_text(value) else None


def jsonld_columns(path: Path) -> list[str]:
    """The keys that the nodes of a JSON-LD file have, those of JSON-LD itself left out.

    Raises:
        NoTable: it is no JSON-LD file as a release has it.
    """
    names: dict[str, None] = {}
    for _, node in _nodes(path):
        names.update(dict.fromkeys(name for name in node if name not in _OWN))
    return list(names)


def _head(path: Path) -> str:
    """The base IRI that the context of a file states.

    Raises:
        NoTable: the context is to be fetched from elsewhere.
    """
    for value, key in _members(path):
        if key == "@context":
            contexts = value if isinstance(value, list) else [value]
            if _fetches(value):
                raise NoTable(path, "its @context is an address; nothing is fetched: write the context into the file")
            return next((str(one["@base"]) for one in contexts if isinstance(one, dict) and "@base" in one), "")
    return ""


def _fetches(context: Any) -> bool:
    """Whether a context, or one within it, is an address, and so stands elsewhere."""
    if isinstance(context, list):
        return any(map(_fetches, context))
    if not isinstance(context, dict):
        return isinstance(context, str)
    within = (one["@context"] for one in context.values() if isinstance(one, dict) and "@context" in one)
    return "@import" in context or any(map(_fetches, within))


def _members(path: Path) -> Iterator[tuple[Any, str]]:
    """The members of the document before its nodes."""
    with path.open("rb") as file:
        first = file.readline()
    start, end = b'{"@context":', b",\n"
    if first.startswith(start) and first.endswith(end):
        try:
            yield json.loads(first[len(start) : -len(end)]), "@context"
            return
        except (ValueError, RecursionError):
            pass
    document = _whole(path)
    yield from ((value, key) for key, value in document.items())


def _nodes(path: Path) -> Iterator[Node]:
    """Every node with its line: line by line where the file is written so, else from the whole document."""
    with path.open("rb") as file:
        if not (file.readline().startswith(b'{"@context":') and file.readline().rstrip() == b'"@graph":['):
            yield from _nodes_of_whole(path)
            return
        number, more, ended = 2, True, False
        for number, line in enumerate(file, 3):
            body = line.strip()
            if body and (ended or not (more or body == b"]}")):
                raise NoTable(path, "not the comma or the end that must stand between two nodes", line=number)
            if body == b"]}":
                ended = True
            elif body:
                more = body.endswith(b",")
                yield number, _node(path, number, body.removesuffix(b","))
        if not ended:
            raise NoTable(path, "the file ends before its list of nodes does: it is cut off", line=number)


def _node(path: Path, line: int, text: bytes) -> dict[str, Any]:
    try:
        node = json.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise NoTable(path, f"not a JSON node ({error})", line=line) from None
    if not isinstance(node, dict):
        raise NoTable(path, "not a JSON object", line=line)
    return node


def _nodes_of_whole(path: Path) -> Iterator[Node]:
    graph = _whole(path).get("@graph", [])
    if not isinstance(graph, list) or not all(isinstance(node, dict) for node in graph):
        raise NoTable(path, "@graph is not a list of nodes")
    yield from ((1, node) for node in graph)


def _whole(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes(), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise NoTable(path, f"not a readable JSON-LD file ({error})") from None
    if not isinstance(document, dict):
        raise NoTable(path, "not a JSON-LD document with @context and @graph")
    return document
