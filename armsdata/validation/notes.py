"""What is to be remembered of a batch: hashes of its keys and references, and the figures that rules compare.

This is worked out beside other batches; the ledger then keeps it, batch by batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.schema import Table
from armsdata.schema.arrays import Mask
from armsdata.schema.cells import Cells
from armsdata.schema.columns import Kind

from .judge import Judged, Rows
from .keys import Hashes, hash_texts, salted
from .late import APPROXIMATE, DISPUTED

#: Tables whose keys are looked up while the batches pass; the others' references are settled at the end.
LOOKED_UP = ("sources", "actors", "weapons")
#: Beyond every day that a date column can hold.
OPEN_DAY = 2**31 - 1


@dataclass(frozen=True)
class Notes:
    """What is to be remembered of a batch.

    Attributes:
        key: the hash of each row's key; 0 where it is empty.
        alike: one hash a row of all that describes it; rows that are muted or say nothing are like no other.
        references: of columns whose references are settled at the end, the hash of each, and the row it stands in.
        figures: of transfers and claims what other rows are compared with, by field.
    """

    key: Hashes
    alike: Hashes
    references: dict[str, tuple[Hashes, Rows]]
    figures: dict[str, Any]


def note(table: Table, judged: Judged) -> Notes:
    """What is to be remembered of a batch."""
    cells, hashed = judged.cells[table.key], RowHashes()
    later = {
        column.name: references(judged.cells[column.name], hashed)
        for column in table.source_columns
        if column.kind is Kind.REFERENCE
        and (column.references not in LOOKED_UP or column.references == table.name)
        and _filled(judged.cells[column.name])
    }
    figures = FIGURES[table.name](judged, hashed) if table.name in FIGURES else {}
    return Notes(hashed.of(cells, cells.values), _alike(table, judged, hashed), later, figures)


class RowHashes:
    """A hash of each text of a column, 0 where the cell is empty; of the same texts worked out once.

    Texts are the same where they are the same object.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[pa.Array, Hashes, Hashes | None]] = {}

    def at(self, texts: pa.Array) -> Hashes:
        """One hash a position; not to be changed."""
        if id(texts) not in self._known:
            self._known[id(texts)] = texts, hash_texts(texts), None
        return self._known[id(texts)][1]

    def of(self, cells: Cells, texts: pa.Array) -> Hashes:
        """One hash a row; not to be changed."""
        at = self.at(texts)
        rows = self._known[id(texts)][2]
        if rows is None:
            rows = cells.spread_numbers(at, 0)
            self._known[id(texts)] = texts, at, rows
        return rows


def _filled(cells: Cells) -> bool:
    return bool(cells.values.null_count < len(cells.values))


def _alike(table: Table, judged: Judged, hashed: RowHashes) -> Hashes:
    """One hash a row of several columns: the sum of what each distinct text gives in its column."""
    alike = np.zeros(judged.batch.size, dtype=np.uint64)
    for place, name in enumerate(table.alike):
        cells, empty = judged.cells[name], salted(np.zeros(1, np.uint64), place)[0]
        # One number for all rows where there is no text at all, as in columns that few records fill.
        alike += cells.spread_numbers(salted(hashed.at(cells.described), place), empty) if len(cells.texts) else empty
    for name in table.alike:
        if table.by_name[name].required:
            alike[judged.cells[name].empty] = 0
    if judged.batch.muted is not None:
        alike[judged.batch.muted] = 0
    return alike


def _of_transfers(judged: Judged, hashed: RowHashes) -> dict[str, Any]:
    low, high = _bounds(judged)
    approximate = _is(judged, "quantity_approximate", True)
    disputed = _is(judged, "confidence", "disputed")
    return {
        "low": low,
        "high": high,
        "start": _days(judged, ("delivered", "earliest"), ("ordered", "earliest"), -OPEN_DAY),
        "end": _days(judged, ("delivered", "latest"), None, OPEN_DAY),
        "flags": approximate * APPROXIMATE | disputed * DISPUTED,
    }


def _of_claims(judged: Judged, hashed: RowHashes) -> dict[str, Any]:
    low, high = _bounds(judged)
    cells = judged.cells["transfer_id"]
    denied = _is(judged, "framing", "denied")
    nothing = denied | ((low == -np.inf) & (high == np.inf))  # to compare
    keys = np.where(nothing, np.uint64(0), hashed.of(cells, cells.texts))
    return {"key": keys, "low": low, "high": high}


#: What is compared, by table.
FIGURES: dict[str, Callable[[Judged, RowHashes], dict[str, Any]]] = {"transfers": _of_transfers, "claims": _of_claims}


def references(cells: Cells, hashed: RowHashes) -> tuple[Hashes, Rows]:
    """The hash of every reference of a column, and the row it stands in; 0 where there is none."""
    if not cells.column.many:
        hashes = hashed.of(cells, cells.values)
        return hashes, np.arange(len(hashes))
    filled = np.flatnonzero(~cells.empty)
    values = cells.values.take(pa.array(filled if cells.places is None else cells.places[filled] - 1))
    return hash_texts(pc.list_flatten(values)), filled[np.asarray(pc.list_parent_indices(values))]


def _floats(cells: Cells) -> Any:
    numbers = np.asarray(cells.values.cast(pa.float64()).fill_null(np.nan))
    return cells.spread_numbers(numbers, np.nan)


def _is(judged: Judged, column: str, value: Any) -> Mask:
    cells = judged.cells[column]
    return cells.spread_mask(np.asarray(pc.fill_null(pc.equal(cells.values, value), False)))


def _bounds(judged: Judged) -> tuple[Any, Any]:
    """The least and the most that a row's quantities allow; without any figure nothing is excluded."""
    figures = [_floats(judged.cells[name]) for name in ("quantity", "quantity_low", "quantity_high")]
    quantity, low, high = (np.where(one > 0, one, np.nan) for one in figures)  # what cannot be is told as that
    least = np.fmin(low, quantity)
    most = np.fmax(high, quantity)
    never = least > most  # told as that; there is no figure to compare
    return np.where(np.isnan(least) | never, -np.inf, least), np.where(np.isnan(most) | never, np.inf, most)


def _days(judged: Judged, source: tuple[str, str], other: tuple[str, str] | None, unknown: int) -> Any:
    def days(name: str, end: str) -> Any:
        cells = judged.cells[name]
        return cells.spread_numbers(np.asarray(cells.days[end].cast(pa.int32()).fill_null(unknown)), unknown)

    found = days(*source)
    return np.maximum(found, days(*other)) if other else found
