"""What Arrow does not give of its arrays in one call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Ints = np.ndarray[Any, np.dtype[np.int32]]


def edges(texts: pa.Array) -> tuple[Bytes, Places, Places]:
    """The bytes of a utf8 array, and where each text starts and ends in them (no copy); a null may have bytes, too."""
    data, offsets = _laid(texts)
    places = offsets.astype(np.int64)
    return data, places[:-1], places[1:]


def body(texts: pa.Array) -> Bytes:
    """The bytes of all texts of a utf8 array, one behind the other (no copy)."""
    data, offsets = _laid(texts)
    return data[offsets[0] : offsets[-1]] if len(offsets) else data[:0]


def _laid(texts: pa.Array) -> tuple[Bytes, Ints]:
    _, offsets, data = texts.buffers()
    some = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.zeros(0, np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8), some


def valid(array: pa.Array) -> Mask:
    """Which values are not null."""
    bits = array.buffers()[0]
    if bits is None:
        return np.ones(len(array), dtype=bool)
    end = array.offset + len(array)
    bytes_ = np.frombuffer(bits, dtype=np.uint8)
    return np.unpackbits(bytes_, count=end, bitorder="little")[array.offset :].view(bool)


def places(indices: pa.Array) -> Ints:
    """The values of an int32 array, counted from 1, and 0 for null (by arithmetic: choosing one by one is slower)."""
    raw = np.frombuffer(indices.buffers()[1], dtype=np.int32)[indices.offset : indices.offset + len(indices)]
    counted = raw + np.int32(1)
    return counted * valid(indices) if indices.null_count else counted


def is_utf8(data: bytes, end: int) -> bool:
    """Whether the bytes before `end` are UTF-8; other threads go on meanwhile."""
    text = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, end], dtype=np.int64)), pa.py_buffer(data))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def single(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column in one piece; copied only where there are several."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
