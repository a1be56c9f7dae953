"""Keys are found, and told apart, just as anybody would do it with a list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsdata.validation import index as module
from armsdata.validation.index import Index, distinct, lacking

#: Many agree in their last bits.
KEYS = st.integers(0, 20) | st.builds(lambda high, low: high << 60 | low, st.integers(0, 15), st.integers(0, 3))


def hashes(keys: list[int]) -> module.Keys:
    return np.array(keys, dtype=np.uint64)


@given(st.lists(KEYS, max_size=120), st.lists(KEYS, max_size=60))
def test_keys_are_found_where_they_stand_first(keys: list[int], wanted: list[int]) -> None:
    index = Index(hashes(keys))
    known, places = index.find(hashes(wanted))
    assert known.tolist() == [one in keys for one in wanted]
    found = [(one, place) for one, place, there in zip(wanted, places.tolist(), known, strict=True) if there]
    assert found == [(one, keys.index(one)) for one in wanted if one in keys]


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_many_keys_are_found_however_they_are_cut(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(module, "_PIECE", piece)
    drawn = np.random.default_rng(3).integers(0, 2**64, 1000, dtype=np.uint64)
    index = Index(drawn)
    known, places = index.find(np.concatenate([drawn[::-1], ~drawn]))
    assert known.tolist() == [True] * 1000 + [False] * 1000
    assert places[:1000].tolist() == list(range(999, -1, -1))


@given(st.lists(KEYS, max_size=120), st.lists(KEYS, max_size=60))
def test_each_key_is_told_once_and_so_is_each_that_others_lack(some: list[int], others: list[int]) -> None:
    each, known = distinct(hashes(some)), distinct(hashes(others))
    assert each.tolist() == sorted(set(some))
    assert lacking(each, known).tolist() == sorted(set(some) - set(others))
    assert lacking(each, each.copy()).tolist() == []
