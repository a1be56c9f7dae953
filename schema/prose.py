"""What may be wrong with free text: blanks about it, characters nobody sees, formulas, spreadsheet damage.

Clean text is told from suspicious text by its first and last byte and by vectorised kernels; Python looks at the
suspicious ones only.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import damage
from .arrays import Bytes, Places, edges

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
#: Invisible and of no use within a text. (The joiners U+200C and U+200D and the marks U+200E and U+200F belong to
#: the scripts that need them.)
INVISIBLE = "\u200b\u2060\ufeff"
_HIDDEN = re.compile(f"[{BIDI}{INVISIBLE}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\s|\Z|[0-9.,][0-9.,()\u00a0\u202f /-]*\Z)")
_HIDDEN_RE2 = r"\A[\pZ\s\x{85}]|[\pZ\s\x{85}]\z|[\x{202A}-\x{202E}\x{2066}-\x{2069}\x{200B}\x{2060}\x{FEFF}]"

_FIRST = np.zeros(256, dtype=bool)
_FIRST[list(b"=@+-\t\r\n\x0b\x0c ")] = True
_LAST = np.zeros(256, dtype=bool)
_LAST[list(b"\t\r\n\x0b\x0c ")] = True


def faults(texts: pa.Array) -> list[tuple[int, str, str, str]]:
    """What is wrong with an array of texts.

    Args:
        texts: utf8; nulls are passed over.

    Returns:
        Position, finding code, text and detail of each fault, by position. The detail of ``untidy-text`` is
        ``blanks``, ``form`` (not Unicode NFC), ``hidden`` or ``control``.
    """
    found = []
    for position in np.flatnonzero(_suspicious(texts)).tolist():
        text = texts[position].as_py()
        found += [(position, code, text, detail) for code, detail in judge(text)]
    return found


def judge(text: str) -> list[tuple[str, str]]:
    """What is wrong with one text: finding codes with a detail."""
    found = []
    if _FORMULA.match(text):
        found.append(("formula-text", text[0]))
    elif text != text.strip():
        found.append(("untidy-text", "blanks"))
    if _HIDDEN.search(text):
        found.append(("untidy-text", "hidden"))
    elif _CONTROL.search(text):
        found.append(("untidy-text", "control"))
    elif not text.isascii() and not unicodedata.is_normalized("NFC", text):
        found.append(("untidy-text", "form"))
    if mark := damage.mark(text):
        found.append(("spreadsheet-damage", mark))
    return found


def _suspicious(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    marked = np.zeros(len(texts), dtype=bool)
    if not len(texts) or texts.null_count == len(texts):
        return marked
    data, starts, ends = edges(texts)
    filled = np.flatnonzero((ends > starts) & np.asarray(texts.is_valid()))
    marked[filled] = _FIRST[data[starts[filled]]] | _LAST[data[ends[filled] - 1]]
    short = filled[(ends - starts)[filled] <= damage.LONGEST]
    if len(short):
        odd = pc.match_substring_regex(texts.take(pa.array(short)), damage.SIEVE)
        marked[short[np.asarray(odd)]] = True
    body = data[starts[0] : ends[-1]]
    if not len(body):
        return marked
    if body.max() >= 0x80:
        wide = np.unique(np.searchsorted(ends, _rare(body) + starts[0], side="right"))
        some = texts.take(pa.array(wide))
        odd = pc.or_(
            pc.match_substring_regex(some, _HIDDEN_RE2), pc.not_equal(pc.utf8_normalize(some, form="NFC"), some)
        )
        marked[wide[np.asarray(pc.fill_null(odd, False))]] = True
    if body.min() < 0x20 or (body == 0x7F).any():
        control = (body < 0x20) & (body != 0x0A) & (body != 0x0D) & (body != 0x09) | (body == 0x7F)
        hits = np.flatnonzero(control) + starts[0]
        marked[np.searchsorted(ends, hits, side="right")] = True
    marked &= np.asarray(texts.is_valid())  # Arrow may keep bytes behind a null
    return marked


def _rare(body: Bytes) -> Places:
    """Where characters begin that may be blanks, hidden, or not in Unicode's form NFC.

    The letters of most Latin alphabets (U+00C0 to U+02FF) never are, nor the dashes, quotation marks and dots of
    typography (U+2010 to U+2027): in most texts that are not ASCII there is nothing else.
    """
    places = np.flatnonzero((body >= 0xCC) | (body == 0xC2))
    second, third = (body[np.minimum(places + more, len(body) - 1)] for more in (1, 2))
    typography = (body[places] == 0xE2) & (second == 0x80) & (third - np.uint8(0x90) < 0x18)
    rare: Places = places[~typography]
    return rare
