"""Hints: what a person is told to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from armsdata.schema import TABLES

from armsdata.validation.hints import Hints
from armsdata.validation.names import Names, plain
from datasets import FULL, SMALL, Data, judged

WITH_CHINA = FULL.with_row("actors", actor_id="CHN", name="China", kind="state", iso3166="CN").with_cell(
    "weapons", 0, "origin", "CHN"
)


def hints(tmp_path: Path, table: str, column: str, *values: str, data: Data = WITH_CHINA) -> list[str]:
    """The hint for each of these texts in a column, each in the first row of a dataset."""
    result = []
    for number, value in enumerate(values):
        folder = data.with_cell(table, 0, column, value).write(tmp_path / str(number))
        told = [one for one in judged(folder).findings if (one.table, one.column) == (table, column)]
        result.append(" & ".join(one.hint for one in told))
    return result


@pytest.mark.parametrize(
    ("meant", "written"),
    [
        ("GBR", ["UK", "U.K.", "GB", "Great Britain", "United Kingdom", "united kingdom", "gbr", "Untied Kingdom"]),
        ("islamic-state", ["Islamic State", "Daesh", "ISIL", "ISIS", "islamic_state", "Islamic-State", "islamc-state"]),
        ("IRQ", ["Irak", "iraq", "IRQ ", "'IRQ", "\u0406RQ", "IRQ\u200b"]),
        ("CHN", ["People's Republic of China", "CN"]),
        ("iraqi-army", ["Iraqi Army", "iraqi army", "iraqi-аrmy"]),
    ],
)
def test_an_actor_is_found_by_name_alias_code_misspelling_case_and_look_alikes(
    meant: str, written: list[str], tmp_path: Path
) -> None:
    for text, hint in zip(written, hints(tmp_path, "transfers", "end_user", *written), strict=True):
        assert f"did you mean {meant}?" in hint, (text, hint)


def test_weapons_and_sources_are_found_by_designation_alias_and_title(tmp_path: Path) -> None:
    for hint in hints(tmp_path / "w", "transfers", "weapon", "AK47", "ak 47", "AК-47", "Kalashnikov", "AK-47"):
        assert "did you mean ak-47?" in hint
    for hint in hints(tmp_path / "s", "claims", "source_id", "A report", "S1", "a  REPORT"):
        assert "did you mean s1?" in hint
    assert hints(tmp_path / "t", "claims", "transfer_id", "T1")[0] == "did you mean t1?"


def test_a_state_that_is_not_in_the_dataset_is_named_by_its_code(tmp_path: Path) -> None:
    for hint in hints(tmp_path, "transfers", "end_user", "France", "FRA", "french republic"):
        assert hint == "that is FRA: add it to the table actors"


def test_where_nothing_is_near_the_hint_says_so(tmp_path: Path) -> None:
    assert hints(tmp_path, "transfers", "end_user", "Zzyzx Ltd") == [
        "take the key of a record in actors, or add the record there"
    ]


def test_characters_that_nobody_sees_are_named(tmp_path: Path) -> None:
    values = ["IRQ ", " IRQ", "IRQ\u00a0", "IRQ\n", "IRQ\u200b", "\u0406RQ", "IRQ\t"]
    words = ["a blank at its end", "a blank before it", "a no-break space", "a line break", "U+200B",
             "the look-alike letter \u0406 (U+0406)", "a tab"]  # fmt: skip
    for word, hint in zip(words, hints(tmp_path / "r", "transfers", "end_user", *values), strict=True):
        assert f"the cell holds {word}" in hint
    assert "a blank at its end" in hints(tmp_path / "c", "transfers", "condition", "new ")[0]
    assert "U+202E" in hints(tmp_path / "n", "sources", "notes", "a\u202eb")[0]
    assert "U+200B" in hints(tmp_path / "d", "transfers", "tiv", "5\u200b")[0]


@pytest.mark.parametrize("written", ["GBR, IRQ", "GBR,IRQ", "GBR / IRQ", "GBR|IRQ", "GBR and IRQ", "GBR\nIRQ",
                                     "UK, Iraq", "GBR & IRQ", "GBR + IRQ"])  # fmt: skip
def test_a_list_that_is_joined_otherwise_is_put_right(written: str, tmp_path: Path) -> None:
    assert hints(tmp_path, "transfers", "via", written) == ["items of a list are joined with “; ”: GBR; IRQ"]


def test_untidy_lists_are_put_right(tmp_path: Path) -> None:
    for hint in hints(tmp_path, "transfers", "via", "GBR ;IRQ", "GBR;  IRQ;", " GBR;IRQ"):
        assert hint == "write GBR; IRQ"


@pytest.mark.parametrize(
    ("column", "written", "hint"),
    [
        ("kind", "Sale", "did you mean sale?"),
        ("kind", "re export", "did you mean re-export?"),
        ("kind", "Loan or lease", "did you mean loan-or-lease?"),
        ("value_currency", "usd", "did you mean USD?"),
        ("value_currency", "US$", "did you mean USD?"),
        ("value_currency", "€", "did you mean EUR?"),
        ("value_currency", "US Dollar", "did you mean USD?"),
        ("quantity_unit", "items", "did you mean item?"),
        ("category", "Assault rifles", "did you mean assault-rifle?"),
        ("confidence", "sure", "take one of: confirmed, probable, possible, disputed"),
    ],
)
def test_the_nearest_code_is_offered(column: str, written: str, hint: str, tmp_path: Path) -> None:
    assert hints(tmp_path, "transfers", column, written) == [hint]


def test_languages_are_put_right(tmp_path: Path) -> None:
    assert hints(tmp_path, "sources", "language", "English", "en_GB", "eng", "French") == [
        f"did you mean {meant}?" for meant in ("en", "en-GB", "en", "fr")
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12/06/2014", "write 2014-06-12 or 2014-12-06 (which of them did the source mean?)"),
        ("circa 1995", "write 1995~"),
        ("early 2007", "write 2007-01/2007-04~ or 2007-33 (which of them did the source mean?)"),
        ("June 2007", "write 2007-06"),
        ("2007 ", "write 2007"),
        ("2007\u200b", "write 2007"),
        ("soon", "write EDTF, such as 2014-06-09, 2014-06, 2007~ or 2005-03/2006-12"),
    ],
)
def test_the_edtf_that_was_meant_is_offered(written: str, meant: str, tmp_path: Path) -> None:
    assert hints(tmp_path, "claims", "date_reported", written) == [meant]


def test_plain_days_are_offered_for_plain_dates(tmp_path: Path) -> None:
    assert hints(tmp_path, "sources", "accessed", "12/06/2020", "June 2020", "1 June 2020") == [
        "write 2020-06-12 or 2020-12-06 (which of them did the source mean?)",
        "write year-month-day, such as 2014-06-09",
        "write 2020-06-01",
    ]


def test_what_a_spreadsheet_did_is_said_and_undone_where_it_can_be(tmp_path: Path) -> None:
    folder = FULL.with_cells("claims", 0, date_reported="Mar-05", locator="Mar-05").write(tmp_path / "x")
    date, locator = sorted(judged(folder).findings, key=lambda one: one.column or "")
    assert "a spreadsheet turned into a date" in date.message
    assert date.hint.endswith("perhaps 2005-03")
    assert "with the column formatted as text" in locator.hint
    assert hints(tmp_path / "serial", "claims", "date_reported", "44256")[0].endswith("perhaps 2021-03-01")
    assert "a spreadsheet has changed the cell" in hints(tmp_path / "ref", "transfers", "weapon", "Mar-05")[0]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("1,500", "write 1500, without marks between the thousands"),
        ("1 500", "write 1500, without marks between the thousands"),
        ("1\u202f500", "the cell holds U+202F; write 1500, without marks between the thousands"),
        ("1'500'000", "write 1500000, without marks between the thousands"),
        ("1.500.000", "write 1500000, without marks between the thousands"),
        ("1.500,25", "write 1500.25, without marks between the thousands"),
        ("1,500.25", "write 1500.25, without marks between the thousands"),
        ("1,5", "write 1.5"),
        ("'100", "write 100"),
        ("“100”", "write 100"),
        ("+5", "write 5"),
        ("~100", "write 100"),
        ("100.", "write 100"),
        (".5", "write 0.5"),
        ("$1,500", "write 1500; the currency belongs into value_currency"),
        ("١٥٠٠", "write 1500"),
        ("1.2345", "at most 18 digits, of which at most 3 behind the point, are kept"),
        ("about 100", "write a plain number; the wording of the source belongs into the claim's quantity_reported"),
    ],
)
def test_the_plain_number_is_offered(written: str, hint: str, tmp_path: Path) -> None:
    assert hints(tmp_path, "transfers", "tiv", written) == [hint]


def test_booleans_and_addresses_are_put_right(tmp_path: Path) -> None:
    assert hints(tmp_path / "b", "transfers", "quantity_approximate", "TRUE", "yes", "No", "perhaps") == [
        "write true", "write true", "write false", "write true or false, or leave it empty"
    ]  # fmt: skip
    assert hints(
        tmp_path / "u", "sources", "url", "www.example.org/x", "“https://example.org”", "https://a.org/ b"
    ) == [
        "write https://www.example.org/x",
        "write https://example.org",
        "an address has no blanks: write %20 for each, or take out what follows",
    ]


def test_identifiers_are_put_right(tmp_path: Path) -> None:
    dois = ["https://doi.org/10.1000/abc", "http://dx.doi.org/10.1000/abc", "doi:10.1000/abc", "DOI 10.1000/abc"]
    assert hints(tmp_path / "doi", "sources", "doi", *dois) == ["write 10.1000/abc"] * 4
    items = ["q796", "https://www.wikidata.org/wiki/Q796"]
    assert hints(tmp_path / "item", "actors", "wikidata", *items) == ["write Q796"] * 2
    assert hints(tmp_path / "iso", "actors", "iso3166", "GBR", "gb", "United Kingdom") == ["write GB"] * 3
    assert hints(tmp_path / "gw", "actors", "gwcode", "0200", "200.0") == ["write 200"] * 2


def test_a_slug_is_offered_for_an_own_id_and_the_code_for_a_state(tmp_path: Path) -> None:
    assert hints(tmp_path, "claims", "claim_id", "China to UK 2007", "Açúcar_1") == [
        "write it as a slug: china-to-uk-2007", "write it as a slug: acucar-1",
    ]  # fmt: skip
    data = SMALL.with_row("actors", actor_id="France", name="France", kind="state")
    told = [one for one in judged(data.write(tmp_path / "state")).findings if one.code == "bad-identifier"]
    assert told[0].hint == "a state has its ISO 3166-1 alpha-3 code: FRA"


def test_a_leading_zero_that_a_spreadsheet_dropped_is_found(tmp_path: Path) -> None:
    data = SMALL.with_cells("transfers", 0, transfer_id="007").with_cells("transfers", 1, upstream="007")
    data = data.with_cells("claims", 0, transfer_id="007").with_row(
        "claims", claim_id="c3", transfer_id="7", source_id="s1", framing="reported"
    )
    (finding,) = judged(data.write(tmp_path)).findings
    assert (finding.code, finding.hint) == ("unknown-reference", "did you mean 007?")


def test_a_duplicate_names_the_first_place(tmp_path: Path) -> None:
    data = SMALL.with_row("claims", **SMALL.tables["claims"][0] | {"locator": "page 9"})
    (finding,) = judged(data.write(tmp_path)).findings
    assert "it stood first in line 2" in finding.hint


def test_a_probable_duplicate_names_the_first(tmp_path: Path) -> None:
    data = SMALL.with_row("claims", **SMALL.tables["claims"][0] | {"claim_id": "c9"})
    (finding,) = judged(data.write(tmp_path)).findings
    assert "the first is “c1”, line 2" in finding.hint


def test_a_cycle_shows_its_path(tmp_path: Path) -> None:
    data = FULL.with_cells("actors", 0, part_of="iraqi-army").with_cells("actors", 1, part_of="GBR")
    (finding,) = judged(data.write(tmp_path)).findings
    assert finding.hint == "take out one step of: GBR → iraqi-army → IRQ → GBR"


def test_a_misspelt_header_names_the_column_that_was_meant(tmp_path: Path) -> None:
    data = FULL.with_swap("sources", b"publisher", b"Publisher name").with_swap("sources", b"accessed", b"acessed")
    told = [one.hint for one in judged(data.write(tmp_path)).findings if one.code == "unexpected-column"]
    assert told == ["rename it to publisher, or take it out", "rename it to accessed, or take it out"]


def test_names_are_compared_without_case_accents_look_alikes_and_punctuation() -> None:
    assert plain("Ḥezbollah") == plain("hezbollah") == plain("HEZ-BOLLAH") == plain("Неzbоllаh")
    assert plain("СССР") == "cccp"
    assert plain("ISIL\u200b") == "isil"


def test_the_first_of_equal_names_wins_and_short_texts_are_not_guessed() -> None:
    names = Names([("Alpha", "a"), ("alpha", "b"), ("Bravo", "b")])
    assert names.nearest("ALPHA") == "a"
    assert names.nearest("alpa") == "a"
    assert names.nearest("al") == ""
    assert names.nearest("") == ""
    assert names.exact("alpa") == ""


def test_look_ups_of_many_different_unknown_names_end(tmp_path: Path) -> None:
    rows = [
        dict(SMALL.tables["claims"][0]) | {"claim_id": f"x{n}", "source_id": f"nothing like it {n * 7919}"}
        for n in range(3000)
    ]
    report = judged(SMALL.with_rows("claims", [*SMALL.tables["claims"], *rows]).write(tmp_path))
    assert report.counts["unknown-reference", "error"] == 3000


def test_only_so_many_names_are_compared_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armsdata.validation.names._COMPARISONS", 250)
    names = Names([(f"group-{number:03}", f"group-{number:03}") for number in range(100)])
    assert [names.nearest(f"gruop-{number:03}") for number in range(4)] == ["group-000", "group-001", "", ""]
    assert names.nearest("GROUP 050") == "group-050"  # what needs no comparing is found all the same


def test_a_table_of_too_many_names_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    column = TABLES["claims"].by_name["transfer_id"]
    keys = [(f"transfer-{number}", f"transfer-{number}") for number in range(11)]
    assert "did you mean transfer-7?" in Hints(lambda table: iter(keys)).reference(column, "Transfer_7")
    monkeypatch.setattr("armsdata.validation.hints.MOST_NAMES", 10)
    assert "did you mean" not in Hints(lambda table: iter(keys)).reference(column, "Transfer_7")
