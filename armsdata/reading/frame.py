"""Reading pandas frames: what `armsdata.load()` gave, or what somebody built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from armsdata.errors import UsageError
from armsdata.schema import TABLES, Table

from .batch import Batch
from .header import Header
from .typed import judge_columns, typed_batch

_ROWS = 1 << 16


def table_of_frame(frame: pd.DataFrame, table: str = "") -> Table:
    """The table that a frame holds.

    Raises:
        UsageError: it cannot be told.
    """
    if table:
        if table not in TABLES:
            raise UsageError(f"table={table!r}: there is no such table; tables are {', '.join(TABLES)}")
        return TABLES[table]
    found = Header(names=[str(name) for name in frame.columns]).table()
    if found is None:
        raise UsageError(f"cannot tell which table this frame is; say table= with one of {', '.join(TABLES)}")
    return found


class FrameReader:
    """One frame of a table. See `Reader`; the line of a record is its number plus one, as in a CSV file."""

    def __init__(self, frame: pd.DataFrame, table: Table) -> None:
        self.frame, self.table, self.label = frame, table, f"<{table.name}>"
        self._places, self.findings = judge_columns([str(name) for name in frame.columns], table, self.label)
        self.numbers = {name: place + 1 for name, place in self._places.items()}

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the frame; see `Reader`."""
        for first in range(0, len(self.frame), _ROWS):
            yield partial(self._batch, first)

    def _batch(self, first: int) -> Batch:
        part = self.frame.iloc[first : first + _ROWS]
        arrays = {name: _arrow(part.iloc[:, place]) for name, place in self._places.items()}
        return typed_batch(self, arrays, len(part), first)


def _arrow(series: pd.Series[Any]) -> pa.Array:
    """The column as Arrow has it; a column of mixed Python objects as texts, or as lists of them."""
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.astype("string")
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        values = [None if _empty(one) else one for one in series]
        if any(isinstance(one, _LISTS) for one in values):
            array = pa.array([_items(one) for one in values], pa.list_(pa.binary())).view(pa.list_(pa.string()))
        else:
            array = pa.array([None if one is None else _utf8(one) for one in values], pa.binary()).view(pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


_LISTS = (list, tuple, set, frozenset, np.ndarray)


def _items(value: object) -> list[bytes | None] | None:
    if value is None:
        return None
    items = value if isinstance(value, _LISTS) else [value]
    return [None if _empty(one) else _utf8(one) for one in items]


def _utf8(value: object) -> bytes:
    """The text of an object; half a character (a lone surrogate) becomes bytes that are found not to be UTF-8."""
    return str(value).encode("utf-8", "surrogatepass")


def _empty(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)
