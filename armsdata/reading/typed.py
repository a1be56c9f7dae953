"""From typed columns back to the text of cells: what Parquet files and frames hold is judged like any other text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from armsdata.findings import ERROR, Finding
from armsdata.schema import Column, Table
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.edtf import day_text

from .batch import dictionary_pays
from .header import Header


def as_texts(table: Table, name: str, values: pa.Array) -> pa.Array:
    """The text of each value of a column, dictionary-encoded where that pays; null and empty text are empty cells."""
    column = table.by_name[name]
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if dictionary_pays(table, name) and not pa.types.is_nested(values.type) and len(values):
        encoded = values.dictionary_encode()
        texts = _texts(column, encoded.dictionary)
        return texts.take(encoded.indices).dictionary_encode()
    texts = _texts(column, values)
    return texts.dictionary_encode() if dictionary_pays(table, name) else texts


def _texts(column: Column, values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        items = pc.list_flatten(values).cast(pa.string())
        lists = pa.ListArray.from_arrays(_offsets(values), items)
        texts = pc.if_else(values.is_valid(), pc.binary_join(lists, LIST_JOIN), pa.scalar(None, pa.string()))
    elif pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        texts = _number_texts(values)
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        days = values.cast(pa.date32()).cast(pa.int32())
        texts = pa.array([None if day is None else day_text(day) for day in days.to_pylist()], pa.string())
    else:
        texts = values.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _offsets(values: pa.Array) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(values), 0).cast(pa.int32())
    ends = pc.cumulative_sum(lengths)
    return pa.concat_arrays([pa.array([0], pa.int32()), ends.cast(pa.int32())])


def _number_texts(values: pa.Array) -> pa.Array:
    """Numbers without trailing zeros; whole floats without a point, others as Python writes them."""
    if pa.types.is_floating(values.type):
        plain = [
            None if one is None or one != one else (str(int(one)) if one == int(one) else repr(one))
            for one in _finite(values)
        ]
        return pa.array(plain, pa.string())
    texts = values.cast(pa.string())
    return pc.replace_substring_regex(pc.replace_substring_regex(texts, r"(\.[0-9]*?)0+$", r"\1"), r"\.$", "")


def _finite(values: pa.Array) -> Sequence[float | None]:
    return [None if one is None or one in (float("inf"), float("-inf")) else one for one in values.to_pylist()]


def judge_columns(names: Sequence[str], table: Table, label: str) -> tuple[Mapping[str, int], list[Finding]]:
    """The place of each known column of a file that has names but no header row, and what is wrong with them."""
    places, findings = Header(names=list(names)).judge(table, label)
    return places, findings


def refused(label: str, table: Table, name: str, number: int, kind: str) -> Finding:
    """The finding for a column whose type cannot be turned into text."""
    return Finding(
        "wrong-type",
        ERROR,
        label,
        1,
        name,
        number,
        table.name,
        None,
        kind,
        f"the column {name} has the type {kind}",
        f"write it as {table.by_name[name].arrow_type()}",
    )
