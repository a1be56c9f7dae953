"""What is remembered of every row gives the same findings whether it stays in memory or goes to disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from armsdata.schema import TABLES
from hypothesis import given
from hypothesis import strategies as st

import armsdata
from armsdata.validation import keys, late
from armsdata.validation.graph import cycles
from armsdata.validation.ledger import Ledger
from armsdata.validation.records import Records
from armsdata.validation.telling import Teller

HEADER = {name: ",".join(column.name for column in table.source_columns) for name, table in TABLES.items()}


def faulty_dataset(folder: Path) -> Path:
    """Three hundred transfers with every fault that only the whole dataset shows, many times over."""
    folder.mkdir()
    (folder / "dataset.toml").write_text(
        'title = "T"\nversion = "1"\ndate = 2026-01-02\nlicense = "x"\n', encoding="utf-8", newline="\n"
    )
    rows: dict[str, list[dict[str, object]]] = {
        "sources": [{"source_id": f"s{n}", "type": "report", "title": f"Title {n % 40}"} for n in range(50)],
        "actors": [
            {
                "actor_id": f"a{n}", "name": f"Name {n}", "kind": "armed-group",
                "part_of": f"a{(n + 1) % 4}" if n < 4 else "",
            }
            for n in range(60)
        ],
        "weapons": [{"weapon_id": f"w{n}", "designation": f"W {n}", "category": "rifle"} for n in range(20)],
        "transfers": [
            {
                "transfer_id": f"t{n if n % 50 else 1}", "kind": "sale", "status": "delivered",
                "supplier": f"a{n % 30}", "recipient": f"a{n % 30 + 1}", "category": "rifle",
                "weapon": f"w{n % 15}", "quantity": 10 + n % 3, "quantity_unit": "item", "delivered": 2000 + n % 7,
                "part_of": f"t{n + 1}" if n in (7, 8) else "t7" * (n == 9),
                "upstream": f"t{n - 1}; t9999" if n % 20 == 5 else "",
                "confidence": "probable", "recorded_on": "2026-01-02",
            }
            for n in range(300)
        ],
        "claims": [
            {
                "claim_id": f"c{n}", "transfer_id": f"t{n + 3}", "source_id": f"s{n % 45}", "framing": "reported",
                "quantity": 10 + n % 5,
            }
            for n in range(310)
        ],
    }  # fmt: skip
    for name, table in TABLES.items():
        columns = [column.name for column in table.source_columns]
        lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows[name]]
        (folder / f"{name}.csv").write_text("\n".join([HEADER[name], *lines, ""]), encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize("limit", [100, 2000, 5000, 8000])  # all goes to disk, or some of it
def test_what_goes_to_disk_gives_the_same_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    folder = faulty_dataset(tmp_path / "data")
    in_memory = armsdata.validate(folder)
    codes = {code for code, _ in in_memory.counts}
    assert codes >= {
        "duplicate-id", "probable-duplicate", "unknown-reference", "uncited-transfer", "reference-cycle",
        "conflicting-claim", "impossible-order", "unused-record",
    }  # fmt: skip
    monkeypatch.setattr(keys, "SPOOL_LIMIT", limit)
    on_disk = armsdata.validate(folder)
    assert on_disk.counts == in_memory.counts
    assert on_disk.findings == in_memory.findings


def test_each_part_of_a_spool_has_all_records_of_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SPOOL_LIMIT", 64)
    spool = keys.Spool({"row": "u4"})
    wanted = np.random.default_rng(1).integers(1, 2**64, 100, dtype=np.uint64)
    for first in range(0, 300, 100):
        spool.add(key=wanted, row=np.arange(first, first + 100))
    assert spool.spilled
    seen = [set(part["key"].tolist()) for part in spool.parts(split=True)]
    assert sum(map(len, seen)) == len(set().union(*seen)) == 100
    assert sum(len(part) for part in spool.parts(split=True)) == 300
    spool.close()


def test_a_spool_that_was_split_for_one_question_is_still_whole_for_another() -> None:
    spool = keys.Spool({"row": "u4"})
    wanted = np.random.default_rng(2).integers(1, 2**64, 20_000, dtype=np.uint64)
    spool.add(key=wanted, row=np.arange(len(wanted)))

    def ask(split: bool) -> list[tuple[int, int]]:
        records = Records.joined(spool.parts(split=split), spool.kinds)
        return sorted(zip(records["key"].tolist(), records["row"].tolist(), strict=True))

    whole = ask(False)
    with ThreadPoolExecutor(4) as pool:
        assert all(answer == whole for answer in pool.map(ask, [True, False] * 10))
    spool.close()


def test_a_field_that_several_questions_ask_for_at_once_is_joined_once() -> None:
    spool = keys.Spool({"row": "u4"})
    for first in range(0, 100_000, 1000):
        spool.add(key=np.arange(first, first + 1000) + 1, row=np.arange(first, first + 1000))
    whole = spool.whole()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: whole["row" if number % 2 else "key"], range(16)))
        distinct = list(pool.map(lambda number: whole.distinct, range(8)))
    assert len({id(answer) for answer in answers}) == 2
    assert len({id(each) for each in distinct}) == 1
    assert answers[1].tolist() == list(range(100_000))
    spool.close()


def test_what_was_remembered_is_given_back_before_files_are_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def noted(step: str, done: Callable[[Any], None]) -> Callable[[Any], None]:
        def do(taker: Any) -> None:
            steps.append(step)
            done(taker)

        return do

    monkeypatch.setattr(Ledger, "close", noted("given back", Ledger.close))
    monkeypatch.setattr(Teller, "finish", noted("looked at again", Teller.finish))
    assert armsdata.validate(faulty_dataset(tmp_path / "data")).findings
    assert steps[:2] == ["given back", "looked at again"]


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=50))
def test_equal_texts_have_equal_hashes_and_others_do_not(texts: list[str | None]) -> None:
    array = pa.array(texts, pa.string())
    hashes = keys.hash_texts(array).tolist()
    sliced = keys.hash_texts(pa.array(["padding", *texts], pa.string()).slice(1)).tolist()
    assert hashes == sliced
    by_text = dict(zip(texts, hashes, strict=True))
    assert [by_text[text] for text in texts] == hashes
    assert len(set(by_text.values())) == len(by_text)
    assert by_text.get(None, 0) == 0


@given(st.lists(st.text("ab", max_size=26), min_size=1, max_size=20))
def test_a_text_has_the_same_hash_whatever_stands_beside_it(texts: list[str]) -> None:
    alone = [keys.hash_texts(pa.array([text], pa.string()))[0] for text in texts]
    assert keys.hash_texts(pa.array(texts, pa.string())).tolist() == alone
    assert keys.hash_texts(pa.array([*texts, "x" * 30, None], pa.string())).tolist()[: len(texts)] == alone


@given(
    st.lists(st.integers(1, 30) | st.integers(2**63, 2**63 + 5), max_size=200),
    st.lists(st.integers(1, 40) | st.integers(2**63, 2**63 + 5), max_size=30),
)
def test_what_is_looked_up_is_found_where_it_stands_first(keys: list[int], wanted: list[int]) -> None:
    known, places = late._find(np.array(keys, dtype=np.uint64), np.array(wanted, dtype=np.uint64))
    assert known.tolist() == [one in keys for one in wanted]
    assert [place for place, there in zip(places.tolist(), known, strict=True) if there] == [
        keys.index(one) for one in wanted if one in keys
    ]


@given(st.lists(st.integers(1, 9), max_size=20), st.lists(st.integers(2, 12), max_size=20))
def test_what_names_a_key_names_all_records_that_have_it(known: list[int], refs: list[int]) -> None:
    told = late.uncited(*(recorded(some) for some in (known, refs)))
    # 1 stands for an empty key, which nothing can name.
    assert told.rows.tolist() == [row for row, key in enumerate(known) if key != 1 and key not in refs]


def recorded(some: list[int]) -> Records:
    return Records({"key": np.array(some, dtype=np.uint64), "row": np.arange(len(some), dtype=np.uint32)})


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=20))
def test_a_circle_is_found_just_where_there_is_one(edges: list[tuple[int, int]]) -> None:
    owners, targets = (np.array([edge[end] for edge in edges], dtype=np.uint64) for end in (0, 1))
    found = cycles(owners, targets, owners.copy())
    assert bool(found) == has_circle(edges)
    for circle in found:
        assert all(step in edges for step in zip(circle, (*circle[1:], circle[0]), strict=True))
        assert circle[0] == min(circle)


def has_circle(edges: list[tuple[int, int]]) -> bool:
    reach = set(edges)
    for middle in range(1, 9):
        reach |= {(a, d) for a, b in reach if b == middle for c, d in reach if c == middle}
    return any(a == b for a, b in reach)
