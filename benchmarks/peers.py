"""Peers: the same five CSV files converted to CSV, Parquet and JSON by others, without any validation."""

from __future__ import annotations

import sys
from pathlib import Path

TABLES = ("sources", "actors", "weapons", "transfers", "claims")


def duckdb_load(folder: Path, out: Path) -> None:
    """Load each table once, then three COPYs."""
    import duckdb

    connection = duckdb.connect()
    for name in TABLES:
        dates = "'ordered': 'VARCHAR', 'delivered': 'VARCHAR'" if name == "transfers" else ""
        options = f"header=true, sample_size=50000, types={{{dates}}}" if dates else "header=true, all_varchar=true"
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder / name}.csv', {options})")
        connection.execute(f"COPY {name} TO '{out / name}.csv' (HEADER)")
        connection.execute(f"COPY {name} TO '{out / name}.parquet' (COMPRESSION zstd)")
        connection.execute(f"COPY {name} TO '{out / name}.json'")


def polars_sinks(folder: Path, out: Path) -> None:
    """Three sinks collected together."""
    import polars

    for name in TABLES:
        frame = polars.scan_csv(folder / f"{name}.csv", infer_schema_length=0)
        polars.collect_all(
            [
                frame.sink_csv(out / f"{name}.csv", lazy=True),
                frame.sink_parquet(out / f"{name}.parquet", compression="zstd", lazy=True),
                frame.sink_ndjson(out / f"{name}.json", lazy=True),
            ]
        )


if __name__ == "__main__":
    peer, given, made = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    made.mkdir(parents=True, exist_ok=True)
    {"duckdb": duckdb_load, "polars": polars_sinks}[peer](given, made)
