"""The code lists as files: what a person who edits them by hand must not break."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "schema" / "vocabularies"

BASE = ["code", "label", "definition", "broader"]


def words(text: str) -> list[str]:
    return text.split()


#: Our own lists and their columns beyond the four that all have.
OWN: dict[str, list[str]] = {
    "transfer-kind": ["custody", "sipri"],
    "transfer-status": ["realised"],
    "weapon-category": ["unroca", "eu_cml", "sipri", "att"],
    "condition": ["sipri"],
    "unit": ["counted", "ucum"],
    "confidence": [],
    "actor-kind": [],
    "source-type": [],
    "framing": [],
}
#: Copies of ISO lists.
ISO: dict[str, list[str]] = {
    "country": ["iso3166", "withdrawn", "aliases"],
    "currency": ["withdrawn"],
    "language": [],
}
ALL = {**OWN, **ISO}

#: The lists that the design fixes, in its order.
FIXED: dict[str, list[str]] = {
    "transfer-kind": words(
        """
        sale military-aid donation loan-or-lease licensed-production re-export unauthorised-retransfer
        illicit-sale capture theft loss seizure return unspecified
        """
    ),
    "transfer-status": words(
        """
        planned licensed notified ordered partly-delivered delivered intercepted cancelled denied unknown
        """
    ),
    "condition": words("new second-hand modernised unknown"),
    "unit": words("item round tonne kilogram set crate container shipment"),
    "confidence": words("confirmed probable possible disputed"),
    "actor-kind": words("state armed-group security-force government-body company organisation person unknown"),
    "source-type": words(
        """
        report news government-document database dataset journal-article book court-document web-page
        """
    ),
    "framing": words("documented reported estimated alleged denied"),
}
GROUPS = words(
    """
    small-arms light-weapons artillery-systems armoured-vehicles aircraft missiles-and-air-defence naval
    ammunition-and-explosives components support-equipment unclassified
    """
)
CATEGORIES = words(
    """
    assault-rifle rifle sniper-rifle pistol submachine-gun machine-gun heavy-machine-gun shotgun
    grenade-launcher anti-tank-rocket anti-tank-missile manpads mortar ammunition artillery rocket-artillery
    main-battle-tank armoured-vehicle utility-vehicle combat-aircraft transport-aircraft combat-helicopter
    transport-helicopter uav missile air-defence-system naval-vessel engine sensor explosive mine equipment
    mixed other
    hand-grenade reconnaissance-aircraft trainer-aircraft tank-recovery-vehicle recoilless-gun flamethrower
    anti-aircraft-gun armament-parts body-armour
    """
)
INVOLUNTARY = {"capture", "theft", "loss", "seizure"}

#: The classes of the foreign lists, in their order.
CLASSES: dict[str, list[str]] = {
    "unroca": ["I", "II", "III", "IV(a)", "IV(b)", "V", "VI", "VII(a)", "VII(b)"]
    + [f"SALW-1.{n}" for n in range(1, 7)]
    + [f"SALW-2.{n}" for n in range(1, 8)],
    "eu_cml": [f"ML{n}" for n in range(1, 23)],
    "sipri": [
        "Air defence systems",
        "Aircraft",
        "Anti-submarine warfare weapons",
        "Armoured vehicles",
        "Artillery",
        "Engines",
        "Missiles",
        "Naval weapons",
        "Other",
        "Satellites",
        "Sensors",
        "Ships",
    ],
    "att": list("abcdefgh"),
}

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WITHDRAWN = re.compile(r"\d{4}(-\d\d(-\d\d)?)?|\d{4}(-\d\d)?/\d{4}(-\d\d)?")


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.csv").read_bytes()


def table(name: str) -> list[list[str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def rows(name: str) -> list[dict[str, str]]:
    header, *body = table(name)
    return [dict(zip(header, row, strict=True)) for row in body]


def parts(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


def test_folder_holds_exactly_these_lists() -> None:
    assert {file.stem for file in FOLDER.glob("*.csv")} == set(ALL)


@pytest.mark.parametrize("name", ALL)
class TestEveryFile:
    def test_bytes(self, name: str) -> None:
        data = raw(name)
        assert not data.startswith(b"\xef\xbb\xbf"), "has a byte-order mark"
        assert b"\r" not in data, "has line ends of Windows or of old Macs"
        assert data.endswith(b"\n")
        assert not data.endswith(b"\n\n")
        text = data.decode("utf-8")
        assert unicodedata.is_normalized("NFC", text)
        assert all(char == "\n" or char.isprintable() for char in text), "has an invisible character"

    def test_quoting_is_minimal(self, name: str) -> None:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(table(name))
        assert buffer.getvalue().encode() == raw(name)

    def test_header_and_widths(self, name: str) -> None:
        header, *body = table(name)
        assert header == BASE + ALL[name]
        assert body
        assert [row for row in body if len(row) != len(header)] == []

    def test_cells_are_tidy(self, name: str) -> None:
        untidy = [cell for row in table(name) for cell in row if cell != " ".join(cell.split())]
        assert untidy == []

    def test_codes_and_labels_are_there_and_unique(self, name: str) -> None:
        for column in ("code", "label"):
            cells = [row[column].casefold() for row in rows(name)]
            assert "" not in cells
            assert len(set(cells)) == len(cells)

    def test_broader_resolves_and_is_one_level_deep(self, name: str) -> None:
        broader = {row["code"]: row["broader"] for row in rows(name)}
        assert [code for code, up in broader.items() if up and up not in broader] == []
        assert [code for code, up in broader.items() if up and broader.get(up)] == []


@pytest.mark.parametrize("name", OWN)
class TestOwnLists:
    def test_codes_are_slugs(self, name: str) -> None:
        codes = [row["code"] for row in rows(name)]
        assert [code for code in codes if not SLUG.fullmatch(code) or len(code) > 80] == []

    def test_labels_begin_with_a_capital(self, name: str) -> None:
        assert [row["label"] for row in rows(name) if not row["label"][0].isupper()] == []

    def test_definitions_are_sentences(self, name: str) -> None:
        bad = {
            row["code"]: row["definition"]
            for row in rows(name)
            if len(row["definition"]) < 40 or not row["definition"][0].isupper() or row["definition"][-1] != "."
        }
        assert bad == {}

    def test_definitions_differ(self, name: str) -> None:
        definitions = [row["definition"] for row in rows(name)]
        assert len(set(definitions)) == len(definitions)


@pytest.mark.parametrize("name", FIXED)
def test_fixed_list(name: str) -> None:
    assert [row["code"] for row in rows(name)] == FIXED[name]
    assert {row["broader"] for row in rows(name)} == {""}


class TestWeaponCategory:
    def test_groups(self) -> None:
        assert [row["code"] for row in rows("weapon-category") if not row["broader"]] == GROUPS

    def test_categories(self) -> None:
        second = {row["code"] for row in rows("weapon-category") if row["broader"]}
        assert set(CATEGORIES) <= second
        assert len(CATEGORIES) == len(set(CATEGORIES))

    def test_each_category_follows_its_group_and_no_group_is_empty(self) -> None:
        group = ""
        filled = set()
        for row in rows("weapon-category"):
            if not row["broader"]:
                group = row["code"]
            else:
                assert row["broader"] == group, row["code"]
                filled.add(group)
        assert filled == set(GROUPS)

    def test_places_that_are_agreed(self) -> None:
        broader = {row["code"]: row["broader"] for row in rows("weapon-category")}
        agreed = {
            "mixed": "unclassified",
            "other": "unclassified",
            "uav": "aircraft",
            "engine": "components",
            "sensor": "components",
            "armament-parts": "components",
            "equipment": "support-equipment",
        }
        assert {code: broader[code] for code in agreed} == agreed

    @pytest.mark.parametrize("column", CLASSES)
    def test_mapping_cells(self, column: str) -> None:
        order = CLASSES[column]
        for row in rows("weapon-category"):
            classes = parts(row[column])
            assert set(classes) <= set(order), row["code"]
            assert classes == sorted(set(classes), key=order.index), f"{row['code']}: out of order or twice"

    @pytest.mark.parametrize("column", CLASSES)
    def test_a_group_has_the_classes_of_its_categories(self, column: str) -> None:
        below: dict[str, set[str]] = {group: set() for group in GROUPS}
        stated: dict[str, set[str]] = {}
        for row in rows("weapon-category"):
            if row["broader"]:
                below[row["broader"]] |= set(parts(row[column]))
            else:
                stated[row["code"]] = set(parts(row[column]))
        assert stated == below

    def test_every_sipri_category_has_a_home(self) -> None:
        used = {part for row in rows("weapon-category") for part in parts(row["sipri"])}
        assert used == set(CLASSES["sipri"])


class TestOtherMappings:
    def test_custody(self) -> None:
        custody = {row["code"]: row["custody"] for row in rows("transfer-kind")}
        expected = {code: "involuntary" if code in INVOLUNTARY else "voluntary" for code in custody}
        assert custody == {**expected, "unspecified": ""}

    def test_realised(self) -> None:
        realised = {row["code"]: row["realised"] for row in rows("transfer-status")}
        assert set(realised.values()) == {"yes", "partly", "no", "unknown"}
        assert [code for code, value in realised.items() if value == "yes"] == ["delivered"]
        assert [code for code, value in realised.items() if value == "partly"] == ["partly-delivered"]

    def test_units(self) -> None:
        units = {row["code"]: (row["counted"], row["ucum"]) for row in rows("unit")}
        measures = {"tonne": ("false", "t"), "kilogram": ("false", "kg")}
        assert units == {code: measures.get(code, ("true", "")) for code in units}

    @pytest.mark.parametrize("name", ["transfer-kind", "condition"])
    def test_sipri_words_map_to_one_code(self, name: str) -> None:
        stated = [row["sipri"] for row in rows(name) if row["sipri"]]
        assert stated
        assert len(set(stated)) == len(stated)


class TestIsoLists:
    @pytest.mark.parametrize("name", ["country", "currency"])
    def test_codes_and_definitions(self, name: str) -> None:
        codes = [row["code"] for row in rows(name)]
        assert [code for code in codes if not re.fullmatch("[A-Z]{3}", code)] == []
        assert codes == sorted(codes)
        assert [row["code"] for row in rows(name) if not row["definition"].endswith(".")] == []

    @pytest.mark.parametrize("name", ["country", "currency"])
    def test_withdrawn(self, name: str) -> None:
        for row in rows(name):
            assert not row["withdrawn"] or WITHDRAWN.fullmatch(row["withdrawn"]), row["code"]

    def test_currencies(self) -> None:
        withdrawn = {row["code"]: bool(row["withdrawn"]) for row in rows("currency")}
        for code in words("USD EUR GBP RUB IQD SYP CZK RSD BAM CNY"):
            assert withdrawn[code] is False
        for code in words("DEM FRF ITL YUD SUR CSK TRL DDM YUM BGL"):
            assert withdrawn[code] is True

    def test_country_second_codes(self) -> None:
        for row in rows("country"):
            form = "[A-Z]{4}" if row["withdrawn"] else "[A-Z]{2}"
            assert re.fullmatch(form, row["iso3166"]), row["code"]
        seconds = [row["iso3166"] for row in rows("country")]
        assert len(set(seconds)) == len(seconds)

    def test_countries(self) -> None:
        known = words(
            """
            IRQ=IQ SYR=SY USA=US GBR=GB NAM=NA XKX=XK
            YUG=YUCS SUN=SUHH CSK=CSHH DDR=DDDE YMD=YDYE SCG=CSXX ANT=ANHH
            """
        )
        assert set(known) <= {f"{row['code']}={row['iso3166']}" for row in rows("country")}

    def test_aliases_lead_to_one_country(self) -> None:
        owner: dict[str, str] = {}
        second = {row["iso3166"]: row["code"] for row in rows("country")}
        third = {row["code"] for row in rows("country")}
        for row in rows("country"):
            names = [row["label"], *parts(row["aliases"])]
            assert "" not in names, row["code"]
            for name in names:
                assert owner.setdefault(name.casefold(), row["code"]) == row["code"], name
                assert second.get(name, row["code"]) == row["code"], name
                assert name not in third or name == row["code"], name
            assert len({name.casefold() for name in names}) == len(names), row["code"]
        expected = {
            "UK": "GBR",
            "Britain": "GBR",
            "America": "USA",
            "USSR": "SUN",
            "Czech Republic": "CZE",
            "Burma": "MMR",
            "Ivory Coast": "CIV",
            "DR Congo": "COD",
            "UAE": "ARE",
            "North Korea": "PRK",
            "South Korea": "KOR",
            "Syria": "SYR",
            "Iran": "IRN",
            "Turkey": "TUR",
            "West Germany": "DEU",
            "East Germany": "DDR",
        }
        assert {name: owner.get(name.casefold()) for name in expected} == expected

    def test_languages(self) -> None:
        codes = [row["code"] for row in rows("language")]
        assert [code for code in codes if not re.fullmatch("[a-z]{2,3}", code)] == []
        assert codes == sorted(codes, key=lambda code: (len(code), code))
        assert {"en", "ar", "ckb", "kmr", "ru", "sr", "tr"} <= set(codes)
        assert "eng" not in codes, "BCP 47 wants the two letters where there are two"
        assert len(raw("language")) < 400_000
