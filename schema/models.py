"""The typed pandera models, built from the declaration: `Transfers.validate(df)`.

A model judges a frame with real types, as `armsdata.load()` gives. Every check carries the code of its finding as
`error=`, so `SchemaErrors.failure_cases["check"]` holds codes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa_pandera
import pyarrow as pa

from .arrays import Mask, single
from .columns import Column, Kind, Table
from .rules import ColumnRule, RowRule, column_rules, mask, row_rules
from .tables import ACTORS, CLAIMS, SOURCES, TRANSFERS, WEAPONS

_SCALARS = {Kind.DATE: np.dtype("datetime64[s]"), Kind.INTEGER: pd.Int32Dtype(), Kind.BOOLEAN: pd.BooleanDtype()}


def pandas_type(column: Column) -> Any:
    """The pandas type of a column: text, nullable integers and booleans, `datetime64[s]`, Arrow decimals and lists."""
    if column.many or column.kind is Kind.DECIMAL:
        return pd.ArrowDtype(column.arrow_type())
    return _SCALARS.get(column.kind, pd.StringDtype("pyarrow"))


def to_pandas(column: Column, values: pa.Array) -> Any:
    """A typed Arrow column as a pandas array of `pandas_type(column)`."""
    if column.kind is Kind.DATE:
        return values.cast(pa.timestamp("s")).to_numpy(zero_copy_only=False)
    return pd.array(values, dtype=pandas_type(column))


def to_arrow(column: Column, series: pd.Series[Any]) -> pa.Array:
    """The typed Arrow column behind a pandas series; a type that does not fit raises `ArrowInvalid`."""
    if isinstance(series.dtype, pd.ArrowDtype):
        array = _stored(series)
        return (array.dictionary_decode() if pa.types.is_dictionary(array.type) else array).cast(column.arrow_type())
    if column.kind is Kind.DATE:
        days = series.to_numpy().astype("datetime64[D]")
        return pa.array(days, type=pa.date32(), from_pandas=True)
    return single(pa.array(series.array, type=column.arrow_type(), from_pandas=True))


def _stored(series: pd.Series[Any]) -> pa.Array:
    """The Arrow array that a series holds."""
    return single(series.array.__arrow_array__())


# ---------------------------------------------------------------------------------------------- checks that name rows


def _column_check(column: Column, rule: ColumnRule) -> pa_pandera.Check:
    def holds(series: pd.Series[Any]) -> pd.Series[bool] | bool:
        return _told(rule.broken(to_arrow(column, series)), series.index)

    return pa_pandera.Check(holds, name=rule.code, error=rule.code, ignore_na=False)


def _row_check(table: Table, rule: RowRule) -> pa_pandera.Check:
    def holds(frame: pd.DataFrame) -> pd.Series[bool] | bool:
        cells = {name: _cells(table, frame, name) for name in rule.needs}
        return _told(rule.broken(cells), frame.index)

    return pa_pandera.Check(holds, name=rule.name, error=rule.code, ignore_na=False)


def _told(broken: Mask, index: pd.Index[Any]) -> pd.Series[bool] | bool:
    """What pandera is told: one word where nothing is broken saves it a look at all rows."""
    return pd.Series(~broken, index=index) if broken.any() else True


def _cells(table: Table, frame: pd.DataFrame, name: str) -> pa.Array:
    """A column of a frame; one that the frame leaves out is empty, or derived where it can be."""
    column = table.by_name[name]
    if name in frame:
        return to_arrow(column, frame[name])
    if column.derived_from and column.derived_from in frame:
        from .cells import type_cells

        source = table.by_name[column.derived_from]
        cells = type_cells(source, to_arrow(source, frame[column.derived_from]))
        return cells.spread(cells.days[column.end])
    return pa.nulls(len(frame), column.arrow_type())


@cache
def schema(table: Table) -> pa_pandera.DataFrameSchema:
    """The pandera schema of a table: types, required cells, column rules, row rules."""
    columns = {
        column.name: pa_pandera.Column(
            pandas_type(column),
            checks=[_column_check(column, rule) for rule in column_rules(column)],
            nullable=not column.required,
            required=column.required,
            title=column.title,
            description=column.description,
        )
        for column in table.columns
    }
    return pa_pandera.DataFrameSchema(
        columns,
        checks=[_row_check(table, rule) for rule in row_rules(table)],
        strict=True,
        name=table.name,
        title=table.title,
        description=table.description,
    )


# ---------------------------------------------------------------------------------------------- batches


_getting_ready = Lock()


def get_ready() -> None:
    """Let pandera load what it needs, once; it deadlocks where two threads make it do so at the same time."""
    with _getting_ready:
        _load()


@cache
def _load() -> None:
    column = pa_pandera.Column(pd.StringDtype("pyarrow"), checks=pa_pandera.Check(lambda series: True))
    some = pa_pandera.DataFrameSchema({"some": column}, checks=[pa_pandera.Check(lambda frame: True)])
    some.validate(pd.DataFrame({"some": pd.Series(["text"], dtype=column.dtype.type)}), lazy=True)


@cache
def spoken_of(table: Table) -> frozenset[str]:
    """The columns that any rule has something to say of, beside that they have their type."""
    alone = {column.name for column in table.columns if column.required or column_rules(column)}
    return frozenset(alone.union(*(rule.needs for rule in row_rules(table))))


@cache
def batch_schema(table: Table) -> pa_pandera.DataFrameSchema:
    """The same schema for a batch as it was typed here, distinct values coded (see `Cells.coded`).

    It says no more than whether the batch is sound: of rows that are not, pandera would make frames and long messages.
    All is asked in one check, for what a column and a check cost pandera is the same for one row and a million.
    """
    return pa_pandera.DataFrameSchema(checks=[_rules_check(table)], name=table.name)


def _rules_check(table: Table) -> pa_pandera.Check:
    """Whether no required cell is empty and every rule holds, of distinct values where it can be asked of them."""
    required = [column.name for column in table.columns if column.required]
    alone = [(column.name, rule) for column in table.columns for rule in column_rules(column)]
    together = row_rules(table)
    needed = {name for rule in together for name in rule.needs}

    def holds(frame: pd.DataFrame) -> bool:
        stored = {str(name): _stored(series) for name, series in frame.items()}
        if any(stored[name].null_count for name in required):
            return False
        if any(_breaks(rule, stored[name]) for name, rule in alone if name in stored):
            return False
        cells = {name: stored[name] if name in stored else _cells(table, frame, name) for name in needed}
        return not any(rule.broken(cells).any() for rule in together)

    return pa_pandera.Check(holds, name="rules", error="rules", ignore_na=False)


def _breaks(rule: ColumnRule, array: pa.Array) -> bool:
    if not pa.types.is_dictionary(array.type):
        return bool(rule.broken(array).any())
    broken = rule.broken(array.dictionary)
    return bool(broken.any() and mask(pa.array(broken).take(array.indices)).any())  # some row must have it


def _unique(table: Table) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        key = frame[table.key]
        return ~(key.duplicated() & key.notna())

    return holds


class TableModel(pa_pandera.DataFrameModel):
    """A pandera model whose columns come from the declaration in `tables.py`."""

    @classmethod
    def table(cls) -> Table:
        """The declaration behind the model."""
        raise NotImplementedError

    @classmethod
    def to_schema(cls) -> pa_pandera.DataFrameSchema:
        """The pandera schema, with the rule that a key stands once."""
        table = cls.table()
        unique = pa_pandera.Check(_unique(table), name="unique-key", error="duplicate-id", ignore_na=False)
        whole = schema(table)
        return pa_pandera.DataFrameSchema(
            whole.columns,
            checks=[*whole.checks, unique],
            strict=True,
            name=table.name,
            title=table.title,
            description=table.description,
        )


class Transfers(TableModel):
    """Documented changes, or losses, of custody of arms; one row a transfer."""

    @classmethod
    def table(cls) -> Table:
        """The declaration behind the model."""
        return TRANSFERS


class Claims(TableModel):
    """What one source says about one transfer; one row a claim."""

    @classmethod
    def table(cls) -> Table:
        """The declaration behind the model."""
        return CLAIMS


class Actors(TableModel):
    """States, armed groups, forces, companies, organisations, persons; one row an actor."""

    @classmethod
    def table(cls) -> Table:
        """The declaration behind the model."""
        return ACTORS


class Weapons(TableModel):
    """Models and types of weapon, ammunition or equipment; one row a model."""

    @classmethod
    def table(cls) -> Table:
        """The declaration behind the model."""
        return WEAPONS


class Sources(TableModel):
    """Published documents; one row a document."""

    @classmethod
    def table(cls) -> Table:
        """The declaration behind the model."""
        return SOURCES


MODELS: dict[str, type[TableModel]] = {
    model.table().name: model for model in (Transfers, Claims, Actors, Weapons, Sources)
}
