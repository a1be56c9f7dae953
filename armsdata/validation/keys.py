"""Keys as 64-bit hashes: what must be remembered of every row, in fixed width, spilled to disk beyond a limit.

Two different keys share a hash about once in 3 million runs over ten million rows. A finding that rests on equal
hashes (a duplicate) is looked at a second time, in the text, before it is told.
"""

from __future__ import annotations

import copy
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa

from armsdata.schema.arrays import Mask, edges, valid

from .index import distinct
from .records import Array, Records

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

#: A spool holds this many bytes in memory; what is more goes to disk.
SPOOL_LIMIT = 40 << 20
_PARTS = 16
#: Texts of more bytes are hashed one by one.
_LONG = 2048
# The seed is drawn anew for each run, so that nobody can prepare keys that collide. Processes that work at one dataset
# together are given the same.
_DRAWN = int.from_bytes(os.urandom(8), "little")
_SEED = ContextVar("seed", default=_DRAWN)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)
_TAILS = np.array([(1 << (8 * size)) - 1 for size in range(8)] + [2**64 - 1], dtype=np.uint64)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Hash with this seed."""
    token = _SEED.set(seed)
    try:
        yield
    finally:
        _SEED.reset(token)


def _stir(state: Hashes, words: Hashes | np.uint64) -> Hashes:
    """Mix words into a state, which is changed, and returned."""
    state ^= words
    state *= _MULTIPLIER
    state ^= state >> _SHIFT
    return state


def _finished(state: Hashes) -> Hashes:
    return _stir(state, state >> np.uint64(29))


def hash_texts(texts: pa.Array) -> Hashes:
    """A hash of each text of a utf8 array; 0 for null."""
    count = len(texts)
    if not count:
        return np.zeros(0, dtype=np.uint64)
    data, starts, ends = edges(texts)
    sizes = ends - starts
    if texts.null_count:  # Arrow may keep bytes behind a null
        sizes[~valid(texts)] = 0
    least = int(sizes.min())
    if least < 8:  # then eight bytes may reach beyond the last text
        first = int(starts[0])
        data, starts = np.concatenate([data[first : int(ends[-1])], np.zeros(8, np.uint8)]), starts - first
    words = np.ndarray(len(data) - 7, dtype="<u8", buffer=data, strides=(1,))
    state = _stir(np.full(count, _SEED.get(), np.uint64), sizes.astype(np.uint64))
    at = 0
    while at < min(least, _LONG):
        _stir(state, _words(words, starts, sizes, at))
        at += 8
    active = np.flatnonzero(sizes > at)
    while len(active):
        if at >= _LONG:  # few texts are so long: not worth a round for each of their words
            state[active] = _stir(state[active], _hash_long(texts, active))
            break
        state[active] = _stir(state[active], _words(words, starts[active], sizes[active], at))
        at += 8
        active = active[sizes[active] > at]
    _finished(state)
    state[state == 0] = 1
    if texts.null_count:
        state[~valid(texts)] = 0
    return state


def _words(words: Hashes, starts: Any, sizes: Any, at: int) -> Hashes:
    """The eight bytes of each text from `at` on; where there are not so many, its last eight, or all it has."""
    found: Hashes = words[starts + np.minimum(at, sizes - 8) if at else starts]
    return found if at or sizes.min() >= 8 else found & _TAILS[np.minimum(sizes, 8)]


def _hash_long(texts: pa.Array, places: Any) -> Hashes:
    key = _SEED.get().to_bytes(8, "little")
    digests = [hashlib.blake2b(texts[place].as_buffer(), digest_size=8, key=key).digest() for place in places.tolist()]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def salted(hashes: Hashes, place: int) -> Hashes:
    """Other hashes of the same, for each place their own: sums of them tell in which place each stands."""
    salt = np.uint64((place + 1) * int(_MULTIPLIER) % 2**64 ^ _SEED.get())
    return _finished(_stir(hashes.copy(), salt))


class KeySet:
    """The keys of a finished table, to look references up, and which of them were used."""

    def __init__(self, hashes: Hashes, rows: Array) -> None:
        order = np.argsort(hashes, kind="stable")
        self.hashes, self.rows = hashes[order], rows[order]
        self.used = np.zeros(len(order), dtype=bool)

    def not_used(self) -> KeySet:
        """The same keys, of which none was used yet."""
        other = copy.copy(self)
        other.used = np.zeros(len(self.hashes), dtype=bool)
        return other

    def find(self, hashes: Hashes) -> Mask:
        """Which of these are keys (0, an empty cell, counts as one)."""
        found: Mask = hashes == 0
        if not len(self.hashes):
            return found
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        found |= self.hashes[places] == hashes
        return found

    def use(self, hashes: Hashes) -> None:
        """Note that these keys are referred to."""
        if len(self.hashes):
            places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            self.used[places[self.hashes[places] == hashes]] = True


class Spool:
    """Records of fixed width that begin with a hash, kept in memory up to a limit and then on disk.

    They come back in parts; all records with the same hash are in the same part, and records with the same hash in
    the parts of the same number of two spools that were split alike.

    Args:
        fields: name and type of each field behind ``key``, the hash.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.kinds = fields
        self._parts: list[Records] = []
        self._size = 0
        self._files: list[Any] = []
        self._alone = RLock()  # several questions are asked of it at once
        self.count = 0

    def add(self, **fields: Any) -> None:
        """Append records, field by field; those whose key is 0 are left out."""
        kept = fields["key"] != 0
        which = slice(None) if kept.all() else kept  # what is left out shall take no room
        kinds = {"key": "u8", **self.kinds}
        records = Records({name: np.asarray(fields[name], kind)[which] for name, kind in kinds.items()})
        self._parts.append(records)
        self._size += sum(values.nbytes for values in records.fields.values())
        self.count += len(records)
        if self._size > SPOOL_LIMIT:
            self.spill()

    @property
    def spilled(self) -> bool:
        """Records have gone to disk."""
        return bool(self._files)

    def spill(self) -> None:
        """Move all records to disk, split by their hash."""
        if not self._files:
            self._files = [tempfile.TemporaryFile() for _ in range(_PARTS)]  # noqa: SIM115 (they live as long as the spool)
        for records in self._parts:
            written = np.zeros(len(records), dtype=self._written)
            for name, values in records.fields.items():
                written[name] = values
            parts = records["key"] >> np.uint64(60)
            for number in range(_PARTS):
                self._files[number].write(written[parts == number].tobytes())
        self._parts, self._size = [], 0

    @property
    def _written(self) -> np.dtype[np.void]:
        """A record as it stands on disk."""
        return np.dtype([("key", "u8"), *self.kinds.items()])

    def parts(self, *, split: bool) -> Iterator[Records]:
        """The records: all at once, or split when `split` asks for it (as it must when a partner has spilled)."""
        if not split:
            yield self.whole()
            return
        for number in range(_PARTS):
            yield self._part(number)

    def _part(self, number: int) -> Records:
        with self._alone:
            self.spill()
            self._files[number].seek(0)
            read = np.frombuffer(self._files[number].read(), dtype=self._written)
        return Records({name: np.ascontiguousarray(read[name]) for name in read.dtype.names or ()})

    def whole(self) -> Records:
        """All records."""
        with self._alone:
            if self._files:
                return Records.joined(map(self._part, range(_PARTS)), self.kinds)
            if len(self._parts) != 1:  # joined once, and kept so
                self._parts = [Records.joined(self._parts, self.kinds)]
            return self._parts[0]

    def close(self) -> None:
        """Give back memory and disk."""
        for file in self._files:
            file.close()
        self._files, self._parts = [], []


def together(*spools: Spool) -> Iterator[tuple[Records, ...]]:
    """The parts of several spools side by side."""
    split = any(spool.spilled for spool in spools)
    yield from zip(*(spool.parts(split=split) for spool in spools), strict=True)


def repeats(records: Records, field: str, above: int) -> tuple[Records, Records]:
    """The records whose field stood in an earlier row, and beside each the first record that had it.

    Args:
        records: the records.
        field: the field; a hash.
        above: up to here it stands for none.
    """
    values = records[field]
    each = records.distinct if field == "key" else distinct(values)
    if np.count_nonzero(each > above) == np.count_nonzero(values > above):  # as a rule
        return records[:0], records[:0]
    order = np.flatnonzero(values > above)
    order = order[np.lexsort((records["row"][order], values[order]))]
    values = values[order]
    same = values[1:] == values[:-1]
    later = np.flatnonzero(same) + 1
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    firsts = starts[np.searchsorted(starts, later, side="right") - 1]
    return records[order[later]], records[order[firsts]]
