"""A report as JSON."""

from __future__ import annotations

from armsdata.findings import Report

from .escaping import json_text


def as_json(report: Report) -> str:
    """The report as `docs/findings.md` describes it, two blanks deep."""
    return json_text(report.as_dict())
