"""A JSON-LD document as a file: the base its context states, and the lines or the list that hold its nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from armsdata.errors import NoTable
from armsdata.schema import Table

from .jsonld_written import read_written

#: So many nodes are taken at once where they stand in one document, so many bytes where each has a line of its own.
_NODES, _BYTES = 1 << 14, 8 << 20
#: The line of a node, and its members.
Node = tuple[int, dict[str, Any]]


def base_of(path: Path) -> str:
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


@dataclass(frozen=True)
class Lines:
    """Some lines of a file in which each node has a line of its own.

    Attributes:
        path: the file.
        first: the number of the first of the lines.
        data: their bytes.
        before: what stands before them: the beginning of the list (``[``), a node with a comma after it (``,``) or
            without (``}``), or the end of the list (``]``).
        last: whether nothing follows.
    """

    path: Path
    first: int
    data: bytes
    before: str
    last: bool

    def written(self, table: Table, base: str) -> dict[str, pa.Array] | None:
        """The columns, where the nodes are as a release writes them; see `read_written`."""
        lines = self.data.removesuffix(b"]}\n")
        ended = len(lines) < len(self.data)
        if self.before not in "[," or (ended and lines.endswith(b",\n")) or (self.last and not ended):
            return None
        return read_written(table, lines, base)

    def nodes(self) -> Iterator[Node]:
        """Every node with its line.

        Raises:
            NoTable: a line is no node, what parts two nodes is missing, or the list does not end.
        """
        before = self.before
        for number, line in enumerate(self.data.split(b"\n"), self.first):
            body = line.strip()
            if body == b"]}" and before == ",":
                raise NoTable(self.path, "a comma stands before the end of the list: take it out", line=number)
            if body and before not in ("[}" if body == b"]}" else "[,"):
                raise NoTable(self.path, "not the comma or the end that must stand between two nodes", line=number)
            before = _end_of(body) or before
            if body and body != b"]}":
                yield number, _node(self.path, number, body.removesuffix(b","))
        if self.last and before != "]":
            ends = self.first + self.data.count(b"\n") - (not self.data or self.data.endswith(b"\n"))
            raise NoTable(self.path, "the file ends before its list of nodes does: it is cut off", line=ends)

    def after(self) -> tuple[int, str]:
        """The number of the line after these, and what stands before it."""
        body = self.data.rstrip()
        left = _end_of(body[body.rfind(b"\n") + 1 :].strip())
        return self.first + self.data.count(b"\n"), left or self.before


def _end_of(line: bytes) -> str:
    """What a line leaves for those after it; see `Lines`; empty where it is blank."""
    if not line:
        return ""
    return "]" if line == b"]}" else "," if line.endswith(b",") else "}"


def parts_of(path: Path) -> Iterator[Lines | list[Node]]:
    """The nodes of a file: lines that each hold one where it is written so, else of the whole document.

    Raises:
        NoTable: it is no JSON-LD file as a release has it.
    """
    with path.open("rb") as file:
        if not (file.readline().startswith(b'{"@context":') and file.readline().rstrip() == b'"@graph":['):
            nodes = _nodes_of_whole(path)
            while some := list(islice(nodes, _NODES)):
                yield some
            return
        number, before, data = 3, "[", file.read(_BYTES) + file.readline()
        while True:
            following = file.read(_BYTES) + file.readline()
            lines = Lines(path, number, data, before, not following)
            yield lines
            if lines.last:
                return
            data, (number, before) = following, lines.after()


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
