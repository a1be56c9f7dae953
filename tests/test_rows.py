"""Rows are put together from texts that are made once: whatever the columns hold, they are those of a plain join."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from armsdata.exporters import rows as module
from armsdata.exporters.contract import TypedBatch
from armsdata.exporters.csv import CsvFormat, quoted
from armsdata.exporters.rows import ROOM, ROWS_A_COMBINATION, Part, constant, fewer, parts_of, put_together
from armsdata.exporters.text import day_texts, holding, with_others
from armsdata.schema import TABLES
from armsdata.schema.cells import Cells, type_cells
from hypothesis import given, settings
from hypothesis import strategies as st

WEAPONS = TABLES["weapons"]
NAMES = [column.name for column in WEAPONS.columns]
FEW = st.lists(st.sampled_from(["", "", "a", "bé", 'c"d', "e,f", "g\nh", "x" * 300]), max_size=40)


def typed(columns: Mapping[str, Sequence[str]], *, coded: Sequence[str]) -> dict[str, Cells]:
    """Cells of the weapons table as a reader gives them: some columns coded, the others a text a row."""
    found = {}
    for column in WEAPONS.columns:
        array = pa.array([text or None for text in columns[column.name]], pa.string())
        found[column.name] = type_cells(column, array.dictionary_encode() if column.name in coded else array)
    return found


def plainly(columns: Mapping[str, Sequence[str]], size: int) -> bytes:
    """The same rows as anybody would write them."""
    lines = []
    for row in range(size):
        cells = [columns[name][row] for name in NAMES]
        marked = ['"' + cell.replace('"', '""') + '"' if any(one in cell for one in '",\n') else cell for cell in cells]
        lines.append(",".join(marked) + "\n")
    return "".join(lines).encode("utf-8")


@settings(max_examples=200)
@given(st.data())
def test_rows_of_any_columns_are_those_of_a_plain_join(data: st.DataObject) -> None:
    first = data.draw(FEW)
    texts = st.sampled_from(["", "a", 'c"d', "e,f", "é" * 300, "plain"])
    columns = {
        name: first if name == NAMES[-1] else data.draw(st.lists(texts, min_size=len(first), max_size=len(first)))
        for name in NAMES
    }
    coded = data.draw(st.sets(st.sampled_from(NAMES)))
    written = CsvFormat().render(TypedBatch(WEAPONS, len(first), typed(columns, coded=sorted(coded))))
    assert b"".join(written) == plainly(columns, len(first))


@given(st.lists(st.sampled_from(["", "a", "bé"]), min_size=1, max_size=40), st.booleans())
def test_what_a_format_writes_of_a_column_stands_in_each_row_and_something_else_where_the_cell_is_empty(
    values: list[str], coded: bool
) -> None:
    array = pa.array([value or None for value in values], pa.string())
    cells = type_cells(WEAPONS.by_name["notes"], array.dictionary_encode() if coded else array)
    found = parts_of((cells.column, cells, cells.canonical), lambda _, texts: ["<", texts, ">"], "-")
    expected = "".join(f"<{value}>" if value else "-" for value in values)
    assert b"".join(put_together(found, len(values))).decode("utf-8") == expected
    assert all(len(texts) <= 4 for texts, _ in found) or not coded  # each is written once


def test_columns_go_together_only_while_there_are_few_combinations() -> None:
    size = 4000
    shared = [np.arange(size, dtype=np.int32) // times % 20 for times in (1, 20, 400)]
    texts = pa.array([f"text {number}" for number in range(20)])
    assert 20 * 20 <= size // ROWS_A_COMBINATION < 20**3
    found = fewer([(texts, rows) for rows in shared], size)
    assert [len(joined) for joined, _ in found] == [400, 20]


def test_derived_days_share_the_rows_of_their_date_however_many_there_are() -> None:
    transfers = TABLES["transfers"]
    cells = {
        column.name: type_cells(column, pa.nulls(2000, pa.string()).dictionary_encode())
        for column in transfers.source_columns
    }
    dates = pa.array([f"{1000 + row}" for row in range(2000)])
    cells["ordered"] = type_cells(transfers.by_name["ordered"], dates.dictionary_encode())
    texts = [one for one in TypedBatch(transfers, 2000, cells).texts if one[0].name.startswith("ordered")]
    found = fewer([part for one in texts for part in parts_of(one, lambda _, texts: [texts, ";"])], 2000)
    assert [len(joined) for joined, _ in found] == [2001]
    assert found[0][0][2].as_py() == "1001;1001-01-01;1001-12-31;"


def test_rows_too_long_for_one_array_are_put_together_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pa.array([f"text {number}" for number in range(100)])
    chosen = np.arange(100, dtype=np.int32)[::-1] // 2
    parts = [(texts, None), constant("|"), (texts, chosen), constant("\n")]
    expected = "".join(f"text {row}|text {(99 - row) // 2}\n" for row in range(100)).encode()
    assert b"".join(put_together(parts, 100)) == expected
    monkeypatch.setattr(module, "MOST_BYTES", 64)
    assert b"".join(put_together(parts, 100)) == expected
    monkeypatch.setattr(module, "MOST_BYTES", 1)  # a single row is never parted
    assert b"".join(put_together(parts, 100)) == expected


@st.composite
def any_parts(draw: st.DrawFn, size: int) -> list[Part]:
    """Constants, texts that rows share, and texts of which each row has its own."""
    texts = st.sampled_from(["", "a", "bé", "x" * 30])
    parts: list[Part] = []
    for kind in draw(st.lists(st.sampled_from(["constant", "shared", "own"]), min_size=1, max_size=8)):
        if kind == "constant":
            parts.append(constant(draw(texts)))
        elif kind == "own":
            parts.append((pa.array(draw(st.lists(texts, min_size=size, max_size=size)), pa.string()), None))
        else:
            some = draw(st.lists(texts, min_size=1, max_size=4))
            places = draw(st.lists(st.integers(0, len(some) - 1), min_size=size, max_size=size))
            parts.append((pa.array(some, pa.string()), np.array(places, dtype=np.int32)))
    return parts


@given(st.data(), st.integers(1, 100))
def test_any_parts_are_put_together_row_by_row(data: st.DataObject, size: int) -> None:
    parts = data.draw(any_parts(size))
    expected = "".join(
        texts[0 if rows is None and len(texts) == 1 else row if rows is None else int(rows[row])].as_py()
        for row in range(size)
        for texts, rows in parts
    )
    assert b"".join(put_together(parts, size)).decode("utf-8") == expected


def test_neighbours_that_rows_share_are_one_part_unless_they_take_much_room() -> None:
    size = 800
    shared, others = np.arange(size, dtype=np.int32) % 10, np.arange(size, dtype=np.int32) // 10 % 10
    short, long = pa.array([f"text {row}" for row in range(10)]), pa.array([str(row) * 10_000 for row in range(10)])
    own = pa.array([f"own {row}" for row in range(size)])
    together = fewer([constant("<"), (short, shared), constant("|"), (short, others), constant(">"), (own, None)], size)
    assert [len(texts) for texts, _ in together] == [100, size]
    assert together[0][0][37].as_py() == "<text 3|text 7>"
    assert [len(texts) for texts, _ in fewer([(short, shared), (short, others)], size - 1)] == [10, 10]
    assert [len(texts) for texts, _ in fewer([constant("<"), (long, shared), (long, others)], size)] == [10, 10]
    assert [len(texts) for texts, _ in fewer([(short, shared), (short, shared)], 8)] == [10]


def test_room_is_made_for_rows_of_long_texts_but_not_for_any_length() -> None:
    shared = np.zeros(800, dtype=np.int32)
    short, long = pa.array(["", "a"] * 50), pa.array(["x" * 1000])
    huge = pa.array(["x" * (2 * ROOM), "y"])
    lengths = [np.asarray(pc.binary_length(texts)) for texts in (short, long, huge)]
    room = module._room([(short, shared), (long, None)], lengths[:2])
    mean = (len(room[0].as_py()) + 1050) / 102
    assert 500 <= mean <= 500 * 1.1
    assert len(module._room([(short, shared), (huge, shared)], [lengths[0], lengths[2]])[0].as_py()) == ROOM
    assert module._room([(long, None)], [lengths[1]])[0].as_py() == " " * 1040


def test_no_rows_have_no_bytes() -> None:
    assert b"".join(put_together([constant("\n")], 0)) == b""


@given(st.lists(st.none() | st.text(alphabet='ab"\\\n\x01é', max_size=5), max_size=20), st.integers(0, 3))
def test_texts_that_hold_a_byte_are_found_where_they_stand(texts: list[str | None], first: int) -> None:
    array = pa.array(texts, pa.string()).slice(first)  # an array may begin within its buffers
    expected = [place for place, text in enumerate(texts[first:]) if text is not None and '"' in text]
    assert holding(array, b'"').tolist() == expected
    expected = [
        place
        for place, text in enumerate(texts[first:])
        if text is not None and ("\\" in text or min(text, default="z") < " ")
    ]
    assert holding(array, b"\\", controls=True).tolist() == expected


def test_texts_are_replaced_at_their_places_alone() -> None:
    texts = pa.array(["a", None, "b", "c"])
    assert with_others(texts, np.array([2, 3]), pa.array(["x", "y"])).to_pylist() == ["a", None, "x", "y"]
    assert quoted(pa.array(["plain", 'a"b', None, "a,b", ""])).to_pylist() == ["plain", '"a""b"', None, '"a,b"', ""]


def test_days_are_written_alike_by_arrow_and_by_us() -> None:
    inner = [-719_162, -1, 0, 16_230, 2_932_896]
    outer = [*inner, -719_163, 2_932_897, -1_000_000]
    quick = day_texts(pa.array(inner, pa.int32()).cast(pa.date32())).to_pylist()
    slow = day_texts(pa.array(outer, pa.int32()).cast(pa.date32())).to_pylist()
    assert quick == slow[: len(inner)] == ["0001-01-01", "1969-12-31", "1970-01-01", "2014-06-09", "9999-12-31"]
    assert json.dumps(slow[len(inner) :]) == '["0000-12-31", "10000-01-01", "-0768-02-04"]'
