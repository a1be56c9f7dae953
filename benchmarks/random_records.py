"""Random records that fill every column in every way it allows: what the round trip is made with.

Driven by the declaration, column by column; then what the rules about a row forbid is taken out again. Cells are given
as a release must hold them; `written` writes some of them otherwise, as people do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import TABLES, Column, Kind, Table
from armsdata.schema import edtf as dates
from armsdata.schema.cells import counted_units
from armsdata.schema.rules import INVOLUNTARY, NOT_DELIVERED, country_codes
from armsdata.schema.vocabularies import vocabulary

#: Of so many records of a part how many each table has.
SHARES = {"sources": 0.04, "actors": 0.06, "weapons": 0.04, "transfers": 0.4, "claims": 0.46}
TRICKS = (
    "NA", "null", "None", "nan", "N/A", "true", "0", "007", "1e5", "a,b", 'say "x"', '"', '""', "'", "a\nb", "a\n\nb",
    "a\r\nb", "a\rb", "a\tb", "\\", "\\n", "\\u0041", "C:\\new", "\U0001f600 \U0001f468‍\U0001f469", "עברית",
    "العراق ١٢", "日本語", "Ångström", "é", "a\u2028b\u2029c", "</script><b>&amp;", "%20", "{}[]", "_:b0", "]}", "},",
    "http://example.org/#x", "1,5", "x,y,z\nq,r,s", "x\x0by", "x\x0cy", "x\x1fy", "x\x7fy", '","', '"\n"', "@id",
)  # fmt: skip
EDTF = (
    "1985-04-12", "1985-04", "1985", "1985-04-12T23:20:30", "1985-04-12T23:20:30Z", "1964/2008", "2004-02-01/2005",
    "Y170000002", "Y-17000", "Y12345", "Y-170000002", "2001-21", "2001-24", "1984?", "2004-06~", "2004-06-11%", "201X",
    "20XX", "2004-XX", "1985-04-XX", "1985-XX-XX", "1985-04-12/..", "1985/", "../1985", "/1985", "1984~/2004-06",
    "-1985", "-0043-03-15", "-0043", "0000", "9999-12-31", "2004%", "198X?", "{1979,1981..1984}", "[..1760-12-03]",
    "[1667,1668,1670..1672]", "{1760-12..}", "2005-33", "2005-36~", "2001-40", "2001-41", "2004-06~-11", "2000-02-29",
)  # fmt: skip
_LANGUAGES = ("en", "en-GB", "ar", "zh-Hant-TW", "de-CH-1996", "sr-Latn")
_DAYS = ("0001-01-01", "1970-01-01", "2024-02-29", "2026-01-01", "9999-12-31")


class Maker:
    """Makes one part: the cells of each table.

    Args:
        seed: equal seeds give equal records.
        records: how many, in all tables together.
    """

    def __init__(self, seed: int, records: int) -> None:
        self.random = np.random.default_rng(seed)
        self.seed = seed
        self.sizes = {name: max(3, int(records * share)) for name, share in SHARES.items()}
        self.sizes["claims"] = max(records - sum(self.sizes.values()) + self.sizes["claims"], self.sizes["transfers"])
        self.pool = pa.array([self._text() for _ in range(2000)])
        self.keys = {name: self._keys(TABLES[name], size) for name, size in self.sizes.items()}

    def table(self, table: Table) -> pa.Table:
        """The cells of a table as a release must hold them, derived columns included; null = empty."""
        size = self.sizes[table.name]
        cells = {one.name: self._column(table, one, size) for one in table.source_columns}
        for name, mend in _MENDS.items():
            if name == table.name:
                mend(self, cells)
        for column in table.derived_columns:
            cells[column.name] = _mapped(cells[column.derived_from], _days()[column.end])
        return pa.table({column.name: cells[column.name] for column in table.columns})

    # -------------------------------------------------------------------------------- one column

    def _column(self, table: Table, column: Column, size: int) -> pa.Array:
        if column.name == table.key:
            return self.keys[table.name]
        if column.many:
            first, second, third = (self._values(table, column, size) for _ in range(3))
            two = pc.binary_join_element_wise(first, second, "; ")
            values = self._either(self._either(first, two), pc.binary_join_element_wise(two, third, "; "))
        else:
            values = self._values(table, column, size)
        return values if column.required else self._some(values, 0.6)

    def _values(self, table: Table, column: Column, size: int) -> pa.Array:
        if column.kind is Kind.REFERENCE:
            return self._reference(table, column, size)
        if column.kind is Kind.TEXT:
            texts = self._texts(size)
            if column.many:
                texts = pc.utf8_trim(pc.replace_substring(texts, ";", ","), " \t\n\r\x0b\x0c\x1f\u2028\u2029")
            return texts
        if column.kind is Kind.CODE:
            return self._pick(list(vocabulary(column.vocabulary).concepts), size)
        if column.kind is Kind.DECIMAL:
            return self._numbers(size, least=1 if column.positive else 0)
        if column.name == "iso3166":
            return self._pick(country_codes().to_pylist(), size)
        number = pa.array(self.random.integers(1, 10_000, size)).cast(pa.string())
        numbered = {
            Kind.INTEGER: lambda: number,
            Kind.URL: lambda: _join('https://example.org/a?b="c"&d=\\e;f,g\'%20#', number),
            Kind.IDENTIFIER: lambda: _join("Q" if column.name == "wikidata" else '10.1234/a"b\\c;,', number),
            Kind.EDTF: lambda: self._pick(EDTF, size),
            Kind.DATE: lambda: self._pick(_DAYS, size),
            Kind.LANGUAGE: lambda: self._pick(_LANGUAGES, size),
            Kind.BOOLEAN: lambda: self._pick(("true", "false"), size),
        }
        return numbered[column.kind]()

    def _reference(self, table: Table, column: Column, size: int) -> pa.Array:
        keys = self.keys[column.references]
        if column.references == table.name:  # earlier ones alone, so that there is no cycle
            places = (self.random.random(size) * np.minimum(np.arange(size), 100)).astype(np.int64)
            return pc.if_else(
                pa.array(np.arange(size) > 100), keys.take(pa.array(places)), pa.scalar(None, pa.string())
            )
        return keys.take(pa.array(self.random.integers(0, len(keys), size)))

    def _keys(self, table: Table, size: int) -> pa.Array:
        number = pa.array(np.arange(size)).cast(pa.string())
        keys = _join(f"{table.record}-{self.seed}-", number)
        long = pc.utf8_lpad(number, 80 - len(table.record) - 1, "7")
        keys = pc.if_else(pa.array(np.arange(size) % 17 == 16), _join(f"{table.record}-", long), keys)
        if table.name == "actors":
            codes = list(vocabulary("country").concepts)[: size // 2]
            keys = pa.concat_arrays([pa.array(codes), keys[len(codes) :]])
        return keys

    # -------------------------------------------------------------------------------- kinds of values

    def _text(self) -> str:
        """A text of tricks and random characters, such as validation has no error for."""
        parts = []
        for _ in range(self.random.integers(1, 4)):
            if self.random.random() < 0.6:
                parts.append(TRICKS[self.random.integers(len(TRICKS))])
            else:
                parts.append("".join(self._character() for _ in range(self.random.integers(1, 12))))
        if self.random.random() < 0.002:
            parts.append("long " * self.random.integers(1000, 10_000))
        text = unicodedata.normalize("NFC", " ".join(parts)).strip() or "x"
        return f"x{text}" if text[0] in "=@+-\t\r" else text

    def _character(self) -> str:
        while True:
            one = chr(self.random.integers(1, (0x80, 0x800, 0xFFFE, 0x10FFFF)[self.random.integers(4)]))
            if not "\ud800" <= one <= "\udfff":
                return one

    def _texts(self, size: int) -> pa.Array:
        """One text of the pool, or two joined."""
        one, two = (self.pool.take(pa.array(self.random.integers(0, len(self.pool), size))) for _ in range(2))
        return self._either(one, pc.binary_join_element_wise(one, two, " "))

    def _numbers(self, size: int, *, least: int) -> pa.Array:
        """Thousandths of up to 18 digits, small ones and large ones alike, as text."""
        thousandths = (10 ** (self.random.random(size) * 18)).astype(np.int64)
        thousandths = np.clip(thousandths, 1, 10**18 - 1)
        thousandths[self.random.random(size) < 0.01] = 0 if not least else 1
        thousandths[self.random.random(size) < 0.01] = 10**18 - 1
        return _decimal_text(thousandths)

    def _pick(self, values: Any, size: int) -> pa.Array:
        return pa.array(list(values), pa.string()).take(pa.array(self.random.integers(0, len(values), size)))

    def _some(self, values: pa.Array, share: float) -> pa.Array:
        return pc.if_else(pa.array(self.random.random(len(values)) < share), values, pa.scalar(None, pa.string()))

    def _either(self, one: pa.Array, other: pa.Array) -> pa.Array:
        return pc.if_else(pa.array(self.random.random(len(one)) < 0.5), one, other)

    # -------------------------------------------------------------------------------- what the rules forbid

    def bounded(self, cells: dict[str, pa.Array], whole: np.ndarray[Any, Any]) -> None:
        """Quantities in order; whole ones where the unit is counted."""
        names = [name for name in ("quantity_low", "quantity", "quantity_high", "quantity_ordered") if name in cells]
        size = len(whole)
        three = np.sort(
            np.clip((10 ** (self.random.random((size, len(names))) * 18)).astype(np.int64), 1, None), axis=1
        )
        three = np.minimum(three, 10**18 - 1)
        counted = np.maximum(three // 1000, 1)
        for place, name in enumerate(names):
            texts = pc.if_else(
                pa.array(whole), pa.array(counted[:, place]).cast(pa.string()), _decimal_text(three[:, place])
            )
            cells[name] = pc.if_else(cells[name].is_valid(), texts, pa.scalar(None, pa.string()))


def _mend_transfers(maker: Maker, cells: dict[str, pa.Array]) -> None:
    size, nothing = len(cells["kind"]), pa.scalar(None, pa.string())
    whole = np.asarray(pc.is_in(cells["quantity_unit"], value_set=pa.array(sorted(counted_units()))))
    maker.bounded(cells, whole)
    unit = pc.if_else(pc.is_null(cells["quantity_unit"]), pa.scalar("tonne"), cells["quantity_unit"])
    cells["quantity_unit"] = unit
    currency = pc.if_else(pc.is_null(cells["value_currency"]), pa.scalar("USD"), cells["value_currency"])
    cells["value_currency"] = currency
    keys = maker.keys["actors"]
    same = pc.equal(cells["supplier"], cells["recipient"])
    cells["recipient"] = pc.if_else(same, keys[1], cells["recipient"])
    cells["supplier"] = pc.if_else(same, keys[0], cells["supplier"])
    dated = np.arange(size) > 100  # others come of the first ones
    delivered = pa.array(dated) if dated.any() else pa.array(np.zeros(size, bool))
    never = pc.is_in(cells["status"], value_set=pa.array(NOT_DELIVERED))
    cells["delivered"] = pc.if_else(pc.and_(delivered, pc.invert(never)), cells["delivered"], nothing)
    taken = pc.is_in(cells["kind"], value_set=pa.array(INVOLUNTARY))
    days = {name: _numbers_of(cells[name], end) for name, end in (("delivered", "latest"), ("ordered", "earliest"))}
    late = days["delivered"] < days["ordered"]
    keep = pc.and_(pc.and_(delivered, pc.invert(taken)), pa.array(~late))
    cells["ordered"] = pc.if_else(keep, cells["ordered"], nothing)
    revised = pc.less(cells["revised_on"], cells["recorded_on"])
    cells["revised_on"] = pc.if_else(pc.fill_null(revised, False), nothing, cells["revised_on"])


def _mend_claims(maker: Maker, cells: dict[str, pa.Array]) -> None:
    size = len(cells["claim_id"])
    maker.bounded(cells, np.zeros(size, bool))
    transfers = maker.keys["transfers"]
    cells["transfer_id"] = transfers.take(pa.array(np.arange(size) % len(transfers)))  # each is cited


def _mend_actors(maker: Maker, cells: dict[str, pa.Array]) -> None:
    state = pc.match_substring_regex(cells["actor_id"], "^[A-Z]{3}$")
    cells["kind"] = pc.if_else(state, pa.scalar("state"), cells["kind"])


def _mend_sources(maker: Maker, cells: dict[str, pa.Array]) -> None:
    early = _numbers_of(cells["accessed"], "latest") < _numbers_of(cells["published"], "earliest")
    cells["accessed"] = pc.if_else(pa.array(early), pa.scalar(None, pa.string()), cells["accessed"])


_MENDS: dict[str, Callable[[Maker, dict[str, pa.Array]], None]] = {
    "transfers": _mend_transfers,
    "claims": _mend_claims,
    "actors": _mend_actors,
    "sources": _mend_sources,
}


def written(random: np.random.Generator, table: Table, cells: pa.Table) -> pa.Table:
    """The same records as people write them: some numbers with needless zeros, some lists without blanks."""
    result = cells.select([column.name for column in table.source_columns])
    for place, column in enumerate(table.source_columns):
        texts = result.column(column.name).combine_chunks()
        if column.kind is Kind.DECIMAL:
            short = pc.fill_null(pc.less(pc.utf8_length(texts), 15), False)
            plain = pc.invert(pc.fill_null(pc.match_substring(texts, "."), True))
            often = pa.array(random.random(len(texts)) < 0.3)
            texts = pc.if_else(pc.and_(pc.and_(short, plain), often), _join("", texts, ".000"), texts)
            texts = pc.if_else(pc.and_(short, pa.array(random.random(len(texts)) < 0.3)), _join("0", texts), texts)
        elif column.many:
            often = pa.array(random.random(len(texts)) < 0.3)
            texts = pc.if_else(often, pc.replace_substring(texts, "; ", ";"), texts)
        result = result.set_column(place, column.name, texts)
    return result


def _join(before: str, texts: pa.Array, after: str = "") -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(before), texts, pa.scalar(after), "")


def _decimal_text(thousandths: np.ndarray[Any, Any]) -> pa.Array:
    """Thousandths as a decimal without trailing zeros."""
    whole = pa.array(thousandths // 1000).cast(pa.string())
    rest = pc.utf8_lpad(pa.array(thousandths % 1000).cast(pa.string()), 3, "0")
    text = pc.binary_join_element_wise(whole, rest, ".")
    return pc.replace_substring_regex(text, r"\.?0+$", "")


@cache
def _days() -> dict[str, dict[str, str | None]]:
    """For each date that is used the days it allows, as text; none where a date column cannot hold it."""
    found: dict[str, dict[str, str | None]] = {"earliest": {}, "latest": {}}
    for text in EDTF:
        date = dates.parse(text)
        for end, days in found.items():
            day = getattr(date, end)
            days[text] = dates.day_text(day) if day is not None and -(2**31) <= day < 2**31 else None
    return found


def _mapped(texts: pa.Array, values: dict[str, str | None]) -> pa.Array:
    encoded = texts.dictionary_encode()
    mapped = pa.array([values[text] for text in encoded.dictionary.to_pylist()], pa.string())
    return mapped.take(encoded.indices)


def _numbers_of(texts: pa.Array, end: str) -> np.ndarray[Any, Any]:
    """The day at one end of each date as a number; what is open allows everything."""
    encoded = texts.dictionary_encode()
    ends = [getattr(dates.parse(text), end) for text in encoded.dictionary.to_pylist()]
    beyond = np.inf if end == "latest" else -np.inf
    days = np.array([*(beyond if day is None else day for day in ends), beyond], dtype=float)
    of_each: np.ndarray[Any, Any] = days[np.asarray(encoded.indices.fill_null(len(ends)))]
    return of_each
