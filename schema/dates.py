"""The days that EDTF dates allow, for single texts and for whole columns: a text is parsed once, not in each batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import edtf
from .arrays import edges

#: So many texts are remembered, unless a single batch has more.
MOST = 1 << 15
_INT32 = 2**31


def bounds(text: str) -> tuple[int | None, int | None]:
    """The earliest and latest day that an EDTF text allows, in days since 1970-01-01.

    None stands for an open or unknown end, and for a day beyond the five million years that a date column can hold.

    Raises:
        EdtfError: the text is not EDTF as this project accepts it.
    """
    found = _bounds(text)
    if isinstance(found, str):
        raise edtf.EdtfError(found)
    return found


def refusal(text: str) -> str | None:
    """Why a text is no EDTF date; None where it is one."""
    found = _bounds(text)
    return found if isinstance(found, str) else None


@lru_cache(maxsize=1 << 16)
def _bounds(text: str) -> tuple[int | None, int | None] | str:
    """The bounds, or why there are none: a failure is remembered, too."""
    try:
        date = edtf.parse(text)
    except edtf.EdtfError as error:
        return str(error)
    fit = [day if day is not None and -_INT32 <= day < _INT32 else None for day in (date.earliest, date.latest)]
    return fit[0], fit[1]


@dataclass(frozen=True)
class Allowed:
    """What each of some texts allows.

    Attributes:
        earliest: the first day (date32); null where there is none, or no text that is a date.
        latest: the last day.
        refused: which are no dates; null is not.
    """

    earliest: pa.Array
    latest: pa.Array
    refused: np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class _Known:
    texts: pa.Array
    allowed: Allowed


def allowed(texts: pa.Array) -> Allowed:
    """The days that each text of a utf8 array allows."""
    plain, days = _plain_days(texts)
    if plain.all():
        return Allowed(days, days, ~plain)
    others = pa.array(~plain)
    found = _looked_up(texts.filter(others))
    refused = np.zeros(len(texts), dtype=bool)
    refused[~plain] = found.refused
    earliest, latest = (pc.replace_with_mask(days, others, some) for some in (found.earliest, found.latest))
    return Allowed(earliest, latest, refused)


def _plain_days(texts: pa.Array) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], pa.Array]:
    """Which texts are year, month and day, and which day (date32) that is: of all at once, for most dates are such."""
    data, starts, ends = edges(texts)
    plain = (ends - starts == len("0000-00-00")) & np.asarray(texts.is_valid())
    places = starts[plain]
    signs = [data[places + place] - np.uint8(ord("0")) for place in range(10)]  # a hyphen becomes 253
    good = (signs[4] == 253) & (signs[7] == 253)
    for place in (0, 1, 2, 3, 5, 6, 8, 9):
        good &= signs[place] < 10
    figures = [sign.astype(np.int32) for sign in signs]
    year = figures[0] * 1000 + figures[1] * 100 + figures[2] * 10 + figures[3]
    month, day = figures[5] * 10 + figures[6], figures[8] * 10 + figures[9]
    good &= (month >= 1) & (month <= 12)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0)
    first = _first_days(months)
    good &= (day >= 1) & (day <= _first_days(months + 1) - first)
    plain[plain] = good
    days = np.zeros(len(texts), dtype=np.int32)
    days[plain] = (first + day - 1)[good]
    return plain, pa.array(days).view(pa.date32())


def _first_days(months: np.ndarray[Any, np.dtype[np.int32]]) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The first day of each month, both counted from January 1970."""
    days: np.ndarray[Any, np.dtype[np.int32]] = _known_months()[months + 1970 * 12]
    return days


@cache
def _known_months() -> np.ndarray[Any, np.dtype[np.int32]]:
    """The first day of every month of the years 0 to 9999, and of the one behind."""
    return np.arange("0000-01", "10000-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int32)


def _looked_up(texts: pa.Array) -> Allowed:
    """The same of texts of any form, which are remembered."""
    global _known
    # Another thread may put its own there meanwhile: then some texts are parsed once more.
    known = _known or _read(pa.array([], pa.string()))
    places = pc.index_in(texts, value_set=known.texts)
    if places.null_count > texts.null_count:
        fresh = pc.unique(texts.filter(pc.and_(places.is_null(), texts.is_valid())))
        known = _known = (
            _with(known, fresh) if len(known.texts) + len(fresh) <= MOST else _read(pc.unique(texts.drop_null()))
        )
        places = pc.index_in(texts, value_set=known.texts)
    refused = np.asarray(pc.fill_null(pa.array(known.allowed.refused).take(places), False))
    return Allowed(known.allowed.earliest.take(places), known.allowed.latest.take(places), refused)


def _read(texts: pa.Array) -> _Known:
    found = [_bounds(text) for text in texts.to_pylist()]
    days = [
        pa.array([None if isinstance(one, str) else one[end] for one in found], pa.int32()).cast(pa.date32())
        for end in (0, 1)
    ]
    return _Known(texts, Allowed(days[0], days[1], np.array([isinstance(one, str) for one in found], dtype=bool)))


def _with(known: _Known, fresh: pa.Array) -> _Known:
    more = _read(fresh)
    return _Known(
        pa.concat_arrays([known.texts, more.texts]),
        Allowed(
            pa.concat_arrays([known.allowed.earliest, more.allowed.earliest]),
            pa.concat_arrays([known.allowed.latest, more.allowed.latest]),
            np.concatenate([known.allowed.refused, more.allowed.refused]),
        ),
    )


_known: _Known | None = None  # not yet: Arrow's first array of Python values makes it load pandas
