"""A report as SARIF 2.1.0, which code-scanning services and editors read."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from armsdata import __version__
from armsdata.catalogue import CATALOGUE, Entry
from armsdata.findings import Finding, Report, severity_of

from .escaping import json_text, visible
from .words import advice, verdict

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: `[text](address)` in a message would be a link.
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def as_sarif(report: Report) -> str:
    """One run: a rule for each code of the catalogue, with its help, and a result for each finding."""
    places = {code: place for place, code in enumerate(CATALOGUE)}
    seen: Counter[str] = Counter()
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "armsdata",
                "semanticVersion": __version__,
                "rules": [_rule(entry) for entry in CATALOGUE.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "exitCode": 0 if report.valid else 1}],
        "results": [_result(finding, places[finding.code], seen) for finding in report.findings],
        "properties": {
            "verdict": verdict(report),
            "counts": report.as_dict()["counts"],
            "truncated": report.truncated,
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(log, indent=1)


def _rule(entry: Entry) -> dict[str, Any]:
    help_text = f"{entry.meaning}\n\nExample: {entry.example}\n\nHow to mend it: {entry.mend}"
    help_page = f"{entry.meaning}\n\nExample:\n\n```text\n{entry.example}\n```\n\n**How to mend it:** {entry.mend}"
    return {
        "id": entry.code,
        "name": "".join(part.capitalize() for part in entry.code.split("-")),
        "shortDescription": {"text": _message(f"{entry.title}.")},
        "fullDescription": {"text": _message(entry.meaning)},
        "help": {"text": _message(help_text), "markdown": help_page},
        "defaultConfiguration": {"level": severity_of(entry.code)},
        "properties": {"tags": ["data"], "precision": "very-high"},
    }


def _result(finding: Finding, rule: int, seen: Counter[str]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line}
    if finding.column_number:
        region["startColumn"] = finding.column_number
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(finding.file)}, "region": region}}
    if path := [visible(part) for part in (finding.table, finding.row_key, finding.column) if part]:
        kind = "member" if finding.column else "object"
        location["logicalLocations"] = [{"name": path[-1], "fullyQualifiedName": "/".join(path), "kind": kind}]
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": _message(visible(advice(finding)))},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding, seen)},
        "properties": {
            name: value
            for name, value in finding.as_dict().items()
            if value is not None and name in ("column", "column_number", "table", "row_key", "value", "hint")
        },
    }


def _message(text: str) -> str:
    """A plain-text message: braces are doubled (they would be placeholders), what looks like a link is none."""
    return _LINK.sub(r"\\[", text.replace("{", "{{").replace("}", "}}"))


def _uri(file: str) -> str:
    """The file as a URI: relative ones stay so, and are read from the top of the repository."""
    path = PurePath(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(os.fsencode(file.removeprefix("./")), safe="/")


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """What tells a finding from others though its line has moved: all but the line, and its number among equals."""
    parts = (finding.code, finding.file, finding.table, finding.row_key, finding.column, finding.value)
    digest = hashlib.sha256(json.dumps(parts).encode("utf-8")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
