"""The tables of SIPRI's names: they are sound, and they know what the register is known to hold."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from armsdata.importers.sipri_names import actors, categories, key
from armsdata.schema import TABLES
from armsdata.schema.columns import SLUG, STATE_CODE
from armsdata.schema.vocabularies import vocabulary

HERE = Path(__file__).parent.parent / "importers"


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_name_stands_once() -> None:
    for name, column in (("sipri-actors.csv", "register_name"), ("sipri-descriptions.csv", "description")):
        keys = Counter(key(row[column]) for row in rows(name))
        assert {text: n for text, n in keys.items() if n > 1} == {}


def test_actors_are_sound() -> None:
    import re

    kinds, countries = vocabulary("actor-kind"), vocabulary("country").concepts
    idents = {row["actor_id"] for row in rows("sipri-actors.csv")}
    facts: dict[str, set[tuple[str, ...]]] = {}
    for row in rows("sipri-actors.csv"):
        ident = row["actor_id"]
        assert re.fullmatch(f"{STATE_CODE}|{SLUG}", ident)
        assert row["kind"] in kinds
        assert row["part_of"] in idents | {""}
        assert all(value == value.strip() for value in row.values())
        if ident.isupper():
            assert (row["kind"], row["iso3166"]) == ("state", countries[ident].more["iso3166"])
        assert row["register_name"].endswith("**") == (row["kind"] == "organisation")
        facts.setdefault(ident, set()).add(
            tuple(row[name] for name in ("name", "kind", "part_of", "iso3166", "gwcode"))
        )
    assert {ident for ident, said in facts.items() if len(said) > 1} == set()
    assert "actor_id" in TABLES["actors"].by_name


def test_descriptions_are_sound() -> None:
    codes = vocabulary("weapon-category")
    assert {row["category"] for row in rows("sipri-descriptions.csv") if row["category"] not in codes} == set()
    assert len(rows("sipri-descriptions.csv")) > 250


@pytest.mark.parametrize(
    ("name", "ident"),
    [
        ("Soviet Union", "SUN"), ("Yugoslavia", "YUG"), ("East Germany (GDR)", "DDR"), ("Czechoslovakia", "CSK"),
        ("North Yemen", "YEM"), ("Yemen Arab Republic (North Yemen)", "YEM"), ("South Yemen", "YMD"),
        ("South Viet Nam", "south-viet-nam"), ("South Vietnam", "south-viet-nam"), ("North Vietnam", "VDR"),
        ("Viet Nam", "VNM"), ("Biafra", "biafra"), ("Katanga", "katanga"), ("Rhodesia", "RHO"),
        ("Zanzibar", "zanzibar"),
        ("Turkiye", "TUR"), ("Türkiye", "TUR"), ("Turkey", "TUR"), ("Côte d’Ivoire", "CIV"), ("Cote d'Ivoire", "CIV"),
        ("eSwatini", "SWZ"), ("DR Congo", "COD"), ("Congo", "COG"), ("UAE", "ARE"), ("Bosnia-Herzegovina", "BIH"),
        ("NATO**", "nato"), ("African Union**", "african-union"), ("United Nations**", "united-nations"),
        ("OSCE**", "osce"), ("Regional Security System**", "regional-security-system"), ("PKK (Turkey)*", "pkk"),
        ("Houthi rebels (Yemen)*", "houthis"), ("Libya HoR", "libya-hor"),
        ("House of Representatives (Libya)*", "libya-hor"),
        ("unknown recipient(s)", "unknown"), ("Unknown supplier(s)", "unknown"), ("Kosovo", "XKX"),
    ],
)  # fmt: skip
def test_names_that_are_known(name: str, ident: str) -> None:
    assert actors()[key(name)]["actor_id"] == ident


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("tank", "main-battle-tank"), ("light tank", "armoured-vehicle"), ("APC", "armoured-vehicle"),
        ("FGA aircraft", "combat-aircraft"), ("portable SAM", "manpads"), ("SAM system", "air-defence-system"),
        ("anti-tank missile", "anti-tank-missile"), ("self-propelled MRL", "rocket-artillery"), ("armed UAV", "uav"),
        ("light /trainer aircraft", "trainer-aircraft"), ("ASW Helicopter", "transport-helicopter"),
        ("loitering munition", "missile"), ("recce satellite", "satellite"), ("tank turret", "armament-parts"),
        ("frigate", "naval-vessel"), ("ASW torpedo", "naval-weapon"), ("turbofan", "engine"),
        ("ARV", "tank-recovery-vehicle"),
    ],
)  # fmt: skip
def test_descriptions_that_are_known(description: str, code: str) -> None:
    assert categories()[key(description)] == code
