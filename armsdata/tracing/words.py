"""The words in which amounts, dates and doubts are told, in the terminal as on the page."""

from __future__ import annotations

from decimal import Decimal

from armsdata.output.words import count

from .dates import told
from .records import UNCLEAR, Amount, Ledger, Step, label
from .totals import Total, Totals

UNKNOWN_AMOUNT = "number not known"


def number(value: Decimal) -> str:
    """A number for people: `194.741`, `2,300`."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def units(value: Decimal | None, unit: str) -> str:
    """The unit in words."""
    noun = label("unit", unit).lower() if unit else "(no unit)"
    return noun if value == 1 or not unit else f"{noun}s"


def amount(given: Amount) -> str:
    """How many, with bounds and "about"."""
    about = "about " if given.about else ""
    low, high, figure = given.low, given.high, given.figure
    if figure is not None:
        bounds = _bounds(low, high) if (low is not None or high is not None) and not low == high == figure else ""
        return f"{about}{number(figure)} {units(figure, given.unit)}{f' ({bounds})' if bounds else ''}"
    if low is None and high is None:
        return UNKNOWN_AMOUNT
    if low == high and low is not None:
        return f"{about}{number(low)} {units(low, given.unit)}"
    return f"{about}{_bounds(low, high)} {units(None, given.unit)}"


def figures(given: Amount) -> str:
    """What a source puts the number at, without a unit; empty where it gives none."""
    bounds = _bounds(given.low, given.high)
    if given.figure is None:
        return bounds
    return f"{number(given.figure)} ({bounds})" if bounds else number(given.figure)


def _bounds(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"{number(low)} to {number(high)}"
    return f"at least {number(low)}" if low is not None else f"at most {number(high)}" if high is not None else ""


def kind(step: Step) -> str:
    """How custody changed, and how far it got where it is not simply done."""
    terms = "terms not stated" if step.kind == "unspecified" else label("transfer-kind", step.kind).lower()
    return terms if step.status == "delivered" else f"{terms}, {label('transfer-status', step.status).lower()}"


def when(step: Step) -> str:
    """The date, as vague as its sources have it."""
    if step.delivered:
        return told(step.delivered)
    return f"ordered {told(step.ordered)}" if step.ordered else "no date"


def details(step: Step, ledger: Ledger) -> tuple[str, ...]:
    """Who else had to do with it, and its terms, where the record tells them."""
    people = (
        ("for", [step.end_user] if step.end_user not in ("", step.recipient) else []),
        ("arranged by", step.brokers),
        ("carried by", step.carriers),
        ("paid by", step.funders),
    )
    model = ledger.weapons.get(step.weapon, "")
    terms = (
        f"model {model}" if model and step.designation and model.casefold() != step.designation.casefold() else "",
        label("condition", step.condition).lower() if step.condition not in ("", "unknown") else "",
        f"ordered {told(step.ordered)}" if step.ordered and step.delivered else "",
        f"{number(step.quantity_ordered)} ordered" if step.quantity_ordered is not None else "",
        f"value {number(step.value)} {step.value_currency}".rstrip() if step.value is not None else "",
        f"SIPRI trend-indicator value {number(step.tiv)} million" if step.tiv is not None else "",
    )
    who = (f"{role} {', '.join(map(ledger.name, actors))}" for role, actors in people if actors)
    return (*who, *(term for term in terms if term))


def marks(step: Step) -> tuple[str, ...]:
    """What a reader must not overlook."""
    found = []
    if not step.custody:
        found.append(f"NO CUSTODY: {label('transfer-status', step.status).lower()} only, not in any sum")
    elif step.realised == UNCLEAR:
        found.append("NOT KNOWN WHETHER IT HAPPENED")
    if step.disputed:
        found.append("DISPUTED")
    return tuple(found)


def total(one: Total) -> str:
    """A sum in one unit."""
    about = "about " if one.about else ""
    least, noun = number(one.at_least), units(None, one.unit)
    if one.at_least == one.at_most:
        text = f"{about}{least} {units(one.at_least, one.unit)}"
    elif one.at_most is not None:
        low = f"at least {about}{least}, " if one.at_least else ""
        text = f"{low}at most {about}{number(one.at_most)} {noun}"
    else:
        text = f"at least {about}{least} {noun}, at most not known" if one.at_least else f"{noun}, {UNKNOWN_AMOUNT}"
    if one.undisputed == one.at_least:
        return text
    return f"{text} ({f'at least {number(one.undisputed)} of it undisputed' if one.undisputed else 'all disputed'})"


def totals(sums: Totals) -> list[str]:
    """Sums in all units, and what gives no figure, as one short text each."""
    if not sums.units:
        return [UNKNOWN_AMOUNT] if sums.silent else []
    more = [f"and an unknown number in {count(sums.silent, 'transfer')} without a figure"] if sums.silent else []
    return [total(one) for one in sums.units] + more


def covered(sums: Totals, shared: int = 0) -> str:
    """What was summed, and what was not."""
    notes = [
        f"{count(sums.parts, 'part')} inside" if sums.parts else "",
        f"{sums.apart:,} without custody left out" if sums.apart else "",
        f"{sums.disputed:,} disputed" if sums.disputed else "",
        f"of {sums.unclear:,} it is not known whether {'it' if sums.unclear == 1 else 'they'} happened"
        if sums.unclear
        else "",
        f"{shared:,} with arms of others, too, in unknown shares" if shared else "",
    ]
    told = "; ".join(note for note in notes if note)
    return count(sums.transfers, "transfer") + (f" ({told})" if told else "")
