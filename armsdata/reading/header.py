"""The header of a CSV file: encoding, delimiter, names, and which columns of which table they are."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass, field
from pathlib import Path

from armsdata.findings import ERROR, WARNING, Finding, severity_of
from armsdata.schema import TABLES, Table

#: A header longer than this is none.
HEADER_LIMIT = 1 << 20
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class Header:
    """What the beginning of a file tells.

    Attributes:
        names: the names of the columns as written; empty when the file is empty.
        delimiter: between cells.
        start: the byte at which the records begin.
        lines: how many physical lines the header takes.
        encoding: the encoding to decode from; empty for UTF-8.
        returns_only: the line ends are lone carriage returns.
        faults: code and detail of what is wrong with the file as a whole.
    """

    names: list[str] = field(default_factory=list)
    delimiter: str = ","
    start: int = 0
    lines: int = 1
    encoding: str = ""
    returns_only: bool = False
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    def judge(self, table: Table, label: str) -> tuple[dict[str, int], list[Finding]]:
        """The place of each known column, and the findings about file and header."""
        findings = [
            Finding(code, severity_of(code), label, 1, table=table.name, message=text, hint=hint)
            for code, text, hint in self.faults
        ]
        if not self.names:
            return {}, findings
        judge = _Columns(table, label)
        for place, name in enumerate(self.names):
            judge.take(place, name)
        judge.unnamed(self.names)
        judge.missing()
        return judge.places, findings + judge.findings

    def table(self) -> Table | None:
        """The table whose columns these are: the one whose key is among them, and most of whose names are known."""
        names = {name.strip().lower() for name in self.names}
        fits = {table.name: len(names & set(table.by_name)) / len(names) for table in TABLES.values() if names}
        best = max(fits, key=lambda name: (fits[name], TABLES[name].columns[0].name in names), default=None)
        return TABLES[best] if best and fits[best] >= 0.5 else None


class _Columns:
    """Finds out which column each name of a header means."""

    def __init__(self, table: Table, label: str) -> None:
        self.table, self.label = table, label
        self.places: dict[str, int] = {}
        self.findings: list[Finding] = []

    def take(self, place: int, name: str) -> None:
        if not name.strip():
            return
        meant = name if name in self.table.by_name else name.strip().lower()
        if meant not in self.table.by_name:
            self._add(
                "unexpected-column", name, place, f"{self.table.name} has no column {name!r}", self._nearest(name)
            )
        elif meant in self.places:
            first = self.places[meant] + 1
            text = f"the column {meant} stands twice: it is column {first} already"
            self._add("duplicate-column", name, place, text, "take out one of the two")
        else:
            self.places[meant] = place
            if meant != name:
                text = f"the header says {name!r}, the column is named {meant}"
                self._add("untidy-text", meant, place, text, f"write {meant}", severity=WARNING, value=name)

    def unnamed(self, names: list[str]) -> None:
        blank = [place for place, name in enumerate(names) if not name.strip()]
        if blank:
            which = ", ".join(str(place + 1) for place in blank[:10])
            text = f"{len(blank)} column(s) without a name, at place {which}"
            self._add("unexpected-column", "", blank[0], text, "name the column, or take it out")

    def missing(self) -> None:
        for column in self.table.columns:
            if column.required and column.name not in self.places:
                self.findings.append(
                    Finding(
                        "missing-column",
                        ERROR,
                        self.label,
                        1,
                        column.name,
                        None,
                        self.table.name,
                        None,
                        None,
                        f"the required column {column.name} is missing",
                        f"add it to the header and fill it: {column.description}",
                    )
                )

    def _nearest(self, name: str) -> str:
        known = [column.name for column in self.table.source_columns]
        plain = name.strip().lower().replace(" ", "_").replace("-", "_")
        near = difflib.get_close_matches(plain[:100], known, 1, 0.6)
        return f"rename it to {near[0]}, or take it out" if near else "take it out; remarks belong into notes"

    def _add(
        self, code: str, name: str, place: int, text: str, hint: str, *, severity: str = "", value: str = ""
    ) -> None:
        self.findings.append(
            Finding(
                code,
                severity or severity_of(code),
                self.label,
                1,
                name[:200] or None,
                place + 1,
                self.table.name,
                None,
                (value or name)[:200] or None,
                text[:400],
                hint,
            )
        )


def read_header(path: Path) -> Header:
    """Read the header of a file.

    Raises:
        OSError: the file cannot be read.
    """
    header = Header()
    with path.open("rb") as file:
        data = file.read(HEADER_LIMIT)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        data = _utf16(header, data)
    if data.startswith(_BOM):
        header.faults.append(
            ("byte-order-mark", "the file begins with a byte-order mark", "save it as UTF-8 without BOM")
        )
        data, header.start = data[3:], 3
    if not data.strip(b" \t\r\n\x00"):
        hint = "start from a template: armsdata template transfers"
        header.faults.append(("empty-file", "the file is empty: there is not even a header", hint))
        return header
    if b"\n" not in data and b"\r" in data:
        header.returns_only = True
        data = data.replace(b"\r", b"\n")
        text = "the lines end in carriage returns alone, as old Macintosh programs write them"
        header.faults.append(("malformed-csv", text, "save the file with the line ends of Unix or Windows"))
    _parse(header, data)
    return header


def _utf16(header: Header, data: bytes) -> bytes:
    header.encoding = "utf-16-be" if data.startswith(b"\xfe\xff") or data[0] == 0 else "utf-16-le"
    header.start = 2 if data.startswith((b"\xff\xfe", b"\xfe\xff")) else 0
    hint = "save it as “CSV UTF-8”, or convert it with iconv -f UTF-16 -t UTF-8"
    header.faults.append(("encoding-error", "the file is in UTF-16, not in UTF-8", hint))
    return data[header.start :].decode(header.encoding, "ignore").encode("utf-8")


def _parse(header: Header, data: bytes) -> None:
    """Find delimiter and names in the first record."""
    blank = len(data) - len(data.lstrip(b"\r\n"))
    skipped = data[:blank].count(b"\n")
    line, taken = _first_record(data[blank:])
    header.lines = skipped + taken
    head = data[: blank + line]
    header.start += len(head.decode("utf-8", "replace").encode(header.encoding)) if header.encoding else len(head)
    text = data[blank : blank + line].decode("utf-8", "replace").rstrip("\r\n")
    header.delimiter = _delimiter(header, text)
    try:
        header.names = next(csv.reader([text], delimiter=header.delimiter, strict=False), [])
    except csv.Error:
        header.names = text.split(header.delimiter)


def _first_record(data: bytes) -> tuple[int, int]:
    """The length of the first record and the lines it takes. Quoted names may hold line breaks, within reason."""
    end, lines = -1, 0
    while lines < 20:
        end = data.find(b"\n", end + 1)
        lines += 1
        if end < 0:
            return len(data), lines
        if data.count(b'"', 0, end) % 2 == 0:
            return end + 1, lines
    return data.find(b"\n") + 1, 1


def _delimiter(header: Header, text: str) -> str:
    known = {name for table in TABLES.values() for name in table.by_name}

    def fits(delimiter: str) -> int:
        return sum(name.strip(' "').lower() in known for name in text.split(delimiter))

    best = max((",", *_DELIMITERS), key=fits)
    if best != "," and fits(best) > max(fits(","), 1):
        hint = "save the file as CSV with commas between the columns"
        header.faults.append(("wrong-delimiter", f"the columns are parted by {_DELIMITERS[best]}, not by commas", hint))
        return best
    return ","
