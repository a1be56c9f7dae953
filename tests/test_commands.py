"""The commands around contributions, as they are called: exit status, what goes where, and nothing half done."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from armsdata.schema import TABLES

from armsdata.templates import csv_template
from datasets import FULL, SMALL

ARMSDATA = Path(sys.executable).parent / "armsdata"


def call(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ARMSDATA, *arguments],
        cwd=folder,
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a dataset in ./data, a good contribution in ./good, and a bad one in ./bad."""
    SMALL.write(tmp_path / "data")
    new = SMALL.with_rows("weapons", [{"weapon_id": "akm", "designation": "AKM", "category": "assault-rifle"}])
    new.write(tmp_path / "good", "weapons")
    new.with_cell("weapons", 0, "category", "rifel").write(tmp_path / "bad", "weapons")
    return tmp_path


# ---------------------------------------------------------------------------------------------- validate


def test_validate_writes_github_commands_and_the_summary(place: Path) -> None:
    done = call(place, "validate", "bad", "--format", "github", GITHUB_STEP_SUMMARY=str(place / "summary.md"))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error file=bad/weapons.csv,line=2,col=3,title=not-in-vocabulary%3A category::")
    assert "the records need mending" in (place / "summary.md").read_text("utf-8")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_other_formats_leave_the_summary_alone(place: Path, form: str) -> None:
    done = call(place, "validate", "bad", "--format", form, GITHUB_STEP_SUMMARY=str(place / "summary.md"))
    assert done.returncode == 1
    assert not (place / "summary.md").exists()
    if form == "junit":
        ElementTree.fromstring(done.stdout)
    elif form != "text":
        json.loads(done.stdout)


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_a_report_goes_into_a_file(place: Path, form: str) -> None:
    printed = call(place, "validate", "bad", "--format", form)
    written = call(place, "validate", "bad", "--format", form, "--output", "report")
    assert (written.returncode, written.stdout) == (1, "")
    assert (place / "report").read_text("utf-8") == printed.stdout


def test_an_unknown_format_is_a_wrong_call(place: Path) -> None:
    done = call(place, "validate", "bad", "--format", "html")
    assert done.returncode == 2
    assert "text, json, github, sarif, junit" in " ".join(done.stderr.split())


# ---------------------------------------------------------------------------------------------- format


def test_format_sorts_and_says_what_it_did(place: Path) -> None:
    SMALL.with_rows("actors", SMALL.tables["actors"][::-1]).write(place / "data")
    checked = call(place, "format", "--check")
    assert (checked.returncode, checked.stdout, checked.stderr) == (1, "", "Would change data/actors.csv\n")
    done = call(place, "format", "data")
    assert (done.returncode, done.stderr) == (0, "Formatted data/actors.csv\n")
    again = call(place, "format", "data", "--check")
    assert (again.returncode, again.stderr) == (0, "Nothing to format\n")


def test_format_tells_what_it_cannot_read(place: Path) -> None:
    SMALL.with_swap("actors", b"Iraq,", b'Ir"aq,').write(place / "data")
    before = state(place)
    done = call(place, "format", "data")
    assert done.returncode == 1
    assert "data/actors.csv:3: name: error" in done.stderr
    assert done.stderr.endswith("nothing was formatted, since the files cannot be read with certainty\n")
    assert state(place) == before


def test_format_without_a_dataset_is_a_wrong_call(tmp_path: Path) -> None:
    done = call(tmp_path, "format")
    assert done.returncode == 2
    assert "no dataset in ./data" in done.stderr


# ---------------------------------------------------------------------------------------------- merge


def test_merge_applies_a_good_contribution(place: Path) -> None:
    done = call(place, "merge", "good")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("weapons: 1 added, 0 updated, 0 unchanged\n")
    assert b"akm,AKM,assault-rifle" in (place / "data" / "weapons.csv").read_bytes()


def test_merge_leaves_everything_alone_when_there_is_an_error(place: Path) -> None:
    before = state(place)
    done = call(place, "merge", "bad", "--into", "data")
    assert done.returncode == 1
    assert "bad/weapons.csv:2: category: error" in done.stderr
    assert "nothing was merged" in done.stderr
    assert state(place) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["merge"], "Missing argument"),
        (["merge", "nowhere"], "nowhere: no such file or folder"),
        (["merge", "good", "--into", "good"], "not a dataset"),
        (["diff", "data"], "Missing argument"),
        (["diff", "data", "nowhere"], "nowhere: no such file or folder"),
        (["diff", "data", "good", "--format", "xml"], "formats are text, json, markdown"),
        (["template"], "Missing argument"),
        (["template", "gifts"], "no table 'gifts'"),
        (["template", "all"], "CSV holds one table"),
        (["template", "actors", "--format", "ods"], "formats are csv, xlsx"),
        (["format", "nowhere"], "nowhere: no such file or folder"),
    ],
)
def test_a_wrong_call_is_said_in_one_sentence(place: Path, arguments: list[str], message: str) -> None:
    before = state(place)
    done = call(place, *arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert state(place) == before


# ---------------------------------------------------------------------------------------------- diff


def test_diff_says_what_would_change(place: Path) -> None:
    done = call(place, "diff", "data", "good")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "weapons: 1 added, 0 removed, 0 changed\n"
        "  + akm\n      designation: AKM\n      category: assault-rifle\n"
    )  # fmt: skip


@pytest.mark.parametrize(("new", "status"), [("data", 0), ("good", 1)])
def test_diff_has_an_exit_status_for_scripts(place: Path, new: str, status: int) -> None:
    assert call(place, "diff", "data", new).returncode == 0
    assert call(place, "diff", "data", new, "--exit-code").returncode == status


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_difference_goes_into_a_file(place: Path, form: str) -> None:
    printed = call(place, "diff", "data", "good", "--format", form)
    call(place, "diff", "data", "good", "--format", form, "--output", "out")
    assert (place / "out").read_text("utf-8") == printed.stdout


def test_diff_compares_releases(place: Path) -> None:
    FULL.write(place / "full")
    for name in ("data", "full"):
        assert call(place, "export", name, "--out", f"dist-{name}", "--quiet").returncode == 0
    written = json.loads(call(place, "diff", "dist-data", "dist-full", "--format", "json").stdout)
    assert written["tables"]["transfers"]["counts"] == {"added": 1, "removed": 0, "changed": 1, "cells": 20}


# ---------------------------------------------------------------------------------------------- template


@pytest.mark.parametrize("table", TABLES)
def test_template_prints_csv(tmp_path: Path, table: str) -> None:
    done = call(tmp_path, "template", table, "--example")
    assert (done.returncode, done.stdout, done.stderr) == (0, csv_template(table, example=True), "")


def test_template_writes_a_workbook_and_never_over_another(tmp_path: Path) -> None:
    done = call(tmp_path, "template", "transfers", "--format", "xlsx")
    assert (done.returncode, done.stderr) == (0, "Wrote transfers.xlsx\n")
    assert openpyxl.load_workbook(tmp_path / "transfers.xlsx").sheetnames == ["transfers", "codes", "help"]
    before = state(tmp_path)
    again = call(tmp_path, "template", "transfers", "--format", "xlsx")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert state(tmp_path) == before


def test_template_never_writes_over_a_table(place: Path) -> None:
    before = state(place)
    done = call(place, "template", "weapons", "--output", "good/weapons.csv")
    assert done.returncode == 2
    assert state(place) == before


# ---------------------------------------------------------------------------------------------- all


@pytest.mark.parametrize("command", ["format", "merge", "diff", "template", "validate"])
def test_help_shows_an_example(tmp_path: Path, command: str) -> None:
    done = call(tmp_path, command, "--help")
    assert done.returncode == 0
    assert f"Example: armsdata {command}" in done.stdout


@pytest.mark.parametrize("command", ["format", "merge", "diff", "template", "validate"])
def test_help_imports_nothing_heavy(tmp_path: Path, command: str) -> None:
    code = (
        "import sys, armsdata.cli as cli\n"
        f"sys.argv = ['armsdata', '{command}', '--help']\n"
        "try:\n    cli.app()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('pandas', 'pyarrow', 'pandera', 'numpy', 'openpyxl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"
