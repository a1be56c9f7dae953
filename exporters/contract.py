"""The contract between a release and its formats.

A *table format* (CSV, Parquet, JSON-LD) is fed every table batch by batch, in one pass over the rows. A *document*
(a manifest, metadata, documentation) is rendered at the end, from the declaration, the dataset's metadata and the
facts of the files written before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any, Protocol

from armsdata.schema import Table
from armsdata.schema.cells import Cells
from armsdata.schema.metadata import Metadata

from .text import Texts, cell_texts


@dataclass(frozen=True)
class TypedBatch:
    """Some rows of one table, typed and without error.

    Attributes:
        table: the table's declaration.
        size: the number of rows.
        cells: every source column by name; absent ones are empty.
    """

    table: Table
    size: int
    cells: Mapping[str, Cells]

    @cached_property
    def texts(self) -> list[Texts]:
        """The texts of the cells, column by column; made once for all formats of text."""
        return list(cell_texts(self.table, self.cells))


class TableWriter(Protocol):
    """Writes one table in one format to an open binary file."""

    def write(self, rendered: Any) -> None:
        """Append what `TableFormat.render` made of a batch. Called in the order of the rows."""

    def close(self) -> None:
        """Finish the file; the caller closes the stream."""


class TableFormat(Protocol):
    """One format for tables.

    `render` is called in several threads at once and does the work; `TableWriter.write` is called in order.
    """

    name: str  # as in `--format`, and the name of the folder
    suffix: str  # of the files
    media_type: str

    def render(self, batch: TypedBatch, metadata: Metadata) -> Any:
        """Turn a batch into what the writer appends. Pure: no state, no order."""

    def open(self, stream: IO[bytes], table: Table, metadata: Metadata) -> TableWriter:
        """Begin a table."""


@dataclass(frozen=True, slots=True)
class FileFact:
    """One finished file of the release.

    Attributes:
        path: relative to the release folder, with ``/``.
        media_type: its media type.
        size: its bytes.
        sha256: of its bytes, in hexadecimal.
        table: the table it holds, if it holds one.
        rows: the number of rows, if it holds a table.
        parts: the files that hold the table together, where it is not in one; `path` is then their folder, `size` and
            `sha256` are those of the one file that they would be (empty where that is not told).
    """

    path: str
    media_type: str
    size: int
    sha256: str
    table: str = ""
    rows: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What documents are made of, beside the declaration.

    Attributes:
        metadata: the dataset's own.
        files: every file finished so far, in the order of writing.
        earliest: the first day that any transfer's dates allow, as `YYYY-MM-DD`; empty where there is none.
        latest: the last such day.
        content_hash: the content hash of each table.
    """

    metadata: Metadata
    files: tuple[FileFact, ...]
    earliest: str = ""
    latest: str = ""
    content_hash: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One file that is rendered from the facts.

    Attributes:
        path: relative to the release folder, with ``/``.
        media_type: its media type.
        render: from the facts to the bytes; equal facts give equal bytes.
        needs: it is written when one of these table formats is; empty: always.
    """

    path: str
    media_type: str
    render: Callable[[Facts], bytes]
    needs: tuple[str, ...] = ()
