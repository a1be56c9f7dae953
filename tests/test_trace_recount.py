"""The sums of every actor of the curated dataset, counted a second time from the CSV files by plain means."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import pytest

import armsdata
from armsdata.tracing import Totals, follow
from armsdata.tracing.records import Ledger, ledger
from armsdata.tracing.totals import sum_up
from repository import ROOT

Sums = dict[str, tuple[Decimal, Decimal | None]]


def rows(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


TRANSFERS = {row["transfer_id"]: row for row in rows("data/transfers.csv")}
ABOVE = {row["actor_id"]: row["part_of"] for row in rows("data/actors.csv")}
REALISED = {row["code"]: row["realised"] for row in rows("schema/vocabularies/transfer-status.csv")}


@pytest.fixture(scope="module")
def records() -> Ledger:
    return ledger(armsdata.load(ROOT / "data"))


def belongs(actor: str, body: str) -> bool:
    return actor == body or (bool(ABOVE.get(actor)) and belongs(ABOVE[actor], body))


def whole_of(key: str, among: set[str]) -> str:
    above = TRANSFERS[key]["part_of"]
    return above if not above or above in among else whole_of(above, among)


def held(key: str, parts: dict[str, list[str]]) -> Sums:
    """What one transfer holds: its own figures, or the sum of its parts where that is more."""
    row = TRANSFERS[key]
    found: Sums = {unit: (least, None) for unit, (least, _) in added(parts[key], parts).items()}
    if row["quantity"] or row["quantity_low"] or row["quantity_high"]:
        least = (
            Decimal(row["quantity_low"] or row["quantity"] or 0) if REALISED[row["status"]] != "unknown" else Decimal(0)
        )
        least = max(least, found.get(row["quantity_unit"], (least, None))[0])
        most = row["quantity_high"] or row["quantity"]
        found[row["quantity_unit"]] = least, max(least, Decimal(most)) if most else None
    return found


def added(keys: Iterable[str], parts: dict[str, list[str]]) -> Sums:
    sums: Sums = {}
    for key in keys:
        for unit, (least, most) in held(key, parts).items():
            before, top = sums.get(unit, (Decimal(0), Decimal(0)))
            sums[unit] = before + least, None if most is None or top is None else top + most
    return sums


def counted(keys: Iterable[str]) -> tuple[Sums, int]:
    real = {key for key in keys if REALISED[TRANSFERS[key]["status"]] != "no"}
    parts: dict[str, list[str]] = defaultdict(list)
    for key in real:
        parts[whole_of(key, real)].append(key)
    return added(parts[""], parts), len(parts[""])


def told(totals: Totals) -> tuple[Sums, int]:
    return {one.unit: (one.at_least, one.at_most) for one in totals.units}, totals.transfers


def test_the_sums_of_all_transfers_are_those_of_the_csv(records: Ledger) -> None:
    assert told(sum_up(records.steps, records.steps)) == counted(TRANSFERS)


@pytest.mark.parametrize(
    ("direction", "near", "far"), [("to", "recipient", "supplier"), ("from", "supplier", "recipient")]
)
def test_what_each_actor_got_and_gave_is_that_of_the_csv(records: Ledger, direction: str, near: str, far: str) -> None:
    assert len(ABOVE) > 150
    for actor in ABOVE:
        own = [key for key, row in TRANSFERS.items() if belongs(row[near], actor) and not belongs(row[far], actor)]
        assert told(follow(records, actor, direction).totals) == counted(own), actor
