"""The examples of `docs/using-the-data.md` run as they stand, on a release of the curated dataset, or of the sample."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from armsdata.schema.metadata import BASE_IRI

from repository import ROOT
from standards_support import TOML, release_of, sample_release
from standards_validators import GRAPHS

pytestmark = pytest.mark.filterwarnings("ignore")

TEXT = (ROOT / "docs/using-the-data.md").read_text("utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def needed(snippet: str) -> list[str]:
    """The packages that a Python snippet imports."""
    found = re.findall(r"^(?:import|from) (\w+)", snippet, re.MULTILINE)
    return [name for name in found if name not in sys.stdlib_module_names]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release in `dist`."""
    place = tmp_path_factory.mktemp("snippets")
    if (ROOT / "data/dataset.toml").exists():
        release_of(ROOT / "data", place / "dist")
    else:
        toml = re.sub(r"(?m)^base_iri = .*\n", "", TOML)
        shutil.move(sample_release(place / "sample", toml), place / "dist")
    return place


@pytest.mark.parametrize("snippet", snippets("python"), ids=lambda text: needed(text)[0])
def test_python_snippets_run(snippet: str, folder: Path) -> None:
    for name in needed(snippet):
        pytest.importorskip(name)
    run = subprocess.run(
        [sys.executable, "-c", snippet],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


@pytest.mark.parametrize("snippet", snippets("r"), ids=lambda text: text.splitlines()[0])
def test_r_snippets_run(snippet: str, folder: Path) -> None:
    rscript = shutil.which("Rscript")
    if not rscript:
        pytest.skip("R is not installed")
    for name in re.findall(r"^library\((\w+)\)", snippet, re.MULTILINE):
        known = subprocess.run(
            [rscript, "-e", f"stopifnot(requireNamespace('{name}'))"], check=False, capture_output=True
        )
        if known.returncode:
            pytest.skip(f"the R package {name} is not installed")
    run = subprocess.run(
        [rscript, "-e", f"options(warn = 2)\n{snippet}"], cwd=folder, check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def rows(answer: Any) -> list[tuple[str, ...]]:
    """The rows of an answer of pyoxigraph as plain texts."""
    return sorted(tuple("" if one is None else one.value for one in row) for row in answer)


@pytest.fixture(scope="module")
def store(folder: Path) -> Any:
    pyoxigraph = pytest.importorskip("pyoxigraph")
    found = pyoxigraph.Store()
    for name in GRAPHS:
        found.load((folder / "dist/jsonld" / name).read_bytes(), format=pyoxigraph.RdfFormat.JSON_LD)
    return found


@pytest.fixture(scope="module")
def graph(folder: Path) -> Any:
    found = pytest.importorskip("rdflib").Graph()
    for name in GRAPHS:
        found.parse(folder / "dist/jsonld" / name, format="json-ld")
    return found


@pytest.mark.parametrize("query", snippets("sparql"), ids=lambda text: re.findall(r"SELECT (.*) WHERE", text)[0])
def test_questions_have_the_same_answers_in_two_stores(query: str, store: Any, graph: Any) -> None:
    answer = rows(store.query(query))
    assert answer
    again = sorted(tuple("" if one is None else str(one) for one in row) for row in graph.query(query))
    assert again == answer


def test_the_chains_that_ended_with_islamic_state_are_those_of_the_table(folder: Path, store: Any) -> None:
    """The first question, answered once more from the CSV by hand."""
    import csv

    with (folder / "dist/csv/transfers.csv").open(encoding="utf-8", newline="") as file:
        transfers = {row["transfer_id"]: row for row in csv.DictReader(file)}
    with (folder / "dist/csv/actors.csv").open(encoding="utf-8", newline="") as file:
        actors = {row["actor_id"]: row for row in csv.DictReader(file)}
    reached = {key for key, row in transfers.items() if row["recipient"] == "islamic-state"}
    waiting = list(reached)
    while waiting:
        for earlier in filter(None, transfers[waiting.pop()]["upstream"].split("; ")):
            if earlier not in reached:
                reached.add(earlier)
                waiting.append(earlier)
    expected: dict[tuple[str, str], int] = {}
    for row in (transfers[key] for key in reached):
        if actors[row["supplier"]]["kind"] == "state":
            pair = (actors[row["supplier"]]["name"], actors[row["recipient"]]["name"])
            expected[pair] = expected.get(pair, 0) + 1
    (question,) = (one for one in snippets("sparql") if "ns:upstream*" in one)
    assert rows(store.query(question)) == sorted((*pair, str(count)) for pair, count in expected.items())


def test_the_examples_speak_of_the_curated_dataset() -> None:
    assert all(BASE_IRI in query for query in snippets("sparql"))
