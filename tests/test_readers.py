"""The tools that researchers use read a release: pandas, polars, DuckDB and Arrow, with real types and every `NA`."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from armsdata.schema import TABLES, Kind

from armsdata import export
from made_datasets import NASTY, write_tables

DECIMAL = (21, 3)
VIA = ["USA", "iraqi-army", "IRQ"]
PLACE = "Windhoek, Namibia\nand\ton"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers")
    export(write_tables(folder / "dataset", NASTY), folder / "release")
    return folder / "release"


def test_arrow_sees_the_declared_types_and_nullability(release: Path) -> None:
    for name, table in TABLES.items():
        schema = pq.read_schema(release / f"parquet/{name}.parquet")
        assert [(field.name, field.type) for field in schema] == [
            (column.name, column.arrow_type()) for column in table.columns
        ]
        assert [field.nullable for field in schema] == [not column.required for column in table.columns]


def test_each_field_of_parquet_says_what_it_means(release: Path) -> None:
    for name, table in TABLES.items():
        schema = pq.read_schema(release / f"parquet/{name}.parquet")
        for column in table.columns:
            about = schema.field(column.name).metadata
            assert about[b"description"].decode() == column.description
            assert about.get(b"vocabulary", b"").decode() == column.vocabulary
            assert about.get(b"unit", b"").decode() == column.unit


def test_the_file_says_what_it_is_and_has_no_footer_of_pandas(release: Path) -> None:
    for name in TABLES:
        file = pq.ParquetFile(release / f"parquet/{name}.parquet")
        about = file.metadata.metadata
        assert (about[b"title"].decode(), about[b"version"]) == (f"A test: {TABLES[name].title}", b"1")
        assert b"pandas" not in about
        assert file.metadata.num_rows == len(NASTY[name])


def test_every_column_is_compressed_with_zstd(release: Path) -> None:
    for name in TABLES:
        metadata = pq.ParquetFile(release / f"parquet/{name}.parquet").metadata
        group = metadata.row_group(0)
        assert {group.column(place).compression for place in range(metadata.num_columns)} == {"ZSTD"}


def test_pandas_reads_csv(release: Path) -> None:
    for name, rows in NASTY.items():
        frame = pd.read_csv(release / f"csv/{name}.csv", keep_default_na=False, dtype=str)
        assert list(frame.columns) == [column.name for column in TABLES[name].columns]
        for row, found in zip(rows, frame.to_dict("records"), strict=True):
            assert {column: found[column] for column in row} == row


def test_pandas_reads_parquet(release: Path) -> None:
    frame = pd.read_parquet(release / "parquet/transfers.parquet", dtype_backend="pyarrow").set_index("transfer_id")
    second = frame.loc["second"]
    assert (second["quantity"], second["quantity_high"]) == (Decimal("194.741"), Decimal("999999999999999.999"))
    assert (second["recorded_on"], second["delivered_earliest"]) == (
        datetime.date(2026, 1, 1),
        datetime.date(1990, 1, 1),
    )
    assert list(second["via"]) == VIA
    assert second["quantity_approximate"] is True
    assert second["place"] == PLACE
    assert frame.loc["first", "quantity"] is pd.NA
    plain = pd.read_parquet(release / "parquet/actors.parquet")
    assert plain.set_index("actor_id").loc["NAM", "iso3166"] == "NA"


def test_polars_reads_csv(release: Path) -> None:
    frame = pl.read_csv(release / "csv/actors.csv")
    assert frame.filter(pl.col("actor_id") == "NAM")["iso3166"].to_list() == ["NA"]
    assert frame["gwcode"].to_list() == [565, 645, None, None, None]
    transfers = pl.read_csv(release / "csv/transfers.csv", try_parse_dates=True)
    assert transfers.schema["recorded_on"] == pl.Date
    assert transfers["place"].to_list() == [None, PLACE]
    assert transfers.height == 2


def test_polars_reads_parquet(release: Path) -> None:
    frame = pl.read_parquet(release / "parquet/transfers.parquet")
    schema = frame.schema
    assert schema["quantity"] == pl.Decimal(*DECIMAL)
    assert schema["recorded_on"] == schema["ordered_earliest"] == pl.Date
    assert schema["quantity_approximate"] == pl.Boolean
    assert schema["via"] == pl.List(pl.String)
    assert frame["via"].to_list() == [None, VIA]
    assert frame["tiv"].to_list() == [None, Decimal("12.500")]
    weapons = pl.read_parquet(release / "parquet/weapons.parquet")
    assert weapons["aliases"].to_list() == [["Kalashnikov", "NA", "null"]]


def test_duckdb_reads_csv(release: Path) -> None:
    actors = duckdb.read_csv(str(release / "csv/actors.csv"))
    assert actors.filter("actor_id = 'NAM'").project("iso3166, gwcode").fetchall() == [("NA", 565)]
    transfers = duckdb.read_csv(str(release / "csv/transfers.csv"))
    types = dict(zip(transfers.columns, map(str, transfers.types), strict=True))
    assert (types["recorded_on"], types["quantity_approximate"]) == ("DATE", "BOOLEAN")
    assert transfers.project("place").fetchall() == [(None,), (PLACE,)]


def test_duckdb_reads_parquet(release: Path) -> None:
    table = duckdb.read_parquet(str(release / "parquet/transfers.parquet"))
    types = dict(zip(table.columns, map(str, table.types), strict=True))
    assert types["quantity"] == "DECIMAL(21,3)"
    assert (types["recorded_on"], types["via"], types["quantity_approximate"]) == ("DATE", "VARCHAR[]", "BOOLEAN")
    assert table.filter("transfer_id = 'second'").project("via[2], quantity, delivered_latest").fetchall() == [
        ("iraqi-army", Decimal("194.741"), datetime.date(2006, 6, 30))
    ]
    claims, sources = (duckdb.read_parquet(str(release / f"parquet/{name}.parquet")) for name in ("claims", "sources"))
    assert claims.join(sources, "source_id").project("claim_id, title").order("claim_id").fetchall() == [
        ("c1", 'The "lost" arms, a report'),
        ("c2", "Bare"),
    ]


def test_dates_beyond_what_a_column_of_days_can_hold_are_empty_and_the_text_stays(tmp_path: Path) -> None:
    transfers = [NASTY["transfers"][0] | {"delivered": "Y170000002"}, NASTY["transfers"][1] | {"delivered": "Y12345"}]
    export(write_tables(tmp_path / "dataset", NASTY | {"transfers": transfers}), tmp_path / "release")
    table = pq.read_table(tmp_path / "release/parquet/transfers.parquet")
    assert table["delivered"].to_pylist() == ["Y170000002", "Y12345"]
    days = table["delivered_earliest"].cast(pa.int32()).to_pylist()
    assert days == [None, 3789391]


def test_kinds_of_columns_have_the_types_the_documentation_promises() -> None:
    promised = {
        Kind.DATE: pa.date32(),
        Kind.DECIMAL: pa.decimal128(*DECIMAL),
        Kind.INTEGER: pa.int32(),
        Kind.BOOLEAN: pa.bool_(),
    }
    for table in TABLES.values():
        for column in table.columns:
            kind = column.arrow_type()
            item = kind.value_type if column.many else kind
            assert item == promised.get(column.kind, pa.string())
