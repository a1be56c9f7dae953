"""The pages that are made from the code are up to date and readable."""

import re

import pytest
from markdown_it import MarkdownIt

from armsdata.catalogue import CATALOGUE
from armsdata.findings import severity_of
from armsdata.pages import PAGES, findings_page, severity
from repository import ROOT

DESIGNED = """
encoding-error byte-order-mark malformed-csv empty-file missing-column unexpected-column duplicate-column
wrong-delimiter ragged-row blank-row missing-value wrong-type out-of-range not-in-vocabulary bad-identifier
duplicate-id unknown-reference reference-cycle bad-date impossible-order inconsistent-quantity missing-unit
missing-currency self-transfer inconsistent-status uncited-transfer conflicting-claim spreadsheet-damage
formula-text untidy-text probable-duplicate unused-record runaway-quote
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name](), "run: make docs"


def test_the_catalogue_holds_the_codes_of_the_design() -> None:
    assert sorted(CATALOGUE) == sorted(DESIGNED.split())


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_has_a_section_that_tells_all(code: str) -> None:
    entry = CATALOGUE[code]
    section = re.search(rf"^## {code}\n(.*?)(?=^## |\Z)", findings_page(), re.MULTILINE | re.DOTALL)
    assert section
    assert all(part in section[1] for part in (entry.title, entry.meaning, entry.example, entry.mend))
    assert f"Severity: {severity_of(code)}" in section[1]


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_words_of_a_code_are_sentences(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry.meaning.endswith((".", "…"))
    assert entry.mend.endswith((".", "…"))
    assert not entry.title.endswith(".")
    assert severity(entry).startswith(severity_of(code))


def test_the_links_of_the_findings_page_lead_somewhere() -> None:
    page = findings_page()
    assert set(re.findall(r"\]\(#([a-z-]+)\)", page)) == set(re.findall(r"^## ([a-z-]+)$", page, re.MULTILINE))


def test_the_findings_page_is_markdown_without_markup_gone_wrong() -> None:
    text = MarkdownIt("gfm-like", {"linkify": False}).render(findings_page())
    assert text.count("<h2>") == len(CATALOGUE)
    assert text.count("<pre>") == len(CATALOGUE)
    assert text.count("<tr>") == len(CATALOGUE) + 1
