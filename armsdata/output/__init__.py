"""How a report is printed: one file a format, one line here for each."""

from __future__ import annotations

from collections.abc import Callable

from armsdata.findings import Report

from .json import as_json
from .text import as_text

#: A report format by name: how it is written, and how many findings it shows unless told otherwise.
REPORTS: dict[str, tuple[Callable[[Report], str], int]] = {
    "text": (as_text, 50),
    "json": (as_json, 10_000),
}
