"""`format`: sort the tables by key and write every cell in its one tidy way. Nothing that has meaning is lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from armsdata.schema import TABLES, Column
from armsdata.schema.cells import plain_number, split
from armsdata.schema.columns import LIST_JOIN, LIST_SEPARATOR, Kind
from armsdata.schema.prose import judge

from .errors import InvalidData, UsageError
from .findings import Collector, Finding
from .folder import Tables, find_tables
from .journal import Replacement, complete, signature
from .texttable import TextTable, read_texts, table_of_texts

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def format_tables(path: str | Path, *, check: bool = False) -> list[Path]:
    """Bring the tables of a dataset or a contribution into order, all of them or none.

    Args:
        path: a folder with CSV tables, or one table file.
        check: change nothing, only say what would change.

    Returns:
        The files that were changed, or would be.

    Raises:
        InvalidData: a file cannot be read with certainty; nothing was changed, `report` says why.
        UsageError: there is no table, or one that is not CSV.
        OSError: a file cannot be read or written.
    """
    place = Path(path)
    folder = place if place.is_dir() else place.absolute().parent
    complete(folder)
    tables = find_tables(place)
    only_csv(tables, "formatted")
    if tables.is_release:
        raise UsageError(f"{path}: a release, which is never changed; format the dataset that it was made from")
    seen = {file: signature(file) for file in tables.files.values()}
    made = {}
    doubts: list[Finding] = []
    for name, file in tables.files.items():
        read = read_texts(file, TABLES[name])
        doubts += read.doubts
        if not doubts:
            data = b"".join(in_order(tidy(read)).csv())
            if data != file.read_bytes():
                made[file] = data
    refuse(doubts)
    if made and not check:
        with Replacement(folder, seen) as replacement:
            for file, data in made.items():
                replacement.write(file.name, [data])
            replacement.commit()
    return list(made)


def only_csv(tables: Tables, what: str) -> None:
    """Make sure that the tables can be written back.

    Raises:
        UsageError: one is not CSV, or is a link to a file elsewhere.
    """
    for file in tables.files.values():
        if file.suffix.lower() != ".csv":
            raise UsageError(f"{file}: only CSV tables can be {what}")
        if file.is_symlink():
            raise UsageError(f"{file}: a symbolic link; name the folder where the file itself is")


def refuse(doubts: Iterable[Finding]) -> None:
    """Stop where something could not be read with certainty.

    Raises:
        InvalidData: there is a doubt.
    """
    collector = Collector()
    collector.add(doubts)
    report = collector.report({}, strict=False)
    if not report.valid:
        raise InvalidData(report)


def tidy(read: TextTable) -> TextTable:
    """Every cell in its one tidy way."""
    names = read.cells.column_names
    tidied = {name: tidy_column(read.table.by_name[name], read.column(name)) for name in names}
    return TextTable(read.table, table_of_texts(tidied), read.doubts)


def in_order(read: TextTable) -> TextTable:
    """The records sorted by key; those of equal key as they stood."""
    order = pc.sort_indices(read.keys)
    return TextTable(read.table, read.cells.take(order), read.doubts)


def tidy_column(column: Column, texts: pa.Array) -> pa.Array:
    """The cells of a column in their one tidy way; each distinct text is looked at once."""
    encoded = texts.dictionary_encode()
    tidied = [tidy_text(column, text) or None for text in encoded.dictionary.to_pylist()]
    return pa.array(tidied, pa.string()).take(encoded.indices)


def tidy_text(column: Column, text: str) -> str:
    """One cell in its one tidy way: what loses nothing is put right, all else stays as it is.

    Unicode NFC, Unix line ends, no outer blanks; list items joined with ``; ``; numbers without needless zeros.
    """
    plain = _unified(text, many=column.many)
    if column.many:
        items, _ = split(plain)
        joined = LIST_JOIN.join(item.strip() for item in items if item.strip())
        return _unless_formula(joined, plain)
    stripped = _unless_formula(plain.strip(), plain)
    if column.kind is Kind.DECIMAL and _NUMBER.fullmatch(stripped):
        return plain_number(stripped)
    return stripped


def _unified(text: str, *, many: bool) -> str:
    """In Unicode NFC and with Unix line ends, unless that would part a list elsewhere."""
    unified = text.replace("\r\n", "\n")
    if not unified.isascii():
        normal = unicodedata.normalize("NFC", unified)
        if not many or normal.count(LIST_SEPARATOR) == unified.count(LIST_SEPARATOR):
            unified = normal
    return unified


def _unless_formula(stripped: str, text: str) -> str:
    """The text without outer blanks, unless a spreadsheet would run it only then."""
    if stripped[:1] in ("=", "@", "+", "-") and not text.startswith(stripped[0]):
        made_formula = any(code == "formula-text" for code, _ in judge(stripped))
        return text if made_formula else stripped
    return stripped
