"""Synthetic datasets: seeded, all five tables, skewed like real data, without a finding of severity error.

With `faulty` they have a fault in each transfer and each claim instead.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from armsdata.schema import TABLES
from armsdata.schema.vocabularies import vocabulary
from faulty import CLAIMS, TRANSFERS, spoiled

#: Rows that are made and written at once.
PART = 200_000
ACTORS, WEAPONS = 3_000, 2_000
WORDS = (
    "consigned", "shipment", "of", "crated", "arms", "by", "air", "sea", "Tartūs", "under", "contract,", "see", "annex",
    "to", "the", "panel’s", "report",
)  # fmt: skip


def write_dataset(folder: Path, transfers: int, seed: int = 1, *, faulty: bool = False) -> None:
    """Write a dataset folder.

    Args:
        folder: is made; its files are overwritten.
        transfers: the number of transfers; there are 1.2 times as many claims, and a source for 50 transfers.
        seed: equal seeds give equal bytes.
        faulty: every transfer and every claim has a fault.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(
        f'title = "Synthetic transfers, {transfers}"\nversion = "1"\ndate = 2026-01-01\nlicense = "CC0-1.0"\n',
        encoding="utf-8",
        newline="\n",
    )
    random = np.random.default_rng(seed)
    states = list(vocabulary("country").concepts)[:230]
    actors = states + ["unknown"] + [f"group-{number:05d}" for number in range(ACTORS - len(states) - 1)]
    weapons = [f"weapon-{number:05d}" for number in range(WEAPONS)]
    sources = [f"source-{number:07d}" for number in range(max(100, transfers // 50))]
    _write(folder, "actors", _actors(actors, states))
    _write(folder, "weapons", _weapons(random, weapons))
    _write(folder, "sources", _sources(random, sources))
    used = Used(actors, states, weapons, sources)
    with Writer(folder, "transfers") as table:
        for first in range(0, transfers, PART):
            rows = _transfers(random, used, first, min(PART, transfers - first))
            table.add(spoiled(rows, TRANSFERS, first) if faulty else rows)
    with Writer(folder, "claims") as table:
        for first in range(0, transfers * 6 // 5, PART):
            rows = _claims(random, used, first, min(PART, transfers * 6 // 5 - first), transfers)
            table.add(spoiled(rows, CLAIMS, first) if faulty else rows)


class Used:
    """The keys that transfers and claims refer to."""

    def __init__(self, actors: list[str], states: list[str], weapons: list[str], sources: list[str]) -> None:
        self.actors, self.states = pa.array(actors), pa.array(states)
        self.weapons, self.sources = pa.array(weapons), pa.array(sources)


def _skewed(random: np.random.Generator, values: pa.Array, size: int) -> pa.Array:
    """Some values often, most of them seldom, but each of them now and then."""
    often = np.minimum((random.pareto(0.7, size) * 3).astype(np.int64), len(values) - 1)
    places = np.where(random.random(size) < 0.7, often, random.integers(0, len(values), size))
    return values.take(pa.array(places))


def _some(random: np.random.Generator, values: pa.Array, share: float) -> pa.Array:
    """The values, but for a share of empty cells."""
    return pc.if_else(pa.array(random.random(len(values)) < share), values, pa.scalar(None, pa.string()))


def _choice(random: np.random.Generator, values: Sequence[str], size: int, weights: Sequence[float] = ()) -> pa.Array:
    chances = np.array(weights) / sum(weights) if weights else None
    return pa.array(values).take(pa.array(random.choice(len(values), size, p=chances)))


def _ids(prefix: str, numbers: Any) -> pa.Array:
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=9, padding="0")
    return pc.binary_join_element_wise(prefix, padded, "-")


def _dates(random: np.random.Generator, size: int, first: int) -> tuple[pa.Array, pa.Array]:
    """Dates as sources give them, most vague; the second is never before the first."""
    year = first + random.integers(0, 40, size)
    month = random.integers(1, 13, size)
    day = random.integers(1, 29, size)
    made = []
    for later in (0, 2):
        plain = [str(one + later) for one in range(1960, 2030)]
        years = pa.array(plain).take(pa.array(year - 1960))
        months = pc.utf8_lpad(pa.array(month).cast(pa.string()), width=2, padding="0")
        days = pc.utf8_lpad(pa.array(day).cast(pa.string()), width=2, padding="0")
        form = random.choice(5, size, p=[0.35, 0.15, 0.25, 0.15, 0.1])
        choices = [
            years,
            pc.binary_join_element_wise(years, "~", ""),
            pc.binary_join_element_wise(years, months, "-"),
            pc.binary_join_element_wise(years, months, days, "-"),
            pc.binary_join_element_wise(years, pa.array(plain).take(pa.array(year - 1960 + 1)), "/"),
        ]
        made.append(pc.choose(pa.array(form), *choices))
    return made[0], made[1]


def _amounts(random: np.random.Generator, size: int) -> Any:
    return np.ceil(random.lognormal(4, 2, size)).astype(np.int64)


def _texts(random: np.random.Generator, size: int, words: int, share: float) -> pa.Array:
    parts = [_choice(random, WORDS, size) for _ in range(words)]
    return _some(random, pc.binary_join_element_wise(*parts, " "), share)


def _transfers(random: np.random.Generator, used: Used, first: int, size: int) -> dict[str, pa.Array]:
    ordered, delivered = _dates(random, size, 1960)
    kind = _choice(random, ["sale", "military-aid", "donation", "re-export"], size, [70, 15, 10, 5])
    status = _choice(random, ["delivered", "ordered", "partly-delivered"], size, [80, 10, 10])
    quantity = _amounts(random, size)
    recipient = _skewed(random, used.actors, size)
    supplier = _skewed(random, used.states, size)
    supplier = pc.if_else(pc.equal(supplier, recipient), pa.scalar("unknown"), supplier)
    recipient = pc.if_else(pc.equal(supplier, recipient), pa.scalar("group-00001"), recipient)
    earlier = _ids("transfer", np.maximum(first + np.arange(size) - random.integers(1, 1000, size), 0))
    value = pa.array(random.integers(1, 10**9, size)).cast(pa.string())
    has_value = random.random(size) < 0.3
    filled = {
        "transfer_id": _ids("transfer", first + np.arange(size)),
        "kind": kind,
        "status": status,
        "supplier": supplier,
        "recipient": recipient,
        "end_user": _some(random, _skewed(random, used.actors, size), 0.1),
        "origin": _some(random, _skewed(random, used.states, size), 0.3),
        "via": _some(random, pc.binary_join_element_wise(_skewed(random, used.states, size), "unknown", "; "), 0.1),
        "category": _choice(random, [*vocabulary("weapon-category").concepts], size),
        "weapon": _some(random, _skewed(random, used.weapons, size), 0.7),
        "designation": _some(random, _skewed(random, used.weapons, size), 0.8),
        "condition": _some(random, _choice(random, ["new", "second-hand"], size), 0.6),
        "quantity": pa.array(quantity).cast(pa.string()),
        "quantity_low": _some(random, pa.array(np.maximum(quantity * 9 // 10, 1)).cast(pa.string()), 0.1),
        "quantity_unit": pa.array(["item"] * size),
        "quantity_approximate": _some(random, _choice(random, ["true", "false"], size), 0.3),
        "quantity_ordered": _some(random, pa.array(quantity + 1).cast(pa.string()), 0.3),
        "ordered": _some(random, ordered, 0.8),
        "delivered": pc.if_else(pc.equal(status, "ordered"), pa.scalar(None, pa.string()), delivered),
        "value": pc.if_else(pa.array(has_value), value, pa.scalar(None, pa.string())),
        "value_currency": pc.if_else(pa.array(has_value), pa.scalar("USD"), pa.scalar(None, pa.string())),
        "tiv": _some(random, _choice(random, ["0.5", "12.25", "3", "190.8"], size), 0.3),
        "place": _texts(random, size, 2, 0.2),
        "upstream": pc.if_else(
            pa.array((random.random(size) < 0.02) & (np.arange(size) + first > 1000)),
            earlier,
            pa.scalar(None, pa.string()),
        ),
        "confidence": _choice(random, ["confirmed", "probable", "possible", "disputed"], size, [50, 30, 15, 5]),
        "notes": _texts(random, size, 6, 0.4),
        "recorded_on": _choice(random, ["2026-01-01", "2026-01-02", "2026-02-01"], size),
    }
    # Chains of random dates would run backwards: what came from elsewhere is dated late, what it came from early.
    upstream = filled["upstream"].is_valid()
    filled["delivered"] = pc.if_else(upstream, pa.scalar("2025"), filled["delivered"])
    filled["status"] = pc.if_else(upstream, pa.scalar("delivered"), filled["status"])
    return filled


def _claims(random: np.random.Generator, used: Used, first: int, size: int, transfers: int) -> dict[str, pa.Array]:
    number = (first + np.arange(size)) % transfers
    return {
        "claim_id": _ids("claim", first + np.arange(size)),
        "transfer_id": _ids("transfer", number),
        "source_id": used.sources.take(pa.array((first + np.arange(size)) // 61 % len(used.sources))),
        "locator": _some(random, _ids("p", random.integers(1, 900, size)), 0.6),
        "framing": _choice(random, ["documented", "reported", "estimated", "alleged"], size, [40, 40, 15, 5]),
        "quantity_reported": _texts(random, size, 2, 0.3),
        "date_reported": _some(random, _dates(random, size, 1960)[0], 0.5),
        "read_at": _some(random, _ids("https://example.org/documents/page", random.integers(0, 10**6, size)), 0.5),
        "notes": _texts(random, size, 5, 0.2),
    }


def _actors(actors: list[str], states: list[str]) -> dict[str, pa.Array]:
    concepts = vocabulary("country").concepts
    kinds = ["state"] * len(states) + ["unknown"] + ["armed-group"] * (len(actors) - len(states) - 1)
    return {
        "actor_id": pa.array(actors),
        "name": pa.array([f"Actor {key}" for key in actors]),
        "kind": pa.array(kinds),
        "iso3166": pa.array([concepts[key].more["iso3166"] if key in concepts else None for key in actors]),
    }


def _weapons(random: np.random.Generator, weapons: list[str]) -> dict[str, pa.Array]:
    categories = _choice(random, [*vocabulary("weapon-category").concepts], len(weapons))
    return {
        "weapon_id": pa.array(weapons),
        "designation": pa.array([f"Model {key}" for key in weapons]),
        "category": categories,
    }


def _sources(random: np.random.Generator, sources: list[str]) -> dict[str, pa.Array]:
    return {
        "source_id": pa.array(sources),
        "type": _choice(random, ["report", "news", "government-document"], len(sources)),
        "title": pa.array([f"Report on transfers, no. {key[-7:]}" for key in sources]),
        "published": _dates(random, len(sources), 1960)[0],
        "language": _choice(random, ["en", "fr", "ar"], len(sources)),
    }


class Writer:
    """Writes a table in parts."""

    def __init__(self, folder: Path, name: str) -> None:
        self.columns = [column.name for column in TABLES[name].source_columns]
        self._file = (folder / f"{name}.csv").open("wb")
        self._file.write((",".join(self.columns) + "\n").encode())

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, filled: dict[str, pa.Array]) -> None:
        """Append rows; columns that are not filled are empty."""
        size = len(next(iter(filled.values())))
        empty = pa.array([""] * size)
        cells = [_cells(filled[name]) if name in filled else empty for name in self.columns]
        rows = pc.binary_join_element_wise(*cells, ",")
        self._file.write(("\n".join(rows.to_pylist()) + "\n").encode())


def _cells(texts: pa.Array) -> pa.Array:
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    return pc.fill_null(pc.if_else(pc.match_substring(texts, ","), quoted, texts), "")


def _write(folder: Path, name: str, filled: dict[str, pa.Array]) -> None:
    with Writer(folder, name) as table:
        table.add(filled)


if __name__ == "__main__":
    write_dataset(Path(sys.argv[1]), int(sys.argv[2]), faulty=sys.argv[3:] == ["faulty"])
