"""The days that EDTF dates allow, for single texts and for whole columns: a text is parsed once, not in each batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import edtf

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
    refused = pc.fill_null(pa.array(known.allowed.refused).take(places), False)
    return Allowed(known.allowed.earliest.take(places), known.allowed.latest.take(places), np.asarray(refused))


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
