"""A row rule says the same of columns with coded values as of plain ones, and breaks for what it is there for."""

from __future__ import annotations

import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from armsdata.schema import TABLES
from armsdata.schema.columns import Column, Kind, Table
from armsdata.schema.rules import RowRule, row_rules
from armsdata.schema.vocabularies import vocabulary
from hypothesis import find, given
from hypothesis import strategies as st

RULES = [(table, rule) for table in TABLES.values() for rule in row_rules(table)]
NAMES = [f"{table.name}-{rule.name}" for table, rule in RULES]


def cells(column: Column) -> st.SearchStrategy[Any]:
    """Values of a column, so few that they repeat."""
    if column.kind is Kind.DECIMAL:
        some: list[Any] = [Decimal(one) for one in ("1", "2", "1.5", "3")]
    elif column.kind is Kind.DATE or column.derived_from:
        some = [datetime.date(2014, month, 1) for month in (1, 2, 3)]
    elif column.kind is Kind.CODE:
        some = sorted(vocabulary(column.vocabulary).concepts)
    elif column.kind is Kind.EDTF:
        some = ["2014-01", "2014-02", "2014-03-05"]
    else:
        some = ["SYR", "IRQ", "unknown", "some-group"]
    return st.one_of(st.none(), st.sampled_from(some))


def columns(table: Table, rule: RowRule) -> st.SearchStrategy[dict[str, pa.Array]]:
    """Rows as the plain columns that a rule reads."""
    needed = [table.by_name[name] for name in rule.needs]
    rows = st.lists(st.tuples(*map(cells, needed)), max_size=12)
    return rows.map(
        lambda some: {
            column.name: pa.array([row[place] for row in some], column.arrow_type())
            for place, column in enumerate(needed)
        }
    )


def broken(rule: RowRule, row: dict[str, pa.Array]) -> list[bool]:
    answer: list[bool] = rule.broken(row).tolist()
    return answer


@pytest.mark.parametrize(("table", "rule"), RULES, ids=NAMES)
@given(data=st.data())
def test_coded_columns_are_judged_as_plain_ones(table: Table, rule: RowRule, data: st.DataObject) -> None:
    plain = data.draw(columns(table, rule))
    coded = {name: array.dictionary_encode() for name, array in plain.items()}
    mixed = {name: data.draw(st.sampled_from([array, coded[name]])) for name, array in plain.items()}
    wanted = broken(rule, plain)
    assert broken(rule, coded) == wanted
    assert broken(rule, mixed) == wanted
    alone = [broken(rule, {name: array.slice(one, 1) for name, array in plain.items()}) for one in range(len(wanted))]
    assert wanted == [one for row in alone for one in row]


@pytest.mark.parametrize(("table", "rule"), RULES, ids=NAMES)
def test_a_rule_can_be_broken_and_kept(table: Table, rule: RowRule) -> None:
    find(columns(table, rule), lambda row: any(broken(rule, row)), random=Random(1))
    find(columns(table, rule), lambda row: not all(broken(rule, row)), random=Random(1))
