"""From typed columns back to the text of cells: what Parquet files and frames hold is judged like any other text.

A value that has no text of its own (an item of a list that holds the semicolon which parts items, bytes that are no
UTF-8) is a finding, never another value.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.findings import ERROR, Finding, severity_of, shorten
from armsdata.schema import Column, Table
from armsdata.schema.arrays import Mask, places
from armsdata.schema.columns import LIST_JOIN
from armsdata.schema.edtf import day_text

from .batch import Batch, Reader
from .header import Header


@dataclass(frozen=True, slots=True)
class Odd:
    """A value that cannot be the text of a cell: the finding's code, value, message and hint."""

    code: str
    value: str
    message: str
    hint: str


Odds = dict[int, Odd]
#: What an item of a list cannot be, since the items are joined with semicolons.
ODD_ITEM = re.compile(r"\A[ \t]|[ \t]\Z|;|\A\Z")
ODD_ITEM_RE2 = ODD_ITEM.pattern.replace(r"\Z", r"\z")
_NUL = Odd("malformed-csv", "", "a NUL character is in the cell", "take it out; no text has a use for it")
_BYTES = "the text is not UTF-8"
_BYTES_HINT = "write it anew as UTF-8"
_SECONDS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def typed_batch(reader: Reader, arrays: Mapping[str, pa.Array], size: int, first: int) -> Batch:
    """The batch of some typed columns whose first record has this number, counted from 0."""
    columns, spoiled, odd = {}, {}, []
    for name, values in arrays.items():
        columns[name], odds = as_texts(reader.table, name, values)
        if odds:
            spoiled[name] = np.isin(np.arange(size), list(odds))
            odd += [(row, name, one) for row, one in odds.items()]
    key = columns.get(reader.table.key)
    findings = [
        odd_finding(reader, first + row + 2, name, one, key[row].as_py() if key is not None else None)
        for row, name, one in odd
    ]
    return Batch(size, columns, lambda: np.arange(first + 2, first + 2 + size, dtype=np.int64), findings, spoiled)


def odd_finding(reader: Reader, line: int, name: str, odd: Odd, key: str | None) -> Finding:
    """The finding for a value that cannot be the text of a cell."""
    return Finding(
        odd.code,
        severity_of(odd.code),
        reader.label,
        line,
        name,
        reader.numbers.get(name),
        reader.table.name,
        shorten(key),
        shorten(odd.value) or None,
        odd.message,
        odd.hint,
    )


def as_texts(table: Table, name: str, values: pa.Array) -> tuple[pa.Array, Odds]:
    """The text of each value of a column, dictionary-encoded where that pays, and the rows that have none.

    Null and empty text are empty cells.
    """
    column, pays = table.by_name[name], table.repeats(name)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pays and _single(values.type) and len(values):
        encoded = values.dictionary_encode()
        texts, odds = _texts(column, encoded.dictionary)
        if odds:
            own = places(encoded.indices)
            odds = {row: odds[own[row] - 1] for row in np.flatnonzero(np.isin(own - 1, list(odds))).tolist()}
        return texts.take(encoded.indices).dictionary_encode(), odds
    texts, odds = _texts(column, values)
    return (texts.dictionary_encode() if pays else texts), odds


def readable(column: Column, kind: pa.DataType) -> bool:
    """Whether values of this type can be turned into the text of cells of a column."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if _is_list(kind):
        return column.many and _readable_item(kind.value_type)
    return _single(kind)


def _readable_item(kind: pa.DataType) -> bool:
    """Whether values of this type can be turned into the text of an item of a list."""
    return _single(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_moment(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date64(kind) or pa.types.is_timestamp(kind))


def _single(kind: pa.DataType) -> bool:
    plain = pa.types.is_null(kind) or pa.types.is_boolean(kind) or pa.types.is_integer(kind)
    number = pa.types.is_decimal(kind) or pa.types.is_floating(kind)
    return bool(plain or number or pa.types.is_date32(kind)) or _is_text(kind) or _is_moment(kind)


def _texts(column: Column, values: pa.Array) -> tuple[pa.Array, Odds]:
    kind = values.type
    odds: Odds = {}
    if not readable(column, kind):
        return _unreadable(column, values)
    if _is_list(kind):
        texts, odds = _list_texts(column, values)
    elif _is_text(kind):
        texts, odds = _string_texts(values)
    elif pa.types.is_floating(kind):
        texts = pa.array([_float_text(value) for value in values], pa.string())
    elif pa.types.is_decimal(kind):
        plain = pc.replace_substring_regex(values.cast(pa.string()), r"(\.[0-9]*?)0+\z", r"\1")
        texts = pc.replace_substring_regex(plain, r"\.\z", "")
    elif pa.types.is_date32(kind):
        days = values.cast(pa.int32()).to_pylist()
        texts = pa.array([None if day is None else day_text(day) for day in days], pa.string())
    elif _is_moment(kind):
        texts = _moment_texts(values)
    else:
        texts = values.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts), odds


def _unreadable(column: Column, values: pa.Array) -> tuple[pa.Array, Odds]:
    what = "a list" if _is_list(values.type) else f"the type {values.type}"
    odd = Odd("wrong-type", "", f"the cell has {what}", f"write it as {column.arrow_type()}")
    rows = np.flatnonzero(np.asarray(values.is_valid())).tolist()
    return pa.nulls(len(values), pa.string()), dict.fromkeys(rows, odd)


def _list_texts(column: Column, values: pa.Array) -> tuple[pa.Array, Odds]:
    """The items of each list, joined; a list that would come apart differently has no text."""
    flat = pc.list_flatten(values)
    items, odd_items = _texts(column, flat.dictionary_decode() if pa.types.is_dictionary(flat.type) else flat)
    bad = np.asarray(pc.fill_null(pc.match_substring_regex(items, ODD_ITEM_RE2), True))
    parents = np.asarray(pc.list_parent_indices(values))
    odds = {
        int(parents[place]): odd_items.get(place) or odd_item(items[place].as_py())
        for place in np.flatnonzero(bad).tolist()
    }
    lists = pa.ListArray.from_arrays(list_offsets(values), pc.fill_null(items, ""))
    whole: Mask = np.asarray(values.is_valid()) & ~np.isin(np.arange(len(values)), list(odds))
    return pc.if_else(pa.array(whole), pc.binary_join(lists, LIST_JOIN), pa.scalar(None, pa.string())), odds


def odd_item(item: str | None) -> Odd:
    """Why an item cannot stand in a list."""
    if not (item or "").strip(" \t"):
        return Odd("wrong-type", "", "an item of the list is empty", "take it out")
    if ";" in str(item):
        hint = "write another character, or make two items of it"
        return Odd("wrong-type", str(item), "an item of the list holds a semicolon, which parts items", hint)
    return Odd("wrong-type", str(item), "an item of the list begins or ends with blanks", "take them out")


def list_offsets(values: pa.Array) -> pa.Array:
    """Where each list begins in its items, and where the last ends; a null has none."""
    lengths = pc.fill_null(pc.list_value_length(values), 0).cast(pa.int32())
    ends = pc.cumulative_sum(lengths)
    return pa.concat_arrays([pa.array([0], pa.int32()), ends.cast(pa.int32())])


def _string_texts(values: pa.Array) -> tuple[pa.Array, Odds]:
    """Texts as they are; no writer of Parquet is obliged to have checked that they are UTF-8."""
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return _decoded(values)
    texts = values.cast(pa.string())
    nul = np.asarray(pc.fill_null(pc.match_substring(texts, "\0"), False))
    if not nul.any():
        return texts, {}
    return pc.if_else(pa.array(nul), pa.scalar(None, pa.string()), texts), dict.fromkeys(
        np.flatnonzero(nul).tolist(), _NUL
    )


def _decoded(values: pa.Array) -> tuple[pa.Array, Odds]:
    texts: list[str | None] = []
    odds: Odds = {}
    for place, value in enumerate(values.cast(pa.large_binary()).to_pylist()):
        text = None if value is None else value.decode("utf-8", "surrogateescape")
        if text is not None and (odd := odd_text(text)):
            odds[place], text = odd, None
        texts.append(text)
    return pa.array(texts, pa.string()), odds


def odd_text(text: str) -> Odd | None:
    """Why a Python text cannot be the text of a cell, if it cannot."""
    if "\0" in text:
        return _NUL
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return Odd("encoding-error", text.encode("utf-8", "replace").decode("utf-8"), _BYTES, _BYTES_HINT)
    return None


def _float_text(value: Any) -> str | None:
    """A number as short as its type can tell it from its neighbours, without exponent; NaN is an empty cell."""
    number = value.as_py()
    if number is None or number != number:
        return None
    kind = {"float": np.float32, "halffloat": np.float16}.get(str(value.type), np.float64)
    return np.format_float_positional(cast(float, kind(number)), trim="-")


def _moment_texts(values: pa.Array) -> pa.Array:
    """Days where a moment is midnight in no zone; else with time, and offset if it has a zone: nothing is cut off."""
    if pa.types.is_date64(values.type):
        values = values.cast(pa.timestamp("ms"))
    unit = _SECONDS[values.type.unit]
    moments = values.cast(pa.int64()).to_pylist()
    local = moments
    if values.type.tz is not None:
        with contextlib.suppress(pa.ArrowInvalid):  # no such zone is known here: the same moment is told in UTC
            local = pc.local_timestamp(values).cast(pa.int64()).to_pylist()
    texts = [
        None if there is None else _moment(there, unit, None if values.type.tz is None else (there - one) // unit)
        for one, there in zip(moments, local, strict=True)
    ]
    return pa.array(texts, pa.string())


def _moment(moment: int, unit: int, offset: int | None) -> str:
    day, rest = divmod(moment, 86_400 * unit)
    if not rest and offset is None:
        return day_text(day)
    seconds, fraction = divmod(rest, unit)
    part = f".{fraction:0{len(str(unit)) - 1}}" if fraction else ""
    zone = "" if offset is None else "Z"
    if offset:
        sign, minutes = ("-", -offset // 60) if offset < 0 else ("+", offset // 60)
        zone = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{day_text(day)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{part}{zone}"


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
