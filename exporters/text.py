"""The text of every cell as it stands in a release, and joining cells to rows at the speed of Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column
from armsdata.schema.cells import Cells, canonical
from armsdata.schema.edtf import day_text

from .contract import TypedBatch


def cell_texts(batch: TypedBatch) -> Iterator[tuple[Column, Cells, pa.Array]]:
    """For each column of the table in order: its declaration, where its rows point, and the text of each position.

    The text is the one way to write the value; null = empty cell. A derived column shares the rows of its source.
    """
    for column in batch.table.columns:
        if column.derived_from:
            source = batch.cells[column.derived_from]
            yield column, source, day_texts(source.days[column.end])
        else:
            cells = batch.cells[column.name]
            yield column, cells, canonical(cells)


def day_texts(days: pa.Array) -> pa.Array:
    """Days as `YYYY-MM-DD`, years beyond 9999 and before 0 included."""
    numbers = days.cast(pa.int32()).to_pylist()
    return pa.array([None if day is None else _day_text(day) for day in numbers], type=pa.string())


_day_text = lru_cache(maxsize=1 << 16)(day_text)


def joined(parts: list[pa.Array], between: str, size: int) -> memoryview:
    """The bytes of all rows, one behind the other: the parts of each row joined by `between`.

    Args:
        parts: `size` texts each, or one text for all rows.
        between: what stands between the parts.
        size: the number of rows.
    """
    if not size:
        return memoryview(b"")
    if all(isinstance(part, pa.Scalar) for part in parts):  # rows of nothing but empty cells
        parts = [pa.repeat(parts[0], size), *parts[1:]]
    rows = pc.binary_join_element_wise(*parts, between)
    _, offsets, data = rows.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[rows.offset : rows.offset + len(rows) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]


def spread(cells: Cells, texts: pa.Array, empty: str) -> pa.Array | pa.Scalar:
    """One text a row, `empty` where the cell is; a single one for all rows where every cell is."""
    if texts.null_count == len(texts):
        return pa.scalar(empty)
    return pc.fill_null(cells.spread(texts), empty)
