"""Reading Parquet: our own releases, and contributions written with other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from armsdata.errors import UsageError
from armsdata.schema import Table

from .batch import Batch
from .typed import as_texts, judge_columns, refused

_ROWS = 1 << 16


def parquet_columns(path: Path) -> list[str]:
    """The names of the columns of a Parquet file.

    Raises:
        UsageError: it is no Parquet file.
    """
    with _open(path) as file:
        return list(file.schema_arrow.names)


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UsageError(f"{path}: not a readable Parquet file ({str(error).splitlines()[0]})") from None


class ParquetReader:
    """One Parquet file of a table. See `Reader`; the line of a record is its number plus one."""

    def __init__(self, path: Path, label: str, table: Table) -> None:
        self.path, self.label, self.table = path, label, table
        with _open(path) as file:
            schema = file.schema_arrow
        places, self.findings = judge_columns(schema.names, table, label)
        self._places = {}
        for name, place in places.items():
            if _readable(schema.field(place).type):
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
                    raise UsageError(
                        f"{self.path}: the Parquet file is damaged ({str(error).splitlines()[0]})"
                    ) from None
                if batch is None:
                    return
                yield partial(self._batch, batch, first)
                first += batch.num_rows

    def _batch(self, batch: pa.RecordBatch, first: int) -> Batch:
        columns = {name: as_texts(self.table, name, batch.column(place)) for name, place in self._places.items()}
        return Batch(batch.num_rows, columns, lambda: np.arange(first + 2, first + 2 + batch.num_rows, dtype=np.int64))


def _readable(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _readable(kind.value_type) and not pa.types.is_nested(kind.value_type)
    if pa.types.is_dictionary(kind):
        return _readable(kind.value_type)
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
