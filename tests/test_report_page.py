"""The page as a file: structure, escaping, what it may do, and that its numbers are those of the data."""

import base64
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from armsdata.schema.metadata import Metadata, read_metadata

import armsdata
from armsdata.findings import Report
from armsdata.report import render
from armsdata.report.figures import Share, figures
from armsdata.report.page import page
from armsdata.report.payload import link, payload
from armsdata.tracing import words
from armsdata.tracing.records import ledger
from armsdata.tracing.totals import sum_up
from repository import ROOT
from traces import actor, transfer, web, write
from unpacking import unpacked

NASTY = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">{{data}}&amp;<!--'


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inside: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside[-1]][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def curated() -> str:
    return render(armsdata.load(ROOT / "data")).decode("utf-8")


@pytest.fixture(scope="module")
def read(curated: str) -> Page:
    return Page(curated)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = write(
        tmp_path_factory.mktemp("nasty") / "data",
        [transfer("one", "BEL", "FRA", designation=NASTY, notes=NASTY, place=NASTY)],
        [actor("BEL", NASTY), actor("FRA", "France")],
        title=NASTY,
        locator=NASTY,
    )
    (folder / "dataset.toml").write_text(
        f"title = {json.dumps(NASTY)}\nversion = '1'\ndate = 2026-01-01\nlicense = {json.dumps(NASTY)}\n", "utf-8"
    )
    return render(armsdata.load(folder)).decode("utf-8")


def test_the_page_is_small_and_whole(curated: str) -> None:
    assert curated.startswith("<!DOCTYPE html>\n") and curated.endswith("</html>\n")
    assert len(curated.encode("utf-8")) < 5_000_000
    body = curated.split("<script>")[0]
    assert "{{" not in body


def test_equal_data_give_equal_bytes(curated: str, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    command = [sys.executable, "-m", "armsdata", "report", "data", "--out", str(out), "--quiet"]
    environment = {**os.environ, "PYTHONHASHSEED": "2", "TZ": "Etc/GMT+2"}
    subprocess.run(command, cwd=ROOT, check=True, env=environment)
    assert out.read_bytes() == curated.encode("utf-8")


def test_nothing_is_fetched(read: Page) -> None:
    for tag, attributes in read.elements:
        assert "src" not in attributes and "style" not in attributes, tag
        assert not any(name.startswith("on") for name in attributes), tag
    assert [one["href"] for one in read.all("link")] == ["data:,"]


def test_links_lead_to_the_web_or_into_the_page(read: Page) -> None:
    ids = {attributes["id"] for _, attributes in read.elements if "id" in attributes}
    for one in read.all("a"):
        assert re.match(r"https?://", one["href"]) or one["href"].removeprefix("#") in ids


def test_the_policy_allows_exactly_what_is_here(read: Page) -> None:
    policy = next(one["content"] for one in read.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    scripts = [
        text
        for text, attributes in zip(read.texts["script"], read.all("script"), strict=True)
        if "type" not in attributes
    ]
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == [hash_of(text) for text in scripts]
    assert rules["style-src"] == [hash_of(text) for text in read.texts["style"]]
    assert "unsafe" not in policy


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_headings_go_down_by_one_and_every_field_has_a_label(read: Page) -> None:
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    labelled = {one["for"] for one in read.all("label")}
    assert all(one["id"] in labelled for tag in ("input", "select") for one in read.all(tag))
    ids = Counter(attributes["id"] for _, attributes in read.elements if "id" in attributes)
    assert max(ids.values()) == 1
    assert read.all("html") == [{"lang": "en"}]
    assert len(read.texts["caption"]) >= 6


def test_dataset_searches_find_the_dataset(read: Page) -> None:
    texts = zip(read.texts["script"], read.all("script"), strict=True)
    found = json.loads(next(text for text, one in texts if one.get("type") == "application/ld+json"))
    metadata = read_metadata(ROOT / "data/dataset.toml")
    assert (found["@context"], found["@type"], found["name"]) == ("https://schema.org/", "Dataset", metadata.title)
    assert 50 <= len(found["description"]) <= 5000
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert len(found["distribution"]) == 15
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", found["temporalCoverage"])


def rows_of(table: str) -> list[dict[str, str]]:
    with (ROOT / f"data/{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_numbers_are_those_of_the_csv_files(curated: str) -> None:
    for table in ("transfers", "claims", "actors", "weapons", "sources"):
        assert f"<li><b>{len(rows_of(table)):,}</b> {table}</li>" in curated
    told = figures({}, ledger(armsdata.load(ROOT / "data")), Report())
    transfers, claims = rows_of("transfers"), rows_of("claims")
    assert {one.what.lower(): one.number for one in told.confidence} == Counter(row["confidence"] for row in transfers)
    assert {one.what.lower(): one.number for one in told.framing} == Counter(row["framing"] for row in claims)
    quality = {one.what: one.number for one in told.quality}
    assert quality["Transfers with a date"] == sum(bool(row["delivered"] or row["ordered"]) for row in transfers)
    assert quality["Claims with a place in the source"] == sum(bool(row["locator"]) for row in claims)
    several = Counter(transfer for transfer, _ in {(row["transfer_id"], row["source_id"]) for row in claims})
    assert quality["Transfers with two or more sources"] == sum(number > 1 for number in several.values())


def data_of(content: str) -> Any:
    found = Page(content)
    texts = zip(found.texts["script"], found.all("script"), strict=True)
    return json.loads(next(text for text, one in texts if one.get("id") == "data"))


def test_the_sums_are_those_of_trace(curated: str) -> None:
    dataset = armsdata.load(ROOT / "data")
    records = ledger(dataset)
    sums = sum_up(records.steps, records.steps)
    assert all(f"<li>{one}</li>" in curated for one in words.totals(sums))
    found = unpacked(data_of(curated)["packed"])["traces"]
    place = found["actor"].index(list(records.actors).index("islamic-state"))
    trace = dataset.trace("islamic-state")
    assert found["own"][place] == "\n".join([words.covered(trace.totals), *words.totals(trace.totals)])
    assert found["parties"][place] == len(trace.parties)


def test_text_of_the_data_stays_text(nasty: str) -> None:
    found = Page(nasty)
    assert len(found.all("script")) == 4
    assert found.all("img") == []
    assert found.texts["title"] == [NASTY] and found.texts["h1"] == [NASTY]
    content = unpacked(data_of(nasty)["packed"])
    assert content["transfers"]["what"] == [NASTY]
    assert content["sources"]["title"] == [NASTY]


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "//x.org", "https:/x", ""])
def test_only_addresses_of_the_web_are_linked(url: str) -> None:
    assert link(url) == ""
    assert link("https://example.org/a") == "https://example.org/a"


def test_an_empty_dataset_has_a_page() -> None:
    records = web()
    metadata = Metadata("Empty", "1", read_metadata(ROOT / "data/dataset.toml").date, "CC0-1.0")
    rows = dict.fromkeys(("transfers", "claims", "actors", "weapons", "sources"), 0)
    content = page(metadata, figures(rows, records, Report()), payload(records))
    assert "<li><b>0</b> transfers</li>" in content


@pytest.mark.parametrize(
    ("number", "of", "text"),
    [(0, 0, "–"), (0, 9, "0 %"), (1, 1000, "under 1 %"), (999, 1000, "over 99 %"), (9, 9, "100 %")],
)
def test_a_share_is_never_rounded_to_none_or_all(number: int, of: int, text: str) -> None:
    assert Share("x", number, of).percent == text


def test_the_scripts_of_others_are_those_of_npm() -> None:
    folder = ROOT / "armsdata/report/vendor"
    told = re.findall(r"\| `([\w.-]+)` \|.*`([0-9a-f]{64})`", (folder / "README.md").read_text("utf-8"))
    assert dict(told) == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
