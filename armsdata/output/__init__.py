"""How a report is printed: one file a format, one line here for each."""

from __future__ import annotations

from collections.abc import Callable

from armsdata.findings import Report

from .github import KEPT, as_github
from .json import as_json
from .junit import as_junit
from .sarif import as_sarif
from .text import as_text

#: A report format by name: how it is written, and how many findings are kept for it unless told otherwise.
REPORTS: dict[str, tuple[Callable[[Report], str], int]] = {
    "text": (as_text, 50),
    "json": (as_json, 10_000),
    "github": (as_github, KEPT),
    "sarif": (as_sarif, 10_000),
    "junit": (as_junit, 10_000),
}
