"""The text of every cell as it stands in a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column, Table
from armsdata.schema.arrays import Places, body, edges
from armsdata.schema.cells import Cells
from armsdata.schema.edtf import day_text

Texts = tuple[Column, Cells, pa.Array]


def cell_texts(table: Table, columns: Mapping[str, Cells]) -> Iterator[Texts]:
    """For each column of a table in order: its declaration, where its rows point, and the text of each position.

    The text is the one way to write the value; null = empty cell. A derived column shares the rows of its source.
    """
    for column in table.columns:
        if column.derived_from:
            source = columns[column.derived_from]
            yield column, source, day_texts(source.days[column.end])
        else:
            cells = columns[column.name]
            yield column, cells, cells.canonical


def day_texts(days: pa.Array) -> pa.Array:
    """Days as `YYYY-MM-DD`, years beyond 9999 and before 0 included."""
    numbers = days.cast(pa.int32())
    limits = pc.min_max(numbers).as_py()
    if limits["min"] is None or (limits["min"] >= _FIRST and limits["max"] <= _LAST):
        return days.cast(pa.string())
    return pa.array([None if day is None else _day_text(day) for day in numbers.to_pylist()], type=pa.string())


#: 0001-01-01 and 9999-12-31: between them Arrow writes days as we do.
_FIRST, _LAST = -719_162, 2_932_896
_day_text = lru_cache(maxsize=1 << 16)(day_text)


def holding(texts: pa.Array, wanted: bytes, *, controls: bool = False) -> Places:
    """The positions of the texts that hold any of these bytes (with `controls` any below the blank, too), in order."""
    all_bytes = body(texts)
    raw = all_bytes.tobytes()
    if not (any(byte in raw for byte in wanted) or (controls and raw and all_bytes.min() < 0x20)):  # as a rule
        return np.zeros(0, dtype=np.int64)
    hits = all_bytes < 0x20 if controls else np.zeros(len(raw), dtype=bool)
    for byte in wanted:
        hits |= all_bytes == byte
    _, starts, ends = edges(texts)
    places = np.flatnonzero(hits) + starts[0]
    return np.unique(np.searchsorted(ends, places, side="right"))


def with_others(texts: pa.Array, places: Places, others: pa.Array) -> pa.Array:
    """The texts, but with others at these positions."""
    mask = np.zeros(len(texts), dtype=bool)
    mask[places] = True
    return pc.replace_with_mask(texts, pa.array(mask), others)
