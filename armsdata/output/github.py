"""A report as GitHub shows it: annotations at the lines of the files, and a summary of the step in Markdown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from armsdata.findings import ERROR, WARNING, Finding, Report

from .escaping import command_data, command_property, markdown, markdown_code, visible
from .words import advice, by_code, verdict

#: GitHub shows so many errors, and so many warnings, of a step; it drops the others.
ANNOTATIONS = 10
#: How many findings are kept, so that errors are among them where many warnings stand before them.
KEPT = 10_000
#: How many findings the summary lists. GitHub refuses a summary of more than 1 MiB.
LISTED = 100
_SUMMARY = "GITHUB_STEP_SUMMARY"


def as_github(report: Report) -> str:
    """The findings as workflow commands, errors first, as many as the platform shows; then the totals."""
    most = ANNOTATIONS if report.limit == KEPT else report.limit
    lines = []
    for severity in (ERROR, WARNING):
        of_this = [finding for finding in report.findings if finding.severity == severity]
        lines += [_command(finding) for finding in of_this[:most]]
    total, shown = report.counts.total(), len(lines)
    left = f" Shown: {shown:,} of {total:,} findings." if shown < total else ""
    lines.append(f"::notice title=armsdata::{command_data(verdict(report) + left)}")
    return "\n".join(lines) + "\n"


def _command(finding: Finding) -> str:
    title = f"{finding.code}: {finding.column}" if finding.column else finding.code
    properties = {"file": visible(finding.file), "line": str(finding.line)}
    if finding.column_number:
        properties["col"] = str(finding.column_number)
    properties["title"] = visible(title)
    told = ",".join(f"{name}={command_property(value)}" for name, value in properties.items())
    return f"::{finding.severity} {told}::{command_data(visible(advice(finding)))}"


def as_summary(report: Report) -> str:
    """The report as a page in Markdown: the verdict, how many findings of each code, and the first findings."""
    lines = ["### armsdata: " + ("the records are valid" if report.valid else "the records need mending"), ""]
    lines += [verdict(report), ""]
    if report.counts:
        lines += ["| findings | severity | code |", "|--:|---|---|"]
        lines += [f"| {number:,} | {severity} | {code} |" for code, severity, number in by_code(report)]
        lines += ["", "| where | column | what is wrong, and what to do |", "|---|---|---|"]
        findings = sorted(report.findings, key=lambda one: one.severity != ERROR)[:LISTED]
        lines += [_row(finding) for finding in findings]
        if len(findings) < report.counts.total():
            lines += ["", f"Listed: {len(findings):,} of {report.counts.total():,} findings."]
    return "\n".join(lines) + "\n\n"


def _row(finding: Finding) -> str:
    where = f"{markdown_code(finding.file)}, line&nbsp;{finding.line}"
    what = f"{finding.severity}: {markdown(advice(finding))} ({finding.code})"
    return f"| {where} | {markdown_code(finding.column or '')} | {what} |"


def append_summary(report: Report, environment: Mapping[str, str] = os.environ) -> None:
    """Add the summary to the step's, where GitHub has set the file for it.

    Raises:
        OSError: the file cannot be written.
    """
    path = environment.get(_SUMMARY)
    if path:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(as_summary(report))
