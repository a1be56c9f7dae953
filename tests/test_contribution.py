"""Contributions: some tables, judged as the dataset would be after they were merged; only what is theirs is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import armsdata
import armsdata.__main__
from armsdata import Report, UsageError
from datasets import SMALL, TOML, Data, Found, judged, places

ERROR, WARNING = "error", "warning"

NEW_TRANSFER = {
    "transfer_id": "t9",
    "kind": "loss",
    "status": "delivered",
    "supplier": "islamic-state",
    "recipient": "IRQ",
    "category": "assault-rifle",
    "weapon": "ak-47",
    "confidence": "possible",
    "recorded_on": "2026-01-01",
}
NEW_CLAIM = {"claim_id": "c9", "transfer_id": "t9", "source_id": "s1", "framing": "alleged"}


def only(**rows: list[dict[str, str]]) -> Data:
    """Tables with these rows alone."""
    data = Data({table: [] for table in SMALL.tables})
    for table, some in rows.items():
        data = data.with_rows(table, some)
    return data


GOOD = only(transfers=[NEW_TRANSFER], claims=[NEW_CLAIM])


def judge(tmp_path: Path, data: Data, *tables: str, base: Data = SMALL) -> tuple[Report, list[Found]]:
    """The report on a contribution of these tables to a dataset, and what it finds."""
    against = base.write(tmp_path / "base")
    folder = data.write(tmp_path / "new", *tables)
    report = judged(folder, against=against)
    return report, places(report.findings, folder)


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `armsdata validate`: status, output and errors."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["armsdata", "validate", "-q", *map(str, arguments)])
        status = armsdata.__main__._status()
        return status, *capsys.readouterr()

    return run


def test_new_records_may_refer_to_the_base_and_only_they_are_counted(tmp_path: Path) -> None:
    report, result = judge(tmp_path, GOOD, "transfers", "claims")
    assert result == []
    assert report.rows == {"transfers": 1, "claims": 1}


def test_without_a_base_it_is_judged_with_the_curated_dataset(tmp_path: Path) -> None:
    curated = armsdata.load("data")
    claim = {
        "claim_id": "new-claim",
        "transfer_id": str(curated.transfers["transfer_id"][0]),
        "source_id": str(curated.sources["source_id"][0]),
        "framing": "reported",
    }
    folder = only(claims=[claim, claim | {"claim_id": "other", "source_id": "s1"}]).write(tmp_path / "new", "claims")
    assert places(judged(folder).findings, folder) == [("claims.csv", 3, "source_id", "unknown-reference", ERROR)]


def test_references_resolve_within_the_contribution_as_well_as_in_the_base(tmp_path: Path) -> None:
    data = GOOD.with_cell("transfers", 0, "supplier", "newcomer").with_rows(
        "actors", [{"actor_id": "newcomer", "name": "Newcomer", "kind": "company"}]
    )
    assert judge(tmp_path / "with", data, "transfers", "claims", "actors")[1] == []
    assert judge(tmp_path / "without", data, "transfers", "claims")[1] == [
        ("transfers.csv", 2, "supplier", "unknown-reference", ERROR)
    ]


def test_the_same_key_is_an_update_and_no_finding(tmp_path: Path) -> None:
    update = dict(SMALL.tables["transfers"][0]) | {"quantity": "101", "confidence": "disputed"}
    assert judge(tmp_path, only(transfers=[update]), "transfers")[1] == []


def test_the_same_key_twice_within_the_contribution_is_a_duplicate(tmp_path: Path) -> None:
    twice = only(transfers=[NEW_TRANSFER, NEW_TRANSFER], claims=[NEW_CLAIM])
    assert judge(tmp_path, twice, "transfers", "claims")[1] == [
        ("transfers.csv", 3, "transfer_id", "duplicate-id", ERROR)
    ]


def test_the_merged_result_is_judged_and_what_an_update_replaces_no_longer_counts(tmp_path: Path) -> None:
    moved = dict(SMALL.tables["claims"][0]) | {"transfer_id": "t2", "quantity": ""}
    both = only(claims=[moved], transfers=[SMALL.tables["transfers"][0]])
    assert judge(tmp_path / "uncited", both, "claims", "transfers")[1] == [
        ("transfers.csv", 2, "transfer_id", "uncited-transfer", ERROR)
    ]
    unarmed = dict(SMALL.tables["transfers"][0]) | {"weapon": ""}
    both = only(transfers=[unarmed], weapons=SMALL.tables["weapons"])
    assert judge(tmp_path / "unused", both, "transfers", "weapons")[1] == [
        ("weapons.csv", 2, "weapon_id", "unused-record", WARNING)
    ]
    earlier = dict(SMALL.tables["transfers"][1]) | {"delivered": "2001"}
    assert judge(tmp_path / "order", only(transfers=[earlier]), "transfers")[1] == [
        ("transfers.csv", 2, "upstream", "impossible-order", ERROR)
    ]


def test_claims_of_the_base_that_an_update_contradicts_are_not_told(tmp_path: Path) -> None:
    update = dict(SMALL.tables["transfers"][0]) | {"quantity": "5000"}
    assert judge(tmp_path / "base", only(transfers=[update]), "transfers")[1] == []
    new = only(claims=[dict(SMALL.tables["claims"][0]) | {"claim_id": "c9", "quantity": "7", "locator": "x"}])
    assert judge(tmp_path / "new", new, "claims")[1] == [("claims.csv", 2, "quantity", "conflicting-claim", WARNING)]


def test_faults_of_the_base_are_not_told(tmp_path: Path) -> None:
    base = SMALL.with_cell("transfers", 0, "kind", "gift").with_cell("sources", 0, "title", "")
    base = base.with_swap("weapons", b"AK-47", b'AK"47').with_swap("actors", b"Iraq,", b"Iraq,,")
    report, result = judge(tmp_path, GOOD, "transfers", "claims", base=base)
    assert (report.valid, result) == (True, [])


def test_a_ragged_record_of_the_base_that_is_replaced_is_no_crash(tmp_path: Path) -> None:
    base = SMALL.with_swap("transfers", b"t1,", b"t1,,").with_cell("sources", 0, "title", "")
    assert judge(tmp_path, only(transfers=[SMALL.tables["transfers"][1]]), "transfers", base=base)[1] == []


def test_a_circle_with_records_of_the_base_is_told_at_the_contributed_one(tmp_path: Path) -> None:
    base = SMALL.with_cell("transfers", 0, "delivered", "").with_cell("transfers", 1, "delivered", "")
    update = dict(base.tables["transfers"][0]) | {"upstream": "t2"}
    report, result = judge(tmp_path, only(transfers=[update]), "transfers", base=base)
    assert result == [("transfers.csv", 2, "upstream", "reference-cycle", ERROR)]
    assert report.findings[0].hint.endswith("t1 → t2 → t1")


def test_a_record_that_repeats_one_of_the_base_is_a_probable_duplicate_of_it(tmp_path: Path) -> None:
    again = dict(SMALL.tables["claims"][0]) | {"claim_id": "c9"}
    report, result = judge(tmp_path / "one", only(claims=[again]), "claims")
    assert result == [("claims.csv", 2, "claim_id", "probable-duplicate", WARNING)]
    assert f"the first is “c1”, {tmp_path.as_posix()}/one/base/claims.csv, line 2" in report.findings[0].hint
    two = only(claims=[NEW_CLAIM | {"claim_id": "c7", "transfer_id": "t1"}, again, again | {"claim_id": "c8"}])
    assert judge(tmp_path / "two", two, "claims")[1] == [
        ("claims.csv", line, "claim_id", "probable-duplicate", WARNING) for line in (3, 4)
    ]


def test_table_names_are_told_without_case_and_other_files_left_alone(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "Transfers.CSV").write_bytes(GOOD.content("transfers"))
    (folder / "CLAIMS.csv").write_bytes(GOOD.content("claims"))
    (folder / "notes.csv").write_bytes(b'broken "')
    (folder / "README.md").write_bytes(b"\xff")
    (folder / "claims.xlsx").write_bytes(b"PK")
    (folder / "sources.csv").mkdir()
    report = judged(folder, against=base)
    assert (report.findings, report.rows) == ([], {"transfers": 1, "claims": 1})


def test_several_paths_are_one_contribution(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    one = GOOD.write(tmp_path / "one", "transfers") / "transfers.csv"
    two = GOOD.write(tmp_path / "two", "claims")
    report = armsdata.validate([one, two], against=base)
    assert (report.findings, report.rows) == ([], {"transfers": 1, "claims": 1})
    report = armsdata.validate([two], against=base)
    assert [(one.line, one.column, one.code) for one in report.findings] == [(2, "transfer_id", "unknown-reference")]


def test_two_files_of_one_table_are_judged_together(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    one = GOOD.write(tmp_path / "a", "transfers", "claims")
    two = only(claims=[NEW_CLAIM | {"locator": "x"}]).write(tmp_path / "b", "claims")
    report = armsdata.validate([one, two], against=base)
    assert [(one.file, one.line, one.code) for one in report.findings] == [
        ((two / "claims.csv").as_posix(), 2, "duplicate-id")
    ]
    assert (one / "claims.csv").as_posix() in report.findings[0].hint
    assert report.rows == {"transfers": 1, "claims": 2}


@pytest.mark.parametrize("table", SMALL.tables)
def test_a_table_is_told_by_its_header_or_by_the_option(table: str, tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    file = tmp_path / "records.csv"
    file.write_bytes(SMALL.content(table))
    assert judged(file, against=base).rows == {table: len(SMALL.tables[table])}
    names = [column for column in SMALL.names(table)[1:] if column != "transfer_id"]
    file.write_bytes(SMALL.with_columns(table, *names[:3]).content(table))
    report = judged(file, against=base, table=table)
    assert {one.code for one in report.findings} == {"missing-column"}


def test_a_table_that_cannot_be_told_is_a_wrong_call_that_names_the_option(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_text("a,b,c\n1,2,3\n")
    with pytest.raises(UsageError, match="--table"):
        armsdata.validate(file)
    with pytest.raises(UsageError, match="no such table"):
        armsdata.validate(file, table="weapon")
    with pytest.raises(UsageError, match="leave --table out"):
        armsdata.validate(SMALL.write(tmp_path / "data"), table="nonsense")


# ---------------------------------------------------------------------------------------------- no tables


def broken(folder: Path, name: str, content: bytes = b"not what it says") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("name", ["actors.parquet", "actors.jsonld"])
def test_a_broken_file_is_told_and_the_others_are_judged(name: str, tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    folder = GOOD.with_cell("transfers", 0, "supplier", "newcomer").with_cell("transfers", 0, "kind", "gift")
    new = folder.write(tmp_path / "new", "transfers", "claims")
    broken(new, name)
    report = judged(new, against=base)
    assert places(report.findings, new) == [
        (name, 1, None, "malformed-csv", ERROR),
        ("transfers.csv", 2, "kind", "not-in-vocabulary", ERROR),
    ]
    assert report.findings[0].table == "actors"
    assert "not a readable" in report.findings[0].message


def test_a_broken_file_among_several_paths_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    good = GOOD.write(tmp_path / "new", "transfers", "claims")
    paths = [
        broken(tmp_path / "x", "letter.docx"),
        broken(tmp_path / "x", "records.csv", b"a,b\n1,2\n"),
        broken(tmp_path / "x", "empty.csv", b""),
        broken(tmp_path / "x", "some.parquet"),
        good,
    ]
    report = armsdata.validate(paths, against=base)
    assert [(Path(one.file).name, one.line, one.code) for one in report.findings] == [
        ("empty.csv", 1, "empty-file"),
        ("letter.docx", 1, "malformed-csv"),
        ("records.csv", 1, "missing-column"),
        ("some.parquet", 1, "malformed-csv"),
    ]
    assert report.rows == {"transfers": 1, "claims": 1}


def test_where_nothing_can_be_judged_the_call_is_wrong(tmp_path: Path) -> None:
    for name in ("transfers.parquet", "transfers.jsonld", "letter.docx", "records.jsonld"):
        with pytest.raises(UsageError):
            armsdata.validate(broken(tmp_path, name))
    with pytest.raises(UsageError, match="no such file"):
        armsdata.validate(tmp_path / "nothing.csv")
    (tmp_path / "hollow").mkdir()
    with pytest.raises(UsageError, match="no table in this folder"):
        armsdata.validate(tmp_path / "hollow")


def test_a_broken_file_of_a_dataset_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    folder = SMALL.with_cell("transfers", 0, "kind", "gift").write(tmp_path)
    (folder / "actors.csv").unlink()
    broken(folder, "actors.parquet")
    result = places(judged(folder).findings, folder)
    assert result == [
        ("actors.parquet", 1, None, "malformed-csv", ERROR),
        ("transfers.csv", 2, "kind", "not-in-vocabulary", ERROR),
    ]
    with pytest.raises(armsdata.InvalidData):
        armsdata.load(folder)


def test_a_broken_base_is_a_wrong_call(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    (base / "actors.csv").unlink()
    broken(base, "actors.parquet")
    with pytest.raises(UsageError, match=r"actors\.parquet"):
        judged(GOOD.write(tmp_path / "new", "claims"), against=base)
    with pytest.raises(UsageError, match=r"dataset\.toml"):
        judged(tmp_path / "new", against=tmp_path / "new")


def test_a_contribution_in_parquet_is_judged_as_its_values_say(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    row = dict(SMALL.tables["transfers"][0]) | {"transfer_id": "t9", "place": "Mosul"}
    table = pa.table({name: [value, value] for name, value in row.items()})
    table = table.set_column(table.column_names.index("quantity"), "quantity", pa.array([100.0, -5.5]))
    table = table.set_column(table.column_names.index("transfer_id"), "transfer_id", pa.array(["t8", "t9"]))
    (tmp_path / "new").mkdir()
    pq.write_table(table, tmp_path / "new" / "transfers.parquet")
    report = judged(tmp_path / "new", against=base)
    assert [(one.line, one.column, one.code) for one in report.findings if one.code != "uncited-transfer"] == [
        (3, "quantity", "out-of-range")
    ]


# ---------------------------------------------------------------------------------------------- the command


def test_exit_status_is_0_for_good_1_for_errors_and_for_warnings_only_when_strict(
    command: Command, tmp_path: Path
) -> None:
    base = SMALL.write(tmp_path / "base")
    assert command(base)[0] == 0
    good = GOOD.write(tmp_path / "good", "transfers", "claims")
    assert command(good, "--against", base)[0] == 0
    warned = only(claims=[NEW_CLAIM | {"transfer_id": "t1", "quantity": "7"}]).write(tmp_path / "warned", "claims")
    assert command(warned, "--against", base)[0] == 0
    assert command(warned, "--against", base, "--strict")[0] == 1
    empty = broken(tmp_path / "empty", "claims.csv", b"")
    status, output, _ = command(empty, "--against", base, "--format", "json")
    report = json.loads(output)
    assert (status, report["valid"], report["counts"]["error"]) == (1, False, 1)
    assert report["counts"]["rows"] == {"claims": 0}


def test_exit_status_is_2_for_wrong_calls_with_one_sentence_and_no_output(command: Command, tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    bad = broken(tmp_path, "transfers.parquet")
    for arguments in (["nowhere.csv"], ["--no-such-option"], [tmp_path / "hollow"], [bad], ["--format", "xml"]):
        status, output, errors = command(*arguments)
        assert (status, output) == (2, ""), arguments
        assert "Traceback" not in errors
        assert errors.strip()


def test_a_folder_with_a_dataset_toml_is_a_whole_dataset(tmp_path: Path) -> None:
    GOOD.write(tmp_path, "transfers", "claims")
    (tmp_path / "dataset.toml").write_text(TOML, "utf-8")
    with pytest.raises(UsageError, match="has no table sources"):
        armsdata.validate(tmp_path)


def test_a_frame_is_judged_as_a_contribution(tmp_path: Path) -> None:
    base = SMALL.write(tmp_path / "base")
    frame = armsdata.load(base).transfers
    assert armsdata.validate(frame, against=base).findings == []
    frame.loc[1, "kind"] = "gift"
    (finding,) = armsdata.validate(frame, against=base).findings
    assert (finding.file, finding.line, finding.column, finding.code) == (
        "<transfers>", 3, "kind", "not-in-vocabulary",
    )  # fmt: skip
