"""The examples in the documentation run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


EXAMPLES = [
    pytest.param(code, id=f"{page.stem}-{n}") for page in PAGES for n, code in enumerate(blocks(page, "python"))
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data/`, `dist/` and a register, as the examples expect them."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "data").mkdir()
    for file in (ROOT / "data").iterdir():
        if file.is_file():
            (folder / "data" / file.name).write_bytes(file.read_bytes())
    (folder / "trade-register.csv").write_bytes((ROOT / "tests" / "registers" / "deals.csv").read_bytes())
    subprocess.run([sys.executable, "-m", "armsdata", "export", "-q"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_runs(code: str, checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:armsdata", "-c", code],
        cwd=checkout,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr


def test_what_an_example_is_said_to_print_is_what_it_prints(checkout: Path) -> None:
    for page in PAGES:
        for code in blocks(page, "python"):
            promised = re.search(r"print\(.*\)  # (\{.*\})$", code, re.MULTILINE)
            if promised:
                done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True)
                assert promised[1] in done.stdout


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_every_command_is_in_the_readme_or_the_docs() -> None:
    from armsdata.cli import app

    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    missing = [name for name in (one.name for one in app.registered_commands) if f"armsdata {name}" not in text]
    assert missing == []


def test_the_readme_shows_what_the_commands_really_print(checkout: Path) -> None:
    readme = ROOT / "README.md"
    (record,) = blocks(readme, "csv")
    exported, validated = blocks(readme, "text")[:2]
    (checkout / "demo").mkdir()
    (checkout / "demo" / "transfers.csv").write_text(record, encoding="utf-8", newline="\n")
    armsdata = [sys.executable, "-m", "armsdata"]
    command = [*armsdata, "validate", "demo/transfers.csv", "--against", "data"]
    shown = subprocess.run(command, cwd=checkout, capture_output=True, encoding="utf-8")
    assert shown.stdout == validated
    done = subprocess.run([*armsdata, "export"], cwd=checkout, capture_output=True, encoding="utf-8")
    assert done.stderr == exported
