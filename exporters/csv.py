"""CSV: UTF-8, RFC 4180 with Unix line ends, quotation marks only where needed. Its bytes give the content hash."""

from __future__ import annotations

from functools import partial
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column, Table
from armsdata.schema.metadata import Metadata

from .contract import TableWriter, TypedBatch
from .rows import constant, parts_of, put_together
from .text import holding, with_others


class CsvFormat:
    """See `TableFormat`."""

    name = "csv"
    suffix = ".csv"
    media_type = "text/csv"

    def render(self, batch: TypedBatch, metadata: Metadata | None = None) -> list[memoryview]:
        """The rows as bytes."""
        parts = [
            part
            for place, column in enumerate(batch.texts)
            for part in parts_of(column, partial(_cell, "," if place else ""), "," if place else "")
        ]
        return put_together([*parts, constant("\n")], batch.size)

    def open(self, stream: IO[bytes], table: Table, metadata: Metadata | None = None) -> TableWriter:
        """Write the header."""
        stream.write((",".join(column.name for column in table.columns) + "\n").encode("utf-8"))
        return _Writer(stream)


class _Writer:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, rendered: Any) -> None:
        for piece in rendered:
            self._stream.write(piece)

    def close(self) -> None:
        """Nothing follows the last row."""


def _cell(before: str, column: Column, texts: pa.Array) -> list[str | pa.Array]:
    """One cell of a row, with the comma before it."""
    return [before, quoted(texts)] if before else [quoted(texts)]


def quoted(texts: pa.Array) -> pa.Array:
    """The texts with quotation marks where RFC 4180 needs them."""
    places = holding(texts, b'",\r\n')
    if not len(places):
        return texts
    some = texts.take(pa.array(places))
    mark = pa.scalar('"')
    return with_others(
        texts, places, pc.binary_join_element_wise(mark, pc.replace_substring(some, '"', '""'), mark, "")
    )
