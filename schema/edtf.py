"""Dates as people know them: the Extended Date/Time Format (ISO 8601-2:2019, Library of Congress).

Levels 0 and 1 are read in full; of level 2 the sets (``{...}`` all of, ``[...]`` one of), the quarters
(33-36) and halves (40-41) of a year, and group qualifiers (``2004-06~-11``). All else is an `EdtfError`
whose text says what is wrong in one sentence.

What a date allows is given as two day numbers, counted from 1970-01-01 in the proleptic Gregorian calendar
(the meaning of Arrow's ``date32``, though years beyond five million go past its 32 bits). ``?``, ``~``, ``%``
do not widen a date; an open or unknown end is ``None``; a season (21-24) allows its whole year, for it names
no hemisphere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

__all__ = ["Edtf", "EdtfError", "civil", "day_number", "day_text", "parse"]


class EdtfError(ValueError):
    """A text that is no date we accept; ``str()`` says why in one plain sentence."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date that was read: its text, and the days that the text allows.

    Attributes:
        text: the text as it was given.
        earliest: the first day allowed, in days since 1970-01-01; ``None`` when open or unknown.
        latest: the last day allowed; ``None`` when open or unknown.
        approximate: some part of it bears ``~`` or ``%``.
        uncertain: some part of it bears ``?`` or ``%``.
    """

    text: str
    earliest: int | None
    latest: int | None
    approximate: bool
    uncertain: bool


_Span: TypeAlias = tuple[int, int, bool, bool]  # earliest, latest, approximate, uncertain

_LONGEST = 64  # characters of one date; the longest that can be valid has 25
_YEAR_DIGITS = 16  # so that day numbers stay within 64 bits
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)  # days of a common year before a month

# The number in the month's place -> its first and last month.
_MONTHS: dict[str, tuple[int, int]] = (
    {f"{month:02}": (month, month) for month in range(1, 13)}
    | {f"{season}": (1, 12) for season in range(21, 25)}
    | {f"{33 + n}": (3 * n + 1, 3 * n + 3) for n in range(4)}
    | {f"{40 + n}": (6 * n + 1, 6 * n + 6) for n in range(2)}
)

# One date, without time of day; each component with the qualifier at its right.
_shape = re.compile(
    r"(?:(-?[0-9X]{4})|Y(-?[0-9]+))([?~%])?(?:-([0-9X]{2})([?~%])?(?:-([0-9X]{2})([?~%])?)?)?"
).fullmatch
_unspecified_year = re.compile(r"(-?)([0-9]{3}X|[0-9]{2}XX)").fullmatch
_plain_day = re.compile(r"-?[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_time = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z|([+-])([0-9]{2})(?::([0-9]{2}))?)?").fullmatch

_NOT_OURS = "is not one of the accepted forms"
# Faults of form, the most telling first: what is found, and what to say of it.
_FAULTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"\s", "a date has no blanks or line breaks in it"),
        (r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]", "the dash in it is not the plain hyphen '-'"),
        (r"(?=[^0-9])\d", "its digits are not the plain digits 0 to 9"),
        (r"[^\x21-\x7e]", "it has a character that no date has"),
        (r"[\[\]{}]", "a set cannot be a part of another date"),
        (r"(?i)^(?:unknown|open)$", "an unknown end of an interval is left empty, and an open one is '..'"),
        (r"\.\.", "'..' belongs at one end of an interval, or in a set"),
        (r"[?~%]{2}", "two qualifiers stand together; '%' means both uncertain and approximate"),
        (r"^[?~%]|-[?~%]", f"a qualifier at the left of a component {_NOT_OURS}; put it at the right"),
        (r"^Y?-?[0-9]+E[0-9]+", f"a year with an exponent {_NOT_OURS}; write its digits out"),
        (r"^Y?-?[0-9E]+S[0-9]+", f"a year with significant digits {_NOT_OURS}; write X, as in 201X or 20XX"),
        (r"^-Y", "the minus sign of a long year comes after the Y"),
        (r"^[0-9]{8}(?:$|T)", "year, month and day are separated by hyphens"),
        (r"^-?[0-9]{4}-[0-9]{3}$", "days counted through the year are not part of EDTF"),
        (r"^-?[0-9]{4}-?W", "weeks are not part of EDTF"),
        (r"^[PR][0-9]", "durations and repetitions are not part of EDTF"),
        (r"u", "an unspecified digit is a capital X, not u"),
        (r"[xyztesw]", "letters of a date are capitals"),
        (r"^-?[0-9X]{4}[?~%]?-(?:[0-9X]{2}[?~%]?-)?[0-9X][?~%]?(?:-|$)", "months and days have two digits"),
        (r"^[+]", "a year has no plus sign"),
        (r"^-?[0-9]{5,}", "a year of more than four digits begins with Y"),
        (r"^-?[0-9X]{1,3}(?:[?~%-]|$)", "a year has four digits"),
    )
)


def _first_of(year: int, month: int) -> int:
    """The day number of a month's first day; month 13 is the next January."""
    past = year - 1
    leap = month > 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return past * 365 + past // 4 - past // 100 + past // 400 + _BEFORE[month - 1] + leap - 719_162


def day_number(year: int, month: int, day: int) -> int:
    """The days from 1970-01-01 to a day of the proleptic Gregorian calendar.

    Args:
        year: any year; 0 is 1 BC, -1 is 2 BC.
        month: 1 to 12.
        day: 1 to the length of the month.

    Raises:
        EdtfError: if there is no such month or day.
    """
    if not 1 <= month <= 12:
        raise EdtfError(f"month {month:02} does not exist")
    first = _first_of(year, month)
    if not 1 <= day <= 28:
        length = _first_of(year, month + 1) - first
        if not 1 <= day <= 31:
            raise EdtfError(f"day {day:02} does not exist")
        if day > length:
            raise EdtfError(f"day {day} does not exist: month {month:02} of that year has {length} days")
    return first + day - 1


def civil(days: int) -> tuple[int, int, int]:
    """The year, month and day of a day number: the inverse of `day_number`."""
    era, day_of_era = divmod(days + 719_468, 146_097)  # eras of 400 years that begin on 1 March
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153  # 0 is March
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def day_text(days: int) -> str:
    """A day number as ``xsd:date`` writes it: ``2004-06-01``, ``-0043-03-15``, ``12345-01-01``."""
    year, month, day = civil(days)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"


def parse(text: str) -> Edtf:
    """Read a date.

    Args:
        text: the date in EDTF, exactly: no blanks around it.

    Raises:
        EdtfError: if it is not valid, or not one of the accepted forms.
    """
    match = _shape(text)
    if match is not None:
        return Edtf(text, *_span(match))
    if text[:1] in ("[", "{"):
        return _set(text)
    if "/" in text:
        return _interval(text)
    if "T" in text[:12]:
        return _day_with_time(text)
    _refuse(text)


def _span(match: re.Match[str]) -> _Span:
    """What one date of the right shape allows."""
    year_text, long, mark1, month_text, mark2, day_text_, mark3 = match.groups()
    marks = (mark1 or "") + (mark2 or "") + (mark3 or "") if mark1 or mark2 or mark3 else ""
    approximate = "~" in marks or "%" in marks
    uncertain = "?" in marks or "%" in marks
    if long is not None:
        year = _long_year(long)
        if month_text is not None:
            raise EdtfError("a year that begins with Y has no month or day after it")
    elif "X" in year_text:
        low, high = _unspecified_years(year_text, month_text is not None)
        return _first_of(low, 1), _first_of(high, 13) - 1, approximate, uncertain
    else:
        year = int(year_text)
        if year == 0 and year_text[0] == "-":
            raise EdtfError("year -0000 does not exist; the year 0 is 0000")
    if month_text is None:
        return _first_of(year, 1), _first_of(year, 13) - 1, approximate, uncertain
    months = _MONTHS.get(month_text)
    if months is None:
        _refuse_month(month_text, day_text_)
        return _first_of(year, 1), _first_of(year, 13) - 1, approximate, uncertain
    if day_text_ is None or day_text_ == "XX":
        if day_text_ is not None and month_text > "12":
            raise EdtfError(f"{month_text} is a part of the year, not a month, and has no days")
        return _first_of(year, months[0]), _first_of(year, months[1] + 1) - 1, approximate, uncertain
    if month_text > "12":
        raise EdtfError(f"{month_text} is a part of the year, not a month, and has no days")
    if "X" in day_text_:
        raise EdtfError(f"a day with one unspecified digit {_NOT_OURS}; write XX")
    day = day_number(year, months[0], int(day_text_))
    return day, day, approximate, uncertain


def _long_year(digits: str) -> int:
    """The year after a Y."""
    bare = digits.removeprefix("-")
    if len(bare) > _YEAR_DIGITS:
        raise EdtfError(f"a year has at most {_YEAR_DIGITS} digits")
    if bare[0] == "0":
        raise EdtfError("a year that begins with Y has no zeros in front")
    if len(bare) < 5:
        raise EdtfError("Y is only for years of more than four digits")
    return int(digits)


def _unspecified_years(text: str, more: bool) -> tuple[int, int]:
    """The first and last year of a year with unspecified digits."""
    if more:
        raise EdtfError(f"a month or day in a year with unspecified digits {_NOT_OURS}")
    match = _unspecified_year(text)
    if match is None:
        raise EdtfError(f"{text} {_NOT_OURS}: only the last one or two digits of a year may be X")
    low, high = int(match[2].replace("X", "0")), int(match[2].replace("X", "9"))
    return (-high, -max(low, 1)) if match[1] else (low, high)


def _refuse_month(month: str, day: str | None) -> None:
    """Say what is wrong with an unusual month; nothing is, when it is unspecified (XX)."""
    if month == "XX":
        if day not in (None, "XX"):
            raise EdtfError(f"a day in an unspecified month {_NOT_OURS}")
        return
    if "X" in month:
        raise EdtfError(f"a month with one unspecified digit {_NOT_OURS}; write XX")
    if "25" <= month <= "32":
        raise EdtfError(f"the season of a hemisphere ({month}) {_NOT_OURS}; use 21 to 24")
    if "37" <= month <= "39":
        raise EdtfError(f"a third of a year ({month}) {_NOT_OURS}; use an interval of months")
    raise EdtfError(f"month {month} does not exist")


def _part(text: str, whole: str) -> _Span:
    """What a date allows that is a part of an interval or a set."""
    match = _shape(text)
    if match is None:
        if "T" in text[:12] and ":" in text[:16]:
            raise EdtfError(f"{whole} is made of dates, without time of day")
        if text.startswith(".."):
            raise EdtfError(f"'{_short(text)}' as a part of {whole} {_NOT_OURS}")
        _refuse(text)
    return _span(match)


def _interval(text: str) -> Edtf:
    """Read an interval: it runs forward, and at least one of its ends is a date."""
    if text.count("/") > 1:
        raise EdtfError("'/' joins the two ends of an interval; hyphens join year, month and day")
    start_text, end_text = text.split("/")
    start = None if start_text in ("", "..") else _part(start_text, "an interval")
    end = None if end_text in ("", "..") else _part(end_text, "an interval")
    if start is None and end is None:
        raise EdtfError("an interval needs a date at one end at least")
    if start is not None and end is not None and end[1] < start[0]:
        raise EdtfError("the interval runs backwards: its end lies before its start")
    known = [span for span in (start, end) if span is not None]
    approximate, uncertain = any(span[2] for span in known), any(span[3] for span in known)
    return Edtf(text, start and start[0], end and end[1], approximate, uncertain)


def _set(text: str) -> Edtf:
    """Read a set, ``[...]`` one of these or ``{...}`` all of these."""
    close = "]" if text[0] == "[" else "}"
    if len(text) < 2 or text[-1] != close:
        raise EdtfError(f"the set begins with '{text[0]}' and must end with '{close}'")
    inner = text[1:-1]
    if not inner:
        raise EdtfError("the set is empty")
    elements = inner.split(",")
    earliest: list[int] = []
    latest: list[int] = []
    open_start = open_end = approximate = uncertain = False
    for number, element in enumerate(elements):
        first, dots, last = element.partition("..")
        if not first and not last:
            raise EdtfError("an element of the set has no date")
        spans = [_part(part, "a set") for part in (first, last) if part]
        if dots and not first:
            if number:
                raise EdtfError("'..' without a start belongs to the first element of a set")
            open_start = True
        elif dots and not last:
            if number < len(elements) - 1:
                raise EdtfError("'..' without an end belongs to the last element of a set")
            open_end = True
        elif dots and spans[1][1] < spans[0][0]:
            raise EdtfError("a range in the set runs backwards: its end lies before its start")
        earliest.append(spans[0][0])
        latest.append(spans[-1][1])
        approximate |= any(span[2] for span in spans)
        uncertain |= any(span[3] for span in spans)
    low = None if open_start else min(earliest)
    high = None if open_end else max(latest)
    return Edtf(text, low, high, approximate, uncertain)


def _day_with_time(text: str) -> Edtf:
    """Read a day with a time of day; it allows that day, as written."""
    date, _, time = text.partition("T")
    day = _shape(date)
    if day is None or not _plain_day(date):
        if day is not None:
            raise EdtfError("a time of day needs a whole date before it, with neither qualifiers nor X")
        _refuse(text)
    match = _time(time)
    if match is None:
        raise EdtfError("a time of day is written hh:mm:ss, then nothing, 'Z', or an offset like '+04:30'")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if hour > 23:
        raise EdtfError(f"hour {hour} does not exist")
    if minute > 59:
        raise EdtfError(f"minute {minute} does not exist")
    if second > 60 or (second == 60 and minute % 15 != 14):  # leap seconds end a UTC day, whatever the offset
        raise EdtfError(f"second {second} does not exist")
    if match[4]:
        offset = int(match[5]) * 60 + int(match[6] or 0)
        if offset > 14 * 60 or int(match[6] or 0) > 59:
            raise EdtfError("there is no such offset from UTC: it goes up to 14:00")
        if match[4] == "-" and not offset:
            raise EdtfError("an offset of zero is written 'Z' or '+00:00'")
    return Edtf(text, *_span(day))


def _short(text: str) -> str:
    """A text for a message."""
    return text if len(text) <= 30 else text[:29] + "\u2026"


def _refuse(text: str) -> NoReturn:
    """Say what is wrong with a text that has not the shape of a date."""
    if not text:
        raise EdtfError("the date is empty")
    if len(text) > _LONGEST:
        raise EdtfError(f"a date is not as long as this ({len(text)} characters)")
    for pattern, message in _FAULTS:
        if pattern.search(text):
            raise EdtfError(message)
    raise EdtfError(f"'{_short(text)}' {_NOT_OURS} of a date")
