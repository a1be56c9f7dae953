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

from armsdata.errors import UsageError
from armsdata.findings import Finding, severity_of
from armsdata.schema import Column, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.tables import iri_prefix

from .batch import Batch, dictionary_pays
from .typed import judge_columns

_NODES = 1 << 14
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
        self._known = {names[place]: name for name, place in places.items()}

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file; see `Reader`."""
        nodes = _nodes(self.path)
        while part := list(islice(nodes, _NODES)):
            yield partial(self._batch, part)

    def _batch(self, nodes: list[Node]) -> Batch:
        lines = np.array([line for line, _ in nodes], dtype=np.int64)
        findings: list[Finding] = []
        columns = {}
        for column in self.table.columns:
            texts = [self._text(column, line, node.get(column.name), findings) for line, node in nodes]
            array = pa.array(texts, type=pa.string())
            if column.derived_from and array.null_count == len(array):
                continue
            columns[column.name] = array.dictionary_encode() if dictionary_pays(self.table, column.name) else array
        return Batch(len(nodes), columns, lambda: lines, findings)

    def _text(self, column: Column, line: int, value: Any, findings: list[Finding]) -> str | None:
        """The text of a cell from the value of a member."""
        if isinstance(value, list):
            items = [self._text(column, line, one, findings) for one in value]
            return LIST_JOIN.join(one for one in items if one) or None
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, str):
            prefix = iri_prefix(column)
            return value.removeprefix(self._base).removeprefix(prefix) if prefix else value
        findings.append(
            Finding(
                "wrong-type",
                severity_of("wrong-type"),
                self.label,
                line,
                column.name,
                self.numbers[column.name],
                self.table.name,
                None,
                json.dumps(value)[:200],
                f"{column.name} is a JSON {type(value).__name__}",
                "write it as a text, or a list of texts",
            )
        )
        return None


def jsonld_columns(path: Path) -> list[str]:
    """The keys that the nodes of a JSON-LD file have, those of JSON-LD itself left out.

    Raises:
        UsageError: it is no JSON-LD file as a release has it.
    """
    names: dict[str, None] = {}
    for _, node in _nodes(path):
        names.update(dict.fromkeys(name for name in node if not name.startswith("@")))
    return list(names)


def _head(path: Path) -> str:
    """The base IRI that the context of a file states.

    Raises:
        UsageError: the context is to be fetched from elsewhere.
    """
    for value, key in _members(path):
        if key == "@context":
            contexts = value if isinstance(value, list) else [value]
            if any(isinstance(one, str) for one in contexts):
                raise UsageError(
                    f"{path}: its @context is an address; nothing is fetched: write the context into the file"
                )
            return next((str(one["@base"]) for one in contexts if isinstance(one, dict) and "@base" in one), "")
    return ""


def _members(path: Path) -> Iterator[tuple[Any, str]]:
    """The members of the document before its nodes."""
    with path.open("rb") as file:
        first = file.readline()
    start, end = b'{"@context":', b",\n"
    if first.startswith(start) and first.endswith(end):
        try:
            yield json.loads(first[len(start) : -len(end)]), "@context"
            return
        except ValueError:
            pass
    document = _whole(path)
    yield from ((value, key) for key, value in document.items())


def _nodes(path: Path) -> Iterator[Node]:
    """Every node with its line: line by line where the file is written so, else from the whole document."""
    with path.open("rb") as file:
        if not (file.readline().startswith(b'{"@context":') and file.readline().rstrip() == b'"@graph":['):
            yield from _nodes_of_whole(path)
            return
        for number, line in enumerate(file, 3):
            body = line.strip()
            if body in (b"]}", b""):
                continue
            yield number, _node(path, number, body.removesuffix(b","))


def _node(path: Path, line: int, text: bytes) -> dict[str, Any]:
    try:
        node = json.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}, line {line}: not a JSON node ({error})") from None
    if not isinstance(node, dict):
        raise UsageError(f"{path}, line {line}: not a JSON object")
    return node


def _nodes_of_whole(path: Path) -> Iterator[Node]:
    graph = _whole(path).get("@graph", [])
    if not isinstance(graph, list) or not all(isinstance(node, dict) for node in graph):
        raise UsageError(f"{path}: @graph is not a list of nodes")
    yield from ((1, node) for node in graph)


def _whole(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes(), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a readable JSON-LD file ({error})") from None
    if not isinstance(document, dict):
        raise UsageError(f"{path}: not a JSON-LD document with @context and @graph")
    return document
