"""Putting rows together from texts that are made once, at the speed of Arrow.

Rows are not joined cell by cell. All texts that stand in any row are laid side by side in one array; one `take` of
them, in the order in which the rows want them, has the bytes of the rows in its buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import Column
from armsdata.schema.arrays import Ints, Places, valid

from .text import Texts

#: Neighbours are made one where at least so many rows share a combination of their texts, and those take little room.
ROWS_A_COMBINATION, ROOM = 8, 1 << 20
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


def parts_of(column: Texts, render: Render, empty: str = "") -> list[Part]:
    """What a column gives to each row.

    Args:
        column: the column.
        render: how a format writes it.
        empty: what stands in an empty cell.
    """
    declared, cells, texts = column
    if texts.null_count == len(texts):
        return [constant(empty)] if empty else []
    pieces = render(declared, texts)
    if cells.places is None:
        return _own_parts(pieces, texts, empty)
    written = pc.binary_join_element_wise(*pieces, "")
    return [(pa.concat_arrays([pa.array([empty], pa.string()), _without_nulls(written, empty)]), cells.places)]


def _own_parts(pieces: Sequence[str | pa.Array], texts: pa.Array, empty: str) -> list[Part]:
    """What a column gives in which each row has a text of its own: nothing is joined to those, they are copied once."""
    parts: list[Part] = []
    unfilled = (~valid(texts)).astype(np.int32) if texts.null_count else None
    for place, piece in enumerate(pieces):
        if not isinstance(piece, str):
            parts.append((_without_nulls(piece), None))
        elif unfilled is None:
            parts.append(constant(piece))
        else:
            parts.append((pa.array([piece, "" if place else empty], pa.string()), unfilled))
    return parts


def _without_nulls(texts: pa.Array, empty: str = "") -> pa.Array:
    return pc.fill_null(texts, empty) if texts.null_count else texts


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
    return [_one(group) for group in _groups(parts, max(1, size // ROWS_A_COMBINATION))]


def _groups(parts: Iterable[Part], most: int) -> Iterator[list[Part]]:
    """Neighbours that go together; one whose every row has a text of its own goes alone."""
    group: list[Part] = []
    for part in parts:
        if group and (_own(part) or _own(group[-1]) or not _pays([*group, part], most)):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _own(part: Part) -> bool:
    texts, rows = part
    return rows is None and len(texts) > 1


def _pays(group: Sequence[Part], most: int) -> bool:
    """Whether there are few combinations, which take little room; parts with the same rows have no more than one."""
    factors = _factors(group)
    many = prod(size for _, size in factors.values())
    if len(factors) > 1 and many > most:
        return False
    return bool(many * sum(texts.nbytes // len(texts) for texts, _ in group) <= ROOM)


def _factors(group: Iterable[Part]) -> dict[int, tuple[Ints, int]]:
    """The different rows, whose positions make the combinations, and how many positions each has; by identity."""
    return {id(rows): (rows, len(texts)) for texts, rows in group if rows is not None}


def _one(group: Sequence[Part]) -> Part:
    """Neighbours in one part, each combination of their texts written once."""
    if len(group) == 1:
        return group[0]
    factors = _factors(group)
    sizes = [size for _, size in factors.values()]
    places = dict(zip(factors, np.unravel_index(np.arange(prod(sizes)), sizes), strict=True)) if sizes else {}
    joined = _joined([(texts, places.get(id(rows))) for texts, rows in group], prod(sizes))
    combined: Ints | None = None
    for rows, size in factors.values():
        combined = rows if combined is None else combined * np.int32(size) + rows
    return joined, combined


def _joined(parts: Sequence[tuple[pa.Array, Places | None]], size: int) -> pa.Array:
    """So many texts of which each is put together from these parts."""
    starts = np.cumsum([0, *(len(texts) for texts, _ in parts)])
    order = np.empty((size, len(parts)), dtype=np.int32)
    for place, (_, rows) in enumerate(parts):
        order[:, place] = starts[place] if rows is None else rows + starts[place]
    whole = pc.take(pa.concat_arrays([texts for texts, _ in parts]), pa.array(order.reshape(-1)), boundscheck=False)
    _, offsets, data = whole.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[:: len(parts)].copy()
    return pa.StringArray.from_buffers(size, pa.py_buffer(ends), data)


def _orders(parts: Sequence[Part], starts: Places, size: int) -> Iterator[Ints]:
    """For some rows after others the order of their texts, among those of all parts; each part's have their start."""
    whole = np.empty((len(parts), size), dtype=np.int32)
    for place, (texts, rows) in enumerate(parts):
        whole[place] = rows if rows is not None else np.arange(size) if len(texts) > 1 else 0
    whole += starts[:-1, None].astype(np.int32)
    for first in range(0, size, PIECE):
        yield np.ascontiguousarray(whole[:, first : first + PIECE].T)


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
