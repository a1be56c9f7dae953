"""A contributed file that lacks some columns: records that are updates keep what stood in those.

So it is judged as the dataset will be after the merge, and `merge` writes what was judged.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial

import pyarrow as pa
import pyarrow.compute as pc

from armsdata.errors import NoTable
from armsdata.findings import Finding
from armsdata.schema import Table

from .batch import Batch, Reader


def completed(reader: Reader, base: Sequence[Reader]) -> Reader:
    """The contributed file, completed from the table of the dataset that it would join, where it lacks columns."""
    there = {name for one in base for name in one.numbers}
    lacking = [
        column.name
        for column in reader.table.source_columns
        if not column.required and column.name not in reader.numbers and column.name in there
    ]
    key = reader.table.key
    return Completed(reader, base, lacking) if lacking and key in reader.numbers and key in there else reader


class Completed:
    """See `Reader`.

    Args:
        reader: the contributed file.
        base: the dataset's files of the same table: one, or its parts.
        lacking: the columns to take from there.
    """

    def __init__(self, reader: Reader, base: Sequence[Reader], lacking: list[str]) -> None:
        self.reader, self._base, self.lacking = reader, base, lacking
        self.label: str = reader.label
        self.table: Table = reader.table
        self.numbers: dict[str, int] = reader.numbers
        self.findings: list[Finding] = reader.findings

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the contributed file; see `Reader`."""
        for read in self.reader.blocks():
            yield partial(self._fill, read)

    def _fill(self, read: Callable[[], Batch]) -> Batch:
        batch = read()
        places = pc.index_in(self._keys(batch), value_set=self._old.column(self.table.key).combine_chunks())
        for name in self.lacking:
            texts = self._old.column(name).combine_chunks().take(places)
            batch.columns[name] = texts.dictionary_encode() if self.table.repeats(name) else texts
        return batch

    @cached_property
    def _old(self) -> pa.Table:
        """The dataset's records that the contribution updates: their keys and the lacking columns."""
        keys: list[pa.Array] = []
        with contextlib.suppress(NoTable):  # damage is told when the blocks are judged
            keys.extend(self._keys(read()) for read in self.reader.blocks())
        wanted = pa.chunked_array(keys, pa.string()).combine_chunks().drop_null()
        schema = pa.schema([(name, pa.string()) for name in (self.table.key, *self.lacking)])
        parts = [schema.empty_table()]
        for read in (read for one in self._base for read in one.blocks()):
            batch = read()
            rows = pc.indices_nonzero(pc.is_in(self._keys(batch), value_set=wanted))
            parts.append(pa.table({name: _texts(batch, name).take(rows) for name in schema.names}, schema))
        return pa.concat_tables(parts)

    def _keys(self, batch: Batch) -> pa.Array:
        return _texts(batch, self.table.key)


def _texts(batch: Batch, name: str) -> pa.Array:
    array = batch.columns.get(name)
    if array is None:
        return pa.nulls(batch.size, pa.string())
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
