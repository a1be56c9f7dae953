"""JSON-LD 1.1: one document a table, its context first and inline, one node a line."""

from __future__ import annotations

import json
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column, Kind, Table
from armsdata.schema.cells import Cells
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import iri_prefix

from .context import context
from .contract import TableWriter, TypedBatch
from .text import cell_texts, joined, spread

_NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_BARE = (Kind.BOOLEAN, Kind.INTEGER)


class JsonLdFormat:
    """See `TableFormat`."""

    name = "jsonld"
    suffix = ".jsonld"
    media_type = "application/ld+json"

    def render(self, batch: TypedBatch, metadata: Metadata) -> memoryview:
        """The nodes as bytes, each on a line that begins with the comma that parts it from the one before."""
        parts = []
        for column, cells, texts in cell_texts(batch):
            parts += _members(batch.table, column, cells, texts)
        parts.append(pa.scalar("}"))
        return joined(parts, "", batch.size)

    def open(self, stream: IO[bytes], table: Table, metadata: Metadata) -> TableWriter:
        """Write the context."""
        text = json.dumps(context(table, metadata), ensure_ascii=False, separators=(",", ":"))
        stream.write(f'{{"@context":{text},\n"@graph":['.encode())
        return _Writer(stream)


class _Writer:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._first = True

    def write(self, rendered: Any) -> None:
        if len(rendered):
            self._stream.write(rendered[1:] if self._first else rendered)
            self._first = False

    def close(self) -> None:
        self._stream.write(b"\n]}\n")


def _members(table: Table, column: Column, cells: Cells, texts: pa.Array) -> list[pa.Array]:
    """The text of one member of each node; empty where the cell is."""
    if column.many:
        lists = [None if items is None else _list_member(column, items) for items in cells.values.to_pylist()]
        return [spread(cells, pa.array(lists, pa.string()), "")]
    if column.kind is Kind.ID:
        head = pa.scalar(f',\n{{"@id":"{table.record}/')
        kind = pa.scalar(f'","@type":"{table.term}","{column.name}":"')
        keys = spread(cells, texts, "")
        return [head, keys, kind, keys, pa.scalar('"')]
    if column.kind in _BARE:
        before, after = f',"{column.name}":', ""
    else:
        before, after = f',"{column.name}":"{iri_prefix(column)}', '"'
        texts = _escaped(texts)
    return [spread(cells, pc.binary_join_element_wise(pa.scalar(before), texts, pa.scalar(after), ""), "")]


def _list_member(column: Column, items: list[str]) -> str:
    prefix = iri_prefix(column)
    return f',"{column.name}":' + json.dumps(
        [prefix + item for item in items], ensure_ascii=False, separators=(",", ":")
    )


def _escaped(texts: pa.Array) -> pa.Array:
    """The texts as they stand within the quotation marks of JSON."""
    needs = np.asarray(pc.fill_null(pc.match_substring_regex(texts, _NEEDS_ESCAPE), False))
    if not needs.any():
        return texts
    places = np.flatnonzero(needs)
    escaped = [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts.take(pa.array(places)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(needs), pa.array(escaped, type=pa.string()))
