"""A column of dates allows the days that each of its texts allows by itself."""

from __future__ import annotations

import datetime

import pyarrow as pa
from armsdata.schema import dates, edtf
from hypothesis import example, given
from hypothesis import strategies as st

DAYS = st.dates().map(datetime.date.isoformat)
LIKE_DAYS = st.from_regex(
    r"[0-9X]{3}[0-9]-[0-3][0-9]-[0-3][0-9]", fullmatch=True, alphabet=st.characters(codec="ascii")
)
OTHERS = st.sampled_from(
    ["2014", "2014-06", "2014-06~", "2014/2015", "../2014", "Y17E7", "20140609", "2014-6-9", "", " "]
)
ODD = st.text("0123456789-:/é٣", min_size=8, max_size=11)


def one_by_one(texts: list[str | None]) -> list[tuple[int | None, int | None, bool]]:
    found: list[tuple[int | None, int | None, bool]] = []
    for text in texts:
        try:
            found.append((*dates.bounds(text), False) if text is not None else (None, None, False))
        except edtf.EdtfError:
            found.append((None, None, True))
    return found


def of_column(texts: pa.Array) -> list[tuple[int | None, int | None, bool]]:
    allowed = dates.allowed(texts)
    earliest, latest = (some.cast(pa.int32()).to_pylist() for some in (allowed.earliest, allowed.latest))
    return list(zip(earliest, latest, allowed.refused.tolist(), strict=True))


@given(st.lists(st.one_of(st.none(), DAYS, LIKE_DAYS, OTHERS, ODD), max_size=30))
@example(
    ["0000-02-29", "1900-02-29", "2000-02-29", "9999-12-31", "2014-00-01", "2014-13-01", "2014-04-31", "2014-01-00"]
)
@example([])
def test_a_column_of_dates_allows_what_each_text_allows(texts: list[str | None]) -> None:
    wanted = one_by_one(texts)
    column = pa.array(texts, pa.string())
    assert of_column(column) == wanted
    assert of_column(column.slice(1)) == wanted[1:]


@given(st.lists(st.one_of(DAYS, LIKE_DAYS), min_size=1))
def test_days_alone_need_no_other_way(texts: list[str]) -> None:
    assert of_column(pa.array(texts, pa.string())) == one_by_one(list(texts))


def test_more_dates_than_are_remembered_are_read_all_the_same() -> None:
    texts = [f"{year:04}-{month:02}~" for year in range(3000) for month in range(1, 13)]
    assert len(texts) > dates.MOST
    assert of_column(pa.array(texts)) == one_by_one(list(texts))
