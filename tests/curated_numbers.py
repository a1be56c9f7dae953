"""The numbers in docs/dataset.md, counted from the curated dataset.

python tests/curated_numbers.py            shows them
python tests/curated_numbers.py --write    puts them into the page
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
PAGE = Path(__file__).parents[1] / "docs" / "dataset.md"
TABLES = ("transfers", "claims", "actors", "weapons", "sources")
KEYS = {name: f"{name.removesuffix('s')}_id" for name in TABLES}
BEGIN, END = "<!-- numbers -->\n", "<!-- /numbers -->\n"
#: Sources of which a copy, a quotation or a summary was read say so with these words.
COPY = "Copy read:"
SIPRI = "sipri-2014-iraq-register"
#: How many statements (facts) the curators were given, f001 to f340, and which of them are no claim, with the reason.
FACTS = 340
LEFT_OUT: dict[str, str] = {}

Row = Mapping[str, str]
Rows = Mapping[str, Row]


def table(name: str) -> dict[str, Row]:
    """A table of the curated dataset as texts, by key, in the order of the file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {row[KEYS[name]]: row for row in csv.DictReader(stream)}


def parts(cell: str) -> list[str]:
    """The items of a list cell."""
    return [item for item in cell.split("; ") if item]


def claims_by_transfer(claims: Rows) -> dict[str, list[Row]]:
    """The claims of each transfer."""
    found = defaultdict(list)
    for claim in claims.values():
        found[claim["transfer_id"]].append(claim)
    return dict(found)


def aggregates(key: str, transfers: Rows) -> Iterable[str]:
    """The transfers that already count this one, the nearest first."""
    above = transfers[key]["part_of"]
    while above:
        yield above
        above = transfers[above]["part_of"]


def counted_once(keys: Iterable[str], transfers: Rows) -> dict[str, Decimal]:
    """The least that some transfers hold together, by unit, without those that another of them already counts."""
    chosen, sums = set(keys), defaultdict[str, Decimal](Decimal)
    for key in chosen:
        least = transfers[key]["quantity_low"] or transfers[key]["quantity"]
        if least and chosen.isdisjoint(aggregates(key, transfers)):
            sums[transfers[key]["quantity_unit"]] += Decimal(least)
    return dict(sums)


def chains(transfers: Rows) -> list[list[str]]:
    """For each transfer the longest way to it along `upstream`, from the first transfer known; the longest first."""
    known: dict[str, list[str]] = {}

    def way(key: str) -> list[str]:
        if key not in known:
            ways = [way(earlier) for earlier in parts(transfers[key]["upstream"])]
            known[key] = [*max(ways, key=len, default=[]), key]
        return known[key]

    return sorted(map(way, transfers), key=lambda chain: (-len(chain), chain))


def _count(rows: Rows, column: str) -> list[tuple[str, int]]:
    return sorted(Counter(row[column] for row in rows.values()).items(), key=lambda item: (-item[1], item[0]))


def _filled(rows: Rows, column: str) -> int:
    return sum(1 for row in rows.values() if row[column])


def _list(counted: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted)


def _grid(rows: Rows, down: str, across: str) -> list[str]:
    """A table of how many rows there are by two columns; empty where there are none."""
    cells = Counter((row[down], row[across]) for row in rows.values())
    names = [name for name, _ in _count(rows, across)]
    lines = [f"| {down} | {' | '.join(names)} | all |", "|---|" + "--:|" * (len(names) + 1)]
    for one, number in _count(rows, down):
        lines.append(f"| {one} | {' | '.join(str(cells[one, name] or '') for name in names)} | {number} |")
    sums = " | ".join(str(number) for _, number in _count(rows, across))
    return [*lines, f"| **all** | {sums} | {len(rows)} |"]


def numbers() -> str:
    """The block of numbers, in Markdown."""
    data = {name: table(name) for name in TABLES}
    transfers, claims, actors, sources = (data[name] for name in ("transfers", "claims", "actors", "sources"))
    told = claims_by_transfer(claims)
    several = [key for key in transfers if len(told.get(key, [])) > 1]
    more_sources = [key for key in several if len({claim["source_id"] for claim in told[key]}) > 1]
    facts = {claim[:4] for claim in claims}
    figures = {key for key, row in transfers.items() if row["quantity"] or row["quantity_low"] or row["quantity_high"]}
    values = {key for key, row in transfers.items() if row["value"]}
    ways = chains(transfers)
    disputed = [key for key, row in transfers.items() if row["confidence"] == "disputed"]
    lines = [
        "| table | records |",
        "|---|--:|",
        *(f"| {name} | {len(data[name]):,} |" for name in TABLES),
        "",
        f"Facts: {FACTS} given, {len(facts)} of them stand in claims, {len(LEFT_OUT)} left out"
        f"{''.join(f'; {fact}: {why}' for fact, why in sorted(LEFT_OUT.items()))}.",
        "",
        "Transfers by kind and status:",
        "",
        *_grid(transfers, "kind", "status"),
        "",
        f"Transfers by confidence: {_list(_count(transfers, 'confidence'))}.",
        "",
        f"Transfers with a figure: {len(figures)}; with a value: {len(values)}; with neither: "
        f"{len(transfers.keys() - figures - values)}; counted in an aggregate (`part_of`): "
        f"{_filled(transfers, 'part_of')}; "
        f"with a link to an earlier one (`upstream`): {_filled(transfers, 'upstream')}.",
        "",
        f"Transfers with two or more claims: {len(several)}, of which {len(more_sources)} have claims of two or more "
        "sources.",
        "",
        f"Claims by framing: {_list(_count(claims, 'framing'))}.",
        "",
        f"Actors by kind: {_list(_count(actors, 'kind'))}.",
        "",
        f"Sources by type: {_list(_count(sources, 'type'))}. Of a copy, a quotation or a summary instead of the "
        f"original, in whole or in part: {sum(1 for row in sources.values() if COPY in row['notes'])}.",
        "",
        f"Rows of SIPRI: {sum(1 for row in told.values() if any(one['source_id'] == SIPRI for one in row))} transfers, "
        f"from {len({key[:4] for key, one in claims.items() if one['source_id'] == SIPRI})} entries of its register.",
        "",
        f"Longest chains along `upstream`, of {len(ways[0])} transfers:",
        "",
        *(f"* {' → '.join(f'`{key}`' for key in way)}" for way in ways if len(way) == len(ways[0])),
        "",
        f"Disputed transfers, {len(disputed)}: {', '.join(f'`{key}`' for key in disputed)}.",
        "",
    ]
    return "\n".join(lines)


def page_with(page: str, block: str) -> str:
    """The page with another block of numbers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{block}{END}{after}"


def main() -> None:
    """Show the numbers, or write them into the page."""
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page_with(PAGE.read_text("utf-8"), numbers()), "utf-8", newline="\n")
    else:
        sys.stdout.write(numbers())


if __name__ == "__main__":
    main()
