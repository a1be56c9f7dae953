"""Every finding code: the smallest dataset that gives just that finding, and the variants that the design names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from armsdata.schema import TABLES

import armsdata
from armsdata.catalogue import CATALOGUE
from armsdata.findings import severity_of
from datasets import FULL, SMALL, Data, Found, found, judged

BIG = (1 << 20) + 1
ERROR, WARNING = "error", "warning"


def lines_of(table: str, data: Data = SMALL) -> list[bytes]:
    return data.content(table).splitlines(keepends=True)


def with_lines(table: str, *lines: bytes, data: Data = SMALL) -> Data:
    return data.with_bytes(table, b"".join(lines))


def in_encoding(table: str, encoding: str, before: bytes = b"") -> Data:
    return SMALL.with_bytes(table, before + SMALL.content(table).decode("utf-8").encode(encoding))


def renamed(old: str, new: str) -> Data:
    """With another key for the source s1, and the references to it."""
    data = SMALL.with_cell("sources", 0, "source_id", new)
    return data.with_cell("claims", 0, "source_id", new).with_cell("claims", 1, "source_id", new)


AGAIN = {"claim_id": "c9", "transfer_id": "t1", "source_id": "s1", "framing": "reported", "locator": "page 9"}
LOOP = SMALL.with_cells("actors", 0, part_of="IRQ").with_cells("actors", 1, part_of="GBR")

#: For each code the smallest example, and all that is found in it.
EXAMPLES: dict[str, tuple[Data, list[Found]]] = {
    "encoding-error": (
        SMALL.with_swap("sources", b"A report", b"Fran\xe7ais"),
        [("sources.csv", 2, None, "encoding-error", ERROR)],
    ),
    "byte-order-mark": (
        SMALL.with_bytes("sources", b"\xef\xbb\xbf" + SMALL.content("sources")),
        [("sources.csv", 1, None, "byte-order-mark", WARNING)],
    ),
    "malformed-csv": (
        SMALL.with_swap("weapons", b"AK-47", b'7" gun'),
        [("weapons.csv", 2, "designation", "malformed-csv", ERROR)],
    ),
    "empty-file": (SMALL.with_bytes("weapons", b""), [("weapons.csv", 1, None, "empty-file", ERROR)]),
    "missing-column": (
        SMALL.without_column("transfers", "confidence"),
        [("transfers.csv", 1, "confidence", "missing-column", ERROR)],
    ),
    "unexpected-column": (
        SMALL.with_swap("sources", b"notes", b"my_remarks"),
        [("sources.csv", 1, "my_remarks", "unexpected-column", ERROR)],
    ),
    "duplicate-column": (
        SMALL.with_swap("sources", b"notes", b"title"),
        [("sources.csv", 1, "title", "duplicate-column", ERROR)],
    ),
    "wrong-delimiter": (
        SMALL.with_bytes("sources", SMALL.content("sources").replace(b",", b";")),
        [("sources.csv", 1, None, "wrong-delimiter", ERROR)],
    ),
    "ragged-row": (
        SMALL.with_swap("sources", b"A report", b"A report, long"),
        [("sources.csv", 2, None, "ragged-row", ERROR)],
    ),
    "blank-row": (
        SMALL.with_bytes("sources", SMALL.content("sources") + b"\n"),
        [("sources.csv", 3, None, "blank-row", WARNING)],
    ),
    "missing-value": (
        SMALL.with_cell("sources", 0, "title", ""),
        [("sources.csv", 2, "title", "missing-value", ERROR)],
    ),
    "wrong-type": (
        SMALL.with_cell("transfers", 0, "tiv", "1,500"),
        [("transfers.csv", 2, "tiv", "wrong-type", ERROR)],
    ),
    "out-of-range": (
        SMALL.with_cell("transfers", 0, "tiv", "-5"),
        [("transfers.csv", 2, "tiv", "out-of-range", ERROR)],
    ),
    "not-in-vocabulary": (
        SMALL.with_cell("transfers", 0, "kind", "gift"),
        [("transfers.csv", 2, "kind", "not-in-vocabulary", ERROR)],
    ),
    "bad-identifier": (renamed("s1", "S 1"), [("sources.csv", 2, "source_id", "bad-identifier", ERROR)]),
    "duplicate-id": (
        SMALL.with_row("claims", **AGAIN | {"claim_id": "c1"}),
        [("claims.csv", 4, "claim_id", "duplicate-id", ERROR)],
    ),
    "unknown-reference": (
        SMALL.with_cell("transfers", 1, "recipient", "UK").with_cell("transfers", 1, "funders", "islamic-state"),
        [("transfers.csv", 3, "recipient", "unknown-reference", ERROR)],
    ),
    "reference-cycle": (LOOP, [("actors.csv", 2, "part_of", "reference-cycle", ERROR)]),
    "bad-date": (
        SMALL.with_cell("transfers", 0, "delivered", "12/06/2014"),
        [("transfers.csv", 2, "delivered", "bad-date", ERROR)],
    ),
    "impossible-order": (
        SMALL.with_cell("transfers", 0, "ordered", "2008"),
        [("transfers.csv", 2, "delivered", "impossible-order", ERROR)],
    ),
    "inconsistent-quantity": (
        SMALL.with_cell("transfers", 0, "quantity_low", "101"),
        [("transfers.csv", 2, "quantity_low", "inconsistent-quantity", ERROR)],
    ),
    "missing-unit": (
        SMALL.with_cell("transfers", 0, "quantity_unit", ""),
        [("transfers.csv", 2, "quantity_unit", "missing-unit", ERROR)],
    ),
    "missing-currency": (
        SMALL.with_cell("transfers", 0, "value", "5"),
        [("transfers.csv", 2, "value_currency", "missing-currency", ERROR)],
    ),
    "self-transfer": (
        SMALL.with_cell("transfers", 0, "supplier", "IRQ").with_cell("transfers", 0, "origin", "GBR"),
        [("transfers.csv", 2, "recipient", "self-transfer", ERROR)],
    ),
    "inconsistent-status": (
        SMALL.with_cell("transfers", 0, "status", "planned"),
        [("transfers.csv", 2, "status", "inconsistent-status", ERROR)],
    ),
    "uncited-transfer": (
        SMALL.with_cell("claims", 0, "transfer_id", "t2").with_cell("claims", 0, "quantity", ""),
        [("transfers.csv", 2, "transfer_id", "uncited-transfer", ERROR)],
    ),
    "conflicting-claim": (
        SMALL.with_cell("claims", 0, "quantity", "101"),
        [("claims.csv", 2, "quantity", "conflicting-claim", WARNING)],
    ),
    "spreadsheet-damage": (
        SMALL.with_cell("transfers", 0, "delivered", "Mar-05"),
        [("transfers.csv", 2, "delivered", "spreadsheet-damage", ERROR)],
    ),
    "formula-text": (
        SMALL.with_cell("sources", 0, "notes", "=1+1"),
        [("sources.csv", 2, "notes", "formula-text", ERROR)],
    ),
    "untidy-text": (
        SMALL.with_cell("sources", 0, "title", "A report "),
        [("sources.csv", 2, "title", "untidy-text", WARNING)],
    ),
    "probable-duplicate": (
        SMALL.with_row("claims", claim_id="c9", transfer_id="t2", source_id="s1", framing="reported", locator="page 2"),
        [("claims.csv", 4, "claim_id", "probable-duplicate", WARNING)],
    ),
    "unused-record": (
        SMALL.with_cell("transfers", 0, "weapon", ""),
        [("weapons.csv", 2, "weapon_id", "unused-record", WARNING)],
    ),
    "runaway-quote": (
        SMALL.with_swap("actors", b"Iraq,", b'"Iraq,'),
        [("actors.csv", 3, "name", "runaway-quote", ERROR)],
    ),
}


def test_the_smallest_datasets_and_the_curated_one_have_no_fault(tmp_path: Path) -> None:
    assert found(SMALL, tmp_path / "small") == []
    assert found(FULL, tmp_path / "full") == []
    assert armsdata.validate("data").errors == 0


def test_every_code_of_the_catalogue_has_an_example() -> None:
    assert list(EXAMPLES) == list(CATALOGUE)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_smallest_example_gives_just_that_finding(code: str, tmp_path: Path) -> None:
    data, expected = EXAMPLES[code]
    assert found(data, tmp_path) == expected
    assert {one[3] for one in expected} == {code}


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_finding_says_what_is_wrong_and_what_to_do(code: str, tmp_path: Path) -> None:
    (finding,) = judged(EXAMPLES[code][0].write(tmp_path)).findings
    assert finding.message
    assert finding.hint
    assert "“”" not in finding.message
    assert json.dumps(finding.as_dict())


def test_all_but_five_codes_are_errors_and_two_are_warnings_in_prose() -> None:
    warnings = {"byte-order-mark", "blank-row", "probable-duplicate", "unused-record", "conflicting-claim"}
    assert {code for code in CATALOGUE if severity_of(code) == WARNING} == warnings
    in_prose = {code for code in CATALOGUE if severity_of(code, prose=True) == WARNING}
    assert in_prose - warnings == {"untidy-text", "spreadsheet-damage"}


# ---------------------------------------------------------------------------------------------- cells


def many(tmp_path: Path, table: str, column: str, values: list[str], **other: str) -> dict[str, list[tuple[str, str]]]:
    """Code and severity of what is found in a column for each of these texts, each in a row of its own."""
    key = TABLES[table].key
    data = FULL
    first = len(data.tables[table]) + 2
    for number, value in enumerate(values):
        row = dict(data.tables[table][0]) | {key: f"{'row'}-{number}", "part_of": "", "upstream": ""} | other
        if table == "actors":
            row |= {"kind": "person", "iso3166": ""}
        data = data.with_row(table, **row | {column: value})
    result: dict[str, list[tuple[str, str]]] = {value: [] for value in values}
    line = {first + sum(one.count("\n") for one in values[:n]) + n: value for n, value in enumerate(values)}
    ignored = ("unused-record", "uncited-transfer", "probable-duplicate")
    for one in judged(data.write(tmp_path)).findings:
        if one.code not in ignored:
            assert one.column in (column, None), one
            result[line[one.line]].append((one.code, one.severity))
    return result


def all_have(result: dict[str, list[tuple[str, str]]], *expected: tuple[str, str]) -> None:
    assert result == {value: list(expected) for value in result}


def test_numbers_are_plain_ascii_digits_of_at_most_18_with_3_places(tmp_path: Path) -> None:
    bad = ["1,500", "1 500", "1\u00a0500", "+5", "5 ", " 5", "5\n", "\u0665", "1e5", "ten", "1.2345", "9" * 19,
           "5.", ".5", "1234567890123456.123", "0x10", "1_000", "−5", "'5", "1,5", "NaN",
           "inf", "5\u200b"]  # fmt: skip
    all_have(many(tmp_path / "bad", "transfers", "tiv", bad), ("wrong-type", ERROR))
    good = ["5", "0", "0.25", "9" * 18, "123456789012345.123", "194.741", "007", "1.50", "44256", ""]
    all_have(many(tmp_path / "good", "transfers", "tiv", good))


def test_numbers_are_not_negative_and_quantities_not_zero(tmp_path: Path) -> None:
    values = ["0", "0.000", "-1", "-0.5"]
    all_have(many(tmp_path / "q", "transfers", "quantity_ordered", values), ("out-of-range", ERROR))
    all_have(many(tmp_path / "v", "transfers", "value", ["-1", "-0.001"]), ("out-of-range", ERROR))
    all_have(many(tmp_path / "c", "claims", "quantity_low", ["0", "-7"]), ("out-of-range", ERROR))


def test_counted_units_take_whole_numbers_only_and_each_quantity_is_told(tmp_path: Path) -> None:
    data = FULL.with_cells("transfers", 0, quantity="99.5", quantity_low="90.5", quantity_high="110.25")
    data = data.with_cells("transfers", 0, quantity_ordered="1.5")
    expected = ["quantity", "quantity_low", "quantity_high", "quantity_ordered"]
    assert found(data, tmp_path / "item") == [
        ("transfers.csv", 2, column, "inconsistent-quantity", ERROR) for column in expected
    ]
    assert found(data.with_cell("transfers", 0, "quantity_unit", "tonne"), tmp_path / "tonne") == []
    whole = FULL.with_cell("transfers", 0, "quantity", "100.000")
    assert found(whole, tmp_path / "whole") == []


def test_a_cell_beyond_a_mebibyte_is_out_of_range_and_nothing_else(tmp_path: Path) -> None:
    data = FULL
    for table, column in [
        ("sources", "notes"), ("sources", "title"), ("sources", "authors"), ("sources", "published"),
        ("claims", "claim_id"), ("claims", "quantity_high"), ("transfers", "quantity_unit"),
        ("transfers", "carriers"), ("sources", "url"),
    ]:  # fmt: skip
        data = data.with_cell(table, 0, column, "x" * BIG)
    folder = data.write(tmp_path)
    report = judged(folder)
    assert [(one.column, one.code) for one in report.findings] == [
        (column, "out-of-range")
        for column in ("claim_id", "quantity_high", "title", "authors", "published", "url", "notes", "carriers",
                       "quantity_unit")
    ]  # fmt: skip
    assert "1,048,577 bytes" in report.findings[0].message
    fits = SMALL.with_cell("sources", 0, "notes", "x" * (BIG - 1))
    assert found(fits, tmp_path / "fits") == []


def test_a_key_of_a_mebibyte_does_not_take_minutes(tmp_path: Path) -> None:
    assert [one[3] for one in found(renamed("s1", "x" * (BIG - 1)), tmp_path)] == ["bad-identifier"]


def test_booleans_are_true_and_false(tmp_path: Path) -> None:
    bad = ["TRUE", "True", "yes", "1", "0", "true ", "falsе"]
    all_have(many(tmp_path / "bad", "transfers", "quantity_approximate", bad), ("wrong-type", ERROR))
    all_have(many(tmp_path / "good", "transfers", "quantity_approximate", ["true", "false", ""]))


def test_addresses_are_absolute_http(tmp_path: Path) -> None:
    bad = ["www.example.org", "ftp://example.org", "https://", "https:///a", "https://a.org/ b", "https://a.org/\n",
           "https://a.org/\u00a0", "https://a.org/\u200b", "/a", "javascript:alert(1)"]  # fmt: skip
    all_have(many(tmp_path / "bad", "sources", "url", bad), ("wrong-type", ERROR))
    good = ["http://a.org", "HTTPS://A.org/x?y=z;w#f", "https://例え.jp/ü", "https://a.org/%20(x)"]
    all_have(many(tmp_path / "good", "sources", "url", good))


def test_own_ids_and_identifiers_of_others_have_forms(tmp_path: Path) -> None:
    keys = ["C1", "c 1", "c1 ", "c--1", "-c", "c_1", "c1\n", "ç", "c" * 81, "сlaim", "c1\u200b"]
    all_have(many(tmp_path / "key", "claims", "claim_id", keys), ("bad-identifier", ERROR))
    all_have(many(tmp_path / "good", "claims", "claim_id", ["x", "0", "a-1-b", "c" * 80]))
    for column, bad, good in [
        ("wikidata", ["q796", "Q0", "796", "Q796 ", "http://www.wikidata.org/entity/Q796"], ["Q1", "Q796"]),
        ("iso3166", ["GBR", "gb", "UK", "XX", "G B", "YUCSX"], ["GB", "YUCS", "SUHH"]),
        ("gwcode", ["0645", "-1", "0", "645.0", "12345", "x", "645 "], ["2", "645", "9999"]),
    ]:
        all_have(many(tmp_path / column / "bad", "actors", column, bad), ("bad-identifier", ERROR))
        all_have(many(tmp_path / column / "good", "actors", column, good))
    doi = ["https://doi.org/10.1000/a", "doi:10.1000/a", "10.1000", "10.1000/", "10.1000/a b", "10.1000/а"]
    all_have(many(tmp_path / "doi", "sources", "doi", doi), ("bad-identifier", ERROR))


def test_a_state_has_its_iso_code_and_nobody_else_has(tmp_path: Path) -> None:
    rows = [
        {"actor_id": "XXX", "name": "Nowhere", "kind": "state", "part_of": "GBR"},
        {"actor_id": "IQ", "name": "Short", "kind": "state", "part_of": "GBR"},
        {"actor_id": "YUG", "name": "Yugoslavia", "kind": "state", "part_of": "GBR", "iso3166": "YUCS"},
        {"actor_id": "FRA", "name": "A company", "kind": "company", "part_of": "GBR"},
    ]
    data = SMALL.with_rows("actors", [*SMALL.tables["actors"], *rows])
    result = [one for one in found(data, tmp_path) if one[3] != "unused-record"]
    assert result == [("actors.csv", line, "actor_id", "bad-identifier", ERROR) for line in (5, 6, 8)]


def test_a_reference_to_nothing_is_unknown_whatever_its_form(tmp_path: Path) -> None:
    values = [
        "UK",
        "../../etc",
        "GBR ",
        "gbr",
        "=cmd|' /C calc'!A0",
        "Mar-05",
        "GBR\n",
        "nobody",
        "x" * 300,
        "#REF!",
        "NA",
    ]
    all_have(many(tmp_path / "one", "transfers", "end_user", values), ("unknown-reference", ERROR))
    all_have(many(tmp_path / "list", "transfers", "brokers", ["nobody", "GBR, IRQ", "GBR/IRQ", "GBR\nIRQ"]),
             ("unknown-reference", ERROR))  # fmt: skip
    all_have(many(tmp_path / "two", "transfers", "brokers", ["no; nobody"]), *[("unknown-reference", ERROR)] * 2)


def test_a_code_outside_its_list_is_not_in_the_vocabulary_whatever_its_form(tmp_path: Path) -> None:
    for column in ("condition", "value_currency"):
        bad = ["nix", "New", "new ", "NEW", "usd", "US$", "=x", "neω"]
        all_have(many(tmp_path / column, "transfers", column, bad), ("not-in-vocabulary", ERROR))
    all_have(many(tmp_path / "money", "transfers", "value_currency", ["USD", "YUN", "DEM"]))
    bad = ["English", "en_GB", "eng", "zz", "en ", "e"]
    all_have(many(tmp_path / "bad", "sources", "language", bad), ("not-in-vocabulary", ERROR))
    good = ["en", "EN", "en-GB", "zh-Hant-TW", "de-AT-1996", "sr-Latn", "es-419", "de-x-dialect", "ar"]
    all_have(many(tmp_path / "good", "sources", "language", good))


def test_na_is_namibia_and_an_empty_cell_the_only_null(tmp_path: Path) -> None:
    data = FULL.with_row("actors", actor_id="NAM", name="Namibia", kind="state", iso3166="NA", part_of="")
    data = data.with_cell("transfers", 0, "funders", "NAM")
    assert found(data, tmp_path / "iso") == []
    texts = ["NA", "N/A", "null", "None", "nan", "-", "NULL"]
    all_have(many(tmp_path / "text", "transfers", "place", texts))
    loaded = armsdata.load(data.with_cell("transfers", 0, "place", "NA").write(tmp_path / "load"))
    assert loaded.transfers["place"][0] == "NA"
    assert loaded.actors.set_index("actor_id")["iso3166"]["NAM"] == "NA"


def test_dates_are_edtf_or_plain_days(tmp_path: Path) -> None:
    bad = ["12/06/2014", "2014-13", "2014-02-30", "circa 1995", "2007 ", "2007\n", "2007\u200b", "unknown", "2008/2007",
           "2014-6", "199x", "1E9", "2001-25", "?2001", "{2001", "2004-06-XX/1999", "٢٠١٤"]  # fmt: skip
    all_have(many(tmp_path / "bad", "claims", "date_reported", bad), ("bad-date", ERROR))
    good = ["2007", "2007-06~", "199X", "../2007", "2007/..", "2007/", "{2001,2003..2005}", "[2001,2003]",
            "2001-33", "2001-40", "2001-21", "Y20000", "-0043", "2004-06-01T10:30:00Z", "2004-06~-11", "20XX?",
            "1985-04-XX"]  # fmt: skip
    all_have(many(tmp_path / "good", "claims", "date_reported", good))
    days = ["2026", "2026-01", "01/02/2026", "2026-1-1", "2026-02-30", "2026-01-01~", "2026-01-01T00:00:00", "20260101"]
    all_have(many(tmp_path / "days", "sources", "accessed", days), ("bad-date", ERROR))


MARKS = [
    "Mar-05",
    "5-Mar",
    "05-Mar-14",
    "1.00E+05",
    "1,5E+10",
    "########",
    "#REF!",
    "#N/A",
    "#NAME?",
    "#DIV/0!",
    "#VALUE!",
]


def test_marks_of_a_spreadsheet_say_more_than_a_wrong_form(tmp_path: Path) -> None:
    damage = ("spreadsheet-damage", ERROR)
    all_have(many(tmp_path / "edtf", "claims", "date_reported", [*MARKS, "44256", "44256.75"]), damage)
    all_have(many(tmp_path / "day", "sources", "accessed", [*MARKS, "44256"]), damage)
    all_have(many(tmp_path / "number", "transfers", "tiv", MARKS), damage)
    all_have(many(tmp_path / "flag", "transfers", "quantity_approximate", MARKS), damage)
    all_have(many(tmp_path / "url", "sources", "url", MARKS), damage)
    all_have(many(tmp_path / "key", "claims", "claim_id", MARKS), damage)
    all_have(many(tmp_path / "doi", "sources", "doi", MARKS), damage)


def test_damage_in_prose_only_looks_odd_and_is_a_warning(tmp_path: Path) -> None:
    odd = ("spreadsheet-damage", WARNING)
    all_have(many(tmp_path / "calibre", "weapons", "calibre", MARKS), odd)
    all_have(many(tmp_path / "locator", "claims", "locator", MARKS), odd)
    all_have(many(tmp_path / "number", "sources", "document_number", MARKS), odd)
    fine = ["44256", "March 2005", "#12", "A-10", "5.56", "E-3", "may-fly", "1E5"]
    all_have(many(tmp_path / "fine", "sources", "document_number", fine))


def test_text_that_would_run_as_a_formula_is_an_error_in_any_text_cell(tmp_path: Path) -> None:
    bad = [
        "=1+1",
        "=",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "+x",
        "-x",
        "+1+1",
        "-5 apples",
        "--",
        "-2+3",
        '=HYPERLINK("http://x")',
    ]
    all_have(many(tmp_path / "notes", "sources", "notes", bad), ("formula-text", ERROR))
    all_have(many(tmp_path / "title", "sources", "title", bad), ("formula-text", ERROR))
    all_have(many(tmp_path / "alias", "actors", "aliases", ["=1+1", "@x", "+x"]), ("formula-text", ERROR))
    fine = [
        "-5",
        "+5",
        "-1.5",
        "- item",
        "+ item",
        "-",
        "+964 1 234 567",
        "+964 (1) 234-567",
        "−5",
        "a=b",
        "(=x)",
        "1-2",
    ]
    all_have(many(tmp_path / "fine", "sources", "notes", fine))


def test_untidy_prose_is_a_warning(tmp_path: Path) -> None:
    bad = [" x", "x ", "x\n", "\u00a0x", "x\u3000", "e\u0301", "a\u202eb", "a\u2066b", "a\u200bb", "\ufeffa", "a\x07b"]
    all_have(many(tmp_path / "bad", "sources", "notes", bad), ("untidy-text", WARNING))
    fine = ["می\u200cخواهم", "क\u094d\u200dष", "two\nlines", "a\u00a0b", "é", "عربي", "a\tb", "👩\u200d🚀", "x\u200f"]
    all_have(many(tmp_path / "fine", "sources", "notes", fine))


def test_items_of_a_list_stand_behind_a_semicolon_and_at_most_one_blank(tmp_path: Path) -> None:
    bad = ["GBR ; IRQ", "GBR;  IRQ", "GBR; ", "; GBR", "GBR;;IRQ", " GBR", "GBR; IRQ ", ";"]
    all_have(many(tmp_path / "codes", "transfers", "brokers", bad), ("untidy-text", ERROR))
    all_have(many(tmp_path / "good", "transfers", "brokers", ["GBR; IRQ", "GBR;IRQ", "GBR", ""]))
    names = [*bad, "GBR;\u00a0IRQ", "GBR; IRQ\n"]
    all_have(many(tmp_path / "prose", "actors", "aliases", names), ("untidy-text", WARNING))


def test_a_bad_cell_hides_neither_the_other_cells_of_its_row_nor_those_of_its_column(tmp_path: Path) -> None:
    data = SMALL.with_cells(
        "transfers", 0, kind="gift", supplier="UK", quantity="1,500", delivered="soon", notes="=x", recorded_on=""
    ).with_cells("transfers", 1, kind="gift", delivered="44256")
    assert found(data, tmp_path) == [
        ("actors.csv", 2, "actor_id", "unused-record", WARNING),
        ("transfers.csv", 2, "kind", "not-in-vocabulary", ERROR),
        ("transfers.csv", 2, "supplier", "unknown-reference", ERROR),
        ("transfers.csv", 2, "quantity", "wrong-type", ERROR),
        ("transfers.csv", 2, "delivered", "bad-date", ERROR),
        ("transfers.csv", 2, "notes", "formula-text", ERROR),
        ("transfers.csv", 2, "recorded_on", "missing-value", ERROR),
        ("transfers.csv", 3, "kind", "not-in-vocabulary", ERROR),
        ("transfers.csv", 3, "delivered", "spreadsheet-damage", ERROR),
    ]


# ---------------------------------------------------------------------------------------------- rows


def first_transfer(tmp_path: Path, data: Data = SMALL, **cells: str) -> list[tuple[str | None, str]]:
    return [(one[2], one[3]) for one in found(data.with_cells("transfers", 0, **cells), tmp_path)]


def test_bounds_stand_at_the_column_that_is_out(tmp_path: Path) -> None:
    bad = "inconsistent-quantity"
    assert first_transfer(tmp_path / "1", quantity_low="101") == [("quantity_low", bad)]
    assert first_transfer(tmp_path / "2", quantity_high="99") == [("quantity_high", bad)]
    assert first_transfer(tmp_path / "3", quantity_low="120", quantity_high="80") == [
        ("quantity_low", bad), ("quantity_high", bad)
    ]  # fmt: skip
    assert first_transfer(
        tmp_path / "4", SMALL.with_cell("claims", 0, "quantity", ""), quantity="", quantity_low="99", quantity_high="98"
    ) == [("quantity_low", bad)]
    claim = SMALL.with_cells("claims", 0, quantity="", quantity_low="120", quantity_high="90")
    assert found(claim, tmp_path / "5") == [("claims.csv", 2, "quantity_low", bad, ERROR)]


@pytest.mark.parametrize("column", ["quantity", "quantity_low", "quantity_high", "quantity_ordered"])
def test_any_quantity_needs_the_unit(column: str, tmp_path: Path) -> None:
    cells = {"quantity": "", "quantity_unit": ""} | {column: "100"}
    assert first_transfer(tmp_path, SMALL, **cells) == [("quantity_unit", "missing-unit")]


@pytest.mark.parametrize("status", ["planned", "licensed", "notified", "ordered", "cancelled", "denied"])
def test_what_was_not_delivered_has_no_date_of_delivery(status: str, tmp_path: Path) -> None:
    assert first_transfer(tmp_path / "dated", status=status) == [("status", "inconsistent-status")]
    assert first_transfer(tmp_path / "undated", status=status, delivered="") == []


@pytest.mark.parametrize("kind", ["capture", "theft", "loss"])
def test_what_nobody_orders_has_no_date_of_order(kind: str, tmp_path: Path) -> None:
    assert first_transfer(tmp_path / "dated", kind=kind, ordered="2006") == [("ordered", "inconsistent-status")]
    assert first_transfer(tmp_path / "undated", kind=kind) == []


def test_a_delivered_transfer_may_lack_its_date(tmp_path: Path) -> None:
    assert first_transfer(tmp_path / "1", delivered="") == []
    assert first_transfer(tmp_path / "2", status="intercepted") == []


@pytest.mark.parametrize(
    ("ordered", "delivered", "possible"),
    [
        ("2007", "2007-01", True), ("2007-06", "2007", True), ("2008", "2007", False),
        ("2007-06-02", "2007-06-01", False), ("2005/..", "2004", False),
        ("../2010", "1990", True), ("2010/", "2009/..", True), ("199X", "1990", True),
        ("200X", "199X", False), ("2007~", "2006", False), ("2001-21", "2001-01-01", True),
        ("[2001,2009]", "2005", True),
    ],
)  # fmt: skip
def test_dates_are_compared_by_what_they_allow(ordered: str, delivered: str, possible: bool, tmp_path: Path) -> None:
    data = SMALL.with_cell("transfers", 1, "upstream", "")
    result = first_transfer(tmp_path, data, ordered=ordered, delivered=delivered)
    assert result == ([] if possible else [("delivered", "impossible-order")])


def test_what_came_later_stands_in_the_wrong_place(tmp_path: Path) -> None:
    out = "impossible-order"
    assert first_transfer(tmp_path / "1", revised_on="2025-12-31") == [("revised_on", out)]
    assert first_transfer(tmp_path / "2", revised_on="2026-01-01") == []
    cases = [("2014-12-31", "2015", False), ("2015-01-01", "2015", True), ("2014-01-01", "../2016", True)]
    for accessed, published, possible in cases:
        data = SMALL.with_cells("sources", 0, accessed=accessed, published=published)
        expected = [] if possible else [("sources.csv", 2, "accessed", out, ERROR)]
        assert found(data, tmp_path / accessed) == expected


def test_arms_do_not_come_from_a_later_transfer(tmp_path: Path) -> None:
    late = [("transfers.csv", 3, "upstream", "impossible-order", ERROR)]
    for delivered, ordered, expected in [
        ("2014-06-10", "", late), ("2014-06-09", "", []), ("2014", "", []), ("2015", "", late), ("", "2015", late),
        ("", "2014", []),        ("../2015", "", []), ("2014/..", "2014-07", late),
    ]:  # fmt: skip
        data = SMALL.with_cells("transfers", 0, delivered=delivered, ordered=ordered)
        assert found(data, tmp_path / f"{delivered}{ordered}".replace("/", "_")) == expected


def test_supplier_and_recipient_differ_but_unknown_to_unknown_and_a_force_to_its_state_are_fine(tmp_path: Path) -> None:
    data = FULL.with_cell("transfers", 0, "origin", "GBR; IRQ")
    assert first_transfer(tmp_path / "1", data, supplier="unknown", recipient="unknown") == []
    assert first_transfer(tmp_path / "2", data, supplier="iraqi-army", recipient="IRQ") == []
    assert first_transfer(tmp_path / "3", data, end_user="IRQ") == []
    assert first_transfer(tmp_path / "4", data, supplier="IRQ", recipient="IRQ") == [("recipient", "self-transfer")]
    assert first_transfer(tmp_path / "5", data, supplier="nobody", recipient="nobody") == [
        ("supplier", "unknown-reference"), ("recipient", "self-transfer"), ("recipient", "unknown-reference"),
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------- tables and dataset


def test_each_later_duplicate_is_told(tmp_path: Path) -> None:
    data = SMALL.with_row("claims", **AGAIN | {"claim_id": "c1"}).with_row(
        "claims", **AGAIN | {"claim_id": "c1", "locator": "page 8"}
    )
    assert found(data, tmp_path) == [("claims.csv", line, "claim_id", "duplicate-id", ERROR) for line in (4, 5)]


def test_records_are_alike_whichever_way_their_values_are_written(tmp_path: Path) -> None:
    data = FULL.with_row("transfers", **FULL.tables["transfers"][0] | {"transfer_id": "t9", "notes": "Other."})
    data = data.with_cells("transfers", 3, quantity="0100.0", via="unknown;iraqi-army", confidence="possible")
    data = data.with_row("claims", **AGAIN | {"transfer_id": "t9"})
    assert found(data, tmp_path / "same") == [("transfers.csv", 5, "transfer_id", "probable-duplicate", WARNING)]
    assert found(data.with_cell("transfers", 3, "delivered", "2007-01"), tmp_path / "other") == []


def test_cycles_of_each_kind_are_told_once_at_their_first_member(tmp_path: Path) -> None:
    undated = FULL.with_cells("transfers", 0, delivered="", ordered="").with_cell("transfers", 1, "delivered", "")
    circle = [("transfers.csv", 2, "upstream", "reference-cycle", ERROR)]
    assert found(undated.with_cell("transfers", 0, "upstream", "t2"), tmp_path / "two") == circle
    assert found(undated.with_cell("transfers", 0, "upstream", "t1"), tmp_path / "self") == circle
    whole = undated.with_cell("transfers", 2, "part_of", "t1")
    assert found(whole, tmp_path / "part") == [("transfers.csv", 2, "part_of", "reference-cycle", ERROR)]
    own = FULL.with_cell("actors", 3, "part_of", "al-qaida")
    assert found(own, tmp_path / "own") == [("actors.csv", 5, "part_of", "reference-cycle", ERROR)]
    mixed = undated.with_cell("transfers", 2, "upstream", "t1")  # a part of one, and upstream of another: no circle
    assert found(mixed, tmp_path / "mixed") == []


def test_a_circle_through_a_ragged_row_is_no_crash(tmp_path: Path) -> None:
    data = SMALL.with_cells("actors", 0, part_of="IRQ").with_cells("actors", 1, part_of="GBR")
    data = data.with_swap("actors", b"Republic of Iraq,", b"Republic of Iraq,,")
    assert found(data, tmp_path) == [("actors.csv", 3, None, "ragged-row", ERROR)]


@pytest.mark.parametrize(
    ("claim", "transfer", "agrees"),
    [
        ({"quantity": "101"}, {}, False),
        ({"quantity": "110"}, {"quantity_approximate": "true"}, True),
        ({"quantity": "111"}, {"quantity_approximate": "true"}, False),
        ({"quantity": "90"}, {"quantity_approximate": "true"}, True),
        ({"quantity": "89"}, {"quantity_approximate": "true"}, False),
        ({"quantity": "110"}, {"quantity_approximate": "false"}, False),
        ({"quantity": "", "quantity_low": "100"}, {}, True),
        ({"quantity": "", "quantity_low": "101"}, {}, False),
        ({"quantity": "", "quantity_high": "99"}, {}, False),
        ({"quantity": "150"}, {"quantity_high": "200"}, True),
        ({"quantity": "150", "quantity_low": "90"}, {}, True),
        ({"quantity": "500"}, {"confidence": "disputed"}, True),
        ({"quantity": "500", "framing": "denied"}, {}, True),
        ({"quantity": "500"}, {"quantity": "", "quantity_unit": ""}, True),
        ({"quantity": "500"}, {"quantity": "", "quantity_low": "50"}, True),
        ({"quantity": "40"}, {"quantity": "", "quantity_low": "50"}, False),
    ],
)  # fmt: skip
def test_a_claim_conflicts_when_no_figure_within_its_bounds_agrees(
    claim: dict[str, str], transfer: dict[str, str], agrees: bool, tmp_path: Path
) -> None:
    data = SMALL.with_cells("claims", 0, **claim).with_cells("transfers", 0, **transfer)
    codes = [(one[0], one[1], one[3]) for one in found(data, tmp_path)]
    assert codes == ([] if agrees else [("claims.csv", 2, "conflicting-claim")])


def test_unused_actors_weapons_and_sources_are_warned_of_but_who_is_named_anywhere_is_used(tmp_path: Path) -> None:
    data = SMALL.with_row("actors", actor_id="lonely", name="Lonely", kind="person", part_of="lonely")
    data = data.with_row("actors", actor_id="parent", name="Parent", kind="person")
    data = data.with_row("actors", actor_id="child", name="Child", kind="person", part_of="parent")
    data = data.with_row("weapons", weapon_id="w2", designation="W", category="rifle", origin="child")
    data = data.with_row("sources", source_id="s2", type="news", title="Unread")
    result = [one for one in found(data, tmp_path) if one[3] == "unused-record"]
    assert result == [
        ("actors.csv", 5, "actor_id", "unused-record", WARNING),
        ("sources.csv", 3, "source_id", "unused-record", WARNING),
        ("weapons.csv", 3, "weapon_id", "unused-record", WARNING),
    ]


# ---------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("column", [(t, c.name) for t in TABLES for c in TABLES[t].columns if c.required])
def test_a_missing_required_column_is_one_finding(column: tuple[str, str], tmp_path: Path) -> None:
    table, name = column
    assert found(SMALL.without_column(table, name), tmp_path) == [(f"{table}.csv", 1, name, "missing-column", ERROR)]


def test_the_rest_of_a_table_that_lacks_a_column_is_judged(tmp_path: Path) -> None:
    data = SMALL.with_cell("transfers", 1, "kind", "gift").without_column("transfers", "confidence")
    assert [one[2:4] for one in found(data, tmp_path)] == [
        ("confidence", "missing-column"), ("kind", "not-in-vocabulary"),
    ]  # fmt: skip


def test_missing_optional_and_reordered_columns_crlf_and_a_header_alone_are_fine(tmp_path: Path) -> None:
    used = [name for name in SMALL.names("transfers") if any(row.get(name) for row in SMALL.tables["transfers"])]
    assert found(SMALL.with_columns("transfers", *reversed(used)), tmp_path / "order") == []
    crlf = SMALL.with_bytes("actors", SMALL.content("actors").replace(b"\n", b"\r\n"))
    assert found(crlf, tmp_path / "crlf") == []
    bare = SMALL.with_cell("transfers", 0, "weapon", "").with_rows("weapons", [])
    assert found(bare, tmp_path / "header") == []
    unended = SMALL.with_bytes("weapons", SMALL.content("weapons").rstrip(b"\n"))
    assert found(unended, tmp_path / "unended") == []
    everything = SMALL
    for table in TABLES:
        everything = everything.with_rows(table, [])
    assert found(everything, tmp_path / "nothing") == []


def test_a_header_that_is_right_but_for_case_or_blanks_is_a_warning(tmp_path: Path) -> None:
    data = SMALL.with_swap("sources", b"source_id,type,title", b"Source_ID, type ,TITLE")
    expected = [("sources.csv", 1, name, "untidy-text", WARNING) for name in ("source_id", "type", "title")]
    assert found(data, tmp_path) == expected
    assert "column is named source_id" in judged(tmp_path).findings[0].message


def test_columns_without_a_name_are_one_finding(tmp_path: Path) -> None:
    content = b"".join(line.rstrip(b"\n") + b",,\n" for line in lines_of("sources"))
    assert found(SMALL.with_bytes("sources", content), tmp_path) == [
        ("sources.csv", 1, None, "unexpected-column", ERROR)
    ]


def test_of_a_doubled_column_the_first_holds(tmp_path: Path) -> None:
    header, row = lines_of("sources")
    data = with_lines("sources", header.replace(b"\n", b",type,Type\n"), row.replace(b"\n", b",nix,nix\n"))
    assert found(data, tmp_path) == [("sources.csv", 1, name, "duplicate-column", ERROR) for name in ("type", "Type")]


@pytest.mark.parametrize("before", [b"", b"\xff\xfe"])
def test_utf_16_little_endian_is_told_once_and_read(before: bytes, tmp_path: Path) -> None:
    data = in_encoding("actors", "utf-16-le", before)
    assert found(data, tmp_path) == [("actors.csv", 1, None, "encoding-error", ERROR)]


@pytest.mark.parametrize("before", [b"", b"\xfe\xff"])
def test_utf_16_big_endian_is_told_once_and_read(before: bytes, tmp_path: Path) -> None:
    data = in_encoding("actors", "utf-16-be", before)
    assert found(data, tmp_path) == [("actors.csv", 1, None, "encoding-error", ERROR)]


def test_windows_1252_is_told_once_for_each_line_with_the_byte_and_what_it_was(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 0, "notes", "«é» ü\nnext\nü").with_cell("actors", 2, "kind", "nix")
    data = data.with_bytes("actors", data.content("actors").decode("utf-8").encode("cp1252"))
    assert found(data, tmp_path) == [
        ("actors.csv", 2, None, "encoding-error", ERROR),
        ("actors.csv", 4, None, "encoding-error", ERROR),
        ("actors.csv", 6, "kind", "not-in-vocabulary", ERROR),
    ]
    finding = judged(tmp_path).findings[0]
    assert "byte 35 of the line is 0xAB" in finding.message
    assert "Windows-1252" in finding.hint
    assert "«é» ü" in finding.hint


def test_bytes_that_are_not_utf_8_in_the_header_are_told(tmp_path: Path) -> None:
    data = SMALL.with_swap("actors", b"wikidata", b"wikid\xe4ta")
    assert found(data, tmp_path) == [
        ("actors.csv", 1, None, "encoding-error", ERROR), ("actors.csv", 1, "wikidäta", "unexpected-column", ERROR),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", [b";", b"\t", b"|"])
def test_another_delimiter_is_told_once_and_the_table_read(mark: bytes, tmp_path: Path) -> None:
    data = SMALL.with_cell("weapons", 0, "category", "nix")
    data = data.with_bytes("weapons", data.content("weapons").replace(b",", mark))
    assert found(data, tmp_path) == [
        ("weapons.csv", 1, None, "wrong-delimiter", ERROR), ("weapons.csv", 2, "category", "not-in-vocabulary", ERROR),
    ]  # fmt: skip


def test_carriage_returns_alone_as_line_ends_are_told_once_and_read(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 2, "kind", "nix")
    content = data.content("actors").replace(b"\n", b"\r")
    expected = [("actors.csv", 1, None, "malformed-csv", ERROR), ("actors.csv", 4, "kind", "not-in-vocabulary", ERROR)]
    assert found(data.with_bytes("actors", content), tmp_path / "all") == expected
    assert found(data.with_bytes("actors", content + b"\n"), tmp_path / "end") == expected


def test_a_carriage_return_alone_among_other_line_ends_is_told_at_its_line(tmp_path: Path) -> None:
    one, two, three, four = lines_of("actors", SMALL.with_cell("actors", 2, "kind", "nix"))
    data = with_lines("actors", one, two.replace(b"\n", b"\r"), three, four)
    assert found(data, tmp_path) == [
        ("actors.csv", 2, None, "malformed-csv", ERROR), ("actors.csv", 3, "kind", "not-in-vocabulary", ERROR),
    ]  # fmt: skip
    quoted = SMALL.with_cell("sources", 0, "notes", "old\rtext")
    assert found(quoted, tmp_path / "quoted") == []


def test_a_nul_byte_spoils_its_cell_alone(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 0, "kind", "nix").with_swap("actors", b"United Kingdom", b"Unit\0ed")
    assert found(data, tmp_path) == [
        ("actors.csv", 2, "name", "malformed-csv", ERROR), ("actors.csv", 2, "kind", "not-in-vocabulary", ERROR),
    ]  # fmt: skip


def test_a_bare_quote_spoils_its_cell_alone_and_takes_no_other_line(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 0, "kind", "nix").with_cell("actors", 2, "kind", "nix")
    expected = [
        ("actors.csv", 2, "name", "malformed-csv", ERROR),
        ("actors.csv", 2, "kind", "not-in-vocabulary", ERROR),
        ("actors.csv", 4, "kind", "not-in-vocabulary", ERROR),
    ]
    assert found(data.with_swap("actors", b"United Kingdom", b'United "Kingdom'), tmp_path / "bare") == expected
    assert found(data.with_swap("actors", b"United Kingdom", b'"United" Kingdom'), tmp_path / "after") == expected


def test_a_quote_that_breaks_a_cell_and_the_count_of_cells_is_one_finding(tmp_path: Path) -> None:
    data = SMALL.with_swap("weapons", b"AK-47", b'"12" shells, new"')
    assert found(data, tmp_path) == [("weapons.csv", 2, "designation", "malformed-csv", ERROR)]


RUNAWAY = [("actors.csv", 2, "name", "runaway-quote", ERROR)]


def test_a_quote_never_closed_is_told_where_it_opened_and_swallows_nothing(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 2, "kind", "nix")
    nix = ("actors.csv", 4, "kind", "not-in-vocabulary", ERROR)
    assert found(data.with_swap("actors", b"United", b'"United'), tmp_path / "open") == [*RUNAWAY, nix]
    last = SMALL.with_swap("actors", b"Islamic State", b'"Islamic State')
    assert found(last, tmp_path / "last") == [("actors.csv", 4, "name", "runaway-quote", ERROR)]


def test_a_quote_that_swallows_two_records_is_told_where_it_opened(tmp_path: Path) -> None:
    data = SMALL.with_swap("actors", b"United", b'"United').with_bytes
    content = SMALL.content("actors").replace(b"United Kingdom", b'"United Kingdom')
    closed = content + b'x,X",person,,,,,,,\n'
    result = found(data("actors", closed), tmp_path)
    assert result[0] == RUNAWAY[0]
    assert [one[1:4] for one in result[1:]] == [(5, "actor_id", "unused-record"), (5, "name", "malformed-csv")]


def test_a_quote_that_a_later_record_seems_to_close_is_told_where_it_opened(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 1, "aliases", "Iraq, Republic")
    data = data.with_swap("actors", b"United", b'"United')
    assert found(data, tmp_path) == RUNAWAY


def test_a_quote_that_opens_in_a_later_line_of_a_record_is_told_there(tmp_path: Path) -> None:
    rows = b'm1,"two\nlines",person,"GBR\nm2,Two,person,,,,,,,\nm3,Three,person,,,,,,,\n'
    data = SMALL.with_bytes("actors", SMALL.content("actors") + rows)
    result = [one for one in found(data, tmp_path) if one[3] != "unused-record"]
    assert result == [("actors.csv", 6, "part_of", "runaway-quote", ERROR)]


def test_a_cell_of_many_lines_is_no_runaway_and_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    data = SMALL.with_cell("actors", 0, "notes", "one\n\nthree, four\n\n\nsix").with_cell("actors", 1, "kind", "nix")
    content = data.content("actors").replace(b"islamic-state,", b"\n\nislamic-state,").replace(b"armed-group", b"nix")
    assert found(data.with_bytes("actors", content), tmp_path) == [
        ("actors.csv", 8, "kind", "not-in-vocabulary", ERROR),
        ("actors.csv", 9, None, "blank-row", WARNING),
        ("actors.csv", 10, None, "blank-row", WARNING),
        ("actors.csv", 11, "kind", "not-in-vocabulary", ERROR),
    ]


@pytest.mark.parametrize(
    "blank", [b"\n", b",,,,,,,,,\n", b" ,\t,,,,,,,,\n", b"   \n", b'"","",,,,,,,,\n', b",,\n", b"\r\n"]
)
def test_a_row_without_a_filled_cell_is_blank_and_no_more(blank: bytes, tmp_path: Path) -> None:
    one, two, three, four = lines_of("actors")
    assert found(with_lines("actors", one, two, blank, three, four), tmp_path) == [
        ("actors.csv", 3, None, "blank-row", WARNING)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"United Kingdom,", b"United Kingdom, Great,"), (b"United Kingdom,", b"United Kingdom"),
        (b"GB,,,", b"GB,,,,"), (b"GB,,,", b"GB"),
    ],
)  # fmt: skip
def test_a_row_with_too_many_or_too_few_cells_is_one_finding_and_its_key_still_counts(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    data = SMALL.with_cell("actors", 1, "kind", "nix").with_swap("actors", old, new)
    assert found(data, tmp_path) == [
        ("actors.csv", 2, None, "ragged-row", ERROR), ("actors.csv", 3, "kind", "not-in-vocabulary", ERROR),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_empty(content: bytes, tmp_path: Path) -> None:
    codes = [one[:4] for one in found(SMALL.with_bytes("actors", content), tmp_path) if one[3] != "byte-order-mark"]
    assert codes == [("actors.csv", 1, None, "empty-file")]


def test_a_quote_that_is_open_in_the_header_is_told_and_the_table_read(tmp_path: Path) -> None:
    assert found(SMALL.with_swap("actors", b"kind", b'"kind'), tmp_path) == [
        ("actors.csv", 1, None, "runaway-quote", ERROR)
    ]


def test_findings_come_in_the_order_of_file_line_column_and_code(tmp_path: Path) -> None:
    data = SMALL.with_cells("transfers", 1, kind="x", status="y").with_cells("transfers", 0, status="z", notes="=a ")
    data = data.with_cell("claims", 1, "framing", "q").with_columns("transfers", *reversed(SMALL.names("transfers")))
    report = judged(data.write(tmp_path))
    assert [(one.file.rsplit("/", 1)[1], one.line, one.column) for one in report.findings] == [
        ("claims.csv", 3, "framing"),
        ("transfers.csv", 2, "notes"),
        ("transfers.csv", 2, "status"),
        ("transfers.csv", 3, "status"),
        ("transfers.csv", 3, "kind"),
    ]
    assert report.findings[1].column_number == 1 + [*reversed(SMALL.names("transfers"))].index("notes")


def test_a_finding_names_table_key_and_value(tmp_path: Path) -> None:
    (finding,) = judged(SMALL.with_cell("transfers", 1, "kind", "gift").write(tmp_path)).findings
    assert (finding.table, finding.row_key, finding.value) == ("transfers", "t2", "gift")


def test_all_findings_are_counted_whatever_the_limit(tmp_path: Path) -> None:
    rows = [
        dict(SMALL.tables["claims"][0]) | {"claim_id": f"c{n}", "framing": "x", "locator": f"{n}"}
        for n in range(10, 510)
    ]
    data = SMALL.with_rows("claims", [*rows, SMALL.tables["claims"][1]]).write(tmp_path)
    for limit in (0, 1, 7, 499, 500, 501):
        report = judged(data, limit=limit)
        assert report.errors == 500
        assert [one.line for one in report.findings] == list(range(2, 2 + min(limit, 500)))
        assert report.truncated == (limit < 500)
        assert not report.valid


def test_warnings_are_valid_unless_strict(tmp_path: Path) -> None:
    folder = EXAMPLES["unused-record"][0].write(tmp_path)
    assert judged(folder).valid
    assert not judged(folder, strict=True).valid
