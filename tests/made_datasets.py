"""Datasets made for tests: a small one full of tricks, and random ones that fill the columns in every way they allow.

All of them are sound: they have warnings at most.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from armsdata.schema import TABLES
from armsdata.schema import edtf as dates
from armsdata.schema.cells import counted_units
from armsdata.schema.rules import INVOLUNTARY, NOT_DELIVERED
from armsdata.schema.vocabularies import vocabulary
from hypothesis import strategies as st

Row = dict[str, str]
Tables = dict[str, list[Row]]
Draw = Callable[[st.SearchStrategy[Any]], Any]

TOML = 'title = "A test"\nversion = "1"\ndate = 2026-01-01\nlicense = "CC0-1.0"\n'

NASTY: Tables = {
    "sources": [
        {
            "source_id": "gao-07-711",
            "type": "report",
            "title": 'The "lost" arms, a report',
            "authors": "Doe, J.; Roe, R.; Abel, A.",
            "publisher": "GAO",
            "published": "2007-07~",
            "document_number": "GAO-07-711",
            "url": "https://example.org/a?b=c|d&e=%20",
            "doi": '10.1234/a"b\\c',
            "language": "en-GB",
            "accessed": "2024-02-29",
        },
        {"source_id": "bare", "type": "news", "title": "Bare"},
    ],
    "actors": [
        {"actor_id": "NAM", "name": "Namibia", "kind": "state", "iso3166": "NA", "gwcode": "565", "wikidata": "Q1030"},
        {"actor_id": "IRQ", "name": "Iraq", "kind": "state", "iso3166": "IQ", "gwcode": "645", "active": "1932/.."},
        {"actor_id": "USA", "name": "United States", "kind": "state", "aliases": "US; U.S.; Ελλάς; العراق"},
        {"actor_id": "iraqi-army", "name": "Iraqi Army", "kind": "security-force", "part_of": "IRQ"},
        {"actor_id": "unknown", "name": "unknown", "kind": "unknown"},
    ],
    "weapons": [
        {
            "weapon_id": "ak-47",
            "designation": "AK-47",
            "category": "assault-rifle",
            "origin": "USA; IRQ",
            "calibre": "7.62 × 39 mm",
            "aliases": "Kalashnikov; NA; null",
        }
    ],
    "transfers": [
        {
            "transfer_id": "first",
            "kind": "sale",
            "status": "delivered",
            "supplier": "USA",
            "recipient": "IRQ",
            "category": "mixed",
            "confidence": "possible",
            "recorded_on": "2026-01-01",
        },
        {
            "transfer_id": "second",
            "kind": "re-export",
            "status": "delivered",
            "supplier": "IRQ",
            "recipient": "NAM",
            "end_user": "iraqi-army",
            "origin": "USA; IRQ",
            "via": "USA; iraqi-army; IRQ",
            "brokers": "USA",
            "carriers": "IRQ; USA",
            "funders": "NAM",
            "category": "assault-rifle",
            "weapon": "ak-47",
            "designation": 'so-called "AK"',
            "condition": "new",
            "quantity": "194.741",
            "quantity_low": "0.001",
            "quantity_high": "999999999999999.999",
            "quantity_unit": "tonne",
            "quantity_approximate": "true",
            "quantity_ordered": "200",
            "ordered": "2004%",
            "delivered": "199X/2006-06~",
            "value": "0",
            "value_currency": "USD",
            "tiv": "12.5",
            "place": "Windhoek, Namibia\nand\ton",
            "part_of": "first",
            "upstream": "first",
            "confidence": "confirmed",
            "notes": "A \\ back-slash, “quotes”, \U0001f52b, ‏עברית, NA",
            "recorded_on": "2026-01-01",
            "revised_on": "2026-02-01",
        },
    ],
    "claims": [
        {
            "claim_id": "c1",
            "transfer_id": "second",
            "source_id": "gao-07-711",
            "locator": "p. 12",
            "framing": "reported",
            "quantity_reported": "some 195 tonnes",
            "quantity": "194.741",
            "quantity_low": "190",
            "quantity_high": "200",
            "date_reported": "[2004,2005..2006]",
            "read_at": "https://example.org/",
            "notes": "null",
        },
        {"claim_id": "c2", "transfer_id": "first", "source_id": "bare", "framing": "alleged"},
    ],
}


def write_tables(folder: Path, tables: Mapping[str, Sequence[Row]], toml: str = TOML) -> Path:
    """Write a dataset folder; columns that no row of a table has are written, too."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(toml, "utf-8")
    for name, rows in tables.items():
        columns = [column.name for column in TABLES[name].source_columns]
        lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
        text = "".join(",".join(map(quoted, cells)) + "\n" for cells in lines)
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
    return folder


def quoted(cell: str) -> str:
    """A cell by RFC 4180 (Python's own writer leaves a lone carriage return without quotation marks)."""
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if any(one in cell for one in '",\r\n') else cell


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def expected_cells(name: str, row: Row) -> dict[str, str]:
    """The filled cells of a record as a release must hold them, derived days included."""
    found = {column: text for column, text in row.items() if text}
    for column in TABLES[name].derived_columns:
        if text := row.get(column.derived_from, ""):
            day = getattr(dates.parse(text), column.end)
            if day is not None and -(2**31) <= day < 2**31:
                found[column.name] = dates.day_text(day)
    return found


# ------------------------------------------------------------------------------------------------- strategies

_TRICKS = (
    "NA", "null", "None", "nan", "N/A", "true", "0", "007", "1e5", "#", "a,b", 'say "x"', '"', '""', "'", "a\nb",
    "a\n\nb", "a\r\nb", "a\rb", "a\tb", "\\", "\\n", "\\u0041", "C:\\new", "\U0001f600 \U0001f468‍\U0001f469",
    "עברית", "العراق ١٢", "日本語", "Ångström", "é", "a\u2028b\u2029c", "a b", "</script><b>&amp;", "%20", "{}[]",
    "_:b0", "http://example.org/#x", "x" * 300, "1,5", "x,y,z\nq,r,s", "x\x0by", "x\x0cy", "x\x1fy", "x\x7fy",
)  # fmt: skip
_EDTF = (
    "1985-04-12", "1985-04", "1985", "1985-04-12T23:20:30", "1985-04-12T23:20:30Z", "1964/2008", "2004-02-01/2005",
    "Y170000002", "Y-17000", "Y12345", "2001-21", "2001-24", "1984?", "2004-06~", "2004-06-11%", "201X", "20XX",
    "2004-XX", "1985-04-XX", "1985-XX-XX", "1985-04-12/..", "1985/", "../1985", "/1985", "1984~/2004-06", "-1985",
    "-0043-03-15", "-0043", "0000", "9999-12-31", "2004-06~/2004-08", "2004%", "198X?", "{1979,1981..1984}",
    "[1667,1668,1670..1672]", "[..1760-12-03]", "{1760-12..}", "2005-33", "2005-36~", "2001-40", "2001-41",
    "2004-06~-11", "2004?-06-11", "2000-02-29",
)  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """Prose with all that CSV, JSON and Unicode have to trip over, but without what validation refuses."""
    free = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
    one = st.one_of(st.sampled_from(_TRICKS), free)
    return st.lists(one, min_size=1, max_size=3).map(" ".join).map(_tidy)


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip() or "x"
    return f"x{text}" if text[0] in "=@+-\t\r" else text


def _items() -> st.SearchStrategy[str]:
    item = texts().map(lambda text: text.replace(";", ",").strip(" \t") or "x")
    return st.lists(item, min_size=1, max_size=3).map("; ".join).map(_tidy)


def edtf_texts() -> st.SearchStrategy[str]:
    """Dates in every form that is accepted."""
    year = st.integers(0, 9999).map(lambda number: f"{number:04}")
    mark = st.sampled_from(["", "", "?", "~", "%"])
    month = st.builds("{}-{:02}{}".format, year, st.integers(1, 12), mark)
    day = st.dates().map(str)
    date = st.one_of(st.builds(str.__add__, year, mark), month, day)
    both = st.builds("{}/{}".format, st.one_of(date, st.just("..")), st.one_of(date, st.just("")))
    some = st.lists(date, min_size=1, max_size=3).map(lambda found: "[" + ",".join(found) + "]")
    return st.one_of(st.sampled_from(_EDTF), st.one_of(date, both, some).filter(_is_date))


def _is_date(text: str) -> bool:
    try:
        dates.parse(text)
    except dates.EdtfError:
        return False
    return True


def _decimal(draw: Draw, *, whole: bool, least: int = 1) -> Decimal:
    places = 0 if whole else draw(st.integers(0, 3))
    return Decimal(draw(st.integers(least, 10**18 - 1))).scaleb(-places)


def number_text(number: Decimal) -> str:
    """A decimal as a release writes it: no exponent, no zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
_KEYS = st.one_of(_SLUGS, st.just("x" * 80))


def _codes(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(vocabulary(name).concepts))


def _maybe(draw: Draw, row: Row, name: str, strategy: st.SearchStrategy[str]) -> None:
    if draw(st.integers(0, 3)):
        row[name] = draw(strategy)


def _some_of(keys: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(keys), min_size=1, max_size=3).map("; ".join)


def _urls() -> st.SearchStrategy[str]:
    tail = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=8)
    return tail.map(lambda text: f"https://example.org/{text}")


def _quantities(draw: Draw, row: Row, *names: str, whole: bool) -> None:
    numbers = sorted(_decimal(draw, whole=whole) for _ in names)
    for name, number in zip(names, numbers, strict=True):
        _maybe(draw, row, name, st.just(number_text(number)))


@st.composite
def datasets(draw: Draw, rows: int = 3) -> Tables:
    """Sound datasets with up to so many records a table beside one that others can refer to."""
    keys = {
        name: draw(st.lists(_KEYS, min_size=0, max_size=rows, unique=True).map(lambda found: ["first", *found]))
        for name in TABLES
    }
    keys = {name: list(dict.fromkeys(found)) for name, found in keys.items()}
    keys["actors"] = list(dict.fromkeys([*keys["actors"], "unknown", "IRQ", draw(_states())]))
    return {
        "sources": [_source(draw, key) for key in keys["sources"]],
        "actors": [_actor(draw, key, keys["actors"][:place]) for place, key in enumerate(keys["actors"])],
        "weapons": [_weapon(draw, key, keys["actors"]) for key in keys["weapons"]],
        "transfers": [_transfer(draw, key, keys, place) for place, key in enumerate(keys["transfers"])],
        "claims": [
            _claim(draw, f"c{place}", transfer, keys["sources"]) for place, transfer in enumerate(keys["transfers"])
        ],
    }


def _states() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(vocabulary("country").concepts))


def _source(draw: Draw, key: str) -> Row:
    row = {"source_id": key, "type": draw(_codes("source-type")), "title": draw(texts())}
    _maybe(draw, row, "authors", _items())
    _maybe(draw, row, "publisher", texts())
    _maybe(draw, row, "published", edtf_texts())
    _maybe(draw, row, "document_number", st.sampled_from(["A-1", "NA", "12/34", "x, y"]))
    _maybe(draw, row, "url", _urls())
    _maybe(draw, row, "doi", st.from_regex(r"10\.[0-9]{4,9}/[!-~]{1,12}", fullmatch=True))
    _maybe(draw, row, "language", st.sampled_from(["en", "ar", "zh-Hant-TW", "de-1996", "sr-Latn"]))
    earliest = dates.parse(row["published"]).earliest if "published" in row else None
    if earliest is None or earliest < 0:
        _maybe(draw, row, "accessed", st.sampled_from(["1970-01-01", "2024-02-29", "9999-12-31"]))
    _maybe(draw, row, "notes", texts())
    return row


def _actor(draw: Draw, key: str, earlier: list[str]) -> Row:
    kind = "state" if key.isupper() else draw(_codes("actor-kind"))
    row = {"actor_id": key, "name": draw(texts()), "kind": kind}
    if earlier:
        _maybe(draw, row, "part_of", st.sampled_from(earlier))
    _maybe(draw, row, "aliases", _items())
    _maybe(draw, row, "active", edtf_texts())
    _maybe(draw, row, "iso3166", st.sampled_from(["NA", "IQ", "YUCS"]))
    _maybe(draw, row, "gwcode", st.integers(1, 9999).map(str))
    _maybe(draw, row, "wikidata", st.integers(1, 10**9).map("Q{}".format))
    _maybe(draw, row, "notes", texts())
    return row


def _weapon(draw: Draw, key: str, actors: list[str]) -> Row:
    row = {"weapon_id": key, "designation": draw(texts()), "category": draw(_codes("weapon-category"))}
    _maybe(draw, row, "origin", _some_of(actors))
    _maybe(draw, row, "calibre", texts())
    _maybe(draw, row, "aliases", _items())
    _maybe(draw, row, "wikidata", st.integers(1, 10**9).map("Q{}".format))
    _maybe(draw, row, "notes", texts())
    return row


def _transfer(draw: Draw, key: str, keys: Mapping[str, list[str]], place: int) -> Row:
    actors, earlier = keys["actors"], keys["transfers"][:place]
    row = {"transfer_id": key, "kind": draw(_codes("transfer-kind")), "status": draw(_codes("transfer-status"))}
    row["supplier"] = draw(st.sampled_from(actors))
    row["recipient"] = draw(st.sampled_from([one for one in actors if one != row["supplier"]]))
    for name in ("end_user", "origin", "via", "brokers", "carriers", "funders"):
        many = TABLES["transfers"].by_name[name].many
        _maybe(draw, row, name, _some_of(actors) if many else st.sampled_from(actors))
    row["category"] = draw(_codes("weapon-category"))
    _maybe(draw, row, "weapon", st.sampled_from(keys["weapons"]))
    _maybe(draw, row, "designation", texts())
    _maybe(draw, row, "condition", _codes("condition"))
    row["quantity_unit"] = draw(_codes("unit"))
    whole = row["quantity_unit"] in counted_units()
    _quantities(draw, row, "quantity_low", "quantity", "quantity_high", whole=whole)
    _quantities(draw, row, "quantity_ordered", whole=whole)
    _maybe(draw, row, "quantity_approximate", st.sampled_from(["true", "false"]))
    _transfer_dates(draw, row, dated=bool(earlier))
    if draw(st.booleans()):
        row["value"] = number_text(_decimal(draw, whole=False, least=0))
        row["value_currency"] = draw(_codes("currency"))
    _maybe(draw, row, "tiv", st.just(number_text(_decimal(draw, whole=False, least=0))))
    _maybe(draw, row, "place", texts())
    if earlier:
        _maybe(draw, row, "part_of", st.sampled_from(earlier))
        _maybe(draw, row, "upstream", st.just("first"))
    row["confidence"] = draw(_codes("confidence"))
    _maybe(draw, row, "notes", texts())
    row["recorded_on"] = draw(st.sampled_from(["2026-01-01", "0001-01-01", "2024-02-29"]))
    _maybe(draw, row, "revised_on", st.sampled_from(["2026-01-02", "9999-12-31"]))
    return row


def _transfer_dates(draw: Draw, row: Row, *, dated: bool) -> None:
    """Dates that agree with kind and status; the first transfer has none, so that others can come of it."""
    if dated and row["kind"] not in INVOLUNTARY:
        _maybe(draw, row, "ordered", edtf_texts())
    if dated and row["status"] not in NOT_DELIVERED:
        _maybe(draw, row, "delivered", edtf_texts())
    if "ordered" in row and "delivered" in row:
        first, last = dates.parse(row["ordered"]).earliest, dates.parse(row["delivered"]).latest
        if first is not None and last is not None and last < first:
            del row["ordered"]


def _claim(draw: Draw, key: str, transfer: str, sources: list[str]) -> Row:
    row = {"claim_id": key, "transfer_id": transfer, "source_id": draw(st.sampled_from(sources))}
    row["framing"] = draw(_codes("framing"))
    _maybe(draw, row, "locator", st.sampled_from(["p. 1", "table A, row 2", "§ 3"]))
    _maybe(draw, row, "quantity_reported", texts())
    _quantities(draw, row, "quantity_low", "quantity", "quantity_high", whole=False)
    _maybe(draw, row, "date_reported", edtf_texts())
    _maybe(draw, row, "read_at", _urls())
    _maybe(draw, row, "notes", texts())
    return row
