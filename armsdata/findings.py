"""Findings: what validation has to say, how many there are, and which of them are kept to be shown."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .catalogue import CATALOGUE

ERROR = "error"
WARNING = "warning"
#: How many findings a report keeps unless told otherwise; all are counted.
DEFAULT_LIMIT = 10_000
#: Longer values are cut in findings.
VALUE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong, where, and what to do.

    Attributes:
        code: the stable code, see `docs/findings.md`.
        severity: ``error`` or ``warning``.
        file: the path as given, with ``/``.
        line: the physical line at which the record begins; 1 is the header, and stands for the whole file.
        column: the column's name, or None for the record or the file as a whole.
        column_number: its place in the file, from 1.
        table: the table's name, or None where it could not be told.
        row_key: the key of the record, where it could be read.
        value: the text at fault.
        message: what is wrong, in plain words.
        hint: what to do about it; may be empty.
    """

    code: str
    severity: str
    file: str
    line: int
    column: str | None = None
    column_number: int | None = None
    table: str | None = None
    row_key: str | None = None
    value: str | None = None
    message: str = ""
    hint: str = ""

    @property
    def place(self) -> tuple[str, int, int, str, str]:
        """What findings are ordered by: file, line, column number, code."""
        return (self.file, self.line, self.column_number or 0, self.code, self.value or "")

    def as_dict(self) -> dict[str, Any]:
        """The finding as `--format json` prints it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "column_number": self.column_number,
            "table": self.table,
            "row_key": self.row_key,
            "value": self.value,
            "message": self.message,
            "hint": self.hint,
        }


def severity_of(code: str, *, prose: bool = False) -> str:
    """The severity of a code; what only looks odd in free text is a warning there."""
    entry = CATALOGUE[code]
    return WARNING if entry.warning or (prose and entry.warning_in_prose) else ERROR


def shorten(value: str | None) -> str | None:
    """A value fit for a finding: long ones are cut."""
    if value is None or len(value) <= VALUE_LIMIT:
        return value
    return value[: VALUE_LIMIT - 1] + "…"


@dataclass
class Report:
    """What a validation found.

    Attributes:
        findings: the findings in the order of file, line, column and code; at most `limit` of them.
        counts: how many there are of each code and severity: `counts[code, severity]`.
        rows: how many rows each judged table has.
        strict: warnings, too, make the data invalid.
        limit: how many findings are kept.
    """

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    strict: bool = False
    limit: int = DEFAULT_LIMIT

    def count(self, severity: str) -> int:
        """How many findings of a severity there are."""
        return sum(number for (_, kind), number in self.counts.items() if kind == severity)

    @property
    def errors(self) -> int:
        """The number of errors."""
        return self.count(ERROR)

    @property
    def warnings(self) -> int:
        """The number of warnings."""
        return self.count(WARNING)

    @property
    def valid(self) -> bool:
        """No error; with `strict`, no warning either."""
        return not (self.errors or (self.strict and self.warnings))

    @property
    def truncated(self) -> bool:
        """Some findings were counted but not kept."""
        return len(self.findings) < self.counts.total()

    def as_dict(self) -> dict[str, Any]:
        """The report as `--format json` prints it."""
        return {
            "valid": self.valid,
            "counts": {"error": self.errors, "warning": self.warnings, "rows": self.rows},
            "truncated": self.truncated,
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def __str__(self) -> str:
        state = "valid" if self.valid else "not valid"
        return f"{state}: {self.errors:,} errors, {self.warnings:,} warnings"


class Collector:
    """Counts every finding and keeps the first `limit` by place."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.limit = limit
        self.counts: Counter[tuple[str, str]] = Counter()
        self._kept: list[Finding] = []

    def add(self, findings: Iterable[Finding]) -> None:
        """Count these findings; keep them as far as there is room before later ones."""
        for finding in findings:
            self.counts[finding.code, finding.severity] += 1
            self.keep(finding)

    def count(self, code: str, severity: str, number: int) -> None:
        """Count findings that are not kept, since there is no room for them."""
        self.counts[code, severity] += number

    def keep(self, finding: Finding) -> None:
        """Keep a finding that is counted already, if it is among the first."""
        if len(self._kept) >= self.limit:
            if not self.limit or finding.place >= self._kept[-1].place:
                return
            self._kept.pop()
        bisect.insort(self._kept, finding, key=lambda one: one.place)

    def room(self, file: str, line: int) -> bool:
        """Whether a finding at this place, or after it in the file, could still be among those kept."""
        return len(self._kept) < self.limit or (bool(self._kept) and (file, line) <= self._kept[-1].place[:2])

    def rewrite(self, change: Callable[[Finding], Finding]) -> None:
        """Change every finding that is kept; its place must stay."""
        self._kept = [change(finding) for finding in self._kept]

    def report(self, rows: dict[str, int], *, strict: bool) -> Report:
        """The report of all that was added."""
        return Report(list(self._kept), self.counts, rows, strict, self.limit)
