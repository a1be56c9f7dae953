"""Peers: what others make of the same five CSV files. `python peers.py NAME DATASET OUT` runs one.

The first four convert without any validation. The pandas one is what a competent user would write in an afternoon with
pandas, pandera and json; it checks less than armsdata does.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = ("sources", "actors", "weapons", "transfers", "claims")
BASE = "https://w3id.org/armsdata/"


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
    """Three sinks collected together, all columns text."""
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


def pyarrow_writers(folder: Path, out: Path) -> None:
    """One pass of its reader, all columns text, into its CSV and Parquet writers; it has none for JSON."""
    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    for name in TABLES:
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        convert = pacsv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=True)
        reader = pacsv.open_csv(path, pacsv.ReadOptions(block_size=8 << 20), convert_options=convert)
        with (
            pacsv.CSVWriter(out / f"{name}.csv", reader.schema) as as_csv,
            pq.ParquetWriter(out / f"{name}.parquet", reader.schema, compression="zstd") as as_parquet,
        ):
            for batch in reader:
                as_csv.write_batch(batch)
                as_parquet.write_batch(batch)


# ---------------------------------------------------------------------------------------------- pandas, pandera, json


def pandas_validate(folder: Path, out: Path) -> dict[str, Any]:
    """Forms, code lists, keys, references and some row rules, by pandera."""
    import pandas
    import pandera.pandas as pandera
    from armsdata.schema import TABLES as DECLARED
    from armsdata.schema import Kind
    from armsdata.schema.vocabularies import vocabulary

    number, date = r"^-?\d+(?:\.\d+)?$", r"^\d{4}-\d\d-\d\d$"
    edtf = r"^[\d~?%X/.\[\]{},-]+$"
    frames = {
        name: pandas.read_csv(folder / f"{name}.csv", dtype="string", keep_default_na=False, na_values=[""])
        for name in TABLES
    }

    def checks(column: Any) -> list[Any]:
        if column.references:
            keys = frames[column.references].iloc[:, 0]
            if column.many:
                return [pandera.Check(lambda cells: _each_in(cells, keys))]
            return [pandera.Check.isin(keys)]
        if column.vocabulary:
            return [pandera.Check.isin(list(vocabulary(column.vocabulary).concepts))]
        pattern = {Kind.DECIMAL: number, Kind.DATE: date, Kind.EDTF: edtf, Kind.BOOLEAN: "^(?:true|false)$"}
        pattern |= {Kind.URL: r"^https?://\S+$", Kind.ID: r"^[A-Za-z0-9-]{1,80}$"}
        return [pandera.Check.str_matches(pattern[column.kind])] if column.kind in pattern else []

    def ordered(frame: Any) -> Any:
        least, most = (pandas.to_numeric(frame[name]) for name in ("quantity_low", "quantity"))
        return ~(least > most)

    rules = {
        "transfers": [
            pandera.Check(ordered, ignore_na=False),
            pandera.Check(lambda frame: frame["quantity"].isna() | frame["quantity_unit"].notna(), ignore_na=False),
            pandera.Check(lambda frame: frame["value"].isna() | frame["value_currency"].notna(), ignore_na=False),
            pandera.Check(
                lambda frame: (frame["supplier"] != frame["recipient"]) | (frame["supplier"] == "unknown"),
                ignore_na=False,
            ),
        ]
    }
    for name in TABLES:
        columns = {
            column.name: pandera.Column(
                "string", checks(column), nullable=not column.required, unique=column.kind is Kind.ID
            )
            for column in DECLARED[name].source_columns
        }
        pandera.DataFrameSchema(columns, checks=rules.get(name, [])).validate(frames[name], lazy=True)
    return frames


def _each_in(cells: Any, keys: Any) -> Any:
    """Whether each item of a list cell is a key."""
    items = cells.str.split("; ").explode()
    return items.isin(keys).groupby(level=0).all()


def pandas_export(folder: Path, out: Path) -> None:
    """The same, then CSV, Parquet and JSON-LD."""
    for name, frame in pandas_validate(folder, out).items():
        frame.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
        frame.to_parquet(out / f"{name}.parquet", compression="zstd", index=False)
        key = frame.columns[0]
        with (out / f"{name}.jsonld").open("w", encoding="utf-8", newline="\n") as file:
            file.write(f'{{"@context":{{"@vocab":"{BASE}ns#"}},\n"@graph":[')
            between = "\n"
            for row in frame.to_dict("records"):
                node = {"@id": f"{BASE}{name[:-1]}/{row[key]}", "@type": name[:-1].capitalize()}
                node |= {column: cell for column, cell in row.items() if isinstance(cell, str)}
                file.write(between + json.dumps(node, ensure_ascii=False, separators=(",", ":")))
                between = ",\n"
            file.write("\n]}\n")


# ---------------------------------------------------------------------------------------------- others


def frictionless_validate(folder: Path, out: Path) -> None:
    """Validate by the Table Schema that armsdata gives, foreign keys included."""
    import frictionless
    from armsdata.schema import TABLES as DECLARED

    from_armsdata = json.loads((folder.parent / "table-schema.json").read_text(encoding="utf-8"))
    resources = []
    for resource in from_armsdata["resources"]:
        name = resource["name"]
        if name not in DECLARED or not resource["path"].endswith(".csv"):
            continue
        wanted = {column.name for column in DECLARED[name].source_columns}
        schema = resource["schema"]
        schema["fields"] = [field for field in schema["fields"] if field["name"] in wanted]
        resources.append({"name": name, "type": "table", "path": f"{name}.csv", "schema": schema})
    assert sum(len(one["schema"].get("foreignKeys", [])) for one in resources) > 5
    descriptor = {"$schema": from_armsdata["$schema"], "name": "made", "resources": resources}
    package = frictionless.Package.from_descriptor(descriptor, basepath=str(folder))
    report = package.validate()
    rows = {task.name: task.stats["rows"] for task in report.tasks}
    print(json.dumps({"valid": report.valid, "rows": rows}))
    if not report.valid:
        sys.exit(f"frictionless finds {report.flatten(['title', 'rowNumber', 'fieldName'])[:5]}")


def rdflib_jsonld(folder: Path, out: Path) -> None:
    """Transfers and claims as graphs, then their serializer; prints the seconds that the serializer alone took."""
    import rdflib

    term = rdflib.Namespace(f"{BASE}ns#")
    records, seconds = 0, 0.0
    for table, kind in (("transfers", term.Transfer), ("claims", term.Claim)):
        graph = rdflib.Graph()
        for node, cells in _nodes(folder / f"{table}.csv"):
            subject = rdflib.URIRef(f"{BASE}{table}/{node}")
            graph.add((subject, rdflib.RDF.type, kind))
            for name, text in cells.items():
                graph.add((subject, term[name], rdflib.Literal(text)))
            records += 1
        begun = time.perf_counter()
        graph.serialize(out / f"{table}.jsonld", format="json-ld", context={"@vocab": str(term)})
        seconds += time.perf_counter() - begun
    print(json.dumps({"records": records, "seconds": seconds}))


def _nodes(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key, *_ = row.values()
            yield key, {name: text for name, text in row.items() if text}


PEERS = {
    "duckdb": duckdb_load,
    "polars": polars_sinks,
    "pyarrow": pyarrow_writers,
    "pandas-validate": pandas_validate,
    "pandas-export": pandas_export,
    "frictionless": frictionless_validate,
    "rdflib": rdflib_jsonld,
}

if __name__ == "__main__":
    PEERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
