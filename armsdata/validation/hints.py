"""What to do about a finding: the value that was meant, wherever it can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice

from armsdata.findings import Finding
from armsdata.schema import TABLES, Column, Kind, damage
from armsdata.schema.columns import DIGITS, ID_LIMIT, PLACES
from armsdata.schema.vocabularies import vocabulary

from .names import Names, plain

#: 1,500  1.500.000,50  1 500.5: one mark between all thousands, another before the decimals.
_THOUSANDS = re.compile(
    r"(?P<whole>[+-]?\d{1,3}(?P<mark>[,.'’ \u00a0\u202f\u2009])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?!(?P=mark))[.,](?P<decimals>\d{1,3}))?"
)
_CURRENCY = re.compile(r"(?:US)?[$€£¥]|\b(?:USD|EUR|GBP)\b")
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
#: Codes of ISO 639-2 for which BCP 47 has a shorter one.
_LONGER = """
    ara-ar bos-bs chi-zh deu-de dut-nl eng-en fas-fa fra-fr fre-fr ger-de heb-he hrv-hr ita-it jpn-ja kur-ku nld-nl
    per-fa pol-pl por-pt rus-ru spa-es srp-sr swe-sv tur-tr ukr-uk zho-zh
"""
_LANGUAGES = {pair[:3]: pair[4:] for pair in _LONGER.split()}
_OTHER_LIST_MARKS = re.compile(r"\s*(?:[,|/\n&]|\band\b|\+)\s*")
_TRUE, _FALSE = ("yes", "y", "1", "true", "t", "x"), ("no", "n", "0", "false", "f")


#: A table of more names is not searched for the one that was meant: its names would fill the memory.
MOST_NAMES = 200_000


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
            pairs = [(text, key) for text, key in islice(self._names_of(name), MOST_NAMES + 1) if len(key) <= ID_LIMIT]
            if len(pairs) > MOST_NAMES:
                pairs = []
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
        names = self._table(table.name)
        if column.many and not names.exact(value) and (parts := self._parts(column, value)):
            return f"items of a list are joined with “; ”: {parts}"
        if found := names.nearest(value):
            return f"{hidden(value)}did you mean {found}?"
        if damage.mark(value):
            return "a spreadsheet has changed the cell: type the key again, with the column formatted as text"
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
        found = _tag(value) if name == "language" else _SIGNS.get(value.strip(), "") if name == "currency" else ""
        found = found or self._codes(name).nearest(value)
        if found and found != value:
            return f"{hidden(value)}did you mean {found}?"
        codes = list(vocabulary(name).concepts)
        return (
            f"{hidden(value)}take one of: {', '.join(codes)}"
            if len(codes) <= 16
            else f"{hidden(value)}see the list {name}"
        )


def _tag(value: str) -> str:
    """The language tag in a text such as ``en_GB`` or ``eng``."""
    primary, *rest = re.split("[-_]", value.strip())
    primary = _LANGUAGES.get(primary.lower(), primary.lower())
    tag = "-".join([primary, *rest])
    return tag if primary in vocabulary("language") and re.fullmatch(r"[a-z]+(?:-[A-Za-z0-9]{2,8})*", tag) else ""


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


def _type(hints: Hints, column: Column, value: str) -> str:
    """What was meant by a text that is no boolean, address or number."""
    text = _bare(value)
    if column.kind is Kind.BOOLEAN:
        low = text.casefold()
        known = "true" if low in _TRUE else "false" if low in _FALSE else ""
        return f"write {known}" if known else "write true or false, or leave it empty"
    if column.kind is Kind.URL:
        return _address(value, text)
    found = _number(text)
    if found and found != value:
        marks = ", without marks between the thousands" if _THOUSANDS.fullmatch(text) else ""
        money = "; the currency belongs into value_currency" if _CURRENCY.search(text) else ""
        return f"{hidden(value)}write {found}{marks}{money}"
    if re.fullmatch(r"[0-9.]+", text):
        return f"at most {DIGITS} digits, of which at most {PLACES} behind the point, are kept"
    return f"{hidden(value)}write a plain number; the wording of the source belongs into the claim's quantity_reported"


def _bare(value: str) -> str:
    """A value without what spreadsheets and typists put about it: blanks, hidden characters, quotation marks."""
    seen = "".join(one for one in value[:300] if one.isprintable() or one in "\u00a0\u202f\u2009")
    return seen.strip(" \u00a0\u202f\u2009'’‘“”„\"`")


def _number(text: str) -> str:
    """The plain number in a text; empty when there is none, or it has more digits than are kept."""
    plain_digits = "".join(str(int(one)) if one.isdecimal() else one for one in text)
    number = _CURRENCY.sub("", plain_digits).strip().lstrip("+~≈").replace("−", "-")
    if found := _THOUSANDS.fullmatch(number):
        number = re.sub(r"[^0-9-]", "", found["whole"]) + f".{found['decimals'] or ''}"
    elif re.fullmatch(r"-?\d+,\d{1,3}", number):
        number = number.replace(",", ".")
    number = re.sub(r"^(-?)\.", r"\g<1>0.", number).removesuffix(".")
    if not re.fullmatch(rf"-?[0-9]+(?:\.[0-9]{{1,{PLACES}}})?", number):
        return ""
    return number if len(re.sub(r"[-.]", "", number)) <= DIGITS else ""


def _address(value: str, text: str) -> str:
    if re.fullmatch(r"(www\.)?[\w-]+(\.[\w-]+)+(/\S*)?", text):
        return f"write https://{text}"
    if re.fullmatch(r"https?://\S+", text):
        return f"{hidden(value)}write {text}"
    if " " in text:
        return "an address has no blanks: write %20 for each, or take out what follows"
    return f"{hidden(value)}write the whole address, with https:// before it"


def _suggested(value: str) -> tuple[str, ...]:
    from armsdata.schema.edtf_hints import suggest  # many patterns, for dates that are wrong

    return suggest(value)


def _date(hints: Hints, column: Column, value: str) -> str:
    if column.derived_from:
        return "leave the column out: it is derived anew"
    found = _suggested(value)
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
    found = _suggested(value) if column.kind in (Kind.EDTF, Kind.DATE) else ()
    meant = f"; perhaps {' or '.join(found)}" if found else ""
    return f"type what stood here again, with the column formatted as text{meant}"


def _identifier(hints: Hints, column: Column, value: str) -> str:
    if column.kind is Kind.ID:
        slug = re.sub(r"[^a-z0-9]+", "-", _latin(value).lower()).strip("-")[:80].strip("-")
        if column.name == "actor_id" and (code := _country(value)):
            return f"a state has its ISO 3166-1 alpha-3 code: {code}"
        return f"write it as a slug: {slug}" if slug else "write it as a slug: lower-case letters, digits and hyphens"
    if column.name == "doi":
        bare = re.sub(r"^(?:doi[:\s]\s*|https?://(?:dx\.)?doi\.org/)", "", value.strip(), flags=re.IGNORECASE)
        return f"write {bare}" if re.fullmatch(column.pattern, bare) else "a DOI begins with 10. and has a slash"
    if column.name == "wikidata":
        item = re.search(r"Q[1-9][0-9]*", value.upper())
        return f"write {item[0]}" if item else "write the item, such as Q796"
    if column.name == "gwcode" and (number := re.fullmatch(r"0*([1-9][0-9]{0,3})(?:\.0+)?", _bare(value))):
        return f"write {number[1]}"
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
    "wrong-type": _type,
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
    "runaway-quote": lambda hints, column, value: "join the lines, or take out the commas",
    "formula-text": lambda hints, column, value: "begin the text with a letter, a digit or a quotation mark",
    "uncited-transfer": lambda hints, column, value: "add a row to claims with the source that speaks of it",
    "unused-record": lambda hints, column, value: "delete it, or refer to it",
}
