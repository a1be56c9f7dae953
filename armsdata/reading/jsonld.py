"""Reading JSON-LD as a release has it: nodes whose keys are the names of the columns. Nothing is ever fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.findings import VALUE_LIMIT, Finding, shorten
from armsdata.schema import Column, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.tables import iri_prefix

from .batch import Batch
from .jsonld_document import Lines, Node, base_of, parts_of
from .typed import ODD_ITEM, Odd, Odds, judge_columns, odd_finding, odd_item, odd_text

_OWN = ("@id", "@type")


class JsonLdReader:
    """One JSON-LD file of a table. See `Reader`; the line of a record is that of its node."""

    def __init__(self, path: Path, label: str, table: Table) -> None:
        self.path, self.label, self.table = path, label, table
        self._base = base_of(path)
        names = jsonld_columns(path, table, self._base)
        places, self.findings = judge_columns(names, table, label)
        # A column that no node fills is not written at all: only what stands there besides can be wrong.
        self.findings = [one for one in self.findings if one.code != "missing-column"]
        self.numbers = {column.name: number for number, column in enumerate(table.columns, 1)}
        self._keys = {name: names[place] for name, place in places.items()}  # as the file spells them

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file; see `Reader`."""
        for part in parts_of(self.path):
            yield partial(self._read, part)

    def _read(self, part: Lines | list[Node]) -> Batch:
        if isinstance(part, list):
            return self._batch(part)
        found = part.written(self.table, self._base)
        return self._batch(list(part.nodes())) if found is None else self._batch_of(found, part.first)

    def _batch_of(self, found: dict[str, pa.Array], first: int) -> Batch:
        """What was read at once, from this line on; a derived day that no node of the file has is no empty cell."""
        columns = {
            name: array
            for name, array in found.items()
            if name in self._keys or not self.table.by_name[name].derived_from
        }
        size = len(found[self.table.key])
        return Batch(size, columns, lambda: np.arange(first, first + size, dtype=np.int64))

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


def jsonld_columns(path: Path, table: Table | None = None, base: str = "") -> list[str]:
    """The keys that the nodes of a JSON-LD file have, those of JSON-LD itself left out.

    Args:
        path: the file.
        table: the table that it probably holds; known, it takes less time.
        base: the base IRI that the file states.

    Raises:
        NoTable: it is no JSON-LD file as a release has it.
    """
    names: dict[str, None] = {}
    parts = parts_of(path)
    with ThreadPoolExecutor(pa.cpu_count()) as pool:
        while some := list(islice(parts, 4 * pa.cpu_count())):  # no more of the file is held at once
            for found in pool.map(partial(_keys, table, base), some):
                names.update(dict.fromkeys(found))
    return list(names)


def _keys(table: Table | None, base: str, part: Lines | list[Node]) -> list[str]:
    """The keys of some nodes, in the order in which they come."""
    if table and isinstance(part, Lines) and (columns := part.written(table, base)) is not None:
        return [name for name, array in columns.items() if array.null_count < len(array)]
    nodes = part.nodes() if isinstance(part, Lines) else part
    return list({name: None for _, node in nodes for name in node if name not in _OWN})
