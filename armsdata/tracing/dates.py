"""Dates in words: what EDTF writes as `2007~`, `../2014-11` or `198X`, for people who do not know it."""

from __future__ import annotations

import re

from .records import edtf

_SEASONS = {
    "21": "spring", "22": "summer", "23": "autumn", "24": "winter",
    "33": "first quarter", "34": "second quarter", "35": "third quarter", "36": "fourth quarter",
    "40": "first half", "41": "second half",
}  # fmt: skip
_within = re.compile(r"(-?\w{4,})-(2[1-4]|3[3-6]|4[01])").fullmatch
_some_year = re.compile(r"\d{2,3}X{1,2}").fullmatch
_unknown_part = re.compile(r"(-?\d{4})(-\d\d)?((?:-XX){1,2})").fullmatch
_QUALIFIER = re.compile("[?~%]")


def told(text: str) -> str:
    """A date in words; as it stands where it is plain already, or cannot be read."""
    if edtf(text) is None:
        return text
    if text[0] in "[{":
        parts = [_span(*part.split("..")) if ".." in part else _one(part) for part in text[1:-1].split(",")]
        return f"one of {', '.join(parts)}" if text[0] == "[" and len(parts) > 1 else ", ".join(parts)
    if "/" in text:
        first, last = text.split("/")
        return _interval(first, last)
    return _one(text)


def _interval(first: str, last: str) -> str:
    if not first:
        return f"to {_one(last)}, start not known"
    if not last:
        return f"from {_one(first)}, end not known"
    return _span("" if first == ".." else first, "" if last == ".." else last)


def _span(first: str, last: str) -> str:
    """From one date to another; where one is open, empty."""
    if not first:
        return f"by {_one(last)}"
    return f"{_one(first)} to {_one(last)}" if last else f"from {_one(first)} on"


def _one(text: str) -> str:
    """One date: how sure it is stands before it."""
    plain = _QUALIFIER.sub("", text)
    about = "about " if re.search("[~%]", text) else ""
    perhaps = "perhaps " if re.search("[?%]", text) else ""
    return f"{perhaps}{about}{_plain(plain)}"


def _plain(text: str) -> str:
    if part := _within(text):
        return f"{_SEASONS[part[2]]} of {_plain(part[1])}"
    if _some_year(text):
        return f"some year of {text.replace('X', '0')} to {text.replace('X', '9')}"
    if part := _unknown_part(text):
        year, month, rest = part.groups(default="")
        unknown = "month and day" if len(rest) > 3 else "day" if month else "month"
        return f"{year}{month}, {unknown} not known"
    return text
