"""A report as text that a person reads, in a terminal or a pipe."""

from __future__ import annotations

from armsdata.findings import Finding, Report

from .escaping import visible
from .words import by_code, verdict

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
        lines += [f"  {number:>9,}  {severity:<7}  {code}" for code, severity, number in by_code(report)]
    lines.append(verdict(report))
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, colour: bool) -> list[str]:
    place = f"{visible(finding.file)}:{finding.line}:"
    column = f" {visible(finding.column)}:" if finding.column else ""
    severity = f"{finding.severity}:"
    code = f"[{finding.code}]"
    if colour:
        place, code = f"{_BOLD}{place}{_PLAIN}", f"{_DIM}{code}{_PLAIN}"
        severity = f"{_COLOURS[finding.severity]}{severity}{_PLAIN}"
    lines = [f"{place}{column} {severity} {visible(finding.message)} {code}"]
    if finding.hint:
        lines.append(f"    {visible(finding.hint)}")
    return lines
