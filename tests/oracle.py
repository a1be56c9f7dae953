"""All rules once more: plain, slow, written from the design and not from the package's code.

It reads CSV that is sound in its quoting (the reading of broken quoting has tests of its own) and says which findings
a dataset must have. Of the package it takes the lists of columns and codes, and the reading of EDTF.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from armsdata.schema import TABLES, Column, Kind, Table
from armsdata.schema.edtf import EdtfError, parse
from armsdata.schema.vocabularies import vocabulary

#: File, line, column, code.
Told = tuple[str, int, str | None, str]

QUANTITIES = ("quantity", "quantity_low", "quantity_high", "quantity_ordered")
COUNTRIES = set(vocabulary("country").concepts)
OTHERS_THAN_STATES = set(vocabulary("actor-kind").concepts) - {"state"}
ISO3166 = {one.more["iso3166"] for one in vocabulary("country").concepts.values()}


@dataclass
class Record:
    """One row: texts by column, and the values that could be read."""

    line: int
    texts: dict[str, str]
    ragged: bool = False
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Read:
    """One table."""

    table: Table
    records: list[Record] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    told: set[Told] = field(default_factory=set)

    def tell(self, line: int, column: str | None, code: str) -> None:
        self.told.add((f"{self.table.name}.csv", line, column, code))

    @property
    def sound(self) -> list[Record]:
        return [one for one in self.records if not one.ragged]


def findings(files: dict[str, bytes]) -> set[Told]:
    """Everything that must be found in a dataset, given the bytes of its tables."""
    reads = {name: read(TABLES[name], content) for name, content in files.items()}
    for one in reads.values():
        judge_cells(one)
        for record in one.sound:
            for column, code in broken_rules(one.table.name, record):
                one.tell(record.line, column, code)
        judge_keys(one)
    judge_references(reads)
    judge_cycles(reads)
    judge_claims(reads)
    judge_upstream(reads["transfers"])
    return set().union(*(one.told for one in reads.values()))


# ---------------------------------------------------------------------------------------------- files


def read(table: Table, content: bytes) -> Read:
    """Header and rows of a file, with what is wrong with its shape."""
    result = Read(table)
    if content.startswith(b"\xef\xbb\xbf"):
        result.tell(1, None, "byte-order-mark")
        content = content[3:]
    if not content.strip():
        result.tell(1, None, "empty-file")
        return result
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    header = next(reader)
    judge_header(result, header)
    line = reader.line_num + 1
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            result.tell(line, None, "blank-row")
        else:
            texts = {name: cells[place] for name, place in result.places.items() if place < len(cells)}
            result.records.append(Record(line, texts, len(cells) != len(header)))
            if len(cells) != len(header):
                result.tell(line, None, "ragged-row")
        line = reader.line_num + 1
    return result


def judge_header(result: Read, header: list[str]) -> None:
    for place, name in enumerate(header):
        meant = name if name in result.table.by_name else name.strip().lower()
        if not name.strip():
            result.tell(1, None, "unexpected-column")
        elif meant not in result.table.by_name:
            result.tell(1, name, "unexpected-column")
        elif meant in result.places:
            result.tell(1, name, "duplicate-column")
        else:
            result.places[meant] = place
            if meant != name:
                result.tell(1, meant, "untidy-text")
    for column in result.table.columns:
        if column.required and column.name not in result.places:
            result.tell(1, column.name, "missing-column")


# ---------------------------------------------------------------------------------------------- cells


def judge_cells(result: Read) -> None:
    for record in result.records:
        for column in result.table.source_columns:
            text = record.texts.get(column.name, "")
            value, codes = judge_cell(column, text)
            record.values[column.name] = value
            if column.required and not text and column.name in result.places:
                codes = ["missing-value"]
            if not record.ragged:
                for code in codes:
                    result.tell(record.line, column.name, code)


def judge_cell(column: Column, text: str) -> tuple[Any, list[str]]:
    """The value of a cell (None for none) and what is wrong with it."""
    if not text:
        return None, []
    if column.many:
        parts = text.split(";")
        items = [part.strip(" \t") for part in parts]
        tidy = all(items) and all(
            part == item or (n > 0 and part == " " + item)
            for n, (part, item) in enumerate(zip(parts, items, strict=True))
        )
        codes = [] if tidy else ["untidy-text"]
        if column.kind is Kind.TEXT:
            codes += [code for code in prose(text) if code != "untidy-text" or text == text.strip()]
            if any(item != item.strip() for item in items):
                codes.append("untidy-text")
            codes += [code for code in prose(text.strip()) if code == "untidy-text"]
        return [item for item in items if item] or None, codes
    if column.kind is Kind.TEXT:
        return text, prose(text)
    value, code = structured(column, text)
    forms = ("bad-identifier", "not-in-vocabulary", "wrong-type", "bad-date")
    if code in forms and damaged(text, column.kind in (Kind.DATE, Kind.EDTF)):
        code = "spreadsheet-damage"
    return value, [code] if code else []


def prose(text: str) -> list[str]:
    if not text:
        return []
    codes = []
    if is_formula(text):
        codes.append("formula-text")
    elif text != text.strip():
        codes.append("untidy-text")
    hidden = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff"
    control = any((ord(one) < 32 and one not in "\t\n\r") or ord(one) == 127 for one in text)
    if control or any(one in hidden for one in text) or unicodedata.normalize("NFC", text) != text:
        codes.append("untidy-text")
    if damaged(text, dates=False):
        codes.append("spreadsheet-damage")
    return codes


def is_formula(text: str) -> bool:
    if text[0] in "=@\t\r":
        return True
    if text[0] not in "+-":
        return False
    rest = text[1:]
    number = rest[:1] in tuple("0123456789.,") and all(one in "0123456789.,()/- \u00a0\u202f" for one in rest)
    return not (rest == "" or rest[0].isspace() or number)


def damaged(text: str, dates: bool) -> bool:
    """The marks of a spreadsheet: Mar-05, 5-Mar-14, 44256 (for a date), 1.00E+05, #####, #REF!."""
    if len(text) > 24:
        return False
    month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    return bool(
        (len(text) > 1 and set(text) == {"#"})
        or re.fullmatch(r"#(REF|NAME|VALUE|DIV/0|NUM|NULL|SPILL|CALC)[!?]|#N/A", text)
        or re.fullmatch(rf"{month}-[0-9]{{2,4}}|[0-9]{{1,2}}-{month}(-[0-9]{{2,4}})?", text.lower())
        or re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?E[+-][0-9]{2,}", text)
        or (dates and re.fullmatch(r"[2-6][0-9]{4}(\.[0-9]+)?", text))
    )


def structured(column: Column, text: str) -> tuple[Any, str]:
    """The value of a cell that has a form, and what is wrong with it."""
    match column.kind:
        case Kind.ID | Kind.IDENTIFIER:
            good = re.fullmatch(column.pattern, text) and (column.kind is Kind.IDENTIFIER or len(text) <= 80)
            if column.name == "actor_id" and text.isupper():
                good = good and text in COUNTRIES
            if column.name == "iso3166":
                good = good and text in ISO3166
            return text, "" if good else "bad-identifier"
        case Kind.REFERENCE:
            return text, ""
        case Kind.CODE:
            return text, "" if text in vocabulary(column.vocabulary).concepts else "not-in-vocabulary"
        case Kind.LANGUAGE:
            primary, *rest = text.split("-")
            good = primary.lower() in vocabulary("language").concepts
            return text, "" if good and all(
                re.fullmatch("[A-Za-z0-9]{2,8}", one) for one in rest
            ) else "not-in-vocabulary"
        case Kind.URL:
            good = re.fullmatch(r"(?i:https?)://[^/?#]+.*", text) and all(
                one.isprintable() and one != " " for one in text
            )
            return (text, "") if good else (None, "wrong-type")
        case Kind.BOOLEAN:
            return (text == "true", "") if text in ("true", "false") else (None, "wrong-type")
        case Kind.INTEGER:
            return (int(text), "") if re.fullmatch("[1-9][0-9]{0,3}", text) else (None, "bad-identifier")
        case Kind.DECIMAL:
            return decimal(column, text)
    try:
        day = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
        return (parse(text), "") if day or column.kind is Kind.EDTF else (None, "bad-date")
    except EdtfError:
        return None, "bad-date"


def decimal(column: Column, text: str) -> tuple[Decimal | None, str]:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]{1,3})?", text) or sum(one.isdecimal() for one in text) > 18:
        return None, "wrong-type"
    number = Decimal(text)
    quantity = column.name.startswith("quantity")
    return (None, "out-of-range") if number < 0 or (quantity and number == 0) else (number, "")


# ---------------------------------------------------------------------------------------------- rows


def broken_rules(table: str, record: Record) -> Iterator[tuple[str, str]]:
    """The column and code of each rule about a row that is broken."""
    row = record.values
    if table in ("transfers", "claims"):
        low, exact, high = row["quantity_low"], row["quantity"], row["quantity_high"]
        if (low and exact and low > exact) or (low and high and not exact and low > high):
            yield "quantity_low", "inconsistent-quantity"
        if high and exact and high < exact:
            yield "quantity_high", "inconsistent-quantity"
    if table == "transfers":
        yield from transfer_rules(row, record.texts)
    if table == "actors" and row["actor_id"] in COUNTRIES and row["kind"] in OTHERS_THAN_STATES:
        yield "actor_id", "bad-identifier"
    if table == "sources" and row["accessed"] and row["published"]:
        first = row["published"].earliest
        if first is not None and row["accessed"].latest < first:
            yield "accessed", "impossible-order"


def transfer_rules(row: dict[str, Any], texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    counted = ("item", "round", "set", "crate", "container", "shipment")
    for name in QUANTITIES:
        if row[name] and row["quantity_unit"] in counted and row[name] != int(row[name]):
            yield name, "inconsistent-quantity"
    if any(row[name] for name in QUANTITIES) and not texts.get("quantity_unit"):
        yield "quantity_unit", "missing-unit"
    if row["value"] is not None and not texts.get("value_currency"):
        yield "value_currency", "missing-currency"
    ordered, delivered = row["ordered"], row["delivered"]
    last, first = (delivered and delivered.latest), (ordered and ordered.earliest)
    if last is not None and first is not None and last < first:
        yield "delivered", "impossible-order"
    if delivered and row["status"] in ("planned", "licensed", "notified", "ordered", "cancelled", "denied"):
        yield "status", "inconsistent-status"
    if ordered and row["kind"] in ("capture", "theft", "loss"):
        yield "ordered", "inconsistent-status"
    if row["supplier"] and row["supplier"] == row["recipient"] != "unknown":
        yield "recipient", "self-transfer"
    if row["recorded_on"] and row["revised_on"] and row["revised_on"].latest < row["recorded_on"].latest:
        yield "revised_on", "impossible-order"


# ---------------------------------------------------------------------------------------------- tables


def judge_keys(result: Read) -> None:
    """Keys that stand twice, and records that are probably one."""
    key = result.table.key
    seen: set[str] = set()
    like: dict[tuple[str, ...], str] = {}
    for record in result.sound:
        own = record.texts.get(key, "")
        if own and own in seen:
            result.tell(record.line, key, "duplicate-id")
        seen.add(own)
        described = tuple(written(result.table.by_name[name], record) for name in result.table.alike)
        empty = any(result.table.by_name[name].required and not record.texts.get(name) for name in result.table.alike)
        if empty or key not in result.places:
            continue
        if described in like and like[described] != own:
            result.tell(record.line, key, "probable-duplicate")
        like.setdefault(described, own)


def written(column: Column, record: Record) -> str:
    """A cell in the one way to write it; as it stands where it cannot be read."""
    text = record.texts.get(column.name, "")
    if column.many:
        return "; ".join(record.values[column.name] or [text])
    if column.kind is Kind.DECIMAL and re.fullmatch(r"-?[0-9]+(\.[0-9]{1,3})?", text):
        return format(Decimal(text).normalize(), "f") if Decimal(text) else "0"
    return text


def references(result: Read) -> Iterator[tuple[Record, Column, str]]:
    """Every reference: the record, the column, the key that is named."""
    for record in result.records:
        for column in result.table.source_columns:
            value = record.values[column.name]
            if column.kind is Kind.REFERENCE and value:
                yield from ((record, column, item) for item in (value if column.many else [value]))


def judge_references(reads: dict[str, Read]) -> None:
    keys = {name: {one.texts.get(each.table.key, "") for one in each.records} for name, each in reads.items()}
    used: dict[str, set[str]] = defaultdict(set)
    unseen = set()
    for each in reads.values():
        for column in each.table.source_columns:
            if column.references and column.name not in each.places and (column.required or not each.places):
                unseen.add(column.references)
        for record, column, item in references(each):
            if not (each.table.name == column.references and item == record.texts.get(each.table.key)):
                used[column.references].add(item)
            known = reads[column.references]
            if known.table.key in known.places and item not in keys[column.references] and not record.ragged:
                each.tell(record.line, column.name, "unknown-reference")
    cited = {record.texts.get("transfer_id", "") for record in reads["claims"].records}
    for name, each in reads.items():
        if name in unseen or name == "claims":
            continue
        met: set[str] = set()
        for record in each.records:
            key = record.texts.get(each.table.key, "")
            if name == "transfers":
                if key and key not in cited and not record.ragged:
                    each.tell(record.line, each.table.key, "uncited-transfer")
            elif key and key not in used[name] and key not in met and not record.ragged:
                each.tell(record.line, each.table.key, "unused-record")
            met.add(key)


def judge_cycles(reads: dict[str, Read]) -> None:
    for name, column in (("actors", "part_of"), ("transfers", "part_of"), ("transfers", "upstream")):
        each = reads[name]
        steps: dict[str, set[str]] = defaultdict(set)
        lines: dict[str, int] = {}
        for record, at, item in references(each):
            key = record.texts.get(each.table.key)
            if at.name == column and not record.ragged and key:
                steps[key].add(item)
                lines.setdefault(key, record.line)
        reach = {key: reachable(key, steps) for key in steps}
        knots = {
            frozenset(other for other in reach[key] if key in reach.get(other, ()))
            for key in steps
            if key in reach[key]
        }
        for knot in knots:
            each.tell(min(lines[key] for key in knot), column, "reference-cycle")


def reachable(start: str, steps: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for one in steps.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


# ---------------------------------------------------------------------------------------------- together


def bounds(record: Record) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that the figures of a record allow; None for no bound."""
    exact = record.values["quantity"]
    least = min((one for one in (exact, record.values["quantity_low"]) if one is not None), default=None)
    most = max((one for one in (exact, record.values["quantity_high"]) if one is not None), default=None)
    return (None, None) if least is not None and most is not None and least > most else (least, most)


def first_by_key(result: Read) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in result.records:
        found.setdefault(record.texts.get(result.table.key, ""), record)
    return found


def judge_claims(reads: dict[str, Read]) -> None:
    transfers = first_by_key(reads["transfers"])
    for claim in reads["claims"].sound:
        transfer = transfers.get(claim.texts.get("transfer_id") or "no such")
        if transfer is None or transfer.ragged or claim.values["framing"] == "denied":
            continue
        if transfer.values["confidence"] == "disputed":
            continue
        slack = Decimal("0.1") if transfer.values["quantity_approximate"] else Decimal(0)
        (low, high), (least, most) = bounds(claim), bounds(transfer)
        above = low is not None and most is not None and low > most * (1 + slack)
        below = high is not None and least is not None and high < least * (1 - slack)
        if above or below:
            column = next(name for name in ("quantity", "quantity_low", "quantity_high") if claim.texts.get(name))
            reads["claims"].tell(claim.line, column, "conflicting-claim")


def judge_upstream(transfers: Read) -> None:
    by_key = first_by_key(transfers)
    for record, column, item in references(transfers):
        source = by_key.get(item)
        own = by_key.get(record.texts.get("transfer_id", ""))
        if column.name != "upstream" or source is None or source.ragged or record.ragged or own is None:
            continue
        delivered = own.values["delivered"]
        dates = [source.values[name] for name in ("delivered", "ordered")]
        starts = [date.earliest for date in dates if date and date.earliest is not None]
        if starts and delivered and delivered.latest is not None and max(starts) > delivered.latest:
            transfers.tell(record.line, "upstream", "impossible-order")
