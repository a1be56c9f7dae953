"""Whether texts have a form, a whole column at a time: most columns are told to be good from their bytes alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Bytes, Places, edges
from .columns import SLUG

#: An absolute http(s) address, without blanks or characters that nobody sees.
URL = r"(?i:https?)://[^\s\pZ\pC/?#]+[^\s\pZ\pC]*"


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
    body = data[starts[0] : ends[-1]]
    hyphens = body == ord("-")
    if not (hyphens | (body - np.uint8(ord("a")) < 26) | (body - np.uint8(ord("0")) < 10)).all():
        return False
    # No text begins or ends with a hyphen, so that two beside each other stand in the same text.
    outer = hyphens[starts - starts[0]] | hyphens[ends - starts[0] - 1]
    return not (outer.any() or (hyphens[1:] & hyphens[:-1]).any())


def _all_plain_urls(data: Bytes, starts: Places, ends: Places) -> bool:
    """Whether all texts are surely addresses: ASCII without blanks, ``http://`` or ``https://``, and a host."""
    if not (ends - starts > len("https://")).all() or (data[starts[0] : ends[-1]] - np.uint8(0x21) > 0x5D).any():
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


_SURELY = {SLUG: _all_slugs, URL: _all_plain_urls}
