"""Each format of a release holds every cell that was put in, and read back gives the same release to the byte."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from armsdata.schema import TABLES, Column
from armsdata.schema.edtf import day_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import armsdata
from armsdata.verification import verify
from made_datasets import NASTY, TOML, Row, Tables, datasets, edtf_texts, expected_cells, files_of, texts, write_tables
from repository import ROOT

FORMATS = ("csv", "parquet", "jsonld")
quick = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one example: hypothesis runs many in one test, so pytest's `tmp_path` is shared by all."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def cells_of_csv(path: Path) -> list[Row]:
    read = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True)
    return [{name: text for name, text in row.items() if text != ""} for row in read]


def cells_of_parquet(path: Path) -> list[Row]:
    table = pq.read_table(path)
    rows: list[Row] = [{} for _ in range(table.num_rows)]
    for column in TABLES[path.stem].columns:
        for row, text in zip(rows, typed_texts(column, table.column(column.name)), strict=True):
            if text is not None:
                row[column.name] = text
    return rows


def typed_texts(column: Column, values: Any) -> list[str | None]:
    if str(values.type).startswith("date32"):
        return [None if day is None else day_text(day) for day in values.cast("int32").to_pylist()]
    return [None if value is None else plain(value) for value in values.to_pylist()]


def plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text.rstrip("0").rstrip(".") if type(value).__name__ == "Decimal" and "." in text else text


def cells_of_jsonld(path: Path) -> list[Row]:
    document = json.loads(path.read_bytes())
    return [node_cells(TABLES[path.stem].by_name, node) for node in document["@graph"]]


def node_cells(columns: dict[str, Column], node: dict[str, Any]) -> Row:
    found = {}
    for name, value in node.items():
        if not name.startswith("@"):
            last = [part.rpartition("/")[2] if columns[name].references else part for part in listed(value)]
            code = columns[name].vocabulary
            found[name] = "; ".join(part.removeprefix(f"vocab/{code}/") if code else part for part in last)
    return found


def listed(value: Any) -> list[str]:
    return [plain(one) for one in value] if isinstance(value, list) else [plain(value)]


def every_cell_is_there(tables: Tables, release: Path) -> None:
    read = {"csv": cells_of_csv, "parquet": cells_of_parquet, "jsonld": cells_of_jsonld}
    for name, rows in tables.items():
        expected = [expected_cells(name, row) for row in rows]
        for form in FORMATS:
            assert read[form](release / form / f"{name}.{form}") == expected, (name, form)


def as_dataset(release: Path, form: str, folder: Path) -> Path:
    """One format of a release as a dataset folder of its own."""
    shutil.copytree(release / form, folder)
    (folder / "dataset.toml").write_text(TOML, "utf-8")
    return folder


def read_back_is_the_same(release: Path, scratch: Path) -> None:
    expected = files_of(release)
    for form in FORMATS:
        armsdata.export(as_dataset(release, form, scratch / f"from-{form}"), scratch / "again", threads=1)
        assert files_of(scratch / "again") == expected, form


@settings(quick, max_examples=5)
@given(datasets())
def test_every_cell_is_in_every_format_and_each_read_back_gives_the_same_bytes(tables: Tables) -> None:
    with scratch() as folder:
        source = write_tables(folder / "dataset", tables)
        armsdata.export(source, folder / "release", threads=1)
        every_cell_is_there(tables, folder / "release")
        read_back_is_the_same(folder / "release", folder)


@settings(quick, max_examples=5)
@given(datasets())
def test_frames_give_the_bytes_of_the_folder_and_all_formats_one_content_hash(tables: Tables) -> None:
    with scratch() as folder:
        source = write_tables(folder / "dataset", tables)
        armsdata.export(source, folder / "release", threads=1)
        armsdata.export(armsdata.load(source), folder / "loaded", threads=1)
        assert files_of(folder / "loaded") == files_of(folder / "release")
        checked = verify(folder / "release", threads=1)
        assert checked.problems == []
        assert checked.hashes["csv"] == checked.hashes["parquet"] == checked.hashes["jsonld"]


def in_all_texts(many: list[str]) -> Tables:
    """A dataset that holds these texts, one a source."""
    sources = [
        {"source_id": f"s{place}", "type": "report", "title": text, "notes": text} for place, text in enumerate(many)
    ]
    return {"sources": sources} | {name: [] for name in TABLES if name != "sources"}


@settings(quick, max_examples=5)
@given(st.lists(texts(), min_size=10, max_size=60))
def test_texts_of_any_kind_go_through_all_formats(many: list[str]) -> None:
    with scratch() as folder:
        tables = in_all_texts(many)
        armsdata.export(write_tables(folder / "dataset", tables), folder / "release", threads=1)
        every_cell_is_there(tables, folder / "release")
        read_back_is_the_same(folder / "release", folder)


@settings(quick, max_examples=4)
@given(st.lists(edtf_texts(), min_size=20, max_size=60))
def test_dates_of_any_kind_go_through_all_formats_with_the_days_they_allow(many: list[str]) -> None:
    bare = NASTY["transfers"][0] | {"supplier": "unknown", "recipient": "unknown"}
    transfers = [bare | {"transfer_id": f"t{place}", "delivered": text} for place, text in enumerate(many)]
    claims = [
        {"claim_id": f"c{place}", "transfer_id": f"t{place}", "source_id": "bare", "framing": "reported"}
        for place in range(len(many))
    ]
    actors = [{"actor_id": "unknown", "name": "unknown", "kind": "unknown"}]
    tables = {"sources": NASTY["sources"][1:], "actors": actors, "weapons": []}
    tables |= {"transfers": transfers, "claims": claims}
    with scratch() as folder:
        armsdata.export(write_tables(folder / "dataset", tables), folder / "release", threads=1)
        every_cell_is_there(tables, folder / "release")
        read_back_is_the_same(folder / "release", folder)


def test_the_dataset_full_of_tricks_goes_through_all_formats(tmp_path: Path) -> None:
    armsdata.export(write_tables(tmp_path / "dataset", NASTY), tmp_path / "release")
    every_cell_is_there(NASTY, tmp_path / "release")
    read_back_is_the_same(tmp_path / "release", tmp_path)


def test_the_curated_dataset_goes_through_all_formats(tmp_path: Path) -> None:
    source = ROOT / "data"
    armsdata.export(source, tmp_path / "release")
    tables = {name: cells_of_csv(source / f"{name}.csv") for name in TABLES}
    every_cell_is_there(tables, tmp_path / "release")


def test_a_table_without_records_goes_through_all_formats(tmp_path: Path) -> None:
    armsdata.export(write_tables(tmp_path / "dataset", {name: [] for name in TABLES}), tmp_path / "release")
    every_cell_is_there({name: [] for name in TABLES}, tmp_path / "release")
    read_back_is_the_same(tmp_path / "release", tmp_path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("007", "7"), ("7.50", "7.5"), ("0.100", "0.1"), ("100", "100"), ("1000.000", "1000"), ("0.000", "0")],
)
def test_numbers_lose_only_the_zeros_that_say_nothing(tmp_path: Path, written: str, meant: str) -> None:
    tables = NASTY | {"transfers": [NASTY["transfers"][0], NASTY["transfers"][1] | {"tiv": written}]}
    armsdata.export(write_tables(tmp_path / "dataset", tables), tmp_path / "release")
    tables["transfers"][1]["tiv"] = meant
    every_cell_is_there(tables, tmp_path / "release")


def test_a_release_with_a_wrong_derived_day_is_not_taken_back(tmp_path: Path) -> None:
    armsdata.export(write_tables(tmp_path / "dataset", NASTY), tmp_path / "release")
    again = as_dataset(tmp_path / "release", "csv", tmp_path / "again")
    table = again / "transfers.csv"
    assert table.read_text("utf-8").count("2004-12-31") == 1
    table.write_text(table.read_text("utf-8").replace("2004-12-31", "2004-12-30"), "utf-8")
    (finding,) = [one for one in armsdata.validate(again).findings if one.severity == "error"]
    assert (finding.code, finding.column, finding.row_key) == ("bad-date", "ordered_latest", "second")
