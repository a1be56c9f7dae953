"""Random records through CSV, Parquet and JSON-LD and back, differences counted cell by cell.

`python benchmarks/roundtrip.py` makes 10,000,000 records in 20 datasets, exports each with armsdata, and compares every
cell with what was made: as armsdata's own readers read it, and as Python's csv and json and Arrow do. The exit status
is 1 when a cell differs.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.compute as pc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from armsdata.exporters import FORMATS  # noqa: E402
from armsdata.exporters.csv import quoted  # noqa: E402
from armsdata.schema import TABLES, Column, Kind, Table  # noqa: E402
from armsdata.schema.edtf import day_text  # noqa: E402
from armsdata.schema.tables import iri_prefix  # noqa: E402
from random_records import Maker, written  # noqa: E402

import armsdata  # noqa: E402
from armsdata.reading import open_table  # noqa: E402

_ROWS = 1 << 16
#: Some records of a table as columns of text; null = empty cell.
Part = dict[str, pa.Array]


def main() -> int:
    """Make, export, read back, compare, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000_000, help="in all tables and datasets together")
    parser.add_argument("--parts", type=int, default=20, help="how many datasets")
    parser.add_argument("--seed", type=int, default=1, help="of the first dataset; the others follow")
    parser.add_argument("--work", type=Path, default=HERE / "made" / "roundtrip", help="a folder for the datasets")
    parser.add_argument("--others-every", type=int, default=1, help="in which datasets the other readers read, too")
    given = parser.parse_args()
    told: Counter[str] = Counter()
    begun, busy = time.monotonic(), time.process_time()
    for part in range(given.parts):
        one_dataset(
            given.work, given.seed + part, given.records // given.parts, told, others=part % given.others_every == 0
        )
        print(
            f"{part + 1} of {given.parts}: {told['records']:,} records, {differences(told):,} cells differ", flush=True
        )
    for name, number in sorted(told.items()):
        print(f"{name}: {number:,}")
    print(f"differences: {differences(told):,}")
    print(f"{(time.monotonic() - begun) / 60:.1f} minutes, {(time.process_time() - busy) / 60:.1f} of processor time")
    return 1 if differences(told) else 0


def differences(told: Counter[str]) -> int:
    """How many cells were not as they were made."""
    return sum(number for name, number in told.items() if name.startswith("differ"))


def one_dataset(work: Path, seed: int, records: int, told: Counter[str], *, others: bool) -> None:
    """Make one dataset, export it, and compare what each format holds."""
    shutil.rmtree(work, ignore_errors=True)
    maker = Maker(seed, records)
    made = {name: maker.table(table) for name, table in TABLES.items()}
    write_dataset(work / "dataset", made, np.random.default_rng(seed))
    armsdata.export(work / "dataset", work / "release", threads=0)
    for name, cells in made.items():
        table = TABLES[name]
        told["records"] += cells.num_rows
        told["cells"] += cells.num_rows * cells.num_columns
        told["filled cells"] += sum(cells.num_rows - column.null_count for column in cells.columns)
        for form in FORMATS.values():
            path = work / "release" / form.name / f"{name}{form.suffix}"
            compare(f"{form.name}, armsdata", own(path, table), cells, told)
            if others:
                compare(f"{form.name}, others", _OTHERS[form.name](path, table), cells, told)
    shutil.rmtree(work)


def write_dataset(folder: Path, made: dict[str, pa.Table], random: np.random.Generator) -> None:
    """Write the records as a dataset, some cells as people write them."""
    folder.mkdir(parents=True)
    toml = 'title = "Random records"\nversion = "1"\ndate = 2026-01-01\nlicense = "CC0-1.0"\n'
    (folder / "dataset.toml").write_text(toml, encoding="utf-8", newline="\n")
    for name, cells in made.items():
        texts = written(random, TABLES[name], cells)
        with (folder / f"{name}.csv").open("wb") as file:
            file.write((",".join(texts.column_names) + "\n").encode())
            for part in texts.to_batches(_ROWS):
                columns = [pc.fill_null(quoted(column), "") for column in part.columns]
                rows = pc.binary_join_element_wise(*columns, ",")
                file.write(("\n".join(rows.to_pylist()) + "\n").encode())


def compare(who: str, parts: Iterator[Part], cells: pa.Table, told: Counter[str]) -> None:
    """Count the cells that are not as they were made, missing and surplus records' among them."""
    first = 0
    for part in parts:
        size = len(next(iter(part.values())))
        expected = cells.slice(first, size).combine_chunks()
        for name in cells.column_names:
            one, other = (pc.fill_null(texts, "") for texts in (part[name], _single(expected.column(name))))
            shared = min(len(one), len(other))
            differ = pc.sum(pc.not_equal(one[:shared], other[:shared])).as_py() or 0
            told[f"differ: {who}, {name}"] += differ + abs(len(one) - len(other))
        told[f"compared: {who}"] += size * cells.num_columns
        first += size
    told[f"differ: {who}, missing"] += abs(cells.num_rows - first) * cells.num_columns
    for name in [name for name, number in told.items() if name.startswith("differ") and not number]:
        del told[name]


# ------------------------------------------------------------------------------------------------ readers


def own(path: Path, table: Table) -> Iterator[Part]:
    """As armsdata reads it."""
    reader = open_table(path, path.name, table)
    for read in reader.blocks():
        batch = read()
        yield {one.name: _plain(batch.columns.get(one.name), batch.size) for one in table.columns}


def by_csv(path: Path, table: Table) -> Iterator[Part]:
    """As Python's csv reads it."""
    with path.open(encoding="utf-8", newline="") as file:
        csv.field_size_limit(1 << 24)
        lines = csv.reader(file, strict=True)
        names = next(lines)
        while rows := list(islice(lines, _ROWS)):
            columns = zip(*rows, strict=True)
            yield {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}


def by_json(path: Path, table: Table) -> Iterator[Part]:
    """As Python's json reads it, a node a line; the IRIs of references and codes shortened to keys and codes."""
    with path.open("rb") as file:
        nodes = (json.loads(line.rstrip(b",\n")) for line in islice(file, 2, None) if not line.startswith(b"]}"))
        while some := list(islice(nodes, _ROWS)):
            yield {one.name: pa.array([_cell(one, node) for node in some], pa.string()) for one in table.columns}


def _cell(column: Column, node: dict[str, Any]) -> str | None:
    value = node.get(column.name)
    if value is None:
        return None
    if isinstance(value, list):
        prefix = iri_prefix(column)
        return "; ".join(item.removeprefix(prefix) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).removeprefix(iri_prefix(column))


def by_arrow(path: Path, table: Table) -> Iterator[Part]:
    """As Arrow reads it, typed values turned into text."""
    for batch in pq.ParquetFile(path).iter_batches(_ROWS):
        yield {one.name: _text(one, batch.column(one.name)) for one in table.columns}


def _text(column: Column, values: pa.Array) -> pa.Array:
    if column.many:
        return pc.binary_join(values.cast(pa.list_(pa.string())), "; ")
    if column.kind is Kind.DECIMAL:
        return pc.replace_substring_regex(values.cast(pa.string()), r"\.?0+$", "")
    if column.kind is Kind.DATE:
        days = values.cast(pa.int32()).dictionary_encode()
        return pa.array([day_text(day) for day in days.dictionary.to_pylist()], pa.string()).take(days.indices)
    return values.cast(pa.string())


_OTHERS: dict[str, Callable[[Path, Table], Iterator[Part]]] = {"csv": by_csv, "parquet": by_arrow, "jsonld": by_json}


def _plain(array: pa.Array | None, size: int) -> pa.Array:
    if array is None:
        return pa.nulls(size, pa.string())
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _single(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())


if __name__ == "__main__":
    sys.exit(main())
