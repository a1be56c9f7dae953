"""The check of an import: what the register gives, counted from its cells, and what the written tables give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from .register import Balance, Columns, read_statement
from .sipri_deals import ROWS, number, spread
from .sipri_layouts import DEALS, Layout, Record

_years = re.compile(r"[0-9]{4}").findall
Sums = dict[str, Decimal]
#: The columns of a register, each with the texts of all its records.
Cells = list[tuple[str, ...]]
Parts = dict[str, str]


def balances(layout: Layout, records: list[Record]) -> Callable[[Mapping[str, Columns]], list[Balance]]:
    """What compares the tables, read back from their files, with these records."""

    def compare(tables: Mapping[str, Columns]) -> list[Balance]:
        columns = list(zip(*(record.cells for record in records), strict=True)) or [()] * len(layout.header)
        said = dict(zip(tables["claims"]["transfer_id"], tables["claims"]["notes"], strict=True))
        parts = [read_statement(said[ident]) for ident in tables["transfers"]["transfer_id"]]
        if layout is DEALS:
            read, written = _read_deals(columns), _written_deals(tables["transfers"], parts)
        else:
            read, written = _read_deliveries(columns), _written_deliveries(tables["transfers"], parts)
        zero = Decimal(0)
        return [(name, read.get(name, zero), written.get(name, zero)) for name in dict.fromkeys((*read, *written))]

    return compare


def _total(texts: Iterable[str | None]) -> Decimal:
    """The sum of decimals, empty ones left out."""
    return sum((Decimal(text) for text in texts if text), Decimal(0))


def _whole(texts: Iterable[str]) -> Decimal:
    """The sum of whole numbers, whatever marks stand about them."""
    return Decimal(sum(number(text) or 0 for text in texts))


def _doubts(texts: Iterable[str], marks: Iterable[str]) -> Decimal:
    """How many texts bear a mark of doubt, in them or beside them."""
    return Decimal(sum(mark in ("?", "Yes") or _doubt(text) for text, mark in zip(texts, marks, strict=True)))


def _doubt(text: str) -> bool:
    return "?" in text or "(" in text


def _statuses(texts: Iterable[str]) -> Sums:
    return {f"status {text or 'empty'}": Decimal(count) for text, count in Counter(texts).items()}


def _yes(texts: Iterable[str]) -> list[str]:
    return ["Yes" if text.casefold() == "yes" else "" for text in texts]


# ------------------------------------------------------------------------------------------------ deal layout


def _read_deals(columns: Cells) -> Sums:
    return {
        "deals": Decimal(len(columns[0])),
        "number ordered": _whole(columns[4]),
        "number delivered": _whole(columns[8]),
        "TIV of delivered weapons": _total(columns[15]),
        "TIV for total order": _total(columns[14]),
        "TIV per unit": _total(columns[13]),
        "years of order": Decimal(sum(bool(_years(text)) for text in columns[2])),
        "uncertain years of order": _doubts(columns[2], columns[3]),
        "uncertain numbers ordered": _doubts(columns[4], columns[5]),
        "uncertain numbers delivered": _doubts(columns[8], columns[9]),
        "years of delivery": Decimal(sum(len(set(_years(text))) for text in columns[10])),
        "comments": Decimal(sum(map(bool, columns[12]))),
        **_statuses(columns[11]),
    }


def _written_deals(transfers: Columns, parts: list[Parts]) -> Sums:
    def said(name: str) -> list[str]:
        return [part.get(name, "") for part in parts]

    # What contradicts itself in the register stands in the statement alone.
    ordered = [one or text for one, text in zip(transfers["ordered"], said("Year of order"), strict=True)]
    arrived = [one or text for one, text in zip(transfers["delivered"], said("Year(s) of delivery"), strict=True)]
    return {
        "deals": Decimal(len(parts)),
        "number ordered": _total(transfers["quantity_ordered"]),
        "number delivered": _total(transfers["quantity"]),
        "TIV of delivered weapons": _total(transfers["tiv"]),
        "TIV for total order": _total(said("SIPRI TIV for total order")),
        "TIV per unit": _total(said("SIPRI TIV per unit")),
        "years of order": Decimal(sum(bool(_years(text)) for text in ordered)),
        "uncertain years of order": Decimal(sum(map(_doubt, ordered))),
        "uncertain numbers ordered": Decimal(sum(map(_doubt, said("Number ordered")))),
        "uncertain numbers delivered": Decimal(sum(map(_doubt, said("Number delivered")))),
        "years of delivery": Decimal(sum(len(_years(text)) for text in arrived)),
        "comments": Decimal(sum(map(bool, transfers["notes"]))),
        **_statuses(said("status")),
    }


# ------------------------------------------------------------------------------------------------ 17 columns


def _read_deliveries(columns: Cells) -> Sums:
    return {
        "deals": Decimal(len(set(zip(*columns[:5], strict=True)))),
        "delivery rows": Decimal(len(columns[0])),
        "number delivered": _whole(columns[8]),
        "TIV of deliveries": _total(columns[15]),
        "TIV per unit of the deal": _total(columns[14]),
        "SIPRI estimates": _total(columns[13]),
        "years of order, summed": _whole(columns[6]),
        "uncertain years of order": _doubts(columns[6], _yes(columns[7])),
        "uncertain numbers delivered": _doubts(columns[8], _yes(columns[9])),
        "years of delivery, summed": _whole(columns[10]),
        "uncertain years of delivery": _doubts(columns[10], _yes(columns[11])),
        "rows of local production": Decimal(_yes(columns[16]).count("Yes")),
        **_statuses(columns[12]),
    }


def _written_deliveries(transfers: Columns, parts: list[Parts]) -> Sums:
    rows = [int(part[ROWS]) for part in parts]

    def said(name: str) -> list[str]:
        return [text for part, count in zip(parts, rows, strict=True) for text in spread(part.get(name, ""), count)]

    return {
        "deals": Decimal(len(parts)),
        "delivery rows": Decimal(sum(rows)),
        "number delivered": _total(transfers["quantity"]),
        "TIV of deliveries": _total(transfers["tiv"]),
        "TIV per unit of the deal": _total(said("TIV deal unit")),
        "SIPRI estimates": _total(said("SIPRI estimate")),
        "years of order, summed": _whole(said("Order date")),
        "uncertain years of order": Decimal(sum(map(_doubt, said("Order date")))),
        "uncertain numbers delivered": Decimal(sum(map(_doubt, said("Numbers delivered")))),
        "years of delivery, summed": _whole(said("Delivery year")),
        "uncertain years of delivery": Decimal(sum(map(_doubt, said("Delivery year")))),
        "rows of local production": Decimal(_yes(said("Local production")).count("Yes")),
        **_statuses(said("Status")),
    }
