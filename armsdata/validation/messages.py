"""The words of findings about cells, rows and references. Hints are in `hints.py`."""

from __future__ import annotations

from collections.abc import Mapping

from armsdata.schema import TABLES, Column, Kind
from armsdata.schema.cells import Fault
from armsdata.schema.rules import RowRule

_DAMAGE = {
    "error": "{value} is what a spreadsheet shows when it cannot show a value",
    "date": "{value} looks like a text or number that a spreadsheet turned into a date",
    "number": "{value} looks like a number that a spreadsheet has rounded or shortened",
    "serial": "{value} looks like a date that a spreadsheet turned into a count of days",
}
_UNTIDY = {
    "blanks": "blanks stand about the text or the items of the list",
    "empty item": "the list has an empty item",
    "hidden": "the text holds characters that nobody sees",
    "control": "the text holds control characters",
    "form": "the text is not in Unicode's composed form (NFC)",
}


def show(value: str | None, limit: int = 60) -> str:
    """A value for a message: in quotation marks, cut, and with what is not seen made visible."""
    text = value or ""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"“{visible(text)}”"


def visible(text: str) -> str:
    """The text with every character that a terminal or reader would act on, or hide, as an escape."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def cell_message(column: Column, fault: Fault) -> str:
    """What is wrong with a cell."""
    value = show(fault.value)
    match fault.code:
        case "missing-value":
            return f"{column.name} is empty; every record must have one"
        case "wrong-type":
            return f"{value} is {_WRONG_TYPE[column.kind]}"
        case "out-of-range":
            if fault.detail:
                return f"the cell has {fault.detail}"
            least = "must be more than zero" if column.positive else "must not be negative"
            return f"{column.name} is {fault.value}; it {least}"
        case "not-in-vocabulary":
            return f"{value} is not in the list of {_list_name(column)}"
        case "bad-identifier":
            return f"{value} is not of the form of {column.name}"
        case "bad-date":
            if fault.detail == "derived":
                return f"{value} is not the {column.end} day that {column.derived_from} allows"
            return f"{value} cannot be read as a date: {fault.detail}"
        case "spreadsheet-damage":
            return _DAMAGE[fault.detail].format(value=value)
        case "formula-text":
            return f"{value} would run as a formula in the next reader's spreadsheet"
        case "untidy-text":
            return _UNTIDY[fault.detail]
        case "runaway-quote":
            return f"lines of {column.name} look like records: in CSV they could not be told from swallowed ones"
        case "unknown-reference":
            return f"there is no {TABLES[column.references].record} {value}"
    raise ValueError(fault.code)


_WRONG_TYPE = {
    Kind.DECIMAL: "no plain number of at most 18 digits, of which at most 3 behind the point",
    Kind.BOOLEAN: "neither true nor false",
    Kind.URL: "no address that begins with http:// or https://",
}


def _list_name(column: Column) -> str:
    if column.kind is Kind.LANGUAGE:
        return "languages (BCP 47)"
    return f"{column.vocabulary} codes"


def row_message(rule: RowRule, texts: Mapping[str, str | None]) -> str:
    """What is wrong with a row, with the cells that show it."""
    return rule.says.format(**{name: show(texts.get(name)) for name in (*rule.needs, rule.place)})
