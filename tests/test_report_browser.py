"""The page in a real browser: filters, search, chains, keyboard, screen readers, and that nothing of the data runs."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import armsdata
from armsdata.findings import Report
from armsdata.report import render
from armsdata.tracing import words
from armsdata.tracing.records import Ledger, Step, ledger, narrower
from armsdata.tracing.totals import Totals, sum_up
from browser import Opened, launched, opened
from repository import ROOT
from traces import actor, transfer, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NASTY = "</script><script>window.hacked=1</script><img src=x onerror='window.hacked=2'>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as one:
        yield one


@pytest.fixture(scope="module")
def records() -> Ledger:
    return ledger(armsdata.load(ROOT / "data"))


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_bytes(render(armsdata.load(ROOT / "data")))
    return path


@pytest.fixture
def view(browser: "Browser", curated: Path) -> Iterator[Opened]:
    """The page of the curated dataset; in the end it has said and fetched nothing."""
    with opened(browser, curated) as one:
        yield one.ready()
        assert one.problems == []


def ids_shown(page: "Page") -> set[str]:
    """The transfers on this page of the table."""
    labels = page.locator("#table tbody [aria-expanded]").evaluate_all("all => all.map(e => e.ariaLabel)")
    return {re.sub(r"Sources and chain of (.*): .*", r"\1", one) for one in labels}


def test_the_page_loads_and_draws(view: Opened) -> None:
    page = view.page
    assert not page.is_visible("#needs-script")
    assert page.locator("#flow-plot .band").count() > 20
    assert page.locator("#year-plot rect.sure").count() > 10
    assert page.locator("#range-plot .range").count() == 25
    assert page.locator("#table tbody tr").count() == 50


def holds(step: Step, records: Ledger, actor: str) -> bool:
    members = set(records.with_members(actor))
    return not members.isdisjoint((*step.path, *step.origin))


CHOICES: dict[str, tuple[dict[str, str], Callable[[Step, Ledger], bool]]] = {
    "nothing": ({}, lambda step, records: True),
    "alias": ({"f-actor": "Daesh"}, lambda step, records: holds(step, records, "islamic-state")),
    "a state and its forces": ({"f-actor": "iraq"}, lambda step, records: holds(step, records, "IRQ")),
    "group of categories": (
        {"f-category": "small-arms"},
        lambda step, records: step.category in narrower("small-arms"),
    ),
    "kind": ({"f-kind": "capture"}, lambda step, records: step.kind == "capture"),
    "confidence": ({"f-confidence": "disputed"}, lambda step, records: step.disputed),
    "actor and category": (
        {"f-actor": "USA", "f-category": "pistol"},
        lambda step, records: holds(step, records, "USA") and step.category == "pistol",
    ),
    "years": (
        {"f-since": "2003", "f-until": "2005"},
        lambda step, records: within(step.days, 12053, 13148),
    ),
}


def within(days: tuple[int | None, int | None], since: int, until: int) -> bool:
    first, last = days
    return days != (None, None) and (last is None or last >= since) and (first is None or first <= until)


def undoubted(sums: Totals) -> Totals:
    """The sums as the page tells them for a choice: without what remains when disputed ones are left out."""
    return replace(sums, units=tuple(replace(one, undisputed=one.at_least) for one in sums.units))


@pytest.mark.parametrize("choice", CHOICES)
def test_filters_choose_and_the_sums_are_those_of_trace(view: Opened, records: Ledger, choice: str) -> None:
    fields, meant = CHOICES[choice]
    for field, value in fields.items():
        if field in ("f-actor", "f-since", "f-until"):
            view.page.fill(f"#{field}", value)
        else:
            view.page.select_option(f"#{field}", value)
    chosen = [key for key, step in records.steps.items() if step.custody and meant(step, records)]
    sums = sum_up(chosen, records.steps)
    told = view.page.inner_text("#selection")
    assert f"{len(chosen):,} of {len(records.steps):,} transfers chosen: {words.covered(sums)}" in told
    assert view.page.inner_text("#sums") == "; ".join(words.totals(undoubted(sums)))
    if "f-actor" not in fields and not fields:
        assert f"{len(chosen):,} transfers" in view.page.inner_text("#table-note")


def test_plans_are_left_out_until_asked_for(view: Opened, records: Ledger) -> None:
    plans = {key for key, step in records.steps.items() if not step.custody}
    assert not plans & ids_shown(view.page)
    view.page.select_option("#f-custody", "no")
    view.page.uncheck("#f-chains")
    assert ids_shown(view.page) <= plans
    assert "NO CUSTODY" in view.page.inner_text("#table")
    assert f"0 transfers ({len(plans)} without custody left out)" in view.page.inner_text("#selection")


def test_an_actor_shows_what_trace_prints(view: Opened) -> None:
    view.page.fill("#f-actor", "daesh")
    view.page.locator("#actor summary").first.click()
    told = view.page.inner_text("#actor")
    trace = armsdata.load(ROOT / "data").trace("islamic-state")
    assert f"Received: {words.covered(trace.totals)}: {'; '.join(words.totals(trace.totals))}" in told
    for party in trace.parties:
        assert trace.ledger.name(party.actor) in told
        assert "; ".join(words.totals(party.totals)) in told


def test_a_wrong_name_or_year_is_told(view: Opened) -> None:
    view.page.fill("#f-actor", "Atlantis")
    view.page.fill("#f-since", "soon")
    assert view.page.inner_text("#f-problem") == "No actor is called “Atlantis”. “soon” is no year."
    view.page.click("text=Show all")
    view.page.locator("#f-problem:empty").wait_for(state="attached")


def test_the_table_is_searched_sorted_and_paged(view: Opened, records: Ledger) -> None:
    page = view.page
    page.fill("#search", "BULGARIA missile")
    assert "unknown-is-bulgarian-antitank-missile" in ids_shown(page)
    assert page.locator("#table tbody tr").count() < 10
    page.fill("#search", "alb-krg-2014-ammunition air force")
    page.locator("#table tbody [aria-expanded]").first.click()
    told = page.inner_text("tr.detail")
    assert "for Kurdish forces in Iraq; carried by United States Air Force; ordered 2014-08-15" in told
    assert "Documented: “22 million”, 2014-08 – Albania Starts Shifting Weapons" in told
    page.fill("#search", "no such thing at all")
    assert page.inner_text("#table-note") == "0 transfers"
    page.fill("#search", "")
    page.click("#page-on")
    assert page.inner_text("#page-place").startswith("Page 2 of ")
    page.click("#table thead button:text-is('When')")
    assert page.get_attribute("#table thead th:nth-child(4)", "aria-sort") == "ascending"
    first = min(one for step in records.steps.values() if step.custody for one in step.days if one is not None)
    shown = page.inner_text("#table tbody tr:first-child td:nth-of-type(3)")
    assert shown in {words.when(step) for step in records.steps.values() if first in step.days}


def test_a_chain_is_followed_by_clicking(view: Opened) -> None:
    page = view.page
    page.fill("#search", "is-irq-bulgarian-antitank-missile")
    page.locator("#table tbody [aria-expanded]").first.click()
    for key in ("unknown-is-bulgarian-antitank-missile", "bgr-usa-2015-antitank-launch-tubes"):
        page.locator(f"tr.detail [data-transfer='{key}']").first.click()
        assert page.locator("tr.detail b", has_text=key).count() == 1
    told = page.locator("tr.detail", has=page.locator("b", has_text="bgr-usa-2015")).inner_text()
    assert "What the sources say" in told
    links = page.locator("tr.detail a").evaluate_all("all => all.map(e => e.href)")
    assert links and all(one.startswith("http") for one in links)


def test_flows_are_followed_by_mouse_and_keyboard(view: Opened) -> None:
    page = view.page
    page.fill("#f-actor", "Daesh")
    page.locator("#flow-plot .flow").first.focus()
    page.keyboard.press("Enter")
    assert "in the flow from" in page.inner_text("#table-note")
    page.click("#flow-clear")
    assert "in the flow" not in page.inner_text("#table-note")
    page.locator("#flow-plot .node[aria-label='Choose Bulgaria'] rect").click()
    assert page.input_value("#f-actor") == "Bulgaria"
    page.select_option("#w-measure", "item")
    assert page.locator("#flow-plot .band").count() > 0
    page.click("#flows summary")
    assert page.locator("#flow-table tbody tr").count() >= page.locator("#flow-plot .band").count()


def test_flows_in_a_circle_are_drawn(browser: "Browser", tmp_path: Path) -> None:
    names = ["AAA", "BBB", "CCC"]
    rows = [
        transfer(f"t-{a}-{b}".lower(), a, b, quantity="5", quantity_unit="item") for a in names for b in names if a != b
    ]
    folder = write(tmp_path / "data", rows, [actor("AFG", "x")])
    text = (folder / "transfers.csv").read_text("utf-8")
    actors = (folder / "actors.csv").read_text("utf-8").splitlines()[0]
    lines = [f"{name},{name},state" + "," * (actors.count(",") - 2) for name in ("AFG", "ALB", "DZA")]
    (folder / "actors.csv").write_text("\n".join([actors, *lines, ""]), "utf-8")
    for name, code in zip(names, ("AFG", "ALB", "DZA"), strict=True):
        text = text.replace(name, code)
    (folder / "transfers.csv").write_text(text, "utf-8")
    path = tmp_path / "page.html"
    path.write_bytes(render(armsdata.load(folder)))
    with opened(browser, path) as one:
        one.ready()
        assert one.page.locator("#flow-plot .band").count() == 6
        assert one.page.locator("#flow-plot .node text", has_text="↺").count() > 0
        assert one.problems == []


def test_a_page_without_transfers_says_so(browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(
        tmp_path / "data", [transfer("one", "BEL", "FRA")], [actor("BEL", "Belgium"), actor("FRA", "France")]
    )
    monkeypatch.setattr("armsdata.report.MOST", 0)
    path = tmp_path / "page.html"
    path.write_bytes(render(armsdata.load(folder)))
    with opened(browser, path) as one:
        told = one.ready().page.inner_text("main")
        assert "too many transfers to draw" in told and "No flows" in told and "0 transfers" in told
        assert one.problems == []


def test_thirty_thousand_transfers_make_a_page_that_can_be_sent_and_used(
    browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import_module("synthetic").write_dataset(tmp_path / "data", 30_000)
    path = tmp_path / "page.html"
    path.write_bytes(render(armsdata.load(tmp_path / "data"), Report()))
    assert path.stat().st_size < 4_000_000
    with opened(browser, path) as one:
        page = one.ready().page
        assert re.search(
            "45 flows drawn, the widest; 455 more stand in the table; [0-9,]+ narrower ones are left out",
            page.inner_text("#flow-note"),
        )
        page.fill("#search", "transfer-000029998")
        assert ids_shown(page) == {"transfer-000029998"}
        page.locator("#table tbody [aria-expanded]").first.click()
        assert "What the sources say" in page.inner_text("tr.detail")
        page.fill("#search", "")
        page.select_option("#f-kind", "re-export")
        assert re.search("of 30,000 transfers chosen", page.inner_text("#selection"))
        assert one.problems == []


def test_a_script_in_the_data_is_shown_and_never_run(browser: "Browser", tmp_path: Path) -> None:
    folder = write(
        tmp_path / "data",
        [transfer("one", "BEL", "FRA", designation=NASTY, notes=NASTY, place=NASTY)],
        [actor("BEL", NASTY), actor("FRA", "France")],
        title=NASTY,
        locator=NASTY,
        quantity_reported=NASTY,
    )
    (folder / "dataset.toml").write_text(
        f"title = {json.dumps(NASTY)}\nversion = '1'\ndate = 2026-01-01\nlicense = 'CC0-1.0'\n", "utf-8"
    )
    path = tmp_path / "page.html"
    path.write_bytes(render(armsdata.load(folder)))
    with opened(browser, path) as one:
        one.ready()
        one.page.locator("#table tbody [aria-expanded]").first.click()
        assert one.page.inner_text("#table").count("<script>window.hacked=1</script>") >= 4
        assert one.page.evaluate("window.hacked") is None
        assert one.problems == []
        one.page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hacked=3'}))"
        )
        assert one.page.evaluate("window.hacked") is None, "the policy lets no other script run"
        assert any("Content Security Policy" in problem for problem in one.problems)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_fault(browser: "Browser", curated: Path, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped,unused-ignore]

    with opened(browser, curated, color_scheme=scheme) as one:
        page = one.ready().page
        page.set_viewport_size({"width": width, "height": 800})
        page.fill("#f-actor", "Daesh")
        for summary in page.locator("summary").all():
            summary.click()
        page.locator("#table tbody [aria-expanded]").first.click()
        page.fill("#f-since", "x")
        page.fill("#f-since", "")
        page.locator("#table tbody [aria-expanded]").first.click()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_a_narrow_screen_needs_no_scrolling_sideways(view: Opened) -> None:
    view.page.set_viewport_size({"width": 360, "height": 740})
    view.page.locator("#table tbody [aria-expanded]").first.click()
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert view.page.evaluate("document.getElementById('table').scrollWidth") <= 360
    assert view.page.locator("#table [role=rowheader]").count() == 50


def test_all_can_be_reached_by_keyboard(view: Opened) -> None:
    view.page.keyboard.press("Tab")
    assert view.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    view.page.keyboard.press("Enter")
    view.page.keyboard.press("Tab")
    assert view.page.evaluate("document.activeElement.closest('main') !== null")


def test_print_shows_the_data_and_no_controls(view: Opened) -> None:
    view.page.emulate_media(media="print")
    assert not view.page.is_visible("#filters") and not view.page.is_visible("nav")
    assert view.page.is_visible("#flow-plot svg") and view.page.is_visible("#table")


def test_without_scripts_the_figures_stand_and_the_rest_is_explained(browser: "Browser", curated: Path) -> None:
    with opened(browser, curated, java_script_enabled=False) as one:
        assert one.page.is_visible("#needs-script")
        assert one.page.is_visible("#quality table >> nth=0")
        assert one.problems == []
