"""SIPRI's register: both layouts with every oddity, nothing lost, ids that stay, and files that are damaged."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from armsdata.importers.register import read_statement, read_table, statement, tidy, unguard
from armsdata.schema import TABLES, edtf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import armsdata
from armsdata import importing

REGISTERS = Path(__file__).parent / "registers"
HEADER = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,Number delivered, ,"
    "Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of delivered weapons\n"
)
HEADER_17 = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
    "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,Delivery year is estimate,"
    "Status,SIPRI estimate,TIV deal unit,TIV delivery values,Local production\n"
)
PREAMBLE = "Transfers of major conventional arms\n\nSource: SIPRI\nData generated: 13 Mar 2025 10:02:49 AM\n"
LINE = "Iraq,France,1976,?,25,?,Made-up,APC,25,,1977,New,A comment of some words,0.7,17.5,17.5\n"


_fresh = itertools.count()


def fresh() -> str:
    """A folder name that no other example has used."""
    return f"example{next(_fresh)}"


def imported(
    tmp_path: Path, content: str | bytes, name: str = "out", previous: Path | None = None
) -> armsdata.ImportResult:
    file = tmp_path / f"{name}.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return armsdata.import_register("sipri", file, tmp_path / name, previous=previous)


def transfers(result: armsdata.ImportResult) -> dict[str, dict[str, str]]:
    return {row["transfer_id"]: row for row in read_table(result.out / "transfers.csv")}


def statements(result: armsdata.ImportResult) -> dict[str, dict[str, str]]:
    return {row["transfer_id"]: read_statement(row["notes"]) for row in read_table(result.out / "claims.csv")}


def only(result: armsdata.ImportResult) -> dict[str, str]:
    (row,) = transfers(result).values()
    return row


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> armsdata.ImportResult:
    return armsdata.import_register("sipri", REGISTERS / "deals.csv", tmp_path_factory.mktemp("deals") / "out")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> armsdata.ImportResult:
    return armsdata.import_register(
        "sipri", REGISTERS / "deliveries.csv", tmp_path_factory.mktemp("deliveries") / "out"
    )


# ------------------------------------------------------------------------------------------- the folder


@pytest.mark.parametrize("layout", ["deals", "deliveries"])
def test_the_dataset_is_valid_and_nothing_is_lost(layout: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(layout)
    report = armsdata.validate(result.out)
    assert [(f.code, f.line, f.value) for f in report.findings] == []
    assert result.balanced
    assert all(read == written for _, read, written in result.reconciliation)
    assert {path.name for path in result.out.iterdir()} == {
        *(f"{name}.csv" for name in TABLES), "dataset.toml", "reconciliation.json"
    }  # fmt: skip
    for name, table in TABLES.items():
        header = (result.out / f"{name}.csv").read_text(encoding="utf-8").split("\n", 1)[0]
        assert header.split(",") == [column.name for column in table.source_columns]


def test_the_download_speaks_for_itself(deals: armsdata.ImportResult) -> None:
    meta = tomllib.loads((deals.out / "dataset.toml").read_text(encoding="utf-8"))
    assert meta["date"] == "2025-02-04"
    assert meta["version"] == "2025.2.4"
    assert "SIPRI" in meta["license"]
    assert "CC" not in meta["license"]
    assert "SIPRI" in deals.terms
    (source,) = read_table(deals.out / "sources.csv")
    assert source["accessed"] == "2025-02-04"
    assert "Data generated: 4 Feb 2025 9:01:02 AM" in source["notes"]
    assert "An empty field for 'Number ordered'" in source["notes"]
    record = json.loads((deals.out / "reconciliation.json").read_text(encoding="utf-8"))
    assert {line["difference"] for line in record["reconciliation"]} == {"0"}
    assert len(record["findings"]) == len(deals.findings)


# ------------------------------------------------------------------------------------------- deal layout


def test_names_of_every_kind(deals: armsdata.ImportResult) -> None:
    actors = {row["actor_id"]: row for row in read_table(deals.out / "actors.csv")}
    kinds = {ident: row["kind"] for ident, row in actors.items()}
    assert kinds | {
        "TUR": "state", "CIV": "state", "SUN": "state", "YUG": "state", "DDR": "state", "CSK": "state", "YEM": "state",
        "south-viet-nam": "state", "biafra": "state", "viet-cong": "armed-group", "african-union": "organisation",
        "unknown": "unknown", "wakanda": "unknown", "freedonia-front": "armed-group", "syldavia": "unknown",
    } == kinds  # fmt: skip
    assert actors["SUN"]["iso3166"] == "SUHH"
    assert actors["SUN"]["gwcode"] == "365"
    assert actors["viet-cong"]["aliases"] == "Viet Cong (South Viet Nam)*"


def test_unknown_names_are_told_with_a_hint(deals: armsdata.ImportResult) -> None:
    said = {note.value: note for note in deals.findings}
    assert set(said) >= {"Wakanda", "Syldavia", "Freedonia Front*", "death ray", "Refurbished"}
    assert "rwanda" in said["Wakanda"].hint
    assert said["death ray"].line == 22
    assert {note.severity for note in deals.findings} == {"warning"}
    assert transfers(deals)["sipri-freedonia-front-syldavia-2011-made-up-10"]["category"] == "other"


def test_doubt_is_kept_where_it_was(deals: armsdata.ImportResult) -> None:
    rows, said = transfers(deals), statements(deals)
    tank, apc = "sipri-tur-sun-1961-made-up-1", "sipri-civ-yug-1981-made-up-2"
    assert rows[tank]["ordered"] == "1961?"
    assert (said[tank]["Number ordered"], said[tank]["Number delivered"]) == ("12?", "12")
    assert (said[apc]["Number ordered"], said[apc]["Number delivered"]) == ("4", "4?")
    assert rows[tank]["quantity_approximate"] == rows[apc]["quantity_approximate"] == "true"
    assert rows["sipri-south-viet-nam-usa-1964-made-up-4"]["delivered"] == "{1964,1966?}"
    assert rows["sipri-yem-ddr-1970-made-up-3"]["delivered"] == "{1970,1971,1975}"


def test_how_far_a_deal_got(deals: armsdata.ImportResult) -> None:
    rows = transfers(deals)

    def state(ident: str) -> tuple[str, ...]:
        row = rows[ident]
        return row["status"], row["quantity"], row["quantity_ordered"], row["delivered"], row["tiv"]

    assert state("sipri-wakanda-fra-2010-made-up-9") == ("ordered", "", "6", "", "0")
    assert state("sipri-bra-ita-2001-made-up-11") == ("partly-delivered", "4", "10", "{2003,2004}", "400")
    assert state("sipri-bra-ita-2002-made-up-11") == ("delivered", "10", "10", "2004", "1000")
    assert state("sipri-per-irn-2000-made-up-15") == ("ordered", "", "3", "", "")
    assert state("sipri-per-irn-2001-made-up-15") == ("delivered", "", "3", "2002", "")


def test_broken_records_are_mended_and_told(deals: armsdata.ImportResult) -> None:
    rows = transfers(deals)
    assert rows["sipri-bra-ita-2001-made-up-11"]["notes"] == "Comment that the download breaks over two lines"
    assert rows["sipri-bra-ita-2002-made-up-11"]["notes"] == "First of two broken ones"
    assert rows["sipri-bra-ita-2003-made-up-11"]["notes"] == "Second, with a comma broken one"
    assert rows["sipri-bra-ita-2004-made-up-12"]["notes"] == "With commas, quite, unquoted"
    assert rows["sipri-unknown-csk-1985-made-up-6"]["notes"] == 'Quoted, with a comma and a "word" in quotes'
    assert [note.line for note in deals.findings if "mended" in note.message] == [23, 25, 27, 29]


def test_what_cannot_be_is_told_and_kept(deals: armsdata.ImportResult) -> None:
    rows, said = transfers(deals), statements(deals)
    late, own = "sipri-chl-esp-1999-made-up-13", "sipri-chl-chl-1990-made-up-14"
    assert (rows[late]["ordered"], rows[late]["delivered"]) == ("", "1998")
    assert said[late]["Year of order"] == "1999"
    assert (rows[own]["supplier"], rows[own]["recipient"]) == ("unknown", "CHL")
    assert (said[own]["Supplier"], said[own]["Recipient"]) == ("Chile", "Chile")
    assert {30, 31} <= {note.line for note in deals.findings}


def test_comments_that_look_like_formulas(deals: armsdata.ImportResult) -> None:
    rows, said = transfers(deals), statements(deals)
    for ident, comment in {
        "sipri-biafra-unknown-1968-made-up-5": "=1+1 looks like a formula",
        "sipri-african-union-zaf-2006-made-up-8": "Comment: begins like our own mark",
        "sipri-viet-cong-chn-1966-made-up-7": "Pipe | and backslash \\ within",
    }.items():
        assert unguard(rows[ident]["notes"], "Comment") == comment
        assert said[ident]["Comments"] == comment
    assert rows["sipri-biafra-unknown-1968-made-up-5"]["notes"].startswith("Comment: =")


# ------------------------------------------------------------------------------------------- 17 columns


def test_rows_of_one_deal_are_one_transfer(deliveries: armsdata.ImportResult) -> None:
    row, said = transfers(deliveries)["sipri-90001"], statements(deliveries)["sipri-90001"]
    assert (row["quantity"], row["tiv"], row["ordered"], row["delivered"]) == ("11", "35.2", "2018", "{2019,2022?}")
    assert said["Delivery rows"] == "3"
    assert said["Delivery year"] == "2019; 2022; 2022?"
    assert said["Numbers delivered"] == "1; 2; 8?"
    assert said["TIV delivery values"] == "3.2; 6.4; 25.6"
    assert said["Status"] == "Second hand"


def test_local_production_and_contradictions(deliveries: armsdata.ImportResult) -> None:
    rows = transfers(deliveries)
    assert rows["sipri-90003"]["kind"] == "licensed-production"
    assert rows["sipri-90006"]["kind"] == "unspecified"
    assert rows["sipri-90006"]["condition"] == ""
    assert statements(deliveries)["sipri-90006"]["Local production"] == "Yes; No"
    assert (rows["sipri-90007"]["recipient"], rows["sipri-90007-2"]["recipient"]) == ("TCD", "MLI")
    assert rows["sipri-90004"]["status"] == "ordered"
    assert rows["sipri-90004"]["designation"] == "Made-up-4, large"
    assert rows["sipri-90005"]["tiv"] == "3"
    assert {note.column for note in deliveries.findings} >= {"Local production", "Status", "SIPRI AT Database ID"}


# ------------------------------------------------------------------------------------------- round trip

name = st.sampled_from(
    ["Iraq", "Soviet Union", "UAE", "Türkiye", "NATO**", "Nowhere", "Some rebels*", "unknown recipient(s)"]
)
text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(tidy)
small = st.text("ab1=+-@'\"|\\;:, ?é", max_size=12).map(tidy)
mark = st.sampled_from(["", "?"])
year = st.integers(1950, 2024)
count = st.integers(0, 10**6) | st.none()
tiv = st.none() | st.decimals(0, 10**5, places=2)


def plain(value: object) -> str:
    return "" if value is None else str(value)


deal = st.tuples(
    name, name, year | st.none(), mark, count, mark, small, st.sampled_from(["tank", "APC", "ray gun"]) | small, count,
    mark, st.lists(year, unique=True, max_size=5).map(sorted), st.sampled_from(["New", "Second hand", "Odd"]),
    text | small, tiv, tiv, tiv,
)  # fmt: skip


def register(found: list[tuple[object, ...]]) -> str:
    out = io.StringIO(newline="")
    out.write(PREAMBLE + HEADER)
    writer = csv.writer(out, lineterminator="\n")
    for cells in found:
        writer.writerow(["; ".join(map(str, cell)) if isinstance(cell, list) else plain(cell) for cell in cells])
    return out.getvalue()


def doubted(value: object, sign: object) -> str:
    return f"{plain(value)}{sign}"


fixtures = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@fixtures
@given(st.lists(deal, max_size=12), st.randoms(use_true_random=False))
def test_every_field_comes_back(tmp_path: Path, found: list[tuple[object, ...]], order: random.Random) -> None:
    out = fresh()
    result = imported(tmp_path, register(found), out)
    assert result.balanced
    assert armsdata.validate(result.out).errors == 0
    columns = [column.strip() for column in HEADER.strip().split(",")]
    expected = sorted(
        (
            str(c[0]), str(c[1]), doubted(c[2], c[3]), doubted(c[4], c[5]), str(c[6]), str(c[7]), doubted(c[8], c[9]),
            "; ".join(map(str, c[10])), str(c[11]), str(c[12]), plain(c[13]), plain(c[14]), plain(c[15]),  # type: ignore[call-overload]
        )
        for c in found
    )  # fmt: skip
    rows, said = transfers(result), statements(result)
    got = sorted(tuple(parts.get(column, "") for column in columns if column) for parts in said.values())
    assert got == expected
    for ident, parts in said.items():
        row = rows[ident]
        assert unguard(row["notes"], "Comment") == parts.get("Comments", "")
        assert unguard(row["designation"], "Designation") == parts.get("Weapon designation", "")
        assert Decimal(row["tiv"] or -1) == Decimal(parts.get("SIPRI TIV of delivered weapons") or -1)
        assert row["quantity"] in (parts.get("Number delivered", "").rstrip("?"), "")
        for column in ("ordered", "delivered"):
            assert not row[column] or edtf.parse(row[column])
    # The order of the lines is of no account, to the byte.
    shuffled = list(found)
    order.shuffle(shuffled)
    again = imported(tmp_path, register(shuffled), out + "b")
    for table in TABLES:
        assert (again.out / f"{table}.csv").read_bytes() == (result.out / f"{table}.csv").read_bytes()


delivery = st.tuples(
    st.integers(1, 5), st.tuples(name, name, small, st.sampled_from(["tank", "IFV"])), year, st.booleans(), count,
    st.booleans(), year, st.booleans(), st.sampled_from(["New", "Second hand"]), tiv, tiv, tiv, st.booleans(),
)  # fmt: skip


@fixtures
@given(st.lists(delivery, max_size=14))
def test_every_delivery_comes_back(tmp_path: Path, found: list[tuple[object, ...]]) -> None:
    out = io.StringIO(newline="")
    out.write(PREAMBLE + HEADER_17)
    writer = csv.writer(out, lineterminator="\n")
    said = {False: "No", True: "Yes"}
    expected = []
    for row in found:
        ident, names, *rest = row
        assert isinstance(names, tuple)
        supplier, recipient, designation, description = names
        cells = [said[cell] if isinstance(cell, bool) else plain(cell) for cell in rest]
        writer.writerow([ident, supplier, recipient, designation, description, "Other", *cells])
        expected.append((
            str(ident), supplier, recipient, designation, description, cells[0] + "?" * (cells[1] == "Yes"),
            cells[2] + "?" * (cells[3] == "Yes"), cells[4] + "?" * (cells[5] == "Yes"), *cells[6:],
        ))  # fmt: skip
    result = imported(tmp_path, out.getvalue(), fresh())
    assert result.balanced
    assert armsdata.validate(result.out).errors == 0
    columns = (
        "SIPRI AT Database ID", "Supplier", "Recipient", "Designation", "Description", "Order date",
        "Numbers delivered", "Delivery year", "Status", "SIPRI estimate", "TIV deal unit",
        "TIV delivery values", "Local production",
    )  # fmt: skip
    got = []
    for parts in statements(result).values():
        rows = int(parts["Delivery rows"])
        for place in range(rows):
            cells = []
            for column in columns:
                value = parts.get(column, "")
                # The names are one for the whole deal; what differs from row to row is a list.
                split = [part.strip() for part in value.split(";")] if column not in columns[1:5] else [value]
                cells.append(split[place] if len(split) == rows > 1 else value)
            got.append(tuple(cells))
    assert sorted(got) == sorted(expected)


@fixtures
@given(
    st.lists(
        st.tuples(st.sampled_from(["Iraq", "Chile"]), st.lists(st.sampled_from(["one", "two", "three;"]), min_size=2)),
        min_size=1, max_size=6,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_a_record_broken_at_any_blank_is_mended(
    tmp_path: Path, found: list[tuple[str, list[str]]], order: random.Random
) -> None:
    whole, broken = PREAMBLE + HEADER, PREAMBLE + HEADER
    for number, (party, words) in enumerate(found):
        line = f"{party},Spain,{1990 + number},?,3,,Made up,light tank,3,,1999,New,{' '.join(words)},1,3,3\n"
        places = [place for place, char in enumerate(line) if char == " "]
        whole += line
        for place in sorted(order.sample(places, order.randint(0, min(3, len(places)))), reverse=True):
            line = line[:place] + "\n" + line[place + 1 :]
        broken += line
    one = imported(tmp_path, whole, fresh())
    other = imported(tmp_path, broken, fresh())
    for table in TABLES:
        assert (one.out / f"{table}.csv").read_bytes() == (other.out / f"{table}.csv").read_bytes()


@given(st.dictionaries(st.sampled_from(["Recipient", "Comments", "status"]), text | small))
def test_a_statement_is_read_back(parts: dict[str, str]) -> None:
    assert read_statement(statement(parts)) == {key: value for key, value in parts.items() if value}


# ------------------------------------------------------------------------------------------- next year


def test_a_deal_that_grows_keeps_its_id(tmp_path: Path) -> None:
    before = PREAMBLE + HEADER + LINE + (
        "Iraq,France,1976,,,,Made-up,APC,2,?,1978,New,Another,0.7,,1.4\n"
        "Iraq,Iran,2020,?,9,?,Made-up,APC,1,,2021,New,Grows,1,9,1\n"
    )  # fmt: skip
    after = before.replace("13 Mar 2025", "12 Mar 2026").replace(
        "9,?,Made-up,APC,1,,2021,New,Grows,1,9,1", "9,,Made-up,APC,4,?,2021; 2025,New,Grows on,1,9,4"
    )
    after += "Iraq,France,1976,,7,,Made-up,APC,7,,2025,New,A deal found later,0.7,4.9,4.9\n"
    old = imported(tmp_path, before, "old")
    new = imported(tmp_path, after, "new", previous=old.out)
    then, now = transfers(old), transfers(new)
    assert set(now) - set(then) == {"sipri-irq-fra-1976-made-up-n3"}
    changed = {ident for ident in then if then[ident] != now[ident]}
    assert changed == {"sipri-irq-irn-2020-made-up"}
    assert {now[ident]["recorded_on"] for ident in then} == {"2025-03-13"}
    assert now["sipri-irq-irn-2020-made-up"]["revised_on"] == "2026-03-12"
    assert now["sipri-irq-fra-1976-made-up-n3"]["recorded_on"] == "2026-03-12"
    assert armsdata.validate(new.out).errors == 0


def test_an_import_is_the_same_every_time(tmp_path: Path) -> None:
    content = (REGISTERS / "deals.csv").read_bytes()
    one, two = imported(tmp_path, content, "one"), imported(tmp_path, content, "two")
    for table in (*(f"{table}.csv" for table in TABLES), "dataset.toml"):
        assert (one.out / table).read_bytes() == (two.out / table).read_bytes()


# ------------------------------------------------------------------------------------------- downloads of all sorts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("preamble", [0, 3, 11, 40])
def test_encodings_line_ends_and_preambles(tmp_path: Path, encoding: str, end: str, preamble: int) -> None:
    line = LINE.replace("Iraq", "Côte d'Ivoire").replace("comment", "café")
    content = "about it\n" * preamble + "Data generated: 3 April 2024\n" + HEADER + line
    result = imported(tmp_path, content.replace("\n", end).encode(encoding))
    assert only(result)["recipient"] == "CIV"
    assert only(result)["notes"] == "A café of some words"
    assert only(result)["recorded_on"] == "2024-04-03"
    assert result.findings == []


def test_quotes_of_windows(tmp_path: Path) -> None:
    content = (PREAMBLE + HEADER + LINE).replace("comment", "“comment”").encode("cp1252")
    assert only(imported(tmp_path, content))["notes"] == "A “comment” of some words"


def test_a_mixture_of_encodings_is_told(tmp_path: Path) -> None:
    content = (PREAMBLE + HEADER).encode() + LINE.replace("comment", "café").encode() + (
        LINE.replace("Made-up", "Other").replace("comment", "café").encode("latin-1")
    )  # fmt: skip
    result = imported(tmp_path, content)
    assert {row["notes"] for row in transfers(result).values()} == {"A café of some words"}
    assert "mixes encodings" in result.findings[0].message


def test_the_later_name_of_a_column(tmp_path: Path) -> None:
    content = PREAMBLE + HEADER.replace("Number delivered", "Deliveries in the Year Range") + LINE
    assert only(imported(tmp_path, content))["quantity"] == "25"


def test_resaved_by_a_spreadsheet(tmp_path: Path) -> None:
    semicolons = HEADER.replace(",", ";") + LINE.replace(",", ";").replace("1977", '"1977; 1978"')
    assert only(imported(tmp_path, PREAMBLE + semicolons))["delivered"] == "{1977,1978}"
    padded = PREAMBLE.replace("\n", ",,\n") + HEADER.replace("\n", ",,\n") + LINE.replace("\n", ",,\n")
    assert only(imported(tmp_path, padded, "padded"))["recorded_on"] == "2025-03-13"
    ended = PREAMBLE + HEADER.replace("\n", ";\n") + LINE.replace("\n", ";\n")
    assert only(imported(tmp_path, ended, "ended"))["tiv"] == "17.5"


def test_a_year_in_brackets_is_doubted(tmp_path: Path) -> None:
    assert only(imported(tmp_path, PREAMBLE + HEADER + LINE.replace("1976,?", "(1976),")))["ordered"] == "1976?"


def test_a_quoted_text_over_two_lines(tmp_path: Path) -> None:
    result = imported(
        tmp_path, PREAMBLE + HEADER + LINE.replace("A comment of", '"A comment, \nof').replace("words", 'words"')
    )
    assert only(result)["notes"] == "A comment,  of some words".replace("  ", " ")
    assert [note.line for note in result.findings] == [6]


def test_a_record_broken_before_its_last_cell(tmp_path: Path) -> None:
    result = imported(
        tmp_path, PREAMBLE + HEADER + LINE + LINE.replace("1976", "1975").replace("17.5,17.5", "17.5,\n17.5")
    )
    assert [row["tiv"] for row in transfers(result).values()] == ["17.5", "17.5"]


def test_finer_values_than_a_cell_holds_are_told(tmp_path: Path) -> None:
    result = imported(tmp_path, PREAMBLE + HEADER + LINE.replace(",17.5\n", ",17.50049\n"))
    assert only(result)["tiv"] == "17.5"
    assert "rounded" in result.findings[0].message
    assert next(iter(statements(result).values()))["SIPRI TIV of delivered weapons"] == "17.50049"


def test_a_register_without_deals(tmp_path: Path) -> None:
    result = imported(tmp_path, PREAMBLE + HEADER)
    assert set(result.counts.values()) == {0}
    assert "no deals" in result.findings[0].message
    for name, table in TABLES.items():
        assert (result.out / f"{name}.csv").read_text() == ",".join(c.name for c in table.source_columns) + "\n"


def test_without_a_date_the_day_of_import_stands_in(tmp_path: Path) -> None:
    result = imported(tmp_path, HEADER + LINE)
    assert "when it was generated" in result.findings[0].message


def test_long_names_keep_their_own_ids(tmp_path: Path) -> None:
    long = "The very long name of a front for the liberation of everything everywhere (Nowhere)*"
    lines = [
        LINE.replace("Iraq", long).replace("France", long[::-1]).replace("Made-up", "x" * 90 + end) for end in "abc"
    ]
    result = imported(tmp_path, PREAMBLE + HEADER + "".join(lines))
    assert len(transfers(result)) == 3
    assert all(len(ident) <= 73 for ident in transfers(result))
    assert armsdata.validate(result.out).errors == 0


# ------------------------------------------------------------------------------------------- damaged files

GOOD = (PREAMBLE + HEADER + LINE * 3).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b"\x00\x01\x02" * 100, "NUL"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 40, "no such header"),
        (b"PK\x03\x04" + bytes(range(1, 200)), "no such header"),
        (b"Supplier,2022,2023\nFrance,1,2\n", "no such header"),
        (GOOD.replace(b"Number ordered, ", b"Number ordered"), "column 6 is 'weapon designation'"),
        (GOOD.replace(b"SIPRI TIV of delivered weapons", b"TIV"), "column 16 is 'tiv'"),
        (GOOD.replace(b",SIPRI TIV of delivered weapons", b""), "is missing"),
    ],
)
def test_what_is_no_register_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(armsdata.ImportFailure) as failure:
        imported(tmp_path, content)
    assert says in str(failure.value)
    assert "\n" not in str(failure.value)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    "line",
    [
        "Iraq,France,1976,?,25,?,Made-up,APC,25,,1977,New\n",
        "Iraq,France,76,?,25,?,Made-up,APC,25,,1977,New,Comment,0.7,17.5,17.5\n",
        "Iraq,France,1976,?,many,?,Made-up,APC,25,,1977,New,Comment,0.7,17.5,17.5\n",
        "Iraq,France,1976,?,25,?,Made-up,APC,25,,1977,New,Comment,0.7,17.5,-17.5\n",
        ",France,1976,?,25,?,Made-up,APC,25,,1977,New,Comment,0.7,17.5,17.5\n",
        "Iraq,France,1976,?,25,?,One,two,three,25,,1977,New,Comment,0.7,17.5,17.5\n",
        'Iraq,France,1976,?,25,?,Made-up,APC,25,,1977,New,"never closed,0.7\n',
        "something else altogether\n",
    ],
)
def test_a_record_that_cannot_be_read_stops_the_import_and_is_shown(tmp_path: Path, line: str) -> None:
    with pytest.raises(armsdata.ImportFailure) as failure:
        imported(tmp_path, PREAMBLE + HEADER + LINE + line + LINE)
    (error,) = [note for note in failure.value.findings if note.severity == "error"]
    assert error.line == 7
    assert line.strip() in error.value
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("layout", ["deals", "deliveries"])
def test_a_truncated_file_never_fails_without_a_word(tmp_path: Path, layout: str) -> None:
    content = (REGISTERS / f"{layout}.csv").read_bytes()
    whole = imported(tmp_path, content, "whole").counts["transfers"]
    for end in range(0, len(content) - 3, 37):
        try:
            result = imported(tmp_path, content[:end], f"cut{end}")
        except armsdata.ImportFailure as failure:
            assert str(failure)
            continue
        assert result.balanced
        assert result.counts["transfers"] <= whole
        assert result.findings or content[end - 1 : end] == b"\n"


@fixtures
@given(st.binary(max_size=200), st.integers(0, len(GOOD)), st.integers(0, 60))
def test_damage_anywhere_never_ends_in_a_traceback(tmp_path: Path, damage: bytes, place: int, width: int) -> None:
    try:
        result = imported(tmp_path, GOOD[:place] + damage + GOOD[place + width :], fresh())
    except armsdata.ImportFailure:
        return
    assert result.balanced or any("rounded" in note.message for note in result.findings)


# ------------------------------------------------------------------------------------------- where it is written


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(armsdata.NotOurs, match="not empty"):
        imported(tmp_path, GOOD)
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
    (tmp_path / "file").write_text("")
    (tmp_path / "file.csv").write_bytes(GOOD)
    with pytest.raises(armsdata.UsageError, match="not a folder"):
        armsdata.import_register("sipri", tmp_path / "file.csv", tmp_path / "file")


def test_an_untouched_import_is_replaced_and_an_edited_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    result = imported(tmp_path, GOOD)
    later = GOOD.replace(b"13 Mar 2025", b"13 Mar 2026")
    imported(tmp_path, later)
    assert {row["recorded_on"] for row in transfers(result).values()} == {"2025-03-13"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", "out.csv"}
    (result.out / "actors.csv").write_text("edited")
    with pytest.raises(armsdata.NotOurs, match="untouched"):
        imported(tmp_path, later)
    assert (result.out / "actors.csv").read_text() == "edited"


def test_a_failure_while_writing_leaves_the_last_good_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = imported(tmp_path, GOOD)
    before = {path.name: path.read_bytes() for path in result.out.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importing, "metadata_text", full)
    with pytest.raises(OSError, match="No space"):
        imported(tmp_path, GOOD.replace(b"Made-up", b"Other"))
    assert {path.name: path.read_bytes() for path in result.out.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"out", "out.csv"}


def test_wrong_calls(tmp_path: Path) -> None:
    with pytest.raises(armsdata.ImportFailure, match="known are: sipri"):
        armsdata.import_register("unroca", tmp_path / "x.csv", tmp_path / "out")
    with pytest.raises(FileNotFoundError):
        armsdata.import_register("sipri", tmp_path / "x.csv", tmp_path / "out")
    with pytest.raises(armsdata.ImportFailure, match="not an earlier import"):
        imported(tmp_path, GOOD, previous=tmp_path)
