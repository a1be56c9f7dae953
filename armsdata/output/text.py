"""A report as text that a person reads, in a terminal or a pipe."""

from __future__ import annotations

from armsdata.findings import ERROR, Finding, Report

_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m"}
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def as_text(report: Report, *, colour: bool = False) -> str:
    """The findings, two lines each: where and what; what to do. Then the totals."""
    lines = [line for finding in report.findings for line in _finding(finding, colour)]
    if lines:
        lines.append("")
    if report.truncated:
        total = report.counts.total()
        lines.append(f"Shown: {len(report.findings):,} of {total:,} findings; --limit shows more.")
    if len(report.counts) > 1:
        lines += [f"  {number:>9,}  {severity:<7}  {code}" for (code, severity), number in _ordered(report)]
    lines.append(_summary(report))
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, colour: bool) -> list[str]:
    place = f"{_visible(finding.file)}:{finding.line}:"
    column = f" {_visible(finding.column)}:" if finding.column else ""
    severity = f"{finding.severity}:"
    code = f"[{finding.code}]"
    if colour:
        place, code = f"{_BOLD}{place}{_PLAIN}", f"{_DIM}{code}{_PLAIN}"
        severity = f"{_COLOURS[finding.severity]}{severity}{_PLAIN}"
    lines = [f"{place}{column} {severity} {_visible(finding.message)} {code}"]
    if finding.hint:
        lines.append(f"    {_visible(finding.hint)}")
    return lines


def _visible(text: str) -> str:
    """The text with control and other unprintable characters as escapes: a cell never steers the terminal."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _ordered(report: Report) -> list[tuple[tuple[str, str], int]]:
    return sorted(report.counts.items(), key=lambda item: (item[0][1] != ERROR, -item[1], item[0]))


def _summary(report: Report) -> str:
    rows = sum(report.rows.values())
    checked = f"{_count(rows, 'record')} in {_count(len(report.rows), 'table')}"
    if not report.counts:
        return f"No findings: {checked}."
    verdict = "valid" if report.valid else "not valid"
    return f"{_count(report.errors, 'error')}, {_count(report.warnings, 'warning')} in {checked}: {verdict}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
