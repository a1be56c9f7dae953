"""What reports look like in each format, and that no cell can break out of any."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from armsdata.catalogue import CATALOGUE
from armsdata.findings import ERROR, WARNING, Collector, Finding, Report
from armsdata.output import REPORTS
from armsdata.output.escaping import command_data, command_property, markdown, markdown_code, visible, xml
from armsdata.output.github import ANNOTATIONS, KEPT, LISTED, append_summary, as_github, as_summary
from armsdata.output.junit import as_junit
from armsdata.output.sarif import as_sarif
from armsdata.output.text import as_text

SCHEMAS = Path(__file__).parent / "schemas"
HOSTILE = [
    "a,b:c%d",
    "x\n::error::owned",
    "x\r\n::set-output name=a::b",
    "%0A::warning::owned",
    "::stop-commands::x",
    "##[error]owned",
    "]]></failure><script>alert(1)</script>",
    "&lt;&amp;",
    "a|b|c\n| d",
    "[link](http://evil.example) ![i](x) <img src=x onerror=1> **b** `c` @team #12 :smile: $x$",
    "www.evil.example",
    "\x1b[31mred\x07\x00\x0b",
    "\u202eright to left\u2066",
    "\ufffe\uffff\U0001ffff",
    "lone \udce7 surrogate",
    "\"quoted\" 'single'",
    "{0} {{1}} {",
    "",
    "x" * 5000,
]


def finding(value: str = "gift", severity: str = ERROR, line: int = 2, **more: Any) -> Finding:
    fields: dict[str, Any] = {
        "code": "not-in-vocabulary",
        "severity": severity,
        "file": "new/transfers.csv",
        "line": line,
        "column": "kind",
        "column_number": 2,
        "table": "transfers",
        "row_key": "a-b",
        "value": value,
        "message": f"“{value}” is no kind",
        "hint": f"did you mean {value}?",
    }
    return Finding(**(fields | more))


def report_of(*findings: Finding, limit: int = KEPT, strict: bool = False) -> Report:
    collector = Collector(limit)
    collector.add(findings)
    return collector.report({"transfers": 7}, strict=strict)


def everywhere(text: str) -> Finding:
    return finding(text, file=f"in/{text}.csv", column=text, row_key=text, table=text)


def parse_command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does."""
    found = re.fullmatch(r"::([a-z-]+)(?: (.*?))?::(.*)", line)
    assert found, line
    properties = dict(part.split("=", 1) for part in (found[2] or "").split(",") if part)

    def plain(text: str, escapes: tuple[str, ...]) -> str:
        for escape in escapes:
            text = text.replace(escape, chr(int(escape[1:], 16)))
        return text.replace("%25", "%")

    told = {name: plain(value, ("%0D", "%0A", "%3A", "%2C")) for name, value in properties.items()}
    return found[1], told, plain(found[3], ("%0D", "%0A"))


# ---------------------------------------------------------------------------------------------- escaping


@pytest.mark.parametrize("text", HOSTILE)
def test_visible_text_is_printable_and_one_line(text: str) -> None:
    assert visible(text).isprintable()


@given(st.text())
def test_a_command_stays_one_command(text: str) -> None:
    line = f"::error file={command_property(text)},line=1::{command_data(text)}"
    assert len(re.split(r"[\r\n]", line)) == 1
    assert parse_command(line) == ("error", {"file": text, "line": "1"}, text)


@given(st.text())
def test_xml_gives_the_text_back_or_shows_what_it_cannot_hold(text: str) -> None:
    element = ElementTree.fromstring(f'<a b="{xml(text)}">{xml(text)}</a>')
    assert element.text == element.get("b") or (element.text is None and text == "")
    if re.fullmatch("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text):
        assert element.get("b") == text


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    page = MarkdownIt("gfm-like", {"linkify": False}).render(f"| a | b |\n|---|---|\n| {markdown(text)} | x |")
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    assert len(cells) == 2 or not text
    assert "<" not in cells[0]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_markdown_code_is_one_code_element(text: str) -> None:
    page = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(f"see {markdown_code(text)} x")
    assert re.fullmatch(r"<p>see <code>[^<]*</code> x</p>\n", page)


@pytest.mark.parametrize(
    "text", ["http://evil.example", "https://evil.example", "www.evil.example", "WWW.evil.example"]
)
def test_markdown_has_no_address_that_github_would_make_a_link(text: str) -> None:
    assert not re.search(r"https?://|www\.", markdown(text), re.IGNORECASE)


# ---------------------------------------------------------------------------------------------- every format


@pytest.mark.parametrize("form", REPORTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_do_no_harm_in_any_format(form: str, text: str) -> None:
    written = REPORTS[form][0](report_of(everywhere(text)))
    shown = written.encode("utf-8", "backslashreplace").decode("utf-8")
    assert "\x1b" not in shown
    assert "\r" not in shown
    if form in ("json", "sarif"):
        json.loads(written)
    elif form == "junit":
        ElementTree.fromstring(shown)
    elif form == "github":
        assert [parse_command(line)[0] for line in shown.splitlines()] == ["error", "notice"]
    else:
        assert len(shown.splitlines()) == 4


@pytest.mark.parametrize("form", REPORTS)
def test_every_code_can_be_printed(form: str) -> None:
    findings = [finding(code=code, line=line) for line, code in enumerate(CATALOGUE, 2)]
    written = REPORTS[form][0](report_of(*findings))
    shown = list(CATALOGUE)[:ANNOTATIONS] if form == "github" else list(CATALOGUE)
    assert [code for code in shown if code not in written] == []


@pytest.mark.parametrize("form", REPORTS)
def test_nothing_found_is_said(form: str) -> None:
    written = REPORTS[form][0](report_of())
    assert written.endswith("\n")
    assert "error file" not in written
    assert "failure " not in written


@pytest.mark.parametrize("form", REPORTS)
def test_a_report_is_the_same_each_time(form: str) -> None:
    findings = [finding(line=line) for line in range(2, 30)]
    assert REPORTS[form][0](report_of(*findings)) == REPORTS[form][0](report_of(*findings))


# ---------------------------------------------------------------------------------------------- github


def test_a_workflow_command_says_where_and_what() -> None:
    first, last = as_github(report_of(finding())).splitlines()
    assert parse_command(first) == (
        "error",
        {"file": "new/transfers.csv", "line": "2", "col": "2", "title": "not-in-vocabulary: kind"},
        "“gift” is no kind; did you mean gift?",
    )
    assert parse_command(last) == (
        "notice",
        {"title": "armsdata"},
        "1 error, 0 warnings in 7 records in 1 table: not valid.",
    )


def test_a_finding_about_a_file_has_no_column() -> None:
    first = as_github(report_of(finding(column=None, column_number=None, line=1))).splitlines()[0]
    assert parse_command(first)[1] == {"file": "new/transfers.csv", "line": "1", "title": "not-in-vocabulary"}


def test_no_more_is_annotated_than_github_shows_and_errors_are_not_crowded_out() -> None:
    warnings = [finding(severity=WARNING, code="blank-row", line=line) for line in range(2, 60)]
    errors = [finding(line=line) for line in range(60, 90)]
    lines = as_github(report_of(*warnings, *errors)).splitlines()
    assert Counter(parse_command(line)[0] for line in lines) == {"error": 10, "warning": 10, "notice": 1}
    assert lines[0].startswith("::error")
    assert "Shown: 20 of 88 findings." in lines[-1]


@pytest.mark.parametrize("limit", [0, 1, 3, 25])
def test_a_limit_changes_how_many_are_annotated(limit: int) -> None:
    lines = as_github(report_of(*[finding(line=line) for line in range(2, 60)], limit=limit)).splitlines()
    assert len(lines) == limit + 1
    assert f"Shown: {limit} of 58 findings." in lines[-1]


def test_the_summary_is_appended_where_github_wants_it(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n", "utf-8")
    append_summary(report_of(finding()), {"GITHUB_STEP_SUMMARY": str(path)})
    text = path.read_text("utf-8")
    assert text.startswith("before\n### armsdata: the records need mending\n")
    assert "| 1 | error | not-in-vocabulary |" in text


def test_no_summary_is_written_elsewhere(tmp_path: Path) -> None:
    append_summary(report_of(finding()), {})
    assert list(tmp_path.iterdir()) == []


def test_the_summary_stays_below_what_github_takes() -> None:
    findings = [finding("é" * 200, line=line, message="é" * 1000, hint="é" * 1000) for line in range(2, 5000)]
    text = as_summary(report_of(*findings))
    assert len(text.encode()) < 1 << 20
    assert f"Listed: {LISTED} of 4,998 findings." in text


@pytest.mark.parametrize("text", HOSTILE)
def test_the_summary_keeps_its_tables(text: str) -> None:
    page = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(as_summary(report_of(everywhere(text))))
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    assert [row.count("<t") for row in rows] == [3, 3, 3, 3]
    assert set(re.findall(r"<(/?\w+)", rows[-1])) <= {"td", "/td", "code", "/code"}


# ---------------------------------------------------------------------------------------------- sarif


def sarif_of(report: Report) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(as_sarif(report))
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text("utf-8"))
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    jsonschema.Draft7Validator(schema, format_checker=checker).validate(log)
    return log


@pytest.mark.parametrize("text", HOSTILE)
def test_sarif_is_valid_against_its_schema(text: str) -> None:
    sarif_of(report_of(everywhere(text), finding(column=None, column_number=None, table=None, row_key=None)))


def test_sarif_without_findings_is_valid() -> None:
    assert sarif_of(report_of())["runs"][0]["results"] == []


def test_sarif_has_a_rule_with_help_for_every_code() -> None:
    rules = sarif_of(report_of())["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CATALOGUE)
    assert all(CATALOGUE[rule["id"]].mend in rule["help"]["markdown"] for rule in rules)
    assert {rule["id"] for rule in rules if rule["defaultConfiguration"]["level"] == "warning"} == {
        code for code, entry in CATALOGUE.items() if entry.warning
    }


def test_a_sarif_result_points_at_rule_file_line_and_column() -> None:
    run = sarif_of(report_of(finding()))["runs"][0]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "not-in-vocabulary"
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "new/transfers.csv"}, "region": {"startLine": 2, "startColumn": 2}}
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "transfers/a-b/kind"


def test_sarif_fingerprints_stay_when_lines_move_and_differ_among_equals() -> None:
    def prints(*findings: Finding) -> list[str]:
        results = sarif_of(report_of(*findings))["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    assert prints(finding(line=2)) == prints(finding(line=99))
    assert len(set(prints(finding(line=2), finding(line=3), finding("theft", line=4)))) == 3


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("{2014, 2015}", "{{2014, 2015}}"),
        ("[a](http://evil.example)", "\\[a](http://evil.example)"),
        ("[1984, 1985]", "[1984, 1985]"),
    ],
)
def test_sarif_messages_hold_neither_placeholders_nor_links(message: str, told: str) -> None:
    (result,) = sarif_of(report_of(finding(message=message, hint="")))["runs"][0]["results"]
    assert result["message"]["text"] == told


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/ü.csv", "a%20b/%C3%BC.csv"),
        ("./new/x.csv", "new/x.csv"),
        ("../new/x.csv", "../new/x.csv"),
        ("a:b#c?.csv", "a%3Ab%23c%3F.csv"),
        ("100%.csv", "100%25.csv"),
    ],
)
def test_sarif_files_are_uris(file: str, uri: str) -> None:
    (result,) = sarif_of(report_of(finding(file=file)))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_says_how_many_there_are_when_some_are_left_off() -> None:
    run = sarif_of(report_of(*[finding(line=line) for line in range(2, 20)], limit=5))["runs"][0]
    assert len(run["results"]) == 5
    assert run["properties"]["truncated"] is True
    assert run["properties"]["counts"]["error"] == 18


# ---------------------------------------------------------------------------------------------- junit


def junit_of(report: Report) -> ElementTree.Element:
    text = as_junit(report)
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(text)
    root = ElementTree.fromstring(text)
    for suite in [root, *root.iter("testsuite")]:
        assert int(suite.get("tests", "")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
    return root


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_is_valid_against_its_schema(text: str) -> None:
    junit_of(report_of(everywhere(text.replace("\udce7", "?"))))


def test_junit_has_a_suite_a_file_and_a_case_a_finding() -> None:
    findings = [finding(file="a.csv"), finding(file="b.csv"), finding(file="b.csv", severity=WARNING, line=3)]
    root = junit_of(report_of(*findings))
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root.iter("testsuite")] == [
        ("a.csv", "1", "1"),
        ("b.csv", "2", "1"),
    ]
    assert next(case.get("name") for case in root.iter("testcase")) == "line 2, kind: not-in-vocabulary"


def test_warnings_fail_in_junit_when_they_count_as_errors() -> None:
    one = finding(severity=WARNING)
    assert junit_of(report_of(one)).get("failures") == "0"
    assert junit_of(report_of(one, strict=True)).get("failures") == "1"


def test_junit_shows_the_tables_when_nothing_is_wrong() -> None:
    (case,) = junit_of(report_of()).iter("testcase")
    assert case.get("name") == "transfers: 7 records"


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_junit_fails_also_for_what_it_does_not_list(limit: int) -> None:
    root = junit_of(report_of(*[finding(line=line) for line in range(2, 20)], limit=limit))
    assert root.get("failures") == str(limit + 1)
    assert f"{18 - limit} more findings" in [case.get("name") for case in root.iter("testcase")]


# ---------------------------------------------------------------------------------------------- text


def test_text_tells_place_code_and_hint() -> None:
    assert as_text(report_of(finding())) == (
        "new/transfers.csv:2: kind: error: “gift” is no kind [not-in-vocabulary]\n"
        "    did you mean gift?\n"
        "\n"
        "1 error, 0 warnings in 7 records in 1 table: not valid.\n"
    )


def test_text_says_when_some_are_left_off() -> None:
    text = as_text(report_of(*[finding(line=line) for line in range(2, 100)], limit=50))
    assert "Shown: 50 of 98 findings; --limit shows more." in text
