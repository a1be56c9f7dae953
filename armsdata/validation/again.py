"""Looking at files a second time: at the records that findings rest on, and at the names that hints offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from armsdata.reading.batch import Batch
from armsdata.schema import TABLES
from armsdata.schema.cells import split

from .judge import Rows

if TYPE_CHECKING:
    from .run import Input

#: The line at which a record begins, and its cells by column.
Record = tuple[int, dict[str, str | None]]
_NAMES: dict[str, tuple[str, ...]] = {
    "actors": ("name", "aliases", "iso3166"),
    "weapons": ("designation", "aliases"),
    "sources": ("title", "url"),
    "transfers": (),
    "claims": (),
}


class Again:
    """Looks at files a second time by reading them once more.

    Args:
        reread: the blocks of a file; calling one gives its batch, as it was counted.
    """

    def __init__(self, reread: Callable[[Input], Iterator[Callable[[], Batch]]]) -> None:
        self._reread = reread

    def rows(self, wanted: Sequence[tuple[Input, Rows]]) -> Iterator[list[Record]]:
        """For each file the records at these rows, which are in order and counted within the file."""
        for file, rows in wanted:
            yield records_at(self._reread(file), rows, file.sizes)

    def names(self, files: Sequence[Input]) -> Iterator[tuple[str, str]]:
        """Every name of the records of some files, with its key."""
        for file in files:
            yield from names_in(file.table.name, (read() for read in self._reread(file)))


def within(rows: Rows, first: int, size: int) -> Rows:
    """Those of the rows, which are in order, that are among so many from the first; counted from there."""
    here: Rows = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + size)] - first
    return here


def records_at(blocks: Iterable[Callable[[], Batch]], rows: Rows, sizes: Sequence[int] = ()) -> list[Record]:
    """The records of a file at these rows, which are in order.

    Args:
        blocks: the blocks of the file; those that hold none of the rows are not read.
        rows: the rows.
        sizes: how many records each block gives, as far as that is known.
    """
    found: list[Record] = []
    first = 0
    for place, read in enumerate(blocks):
        if len(found) == len(rows):
            break
        if place < len(sizes) and not len(within(rows, first, sizes[place])):
            first += sizes[place]
            continue
        batch = read()
        here = within(rows, first, batch.size)
        if len(here):
            lines = batch.lines()[here].tolist()
            texts = {name: array.take(here).to_pylist() for name, array in batch.columns.items()}
            found += [(line, {name: texts[name][place] for name in texts}) for place, line in enumerate(lines)]
        first += batch.size
    return found


def names_in(table: str, batches: Iterable[Batch]) -> Iterator[tuple[str, str]]:
    """Every name of the records of a file, with its key."""
    key = TABLES[table].key
    for batch in batches:
        texts = {name: batch.columns[name].to_pylist() for name in (key, *_NAMES[table]) if name in batch.columns}
        for place, own in enumerate(texts.get(key, [])):
            if own:
                yield own, own
                for name in _NAMES[table]:
                    text = texts[name][place] if name in texts else None
                    yield from ((part, own) for part in split(text)[0]) if text else ()
