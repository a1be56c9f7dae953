"""The pictures of the README: `make screenshots` writes docs/images/*.png anew from the curated dataset."""

from __future__ import annotations

import shutil
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

import armsdata
from armsdata.report import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parent / "images"
SUBJECT = "is-irq-bulgarian-antitank-missile"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
TERMINAL = (
    "<!DOCTYPE html><meta charset=utf-8><title>trace</title><style>body{margin:0;background:#16191d;width:max-content}"
    "pre{margin:0;padding:16px 20px;color:#e6e6e6;font:13px/1.45 'DejaVu Sans Mono',monospace}b{color:#8cc4ff}</style>"
)


def main() -> None:
    """Make both pictures."""
    where = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
    )
    if not where:
        raise SystemExit("there is no Chromium: apt-get install chromium")
    dataset = armsdata.load(Path(__file__).parents[1] / "data")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=where, args=FLAGS)
        page = Path(folder) / "page.html"
        page.write_bytes(render(dataset))
        _page(browser, page)
        terminal = Path(folder) / "trace.html"
        command = f"<b>$ armsdata trace {SUBJECT}</b>\n"
        terminal.write_text(f"{TERMINAL}<pre>{command}{escape(dataset.trace(SUBJECT).text(width=96))}</pre>", "utf-8")
        _terminal(browser, terminal)
        browser.close()


def _page(browser: Browser, path: Path) -> None:
    """The flows that lead to one group and on from it."""
    view = browser.new_page(viewport={"width": 1000, "height": 700})
    view.goto(path.as_uri())
    view.wait_for_selector("html[data-ready]", state="attached")
    view.fill("#f-actor", "Daesh")
    view.locator("#flows").screenshot(path=IMAGES / "report.png")


def _terminal(browser: Browser, path: Path) -> None:
    view = browser.new_page(viewport={"width": 1000, "height": 300})
    view.goto(path.as_uri())
    view.locator("pre").screenshot(path=IMAGES / "trace.png")


main()
