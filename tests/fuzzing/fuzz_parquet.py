"""Parquet: any bytes, good files with bytes flipped, and files of any types and contents."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from armsdata.exporters.contract import TypedBatch
from armsdata.exporters.parquet import ParquetFormat
from armsdata.schema import TABLES, Column, Table
from armsdata.schema.metadata import read_metadata

from datasets import FULL

from .choices import Choices
from .judging import JUDGED, READ, WHOLE, WRITTEN, check_file, dataset, read_file, table_of

#: Of the first byte: the file is made as the bytes say, and not the bytes themselves; for the rest see `check_file`.
_MADE = 8
_TEXTS = (b"", b"x", b"GBR", b"IRQ", b"t1", b"2007", b"a;b", b" a", b"\xff\xfe", b"\0", b"\xed\xa0\x80", b"NA", b"=1",
          b"x" * 5000, "é".encode(), b"e\xcc\x81", b"1e400", b"100.50", b"true", b"\n", b"item")  # fmt: skip
_NUMBERS = (0, 1, -1, 100, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 19000, 2**15)
_TYPES: tuple[pa.DataType, ...] = (
    pa.binary(), pa.large_binary(), pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.int64(), pa.uint32(),
    pa.uint64(), pa.float32(), pa.float64(), pa.bool_(), pa.date32(), pa.date64(), pa.timestamp("s"),
    pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("us", "UTC"),
    pa.timestamp("ms", "Asia/Baghdad"), pa.timestamp("ns", "Mars/Olympus"), pa.timestamp("us", "+25:99"),
    pa.time32("s"), pa.time64("ns"), pa.duration("ms"), pa.decimal128(38, 10), pa.decimal128(5, 2),
    pa.decimal256(70, 20), pa.null(), pa.float16(), pa.binary(3),
)  # fmt: skip


def seeds() -> Iterator[bytes]:
    """Good files of each table, compressed or not; and recipes for odd ones."""
    for number, name in enumerate(TABLES):
        table = TABLES[name]
        found = read_file(table, ".csv", FULL.content(name), judging=False)
        assert found is not None
        metadata = read_metadata(dataset(name, ".csv") / "dataset.toml")
        batch = ParquetFormat().render(TypedBatch(table, found[1][0].batch.size, found[1][0].cells), metadata)
        rows = pa.Table.from_batches([batch])
        plain = rows.replace_schema_metadata(None).cast(pa.schema([pa.field(f.name, f.type) for f in rows.schema]))
        for options in ({"compression": "none", "use_dictionary": False}, {"compression": "zstd"},
                        {"compression": "snappy", "data_page_version": "2.0", "write_statistics": False},
                        {"compression": "gzip", "row_group_size": 1, "store_schema": False}):  # fmt: skip
            stream = io.BytesIO()
            pq.write_table(plain, stream, **options)
            yield bytes([number | READ << 4]) + stream.getvalue()
        for level in (WRITTEN, JUDGED, WHOLE):
            yield bytes([number | level << 4]) + stream.getvalue()
        for start in range(0, 240, 24):
            recipe = bytes((start + step * 7) % 256 for step in range(120))
            yield bytes([number | _MADE | start // 24 % 4 << 4]) + recipe


def check(data: bytes) -> None:
    """No bytes break the reader."""
    choices = Choices(data)
    control = choices.below(256)
    content = made(table_of(control & 7), choices) if control & _MADE else choices.rest()
    check_file(control, ".parquet", content)


def made(table: Table, choices: Choices) -> bytes:
    """A Parquet file with columns of a table, their types and contents as the bytes choose; some bytes then flipped."""
    rows = choices.pick((3, 0, 1, 2, 7, 40))
    arrays, names = [], []
    for column in table.columns:
        if choices.chance(8):
            continue
        arrays.append(_array(column, rows, choices))
        names.append(choices.pick((column.name,) * 14 + (column.name.upper(), "other")))
    made = pa.Table.from_arrays(arrays, names=names) if arrays else pa.table({"x": pa.nulls(rows)})
    lying = choices.chance(6)
    if lying:  # the schema that readers of Arrow go by says something else than the file
        types = [choices.pick(_TYPES) if choices.chance(3) else field.type for field in made.schema]
        told = pa.schema([pa.field(name, kind) for name, kind in zip(names, types, strict=False)])
        made = made.replace_schema_metadata({b"ARROW:schema": base64.b64encode(told.serialize().to_pybytes())})
    stream = io.BytesIO()
    try:
        pq.write_table(
            made,
            stream,
            compression=choices.pick(("none", "zstd", "snappy", "gzip", "brotli", "lz4")),
            use_dictionary=choices.pick((True, False)),
            data_page_version=choices.pick(("1.0", "2.0")),
            row_group_size=choices.pick((1 << 16, 1, 2)),
            store_schema=not lying,
            coerce_timestamps=None,
        )
    except (pa.ArrowException, ValueError, NotImplementedError):  # not every type can be written
        return b"PAR1"
    content = bytearray(stream.getvalue())
    for _ in range(choices.pick((0, 0, 1, 2, 4, 8))):
        content[choices.below(1 << 16) % len(content)] = choices.below(256)
    return bytes(content[: len(content) - (choices.below(200) if choices.chance(20) else 0)])


def _array(column: Column, rows: int, choices: Choices) -> pa.Array:
    """A column in its own type or another."""
    if choices.chance(4):
        kind = choices.pick(_TYPES)
        array = _values(kind, rows, choices)
    else:
        array = pa.array([choices.pick((None, *_TEXTS)) for _ in range(rows)], pa.binary()).view(pa.string())
    if column.many or choices.chance(12):
        cuts = sorted(choices.below(rows + 1) for _ in range(rows + 1))
        make = choices.pick((pa.ListArray, pa.ListArray, pa.LargeListArray))
        kind = pa.int32() if make is pa.ListArray else pa.int64()
        array = make.from_arrays(pa.array(cuts, kind), array)
    elif choices.chance(6) and not pa.types.is_null(array.type) and not pa.types.is_float16(array.type):
        array = array.dictionary_encode()
    elif choices.chance(12):
        array = pa.StructArray.from_arrays([array], ["inner"])
    return array


def _values(kind: pa.DataType, rows: int, choices: Choices) -> pa.Array:
    values: list[Any]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        values = [choices.pick((None, *_TEXTS)) for _ in range(rows)]
    elif pa.types.is_fixed_size_binary(kind):
        values = [choices.pick((None, b"abc", b"\xff\0x")) for _ in range(rows)]
    elif pa.types.is_null(kind):
        return pa.nulls(rows)
    else:
        raw = b"".join(choices.take(16).ljust(16, b"\x01") for _ in range(rows))
        width = 1 if pa.types.is_boolean(kind) else kind.bit_width // 8
        return pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(raw + bytes(64 * (width + 1)))])
    return pa.array(values, kind)
