"""From the records of either layout to deals: one deal is one transfer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from .register import Notes
from .sipri_layouts import DEALS, STATUSES, Layout, Record

_digits = re.compile(r"[0-9]+").search
_year_text = re.compile(r"(\()?([0-9]{4})\)? ?(\?)?")

#: A year, and whether the register doubts it.
Year = tuple[int, bool]
#: The name of the statement's part that counts the delivery rows of a deal.
ROWS = "Delivery rows"


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal of the register.

    Attributes:
        line: where its first record begins.
        supplier: as the register names it; so the recipient, the designation and the description.
        ident: the register's number of the deal; empty in the deal layout.
        order_years: when it was ordered; several only where its records contradict each other.
        delivery_years: when something was delivered, without repetition, in order.
        ordered: the number ordered.
        delivered: the number delivered, over all its records.
        estimated: whether a number is marked as uncertain.
        doubted: whether a number or year is marked as uncertain.
        tiv: the TIV of what was delivered.
        condition: our code for New and Second hand; empty where the register has neither.
        local: whether it was produced by the recipient; None where only a part of it was.
        comment: the register's comment.
        parts: everything the register says of it, column by column.
        wording: its wording of the numbers, in short.
    """

    line: int
    recipient: str
    supplier: str
    designation: str
    description: str
    ident: str
    order_years: tuple[Year, ...]
    delivery_years: tuple[Year, ...]
    ordered: int | None
    delivered: int | None
    estimated: bool
    doubted: bool
    tiv: Decimal | None
    condition: str
    local: bool | None
    comment: str
    parts: dict[str, str]
    wording: str

    @property
    def stable(self) -> tuple[object, ...]:
        """What deals that are otherwise alike are put in order by: first what does not change as they grow.

        A deal that is added in a later year has later deliveries than those there before, so it comes after them.
        """
        first = self.delivery_years[0][0] if self.delivery_years else 9999
        unit = self.parts.get("SIPRI TIV per unit", "")
        number = self.ordered if self.ordered is not None else 10**15
        return (first, self.condition, self.description, unit, number, self.comment, sorted(self.parts.items()))


def deals(layout: Layout, records: list[Record], notes: Notes) -> list[Deal]:
    """The deals of a register, in the order in which they first appear."""
    if layout is DEALS:
        return [_deal(record, notes) for record in records]
    return [_merged(rows, ident, notes) for ident, rows in _by_deal(records, notes)]


# ------------------------------------------------------------------------------------------------ cells


@lru_cache(maxsize=65536)
def years(text: str, mark: str = "") -> tuple[Year, ...]:
    """The years of a cell: `1979; 1980?`; a year in brackets is doubted too."""
    return tuple((int(match[2]), bool(match[1] or match[3] or mark)) for match in _year_text.finditer(text))


def number(text: str) -> int | None:
    """A whole number; None for an empty cell. Its question mark, if any, is not looked at."""
    match = _digits(text)
    return int(match[0]) if match else None


def amount(text: str) -> Decimal | None:
    """A decimal; None for an empty cell."""
    return Decimal(text) if text else None


def doubted(value: int | None, uncertain: bool) -> str:
    """A number as the statement writes it, a question mark behind it where it is doubted."""
    return f"{'' if value is None else value}{'?' if uncertain else ''}"


def year_texts(found: Iterable[Year]) -> str:
    """Years as the statement writes them."""
    return "; ".join(doubted(year, uncertain) for year, uncertain in found)


@lru_cache(maxsize=65536)
def _distinct(found: tuple[Year, ...]) -> tuple[Year, ...]:
    """Each year once, in order, doubted where any mention of it is."""
    merged: dict[int, bool] = {}
    for year, uncertain in found:
        merged[year] = merged.get(year, False) or uncertain
    return tuple(sorted(merged.items()))


def condition(status: str, line: int, column: str, notes: Notes) -> str:
    """Our code for the register's status."""
    found = STATUSES.get(status.casefold(), "")
    if not found:
        notes.once(line, column, f"the status {status!r} is not a known one; the condition stays empty" if status
                   else "there is no status; the condition stays empty", value=status)  # fmt: skip
    return found


# ------------------------------------------------------------------------------------------------ deal layout


def _deal(record: Record, notes: Notes) -> Deal:
    (recipient, supplier, order, order_mark, ordered_text, ordered_mark, designation, description, delivered_text,
     delivered_mark, years_text, status, comment, unit, total, tiv) = record.cells  # fmt: skip
    order_years, delivery_years = _distinct(years(order, order_mark)), years(years_text)
    ordered, delivered = number(ordered_text), number(delivered_text)
    ordered_doubted = bool(ordered_mark) or "?" in ordered_text
    delivered_doubted = bool(delivered_mark) or "?" in delivered_text
    parts = {
        "Recipient": recipient,
        "Supplier": supplier,
        "Year of order": year_texts(order_years) or order_mark,
        "Number ordered": doubted(ordered, ordered_doubted),
        "Weapon designation": designation,
        "Weapon description": description,
        "Number delivered": doubted(delivered, delivered_doubted),
        "Year(s) of delivery": year_texts(delivery_years),
        "status": status,
        "Comments": comment,
        "SIPRI TIV per unit": unit,
        "SIPRI TIV for total order": total,
        "SIPRI TIV of delivered weapons": tiv,
    }
    wording = [f"{name} {parts[name]}" for name in ("Number ordered", "Number delivered") if parts[name]]
    return Deal(
        record.line, recipient, supplier, designation, description, "", order_years, _distinct(delivery_years), ordered,
        delivered, ordered_doubted or delivered_doubted,
        ordered_doubted or delivered_doubted or bool(order_mark) or any(d for _, d in (*order_years, *delivery_years)),
        amount(tiv), condition(status, record.line, "status", notes), False, comment, parts, "; ".join(wording),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ 17 columns


def _by_deal(records: list[Record], notes: Notes) -> list[tuple[str, list[Record]]]:
    """The records of each deal with the deal's number.

    The register's number stands for one supplier, recipient and weapon. Should it ever stand for several, each is a
    deal of its own, and all but the first in alphabetical order get a further number.
    """
    groups: dict[str, dict[tuple[str, ...], list[Record]]] = {}
    for record in records:
        groups.setdefault(record.cells[0], {}).setdefault(record.cells[1:5], []).append(record)
    found = []
    for ident, group in groups.items():
        for position, (names, rows) in enumerate(sorted(group.items()), 1):
            found.append((ident if position == 1 else f"{ident}-{position}", rows))
            if position > 1:
                notes.warn(
                    rows[0].line, "SIPRI AT Database ID",
                    f"deal {ident} stands for several suppliers, recipients or weapons; each becomes a transfer",
                    "look at the rows of this number", "; ".join(names),
                )  # fmt: skip
    return sorted(found, key=lambda item: item[1][0].line)


def _yes(text: str) -> bool:
    return text.casefold() == "yes"


def _merged(rows: list[Record], ident: str, notes: Notes) -> Deal:
    # The order of the rows in a download is of no account: by year they come out alike from every download.
    rows = sorted(rows, key=lambda row: (row.cells[10], row.cells[6:10], row.cells[11:], row.line))
    line, cells = min(row.line for row in rows), [row.cells for row in rows]
    first = cells[0]
    order_years = [year for row in cells for year in years(row[6], "?" if _yes(row[7]) else "")]
    counts = [number(row[8]) for row in cells]
    estimates = [_yes(row[9]) or "?" in row[8] for row in cells]
    when = [years(row[10], "?" if _yes(row[11]) else "") for row in cells]
    tivs = [amount(row[15]) for row in cells]
    conditions = {condition(row[12], line, "Status", notes) for row in cells}
    local = {_yes(row[16]) for row in cells}
    _check(rows, ident, notes)
    arrived = [year for count, some in zip(counts, when, strict=True) if count != 0 for year in some]
    known = [count for count in counts if count is not None]
    delivered_texts = [doubted(count, estimate) for count, estimate in zip(counts, estimates, strict=True)]
    orders = [doubted(number(row[6]), _yes(row[7]) or "?" in row[6] or "(" in row[6]) for row in cells]
    parts = {
        "SIPRI AT Database ID": first[0], "Supplier": first[1], "Recipient": first[2], "Designation": first[3],
        "Description": first[4], "Armament category": _column(row[5] for row in cells), "Order date": _column(orders),
        ROWS: str(len(rows)),
        "Delivery year": _column(doubted(some[0][0] if some else None, some[0][1] if some else _yes(row[11]))
                                 for some, row in zip(when, cells, strict=True)),
        "Numbers delivered": _column(delivered_texts),
        "Status": _column(row[12] for row in cells), "SIPRI estimate": _column(row[13] for row in cells),
        "TIV deal unit": _column(row[14] for row in cells), "TIV delivery values": _column(row[15] for row in cells),
        "Local production": _column(row[16] for row in cells),
    }  # fmt: skip
    return Deal(
        line, first[2], first[1], first[3], first[4], ident, _distinct(tuple(order_years)), _distinct(tuple(arrived)),
        None, sum(known) if known else None, any(estimates),
        any(estimates) or any(d for _, d in order_years) or any(d for some in when for _, d in some),
        sum((tiv for tiv in tivs if tiv is not None), Decimal(0)) if any(tiv is not None for tiv in tivs) else None,
        conditions.pop() if len(conditions) == 1 else "", local.pop() if len(local) == 1 else None, "", parts,
        "Numbers delivered " + "; ".join(delivered_texts) if any(delivered_texts) else "",
    )  # fmt: skip


def _column(texts: Iterable[str]) -> str:
    """A column of a deal's rows: one text where all are the same, else all of them in the order of the rows."""
    found = list(texts)
    return found[0] if len(set(found)) == 1 else "; ".join(found)


def spread(text: str, rows: int) -> list[str]:
    """What `_column` was given."""
    found = [part.strip() for part in text.split(";")] if ";" in text else [text] * rows
    if len(found) != rows:
        raise ValueError(f"{text!r} does not stand for {rows} rows")
    return found


def _check(rows: list[Record], ident: str, notes: Notes) -> None:
    """Say where the rows of a deal contradict each other, and where a number is missing."""
    for place, name, what in (
        (6, "Order date", "all are in `ordered`, as one of these"),
        (12, "Status", "the condition stays empty"),
        (16, "Local production", "the kind stays unspecified"),
    ):
        found = sorted({row.cells[place] for row in rows})
        if len(found) > 1:
            notes.warn(rows[0].line, name, f"the rows of deal {ident} do not agree: {what}",
                       "each row's own stands in the claim's notes", "; ".join(found))  # fmt: skip
    for row in rows:
        if not row.cells[8]:
            notes.warn(row.line, "Numbers delivered", f"a row of deal {ident} has no number delivered",
                       "the quantity is the sum of the others")  # fmt: skip
        for place in (7, 9, 11):
            if not row.cells[place]:
                notes.once(row.line, "", "an empty cell of an 'is estimate' column is read as 'No'")
