"""A report as JUnit XML, which nearly every CI service shows: one test case a finding, one suite a file."""

from __future__ import annotations

from itertools import groupby

from armsdata.findings import ERROR, Finding, Report

from .escaping import visible, xml
from .words import advice, count, verdict


def as_junit(report: Report) -> str:
    """The findings; a warning is a case that passes, unless warnings count as errors."""
    suites = [_suite(file, list(findings), report) for file, findings in groupby(report.findings, lambda one: one.file)]
    if not report.findings:
        suites.append(_clean_suite(report))
    if report.truncated:
        suites.append(_rest(report))
    failures = sum(number for _, _, number in suites)
    cases = sum(number for _, number, _ in suites)
    head = _open("testsuites", {"name": "armsdata", "tests": cases, "failures": failures, "errors": 0})
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(text for text, _, _ in suites) + "</testsuites>\n"
    )


def _open(element: str, attributes: dict[str, object]) -> str:
    return f"<{element} " + " ".join(f'{name}="{xml(str(value))}"' for name, value in attributes.items()) + ">\n"


def _framed(name: str, cases: list[str], failures: int, report: Report) -> tuple[str, int, int]:
    """A suite with its cases; the exact totals of the whole report stand in its properties."""
    head = _open("testsuite", {"name": visible(name), "tests": len(cases), "failures": failures, "errors": 0})
    totals = {"errors": report.errors, "warnings": report.warnings, "verdict": verdict(report)}
    properties = "".join(f'<property name="{key}" value="{xml(str(value))}"/>\n' for key, value in totals.items())
    text = f"{head}<properties>\n{properties}</properties>\n{''.join(cases)}</testsuite>\n"
    return text, len(cases), failures


def _suite(file: str, findings: list[Finding], report: Report) -> tuple[str, int, int]:
    fails = [finding.severity == ERROR or report.strict for finding in findings]
    cases = [_case(finding, failed) for finding, failed in zip(findings, fails, strict=True)]
    return _framed(file, cases, sum(fails), report)


def _case(finding: Finding, failed: bool) -> str:
    place = f"line {finding.line}" + (f", {finding.column}" if finding.column else "")
    attributes: dict[str, object] = {
        "name": visible(f"{place}: {finding.code}"),
        "classname": finding.table or "file",
        "file": visible(finding.file),
        "line": finding.line,
    }
    told = visible(advice(finding))
    where = visible(f"{finding.file}:{finding.line}: {finding.column or 'the record'}")
    if failed:
        failure = f'type="{finding.code}" message="{xml(told)}"'
        body = f"<failure {failure}>{xml(f'{where}: {told}')}</failure>\n"
    else:
        body = f"<system-out>{xml(f'{finding.severity}: {where}: {told}')}</system-out>\n"
    return f"{_open('testcase', attributes)}{body}</testcase>\n"


def _clean_suite(report: Report) -> tuple[str, int, int]:
    word = "record"
    cases = [
        f'<testcase name="{table}: {count(rows, word)}" classname="{table}"/>\n' for table, rows in report.rows.items()
    ]
    return _framed("armsdata", cases, 0, report)


def _rest(report: Report) -> tuple[str, int, int]:
    """The findings that are counted but not listed, as one case."""
    left = report.counts.total() - len(report.findings)
    listed = sum(finding.severity == ERROR or report.strict for finding in report.findings)
    failed = (report.errors + report.warnings * report.strict) > listed
    text = f"{left:,} more findings are not listed; --limit shows more"
    body = f'<failure type="truncated" message="{text}"/>' if failed else f"<system-out>{text}</system-out>"
    case = f'<testcase name="{left:,} more findings" classname="armsdata">{body}</testcase>\n'
    return _framed("more findings", [case], int(failed), report)
