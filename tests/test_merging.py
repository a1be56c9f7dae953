"""`merge` applies a contribution as it was judged: in the dataset's order, all of it or nothing."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from armsdata.schema import TABLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import armsdata
from armsdata import InvalidData, UsageError
from armsdata.formatting import format_tables
from armsdata.journal import PENDING
from armsdata.merging import TableChange, merge
from datasets import FULL, SMALL, Data, Row, judged


def dataset(folder: Path, data: Data = FULL) -> Path:
    format_tables(data.write(folder))
    return folder


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder: Path, table: str) -> dict[str, Row]:
    content = (folder / f"{table}.csv").read_text("utf-8")
    return {row[TABLES[table].key]: row for row in csv.DictReader(io.StringIO(content, newline=""))}


def contribution(folder: Path, table: str, content: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{table}.csv").write_text(content, "utf-8", newline="")
    return folder


def test_new_records_are_added_in_their_places(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind\nabc,Abc,company\nISR,Israel,state\n")
    before = (base / "actors.csv").read_text("utf-8").splitlines()
    merged = merge(new, base)
    assert merged.changes == {"actors": TableChange(2, 0, 0)}
    after = (base / "actors.csv").read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ["ISR,Israel,state,,,,,,,", "abc,Abc,company,,,,,,,"]
    assert [line for line in after if line in before] == before
    assert format_tables(base) == []


def test_a_dataset_in_another_order_keeps_it(tmp_path: Path) -> None:
    base = SMALL.with_row("weapons", weapon_id="aaa", designation="A", category="mixed").write(tmp_path / "data")
    new = contribution(
        tmp_path / "new", "weapons", "weapon_id,designation,category\naab,B,mixed\nak-47,AK,assault-rifle\n"
    )
    merge(new, base)
    assert [*rows(base, "weapons")] == ["ak-47", "aaa", "aab"]
    assert rows(base, "weapons")["ak-47"]["designation"] == "AK"


def test_an_update_replaces_the_cells_of_its_columns_and_no_others(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    before = rows(base, "actors")
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind,notes\nIRQ,Republic of Iraq,state,\n")
    assert merge(new, base).changes == {"actors": TableChange(0, 1, 0)}
    after = rows(base, "actors")
    assert after["IRQ"] == before["IRQ"] | {"name": "Republic of Iraq", "notes": ""}
    assert {key: row for key, row in after.items() if key != "IRQ"} == {
        key: row for key, row in before.items() if key != "IRQ"
    }


def test_a_column_that_the_dataset_lacks_is_added(tmp_path: Path) -> None:
    base = SMALL.without_column("actors", "notes").write(tmp_path / "data")
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind,notes\nIRQ,Iraq,state,Seen.\n")
    merge(new, base)
    assert {key: row["notes"] for key, row in rows(base, "actors").items()} == {
        "GBR": "",
        "IRQ": "Seen.",
        "islamic-state": "",
    }


def test_what_is_there_already_changes_nothing(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    before = state(base)
    merged = merge(FULL.write(tmp_path / "new", *TABLES), base)
    assert state(base) == before
    assert merged.changes == {name: TableChange(0, 0, len(FULL.tables[name])) for name in TABLES}


def test_merging_twice_is_merging_once(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data", SMALL)
    new = FULL.write(tmp_path / "new", *TABLES)
    merge(new, base)
    once = state(base)
    merge(new, base)
    assert state(base) == once


def test_the_whole_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data", SMALL)
    merge(FULL.write(tmp_path / "new", *TABLES), base)
    assert state(base) == state(dataset(tmp_path / "full", FULL))


def test_several_files_of_a_table_are_merged_together(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    before = rows(base, "actors")
    one = contribution(tmp_path / "one", "actors", "actor_id,name,kind\nabc,Abc,company\nIRQ,Irak,state\n")
    two = contribution(tmp_path / "two", "actors", "actor_id,name,kind,notes\nabd,Abd,company,New.\n")
    assert merge([one / "actors.csv", two], base).changes == {"actors": TableChange(2, 1, 0)}
    assert rows(base, "actors")["IRQ"] == before["IRQ"] | {"name": "Irak"}


@pytest.mark.parametrize("form", ["parquet", "jsonld"])
def test_other_formats_can_be_merged(tmp_path: Path, form: str) -> None:
    armsdata.export(FULL.write(tmp_path / "full"), tmp_path / "dist", formats=[form])
    base = dataset(tmp_path / "data", SMALL)
    merge(tmp_path / "dist" / form, base)
    assert state(base) == state(dataset(tmp_path / "expected", FULL))


def test_contributed_cells_are_tidied_and_others_left(tmp_path: Path) -> None:
    base = SMALL.with_cells("weapons", 0, notes=" odd ").write(tmp_path / "data")
    new = contribution(
        tmp_path / "new", "weapons", "weapon_id,designation,category,origin,notes\nx,X ,mixed,GBR;IRQ, y\n"
    )
    merge(new, base)
    content = (base / "weapons.csv").read_text("utf-8")
    assert content.splitlines()[1:] == ["ak-47,AK-47,assault-rifle,,,,, odd ", "x,X,mixed,GBR; IRQ,,,,y"]


# ---------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("table", "content", "code"),
    [
        ("actors", "actor_id,name,kind\nabc,Abc,firm\n", "not-in-vocabulary"),
        ("actors", "actor_id,name,kind\nabc,Abc,company\nabc,Abd,company\n", "duplicate-id"),
        ("actors", "actor_id,kind\nIRQ,state\n", "missing-column"),
        ("actors", "actor_id,name,kind\nabc,Abc\n", "ragged-row"),
        ("actors", "", "empty-file"),
        ("claims", "claim_id,transfer_id,source_id,framing\nc9,t9,s1,reported\n", "unknown-reference"),
        (
            "transfers",
            "transfer_id,kind,status,supplier,recipient,category,confidence,recorded_on\n"
            "t9,sale,delivered,GBR,IRQ,mixed,confirmed,2026-01-01\n",
            "uncited-transfer",
        ),
    ],
)
def test_nothing_is_merged_when_there_is_an_error(tmp_path: Path, table: str, content: str, code: str) -> None:
    base = dataset(tmp_path / "data")
    before = state(base)
    new = contribution(tmp_path / "new", table, content)
    contribution(new, "weapons", "weapon_id,designation,category\nx,X,mixed\n")
    with pytest.raises(InvalidData) as caught:
        merge(new, base)
    assert code in [finding.code for finding in caught.value.report.findings]
    assert state(base) == before


def test_nothing_is_merged_when_the_dataset_would_have_errors_elsewhere(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    before = state(base)
    row = SMALL.tables["transfers"][0] | {"delivered": "2020"}  # t2, which came of it, was in 2014
    new = SMALL.with_rows("transfers", [row]).write(tmp_path / "new", "transfers")
    with pytest.raises(InvalidData) as caught:
        merge(new, base)
    (finding,) = caught.value.report.findings
    assert (finding.code, finding.row_key) == ("impossible-order", "t2")
    assert state(base) == before


def test_what_a_column_left_out_keeps_is_judged(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    head = "transfer_id,kind,status,supplier,recipient,category,confidence,recorded_on"
    # t1 keeps its quantities, so that it may leave out their unit; it was ordered in 2006, and so not delivered 2005.
    good = contribution(
        tmp_path / "good", "transfers", f"{head},quantity\nt1,sale,delivered,GBR,IRQ,mixed,confirmed,2026-01-01,105\n"
    )
    assert judged(good, against=base).valid
    bad = contribution(
        tmp_path / "bad", "transfers", f"{head},delivered\nt1,sale,delivered,GBR,IRQ,mixed,confirmed,2026-01-01,2005\n"
    )
    report = judged(bad, against=base)
    assert [finding.code for finding in report.findings if finding.severity == "error"] == ["impossible-order"]
    merge(good, base)
    assert rows(base, "transfers")["t1"]["quantity_unit"] == "item"


def test_a_frame_that_lacks_columns_is_completed_too(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    row = {name: text for name, text in SMALL.tables["transfers"][0].items() if name not in ("quantity_unit", "weapon")}
    assert armsdata.validate(pd.DataFrame([row]), against=base).findings == []
    report = armsdata.validate(pd.DataFrame([row | {"transfer_id": "t9"}]), against=base)
    assert {one.code for one in report.findings} >= {"missing-unit", "uncited-transfer"}


def test_warnings_stop_a_strict_merge(tmp_path: Path) -> None:
    base = dataset(tmp_path / "data")
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind\nabc,Abc,company\n")
    with pytest.raises(InvalidData):
        merge(new, base, strict=True)
    merge(new, base)


def test_a_dataset_that_cannot_be_read_with_certainty_is_left_alone(tmp_path: Path) -> None:
    base = SMALL.with_swap("actors", b"Iraq,", b'Ir"aq,').write(tmp_path / "data")
    before = state(base)
    with pytest.raises(InvalidData):
        merge(contribution(tmp_path / "new", "actors", "actor_id,name,kind\nabc,Abc,company\n"), base)
    assert state(base) == before


def test_a_folder_without_a_dataset_is_refused(tmp_path: Path) -> None:
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind\nabc,Abc,company\n")
    with pytest.raises(UsageError, match=r"no dataset\.toml"):
        merge(new, SMALL.write(tmp_path / "other", *TABLES))


def test_a_release_is_no_place_to_merge_into(tmp_path: Path) -> None:
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind\nabc,Abc,company\n")
    armsdata.export(SMALL.write(tmp_path / "data"), tmp_path / "dist", formats=["parquet"])
    (tmp_path / "dist" / "parquet" / "dataset.toml").write_bytes((tmp_path / "data" / "dataset.toml").read_bytes())
    with pytest.raises(UsageError, match="only CSV"):
        merge(new, tmp_path / "dist" / "parquet")


# ---------------------------------------------------------------------------------------------- crashes

DYING = """
import os, sys
from pathlib import Path
from armsdata.merging import merge

left = int(sys.argv[3])
real = Path.replace
def step(self, *args):
    global left
    if self.parent.name != ".armsdata-pending":
        return real(self, *args)
    if left == 0:
        os._exit(9)
    left -= 1
    return real(self, *args)
Path.replace = step
merge(sys.argv[1], sys.argv[2])
"""


@pytest.mark.parametrize("step", range(6))
def test_a_merge_that_is_killed_between_files_is_finished_by_the_next_command(tmp_path: Path, step: int) -> None:
    base = dataset(tmp_path / "data", SMALL)
    new = FULL.write(tmp_path / "new", *TABLES)
    done = subprocess.run([sys.executable, "-c", DYING, str(new), str(base), str(step)], check=False)
    assert done.returncode == (9 if step < 5 else 0)
    assert (base / PENDING).exists() == (step < 5)
    assert judged(base).valid
    assert state(base) == state(dataset(tmp_path / "expected", FULL))


def test_a_merge_that_cannot_write_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = dataset(tmp_path / "data")
    before = state(base)
    new = contribution(tmp_path / "new", "actors", "actor_id,name,kind\nabc,Abc,company\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        merge(new, base)
    assert state(base) == before


# ---------------------------------------------------------------------------------------------- at random

CELLS = st.text(alphabet='abc ,;"\n', max_size=6).map(lambda text: f"N{text}.")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=st.dictionaries(st.sampled_from("abcdefg"), CELLS, max_size=5),
    new=st.dictionaries(st.sampled_from("abcdefg"), CELLS, max_size=5),
    with_notes=st.booleans(),
)
def test_a_merge_is_an_update_of_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, str], new: dict[str, str], with_notes: bool
) -> None:
    folder = tmp_path_factory.mktemp("merge")

    def weapons(notes: dict[str, str]) -> list[Row]:
        return [
            {"weapon_id": key, "designation": f"W {key}", "category": "mixed", "notes": text}
            for key, text in notes.items()
        ]

    own = SMALL.tables["weapons"]
    base = dataset(folder / "data", SMALL.with_rows("weapons", [*own, *weapons(old)]))
    given_rows = SMALL.with_rows("weapons", weapons(new))
    given_rows = given_rows if with_notes else given_rows.without_column("weapons", "notes")
    merge(given_rows.write(folder / "new", "weapons"), base)
    notes = old | new if with_notes else {key: old.get(key, "") for key in old | new}
    assert state(base) == state(dataset(folder / "expected", SMALL.with_rows("weapons", [*own, *weapons(notes)])))
