"""Texts made short: what stands in many of them is written once, and named there.

A text is cut into words; two neighbours that often stand together become one phrase, again and again, so that a phrase
may be a whole sentence. No general compressor is used: their bytes differ from one build of a library to another, and
equal data must give equal pages.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from .digits import digits

#: A word with the blank before it, a part of a number, or any other character: together they are the whole text.
_WORD = re.compile(r" ?[^\W\d_]{1,24}|\d{1,3}|.", re.DOTALL)
#: What is met more seldom than this saves nothing as a phrase.
_SELDOM = 6
#: In one round all pairs become phrases that are met at least half as often as the most frequent one.
_ROUNDS = 100
_END = -1
_SHIFT = 32


@dataclass(frozen=True, slots=True)
class Phrases:
    """Texts as numbers: 0 ends a text, odd numbers name words, even ones phrases.

    Attributes:
        words: the words, the most frequent first.
        pairs: for each phrase the two words or phrases that it is made of, one after the other, in digits.
        texts: for each group of texts its digits.
    """

    words: list[str]
    pairs: str
    texts: list[str]


def phrases(groups: Sequence[Sequence[str]]) -> Phrases:
    """Write groups of texts in the same words and phrases."""
    known: dict[str, int] = {}
    whole = _cut(chain.from_iterable(groups), known)
    whole, pairs = _joined(whole, len(known))
    names, order = _named(whole, pairs, len(known))
    codes = [digits(name) for name in names.tolist()]
    words = list(known)
    listed = [word for word in order if word < len(words)]
    told = [pairs[phrase - len(words)] for phrase in order if phrase >= len(words)]
    return Phrases(
        [words[one] for one in listed],
        "".join(codes[one] for pair in told for one in pair),
        _texts(whole, codes, [len(texts) for texts in groups]),
    )


def _cut(texts: Iterable[str], known: dict[str, int]) -> Any:
    """The words of texts by number, each text with its end."""
    found = array("i")
    for text in texts:
        found.extend([known.setdefault(word, len(known)) for word in _WORD.findall(text)])
        found.append(_END)
    return np.array(found, np.int32)


def _joined(whole: Any, known: int) -> tuple[Any, list[tuple[int, int]]]:
    """The texts with their phrases, which are numbered on from the words."""
    pairs: list[tuple[int, int]] = []
    for _ in range(_ROUNDS):
        at, which, chosen = _frequent(whole)
        if not len(chosen):
            break
        whole[at] = known + len(pairs) + which
        pairs += [(int(pair >> _SHIFT), int(pair & ((1 << _SHIFT) - 1))) for pair in chosen]
        stays = np.ones(len(whole), bool)
        stays[at + 1] = False
        whole = whole[stays]
    return whole, pairs


def _frequent(whole: Any) -> tuple[Any, Any, Any]:
    """Where the most frequent pairs begin, never one within another; which of them; and the pairs."""
    first, second = whole[:-1], whole[1:]
    at = np.flatnonzero((first >= 0) & (second >= 0))
    coded = pa.array((first[at].astype(np.int64) << _SHIFT) | second[at]).dictionary_encode()
    pair, which = coded.dictionary.to_numpy(), coded.indices.to_numpy()
    number = np.bincount(which, minlength=len(pair))
    enough = number >= max(_SELDOM, number.max(initial=0) // 2)
    at, which = _apart(*(each[enough[which]] for each in (at, which)))
    enough &= np.bincount(which, minlength=len(pair)) >= _SELDOM
    kept = enough[which]
    return at[kept], (np.cumsum(enough) - 1)[which[kept]], pair[enough]


def _apart(at: Any, which: Any) -> tuple[Any, Any]:
    """Of places that follow each other directly every second one, for pairs there overlap."""
    place = np.arange(len(at))
    begins = np.diff(at, prepend=-2) > 1
    even = (place - np.maximum.accumulate(np.where(begins, place, 0))) % 2 == 0
    return at[even], which[even]


def _named(whole: Any, pairs: list[tuple[int, int]], known: int) -> tuple[Any, list[int]]:
    """The number by which each word and phrase goes, the most frequent shortest; and all by frequency."""
    used = np.concatenate([whole[whole >= 0], np.array(pairs, np.int64).reshape(-1)])
    order = np.argsort(-np.bincount(used, minlength=known + len(pairs)), kind="stable")
    names = np.empty(len(order), np.int64)
    names[order[order < known]] = 2 * np.arange(known) + 1
    names[order[order >= known]] = 2 * np.arange(len(pairs)) + 2
    return names, order.tolist()


def _texts(whole: Any, codes: list[str], sizes: list[int]) -> list[str]:
    """The digits of each group: so many texts belong to it."""
    ends = np.concatenate([[0], np.flatnonzero(whole == _END) + 1])
    codes = [*codes, digits(0)]  # the end is -1, the last
    marks = np.cumsum([0, *sizes])
    return [
        "".join(map(codes.__getitem__, whole[ends[first] : ends[last]].tolist())) for first, last in pairwise(marks)
    ]
