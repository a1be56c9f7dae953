"""What is wrong with free text is told for a whole column as it is for each text alone."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from armsdata.schema import prose
from hypothesis import given
from hypothesis import strategies as st

#: Characters on both sides of each border that the look at bytes draws, and some of each kind that is a fault.
BORDERS = (
    "a é\u0080\u0085\u009f\u00a0\u00bf\u00c0\u02ff\u0300\u0301\u0340\u037e\u0419\u0438\u0306\u0958\u1680"
    "\u1fff\u2000\u2001\u200a\u200b\u200c\u200f\u2010\u2019\u2026\u2027\u2028\u2029\u202a\u202f\u205f\u2060\u2066"
    "\u2126\u212b\u3000\u304b\u3099\u1100\u1161\uac00\ufb1d\ufeff\uff21\U0001d15e\U0001f600"
)
TEXTS = st.text(st.sampled_from(BORDERS) | st.characters(exclude_categories=["Cs"]), max_size=4)


def alone(texts: list[str | None]) -> list[tuple[int, str, str, str]]:
    """The faults of each text."""
    return [(place, code, text, why) for place, text in enumerate(texts) if text for code, why in prose.judge(text)]


@given(st.lists(st.none() | TEXTS, max_size=6), st.integers(0, 2))
def test_a_column_of_texts_has_the_faults_of_each_text(texts: list[str | None], first: int) -> None:
    array = pa.array(texts, pa.string()).slice(first)  # an array may begin within its buffers
    assert prose.faults(array) == alone(texts[first:])


@pytest.mark.parametrize("around", ["{}", "a{}", "{}a", "a{}a", "\u2019{}", "{}\u0301"])
def test_every_character_has_the_faults_in_a_column_that_it_has_alone(around: str) -> None:
    texts: list[str | None] = [
        around.format(chr(code)) for code in range(0x3100) if chr(code).isprintable() or code > 31
    ]
    assert prose.faults(pa.array(texts, pa.string())) == alone(texts)


def test_letters_and_typography_that_are_passed_over_are_never_a_fault() -> None:
    passed = [chr(code) for code in (*range(0xC0, 0x300), *range(0x2010, 0x2028))]
    assert not any(prose.judge(character) for character in passed)
    assert all(unicodedata.is_normalized("NFC", "a" + character) for character in passed)
    assert not len(prose._rare(np.frombuffer("".join(passed).encode("utf-8"), np.uint8)))
    assert prose._rare(np.frombuffer("é\u2009\u02ff\u0300\u00b0".encode(), np.uint8)).tolist() == [2, 7, 9]


def test_what_lies_behind_an_empty_cell_is_no_fault() -> None:
    whole = pa.array(["\u3000a", "b\u00a0"])
    hidden = pa.StringArray.from_buffers(2, *whole.buffers()[1:], pa.py_buffer(b"\x02"), 1)
    assert hidden.to_pylist() == [None, "b\u00a0"]
    assert prose.faults(hidden) == alone([None, "b\u00a0"])
