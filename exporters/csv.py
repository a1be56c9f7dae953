"""CSV: UTF-8, RFC 4180 with Unix line ends, quotation marks only where needed. Its bytes give the content hash."""

from __future__ import annotations

from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Table
from armsdata.schema.metadata import Metadata

from .contract import TableWriter, TypedBatch
from .text import cell_texts, joined, spread


class CsvFormat:
    """See `TableFormat`."""

    name = "csv"
    suffix = ".csv"
    media_type = "text/csv"

    def render(self, batch: TypedBatch, metadata: Metadata | None = None) -> memoryview:
        """The rows as bytes."""
        parts = []
        last = len(batch.table.columns) - 1
        for place, (_, cells, texts) in enumerate(cell_texts(batch)):
            end = "\n" if place == last else ""
            parts.append(spread(cells, _ended(quoted(texts), end), end))
        return joined(parts, ",", batch.size)

    def open(self, stream: IO[bytes], table: Table, metadata: Metadata | None = None) -> TableWriter:
        """Write the header."""
        stream.write((",".join(column.name for column in table.columns) + "\n").encode("utf-8"))
        return _Writer(stream)


class _Writer:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, rendered: Any) -> None:
        self._stream.write(rendered)

    def close(self) -> None:
        """Nothing follows the last row."""


def quoted(texts: pa.Array) -> pa.Array:
    """The texts with quotation marks where RFC 4180 needs them."""
    needs = pc.fill_null(pc.match_substring_regex(texts, '[",\r\n]'), False)
    if not pc.any(needs).as_py():
        return texts
    mark = pa.scalar('"')
    within = pc.binary_join_element_wise(mark, pc.replace_substring(texts, '"', '""'), mark, "")
    return pc.if_else(needs, within, texts)


def _ended(texts: pa.Array, end: str) -> pa.Array:
    return pc.binary_join_element_wise(texts, pa.scalar(end), "") if end else texts
