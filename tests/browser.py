"""A real browser for tests: Debian's Chromium, driven by Playwright, that tells all it did."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


#: By name where it is on the path, as on Linux; and where macOS and Windows keep it.
PLACES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def chromium() -> str:
    """Where Chromium is; without one the test is skipped, and in CI fails."""
    for name in PLACES:
        if found := shutil.which(name):
            return found
    word = "there is no Chromium: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(word)
    pytest.skip(word)


@contextmanager
def launched() -> Iterator[Browser]:
    """The browser, with a fresh profile."""
    where = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Opened:
    """A page that is open in the browser, and what it did: nothing of this may be there in the end."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("console", lambda said: self.problems.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda asked: self._asked(asked.url, path))
        page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        page.goto(path.as_uri())

    def _asked(self, url: str, path: Path) -> None:
        if url != path.as_uri() and url != "data:,":
            self.problems.append(f"request: {url}")

    def ready(self) -> Opened:
        """Wait for the scripts of the page."""
        self.page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
        return self


@contextmanager
def opened(browser: Browser, path: Path, **context: object) -> Iterator[Opened]:
    """A page in a window of its own; `context` is what Playwright's `new_context` takes."""
    window = browser.new_context(viewport={"width": 1280, "height": 900}, **context)  # type: ignore[arg-type]
    try:
        yield Opened(window.new_page(), path)
    finally:
        window.close()
