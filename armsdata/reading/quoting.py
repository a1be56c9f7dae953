"""Where quoted cells begin and end in a block of CSV, told by arithmetic on the places of quotation marks.

In a sound block the marks alternate: an even one opens a cell (or, right after a closing one, is the second half of
a doubled mark), an odd one closes it. Whether each stands where RFC 4180 allows it can be told for all of them at
once; a block that fails is read by the patient reader in `repair.py`.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

Places = np.ndarray[Any, np.dtype[np.int64]]

QUOTE, NEWLINE, RETURN = 34, 10, 13
#: So many bytes are looked at at once: what is worked out of them stays in the processor's cache.
_PIECE = 1 << 18


class Marks:
    """The quotation marks of a block.

    Args:
        block: bytes that begin where a record begins.
    """

    def __init__(self, block: bytes) -> None:
        self.block = block
        self.bytes = np.frombuffer(block, dtype=np.uint8)
        self.places = self._where(QUOTE, len(block)) if b'"' in block else np.zeros(0, np.int64)

    def _where(self, byte: int, end: int) -> Places:
        """Where a byte stands before `end`."""
        places = [
            np.flatnonzero(self.bytes[first : min(first + _PIECE, end)] == byte) + first
            for first in range(0, end, _PIECE)
        ]
        return np.concatenate(places) if places else np.zeros(0, np.int64)

    @cached_property
    def _newlines(self) -> Places:
        return self._where(NEWLINE, len(self.block))

    def within(self, places: Places) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which of these places lie within a quoted cell."""
        return (np.searchsorted(self.places, places) & 1).astype(bool)

    def newlines(self, end: int) -> int:
        """How many newlines stand before `end`."""
        return int(np.searchsorted(self._newlines, end))

    def last_record_end(self) -> int:
        """The length of the block up to its last newline outside of quotation marks; 0 if there is none."""
        end = self.block.rfind(b"\n")
        for _ in range(100):
            if end < 0:
                return 0
            before = int(np.searchsorted(self.places, end))
            if before % 2 == 0:
                return end + 1
            end = self.block.rfind(b"\n", 0, int(self.places[before - 1]))
        outer = self._newlines[~self.within(self._newlines)]  # so many cells with line breaks: all at once
        return int(outer[-1]) + 1 if len(outer) else 0

    def sound(self, end: int, delimiter: int) -> bool:
        """Whether every mark before `end` stands where RFC 4180 allows one."""
        marks = self.places[: int(np.searchsorted(self.places, end))]
        if len(marks) % 2:
            return False
        if not len(marks):
            return True
        opening, closing = marks[0::2], marks[1::2]
        doubled = np.zeros(len(opening), dtype=bool)  # this opening mark is the second half of a doubled one
        doubled[1:] = opening[1:] == closing[:-1] + 1
        before = self.bytes[np.maximum(opening - 1, 0)]
        opens = (opening == 0) | (before == delimiter) | (before == NEWLINE) | doubled
        after = self._at(closing + 1, end)
        closes = (after == delimiter) | (after == NEWLINE) | (closing + 1 == end)
        closes |= (after == RETURN) & ((self._at(closing + 2, end) == NEWLINE) | (closing + 2 == end))
        closes[:-1] |= doubled[1:]
        return bool(opens.all() and closes.all())

    def _at(self, places: Places, end: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
        return self.bytes[np.minimum(places, end - 1)]

    def broken_cells(self, end: int) -> tuple[Places, Places, Places]:
        """The quoted cells before `end` that hold line breaks: where each begins and ends, and how many it holds."""
        marks = self.places[: int(np.searchsorted(self.places, end))]
        if not len(marks):
            return marks, marks, marks
        opening, closing = marks[0::2], marks[1::2]
        joined = opening[1:] == closing[:-1] + 1
        starts = opening[np.concatenate(([True], ~joined))] + 1
        ends = closing[np.concatenate((~joined, [True]))]
        breaks = np.searchsorted(self._newlines, ends) - np.searchsorted(self._newlines, starts)
        broken = np.flatnonzero(breaks)
        return starts[broken], ends[broken], breaks[broken]

    def longest_line(self, end: int) -> int:
        """The most bytes of a line before `end`."""
        newlines = self._newlines[: self.newlines(end)]
        return int(np.diff(newlines, prepend=-1, append=end).max())

    def record_starts(self, end: int) -> Places:
        """Where each record before `end` begins."""
        newlines = self._newlines[: self.newlines(end)]
        outer = newlines[~self.within(newlines)] if len(self.places) else newlines
        starts = np.concatenate(([0], outer + 1))
        return starts[:-1] if end and self.bytes[end - 1] == NEWLINE else starts

    def record_lines(self, end: int, first_line: int) -> Places:
        """The physical line at which each record before `end` begins, given the line of the first."""
        starts = self.record_starts(end)
        if not len(self.places):
            return np.arange(len(starts)) + first_line
        return np.searchsorted(self._newlines, starts) + first_line
