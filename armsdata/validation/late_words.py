"""The words of findings that only the whole dataset shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from armsdata.schema import TABLES
from armsdata.schema.cells import Fault, split, type_cells
from armsdata.schema.columns import ID_LIMIT

from .keys import hash_texts
from .late import Late
from .messages import cell_message, show

if TYPE_CHECKING:
    from .run import Input


@dataclasses.dataclass(frozen=True)
class Row:
    """A record that is looked at a second time."""

    file: Input
    line: int
    texts: dict[str, str | None]


Told = tuple[str, str | None, str, str] | None


def _duplicate(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    value = row.texts.get(late.column)
    if other is None or other.texts.get(late.column) != value:
        return None
    where = f"line {other.line}" if other.file is row.file else f"{other.file.reader.label}, line {other.line}"
    return (
        late.column,
        value,
        f"the key {show(value)} stands twice",
        f"it stood first in {where}; give one another key, or merge them",
    )


def _alike(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    if other is None:
        return None
    for name in TABLES[late.table].alike:
        texts = [row.texts.get(name), other.texts.get(name)]
        if texts[0] == texts[1]:
            continue
        one, another = type_cells(TABLES[late.table].by_name[name], pa.array(texts, pa.string())).described.to_pylist()
        if one != another:
            return None
    key = other.texts.get(late.column)
    where = f"line {other.line}" if other.file is row.file else f"{other.file.reader.label}, line {other.line}"
    hint = f"delete one of the two, or say what sets them apart; the first is {show(key)}, {where}"
    return (
        late.column,
        row.texts.get(late.column),
        "the record agrees with an earlier one in all that describes it",
        hint,
    )


def _unknown(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    column = TABLES[late.table].by_name[late.column]
    text = row.texts.get(late.column) or ""
    items = split(text)[0] if column.many else [text]
    lost = [
        item
        for item, one in zip(items, hash_texts(pa.array(items, pa.string())).tolist(), strict=True)
        if one == hashed
    ]
    if not lost:
        return None
    return late.column, lost[0], cell_message(column, Fault(-1, late.code, lost[0])), ""


def _uncited(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    return late.column, row.texts.get(late.column), "no claim names this transfer, so no source stands behind it", ""


def _unused(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    key = row.texts.get(late.column)
    return late.column, key, f"no other record names {show(key)}", ""


def _cycle(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    key = TABLES[late.table].key
    names = [(one.get(key) or "")[:ID_LIMIT] for one in path]
    around = " → ".join([*names[:20], *(["…"] if len(names) > 20 else []), names[0]])
    return (
        late.column,
        row.texts.get(late.column),
        f"following {late.column} leads back to the record itself",
        f"take out one step of: {around}",
    )


def _conflict(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    if other is None:
        return None
    names = ("quantity", "quantity_low", "quantity_high")
    column = next((name for name in names if row.texts.get(name)), late.column)
    says, holds = (_figures(one.texts, names) for one in (row, other))
    message = f"the claim says {says}, the transfer {holds}"
    hint = (
        "correct the one that is wrong, widen the transfer's quantity_low and quantity_high, "
        "or set its confidence to disputed"
    )
    return column, row.texts.get(column), message, hint


def _figures(texts: dict[str, str | None], names: tuple[str, ...]) -> str:
    words = ("", "at least ", "at most ")
    return ", ".join(f"{word}{texts[name]}" for word, name in zip(words, names, strict=True) if texts.get(name))


def _too_late(late: Late, row: Row, other: Row | None, path: list[Any], hashed: int) -> Told:
    if other is None:
        return None
    source, when = other.texts.get("transfer_id"), other.texts.get("delivered") or other.texts.get("ordered")
    delivered = show(row.texts.get("delivered"))
    message = f"delivered {delivered}, but the arms came from {show(source)}, which was later: {show(when)}"
    return late.column, source, message, ""


LATE_WORDS: dict[str, Callable[[Late, Row, Row | None, list[Any], int], Told]] = {
    "duplicate-id": _duplicate,
    "probable-duplicate": _alike,
    "unknown-reference": _unknown,
    "uncited-transfer": _uncited,
    "unused-record": _unused,
    "reference-cycle": _cycle,
    "conflicting-claim": _conflict,
    "impossible-order": _too_late,
}
