"""Reading Parquet: our own releases, and contributions written with other tools.

A few bytes of Parquet can stand for any number of rows and any amount of text. What a file unpacks to is bounded by
its size, and what is unpacked at once by `BATCH_BYTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from armsdata.errors import NoTable
from armsdata.schema import Table

from .batch import Batch
from .repair import RECORD_LIMIT
from .typed import judge_columns, readable, refused, typed_batch

_ROWS = 1 << 16
#: What is unpacked at once, as a rule.
BATCH_BYTES = 64 << 20
#: A file may unpack to so many bytes, or so many for each of its own: notes that are all alike are packed well.
UNPACKED, UNPACKED_A_BYTE = 256 << 20, 1000
#: It may hold so many values of a column, or so many for each of its bytes: every record has a key of its own.
VALUES, VALUES_A_BYTE = 1 << 20, 8


def parquet_columns(path: Path) -> list[str]:
    """The names of the columns of a Parquet file.

    Raises:
        NoTable: it is no Parquet file.
    """
    with _open(path) as file:
        return list(file.schema_arrow.names)


def _open(path: Path, encoded: tuple[str, ...] = ()) -> pq.ParquetFile:
    """Open a file.

    Args:
        path: the file.
        encoded: the columns to be read as a dictionary, that is without repeating a text for each row that has it.
    """
    try:
        file = pq.ParquetFile(path, read_dictionary=encoded)
        _ = file.schema_arrow  # which is read only now, and may be damaged, too
        _inspect(path, file)
    except (pa.ArrowException, ValueError, OSError, KeyError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise NoTable(path, f"not a readable Parquet file ({_first_line(error)})") from None
    return file


def _inspect(path: Path, file: pq.ParquetFile) -> None:
    """Refuse a file that says of itself that it holds far more than its bytes can."""
    size, about = path.stat().st_size, file.metadata
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if about.num_rows > _most_values(size) or unpacked > _most_bytes(size) or min(unpacked, about.num_rows) < 0:
        text = f"{about.num_rows:,} records and {unpacked >> 20:,} MiB when unpacked, in a file of {size:,} bytes"
        raise NoTable(path, f"it claims to hold {text}; save it anew, or as CSV")


def _most_values(size: int) -> int:
    return max(VALUES, VALUES_A_BYTE * size)


def _most_bytes(size: int) -> int:
    return max(UNPACKED, UNPACKED_A_BYTE * size)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


class ParquetReader:
    """One Parquet file of a table. See `Reader`; the line of a record is its number plus one."""

    def __init__(self, path: Path, label: str, table: Table) -> None:
        self.path, self.label, self.table = path, label, table
        self.size = path.stat().st_size
        with _open(path) as file:
            schema = file.schema_arrow
            leaves = [file.schema.column(place) for place in range(len(file.schema))]
            places, self.findings = judge_columns(schema.names, table, label)
            self._places = {}
            for name, place in places.items():
                if readable(table.by_name[name], schema.field(place).type):
                    self._places[name] = place
                else:
                    self.findings.append(refused(label, table, name, place + 1, str(schema.field(place).type)))
        self._encoded = tuple(
            leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY" and leaf.logical_type.type == "STRING"
        )
        self.numbers = {name: place + 1 for name, place in self._places.items()}

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file; see `Reader`.

        Raises:
            NoTable: the file is damaged, or unpacks to too much.
        """
        first = unpacked = 0
        most = _most_bytes(self.size)
        with _open(self.path, self._encoded) as file:
            batches = file.iter_batches(_rows_at_once(file.metadata), use_threads=False)
            while True:
                try:
                    batch = next(batches, None)
                    weights = None if batch is None else _weights(batch)
                except (pa.ArrowException, OSError) as error:
                    what = f"the file is damaged: no record can be read from here on ({_first_line(error)})"
                    raise NoTable(self.path, what, line=first + 2) from None
                if batch is None or weights is None:
                    return
                unpacked += int(weights.sum())
                if _items(batch) > _most_values(self.size):
                    raise NoTable(self.path, "it holds more items in its lists than its bytes can", line=first + 2)
                if len(weights) and weights.max() > RECORD_LIMIT:
                    at = first + 2 + int(weights.argmax())
                    raise NoTable(self.path, f"a record unpacks to more than {RECORD_LIMIT >> 20} MiB", line=at)
                if unpacked > most:
                    what = f"its records unpack to more than {most >> 20} MiB, in a file of {self.size:,} bytes"
                    raise NoTable(self.path, f"{what}; save it as CSV", line=first + 2)
                for part in _parts(batch, weights):
                    yield partial(self._batch, part, first)
                    first += part.num_rows

    def _batch(self, batch: pa.RecordBatch, first: int) -> Batch:
        arrays = {name: batch.column(place) for name, place in self._places.items()}
        return typed_batch(self, arrays, batch.num_rows, first)


def _rows_at_once(about: pq.FileMetaData) -> int:
    """So many rows that they unpack to no more than a batch may, by what the file says of itself."""
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    heaviest = max((group.total_byte_size // max(group.num_rows, 1) for group in groups), default=0)
    return max(1, min(_ROWS, BATCH_BYTES // max(heaviest, 1)))


def _parts(batch: pa.RecordBatch, weights: np.ndarray[Any, Any]) -> Iterator[pa.RecordBatch]:
    """The batch in parts whose texts are no more than a batch may hold, each of one record at least."""
    ends = np.cumsum(weights)
    first, rows = 0, batch.num_rows
    while first < rows:
        before = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, before + BATCH_BYTES, side="right")), first + 1)
        yield batch.slice(first, last - first)
        first = last


def _items(batch: pa.RecordBatch) -> int:
    """The most items that a column of lists has.

    What the footer says of a column is not asked: where that is damaged, pyarrow's `RowGroupMetaData.column` ends the
    process.
    """
    lists = (pc.sum(pc.list_value_length(column)).as_py() for column in batch.columns if pa.types.is_list(column.type))
    return max((many or 0 for many in lists), default=0)


def _weights(batch: pa.RecordBatch) -> np.ndarray[Any, Any]:
    """The bytes of all texts of each row, once their dictionaries are gone."""
    weights = np.zeros(batch.num_rows, dtype=np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            weights += _lengths(column)
        elif pa.types.is_list(column.type) and pa.types.is_dictionary(column.type.value_type):
            items, parents = pc.list_flatten(column), np.asarray(pc.list_parent_indices(column))
            weights += np.bincount(parents, _lengths(items), batch.num_rows).astype(np.int64)
    return weights


def _lengths(array: pa.Array) -> np.ndarray[Any, Any]:
    """The bytes of each text.

    Raises:
        pa.ArrowInvalid: the texts are not where the rows say.
    """
    if not _is_text(array.type.value_type):
        return np.zeros(len(array), dtype=np.int64)
    of_text = np.append(np.asarray(pc.fill_null(pc.binary_length(array.dictionary), 0)).astype(np.int64), 0)
    places = np.asarray(pc.fill_null(array.indices, -1)).astype(np.int64)
    if len(places) and (places.max() >= len(of_text) - 1 or places.min() < -1):
        raise pa.ArrowInvalid("a row names a text that is not there")
    return of_text[places]


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
