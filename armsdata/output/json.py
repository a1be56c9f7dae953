"""A report as JSON."""

from __future__ import annotations

import json

from armsdata.findings import Report


def as_json(report: Report) -> str:
    """The report as `docs/findings.md` describes it, two blanks deep."""
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n"
