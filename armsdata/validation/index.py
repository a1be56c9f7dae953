"""Keys among many: each once, in order, and where they stand, found by some of their bits.

Which keys there are is told by sorting them: numpy does that with the wide registers that processors have. Where each
stands would need a sort of places, and looking them up by their bits takes half the time of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Keys = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.int64]]
Table = np.ndarray[Any, np.dtype[np.uint32]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: So many keys are looked up at once.
_PIECE = 1 << 16


class Index:
    """The places of keys, which are hashes: their last bits are as good as drawn.

    A table has, for the last bits of a key, its place. Of keys that agree in those bits the first has its place there;
    the others are in a second table, and so on.

    Args:
        keys: the keys; of equal ones the first is found.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._tables: list[Table] = []
        places = np.arange(len(keys), dtype=np.uint32)
        while len(places):
            places = self._enter(keys if len(places) == len(keys) else keys[places], places)

    def _enter(self, keys: Keys, places: Table) -> Table:
        """Make the next table, of the keys at these places; the places of those that must go into another."""
        # A third to two thirds of it is filled. Where nothing is, it names the first key, which is then compared.
        table = np.zeros(1 << (len(keys) * 3 // 2).bit_length(), dtype=np.uint32)
        parts = list(zip(pieces(keys), pieces(places), strict=True))
        for some, here in reversed(parts):
            table[_slots(some, table)[::-1]] = here[::-1]  # what is assigned last stays: the first
        left = []
        for some, here in parts:
            holders = table[_slots(some, table)]
            others = np.flatnonzero(holders != here)
            differ = self._keys[holders[others]] != some[others]
            left.append(here[others[differ]])
        self._tables.append(table)
        return np.concatenate(left)

    def find(self, wanted: Keys) -> tuple[Mask, Places]:
        """Which of the wanted are among the keys, and where the first such key stands (anywhere for the others)."""
        found = [self._find(piece) for piece in pieces(wanted)] or [self._find(wanted)]
        known, places = zip(*found, strict=True)
        return np.concatenate(known), np.concatenate(places)

    def _find(self, wanted: Keys) -> tuple[Mask, Places]:
        known, places = np.zeros(len(wanted), dtype=bool), np.zeros(len(wanted), dtype=np.int64)
        rest: Places | slice = slice(None)
        for table in self._tables:
            some = wanted[rest]
            found = table[_slots(some, table)]
            known[rest], places[rest] = self._keys[found] == some, found
            rest = np.flatnonzero(~known)
        return known, places


def distinct(keys: Keys) -> Keys:
    """Each key once, in order."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered if first.all() else ordered[first]


def lacking(wanted: Keys, known: Keys) -> Keys:
    """Those wanted that are not known; of both each once and in order, in which they are looked up quickly."""
    if not len(known) or np.array_equal(wanted, known):  # as where every transfer has its claims
        return wanted[: 0 if len(known) else None]
    lost: Keys = wanted[known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)] != wanted]
    return lost


def pieces(values: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
    """The same in pieces: what is worked out of one is not worth new memory, and stays in the processor's cache."""
    for first in range(0, len(values), _PIECE):
        yield values[first : first + _PIECE]


def _slots(keys: Keys, table: Table) -> Places:
    return (keys & np.uint64(len(table) - 1)).view(np.int64)
