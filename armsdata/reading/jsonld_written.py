"""Nodes of JSON-LD as a release writes them: read many at once, and proven by writing them again.

Arrow reads JSON several times as fast as Python, in all threads at once, but lets things pass that a record must not
have. So what it read is written as a release would; only where that gives the very bytes of the file does it count.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from armsdata.exporters.jsonld import nodes
from armsdata.exporters.rows import MOST_BYTES
from armsdata.exporters.text import Texts
from armsdata.schema import Column, Kind, Table
from armsdata.schema.arrays import Bytes, is_utf8
from armsdata.schema.cells import Cells
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.tables import iri_prefix

from .typed import ODD_ITEM_RE2, list_offsets

_NEWLINE, _COMMA, _BLANK = b"\n, "
_TYPES = {Kind.BOOLEAN: pa.bool_(), Kind.INTEGER: pa.int64()}


def read_written(table: Table, lines: bytes, base: str) -> dict[str, pa.Array] | None:
    """The text of each column of some nodes.

    Args:
        table: the table that they are records of.
        lines: a node a line, all with a comma at the end but for the last of a file.
        base: the base IRI of the file.

    Returns:
        utf8, or dictionary<int32, utf8> where texts repeat, by the name of the column; null = empty cell. None where
        anything is not as a release writes it: then each node is to be looked at.
    """
    if not (lines.startswith(b"{") and lines.endswith((b"}\n", b"},\n"))) or b"\\u0000" in lines:
        return None
    if len(lines) >= MOST_BYTES or not is_utf8(lines, len(lines)):  # which Arrow's reader does not ask
        return None
    found = _parsed(table, lines)
    if found is None:
        return None
    columns = []
    for column in table.columns:
        texts = _texts(table, column, found.column(column.name).combine_chunks(), base)
        if texts is None:
            return None
        columns.append(texts)
    if not _written(table, columns, found.num_rows, np.frombuffer(lines, np.uint8)):
        return None
    return {column.name: cells.coded(texts) for column, cells, texts in columns}


def _parsed(table: Table, lines: bytes) -> pa.Table | None:
    """What Arrow reads; None where a node has what no column can."""
    body = np.frombuffer(lines, np.uint8).copy()
    before_ends = np.flatnonzero(body == _NEWLINE) - 1
    body[before_ends[body[before_ends] == _COMMA]] = _BLANK  # between documents of JSON stands no comma
    kinds = {
        column.name: pa.list_(pa.string()) if column.many else _TYPES.get(column.kind, pa.string())
        for column in table.columns
    }
    try:
        found = pj.read_json(
            pa.BufferReader(pa.py_buffer(body)),
            pj.ReadOptions(use_threads=False, block_size=len(body) + 1),
            pj.ParseOptions(explicit_schema=pa.schema(kinds), unexpected_field_behavior="ignore"),
        )
    except pa.ArrowException:
        return None
    return found if found.num_rows == len(before_ends) else None


def _texts(table: Table, column: Column, values: pa.Array, base: str) -> Texts | None:
    """The texts of a column; None where a cell cannot have them, or another would be read."""
    prefix = iri_prefix(column)
    if prefix and base and (base.startswith(prefix) or prefix.startswith(base)):
        return None  # an IRI that begins with the base is taken for an absolute one
    if column.many:
        values = _list_texts(values, prefix)
    elif not pa.types.is_string(values.type):
        values = values.cast(pa.string())
    if values is None:
        return None
    array = values.dictionary_encode() if table.repeats(column.name) else values
    indices, texts = (array.indices, array.dictionary) if table.repeats(column.name) else (None, array)
    if prefix and not column.many:
        texts = pc.utf8_slice_codeunits(texts, len(prefix))
    if pc.min(pc.binary_length(texts)).as_py() == 0:
        return None
    return column, Cells(column, indices, texts, texts), texts


def _list_texts(values: pa.Array, prefix: str) -> pa.Array | None:
    """The items of each list, joined; None where one cannot stand in a list."""
    items = pc.list_flatten(values).dictionary_encode()
    texts = pc.utf8_slice_codeunits(items.dictionary, len(prefix)) if prefix else items.dictionary
    if pc.any(pc.match_substring_regex(texts, ODD_ITEM_RE2)).as_py():
        return None
    lists = pa.ListArray.from_arrays(list_offsets(values), texts.take(items.indices))
    return pc.if_else(values.is_valid(), pc.binary_join(lists, LIST_JOIN), pa.scalar(None, pa.string()))


def _written(table: Table, columns: Iterable[Texts], size: int, lines: Bytes) -> bool:
    """Whether a release would write these very lines."""
    place = -2  # it begins each node with the comma and the end of the line before
    for piece in nodes(table, columns, size):
        rendered = np.frombuffer(piece, np.uint8)[max(0, -place) :]
        first = max(0, place)
        if not np.array_equal(lines[first : first + len(rendered)], rendered):
            return False
        place = first + len(rendered)
    return lines[place:].tobytes() in (b",\n", b"\n")
