"""What CONTRIBUTING.md and docs/validating.md say is what happens."""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

import armsdata
from armsdata.cli import app
from armsdata.diffing import diff
from armsdata.merging import merge
from armsdata.output import REPORTS
from armsdata.output.differences import diff_as_text
from armsdata.output.text import as_text
from doc_examples import examples
from repository import ROOT, repository_files

GUIDE = examples(ROOT / "CONTRIBUTING.md")
VALIDATING = examples(ROOT / "docs" / "validating.md")
TABLES = ("transfers", "claims", "sources")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the dataset, and the contribution of the guide beside it."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    folder = tmp_path / "contributions" / "tikrit"
    folder.mkdir(parents=True)
    for table in TABLES:
        (folder / f"{table}.csv").write_text(GUIDE[table], "utf-8")
    monkeypatch.chdir(tmp_path)
    return folder.relative_to(tmp_path)


def test_the_example_of_the_guide_is_accepted(checkout: Path) -> None:
    report = armsdata.validate(checkout)
    assert report.findings == []
    assert report.rows == dict.fromkeys(TABLES, 1)
    assert GUIDE["diff"] in diff_as_text(diff("data", checkout))
    merged = merge(checkout)
    assert {name: (one.added, one.updated) for name, one in merged.changes.items()} == dict.fromkeys(TABLES, (1, 0))
    assert armsdata.validate("data").errors == 0


def test_the_finding_of_the_guide_is_what_is_said(checkout: Path) -> None:
    path = checkout / "transfers.csv"
    path.write_text(path.read_text("utf-8").replace(",islamic-state,", ",ISIS,"), "utf-8")
    assert as_text(armsdata.validate(checkout)).startswith(GUIDE["findings"])


def test_a_correction_as_the_guide_tells_it(checkout: Path) -> None:
    merge(checkout)
    shutil.rmtree(checkout)
    checkout.mkdir()
    text = (
        GUIDE["transfers"].replace(",delivered,place,", ",delivered,").replace(",2014-06,near Tikrit,", ",2014-06-11,")
    )
    (checkout / "transfers.csv").write_text(text, "utf-8")
    (record,) = diff("data", checkout).tables["transfers"].changed
    assert record.cells == {"delivered": ("2014-06", "2014-06-11")}


def test_the_commands_of_the_guide_exist() -> None:
    commands = {command.name for command in app.registered_commands}
    for page in ("CONTRIBUTING.md", "docs/validating.md"):
        text = (ROOT / page).read_text("utf-8")
        assert set(re.findall(r"armsdata (\w+) ", text)) - {"validate"} <= commands | {"at", "itself"}


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/validating.md", "docs/findings.md"])
def test_links_within_the_repository_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", (ROOT / page).read_text("utf-8"))
    files = {*repository_files(), *(parent.as_posix() for name in repository_files() for parent in Path(name).parents)}
    known = {(ROOT / name).resolve() for name in files}
    assert [link for link in links if (folder / link).resolve() not in known] == []


# ---------------------------------------------------------------------------------------------- docs/validating.md


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "weapons.csv").write_text(VALIDATING["file"], "utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("demo")


@pytest.mark.parametrize("form", REPORTS)
def test_each_format_looks_as_the_page_shows_it(demo: Path, form: str) -> None:
    assert VALIDATING[form] == shown(demo, form), "make docs writes the examples anew"


def shown(folder: Path, form: str) -> str:
    """What the page shows of a format; SARIF without most of its rules and results."""
    text = REPORTS[form][0](armsdata.validate(folder, against=ROOT / "data"))
    if form == "sarif":
        log = json.loads(text)
        run = log["runs"][0]
        rule = run["results"][0]["ruleIndex"]
        run["tool"]["driver"]["rules"] = [run["tool"]["driver"]["rules"][rule], "…"]
        run["results"] = [run["results"][0], "…"]
        text = json.dumps(log, ensure_ascii=False, indent=1) + "\n"
    if form == "junit":
        ElementTree.fromstring(text)
    return text


def write_examples() -> None:
    """Write the examples of docs/validating.md anew."""
    page = ROOT / "docs" / "validating.md"
    text = page.read_text("utf-8")
    Path("demo").mkdir()
    Path("demo/weapons.csv").write_text(VALIDATING["file"], "utf-8")
    for form in REPORTS:
        block = re.compile(rf"(<!-- example: {form} -->\n```\w*\n).*?(```\n)", re.DOTALL)
        new = shown(Path("demo"), form)
        text = block.sub(lambda found, new=new: found[1] + new + found[2], text)  # type: ignore[misc]
    page.write_text(text, "utf-8", newline="\n")


def test_the_command_says_what_the_function_does(demo: Path) -> None:
    command = [str(Path(sys.executable).parent / "armsdata"), "validate", "demo", "--against", str(ROOT / "data")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, VALIDATING["text"], "")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_examples()
