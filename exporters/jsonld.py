"""JSON-LD 1.1: one document a table, its context first and inline, one node a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column, Kind, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.metadata import Metadata
from armsdata.schema.tables import iri_prefix

from .context import context
from .contract import TableWriter, TypedBatch
from .rows import constant, parts_of, put_together
from .text import Texts, holding, with_others

_BARE = (Kind.BOOLEAN, Kind.INTEGER)


class JsonLdFormat:
    """See `TableFormat`."""

    name = "jsonld"
    suffix = ".jsonld"
    media_type = "application/ld+json"

    def render(self, batch: TypedBatch, metadata: Metadata) -> list[memoryview]:
        """The nodes as bytes."""
        return nodes(batch.table, batch.texts, batch.size)

    def open(self, stream: IO[bytes], table: Table, metadata: Metadata) -> TableWriter:
        """Write the context."""
        text = json.dumps(context(table, metadata), ensure_ascii=False, separators=(",", ":"))
        stream.write(f'{{"@context":{text},\n"@graph":['.encode())
        return _Writer(stream)


def nodes(table: Table, columns: Iterable[Texts], size: int) -> list[memoryview]:
    """The nodes of so many records as bytes, from the texts of all their columns.

    Each is on a line that begins with the comma that parts it from the one before.
    """
    parts = [part for column in columns for part in parts_of(column, partial(_member, table))]
    return put_together([*parts, constant("}")], size)


class _Writer:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._first = True

    def write(self, rendered: Any) -> None:
        for piece in rendered:
            self._stream.write(piece[1:] if self._first else piece)
            self._first = False

    def close(self) -> None:
        self._stream.write(b"\n]}\n")


def _member(table: Table, column: Column, texts: pa.Array) -> list[str | pa.Array]:
    """One member of a node, for each text of its column."""
    if column.kind is Kind.ID:
        return [f',\n{{"@id":"{table.record}/', texts, f'","@type":"{table.term}","{column.name}":"', texts, '"']
    if column.kind in _BARE:
        return [f',"{column.name}":', texts]
    prefix, escaped = iri_prefix(column), _escaped(texts)
    if column.many:
        return [f',"{column.name}":["{prefix}', pc.replace_substring(escaped, LIST_JOIN, f'","{prefix}'), '"]']
    return [f',"{column.name}":"{prefix}', escaped, '"']


def _escaped(texts: pa.Array) -> pa.Array:
    """The texts as they stand within the quotation marks of JSON."""
    places = holding(texts, b'"\\', controls=True)
    if not len(places):
        return texts
    escaped = [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts.take(pa.array(places)).to_pylist()]
    return with_others(texts, places, pa.array(escaped, type=pa.string()))
