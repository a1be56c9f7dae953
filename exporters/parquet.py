"""Parquet: real types, zstd, what each column means in its field's metadata, what the dataset is in the file's."""

from __future__ import annotations

from functools import cache
from typing import IO, Any

import pyarrow as pa
from armsdata.schema import Column, Table
from armsdata.schema.metadata import Metadata

from .contract import TableWriter, TypedBatch

#: Rows of a row group: the same whatever the batches were, so that equal tables give equal bytes.
ROW_GROUP = 1 << 16


class ParquetFormat:
    """See `TableFormat`."""

    name = "parquet"
    suffix = ".parquet"
    media_type = "application/vnd.apache.parquet"

    def render(self, batch: TypedBatch, metadata: Metadata) -> pa.RecordBatch:
        """The rows as typed columns."""
        arrays = [_typed(batch, column) for column in batch.table.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=_fields(batch.table))

    def open(self, stream: IO[bytes], table: Table, metadata: Metadata) -> TableWriter:
        """Begin the file."""
        about = {
            "title": f"{metadata.title}: {table.title}",
            "description": table.description,
            "version": metadata.version,
            "date": metadata.date.isoformat(),
            "license": metadata.license,
            "publisher": metadata.publisher,
            "base_iri": metadata.base_iri,
            "primary_key": table.key,
        }
        return _Writer(
            stream, table, _fields(table).with_metadata({key: value for key, value in about.items() if value})
        )


class _Writer:
    """Gathers batches to row groups of equal size."""

    def __init__(self, stream: IO[bytes], table: Table, schema: pa.Schema) -> None:
        # A dictionary of texts that each stand once would only be written twice over.
        repeated = [name for name in schema.names if table.repeats(name)]
        import pyarrow.parquet as pq  # with all its file systems: a validation does without

        self._writer = pq.ParquetWriter(stream, schema, compression="zstd", version="2.6", use_dictionary=repeated)
        self._schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, rendered: Any) -> None:
        self._waiting.append(rendered)
        self._rows += rendered.num_rows
        while self._rows >= ROW_GROUP:
            self._flush(ROW_GROUP)

    def _flush(self, rows: int) -> None:
        table = pa.Table.from_batches(self._waiting, _bare(self._schema)).cast(self._schema)
        self._writer.write_table(table.slice(0, rows), row_group_size=ROW_GROUP)
        rest = table.slice(rows)
        self._waiting = [batch.cast(_bare(self._schema)) for batch in rest.to_batches()]
        self._rows = rest.num_rows

    def close(self) -> None:
        if self._rows:
            self._flush(self._rows)
        self._writer.close()


def _bare(schema: pa.Schema) -> pa.Schema:
    return schema.remove_metadata()


def _typed(batch: TypedBatch, column: Column) -> pa.Array:
    if column.derived_from:
        source = batch.cells[column.derived_from]
        return source.spread(source.days[column.end])
    cells = batch.cells[column.name]
    return cells.spread(cells.values)


@cache
def _fields(table: Table) -> pa.Schema:
    """The Arrow schema of a table, with what each column means."""
    return pa.schema([_field(column) for column in table.columns])


def _field(column: Column) -> pa.Field:
    about = {
        "title": column.title,
        "description": column.description,
        "unit": column.unit,
        "vocabulary": column.vocabulary,
        "references": column.references,
    }
    given = {key: value for key, value in about.items() if value}
    return pa.field(column.name, column.arrow_type(), nullable=not column.required, metadata=given)
