"""Whole columns are told to have a form from their bytes alone; no column may be told so that a pattern refuses."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from armsdata.schema.columns import SLUG
from armsdata.schema.forms import URL, matches
from hypothesis import given
from hypothesis import strategies as st

SLUGS = st.from_regex(SLUG, fullmatch=True, alphabet=st.sampled_from("az09-"))
HOSTS = st.text("aZ0.-:é_/?#", min_size=1, max_size=8)
ADDRESSES = st.builds("{}{}{}".format, st.sampled_from(["http://", "https://", "HTTP://", "https:/"]), HOSTS, HOSTS)
ODD = st.one_of(st.none(), st.text("az09-AZ_ \n\x7f\x00é\u200b\u2028/:", max_size=6), st.text(max_size=6))


def by_pattern(texts: pa.Array, pattern: str) -> list[bool | None]:
    found: list[bool | None] = pc.match_substring_regex(texts, rf"\A(?:{pattern})\z").to_pylist()
    return found


@pytest.mark.parametrize("pattern", [SLUG, URL])
@given(data=st.data())
def test_a_column_matches_as_its_pattern_says(pattern: str, data: st.DataObject) -> None:
    good = SLUGS if pattern == SLUG else ADDRESSES
    drawn = data.draw(st.one_of(st.lists(good), st.lists(st.one_of(good, ODD))))
    texts = pa.array(drawn, pa.string())
    for some in (texts, texts.slice(1), texts.slice(0, max(len(texts) - 1, 0))):
        assert matches(some, pattern).to_pylist() == by_pattern(some, pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        *((SLUG, text) for text in ("", "-a", "a-", "a--b", "A", "a b", "a_b", "a\n", "é", "a/b", "a:b", "a`b", "a{b")),
        *((URL, text) for text in ("http://", "https://", "https:///a", "http://?a", "http://#a", "ftp://a.example")),
        *(
            (URL, text)
            for text in ("https://a b", "https://a\x7f", "https://a\u00a0", "https://a\n", "http:/a.example")
        ),
    ],
)
def test_one_text_of_another_form_is_found_among_good_ones(pattern: str, text: str) -> None:
    good = "a-1" if pattern == SLUG else "https://a.example/b"
    assert matches(pa.array([good, text, good]), pattern).to_pylist() == [True, False, True]


@pytest.mark.parametrize(("pattern", "text"), [(SLUG, "a-1"), (URL, "http://a"), (URL, "https://a?b#c")])
def test_good_texts_are_told_to_be_good(pattern: str, text: str) -> None:
    assert matches(pa.array([text, text]), pattern).to_pylist() == [True, True]
