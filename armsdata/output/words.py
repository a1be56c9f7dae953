"""Sentences that several outputs share."""

from __future__ import annotations

from armsdata.findings import ERROR, Finding, Report


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 error``, ``2,000 errors``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def verdict(report: Report) -> str:
    """The report in one sentence: how many errors and warnings in how many records, and whether they are valid."""
    checked = f"{count(sum(report.rows.values()), 'record')} in {count(len(report.rows), 'table')}"
    if not report.counts:
        return f"No findings: {checked}."
    state = "valid" if report.valid else "not valid"
    return f"{count(report.errors, 'error')}, {count(report.warnings, 'warning')} in {checked}: {state}."


def by_code(report: Report) -> list[tuple[str, str, int]]:
    """Code, severity and number of findings: errors first, then the most frequent."""
    order = sorted(report.counts.items(), key=lambda item: (item[0][1] != ERROR, -item[1], item[0]))
    return [(code, severity, number) for (code, severity), number in order]


def advice(finding: Finding) -> str:
    """Message and hint in one line."""
    return f"{finding.message}; {finding.hint}" if finding.hint else finding.message
