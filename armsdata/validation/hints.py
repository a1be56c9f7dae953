"""What to do about a finding: the value that was meant, wherever it can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from armsdata.findings import Finding
from armsdata.schema import TABLES, Column, Kind
from armsdata.schema.edtf_hints import suggest
from armsdata.schema.vocabularies import vocabulary

from .names import Names, plain

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3})+")
_OTHER_LIST_MARKS = re.compile(r"\s*(?:[,|/]|\band\b|\+)\s*")
_TRUE, _FALSE = ("yes", "y", "1", "true", "t", "x"), ("no", "n", "0", "false", "f")


class Hints:
    """Makes hints, looking names up only when one is asked for.

    Args:
        names_of: the names and keys of a table's records, in the dataset that is judged.
    """

    def __init__(self, names_of: Callable[[str], Iterable[tuple[str, str]]]) -> None:
        self._names_of = names_of
        self._names: dict[str, Names] = {}

    def hint(self, finding: Finding) -> str:
        """A hint for a finding that has none yet; empty where nothing useful can be said."""
        if not finding.table or not finding.column:
            return ""
        column = TABLES[finding.table].by_name.get(finding.column)
        if column is None:
            return ""
        value = finding.value or ""
        maker = _MAKERS.get(finding.code)
        return maker(self, column, value) if maker else ""

    # ------------------------------------------------------------------------------------ names

    def _table(self, name: str) -> Names:
        if name not in self._names:
            pairs = list(self._names_of(name))
            if name == "actors":
                pairs += _country_names({key for _, key in pairs})
            self._names[name] = Names(pairs)
        return self._names[name]

    def _codes(self, name: str) -> Names:
        if name not in self._names:
            concepts = vocabulary(name).concepts.values()
            pairs = [(one.code, one.code) for one in concepts] + [(one.label, one.code) for one in concepts]
            self._names[name] = Names(pairs)
        return self._names[name]

    def reference(self, column: Column, value: str) -> str:
        """The record that was meant."""
        table = TABLES[column.references]
        found = self._table(table.name).nearest(value)
        if found:
            return f"{hidden(value)}did you mean {found}?"
        if column.many and (parts := self._parts(column, value)):
            return f"items of a list are joined with “; ”: {parts}"
        if column.references == "actors" and (code := _country(value)):
            return f"that is {code}: add it to the table actors"
        return f"{hidden(value)}take the key of a record in {table.name}, or add the record there"

    def _parts(self, column: Column, value: str) -> str:
        """The list that was meant, when the text is one joined by other marks."""
        parts = [part for part in _OTHER_LIST_MARKS.split(value[:500]) if part]
        found = [self._table(column.references).nearest(part) for part in parts]
        return "; ".join(found) if len(parts) > 1 and all(found) else ""

    def code(self, column: Column, value: str) -> str:
        """The code that was meant, or the whole list where it is short."""
        name = "language" if column.kind is Kind.LANGUAGE else column.vocabulary
        found = self._codes(name).nearest(value)
        if found and found != value:
            return f"{hidden(value)}did you mean {found}?"
        codes = list(vocabulary(name).concepts)
        return (
            f"{hidden(value)}take one of: {', '.join(codes)}"
            if len(codes) <= 16
            else f"{hidden(value)}see the list {name}"
        )


def _country_names(present: set[str]) -> list[tuple[str, str]]:
    """What people call the states that the dataset has."""
    names = []
    for country in vocabulary("country").concepts.values():
        if country.code in present:
            aliases = country.more.get("aliases", "").split("; ")
            names += [(name, country.code) for name in (country.label, country.more["iso3166"], *aliases)]
    return names


def _country(value: str) -> str:
    form = plain(value[:200])
    for country in vocabulary("country").concepts.values():
        names = (country.code, country.label, country.more["iso3166"], *country.more.get("aliases", "").split("; "))
        if form and any(plain(name) == form for name in names):
            return country.code
    return ""


def hidden(value: str) -> str:
    """What cannot be seen in a value, said in words."""
    named = {" ": "a blank", "\t": "a tab", "\n": "a line break", "\r": "a line break", "\u00a0": "a no-break space"}
    odd = [
        named.get(one, f"U+{ord(one):04X}") for one in value if (one in named and one != " ") or not one.isprintable()
    ]
    if value != value.strip(" "):
        odd.insert(0, "a blank at its end" if value.startswith(value.strip()) else "a blank before it")
    foreign = sorted({f"{one} (U+{ord(one):04X})" for one in value if one.isalpha() and not one.isascii()})
    if not odd and foreign and plain(value).isascii():
        odd = [f"the look-alike letter {letter}" for letter in foreign[:3]]
    return f"the cell holds {', '.join(dict.fromkeys(odd[:3]))}; " if odd else ""


# ---------------------------------------------------------------------------------------------- makers


def _number(hints: Hints, column: Column, value: str) -> str:
    text = value.strip()
    if column.kind is Kind.BOOLEAN:
        low = text.casefold()
        return (
            "write true"
            if low in _TRUE
            else "write false"
            if low in _FALSE
            else "write true or false, or leave it empty"
        )
    if column.kind is Kind.URL:
        return (
            f"write https://{text}"
            if re.fullmatch(r"(www\.)?[\w-]+(\.[\w-]+)+(/\S*)?", text)
            else "write the whole address"
        )
    if _THOUSANDS.fullmatch(text):
        return f"write {re.sub(r'[^0-9-]', '', text)}, without marks between the thousands"
    ascii_digits = "".join(str(int(one)) if one.isdigit() and not one.isascii() else one for one in text)
    if re.fullmatch(r"\d+,\d{1,3}", ascii_digits):
        return f"write {ascii_digits.replace(',', '.')}, with a point"
    if ascii_digits != text and re.fullmatch(r"\d+(\.\d+)?", ascii_digits):
        return f"write {ascii_digits}, in plain digits"
    if re.fullmatch(r"\d+(\.\d+)?", text.lstrip("'’+~")):
        return f"write {text.lstrip(chr(39) + '’+~')}"
    return f"{hidden(value)}write a plain number; the wording of the source belongs into the claim's quantity_reported"


def _date(hints: Hints, column: Column, value: str) -> str:
    if column.derived_from:
        return "leave the column out: it is derived anew"
    found = suggest(value)
    if column.kind is Kind.DATE:
        found = tuple(one for one in found if re.fullmatch(r"\d{4}-\d\d-\d\d", one))
    if found:
        return f"write {' or '.join(found)}" + (" (which of them did the source mean?)" if len(found) > 1 else "")
    form = (
        "year-month-day, such as 2014-06-09"
        if column.kind is Kind.DATE
        else "EDTF, such as 2014-06-09, 2014-06, 2007~ or 2005-03/2006-12"
    )
    return f"{hidden(value)}write {form}"


def _damage(hints: Hints, column: Column, value: str) -> str:
    found = suggest(value) if column.kind in (Kind.EDTF, Kind.DATE) else ()
    meant = f"; perhaps {' or '.join(found)}" if found else ""
    return f"type what stood here again, with the column formatted as text{meant}"


def _identifier(hints: Hints, column: Column, value: str) -> str:
    if column.kind is Kind.ID:
        slug = re.sub(r"[^a-z0-9]+", "-", _latin(value).lower()).strip("-")[:80].strip("-")
        if column.name == "actor_id" and (code := _country(value)):
            return f"a state has its ISO 3166-1 alpha-3 code: {code}"
        return f"write it as a slug: {slug}" if slug else "write it as a slug: lower-case letters, digits and hyphens"
    if column.name == "doi":
        bare = re.sub(r"^(?:doi:\s*|https?://(?:dx\.)?doi\.org/)", "", value.strip(), flags=re.IGNORECASE)
        return f"write {bare}" if re.fullmatch(column.pattern, bare) else "a DOI begins with 10. and has a slash"
    if column.name == "wikidata":
        item = re.search(r"Q[1-9][0-9]*", value.upper())
        return f"write {item[0]}" if item else "write the item, such as Q796"
    if column.name == "iso3166" and (code := _country(value)):
        return f"write {vocabulary('country').concepts[code].more['iso3166']}"
    return column.description


def _latin(value: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode("ascii")


def _untidy(hints: Hints, column: Column, value: str) -> str:
    if column.many:
        from armsdata.schema.cells import split

        return f"write {'; '.join(split(value)[0])[:200]}"
    return f"{hidden(value)}take them out" if hidden(value) else "run armsdata format, or type the text again"


_MAKERS: dict[str, Callable[[Hints, Column, str], str]] = {
    "unknown-reference": Hints.reference,
    "not-in-vocabulary": Hints.code,
    "wrong-type": _number,
    "bad-date": _date,
    "spreadsheet-damage": _damage,
    "bad-identifier": _identifier,
    "untidy-text": _untidy,
    "missing-value": lambda hints, column, value: column.description,
    "out-of-range": lambda hints, column, value: "correct it, or leave the cell empty where no source says",
    "inconsistent-quantity": lambda hints, column, value: "correct the figures, or the unit",
    "missing-unit": lambda hints, column, value: f"take one of: {', '.join(vocabulary('unit').concepts)}",
    "missing-currency": lambda hints, column, value: "write the ISO 4217 code, such as USD",
    "impossible-order": lambda hints, column, value: "correct one of the dates",
    "inconsistent-status": lambda hints, column, value: "correct the status or kind, or take out the date",
    "self-transfer": lambda hints, column, value: "name the force, ministry or group on one side, or unknown",
    "formula-text": lambda hints, column, value: "begin the text with a letter, a digit or a quotation mark",
    "uncited-transfer": lambda hints, column, value: "add a row to claims with the source that speaks of it",
    "unused-record": lambda hints, column, value: "delete it, or refer to it",
}
