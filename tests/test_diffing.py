"""`diff` says what was added, removed and changed: no more, no less, and in every format."""

import json
import re
from pathlib import Path

import pytest
from armsdata.schema import DISPLAY_ORDER, TABLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import armsdata
from armsdata import InvalidData, UsageError
from armsdata.diffing import Changed, Diff, Record, TableDiff, diff
from armsdata.merging import merge
from armsdata.output.differences import COMMENT, DIFFS, SHOWN, diff_as_json, diff_as_markdown, diff_as_text
from datasets import FULL, SMALL, Data, Row
from test_output import HOSTILE


def between(folder: Path, old: Data, new: Data) -> Diff:
    return diff(old.write(folder / "old"), new.write(folder / "new"))


def counts(found: Diff, table: str) -> tuple[int, int, int, int]:
    told = found.tables[table].counts
    return told["added"], told["removed"], told["changed"], told["cells"]


def weapon(key: str, **cells: str) -> Row:
    return {"weapon_id": key, "designation": key.upper(), "category": "mixed"} | cells


def weapons(*rows: Row) -> Data:
    return SMALL.with_rows("weapons", list(rows))


def test_a_dataset_does_not_differ_from_itself(tmp_path: Path) -> None:
    found = between(tmp_path, FULL, FULL)
    assert found.equal
    assert list(found.tables) == list(DISPLAY_ORDER)


def test_added_removed_and_changed_records_are_told_by_cell(tmp_path: Path) -> None:
    old = weapons(weapon("a", notes="x", origin="GBR"), weapon("b"), weapon("c"))
    new = weapons(weapon("b"), weapon("a", notes="y", calibre="9 mm", origin=""), weapon("d", notes="new"))
    found = between(tmp_path, old, new)
    assert found.tables["weapons"] == TableDiff(
        {"added": 1, "removed": 1, "changed": 1, "cells": 3},
        {"origin": 1, "calibre": 1, "notes": 1},
        [Record("d", {"designation": "D", "category": "mixed", "notes": "new"})],
        [Record("c", {"designation": "C", "category": "mixed"})],
        [Changed("a", {"origin": ("GBR", ""), "calibre": ("", "9 mm"), "notes": ("x", "y")})],
    )
    assert not found.equal
    assert [name for name in TABLES if counts(found, name) != (0, 0, 0, 0)] == ["weapons"]


def test_how_cells_are_written_is_no_difference(tmp_path: Path) -> None:
    new = FULL.with_cells("transfers", 0, value="1000.50", funders="GBR;IRQ").with_cells(
        "actors", 0, name=" United Kingdom"
    )
    new = new.with_bytes("claims", FULL.content("claims").replace(b"\n", b"\r\n"))
    assert between(tmp_path, FULL, new).equal


def test_order_is_no_difference(tmp_path: Path) -> None:
    new = FULL.with_rows("actors", FULL.tables["actors"][::-1]).with_columns("actors", *reversed(FULL.names("actors")))
    assert between(tmp_path, FULL, new).equal


def test_an_absent_column_is_an_empty_one(tmp_path: Path) -> None:
    assert between(tmp_path, SMALL, SMALL.without_column("weapons", "notes")).equal
    found = between(tmp_path, weapons(weapon("a", notes="x")), weapons(weapon("a")).without_column("weapons", "notes"))
    assert found.tables["weapons"].changed == [Changed("a", {"notes": ("x", "")})]


def test_records_of_the_same_key_are_told_apart(tmp_path: Path) -> None:
    old = weapons(weapon("a"), weapon("a", notes="2"))
    new = weapons(weapon("a"), weapon("a", notes="3"), weapon("a", notes="4"))
    table = between(tmp_path, old, new).tables["weapons"]
    assert [one.key for one in table.changed] == ["a"]
    assert [one.cells["notes"] for one in table.added] == ["4"]


@pytest.mark.parametrize("one", ["csv", "parquet", "jsonld"])
@pytest.mark.parametrize("other", ["csv", "parquet", "jsonld"])
def test_releases_of_any_format_are_compared(tmp_path: Path, one: str, other: str) -> None:
    armsdata.export(FULL.write(tmp_path / "old"), tmp_path / "one", formats=[one])
    changed = FULL.with_cells("transfers", 0, quantity="105", via="iraqi-army; unknown", delivered="2007-05")
    armsdata.export(changed.write(tmp_path / "new"), tmp_path / "other", formats=[other])
    table = diff(tmp_path / "one", tmp_path / "other").tables["transfers"]
    assert table.changed == [
        Changed(
            "t1",
            {
                "via": ("unknown; iraqi-army", "iraqi-army; unknown"),
                "quantity": ("100", "105"),
                "delivered": ("2007", "2007-05"),
            },
        )
    ]


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonld"])
def test_a_release_does_not_differ_from_its_dataset(tmp_path: Path, form: str) -> None:
    armsdata.export(FULL.write(tmp_path / "data"), tmp_path / "dist", formats=[form])
    assert diff(tmp_path / "data", tmp_path / "dist").equal
    assert diff(tmp_path / "dist", tmp_path / "data").equal


def test_a_contribution_is_compared_as_the_merge_would_apply_it(tmp_path: Path) -> None:
    base = FULL.write(tmp_path / "data")
    new = tmp_path / "new"
    new.mkdir()
    (new / "actors.csv").write_text("actor_id,name,kind\nIRQ,Irak,state\nabc,Abc,company\n", "utf-8")
    foreseen = diff(base, new)
    assert list(foreseen.tables) == ["actors"]
    assert counts(foreseen, "actors") == (1, 0, 1, 1)
    (tmp_path / "before").mkdir()
    for file in base.iterdir():
        (tmp_path / "before" / file.name).write_bytes(file.read_bytes())
    merge(new, base)
    assert diff(tmp_path / "before", base).tables["actors"] == foreseen.tables["actors"]


def test_single_files_are_compared(tmp_path: Path) -> None:
    old = weapons(weapon("a"), weapon("b")).write(tmp_path / "old")
    new = weapons(weapon("a")).write(tmp_path / "new")
    assert counts(diff(old / "weapons.csv", new / "weapons.csv"), "weapons") == (0, 1, 0, 0)


def test_nothing_in_common_cannot_be_compared(tmp_path: Path) -> None:
    data = SMALL.write(tmp_path)
    with pytest.raises(UsageError, match="no table in common"):
        diff(data / "actors.csv", data / "weapons.csv")


def test_a_file_that_cannot_be_read_with_certainty_is_not_compared(tmp_path: Path) -> None:
    with pytest.raises(InvalidData):
        between(tmp_path, SMALL, SMALL.with_swap("actors", b"Iraq,", b'Ir"aq,'))


def test_what_is_kept_is_limited_and_what_is_counted_is_not(tmp_path: Path) -> None:
    old = weapons(*[weapon(f"w{n}") for n in range(20)]).write(tmp_path / "old")
    new = weapons(*[weapon(f"w{n}", notes="x") for n in range(10, 40)]).write(tmp_path / "new")
    table = diff(old, new, limit=3).tables["weapons"]
    assert table.counts == {"added": 20, "removed": 10, "changed": 10, "cells": 10}
    assert (len(table.added), len(table.removed), len(table.changed)) == (3, 3, 3)
    assert table.truncated


ROWS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "x", "y"]))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=ROWS, new=ROWS)
def test_the_difference_is_that_of_dictionaries(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> None:
    sides = [weapons(*[weapon(key, notes=text) for key, text in side.items()]) for side in (old, new)]
    table = between(tmp_path, *sides).tables["weapons"]
    assert {one.key for one in table.added} == set(new) - set(old)
    assert {one.key for one in table.removed} == set(old) - set(new)
    assert {one.key: one.cells for one in table.changed} == {
        key: {"notes": (old[key], new[key])} for key in set(old) & set(new) if old[key] != new[key]
    }


# ---------------------------------------------------------------------------------------------- formats


def hostile(text: str) -> Diff:
    tables = {
        "weapons": TableDiff(
            {"added": 1, "removed": 1, "changed": 1, "cells": 1},
            {"notes": 1},
            [Record(text, {"notes": text})],
            [Record(text, {"notes": text})],
            [Changed(text, {"notes": (text, text)})],
        )
    }
    return Diff("old", "new", tables)


ELEMENTS = {"h3", "table", "thead", "tbody", "tr", "th", "td", "p", "strong", "code", "br"}


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_is_not_broken_by_any_cell(text: str) -> None:
    page = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(diff_as_markdown(hostile(text)))
    assert page.count("<tr>") == 8
    assert page.count("<table>") == 4
    assert set(re.findall(r"<(\w+)", page)) <= ELEMENTS


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_not_broken_by_any_cell(text: str) -> None:
    written = diff_as_text(hostile(text))
    assert len(written.splitlines()) == 6
    assert all(line.isprintable() for line in written.splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_json_gives_every_cell_back(text: str) -> None:
    written = json.loads(diff_as_json(hostile(text)))
    assert written["tables"]["weapons"]["changed"] == [{"key": text, "cells": {"notes": {"old": text, "new": text}}}]


@pytest.mark.parametrize("form", DIFFS)
def test_no_difference_is_said(tmp_path: Path, form: str) -> None:
    written = DIFFS[form](between(tmp_path, SMALL, SMALL))
    assert '"equal": true' in written or "difference" in written


def test_text_shows_the_cells(tmp_path: Path) -> None:
    written = diff_as_text(between(tmp_path, weapons(weapon("a", notes="x")), weapons(weapon("a"), weapon("b"))))
    assert (
        "weapons: 1 added, 0 removed, 1 changed (1 cell)\n"
        "  + b\n"
        "      designation: B\n"
        "      category: mixed\n"
        "  ~ a\n"
        "      notes: x → (empty)\n"
    ) in written


def test_a_comment_never_gets_too_long(tmp_path: Path) -> None:
    notes = "@team | <b> " * 500
    old = weapons(*[weapon(f"w{n}", notes=notes) for n in range(200)])
    new = weapons(*[weapon(f"w{n}", notes=f"{n}{notes}", calibre="9 | mm", aliases="<>") for n in range(100, 300)])
    written = diff_as_markdown(between(tmp_path, old, new))
    assert len(written) < 65_536
    assert len(written) > COMMENT / 2
    assert "--format json" in written
    assert "| weapons | 100 | 100 | 100 | 300 |" in written


def test_text_of_many_differences_is_short(tmp_path: Path) -> None:
    new = weapons(*[weapon(f"w{n}") for n in range(1000)])
    written = diff_as_text(between(tmp_path, weapons(), new))
    assert f"… and {1000 - SHOWN:,} more added" in written
    assert len(written.splitlines()) < 4 * SHOWN
