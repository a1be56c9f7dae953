"""A table file as text, cell by cell: for the commands that write datasets back as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from armsdata.exporters.csv import quoted
from armsdata.exporters.rows import constant, put_together
from armsdata.schema import Table
from armsdata.schema.arrays import single

from .folder import open_reader
from .reading.completed import Completed

if TYPE_CHECKING:
    from .findings import Finding
    from .reading.batch import Reader

#: What does not stand in the way of reading every cell with certainty.
_HARMLESS = frozenset({"byte-order-mark", "blank-row", "missing-column", "untidy-text", "wrong-delimiter"})
_ROWS = 1 << 16


@dataclass
class TextTable:
    """The cells of a table, every one as text.

    Attributes:
        table: the table's declaration.
        cells: the columns that the file has, in the order of the declaration; null = empty cell.
        doubts: the findings about cells or records that could not be read with certainty.
    """

    table: Table
    cells: pa.Table
    doubts: list[Finding] = field(default_factory=list)

    def column(self, name: str) -> pa.Array:
        """One column; empty cells where the file has none of that name."""
        if name in self.cells.column_names:
            chunked = self.cells.column(name)
            return pa.concat_arrays(chunked.chunks) if chunked.num_chunks else pa.array([], pa.string())
        return pa.nulls(self.cells.num_rows, pa.string())

    @property
    def keys(self) -> pa.Array:
        """The key of each record."""
        return self.column(self.table.key)

    def with_columns(self, names: list[str]) -> TextTable:
        """The same records with just these columns."""
        return TextTable(self.table, table_of_texts({name: self.column(name) for name in names}), self.doubts)

    def csv(self) -> Iterator[Any]:
        """The bytes of the file: UTF-8, RFC 4180 with Unix line ends, quotation marks only where needed."""
        names = self.cells.column_names
        yield (",".join(names) + "\n").encode("utf-8")
        for first in range(0, self.cells.num_rows, _ROWS):
            part = self.cells.slice(first, _ROWS).combine_chunks()
            texts = [quoted(pc.fill_null(single(part.column(name)), "")) for name in names]
            ends = [constant(","), constant("\n")]
            parts = [one for place, text in enumerate(texts) for one in ((text, None), ends[place == len(texts) - 1])]
            yield from put_together(parts, part.num_rows)


def table_of_texts(columns: dict[str, pa.Array]) -> pa.Table:
    """An Arrow table of text columns."""
    return pa.table(columns, pa.schema([(name, pa.string()) for name in columns]))


def read_texts(path: Path, table: Table) -> TextTable:
    """Read a table file of any format.

    Raises:
        UsageError: it cannot be opened as what its name says.
        OSError: it cannot be read.
    """
    return texts_of(open_reader(path, table))


def texts_of(reader: Reader) -> TextTable:
    """The cells of an open table file."""
    table = reader.table
    present = {*reader.numbers, *(reader.lacking if isinstance(reader, Completed) else ())}
    names = [column.name for column in table.columns if column.name in present]
    schema = pa.schema([(name, pa.string()) for name in names])
    doubts = [finding for finding in reader.findings if finding.code not in _HARMLESS]
    parts = []
    for read in reader.blocks():
        batch = read()
        doubts += [finding for finding in batch.findings if finding.code not in _HARMLESS]
        texts = {name: _plain(batch.columns.get(name), batch.size) for name in names}
        parts.append(pa.table(texts, schema))
    return TextTable(table, pa.concat_tables(parts) if parts else schema.empty_table(), doubts)


def _plain(array: pa.Array | None, size: int) -> pa.Array:
    if array is None:
        return pa.nulls(size, pa.string())
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
