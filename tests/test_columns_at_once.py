"""What is worked out for a whole column at once is what each of its cells gives alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from armsdata.schema import TABLES
from armsdata.schema.arrays import is_utf8, places, valid
from armsdata.schema.cells import plain_number, split, type_cells
from armsdata.schema.columns import SLUG
from armsdata.schema.forms import matches
from hypothesis import given
from hypothesis import strategies as st

BROKERS = TABLES["transfers"].by_name["brokers"]
QUANTITY = TABLES["transfers"].by_name["quantity"]
LISTS = st.lists(
    st.sampled_from(["usa", "iran", " iran", "irq ", "\tsyr", " ", "", "Å;", ";;"]), min_size=1, max_size=3
)
TIDY = st.lists(st.sampled_from(["usa", "irq", "é"]), min_size=1, max_size=3)
NUMBERS = st.one_of(
    st.integers(0, 10**18).map(str),
    st.sampled_from(["007", "0", "7.50", "-3", "", "9" * 18, "9" * 19, "1.2345", "x", "٣"]),
)


@given(st.lists(st.one_of(st.none(), TIDY.map("; ".join), TIDY.map(";".join), LISTS.map(";".join)), max_size=8))
def test_a_column_of_lists_has_the_items_and_faults_of_each_cell(drawn: list[str | None]) -> None:
    texts = [text or None for text in drawn]
    cells = type_cells(BROKERS, pa.array(["iran; usa", *texts], pa.string()).slice(1))
    each = [split(text) if text else (None, "") for text in texts]
    assert cells.values.to_pylist() == [items or None for items, _ in each]
    assert [(fault.position, fault.code, fault.value) for fault in cells.faults] == [
        (place, "untidy-text", texts[place]) for place, (_, untidy) in enumerate(each) if untidy
    ]


@given(st.lists(st.one_of(st.none(), NUMBERS), max_size=8))
def test_a_column_of_numbers_has_the_value_and_the_faults_of_each_cell(drawn: list[str | None]) -> None:
    texts = [text or None for text in drawn]
    cells = type_cells(QUANTITY, pa.array(["1", *texts], pa.string()).slice(1))
    each = [type_cells(QUANTITY, pa.array([text], pa.string())) for text in texts]
    assert cells.values.to_pylist() == [one.values[0].as_py() for one in each]
    assert [(fault.position, fault.code) for fault in cells.faults] == [
        (place, fault.code) for place, one in enumerate(each) for fault in one.faults
    ]
    assert cells.canonical.to_pylist() == [
        None if value is None else plain_number(str(text))
        for text, value in zip(texts, cells.values, strict=True)
        for value in [value.as_py()]
    ]


@given(st.lists(st.one_of(st.none(), st.integers(0, 2**31 - 2)), min_size=1), st.data())
def test_places_count_from_one_and_are_0_where_a_cell_is_empty(values: list[int | None], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(values)))
    # Whatever stands behind a null must not show.
    raw = np.array([2**31 - 1 if value is None else value for value in values], np.int32)
    array = pa.array(raw, mask=np.array([value is None for value in values])).slice(first)
    assert places(array).tolist() == [0 if value is None else value + 1 for value in values[first:]]
    assert valid(array).tolist() == [value is not None for value in values[first:]]


@given(st.lists(st.one_of(st.none(), st.sampled_from(["1", "2", "3.5"])), min_size=1))
@pytest.mark.parametrize("kind", ["float64", "int32", "bool", "uint64"])
def test_numbers_of_distinct_texts_are_spread_over_the_rows(kind: str, texts: list[str | None]) -> None:
    cells = type_cells(QUANTITY, pa.array(texts, pa.string()).dictionary_encode())
    each = np.arange(1, len(cells.texts) + 1).astype(kind)
    told = dict(zip(cells.texts.to_pylist(), each.tolist(), strict=True))
    spread = cells.spread_numbers(each, 0)
    assert spread.dtype == each.dtype
    assert spread.tolist() == [told.get(text, np.zeros(1, kind)[0]) for text in texts]
    assert cells.empty.tolist() == [text is None for text in texts]


@pytest.mark.parametrize("size", [(1 << 16) - 2, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 2 * ((1 << 16) - 1)])
def test_two_hyphens_are_found_wherever_the_pieces_meet(size: int) -> None:
    for place in (size - 1, size, size + 1):
        texts = pa.array(["a" * place + "--a", "b"])
        assert matches(texts, SLUG).to_pylist() == [False, True]
    assert matches(pa.array(["a" * size + "-a", "b"]), SLUG).to_pylist() == [True, True]


HALVES = [b"a" * 9, "é".encode(), "ẞ".encode(), "\U0001f600".encode(), b"\xc3", b"\xe1\xba", b"\xf0\x9f\x98", b"\x80"]
NEVER = [b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"\xff", b"\xfe"]


@given(st.lists(st.sampled_from([*HALVES, *NEVER]) | st.binary(max_size=3), max_size=6).map(b"".join), st.data())
def test_bytes_are_utf8_where_python_decodes_them(data: bytes, drawn: st.DataObject) -> None:
    end = drawn.draw(st.integers(0, len(data)))
    try:
        data[:end].decode("utf-8")
    except UnicodeDecodeError:
        assert not is_utf8(data, end)
    else:
        assert is_utf8(data, end)
