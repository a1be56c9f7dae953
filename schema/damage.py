"""The marks that a spreadsheet leaves in a cell which was something else before."""

from __future__ import annotations

import re

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_MARKS = {
    "error": re.compile(r"#{2,}|#(?:REF|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC)[!?]|#N/A"),
    "date": re.compile(rf"(?i:{_MONTH}-\d{{2,4}}|\d{{1,2}}-{_MONTH}(?:-\d{{2,4}})?)", re.ASCII),
    "number": re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]\d{2,}", re.ASCII),
}
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?", re.ASCII)
#: No text longer than this bears a mark.
LONGEST = 24
#: What every mark has, as a cheap first sieve (RE2).
SIEVE = r"#|(?i:\A[a-z]{3}-\d|\A\d{1,2}-[a-z]{3})|\dE[+-]\d"


def mark(text: str, *, dates: bool = False) -> str:
    """The kind of damage that a whole cell shows: ``error``, ``date``, ``number``, ``serial``, or empty for none.

    Args:
        text: the cell.
        dates: the column holds dates, so that a bare five-digit number is a spreadsheet's serial day.
    """
    if len(text) > LONGEST:
        return ""
    if dates and _SERIAL.fullmatch(text):
        return "serial"
    return next((kind for kind, pattern in _MARKS.items() if pattern.fullmatch(text)), "")
