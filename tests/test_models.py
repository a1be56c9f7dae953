"""The pandera models by themselves: what a researcher may ask of a frame."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas
import pytest
from armsdata.schema import TABLES, Actors, Claims, Kind, Sources, Transfers, Weapons
from armsdata.schema.models import MODELS, TableModel, pandas_type, schema
from armsdata.schema.rules import column_rules, row_rules
from pandera.engines.pandas_engine import Engine
from pandera.errors import SchemaError, SchemaErrors

import armsdata
from armsdata.catalogue import CATALOGUE
from datasets import FULL


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return armsdata.load(FULL.write(tmp_path_factory.mktemp("models"))).tables()


def refused(model: type[TableModel], frame: pd.DataFrame) -> set[tuple[str, str]]:
    """Column (or table) and check of every failure."""
    with pytest.raises(SchemaErrors) as caught:
        model.validate(frame, lazy=True)
    cases = caught.value.failure_cases
    return {(str(column), str(check)) for column, check in zip(cases["column"], cases["check"], strict=True)}


def changed(frame: pd.DataFrame, **cells: Any) -> pd.DataFrame:
    """A copy with other values in the first row."""
    frame = frame.copy()
    for name, value in cells.items():
        kind: Any = frame[name].dtype
        frame[name] = pd.array([value, *frame[name].iloc[1:]], dtype=kind)
    return frame


def test_the_curated_tables_pass() -> None:
    curated = armsdata.load("data")
    for name, model in MODELS.items():
        frame = getattr(curated, name)
        assert model.validate(frame) is not None
        assert len(frame) == len(model.validate(frame, lazy=True))


def test_every_table_has_a_model_and_every_model_its_table() -> None:
    assert {Transfers, Claims, Actors, Weapons, Sources} == set(MODELS.values())
    assert {name: model.table() for name, model in MODELS.items()} == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_a_model_has_the_columns_types_and_texts_of_the_declaration(name: str) -> None:
    table, model = TABLES[name], MODELS[name].to_schema()
    assert list(model.columns) == [column.name for column in table.columns]
    for column in table.columns:
        declared = model.columns[column.name]
        assert declared.dtype == Engine.dtype(pandas_type(column))
        assert (declared.nullable, declared.required) == (not column.required, column.required)
        assert (declared.title, declared.description) == (column.title, column.description)
        assert [check.error for check in declared.checks] == [rule.code for rule in column_rules(column)]
    assert [check.error for check in model.checks] == [*(rule.code for rule in row_rules(table)), "duplicate-id"]
    assert model.strict


def test_every_check_bears_a_code_of_the_catalogue() -> None:
    for table in TABLES.values():
        whole = schema(table)
        checks = [*whole.checks, *(check for column in whole.columns.values() for check in column.checks)]
        assert {check.error for check in checks} <= set(CATALOGUE)


@pytest.mark.parametrize("name", TABLES)
def test_a_frame_of_the_dataset_passes_and_is_not_changed(name: str, frames: dict[str, pd.DataFrame]) -> None:
    before = frames[name].copy()
    pd.testing.assert_frame_equal(MODELS[name].validate(frames[name]), before)
    pd.testing.assert_frame_equal(frames[name], before)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_frame_passes(name: str, frames: dict[str, pd.DataFrame]) -> None:
    MODELS[name].validate(frames[name].iloc[:0])


@pytest.mark.parametrize("name", TABLES)
def test_optional_and_derived_columns_may_be_left_out(name: str, frames: dict[str, pd.DataFrame]) -> None:
    required = [column.name for column in TABLES[name].columns if column.required]
    MODELS[name].validate(frames[name][required])
    source = [column.name for column in TABLES[name].source_columns]
    MODELS[name].validate(frames[name][source])


def test_derived_days_are_worked_out_where_they_are_left_out(frames: dict[str, pd.DataFrame]) -> None:
    late = changed(frames["transfers"], ordered="2010")
    bare = late.drop(columns=[column.name for column in TABLES["transfers"].derived_columns])
    assert ("delivered", "impossible-order") in {("delivered", check) for _, check in refused(Transfers, bare)}


def test_a_missing_required_column_and_one_too_many_are_refused(frames: dict[str, pd.DataFrame]) -> None:
    assert {check for _, check in refused(Actors, frames["actors"].drop(columns="name"))} == {"column_in_dataframe"}
    assert {check for _, check in refused(Actors, frames["actors"].assign(more=1))} == {"column_in_schema"}


@pytest.mark.parametrize(("name", "column"), [(t, c.name) for t in TABLES for c in TABLES[t].columns if c.required])
def test_an_empty_required_cell_is_refused(name: str, column: str, frames: dict[str, pd.DataFrame]) -> None:
    assert (column, "not_nullable") in refused(MODELS[name], changed(frames[name], **{column: None}))


def value_of(kind: Kind) -> dict[str, Any]:
    """For a kind of column values of its type that are wrong, each with the code."""
    match kind:
        case Kind.ID | Kind.IDENTIFIER:
            return {"No Form!": "bad-identifier", "good\n": "bad-identifier"}
        case Kind.CODE | Kind.LANGUAGE:
            return {"nix!": "not-in-vocabulary", "new\n": "not-in-vocabulary"}
        case Kind.EDTF:
            return {"soon": "bad-date", "2014-06-09\n": "bad-date"}
        case Kind.URL:
            return {"www.example.org": "wrong-type"}
        case Kind.DECIMAL:
            return {"-1": "out-of-range"}
        case Kind.INTEGER:
            return {"-1": "bad-identifier", "10000": "bad-identifier"}
    return {}


@pytest.mark.parametrize("name", TABLES)
def test_each_column_is_refused_with_the_right_code(name: str, frames: dict[str, pd.DataFrame]) -> None:
    for column in TABLES[name].source_columns:
        for text, code in value_of(column.kind).items():
            value: Any = Decimal(text) if column.kind is Kind.DECIMAL else text
            value = int(text) if column.kind is Kind.INTEGER else value
            assert (column.name, code) in refused(MODELS[name], changed(frames[name], **{column.name: value}))


def test_quantities_are_not_zero_but_values_may_be(frames: dict[str, pd.DataFrame]) -> None:
    transfers = changed(frames["transfers"], value=Decimal(0), tiv=Decimal(0))
    Transfers.validate(transfers)
    assert ("quantity_ordered", "out-of-range") in refused(Transfers, changed(transfers, quantity_ordered=Decimal(0)))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"quantity_low": Decimal(101)}, "inconsistent-quantity"),
        ({"quantity_high": Decimal(99)}, "inconsistent-quantity"),
        ({"quantity": None, "quantity_low": Decimal(120), "quantity_high": Decimal(110)}, "inconsistent-quantity"),
        ({"quantity": Decimal("99.5")}, "inconsistent-quantity"),
        ({"quantity_unit": None}, "missing-unit"),
        ({"value_currency": None}, "missing-currency"),
        ({"status": "planned"}, "inconsistent-status"),
        ({"kind": "loss"}, "inconsistent-status"),
        ({"supplier": "IRQ"}, "self-transfer"),
        ({"revised_on": datetime.datetime(2020, 1, 1)}, "impossible-order"),
        ({"delivered_latest": datetime.datetime(2000, 1, 1)}, "impossible-order"),
    ],
)
def test_rules_about_a_row_are_refused_with_their_code(
    cells: dict[str, Any], code: str, frames: dict[str, pd.DataFrame]
) -> None:
    assert {check for _, check in refused(Transfers, changed(frames["transfers"], **cells))} == {code}


def test_rules_of_the_other_tables_are_refused_with_their_code(frames: dict[str, pd.DataFrame]) -> None:
    assert {check for _, check in refused(Actors, changed(frames["actors"], kind="company"))} == {"bad-identifier"}
    early = changed(frames["sources"], accessed=datetime.datetime(2001, 1, 1))
    assert {check for _, check in refused(Sources, early)} == {"impossible-order"}
    low = changed(frames["claims"], quantity_low=Decimal(106))
    assert {check for _, check in refused(Claims, low)} == {"inconsistent-quantity"}


@pytest.mark.parametrize("name", TABLES)
def test_a_key_that_stands_twice_is_refused_and_nothing_else(name: str, frames: dict[str, pd.DataFrame]) -> None:
    twice = pd.concat([frames[name], frames[name].iloc[:1]], ignore_index=True)
    assert {check for _, check in refused(MODELS[name], twice)} == {"duplicate-id"}


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("transfers", "quantity", 1.5), ("transfers", "recorded_on", "2026-01-01"), ("transfers", "via", "GBR; IRQ"),
        ("transfers", "quantity_approximate", "true"), ("actors", "gwcode", 2.0), ("sources", "title", 7),
    ],
)  # fmt: skip
def test_a_wrong_type_is_refused(name: str, column: str, value: Any, frames: dict[str, pd.DataFrame]) -> None:
    frame = frames[name].assign(**{column: value})
    checks = {check for at, check in refused(MODELS[name], frame) if at == column}
    assert any(check.startswith("dtype(") for check in checks)


def test_a_bad_cell_does_not_hide_the_others(frames: dict[str, pd.DataFrame]) -> None:
    bad = changed(frames["transfers"], kind="gift", quantity=Decimal(-1), delivered="soon", value_currency="XXQ")
    found = refused(Transfers, bad)
    assert {("kind", "not-in-vocabulary"), ("quantity", "out-of-range"), ("delivered", "bad-date"),
            ("value_currency", "not-in-vocabulary")} <= found  # fmt: skip


def test_an_index_of_ones_own_is_kept_in_the_failures(frames: dict[str, pd.DataFrame]) -> None:
    frame = changed(frames["weapons"], category="nix").set_index(pd.Index(["here"] * len(frames["weapons"])))
    with pytest.raises(SchemaErrors) as caught:
        Weapons.validate(frame, lazy=True)
    assert list(caught.value.failure_cases["index"]) == ["here"]


def test_models_are_pandera_models() -> None:
    assert issubclass(Transfers, pandera.pandas.DataFrameModel)


def test_one_bad_row_is_told_without_lazy_as_well(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="not-in-vocabulary"):
        Weapons.validate(changed(frames["weapons"], category="nix"))
