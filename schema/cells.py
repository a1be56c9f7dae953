"""From the text of cells to typed values: which cells could not be read, and what is wrong with them.

A column arrives dictionary-encoded where that pays, so that each distinct text is judged once. A text that cannot
be read as what its column holds becomes a null in `values` and a fault; it never hides what else is wrong in the
column or the row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import damage, dates, edtf, prose
from .arrays import Ints, Mask, places, valid
from .columns import CELL_LIMIT, DIGITS, LIST_JOIN, LIST_SEPARATOR, PLACES, Column, Kind
from .forms import URL, all_whole, matches
from .vocabularies import vocabulary


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one distinct text of a column (`position` counts the distinct texts)."""

    position: int
    code: str
    value: str
    detail: str = ""


@dataclass
class Cells:
    """One column of a batch, typed.

    Attributes:
        column: its declaration.
        indices: for each row the position of its text, null for an empty cell; None when position and row are the
            same (then `texts` itself holds the nulls).
        texts: the distinct texts as they were read.
        values: one typed value a position; null where the text could not be read.
        faults: what is wrong with them.
        days: for EDTF columns the earliest and latest day a position (date32).
    """

    column: Column
    indices: pa.Array | None
    texts: pa.Array
    values: pa.Array
    faults: list[Fault] = field(default_factory=list)
    days: dict[str, pa.Array] = field(default_factory=dict)

    @cached_property
    def places(self) -> Ints | None:
        """For each row the place of its text, counted from 1, and 0 for an empty cell; None where there are no indices.

        Not to be changed.
        """
        return None if self.indices is None else places(self.indices)

    def spread(self, per_position: pa.Array) -> pa.Array:
        """One value a row from one value a position."""
        return per_position if self.indices is None else pc.take(per_position, self.indices, boundscheck=False)

    def coded(self, per_position: pa.Array) -> pa.Array:
        """The same as a dictionary array: each distinct value once, where rows share them."""
        if self.indices is None:
            return per_position
        return pa.DictionaryArray.from_arrays(self.indices, per_position, safe=False)  # they were checked at reading

    def spread_numbers(self, per_position: Any, empty: Any) -> Any:
        """The same for numpy arrays, not to be changed; `empty` is what rows without a text get."""
        if self.indices is None:
            return per_position
        values = np.concatenate([np.asarray([empty], per_position.dtype), per_position])
        taken = pc.take(pa.array(values.view(f"u{values.itemsize}")), pa.array(self.places), boundscheck=False)
        return np.asarray(taken).view(values.dtype)

    def spread_mask(self, positions: Mask) -> Mask:
        """The rows whose text stands at one of these positions."""
        mask: Mask = self.spread_numbers(positions, False)
        return mask

    @cached_property
    def canonical(self) -> pa.Array:
        """The one way to write each value, a position: what a release and the content hash hold.

        Numbers lose leading and trailing zeros, lists are joined with ``; ``; every other text stays as it is.
        """
        if self.column.many:
            return pc.binary_join(self.values.cast(pa.list_(pa.string())), LIST_JOIN)
        texts = self.texts
        if self.values.null_count > texts.null_count:
            texts = pc.if_else(self.values.is_valid(), texts, pa.scalar(None, pa.string()))
        if self.column.kind is not Kind.DECIMAL:
            return texts
        plain = pc.match_substring_regex(texts, r"\A-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?\z")
        if pc.all(plain).as_py() in (True, None):
            return texts
        return pa.array([None if text is None else plain_number(text) for text in texts.to_pylist()], type=pa.string())

    @property
    def described(self) -> pa.Array:
        """What each position says, a position: its value, whichever way it is written, or the text that is none."""
        written = self.canonical
        return written if written.null_count == self.texts.null_count else pc.coalesce(written, self.texts)

    @property
    def empty(self) -> Mask:
        """The rows whose cell is empty."""
        return ~valid(self.texts if self.indices is None else self.indices)

    @property
    def unreadable(self) -> Mask:
        """The rows whose cell has a text that could not be read."""
        return self.spread_mask(np.asarray(self.values.is_null()) & np.asarray(self.texts.is_valid()))


def type_cells(column: Column, array: pa.Array) -> Cells:
    """Type one column of text cells.

    Args:
        column: what the cells should be.
        array: utf8, or dictionary<int32, utf8>; null = empty cell.

    Returns:
        The typed cells. Nothing is raised for bad content.
    """
    indices, texts = (array.indices, array.dictionary) if pa.types.is_dictionary(array.type) else (None, array)
    huge = _some_huge(texts)
    if huge:
        sizes = pc.binary_length(texts)
        texts = pc.if_else(pc.greater(sizes, CELL_LIMIT), pc.utf8_slice_codeunits(texts, 0, 20), texts)
    cells = Cells(column, indices, texts, texts)
    if column.many:
        _type_list(cells)
    else:
        _TYPERS[column.kind](cells)
    if huge:
        _refuse_huge(cells, sizes)
    return cells


def _some_huge(texts: pa.Array) -> bool:
    """Whether any text is beyond the limit; none is where all together are not."""
    together = texts.buffers()[2]
    if together is None or together.size <= CELL_LIMIT:
        return False
    return bool((pc.max(pc.binary_length(texts)).as_py() or 0) > CELL_LIMIT)


def _refuse_huge(cells: Cells, sizes: pa.Array) -> None:
    """Cells beyond the limit count as unreadable, and are judged for their size alone."""
    huge = np.asarray(pc.fill_null(pc.greater(sizes, CELL_LIMIT), False))
    cells.faults = [fault for fault in cells.faults if not huge[fault.position]] + [
        Fault(position, "out-of-range", "", f"{sizes[position].as_py():,} bytes; a cell may hold {CELL_LIMIT:,}")
        for position in np.flatnonzero(huge).tolist()
    ]
    fit = pa.array(~huge)
    _keep_where(cells, fit)
    for end, days in cells.days.items():
        cells.days[end] = pc.if_else(fit, days, pa.scalar(None, days.type))


def _broken(cells: Cells, ok: pa.Array) -> list[tuple[int, str]]:
    """Position and text of every text that is not ok (nulls are)."""
    positions = np.flatnonzero(~np.asarray(pc.fill_null(ok, True)))
    if not len(positions):
        return []
    return list(zip(positions.tolist(), cells.texts.take(pa.array(positions)).to_pylist(), strict=True))


def wrong(column: Column, position: int, text: str, code: str, detail: str = "") -> Fault:
    """The fault of an ill-formed text: damage done by a spreadsheet says more than the form alone."""
    if mark := damage.mark(text, dates=column.kind in (Kind.EDTF, Kind.DATE)):
        return Fault(position, "spreadsheet-damage", text, mark)
    return Fault(position, code, text, detail)


def _keep_where(cells: Cells, ok: pa.Array) -> None:
    cells.values = pc.if_else(pc.fill_null(ok, False), cells.values, pa.scalar(None, cells.values.type))


def _by_pattern(cells: Cells, pattern: str, code: str) -> pa.Array:
    """Report the texts that do not match in full; say which do."""
    ok = matches(cells.texts, pattern)
    cells.faults += [wrong(cells.column, position, text, code) for position, text in _broken(cells, ok)]
    return ok


def _type_text(cells: Cells) -> None:
    cells.faults += [Fault(*fault) for fault in prose.faults(cells.texts)]


def _type_plain(cells: Cells) -> None:
    """Keys, references, codes, identifiers, languages: the column and dataset rules judge them."""


def _type_url(cells: Cells) -> None:
    _keep_where(cells, _by_pattern(cells, URL, "wrong-type"))


def _type_boolean(cells: Cells) -> None:
    ok = _by_pattern(cells, "true|false", "wrong-type")
    _keep_where(cells, ok)
    cells.values = pc.equal(cells.values, "true")


def _type_integer(cells: Cells) -> None:
    # The one integer column is an identifier that others give out (Gleditsch-Ward).
    _keep_where(cells, _by_pattern(cells, "[1-9][0-9]{0,3}", "bad-identifier"))
    cells.values = cells.values.cast(pa.int32())


def _type_decimal(cells: Cells) -> None:
    if all_whole(cells.texts, DIGITS):
        cells.canonical = cells.texts
        cells.values = cells.texts.cast(cells.column.arrow_type())
        return
    digits = rf"[0-9]{{1,{DIGITS}}}"
    ok = _by_pattern(cells, rf"-?(?:{digits}|[0-9]+\.[0-9]{{1,{PLACES}}})", "wrong-type")
    short = pc.fill_null(pc.less_equal(pc.utf8_length(cells.texts), DIGITS), True)
    if not pc.all(short).as_py():  # only long texts can have too many digits
        counted = pc.utf8_length(pc.replace_substring_regex(cells.texts, "[-.]", ""))
        fits = pc.less_equal(counted, DIGITS)
        cells.faults += [
            Fault(position, "wrong-type", text) for position, text in _broken(cells, pc.or_(pc.invert(ok), fits))
        ]
        ok = pc.and_(ok, fits)
    _keep_where(cells, ok)
    cells.values = cells.values.cast(cells.column.arrow_type())


def _type_date(cells: Cells) -> None:
    cells.values, bad = _each(cells, _day)
    cells.faults += [wrong(cells.column, position, text, "bad-date", why) for position, text, why in bad]
    cells.values = cells.values.cast(pa.date32())


def _type_edtf(cells: Cells) -> None:
    allowed = dates.allowed(cells.texts)
    if allowed.refused.any():
        ok = pa.array(~allowed.refused)
        for position, text in _broken(cells, ok):
            cells.faults.append(wrong(cells.column, position, text, "bad-date", dates.refusal(text) or ""))
        _keep_where(cells, ok)
    cells.days = {"earliest": allowed.earliest, "latest": allowed.latest}


def _each(cells: Cells, read: Callable[[str], int | None]) -> tuple[pa.Array, list[tuple[int, str, str]]]:
    """Read every text by a Python function that raises `EdtfError`: the day numbers, and what failed."""
    days: list[int | None] = []
    bad: list[tuple[int, str, str]] = []
    for position, text in enumerate(cells.texts.to_pylist()):
        day = None
        if text is not None:
            try:
                day = read(text)
            except edtf.EdtfError as error:
                bad.append((position, text, str(error)))
        days.append(day)
    return pa.array(days, type=pa.int32()), bad


_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


@lru_cache(maxsize=1 << 16)
def _day(text: str) -> int | None:
    if not _DAY.fullmatch(text):
        raise edtf.EdtfError("a day is written as year-month-day, such as 2014-06-09")
    return edtf.parse(text).earliest


_TYPERS: dict[Kind, Callable[[Cells], None]] = {
    Kind.ID: _type_plain,
    Kind.REFERENCE: _type_plain,
    Kind.CODE: _type_plain,
    Kind.IDENTIFIER: _type_plain,
    Kind.LANGUAGE: _type_plain,
    Kind.TEXT: _type_text,
    Kind.URL: _type_url,
    Kind.EDTF: _type_edtf,
    Kind.DATE: _type_date,
    Kind.DECIMAL: _type_decimal,
    Kind.INTEGER: _type_integer,
    Kind.BOOLEAN: _type_boolean,
}


def split(text: str) -> tuple[list[str], str]:
    """The items of a list cell, and what is untidy about how they are joined (empty when nothing is)."""
    untidy = ""
    items = []
    for place, part in enumerate(text.split(LIST_SEPARATOR)):
        item = part.strip(" \t")
        if not item:
            untidy = untidy or "empty item"
            continue
        if part not in (item, f" {item}" if place else item):
            untidy = untidy or "blanks"
        items.append(item)
    return items, untidy


def _type_list(cells: Cells) -> None:
    lists = None if cells.column.prose else _tidy_lists(cells.texts)
    cells.values = _lists(cells) if lists is None else lists.cast(cells.column.arrow_type())
    if cells.column.prose:
        cells.faults += [
            Fault(*fault)
            for fault in prose.faults(cells.texts)
            if not (fault[1] == "untidy-text" and fault[3] == "blanks")
        ]


def _tidy_lists(texts: pa.Array) -> pa.ListArray | None:
    """The items of all texts at once; None where any is joined untidily."""
    parts = pc.split_pattern(texts, LIST_SEPARATOR)
    items = pc.ascii_trim(parts.values, " \t")
    sizes, blanks = (np.asarray(pc.binary_length(some)) for some in (items, parts.values))
    blanks = blanks - sizes
    later = np.ones(len(items), dtype=bool)  # not the first of its list: one blank stands before it
    later[np.asarray(parts.offsets)[:-1][valid(parts)]] = False
    spaced = np.asarray(pc.starts_with(parts.values, " ")) & later & (blanks == 1)
    if not ((sizes > 0) & ((blanks == 0) | spaced)).all():
        return None
    return pa.ListArray.from_arrays(parts.offsets, items, mask=parts.is_null())


def _lists(cells: Cells) -> pa.Array:
    """The items of each text one by one, and what is untidy about them."""
    lists: list[list[str] | None] = []
    for position, text in enumerate(cells.texts.to_pylist()):
        items, untidy = split(text) if text is not None else (None, "")
        if cells.column.prose and any(item != item.strip() for item in items or ()):
            untidy = untidy or "blanks"
        if untidy:
            cells.faults.append(Fault(position, "untidy-text", text, untidy))
        lists.append(items or None)
    return pa.array(lists, type=cells.column.arrow_type())


def plain_number(text: str) -> str:
    """A decimal without leading or trailing zeros: ``007.50`` → ``7.5``, ``-0`` → ``0``."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, rest = digits.partition(".")
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    number = f"{whole}.{rest}" if rest else whole
    return number if number == "0" else sign + number


@cache
def counted_units() -> frozenset[str]:
    """The units that take whole numbers only."""
    return frozenset(code for code, unit in vocabulary("unit").concepts.items() if unit.more.get("counted") == "true")
