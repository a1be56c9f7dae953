"""EDTF: parsing, the days a text allows, and the hint for what is none."""

from __future__ import annotations

from collections.abc import Iterator

from armsdata.schema import edtf
from armsdata.schema.dates import bounds
from armsdata.schema.edtf_hints import suggest

from made_datasets import _EDTF

from .judging import bounded


def seeds() -> Iterator[bytes]:
    """Dates in every form, and texts that people write instead."""
    for text in (*_EDTF, "12/06/2014", "June 2014", "c. 1990", "early 2003", "2003-2005", "before 1999", "44256"):
        yield text.encode("utf-8")


def check(data: bytes) -> None:
    """Every text is a date or an `EdtfError`; the days are in order; a hint is a date."""
    text = data.decode("utf-8", "replace")
    with bounded(len(data)):
        try:
            date = edtf.parse(text)
        except edtf.EdtfError as error:
            assert str(error)
            for hint in suggest(text):
                edtf.parse(hint)
            return
        days = [day for day in (date.earliest, date.latest) if day is not None]
        assert days == sorted(days)
        for day in days:
            written = edtf.day_text(day)
            if len(written.removeprefix("-")) == 10:  # a year of four digits: a date by itself
                assert edtf.parse(written).earliest == edtf.parse(written).latest == day
        assert bounds(text) is not None
        assert edtf.parse(text) == date
