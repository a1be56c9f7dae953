"""Every single damage that `damages.py` declares is found where it is, and by its own code.

`pytest -s tests/test_mutations.py` prints the share.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from armsdata.schema import TABLES, Kind
from armsdata.schema.rules import ROW_RULES

import armsdata
import oracle
from armsdata.catalogue import CATALOGUE
from damages import _BAD, _FORMS, BETWEEN, FILES, RULES, Damage, row_damages
from datasets import FULL, Data, judged

#: File, line, column, code.
Place = tuple[str, int, str | None, str]
#: What else is true of a damaged record beside its damage: its key is not what others call it by.
_BESIDE = {"uncited-transfer", "unused-record", "probable-duplicate", "conflicting-claim", "impossible-order"}
FOUND: list[tuple[str, bool]] = []
CODES: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def share() -> Iterator[None]:
    """Print how many of the damages that were tried were found."""
    yield
    seen = sum(was_found for _, was_found in FOUND)
    print(f"\n{seen} of {len(FOUND)} damages found, with {len(CODES)} of {len(CATALOGUE)} codes")


def found(data: Data, folder: Path) -> set[Place]:
    report = judged(data.write(folder), limit=100_000)
    assert not report.truncated
    return {(Path(one.file).name, one.line, one.column, one.code) for one in report.findings}


def check(expected: dict[str, Place], places: set[Place]) -> None:
    """Count what was found; all of it must be."""
    missed = {what: place for what, place in expected.items() if place not in places}
    FOUND.extend((what, what not in missed) for what in expected)
    CODES.update(place[3] for what, place in expected.items() if what not in missed)
    assert missed == {}


def with_damages(table: str, damages: list[Damage]) -> tuple[Data, dict[str, Place]]:
    """A good dataset with one more record for each damage, which is all that is wrong with it; and the findings."""
    key, good = TABLES[table].key, FULL.tables[table][0]
    rows = list(FULL.tables[table])
    expected: dict[str, Place] = {}
    claims = list(FULL.tables["claims"])
    line = 2 + sum(1 + sum(cell.count("\n") for cell in row.values()) for row in rows)
    for number, damage in enumerate(damages):
        own = {key: f"damaged-{number}"} | ({"kind": "person"} if table == "actors" else {})
        row = good | own | damage.cells
        rows.append(row)
        expected[damage.what] = (f"{table}.csv", line, damage.column, damage.code)
        line += 1 + sum(cell.count("\n") for cell in row.values())
        if table == "transfers" and key not in damage.cells:
            claims.append(FULL.tables["claims"][1] | {"claim_id": f"of-{number}", "transfer_id": row[key]})
    data = FULL.with_rows(table, rows)
    return (data.with_rows("claims", claims) if table == "transfers" else data), expected


@pytest.mark.parametrize("table", TABLES)
def test_each_damage_to_a_cell_or_row_is_found_and_is_all_that_is_found(table: str, tmp_path: Path) -> None:
    damages = list(row_damages(TABLES[table]))
    huge = [one for one in damages if one.code == "out-of-range" and len(next(iter(one.cells.values()))) > 1000]
    for number, some in enumerate(([one for one in damages if one not in huge], huge)):
        data, expected = with_damages(table, some)
        places = found(data, tmp_path / str(number))
        check(expected, places)
        lines = {place[1]: (place[2], place[3]) for place in expected.values()}
        others = [
            place
            for place in places
            if place[0] == f"{table}.csv" and place[1] in lines and lines[place[1]] != place[2:]
        ]
        tabs = {(line, column, "untidy-text") for line, (column, code) in lines.items() if code == "formula-text"}
        assert [place for place in others if place[3] not in _BESIDE and place[1:] not in tabs] == []


def test_each_damage_between_rows_and_tables_is_found(tmp_path: Path) -> None:
    for number, (what, (change, table, row, column, code)) in enumerate(BETWEEN.items()):
        check({what: (f"{table}.csv", row + 2, column, code)}, found(change(FULL), tmp_path / str(number)))


def test_each_damage_to_a_file_is_found_in_every_table(tmp_path: Path) -> None:
    for number, (what, (change, line, code)) in enumerate(FILES.items()):
        data = FULL
        for table in TABLES:
            data = data.with_bytes(table, change(FULL.content(table)))
        places = {(file, at, code) for file, at, _, code in found(data, tmp_path / str(number))}
        missed = [table for table in TABLES if (f"{table}.csv", line, code) not in places]
        FOUND.extend((f"{table}: {what}", table not in missed) for table in TABLES)
        CODES.add(code)
        assert missed == [], what


def test_each_required_column_that_is_missing_is_found(tmp_path: Path) -> None:
    required = {name: [one.name for one in table.columns if one.required] for name, table in TABLES.items()}
    for turn in range(max(map(len, required.values()))):
        data = FULL
        expected: dict[str, Place] = {}
        for table, names in required.items():
            if turn < len(names):
                data = data.without_column(table, names[turn])
                expected[f"{table} without {names[turn]}"] = (f"{table}.csv", 1, names[turn], "missing-column")
        check(expected, found(data, tmp_path / str(turn)))


def test_each_derived_day_that_is_changed_in_a_release_is_found(tmp_path: Path) -> None:
    armsdata.export(FULL.write(tmp_path / "data"), tmp_path / "out", formats=["csv"], threads=1)
    path = tmp_path / "out/csv/transfers.csv"
    header, first, rest = path.read_text("utf-8").split("\n", 2)
    for column in TABLES["transfers"].derived_columns:
        place, cells = header.split(",").index(column.name), first.split(",")
        assert cells[place]
        path.write_text(
            "\n".join([header, ",".join([*cells[:place], "2001-01-01", *cells[place + 1 :]]), rest]), "utf-8"
        )
        report = armsdata.validate(path, table="transfers", against=tmp_path / "data", threads=1)
        expected: Place = ("transfers.csv", 2, column.name, "bad-date")
        check(
            {f"derived {column.name}": expected},
            {("transfers.csv", one.line, one.column, one.code) for one in report.findings},
        )


def test_no_kind_rule_or_code_is_without_its_damage() -> None:
    assert {*_BAD, Kind.TEXT} == {*_FORMS, Kind.TEXT} == set(Kind)
    assert {(table, rule.name) for table, rules in ROW_RULES.items() for rule in rules} == set(RULES)
    declared = {one.code for table in TABLES.values() for one in row_damages(table)}
    declared |= {entry[-1] for entry in BETWEEN.values()} | {entry[-1] for entry in FILES.values()} | {"missing-column"}
    assert declared == set(CATALOGUE)


def test_the_oracle_knows_every_code_but_those_of_files_that_it_cannot_read() -> None:
    source = Path(oracle.__file__).read_text("utf-8")
    unread = {"encoding-error", "malformed-csv", "wrong-delimiter", "runaway-quote"}
    assert {code for code in CATALOGUE if f'"{code}"' not in source} == unread
