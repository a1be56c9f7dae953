"""Judging one batch by itself: type its cells, let pandera judge the typed columns, and find the rows at fault.

Pandera says whether a batch is sound. Only when it says no are the same predicates asked which rows break them, so a
clean batch costs one pass and a bad one costs no frame of failure cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.exporters.text import day_texts
from armsdata.reading.batch import Batch
from armsdata.schema import Table
from armsdata.schema.arrays import Mask
from armsdata.schema.cells import Cells, Fault, type_cells
from armsdata.schema.columns import Column, Kind
from armsdata.schema.rules import RowRule, column_rules, row_rules

from .swallowed import swallowing

if TYPE_CHECKING:
    import pandas as pd

Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Group:
    """Faults of one column, or of one row rule, in a batch.

    Attributes:
        column: the column at which the findings stand.
        rows: the rows at fault, counted within the batch.
        which: for each of them its fault in `faults`.
        faults: the distinct faults.
        rule: the row rule that is broken, if it is one.
    """

    column: str
    rows: Rows
    which: Rows
    faults: Sequence[Fault]
    rule: RowRule | None = None


@dataclass
class Judged:
    """A batch, typed and judged by itself.

    Attributes:
        batch: the batch.
        cells: every source column by name.
        groups: what is wrong with its cells and rows.
    """

    batch: Batch
    cells: dict[str, Cells]
    groups: list[Group] = field(default_factory=list)


def judge(table: Table, batch: Batch) -> Judged:
    """Judge a batch by itself: everything but keys, references and other tables."""
    cells = {column.name: type_cells(column, _texts(column, batch)) for column in table.source_columns}
    judged = Judged(batch, cells)
    for column in table.source_columns:
        judged.groups += _cell_groups(column, judged)
    judged.groups += _derived_groups(table, judged)
    judged.groups += _swallowing_groups(table, judged)
    if not _pandera_agrees(table, judged):
        judged.groups += _rule_groups(table, judged)
        if not (judged.groups or batch.findings or batch.spoiled or _lacks_cells(table, batch)):
            raise RuntimeError(f"pandera refuses a batch of {table.name}, but no declared rule is broken")
    return judged


def _lacks_cells(table: Table, batch: Batch) -> bool:
    """Whether cells are missing for a reason that is told elsewhere: a column that is not there, a shifted row."""
    return batch.muted is not None or any(
        column.required and column.name not in batch.columns for column in table.columns
    )


def _texts(column: Column, batch: Batch) -> pa.Array:
    texts = batch.columns.get(column.name)
    return pa.nulls(batch.size, pa.string()).dictionary_encode() if texts is None else texts


def _mute(batch: Batch, column: str, rows: Rows) -> Mask:
    """Which of these rows are to be judged in this column at all."""
    keep = np.ones(len(rows), dtype=bool)
    if batch.muted is not None:
        keep &= ~batch.muted[rows]
    if column in batch.spoiled:
        keep &= ~batch.spoiled[column][rows]
    return keep


def group_of(judged: Judged, column: str, faults: list[Fault]) -> Group | None:
    """The rows that show these faults of distinct texts; None where there are none."""
    if not faults:
        return None
    cells = judged.cells[column]
    order = np.argsort([fault.position for fault in faults], kind="stable")
    positions = np.array([fault.position for fault in faults])[order]
    if cells.places is None:
        rows, which = positions.astype(np.int64), order.astype(np.int64)
    else:
        # For each row the run of faults of its text: first one, and how many. An empty cell has none.
        firsts = np.searchsorted(positions, np.arange(-1, len(cells.texts) + 1))
        low = firsts[cells.places]
        many = firsts[1:][cells.places] - low
        at_fault = np.flatnonzero(many)
        rows = np.repeat(at_fault, many[at_fault])
        starts = np.repeat(low[at_fault], many[at_fault])
        runs = np.arange(len(rows)) - np.repeat(np.cumsum(many[at_fault]) - many[at_fault], many[at_fault])
        which = order[starts + runs]
    keep = _mute(judged.batch, column, rows)
    return Group(column, rows[keep], which[keep], faults) if keep.any() else None


def _cell_groups(column: Column, judged: Judged) -> list[Group]:
    group = group_of(judged, column.name, judged.cells[column.name].faults)
    return [group] if group else []


# ---------------------------------------------------------------------------------------------- derived days


def _derived_groups(table: Table, judged: Judged) -> list[Group]:
    """A release that is read back holds derived days: each must be what its date allows."""
    groups = []
    for column in table.derived_columns:
        texts = judged.batch.columns.get(column.name)
        if texts is None:
            continue
        source = judged.cells[column.derived_from]
        given = texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts
        # Compared as texts, since years before 0 and beyond 9999 are days that can be derived, but not typed in.
        days = source.spread(day_texts(source.days[column.end]))
        wrong = np.asarray(pc.not_equal(pc.fill_null(given, ""), pc.fill_null(days, ""))) & ~source.unreadable
        rows = np.flatnonzero(wrong)
        rows = rows[_mute(judged.batch, column.name, rows)]
        if len(rows):
            plain = given.take(pa.array(rows)).to_pylist()
            faults = [Fault(-1, "bad-date", text or "", "derived") for text in plain]
            groups.append(Group(column.name, rows, np.arange(len(rows)), faults))
    return groups


def _swallowing_groups(table: Table, judged: Judged) -> list[Group]:
    groups = []
    for column, at_fault, texts in swallowing(table, judged.cells):
        rows = np.array(at_fault, dtype=np.int64)
        keep = _mute(judged.batch, column.name, rows)
        faults = [Fault(-1, "runaway-quote", text) for text in texts]
        if keep.any():
            groups.append(Group(column.name, rows[keep], np.flatnonzero(keep), faults))
    return groups


# ---------------------------------------------------------------------------------------------- pandera


def frame(table: Table, columns: Mapping[str, Cells]) -> pd.DataFrame:
    """The typed columns of a batch as a frame with the types of the public models."""
    import pandas as pd

    from armsdata.schema.models import to_pandas

    typed: dict[str, Any] = {}
    for column in table.columns:
        cells, values = _values(column, columns)
        typed[column.name] = to_pandas(column, cells.spread(values))
    return pd.DataFrame(typed, copy=False)


def _values(column: Column, columns: Mapping[str, Cells]) -> tuple[Cells, pa.Array]:
    """The cells of a column, or of that from which it is derived, and the values of their positions."""
    if column.derived_from:
        source = columns[column.derived_from]
        return source, source.days[column.end]
    cells = columns[column.name]
    return cells, cells.values


def _pandera_agrees(table: Table, judged: Judged) -> bool:
    """Whether pandera finds the batch sound; it is given the columns of which any rule has something to say."""
    from armsdata.schema.models import batch_schema, get_ready, spoken_of

    get_ready()
    import pandas as pd
    from pandas.arrays import ArrowExtensionArray
    from pandera.errors import SchemaErrors

    judgeable = {}
    for column in table.columns:
        cells, values = _values(column, judged.cells)
        if column.required or (column.name in spoken_of(table) and values.null_count < len(values)):
            judgeable[column.name] = cells.coded(values)
    coded = pd.DataFrame({name: ArrowExtensionArray(array) for name, array in judgeable.items()}, copy=False)
    try:
        batch_schema(table).validate(coded, lazy=True, inplace=True)
    except SchemaErrors:
        return False
    return True


# ---------------------------------------------------------------------------------------------- rules


def _rule_groups(table: Table, judged: Judged) -> list[Group]:
    """Where the declared rules are broken, asked of the distinct values."""
    groups: list[Group] = []
    values: dict[str, pa.Array] = {}
    for column in table.source_columns:
        cells = judged.cells[column.name]
        if column.required:
            groups += _missing(column, judged)
        judgeable = cells.values
        for rule in column_rules(column):
            broken = rule.broken(judgeable)
            if not broken.any():
                continue
            positions = np.flatnonzero(broken)
            texts = cells.texts.take(pa.array(positions)).to_pylist()
            faults = [
                _better(column, Fault(int(place), rule.code, text))
                for place, text in zip(positions, texts, strict=True)
            ]
            group = group_of(judged, column.name, faults)
            groups += [group] if group else []
            if column.kind is Kind.DECIMAL:  # a number that cannot be is not compared with others
                judgeable = pa.compute.if_else(pa.array(~broken), judgeable, pa.scalar(None, judgeable.type))
        values[column.name] = cells.coded(judgeable)
    for column in table.derived_columns:
        source = judged.cells[column.derived_from]
        values[column.name] = source.coded(source.days[column.end])
    return groups + [group for rule in row_rules(table) if (group := _row_group(rule, judged, values)) is not None]


def _better(column: Column, fault: Fault) -> Fault:
    """Damage done by a spreadsheet says more than that an identifier is not of its form."""
    from armsdata.schema.cells import wrong

    return wrong(column, fault.position, fault.value, fault.code)


def _missing(column: Column, judged: Judged) -> list[Group]:
    if column.name not in judged.batch.columns:  # the column itself is missing: that is one finding, in the header
        return []
    rows = np.flatnonzero(judged.cells[column.name].empty)
    rows = rows[_mute(judged.batch, column.name, rows)]
    if not len(rows):
        return []
    return [Group(column.name, rows, np.zeros(len(rows), np.int64), [Fault(-1, "missing-value", "")])]


def _row_group(rule: RowRule, judged: Judged, values: dict[str, pa.Array]) -> Group | None:
    broken = rule.broken(values)
    if not broken.any():
        return None
    broken = broken & ~judged.cells[rule.place].unreadable
    rows = np.flatnonzero(broken)
    rows = rows[_mute(judged.batch, rule.place, rows)]
    if not len(rows):
        return None
    return Group(rule.place, rows, np.zeros(len(rows), np.int64), [Fault(-1, rule.code, "")], rule)
