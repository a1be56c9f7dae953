"""Texts that hold what look like records: CSV cannot tell them from records that an open quotation mark swallowed.

In CSV such a text is a `runaway-quote`. So that what is accepted in one format is accepted in every other, and a
release of it reads back, it is one in every format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.exporters.csv import quoted
from armsdata.exporters.text import cell_texts, holding
from armsdata.reading.csv import swallows
from armsdata.reading.repair import RUNAWAY_LINES, Shape
from armsdata.schema import Column, Table
from armsdata.schema.arrays import Mask
from armsdata.schema.cells import Cells


def swallowing(table: Table, cells: dict[str, Cells]) -> Iterator[tuple[Column, list[int], list[str]]]:
    """The columns of a batch where a text would not read back from CSV, with the rows and the texts."""
    rows: list[list[str]] = []
    for place, column in enumerate(table.columns):
        if not column.prose:
            continue
        of_column = cells[column.name]
        doubtful = np.flatnonzero(of_column.spread_mask(_long(table, of_column.texts)))
        if not len(doubtful):
            continue
        rows = rows or _rows(table, cells)
        bad = [row for row in doubtful.tolist() if _swallows(table, rows[row], place)]
        if bad:
            yield column, bad, of_column.spread(of_column.texts).take(pa.array(bad)).to_pylist()


def _long(table: Table, texts: pa.Array) -> Mask:
    """The texts of so many lines and commas that one line before the last could be a record."""
    long: Mask = np.zeros(len(texts), dtype=bool)
    broken = holding(texts, b"\n")
    if len(broken):  # seldom
        some = texts.take(pa.array(broken))
        lines = pc.greater_equal(pc.count_substring(some, "\n"), RUNAWAY_LINES)
        commas = pc.greater_equal(pc.count_substring(some, ","), len(table.source_columns) - 1)
        long[broken] = np.asarray(pc.fill_null(pc.and_(lines, commas), False))
    return long


def _rows(table: Table, cells: dict[str, Cells]) -> list[list[str]]:
    """The cells of each row as CSV has them."""
    columns = [
        pc.fill_null(quoted(of_column.spread(texts)), "").to_pylist()
        for _, of_column, texts in cell_texts(table, cells)
    ]
    return list(map(list, zip(*columns, strict=True)))


def _swallows(table: Table, row: Sequence[str], place: int) -> bool:
    """Whether the cell would count as a runaway in a file of the dataset, or of a release."""
    return any(_in_file(table, row, place, columns) for columns in (table.source_columns, table.columns))


def _in_file(table: Table, row: Sequence[str], place: int, columns: Sequence[Column]) -> bool:
    names = [column.name for column in columns]
    texts = dict(zip((column.name for column in table.columns), row, strict=True))
    written = [texts[name].encode("utf-8") for name in names]
    before = b"".join(cell + b"," for cell in written[: names.index(table.columns[place].name)])
    start = len(before) + 1
    stop = len(before) + len(texts[table.columns[place].name].encode("utf-8")) - 1
    shape = Shape(",", len(names), names.index(table.key), re.compile(table.by_name[table.key].pattern))
    return swallows(shape, b",".join(written) + b"\n", start, stop)
