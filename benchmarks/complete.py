"""`python complete.py DATASET OUT SUFFIX…`: whether each table is there in each format, with all of its rows.

In a process of its own, as all that takes memory: what the operating system counts as the peak of a process begins with
that of the one which started it.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from peers import TABLES

#: Lines of a file that are no record: a header; the context and two lines of brackets.
BESIDE = {".csv": 1, ".jsonld": 3, ".json": 0}


def rows_of(path: Path) -> int:
    """The records of a file of a synthetic dataset, none of which has a line break in a cell."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return int(pq.read_metadata(path).num_rows)
    with path.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(partial(file.read, 1 << 22), b""))
    return lines - BESIDE[path.suffix]


if __name__ == "__main__":
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    for name in TABLES:
        expected = rows_of(folder / f"{name}.csv")
        for suffix in sys.argv[3:]:
            found = [rows_of(path) for path in out.rglob(f"{name}{suffix}")]
            if found != [expected]:
                sys.exit(f"{name}{suffix}: {found} rows, not {expected}")
