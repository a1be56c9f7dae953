"""The text of a spreadsheet's cell: what a person who typed it sees."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

#: Quoted text, escaped characters, colours and conditions of a number format: no part of how a date is shown.
_NOT_DATE = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number, and value, type and number format of each cell."""

    number: int
    cells: list[tuple[object, str, str]]

    def filled(self, place: int) -> bool:
        """Whether the cell at a place holds anything."""
        return place < len(self.cells) and self.cells[place][0] is not None

    def text(self, place: int | None) -> str | None:
        """The text of the cell at a place."""
        if place is None or not self.filled(place):
            return None
        return shown_text(self.cells[place][0], self.cells[place][2])[:200]


def shown_text(value: object, number_format: str) -> str:
    """The text of a value: numbers without exponent and needless zeros, dates as far as they are shown."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        whole_day = value.time() == datetime.time()
        return _date(value.date(), number_format) if whole_day else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return _date(value, number_format)
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="seconds")
    return str(value)


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(day: datetime.date, number_format: str) -> str:
    """The day, or only the month or year where no more is shown: who typed `March 2005` did not say a day."""
    shown = _codes(number_format)
    if "y" in shown and "d" not in shown:
        return day.isoformat()[:7] if "m" in shown else day.isoformat()[:4]
    return day.isoformat()


def shows_year(number_format: str) -> bool:
    """Whether a date is shown with its year; where it is not, the spreadsheet has taken the year of the day."""
    return "y" in _codes(number_format)


def _codes(number_format: str) -> str:
    """The letters of a number format that stand for parts of a date."""
    return _NOT_DATE.sub("", number_format.lower().split(";")[0])
