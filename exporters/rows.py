"""Putting rows together from texts that are made once, at the speed of Arrow.

Rows are not joined cell by cell. All texts that stand in any row are laid side by side in one array; one `take` of
them, in the order in which the rows want them, has the bytes of the rows in its buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column, Table
from armsdata.schema.arrays import Ints, Places, valid
from armsdata.schema.cells import Cells

from .text import Texts, cell_texts

#: Adjacent columns are put together when there are at most so many combinations of their texts.
COMBINATIONS = 1024
#: Neighbours are made one where at least so many rows share a combination of their texts, and those take little room.
ROWS_A_COMBINATION, ROOM = 8, 1 << 20
#: But columns with texts of more bytes go alone, so that the combinations never take much room.
LONG = 256
#: So many bytes fit into one array of texts.
MOST_BYTES = 2**31 - 1

#: Room for what is taken is made for rows that are on average longer than the first ones by so much.
SPARE = 1.02
#: So many rows are put together at once: their order and bytes stay in the processor's cache.
PIECE = 4096

#: A part of each row: texts, and for each row the position of its own; None: position and row are the same, or there
#: is one text for all rows.
Part = tuple[pa.Array, Ints | None]


def constant(text: str) -> Part:
    """The same text in each row."""
    return pa.array([text], pa.string()), None


#: How a format writes the texts of a column: pieces that follow each other, texts (one a position, null = empty cell)
#: and what stands in each cell that is not empty.
Render = Callable[[Column, pa.Array], Sequence[str | pa.Array]]


@dataclass(frozen=True)
class Run:
    """Adjacent columns that have few combinations of texts; each is written once for all rows that have it.

    Attributes:
        columns: the columns.
        places: for each the position of its text in each combination, counted from 1; 0 where the cell is empty.
            None: it is the number of the combination.
        rows: for each row the number of its combination; None: there is one column, its positions are the rows.
    """

    columns: tuple[Texts, ...]
    places: tuple[Ints | None, ...]
    rows: Ints | None

    def parts(self, render: Render, between: str = "", before: str = "") -> list[Part]:
        """What the run gives to each row.

        Args:
            render: how a format writes the texts of a column.
            between: what stands between two columns.
            before: what stands before the first.
        """
        if self.rows is None:
            return _own_parts(render, self.columns[0], before)
        pieces = [constant(before)] if before else []
        for place, (column, places) in enumerate(zip(self.columns, self.places, strict=True)):
            pieces += [constant(between)] if place and between else []
            pieces += _combined(render, column, places) if _filled(column) else []
        if all(rows is None for _, rows in pieces):
            return [constant("".join(texts[0].as_py() for texts, _ in pieces))]
        return [(_joined(pieces, len(next(rows for _, rows in pieces if rows is not None))), self.rows)]


def _own_parts(render: Render, column: Texts, before: str) -> list[Part]:
    declared, _, texts = column
    parts = [constant(before)] if before else []
    empty = (~valid(texts)).astype(np.int32) if texts.null_count else None
    for piece in render(declared, texts):
        if not isinstance(piece, str):
            parts.append((_without_nulls(piece), None))
        elif empty is None:
            parts.append(constant(piece))
        else:
            parts.append((pa.array([piece, ""], pa.string()), empty))
    return parts


def _combined(render: Render, column: Texts, places: Ints | None) -> list[Part]:
    """What a column gives to each combination."""
    declared, _, texts = column
    if places is None:
        places = np.arange(len(texts) + 1, dtype=np.int32)
    filled = np.concatenate(([False], valid(texts)))[places].astype(np.int32)
    nothing = pa.array([""], pa.string())
    return [
        (pa.array(["", piece], pa.string()), filled)
        if isinstance(piece, str)
        else (pa.concat_arrays([nothing, _without_nulls(piece)]), places * filled)
        for piece in render(declared, texts)
    ]


def _without_nulls(texts: pa.Array) -> pa.Array:
    return pc.fill_null(texts, "") if texts.null_count else texts


def _joined(parts: Sequence[Part], size: int) -> pa.Array:
    """So many texts of which each is put together from these parts."""
    starts = np.cumsum([0, *(len(texts) for texts, _ in parts)])
    order = np.empty((size, len(parts)), dtype=np.int32)
    for place, (_, rows) in enumerate(parts):
        order[:, place] = starts[place] if rows is None else rows + np.int32(starts[place])
    whole = pc.take(pa.concat_arrays([texts for texts, _ in parts]), pa.array(order.reshape(-1)), boundscheck=False)
    _, offsets, data = whole.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[:: len(parts)].copy()
    return pa.StringArray.from_buffers(size, pa.py_buffer(ends), data)


def _filled(column: Texts) -> bool:
    """Whether any cell of the column is filled."""
    _, _, texts = column
    return bool(texts.null_count < len(texts))


def runs(table: Table, columns: Mapping[str, Cells], size: int) -> list[Run]:
    """The columns of a batch of so many rows, in order."""
    return [_run(group, size) for group in _groups(cell_texts(table, columns))]


def _groups(columns: Iterable[Texts]) -> Iterator[list[Texts]]:
    """Adjacent columns that go together; one whose every row has a text of its own goes alone, and so do long texts."""
    group: list[Texts] = []
    alone = False
    for one in columns:
        if group and (alone or _alone(one) or _too_many(_factors(group), _factors([*group, one]))):
            yield group
            group = []
        group.append(one)
        alone = _alone(one)
    if group:
        yield group


def _alone(column: Texts) -> bool:
    _, cells, texts = column
    return _filled(column) and (cells.indices is None or (pc.max(pc.binary_length(texts)).as_py() or 0) > LONG)


def _too_many(before: Sequence[Cells], after: Sequence[Cells]) -> bool:
    return len(after) > len(before) and prod(map(_positions, after)) > COMBINATIONS


def _factors(group: Sequence[Texts]) -> list[Cells]:
    """The columns whose positions make the combinations: not those that are always empty, nor one of them twice."""
    filled = [cells for _, cells, texts in group if texts.null_count < len(texts)]
    return [cells for place, cells in enumerate(filled) if all(cells is not one for one in filled[:place])]


def _positions(cells: Cells) -> int:
    """How many texts there are, and one more for the empty cell."""
    return len(cells.texts) + 1


def _run(group: Sequence[Texts], size: int) -> Run:
    factors = _factors(group)
    rows: Ints | None = None
    for cells in factors:
        if cells.places is None:  # it is alone
            return Run(tuple(group), (None,), None)
        rows = cells.places if rows is None else rows * np.int32(_positions(cells)) + cells.places
    if len(factors) < 2:
        return Run(tuple(group), (None,) * len(group), np.zeros(size, dtype=np.int32) if rows is None else rows)
    sizes = [_positions(cells) for cells in factors]
    each = [places.astype(np.int32) for places in np.unravel_index(np.arange(prod(sizes)), sizes)]
    places = [
        next((places for places, cells in zip(each, factors, strict=True) if cells is one), None) for _, one, _ in group
    ]
    return Run(tuple(group), tuple(places), rows)


def put_together(parts: Sequence[Part], size: int) -> list[memoryview]:
    """The bytes of all rows, one behind the other, in pieces.

    Args:
        parts: the parts of each row, in order; texts without nulls.
        size: the number of rows.
    """
    if not size:
        return []
    parts = fewer(parts, size)
    starts = np.cumsum([0, *(len(texts) for texts, _ in parts)])
    lengths = [np.asarray(pc.binary_length(texts)) for texts, _ in parts]
    if _too_many_bytes(parts, lengths, size):
        half = size // 2
        halves = (_slice(parts, 0, half), half), (_slice(parts, half, size), size - half)
        return [piece for one in halves for piece in put_together(*one)]
    texts = pa.concat_arrays([*(texts for texts, _ in parts), _room(parts, lengths)])
    return list(_pieces(texts, _orders(parts, starts, size)))


def fewer(parts: Iterable[Part], size: int) -> list[Part]:
    """The same with neighbours made one where they have few combinations: what takes time is each text of each row."""
    found: list[Part] = []
    for part in parts:
        both = _both(found[-1], part, size) if found else None
        found[-1:] = [*found[-1:], part] if both is None else [both]
    return found


def _both(one: Part, other: Part, size: int) -> Part | None:
    """Two neighbours in one; None where they have a text a row, or more combinations than pay."""
    (texts, rows), (others, others_rows) = one, other
    if any(len(some) > 1 and at is None for some, at in (one, other)):
        return None
    many = len(texts) * len(others)
    room = len(others) * texts.nbytes + len(texts) * others.nbytes
    if many > max(1, size // ROWS_A_COMBINATION) or room > ROOM:
        return None
    places = np.divmod(np.arange(many, dtype=np.int32), np.int32(len(others)))
    if rows is None or others_rows is None:
        combined = others_rows if rows is None else rows
    else:
        combined = rows * np.int32(len(others)) + others_rows
    return _joined([(texts, places[0]), (others, places[1])], many), combined


def _orders(parts: Sequence[Part], starts: Places, size: int) -> Iterator[Ints]:
    """For some rows after others the order of their texts, among those of all parts; each part's have their start."""
    order = np.empty((min(PIECE, size), len(parts)), dtype=np.int32)
    counted = np.arange(len(order), dtype=np.int32)
    changing = []
    for place, (texts, rows) in enumerate(parts):
        if rows is None and len(texts) == 1:
            order[:, place] = starts[place]
        else:
            changing.append((np.int32(starts[place]), rows, order[:, place]))
    for first in range(0, size, PIECE):
        end = min(first + PIECE, size)
        for start, rows, column in changing:
            some = counted[: end - first] if rows is None else rows[first:end]
            np.add(some, start + np.int32(first) if rows is None else start, out=column[: end - first])
        yield order[: end - first]


def _pieces(texts: pa.Array, orders: Iterable[Ints]) -> Iterator[memoryview]:
    for order in orders:
        whole = pc.take(texts, pa.array(order.reshape(-1)), boundscheck=False)
        _, offsets, data = whole.buffers()
        yield memoryview(data)[: int(np.frombuffer(offsets, dtype=np.int32)[len(whole)])]


def _room(parts: Sequence[Part], lengths: Sequence[Ints]) -> pa.Array:
    """A text that stands in no row, so long that all texts are on average as long as those of the rows.

    Arrow makes room for what it takes by that average, and moves everything when it was too little.
    """
    some = slice(PIECE)
    rows = [
        length[rows[some]] if rows is not None else length[some]
        for length, (_, rows) in zip(lengths, parts, strict=True)
    ]
    average = SPARE * sum(float(length.mean()) for length in rows) / len(parts)
    there = sum(int(length.sum()) for length in lengths)
    missing = int(average * (1 + sum(map(len, lengths)))) - there
    return pa.array([" " * max(0, min(missing, ROOM, MOST_BYTES - there))], pa.string())


def _too_many_bytes(parts: Sequence[Part], lengths: Sequence[Ints], size: int) -> bool:
    """Whether the rows are too long together for one array; a single row never is, for cells have a limit."""
    if size == 1:
        return False
    if sum(int(length.max()) for length in lengths) * size <= MOST_BYTES:
        return False
    each = [
        int(length[rows].sum()) if rows is not None else int(length.sum()) * (size if len(length) == 1 else 1)
        for length, (_, rows) in zip(lengths, parts, strict=True)
    ]
    return sum(each) > MOST_BYTES


def _slice(parts: Sequence[Part], first: int, end: int) -> list[Part]:
    def some(texts: pa.Array, rows: Ints | None) -> Part:
        if rows is not None:
            return texts, rows[first:end]
        return (texts if len(texts) == 1 else texts.slice(first, end - first)), None

    return [some(*part) for part in parts]
