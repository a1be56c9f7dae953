"""Whether texts have a form, a whole column at a time: most columns are told to be good from their bytes alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Bytes, Places, edges
from .columns import SLUG

#: An absolute http(s) address, without blanks or characters that nobody sees.
URL = r"(?i:https?)://[^\s\pZ\pC/?#]+[^\s\pZ\pC]*"

_HYPHEN = ord("-")
#: So many bytes are looked at at once: what is worked out of them stays in the processor's cache.
_PIECE = 1 << 16


def matches(texts: pa.Array, pattern: str) -> pa.Array:
    """Which texts of a utf8 array match in full (a trailing newline is no match); null for null."""
    surely = _SURELY.get(pattern)
    if surely and len(texts) and not texts.null_count and surely(*edges(texts)):
        return pa.array(np.ones(len(texts), dtype=bool))
    return pc.match_substring_regex(texts, rf"\A(?:{pattern})\z")


def _all_slugs(data: Bytes, starts: Places, ends: Places) -> bool:
    """Whether all texts are surely slugs: small letters, digits, and hyphens between two of them."""
    if not (ends > starts).all():
        return False
    if (data[starts] == _HYPHEN).any() or (data[ends - 1] == _HYPHEN).any():
        return False
    # So that two hyphens beside each other stand in the same text.
    return all(
        _of_slugs(data[first : min(first + _PIECE, ends[-1])]) for first in range(starts[0], ends[-1], _PIECE - 1)
    )


def _of_slugs(body: Bytes) -> bool:
    """Whether bytes are small letters, digits, and hyphens of which no two are neighbours."""
    hyphens = body == _HYPHEN
    good = hyphens | (body - np.uint8(ord("a")) < 26) | (body - np.uint8(ord("0")) < 10)
    return bool(good.all()) and not (hyphens[1:] & hyphens[:-1]).any()


def _all_plain_urls(data: Bytes, starts: Places, ends: Places) -> bool:
    """Whether all texts are surely addresses: ASCII without blanks, ``http://`` or ``https://``, and a host."""
    body = data[starts[0] : ends[-1]]
    if not (ends - starts > len("https://")).all() or body.min() < 0x21 or body.max() > 0x7E:
        return False
    secure = data[starts + 4] == ord("s")
    hosts = starts + 7 + secure
    good = np.ones(len(starts), dtype=bool)
    for place, byte in enumerate(b"http"):
        good &= data[starts + place] == byte
    for place, byte in enumerate(b"://"):
        good &= data[hosts - 3 + place] == byte
    first = data[hosts]
    return bool(good.all() and not ((first == ord("/")) | (first == ord("?")) | (first == ord("#"))).any())


def all_whole(texts: pa.Array, digits: int) -> bool:
    """Whether all texts of a utf8 array are whole numbers of so many digits at most, without a zero in front."""
    if not len(texts) or texts.null_count:
        return False
    data, starts, ends = edges(texts)
    sizes = ends - starts
    if sizes.min() < 1 or sizes.max() > digits:
        return False
    body = data[starts[0] : ends[-1]]
    return bool(body.min() >= ord("0") and body.max() <= ord("9") and (data[starts] > ord("0")).all())


_SURELY = {SLUG: _all_slugs, URL: _all_plain_urls}
