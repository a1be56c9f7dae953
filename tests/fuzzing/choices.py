"""Decisions drawn from bytes, so that whoever changes the bytes, changes the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Reads decisions from bytes, from the front; when they are spent, every decision is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        """So many bytes, fewer at the end."""
        taken = self._data[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data))

    def below(self, limit: int) -> int:
        """A number below a limit."""
        return int.from_bytes(self.take(((limit - 1).bit_length() + 7) // 8), "little") % limit

    def pick(self, options: Sequence[T]) -> T:
        """One of some things."""
        return options[self.below(len(options))]

    def chance(self, one_in: int) -> bool:
        """True once in so many times; never when the bytes are spent."""
        return self.below(one_in) == 1
