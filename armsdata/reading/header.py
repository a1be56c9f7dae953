"""The header of a CSV file: encoding, delimiter, names, and which columns of which table they are."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

from armsdata.findings import ERROR, WARNING, Finding, severity_of
from armsdata.schema import TABLES, Table

#: A header longer than this is none.
HEADER_LIMIT = 1 << 20
BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r*\n|\r(?![\r\n])")
#: A header with more line breaks in its names is none.
_MOST_LINES = 20
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
        returns_only: the header ends in a lone carriage return, and so do other lines.
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
    if data.startswith(BOM):
        header.faults.append(
            ("byte-order-mark", "the file begins with a byte-order mark", "save it as UTF-8 without BOM")
        )
        data, header.start = data[3:], 3
    if not data.strip(b" \t\r\n\x00"):
        hint = "start from a template: armsdata template transfers"
        header.faults.append(("empty-file", "the file is empty: there is not even a header", hint))
        return header
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
    body = data.lstrip(b"\r\n")
    if skipped := len(_LINE_END.findall(data[: len(data) - len(body)])):
        header.faults.append(("blank-row", "the file begins with a blank line", "delete the lines before the header"))
    head, taken = _first_record(header, body)
    header.lines = skipped + taken
    whole = data[: len(data) - len(body) + len(head)]
    header.start += len(whole.decode("utf-8", "replace").encode(header.encoding)) if header.encoding else len(whole)
    if b"\0" in head:
        header.faults.append(("malformed-csv", "a NUL byte is in the header", "write the header anew"))
    text = _text(header, head.rstrip(b"\r\n").replace(b"\0", b""))
    if text.count('"') % 2:
        text = text.replace('"', "")
    header.delimiter = _delimiter(header, text)
    try:
        header.names = next(csv.reader([text], delimiter=header.delimiter, strict=False), [])
    except csv.Error:
        header.names = text.split(header.delimiter)


def _text(header: Header, head: bytes) -> str:
    """The header as text; what is not UTF-8 is read as the encoding that is most likely."""
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"the line is not UTF-8: byte {error.start + 1} of the line is 0x{head[error.start]:02X}"
        hint = "save the file as “CSV UTF-8”, or convert it with iconv -f WINDOWS-1252 -t UTF-8"
        header.faults.append(("encoding-error", what, hint))
        return head.decode("cp1252", "replace")


def _first_record(header: Header, data: bytes) -> tuple[bytes, int]:
    """The first record and the lines it takes. Quoted names may hold line breaks, within reason."""
    lines = 0
    for found in _LINE_END.finditer(data):
        lines += 1
        if data.count(b'"', 0, found.start()) % 2 == 0:
            if found[0] == b"\r":
                header.returns_only = True
                text = "the lines end in carriage returns alone, as old Macintosh programs write them"
                header.faults.append(("malformed-csv", text, "save the file with the line ends of Unix or Windows"))
            return data[: found.end()], lines
        if lines == _MOST_LINES:
            break
    if data.count(b'"') % 2 == 0 and lines < _MOST_LINES:
        return data, lines + 1
    text = "a quotation mark opens in the header and is not closed"
    header.faults.append(("runaway-quote", text, "take the quotation marks out of the header"))
    found_end = _LINE_END.search(data)
    head = data[: found_end.end()] if found_end else data
    return head, 1


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
