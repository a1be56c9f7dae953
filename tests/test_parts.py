"""A table may be a folder of parts: it is judged as the one file would be."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from armsdata.schema import TABLES

import armsdata
from armsdata.checking import dataset_inputs
from armsdata.findings import Collector, Finding
from armsdata.folder import find_tables
from armsdata.reading import csv as csv_module
from armsdata.validation import run as run_module
from armsdata.validation.run import Run, run
from armsdata.verification import verify
from datasets import FULL, Data
from made_datasets import NASTY, write_tables
from running import armsdata as command


def in_parts(data: Data, folder: Path, rows: int = 1, only: tuple[str, ...] = tuple(TABLES)) -> Path:
    """Write a dataset whose tables are folders of CSV parts of so many rows."""
    data.write(folder)
    for name in only:
        (folder / f"{name}.csv").unlink()
        (folder / name).mkdir()
        whole = data.tables[name]
        for number, first in enumerate(range(0, max(len(whole), 1), rows)):
            content = data.with_rows(name, whole[first : first + rows]).content(name)
            (folder / name / f"part-{number:04d}.csv").write_bytes(content)
    return folder


def test_parts_are_judged_and_exported_as_one_table(tmp_path: Path) -> None:
    whole, parts = FULL.write(tmp_path / "whole"), in_parts(FULL, tmp_path / "parts")
    one, other = armsdata.validate(whole), armsdata.validate(parts)
    assert (one.counts, one.rows) == (other.counts, other.rows)
    assert one.rows["transfers"] > 1
    for folder in (whole, parts):
        armsdata.export(folder, tmp_path / "out" / folder.name)
    hashes = [verify(tmp_path / "out" / folder).hashes for folder in ("whole", "parts")]
    assert hashes[0] == hashes[1] != {}
    assert armsdata.load(parts).transfers.equals(armsdata.load(whole).transfers)


def test_a_finding_names_the_part_and_its_line(tmp_path: Path) -> None:
    row = FULL.tables["transfers"][-1] | {"recorded_on": "soon"}
    folder = in_parts(FULL.with_row("transfers", **row), tmp_path / "dataset", only=("transfers",))
    last = f"{folder.as_posix()}/transfers/part-{len(FULL.tables['transfers']):04d}.csv"
    found = {one.code: one for one in armsdata.validate(folder).findings if one.severity == "error"}
    assert (found["bad-date"].file, found["bad-date"].line) == (last, 2)
    assert (found["duplicate-id"].file, found["duplicate-id"].line) == (last, 2)
    first = last.replace(f"{len(FULL.tables['transfers']):04d}", f"{len(FULL.tables['transfers']) - 1:04d}")
    assert f"{first}, line 2" in found["duplicate-id"].hint


def test_of_many_small_parts_little_is_kept_and_the_same_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = FULL.tables["transfers"][-1] | {"recorded_on": "soon"}
    folder = in_parts(FULL.with_row("transfers", **row), tmp_path / "dataset")

    def judged() -> tuple[list[Finding], int, int]:
        inputs = dataset_inputs(find_tables(folder))
        findings = run(inputs).findings
        kept = [one.only for one in inputs if one.only is not None]
        return findings, len(kept), sum(array.nbytes for batch in kept for array in batch.columns.values())

    expected, parts, size = judged()
    assert parts > 3
    for most in (size // 2, 0):
        monkeypatch.setattr(run_module, "KEPT", most)
        findings, some, kept = judged()
        assert findings == expected
        assert (some < parts, kept <= most, bool(some)) == (True, True, bool(most))


def test_a_file_of_several_blocks_is_not_kept_and_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_module, "BLOCK", 400)
    inputs = dataset_inputs(find_tables(FULL.write(tmp_path / "dataset")))
    work = Run(inputs, None, Collector(10), False, lambda rows: None)
    with ThreadPoolExecutor(1) as pool:
        work.judge(TABLES.values(), pool, 1)
    assert {one.only is None for one in inputs if len(one.sizes) > 1} == {True}
    kept = [one.only for one in inputs if one.only is not None]
    assert work._kept == sum(array.nbytes for batch in kept for array in batch.columns.values())


def test_parts_may_be_parquet_and_notes_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    folder = write_tables(tmp_path, NASTY)
    (folder / "claims.csv").unlink()
    (folder / "claims").mkdir()
    for number, row in enumerate(NASTY["claims"]):
        pq.write_table(pa.Table.from_pylist([row]), folder / "claims" / f"part-{number}.parquet")
    for note in ("_SUCCESS", ".part-0.parquet.crc", "_metadata.parquet"):
        (folder / "claims" / note).write_bytes(b"x")
    report = armsdata.validate(folder)
    assert (report.errors, report.rows["claims"]) == (0, len(NASTY["claims"]))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_that_is_there_twice_is_told(tmp_path: Path, suffix: str) -> None:
    folder = in_parts(FULL, tmp_path)
    other = folder / "claims.csv" if suffix == "csv" else folder / "claims" / "part-9.parquet"
    other.write_bytes(b"")
    ran = command("validate", folder)
    assert ran.says("both the table claims" if suffix == "csv" else "parts of several formats", status=2)


@pytest.mark.parametrize("arguments", [["format"], ["merge", "--into"], ["diff"]])
def test_what_changes_single_files_refuses_parts(tmp_path: Path, arguments: list[str]) -> None:
    folder, whole = in_parts(FULL, tmp_path / "parts"), FULL.write(tmp_path / "whole")
    more = {"format": [], "merge": [], "diff": [whole]}[arguments[0]]
    if arguments[0] == "merge":
        more, arguments = [folder], ["merge", str(whole / "claims.csv"), "--into"]
    ran = command(*arguments, *more, *([] if arguments[0] == "merge" else [folder]))
    assert ran.status == 2
    assert "Traceback" not in ran.err
    assert "parts" in ran.err


def test_a_contribution_that_lacks_a_column_is_completed_from_every_part(tmp_path: Path) -> None:
    folder = in_parts(FULL, tmp_path / "dataset")
    update = FULL.tables["transfers"][0]
    required = [column.name for column in TABLES["transfers"].source_columns if column.required]
    file = tmp_path / "transfers.csv"
    file.write_text(",".join(required) + "\n" + ",".join(update[name] for name in required) + "\n", "utf-8")
    ran = command("validate", file, "--against", folder, "--format", "json")
    whole = command("validate", file, "--against", FULL.write(tmp_path / "whole"), "--format", "json")
    assert json.loads(ran.out) == json.loads(whole.out)
