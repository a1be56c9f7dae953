"""Small webs of custody for tests: as a ledger in memory, or as a dataset folder."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from armsdata.schema import TABLES

from armsdata.tracing.records import Actor, Amount, Ledger, Step

TOML = """title = "A test"
version = "1.0"
date = 2026-01-01
license = "CC-BY-4.0"
description = "Made for tests"
"""

Row = dict[str, str]


def step(key: str, supplier: str, recipient: str, quantity: int | None = None, **more: Any) -> Step:
    """A transfer with what a test cares for."""
    amount = Amount(
        Decimal(quantity) if quantity is not None else None,
        more.pop("low", None),
        more.pop("high", None),
        more.pop("unit", "item"),
        more.pop("about", False),
    )
    given: dict[str, Any] = {
        "kind": "sale",
        "status": "delivered",
        "end_user": "",
        "origin": (),
        "via": (),
        "category": "assault-rifle",
        "weapon": "",
        "designation": "rifles",
        "ordered": "",
        "delivered": "2014",
        "place": "",
        "part_of": "",
        "upstream": (),
        "confidence": "probable",
        "notes": "",
    }
    return Step(id=key, supplier=supplier, recipient=recipient, amount=amount, **(given | more))


def web(*steps: Step, actors: tuple[Actor, ...] = ()) -> Ledger:
    """A ledger; actors that are not told are states in capitals, else armed groups."""
    known = {actor.id: actor for actor in actors}
    used = {one for each in steps for one in (*each.path, *each.origin)}
    for one in sorted(used - known.keys()):
        known[one] = Actor(one, one.title(), "state" if one.isupper() else "armed-group")
    return Ledger(steps, known.values())


def transfer(key: str, supplier: str, recipient: str, **cells: str) -> Row:
    """A row of the table."""
    return {
        "transfer_id": key,
        "kind": "sale",
        "status": "delivered",
        "supplier": supplier,
        "recipient": recipient,
        "category": "assault-rifle",
        "confidence": "probable",
        "recorded_on": "2026-01-01",
    } | cells


def actor(key: str, name: str, kind: str = "state", **cells: str) -> Row:
    """A row of the table."""
    return {"actor_id": key, "name": name, "kind": kind} | cells


def write(folder: Path, transfers: list[Row], actors: list[Row], **cells: str) -> Path:
    """Write a dataset folder with one source and a claim for each transfer; `cells` go into every claim and source."""
    source = {"source_id": "a-report", "type": "report", "title": "A report", "url": "https://example.org/report"}
    claims = [
        {
            "claim_id": f"c-{number}",
            "transfer_id": row["transfer_id"],
            "source_id": "a-report",
            "framing": "documented",
            "locator": f"p. {number}",
        }
        for number, row in enumerate(transfers, 1)
    ]
    tables: dict[str, list[Row]] = {
        "transfers": transfers,
        "actors": actors,
        "weapons": [],
        "sources": [source | {k: v for k, v in cells.items() if k in TABLES["sources"].by_name}],
        "claims": [row | {k: v for k, v in cells.items() if k in TABLES["claims"].by_name} for row in claims],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(TOML, "utf-8")
    for name, rows in tables.items():
        names = [column.name for column in TABLES[name].source_columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder
