"""The curated dataset in `data/`: valid, hand-checked, chained, counted once; and its page tells its numbers."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from armsdata.schema import TABLES
from armsdata.schema.vocabularies import vocabulary

import armsdata
import curated_numbers as numbers
from curated_numbers import DATA, FACTS, LEFT_OUT, PAGE, parts
from repository import ROOT

#: Every warning that is left, as (code, table, key), with the reason; docs/dataset.md gives them, too.
WARNINGS: dict[tuple[str, str | None, str | None], str] = {}

DATASET = {name: numbers.table(name) for name in numbers.TABLES}
TRANSFERS, CLAIMS, ACTORS, SOURCES = (DATASET[name] for name in ("transfers", "claims", "actors", "sources"))

with (ROOT / "tests" / "curated_cells.csv").open(encoding="utf-8", newline="") as stream:
    CELLS = [tuple(row.values()) for row in csv.DictReader(stream)]

#: The chains of which the story is made: the transfers from the first to the last, and hands in their order.
CHAINS = {
    "M02 Coyote": (
        "srb-bgr-2015-m02-coyote bgr-sau-2015-m02-coyote sau-fsa-2016-m02-coyote",
        "SRB zastava-arms bulgarian-industrial-engineering-and-management BGR SAU TUR free-syrian-army",
    ),
    "M02 Coyote by a second Bulgarian firm": (
        "srb-bgr-2015-m02-coyote biem-bulgarian-firm-m02-coyote bgr-sau-2015-m02-coyote sau-fsa-2016-m02-coyote",
        "SRB BGR unnamed-licensed-bulgarian-firm SAU TUR free-syrian-army",
    ),
    "Bulgarian anti-tank missile": (
        "bgr-usa-2015-antitank-launch-tubes unknown-is-bulgarian-antitank-missile is-irq-bulgarian-antitank-missile",
        "BGR kiesler-police-supply USA us-army islamic-state iraqi-federal-police",
    ),
    "PG-9 rockets": (
        "rou-usa-2013-pg-9 usa-syrian-opposition-pg-9 syrian-opposition-is-pg-9 is-irq-pg-9-fallujah",
        "ROU USA us-army syrian-opposition-groups islamic-state IRQ",
    ),
    "M79 rockets": ("sau-fsa-2013-m79 fsa-is-m79", "YUG SAU free-syrian-army islamic-state"),
    "Beretta 92S": (
        "ita-irq-2005-beretta-92s-via-gbr irq-police-aqi-beretta-92s",
        "ITA GBR IRQ iraqi-police al-qaeda-in-iraq",
    ),
    "Glock pistols": (
        "aut-irq-glock-pistols irq-police-dealers-glock-pistols tur-2007-glock-seizures-mardin",
        "AUT us-mission-iraq IRQ iraqi-interior-ministry iraqi-police dealers-in-northern-iraq TUR",
    ),
    "Bulgarian rifles": ("bgr-uga-2014-assault-rifles uga-ssd-2014-assault-rifles", "BGR UGA SSD"),
    "Kalashnikovs": (
        "jor-per-1998-kalashnikovs per-farc-1999-kalashnikovs",
        "JOR PER revolutionary-armed-forces-of-colombia",
    ),
    "Nicaraguan rifles": (
        "nic-gir-2001-ak47 nic-auc-2001-ak47",
        "nicaraguan-national-police gir-sa NIC united-self-defense-forces-of-colombia",
    ),
    "SIG pistols": (
        "deu-usa-2009-sp2022 usa-col-2009-sp2022-german-made",
        "DEU sig-sauer-inc USA COL colombian-national-police",
    ),
    "seed story: China": (
        "chn-gbr-2007-assault-weapons gbr-irq-2007-assault-weapons irq-is-british-supplies-after-2003",
        "CHN GBR IRQ islamic-state",
    ),
    "seed story: Bosnia and Herzegovina": (
        "bih-irq-2005-salw-via-gbr irq-is-british-supplies-after-2003",
        "BIH GBR IRQ islamic-state",
    ),
    "seed story: Serbia": (
        "srb-irq-2005-salw-via-gbr irq-is-british-supplies-after-2003",
        "SRB GBR IRQ islamic-state",
    ),
}

#: Facts about one event that hang on one transfer.
TOGETHER = [
    "f001 f014a",
    "f020 f031",
    "f021 f032",
    "f035 f036",
    "f037 f039",
    "f052a f323a f325a f327a",
    "f053 f333",
    "f059 f066",
    "f016a f067 f069 f070a",
    "f081 f083",
    "f115 f118b",
    "f128 f129",
    "f130 f132 f309a f315",
    "f138 f139",
    "f142 f144",
    "f154 f156",
    "f167 f168",
    "f200 f201 f202",
    "f203a f205",
    "f204a f207",
    "f214 f216",
    "f217 f219",
    "f218 f220",
    "f225 f226",
    "f231 f232a",
    "f233 f234",
    "f240b f246",
    "f270 f271",
    "f277 f280",
    "f278 f281",
    "f279 f282",
]


# ---------------------------------------------------------------------------------------------- form


def test_it_is_valid_and_every_warning_left_has_its_reason() -> None:
    report = armsdata.validate(DATA)
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    assert {(one.code, one.table, one.row_key) for one in report.findings} == set(WARNINGS)
    assert all(WARNINGS.values())
    assert report.rows == {name: len(rows) for name, rows in DATASET.items()}


@pytest.mark.parametrize("name", numbers.TABLES)
def test_a_table_is_sorted_and_written_as_a_csv_writer_writes_it(name: str) -> None:
    rows = list(DATASET[name].values())
    columns = [column.name for column in TABLES[name].source_columns]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row[numbers.KEYS[name]]))
    assert (DATA / f"{name}.csv").read_bytes() == written.getvalue().encode()
    assert not [row for row in rows if any("\n" in cell for cell in row.values())]


def test_every_source_and_every_claim_has_an_absolute_address() -> None:
    addresses = {key: row["url"] for key, row in SOURCES.items()} | {key: row["read_at"] for key, row in CLAIMS.items()}
    told = {key: urlsplit(address) for key, address in addresses.items()}
    assert [key for key, url in told.items() if url.scheme not in ("http", "https") or "." not in url.netloc] == []


# ---------------------------------------------------------------------------------------------- what it says


@pytest.mark.parametrize(("fact", "table", "key", "column", "value"), CELLS)
def test_a_cell_is_what_a_person_read_in_the_facts(fact: str, table: str, key: str, column: str, value: str) -> None:
    assert DATASET[table][key][column] == value
    about = DATASET[table][key]["transfer_id"]
    assert {claim[:4] for claim, row in CLAIMS.items() if row["transfer_id"] == about} & {fact}


def test_there_are_enough_hand_checked_cells_and_the_seed_story_is_among_them() -> None:
    assert len(set(CELLS)) == len(CELLS) >= 40
    assert {"f001", "f002", "f003", "f004", "f006"} <= {cell[0] for cell in CELLS}


def test_every_fact_is_a_claim_or_left_out_with_a_reason() -> None:
    assert [key for key in CLAIMS if not re.fullmatch(r"f\d{3}[a-z]?", key)] == []
    told = {key[:4] for key in CLAIMS}
    assert told | LEFT_OUT.keys() == {f"f{number:03}" for number in range(1, FACTS + 1)}
    assert told.isdisjoint(LEFT_OUT)
    lonely = [key for key in CLAIMS if len(key) > 4 and sum(other[:4] == key[:4] for other in CLAIMS) == 1]
    assert lonely == [], "a letter says that a fact stands in several claims"


@pytest.mark.parametrize("claims", TOGETHER)
def test_facts_about_one_event_hang_on_one_transfer(claims: str) -> None:
    assert len({CLAIMS[claim]["transfer_id"] for claim in claims.split()}) == 1


def test_a_claim_of_a_figure_has_the_words_of_the_source() -> None:
    figures = ("quantity", "quantity_low", "quantity_high")
    assert [key for key, row in CLAIMS.items() if any(map(row.get, figures)) and not row["quantity_reported"]] == []


def test_a_denial_makes_the_transfer_disputed() -> None:
    denied = {row["transfer_id"] for row in CLAIMS.values() if row["framing"] == "denied"}
    assert denied
    assert {key for key in denied if TRANSFERS[key]["confidence"] != "disputed"} == set()


def test_what_only_one_source_alleges_is_not_confirmed_or_probable() -> None:
    told = numbers.claims_by_transfer(CLAIMS)
    alleged = [key for key, claims in told.items() if {claim["framing"] for claim in claims} == {"alleged"}]
    assert alleged
    assert [key for key in alleged if TRANSFERS[key]["confidence"] not in ("possible", "disputed")] == []


def test_what_is_confirmed_is_documented() -> None:
    told = numbers.claims_by_transfer(CLAIMS)
    confirmed = [key for key, row in TRANSFERS.items() if row["confidence"] == "confirmed"]
    assert confirmed
    assert [key for key in confirmed if "documented" not in {claim["framing"] for claim in told[key]}] == []


# ---------------------------------------------------------------------------------------------- custody


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_can_be_followed(name: str) -> None:
    way, hands = (text.split() for text in CHAINS[name])
    for earlier, later in pairwise(way):
        assert earlier in parts(TRANSFERS[later]["upstream"]), f"{later} does not lead to {earlier}"
    passed: list[str] = []
    for key in way:
        row = TRANSFERS[key]
        passed += [*parts(row["origin"]), row["supplier"], *parts(row["via"]), row["recipient"], row["end_user"]]
    follow = iter(passed)
    assert [hand for hand in hands if hand not in follow] == [], passed


def test_the_guns_of_the_first_chain_were_seen_at_aleppo() -> None:
    assert "Aleppo" in TRANSFERS["sau-fsa-2016-m02-coyote"]["place"]


def test_an_inferred_link_is_told_and_never_confirmed() -> None:
    inferred = {key: row for key, row in TRANSFERS.items() if "inference" in row["notes"]}
    assert [key for key, row in inferred.items() if row["confidence"] == "confirmed"] == []
    links = {key: re.search(r"Links? to (.+?) (?:is|are) an inference", row["notes"]) for key, row in inferred.items()}
    named = {key: set(re.findall(r"[a-z0-9-]+-[a-z0-9-]+", link[1])) for key, link in links.items() if link}
    assert len(named) > 5
    assert {key: told for key, told in named.items() if not told <= set(parts(TRANSFERS[key]["upstream"]))} == {}


def test_a_transfer_that_a_note_names_is_there() -> None:
    for key, row in TRANSFERS.items():
        for name in re.findall(r"\b[a-z0-9]+(?:-[a-z0-9]+){3,}\b", row["notes"]):
            assert name in TRANSFERS, f"{key}: {name}"


def test_what_was_only_planned_or_allowed_has_no_delivery() -> None:
    never = [
        code for code, status in vocabulary("transfer-status").concepts.items() if status.more.get("realised") == "no"
    ]
    never.remove("intercepted")
    assert {"planned", "licensed", "notified", "ordered", "cancelled", "denied"} == set(never)
    waiting = {key: row for key, row in TRANSFERS.items() if row["status"] in never}
    assert len(waiting) > 40
    assert [key for key, row in waiting.items() if row["delivered"]] == []


@pytest.mark.parametrize(
    "key",
    [
        "usa-chn-irq-2008-small-arms-planned",
        "usa-irq-2014-humvees",
        "balkans-gbr-2005-ak-47",
        "deu-krg-2014-arms-package",
        "usa-sau-2013-tow",
        "unknown-irq-2007-parabellum-automatic-weapons",
        "hrv-sau-2015-licences",
        "gbr-irq-2014-machine-guns-package",
        "cze-krg-2014-ammunition-package",
        "prk-egy-2016-rpg-order",
    ],
)
def test_a_deal_that_is_no_delivery_has_such_a_status(key: str) -> None:
    assert vocabulary("transfer-status").concepts[TRANSFERS[key]["status"]].more.get("realised") == "no"


# ---------------------------------------------------------------------------------------------- sums


def test_a_sum_counts_an_aggregate_and_its_parts_once() -> None:
    lost = [key for key in TRANSFERS if re.fullmatch("usa-irq-2005-(weapons|ak-47|pistols)-unaccounted-for", key)]
    assert len(lost) == 3
    assert numbers.counted_once(lost, TRANSFERS) == {"item": Decimal(190_000)}
    without = [key for key in lost if "weapons" not in key]
    assert numbers.counted_once(without, TRANSFERS) == {"item": Decimal(190_000)}
    missiles = [key for key in TRANSFERS if key.startswith("usa-sau-2013-tow")]
    assert numbers.counted_once(missiles, TRANSFERS) == {"item": Decimal(15_700)}


def test_a_sum_knows_an_aggregate_of_an_aggregate() -> None:
    issued, all_small_arms = "usa-irq-2005-ak-47-issued", "usa-irq-2001-small-arms"
    assert list(numbers.aggregates(issued, TRANSFERS)) == ["usa-irq-ak-47-compiled", all_small_arms]
    assert numbers.counted_once([issued, all_small_arms], TRANSFERS) == {"item": Decimal(210_153)}


def test_the_parts_hold_no_more_than_their_aggregate() -> None:
    held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    worth: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in TRANSFERS.values():
        if row["part_of"]:
            held[row["part_of"], row["quantity_unit"]] += Decimal(row["quantity_low"] or row["quantity"] or 0)
            worth[row["part_of"], row["value_currency"]] += Decimal(row["value"] or 0)
    for (key, unit), least in held.items():
        most = TRANSFERS[key]["quantity_high"] or TRANSFERS[key]["quantity"]
        if most and TRANSFERS[key]["quantity_unit"] == unit:
            assert least <= Decimal(most), key
    for (key, currency), value in worth.items():
        if TRANSFERS[key]["value"] and TRANSFERS[key]["value_currency"] == currency:
            assert value <= Decimal(TRANSFERS[key]["value"]), key


def test_a_part_is_of_the_same_sort_of_event_as_its_aggregate() -> None:
    """A capture inside a capture; what parties allow inside what parties allow. One exception, which its notes tell."""
    custody = {code: kind.more.get("custody") for code, kind in vocabulary("transfer-kind").concepts.items()}
    mixed = {
        key
        for key, row in TRANSFERS.items()
        if row["part_of"]
        and {custody[row["kind"]], custody[TRANSFERS[row["part_of"]]["kind"]]} >= {"involuntary", "voluntary"}
    }
    assert mixed == {"ukr-pirates-2008-t72-faina"}


@pytest.mark.parametrize(
    ("package", "value", "currency"),
    [
        ("deu-krg-2014-arms-package", "70000000", "EUR"),
        ("cze-krg-2014-ammunition-package", "41000000", "CZK"),
        ("usa-irq-2014-dsca-tank-package", "2400000000", "USD"),
        ("rus-irq-2012-arms-contracts", "4300000000", "USD"),
        ("gbr-irq-2014-machine-guns-package", "1600000", "GBP"),
        ("bra-irq-1981-armoured-vehicles-deal", "250000000", "USD"),
        ("chn-ssd-2014-norinco-consignment", "38000000", "USD"),
    ],
)
def test_a_package_price_stands_on_the_package_alone(package: str, value: str, currency: str) -> None:
    row = TRANSFERS[package]
    assert (row["value"], row["value_currency"]) == (value, currency)
    items = [one for one in TRANSFERS.values() if one["part_of"] == package]
    assert len(items) > 1
    assert [one for one in items if one["value"]] == []


# ---------------------------------------------------------------------------------------------- actors


def test_states_have_the_codes_of_their_countries_and_nobody_else_has() -> None:
    countries = vocabulary("country").concepts
    states = {key: row for key, row in ACTORS.items() if row["kind"] == "state"}
    assert states.keys() == {key for key in ACTORS if key.isupper()}
    assert {key: row["iso3166"] for key, row in states.items()} == {
        key: countries[key].more["iso3166"] for key in states
    }
    for key, row in states.items():
        names = {countries[key].label, *parts(countries[key].more.get("aliases", ""))}
        assert names & {row["name"], *parts(row["aliases"])}, f"{key} is not {row['name']}"
        assert bool(row["gwcode"]) is not bool(countries[key].more.get("withdrawn")), key
    others = [row for key, row in ACTORS.items() if key not in states]
    assert [row for row in others if row["iso3166"] or row["gwcode"]] == []


def test_no_two_states_have_one_number_of_gleditsch_and_ward() -> None:
    given = [row["gwcode"] for row in ACTORS.values() if row["gwcode"]]
    assert len(given) == len(set(given))


def test_no_name_or_alias_belongs_to_two_actors() -> None:
    bearers = defaultdict(set)
    for key, row in ACTORS.items():
        for name in (row["name"], *parts(row["aliases"])):
            bearers[name.casefold()].add(key)
    assert {name: keys for name, keys in bearers.items() if len(keys) > 1} == {}


@pytest.mark.parametrize(
    "name", ["Daesh", "Da'esh", "ISIL", "ISIS", "IS", "Islamic State of Iraq and the Levant", "Islamic State", "داعش"]
)
def test_the_group_is_found_by_the_names_people_use(name: str) -> None:
    assert name in (ACTORS["islamic-state"]["name"], *parts(ACTORS["islamic-state"]["aliases"]))


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ("iraqi-police", "IRQ"),
        ("iraqi-federal-police", "iraqi-police"),
        ("peshmerga", "kurdistan-region-of-iraq"),
        ("kurdistan-region-of-iraq", "IRQ"),
        ("us-army", "us-department-of-defense"),
        ("us-department-of-defense", "USA"),
        ("free-syrian-army", "syrian-opposition-groups"),
    ],
)
def test_a_force_or_body_is_part_of_its_state_or_movement(body: str, whole: str) -> None:
    assert ACTORS[body]["part_of"] == whole


# ---------------------------------------------------------------------------------------------- the page


def test_the_numbers_on_the_page_are_those_of_the_data() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count(numbers.BEGIN) == page.count(numbers.END) == 1
    assert numbers.page_with(page, numbers.numbers()) == page, "run: python tests/curated_numbers.py --write"


def test_every_record_that_the_page_names_is_there() -> None:
    known = set().union(*DATASET.values())
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+|[A-Z]{3}|f\d{3}[a-z]?)`", PAGE.read_text("utf-8")))
    codes = {code for name in ("transfer-kind", "transfer-status") for code in vocabulary(name).concepts}
    facts = {claim[:4] for claim in CLAIMS}
    assert sorted(named - known - codes - facts) == []


def test_the_page_tells_the_warnings_and_what_was_left_out() -> None:
    page = PAGE.read_text("utf-8")
    assert all(str(key) in page and why in page for (_, _, key), why in WARNINGS.items())
    assert all(fact in page and why in page for fact, why in LEFT_OUT.items())
    if not WARNINGS:
        assert "no warning is left" in page


def test_a_source_read_in_a_copy_is_marked() -> None:
    words = re.compile(
        r"\((?:copy|copies|quoted|forum copy|reposted|transcript copy)\b|blogspot|pastebin", re.IGNORECASE
    )
    own = {"iraqthemodel-2011-abrams", "spioenkop-2014-brigade-93", "mikesbogota-2014-sig"}  # their writers' own blogs
    copies = {
        key for key, row in SOURCES.items() if words.search(" ".join((row["title"], row["publisher"], row["url"])))
    }
    assert len(copies) > 20
    assert {key for key in copies - own if numbers.COPY not in SOURCES[key]["notes"]} == set()
