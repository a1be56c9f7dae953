"""The Python interface: what `load` gives, what `validate` and `export` take, and that no value changes in silence."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from armsdata.schema import TABLES, Transfers

import armsdata
from made_datasets import NASTY, files_of, write_tables
from test_lossless import cells_of_csv

VIA = ["USA", "iraqi-army", "IRQ"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("api") / "dataset", NASTY)


@pytest.fixture
def dataset(folder: Path) -> armsdata.Dataset:
    return armsdata.load(folder)


@pytest.fixture(scope="module")
def released(folder: Path) -> dict[str, bytes]:
    armsdata.export(folder, folder.parent / "release")
    return files_of(folder.parent / "release")


# ---------------------------------------------------------------------------------------------- names


def test_every_exported_name_is_there_and_documented() -> None:
    for name in armsdata.__all__:
        thing = getattr(armsdata, name)
        assert name in dir(armsdata)
        if name != "__version__":
            assert inspect.getdoc(thing), name
    for function in (armsdata.load, armsdata.validate, armsdata.export):
        doc = inspect.getdoc(function) or ""
        assert all(section in doc for section in ("Args:", "Returns:", "Raises:"))
        assert all(f"{parameter}:" in doc for parameter in inspect.signature(function).parameters)
    with pytest.raises(AttributeError):
        _ = armsdata.nothing


def test_the_errors_are_one_tree_with_the_statuses_of_the_command_line() -> None:
    for error, status in (
        (armsdata.UsageError, 2),
        (armsdata.NotOurs, 2),
        (armsdata.InvalidData, 1),
    ):
        assert issubclass(error, armsdata.ArmsdataError)
        assert error.status == status
    assert issubclass(armsdata.NotOurs, armsdata.UsageError)


# ---------------------------------------------------------------------------------------------- load


def test_load_gives_frames_with_real_types(dataset: armsdata.Dataset) -> None:
    frame = dataset.transfers
    assert [column.name for column in TABLES["transfers"].columns] == list(frame.columns)
    assert frame["recorded_on"].dtype == np.dtype("datetime64[s]")
    assert frame["delivered_latest"].dtype == np.dtype("datetime64[s]")
    assert frame["quantity_approximate"].dtype == pd.BooleanDtype()
    assert frame["quantity"].dtype == pd.ArrowDtype(pa.decimal128(21, 3))
    assert dataset.actors["gwcode"].dtype == pd.Int32Dtype()
    assert frame["transfer_id"].dtype == pd.StringDtype("pyarrow")
    second = frame.set_index("transfer_id").loc["second"]
    assert second["quantity_high"] == Decimal("999999999999999.999")
    assert second["delivered_earliest"] == pd.Timestamp("1990-01-01")
    assert list(second["via"]) == VIA
    assert frame.loc[0, "quantity"] is pd.NA
    assert frame.loc[0, "delivered_earliest"] is pd.NaT
    assert dataset.actors.loc[0, "iso3166"] == "NA"
    assert dataset.metadata.title == "A test"


def test_loaded_frames_can_be_worked_with_at_once(dataset: armsdata.Dataset) -> None:
    frame = dataset.transfers
    assert frame[frame["delivered_latest"] < "2007-01-01"]["transfer_id"].tolist() == ["second"]
    assert frame.explode("via")["via"].dropna().tolist() == VIA
    assert frame["quantity"].sum() == Decimal("194.741")
    assert frame.merge(dataset.claims, on="transfer_id").shape[0] == 2
    assert frame.groupby("supplier")["quantity"].sum().loc["IRQ"] == Decimal("194.741")
    Transfers.validate(frame)


def test_tables_without_records_have_their_columns_and_types(tmp_path: Path) -> None:
    empty = armsdata.load(write_tables(tmp_path / "dataset", {name: [] for name in TABLES}))
    full = armsdata.load(write_tables(tmp_path / "full", NASTY))
    for name, frame in empty.tables().items():
        assert len(frame) == 0
        assert dict(frame.dtypes) == dict(full.tables()[name].dtypes)
    armsdata.export(empty, tmp_path / "release")
    assert cells_of_csv(tmp_path / "release/csv/transfers.csv") == []


def test_load_without_a_path_gives_the_curated_dataset() -> None:
    assert len(armsdata.load().transfers) >= 60


def test_load_refuses_what_is_no_dataset_and_data_with_errors(tmp_path: Path, folder: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere", folder / "actors.csv"):
        with pytest.raises(armsdata.UsageError):
            armsdata.load(path)
    broken = write_tables(tmp_path / "broken", NASTY | {"weapons": []})
    with pytest.raises(armsdata.InvalidData, match=r"not valid: 1 errors.*there is no weapon") as caught:
        armsdata.load(broken)
    assert [one.code for one in caught.value.report.findings if one.severity == "error"] == ["unknown-reference"]


def test_the_message_of_invalid_data_names_an_error_even_behind_warnings(tmp_path: Path) -> None:
    sources = [*NASTY["sources"], NASTY["sources"][1] | {"source_id": "unused"}]
    broken = write_tables(tmp_path / "broken", NASTY | {"weapons": [], "sources": sources})
    with pytest.raises(armsdata.InvalidData, match=r"transfers\.csv"):
        armsdata.export(broken, tmp_path / "release")
    assert not (tmp_path / "release").exists()


# ---------------------------------------------------------------------------------------------- validate


def test_validate_takes_a_folder_files_or_a_frame(folder: Path, dataset: armsdata.Dataset, tmp_path: Path) -> None:
    assert armsdata.validate(folder).rows == {name: len(rows) for name, rows in NASTY.items()}
    assert armsdata.validate(str(folder)).valid
    one, other = folder / "weapons.csv", folder / "actors.csv"
    assert armsdata.validate(one, against=folder).rows == {"weapons": 1}
    assert armsdata.validate([one, str(other)], against=folder).rows == {"weapons": 1, "actors": 5}
    assert armsdata.validate((one,), against=folder).valid
    report = armsdata.validate(dataset.actors, against=folder)
    assert (report.valid, report.rows) == (True, {"actors": 5})
    assert armsdata.validate(dataset.actors.drop(columns=["kind"]), table="actors", against=folder).errors == 1


def test_findings_about_a_frame_name_row_and_column(folder: Path, dataset: armsdata.Dataset) -> None:
    dataset.weapons.loc[0, "category"] = "rifel"
    report = armsdata.validate(dataset.weapons, against=folder)
    (finding,) = [one for one in report.findings if one.severity == "error"]
    assert (finding.file, finding.line, finding.column, finding.row_key) == ("<weapons>", 2, "category", "ak-47")
    assert (finding.code, finding.value) == ("not-in-vocabulary", "rifel")


def test_limit_keeps_fewer_findings_and_counts_all(tmp_path: Path) -> None:
    broken = write_tables(tmp_path / "dataset", NASTY | {"actors": []})
    whole = armsdata.validate(broken)
    some = armsdata.validate(broken, limit=2)
    assert some.counts == whole.counts
    assert some.findings == whole.findings[:2]
    assert (some.truncated, whole.truncated) == (True, False)
    none = armsdata.validate(broken, limit=0)
    assert (none.findings, none.errors) == ([], whole.errors)


# ---------------------------------------------------------------------------------------------- export


def test_formats_can_be_chosen_and_only_known_ones(folder: Path, tmp_path: Path) -> None:
    armsdata.export(folder, tmp_path / "release", formats=["jsonld"])
    assert {path.name for path in tmp_path.glob("release/*") if path.is_dir()} == {"jsonld"}
    for formats in (["xml"], [], ["csv", "CSV"]):
        with pytest.raises(armsdata.UsageError, match="formats are csv, parquet, jsonld"):
            armsdata.export(folder, tmp_path / "release", formats=formats)


def test_export_tells_progress_and_gives_the_report(folder: Path, tmp_path: Path) -> None:
    told: list[int] = []
    report = armsdata.export(folder, tmp_path / "release", progress=told.append)
    assert sum(told) == sum(report.rows.values()) == 12
    with pytest.raises(armsdata.InvalidData):
        armsdata.export(folder, tmp_path / "strict", strict=True)
    assert not (tmp_path / "strict").exists()


SAME: dict[str, Callable[[pd.DataFrame], Any]] = {
    "objects": lambda frame: frame.astype(object),
    "plain str": lambda frame: frame["notes"].astype("str"),
    "lists of Python": lambda frame: frame["via"].map(lambda one: None if one is pd.NA else list(one)).astype(object),
    "tuples": lambda frame: pd.Series([None, tuple(VIA)], dtype=object, name="via"),
    "texts instead of lists": lambda frame: pd.Series([None, "; ".join(VIA)], dtype=object, name="via"),
    "lists among nothing": lambda frame: pd.Series([np.nan, VIA], dtype=object, name="via"),
    "floats with NaN": lambda frame: frame["tiv"].astype(float),
    "float32": lambda frame: frame["tiv"].astype("float32"),
    "Python decimals": lambda frame: frame["quantity"].astype(object),
    "categories": lambda frame: frame["kind"].astype("category"),
    "Python dates": lambda frame: frame["recorded_on"].dt.date,
    "nanoseconds": lambda frame: frame["recorded_on"].astype("datetime64[ns]"),
    "dates as texts": lambda frame: frame["recorded_on"].dt.strftime("%Y-%m-%d"),
    "Python booleans": lambda frame: pd.Series([None, True], dtype=object, name="quantity_approximate"),
    "booleans as texts": lambda frame: pd.Series([None, "true"], name="quantity_approximate"),
    "numbers as texts": lambda frame: pd.Series([None, "0194.741"], name="quantity"),
    "empty texts": lambda frame: frame["designation"].astype(object).where(frame["designation"].notna(), ""),
}


@pytest.mark.parametrize("name", SAME)
def test_other_types_for_the_same_values_export_to_the_same_bytes(
    dataset: armsdata.Dataset, released: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    made = SAME[name](dataset.transfers)
    frame = made if isinstance(made, pd.DataFrame) else dataset.transfers.assign(**{made.name: made})
    armsdata.export(dataclasses.replace(dataset, transfers=frame), tmp_path / "release")
    assert files_of(tmp_path / "release") == released


def test_columns_in_another_order_index_and_missing_optional_columns_are_fine(
    dataset: armsdata.Dataset, released: dict[str, bytes], tmp_path: Path
) -> None:
    frame = dataset.transfers.iloc[:, ::-1].set_index(pd.Index([7, 7]))
    claims = dataset.claims.copy()
    frame = frame.drop(columns=[column.name for column in TABLES["transfers"].derived_columns])
    armsdata.export(dataclasses.replace(dataset, transfers=frame, claims=claims), tmp_path / "release")
    assert files_of(tmp_path / "release") == released
    weapons = dataset.weapons.drop(columns=["calibre", "wikidata"])
    armsdata.export(dataclasses.replace(dataset, weapons=weapons), tmp_path / "fewer")
    assert cells_of_csv(tmp_path / "fewer/csv/weapons.csv")[0].keys() == NASTY["weapons"][0].keys() - {"calibre"}


UTC = datetime.UTC
WRONG: dict[str, tuple[str, str, Any, str]] = {
    "a semicolon in an item": ("weapons", "aliases", [["a;b"]], "wrong-type"),
    "an empty item": ("weapons", "aliases", [["a", ""]], "wrong-type"),
    "nothing among items": ("weapons", "aliases", [["a", None]], "wrong-type"),
    "blanks about an item": ("weapons", "aliases", [["a", " b"]], "wrong-type"),
    "a list where one value belongs": ("weapons", "designation", [["a", "b"]], "wrong-type"),
    "a dictionary": ("weapons", "notes", [{"a": 1}], "wrong-type"),
    "bytes": ("weapons", "notes", [b"abc"], "wrong-type"),
    "NUL": ("weapons", "notes", ["a\0b"], "malformed-csv"),
    "infinity": ("transfers", "value", [None, float("inf")], "wrong-type"),
    "too many places": ("transfers", "value", [None, 0.1 + 0.2], "wrong-type"),
    "tiny": ("transfers", "value", [None, 1e-7], "wrong-type"),
    "a boolean for a number": ("transfers", "value", [None, True], "wrong-type"),
    "a number for a boolean": ("transfers", "quantity_approximate", [None, 1], "wrong-type"),
    "a time of day": ("sources", "accessed", [datetime.datetime(2024, 2, 29, 13), None], "bad-date"),
    "a time zone": ("sources", "accessed", [datetime.datetime(2024, 2, 29, tzinfo=UTC), None], "bad-date"),
    "half a character among items": ("weapons", "aliases", pd.Series([["\ud800"]], dtype=object), "encoding-error"),
    "half a character": ("weapons", "calibre", pd.Series(["\ud800"], dtype=object), "encoding-error"),
}


@pytest.mark.parametrize("name", WRONG)
def test_values_that_no_cell_can_hold_are_findings_and_nothing_is_written(
    dataset: armsdata.Dataset, tmp_path: Path, name: str
) -> None:
    table, column, values, code = WRONG[name]
    setattr(dataset, table, dataset.tables()[table].assign(**{column: pd.Series(values)}))
    with pytest.raises(armsdata.InvalidData) as caught:
        armsdata.export(dataset, tmp_path / "release")
    errors = [one for one in caught.value.report.findings if one.severity == "error"]
    assert {(one.code, one.table, one.column) for one in errors} == {(code, table, column)}
    assert errors[0].row_key == NASTY[table][0 if values[0] is not None else 1][TABLES[table].key]
    assert not (tmp_path / "release").exists()


def test_a_date_that_a_user_changed_without_its_derived_days_is_a_finding(
    dataset: armsdata.Dataset, tmp_path: Path
) -> None:
    dataset.transfers.loc[1, "ordered"] = "2003"
    with pytest.raises(armsdata.InvalidData, match="is not the earliest day that ordered allows"):
        armsdata.export(dataset, tmp_path / "release")


def test_times_and_periods_are_kept_in_dates_that_allow_them(dataset: armsdata.Dataset, tmp_path: Path) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=4, minutes=30))
    for made, text in (
        (pd.Series([datetime.datetime(1985, 4, 12, 23, 20, 30, tzinfo=zone), pd.NaT]), "1985-04-12T23:20:30+04:30"),
        (pd.Series([datetime.datetime(1985, 4, 12, 23, 20, 30), pd.NaT]), "1985-04-12T23:20:30"),
        (pd.Series([datetime.datetime(1985, 4, 12, tzinfo=UTC), pd.NaT]), "1985-04-12T00:00:00Z"),
        (pd.Series([pd.Timestamp("1985-04-12"), pd.NaT]), "1985-04-12"),
        (pd.Series([pd.Period("1985-04", "M"), pd.NaT]), "1985-04"),
    ):
        frame = dataset.sources.assign(published=made)
        armsdata.export(dataclasses.replace(dataset, sources=frame), tmp_path / "release")
        assert cells_of_csv(tmp_path / "release/csv/sources.csv")[0]["published"] == text


# ---------------------------------------------------------------------------------------------- Parquet of others


def test_parquet_of_other_writers_is_read_without_a_change(folder: Path, tmp_path: Path) -> None:
    weapons = pa.table(
        {
            "weapon_id": pa.array(["b", "c"], pa.large_string()),
            "designation": pa.array(["B", "C"]).dictionary_encode(),
            "category": ["pistol", "pistol"],
            "origin": pa.array([["USA"], None], pa.large_list(pa.string())),
            "aliases": pa.array([["x", "y"], []], pa.list_(pa.large_string())),
            "notes": pa.array([None, None], pa.null()),
        }
    )
    again = write_tables(tmp_path / "dataset", {name: rows for name, rows in NASTY.items() if name != "weapons"})
    transfers = [NASTY["transfers"][0], NASTY["transfers"][1] | {"weapon": "b"}]
    write_tables(again, {"transfers": transfers})
    pq.write_table(weapons, again / "weapons.parquet")
    armsdata.export(again, tmp_path / "release")
    assert cells_of_csv(tmp_path / "release/csv/weapons.csv") == [
        {"weapon_id": "b", "designation": "B", "category": "pistol", "origin": "USA", "aliases": "x; y"},
        {"weapon_id": "c", "designation": "C", "category": "pistol"},
    ]


def test_texts_in_parquet_that_are_no_utf8_are_findings(folder: Path, tmp_path: Path) -> None:
    buffers = [None, pa.array([0, 2, 5], pa.int32()).buffers()[1], pa.py_buffer(b"okb\xffd")]
    broken = pa.Array.from_buffers(pa.string(), 2, buffers)
    table = pa.table({"weapon_id": ["b", "c"], "designation": broken, "category": ["pistol", "pistol"]})
    pq.write_table(table, tmp_path / "weapons.parquet", use_dictionary=False)
    report = armsdata.validate(tmp_path / "weapons.parquet", against=folder)
    (finding,) = [one for one in report.findings if one.severity == "error"]
    assert (finding.code, finding.line, finding.column, finding.row_key) == ("encoding-error", 3, "designation", "c")
