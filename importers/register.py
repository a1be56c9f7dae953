"""The contract that every importer keeps, and the work they share: names of things, safe text, the files of a dataset.

An importer reads one foreign register into the five tables as texts and says what it had to mend or could not place.
It never touches the disk but for the register: `armsdata.importing` writes the dataset folder, all or nothing.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import TextIO

from armsdata.schema import DISPLAY_ORDER, TABLES

Row = dict[str, str]
#: A table by columns: the texts of each, in the order of the rows.
Columns = Mapping[str, Sequence[str]]
#: The name of a sum, what the register gives, what the written tables give.
Balance = tuple[str, Decimal, Decimal]

BASE_IRI = "https://w3id.org/armsdata/"
#: What the check of an import is kept in, beside the tables.
RECONCILIATION = "reconciliation.json"
DATASET = "dataset.toml"
ERROR, WARNING = "error", "warning"


class ImportFailure(ValueError):
    """The file cannot be imported; `str()` is one clear sentence, `findings` say more where there is more to say."""

    def __init__(self, message: str, findings: Sequence[Note] = ()) -> None:
        super().__init__(message)
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing in the register that a person should know of.

    Attributes:
        line: the physical line of the register at which the record begins, from 1.
        column: the register's name of the column, or empty.
        severity: ``warning`` (imported, but look) or ``error`` (could not be imported).
        message: what is the matter.
        hint: what to do about it.
        value: the text at issue.
    """

    line: int
    column: str
    severity: str
    message: str
    hint: str = ""
    value: str = ""


@dataclass(frozen=True)
class Imported:
    """What an importer makes of a register, before anything is written.

    Attributes:
        tables: the rows of each table, as the texts that will stand in the cells; a missing column is empty.
        metadata: the keys of `dataset.toml`.
        findings: what was mended, unknown or odd.
        terms: on what terms the data may be used, for the command to say.
        balances: from the tables, read back from the files, to what was read and what was written.
        date: the day of the download; records are entered on it.
    """

    tables: dict[str, list[Row]]
    metadata: dict[str, str]
    findings: list[Note]
    terms: str
    balances: Callable[[Mapping[str, Columns]], list[Balance]]
    date: datetime.date

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        return {name: len(self.tables[name]) for name in DISPLAY_ORDER}


@dataclass(frozen=True)
class Importer:
    """One foreign register.

    Attributes:
        name: what the command line calls it.
        title: what it is, in a few words.
        read: from the file and the base IRI to the tables.
    """

    name: str
    title: str
    read: Callable[[Path, str], Imported]


def write_table(file: TextIO, name: str, rows: list[Row]) -> None:
    """Write a table as CSV into a text file that leaves line ends alone."""
    columns = [column.name for column in TABLES[name].source_columns]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(row.get, columns, repeat("")) for row in rows)


def metadata_text(imported: Imported) -> str:
    """The content of `dataset.toml`."""
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in imported.metadata.items())


def record_text(
    imported: Imported, importer: str, register: Mapping[str, str], balances: list[Balance], files: Mapping[str, str]
) -> str:
    """The content of `reconciliation.json`: what was read, what was written, and what there is to know.

    Args:
        imported: what was imported.
        importer: the importer's name.
        register: name and sum of the register's file.
        balances: what was read and written.
        files: the sum of each other file of the folder.
    """
    record = {
        "importer": importer,
        "register": register,
        "counts": imported.counts,
        "reconciliation": [
            {"name": name, "read": plain(read), "written": plain(written), "difference": plain(read - written)}
            for name, read, written in balances
        ],
        "findings": [
            {"line": note.line, "column": note.column, "severity": note.severity, "message": note.message,
             "hint": note.hint, "value": note.value}
            for note in imported.findings
        ],
        "files": files,
    }  # fmt: skip
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def read_table(path: Path) -> list[Row]:
    """The rows of a table that was written."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return [dict(zip(header, row, strict=True)) for row in rows]  # strict: a short row is a fault of ours


def read_columns(path: Path) -> Columns:
    """The columns of a table that was written."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header, ())


def keep_days(imported: Imported, previous: Path) -> None:
    """Take over from an earlier import when each record was entered, and note which were changed since.

    Raises:
        ImportFailure: `previous` is no earlier import.
    """
    try:
        old = {row["transfer_id"]: row for row in read_table(previous / "transfers.csv")}
        for row in imported.tables["transfers"]:
            before = old.get(row["transfer_id"])
            if before is None or before["recorded_on"] > row["recorded_on"]:
                continue
            days = ("recorded_on", "revised_on")
            same = all(value == row.get(name, "") for name, value in before.items() if name not in days)
            row["recorded_on"] = before["recorded_on"]
            row["revised_on"] = before["revised_on"] if same else imported.date.isoformat()
    except (OSError, ValueError, KeyError) as error:
        raise ImportFailure(f"{previous} is not an earlier import: its transfers.csv cannot be read") from error


# ------------------------------------------------------------------------------------------------ texts


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


_NO_ALNUM = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """The lower-case slug of a name; empty where it has neither Latin letters nor digits."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NO_ALNUM.sub("-", letters.lower()).strip("-")


def short_hash(text: str) -> str:
    """Six hexadecimal digits that tell texts apart whose slugs are the same or had to be cut."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


@lru_cache(maxsize=65536)
def cut_slug(text: str, longest: int) -> str:
    """A slug that is cut where it is too long, with a hash of the whole so that it stays its own."""
    whole = slug(text)
    if len(whole) <= longest:
        return whole
    return f"{whole[: longest - 7].rstrip('-')}-{short_hash(whole)}".lstrip("-")


#: Characters that a cell should not hold: controls (line breaks too), direction overrides, zero-width marks.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]+")
_FORMULA = re.compile(r"[=@]|[+-](?![ ]|[0-9.,][0-9.,()\u00a0\u202f /-]*\Z)")


def tidy(text: str) -> str:
    """A text in NFC, without hidden characters and outer blanks; the words are untouched."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFC", _HIDDEN.sub(" ", text)).strip()


def guard(text: str, word: str) -> str:
    """A text that no spreadsheet takes for a formula: such a one gets a word and a colon in front.

    A text that begins with just that word and colon gets them too, so that taking one such beginning away always
    gives back the text that stood in the register.
    """
    mark = f"{word}: "
    return mark + text if _FORMULA.match(text) or text.startswith(mark) else text


def unguard(text: str, word: str) -> str:
    """What `guard` was given."""
    return text.removeprefix(f"{word}: ")


def statement(parts: Mapping[str, str]) -> str:
    """What the register says of a deal, column by column: ``Column: text | Column: text``.

    Columns without text are left out; ``|`` and the backslash are written with a backslash before them.
    """
    said = [f"{name}: {text}" for name, text in parts.items() if text]
    whole = " | ".join(said)
    if "\\" in whole or whole.count("|") >= len(said):
        return " | ".join(f"{name}: {_escape(text)}" for name, text in parts.items() if text)
    return whole


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


_ESCAPED = re.compile(r"\\(.)")


def read_statement(text: str) -> dict[str, str]:
    """The columns and texts of a `statement`."""
    parts = {}
    for part in text.split(" | ") if text else []:
        name, _, value = part.partition(": ")
        parts[name] = _ESCAPED.sub(r"\1", value) if "\\" in value else value
    return parts


@dataclass
class Notes:
    """Collects notes; those about the same thing become one, with the number of records it stands for."""

    items: list[Note] = field(default_factory=list)
    _repeated: dict[tuple[str, str, str], tuple[Note, int]] = field(default_factory=dict)

    def warn(self, line: int, column: str, message: str, hint: str = "", value: str = "") -> None:
        """Note something that was imported all the same."""
        self.items.append(Note(line, column, WARNING, message, hint, value))

    def error(self, line: int, column: str, message: str, hint: str = "", value: str = "") -> None:
        """Note something that could not be imported."""
        self.items.append(Note(line, column, ERROR, message, hint, value))

    def once(self, line: int, column: str, message: str, hint: str = "", value: str = "") -> None:
        """Note something that is likely to come again, at the first line only."""
        key = (column, message, value)
        note, count = self._repeated.get(key, (Note(line, column, WARNING, message, hint, value), 0))
        self._repeated[key] = (note, count + 1)

    def all(self) -> list[Note]:
        """Every note, by line."""
        notes = list(self.items)
        for note, count in self._repeated.values():
            more = f" ({count} records)" if count > 1 else ""
            notes.append(Note(note.line, note.column, note.severity, note.message + more, note.hint, note.value))
        return sorted(notes, key=lambda note: (note.line, note.severity, note.column, note.message))
