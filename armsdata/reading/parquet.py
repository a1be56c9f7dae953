"""Reading Parquet: our own releases, and contributions written with other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from armsdata.errors import NoTable
from armsdata.schema import Table

from .batch import Batch
from .typed import judge_columns, readable, refused, typed_batch

_ROWS = 1 << 16


def parquet_columns(path: Path) -> list[str]:
    """The names of the columns of a Parquet file.

    Raises:
        NoTable: it is no Parquet file.
    """
    with _open(path) as file:
        return list(file.schema_arrow.names)


def _open(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
        _ = file.schema_arrow  # which is read only now, and may be damaged, too
    except (pa.ArrowException, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise NoTable(path, f"not a readable Parquet file ({_first_line(error)})") from None
    return file


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


class ParquetReader:
    """One Parquet file of a table. See `Reader`; the line of a record is its number plus one."""

    def __init__(self, path: Path, label: str, table: Table) -> None:
        self.path, self.label, self.table = path, label, table
        with _open(path) as file:
            schema = file.schema_arrow
        places, self.findings = judge_columns(schema.names, table, label)
        self._places = {}
        for name, place in places.items():
            if readable(table.by_name[name], schema.field(place).type):
                self._places[name] = place
            else:
                self.findings.append(refused(label, table, name, place + 1, str(schema.field(place).type)))
        self.numbers = {name: place + 1 for name, place in self._places.items()}

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file; see `Reader`."""
        first = 0
        with _open(self.path) as file:
            batches = file.iter_batches(_ROWS, use_threads=False)
            while True:
                try:
                    batch = next(batches, None)
                except (pa.ArrowException, OSError) as error:
                    raise NoTable(self.path, f"the Parquet file is damaged ({_first_line(error)})") from None
                if batch is None:
                    return
                yield partial(self._batch, batch, first)
                first += batch.num_rows

    def _batch(self, batch: pa.RecordBatch, first: int) -> Batch:
        arrays = {name: batch.column(place) for name, place in self._places.items()}
        return typed_batch(self, arrays, batch.num_rows, first)
