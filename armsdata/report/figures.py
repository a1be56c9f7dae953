"""The figures of the page that do not change with its filters: counted once, here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from armsdata.findings import Report
from armsdata.schema.edtf import civil, day_text
from armsdata.schema.vocabularies import vocabulary
from armsdata.tracing.records import Ledger, Step, label
from armsdata.tracing.totals import Totals, sum_up


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    what: str
    number: int
    of: int

    @property
    def percent(self) -> str:
        """The share in words; never 0 % of some, nor 100 % of not all."""
        if not self.of:
            return "–"
        value = 100 * self.number / self.of
        if 0 < value < 1:
            return "under 1 %"
        return "over 99 %" if 99 < value < 100 else f"{value:.0f} %"


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page tells of the dataset as a whole."""

    rows: dict[str, int]
    first: str
    last: str
    totals: Totals
    categories: tuple[tuple[str, Totals], ...]
    confidence: tuple[Share, ...]
    framing: tuple[Share, ...]
    status: tuple[Share, ...]
    quality: tuple[Share, ...]
    claims_per_transfer: tuple[tuple[str, int], ...]
    decades: tuple[tuple[str, int], ...]
    findings: tuple[tuple[str, str, int], ...]


def figures(rows: dict[str, int], records: Ledger, report: Report) -> Figures:
    """Count everything.

    Args:
        rows: the number of rows of each table.
        records: the dataset.
        report: what validation said of it.
    """
    steps = list(records.steps.values())
    days = [step.days for step in steps]
    firsts, lasts = [one for one, _ in days if one is not None], [one for _, one in days if one is not None]
    claims = [claim for step in steps for claim in records.claims.get(step.id, ())]
    return Figures(
        rows,
        day_text(min(firsts)) if firsts else "",
        day_text(max(lasts)) if lasts else "",
        sum_up(records.steps, records.steps),
        tuple(_categories(records)),
        _shares("confidence", (step.confidence for step in steps)),
        _shares("framing", (claim.framing for claim in claims)),
        _shares("transfer-status", (step.status for step in steps)),
        tuple(_quality(steps, records)),
        tuple(_claims_per_transfer(steps, records)),
        tuple(_decades(steps)),
        tuple((severity, code, number) for (code, severity), number in sorted(report.counts.items())),
    )


def _shares(name: str, codes: Iterable[str]) -> tuple[Share, ...]:
    found = Counter(codes)
    whole = sum(found.values())
    order = [*vocabulary(name).concepts, *sorted(found.keys() - vocabulary(name).concepts.keys())]
    return tuple(Share(label(name, code), found[code], whole) for code in order if found[code])


def _categories(records: Ledger) -> Iterable[tuple[str, Totals]]:
    """Each category that is there, with the sums of its own transfers."""
    by_category: dict[str, list[str]] = {}
    for step in records.steps.values():
        by_category.setdefault(step.category, []).append(step.id)
    known = list(vocabulary("weapon-category").concepts)
    for code in sorted(by_category, key=lambda one: (known.index(one) if one in known else len(known), one)):
        yield label("weapon-category", code), sum_up(by_category[code], records.steps)


def _quality(steps: list[Step], records: Ledger) -> Iterable[Share]:
    several = sum(len(records.sources_of(step.id)) > 1 for step in steps)
    located = sum(bool(claim.locator) for step in steps for claim in records.claims.get(step.id, ()))
    linked = sum(bool(source.url or source.doi) for source in records.sources.values())
    whole = len(steps)
    yield Share("Transfers with a date", sum(bool(step.when) for step in steps), whole)
    yield Share("Transfers with a figure or bound", sum(step.amount.known for step in steps), whole)
    yield Share("Transfers with a named model of weapon", sum(bool(step.weapon) for step in steps), whole)
    yield Share("Transfers with a stated origin", sum(bool(step.origin) for step in steps), whole)
    yield Share("Transfers linked to an earlier one", sum(bool(records.upstream(step.id)) for step in steps), whole)
    yield Share("Transfers with two or more sources", several, whole)
    yield Share("Claims with a place in the source", located, sum(len(found) for found in records.claims.values()))
    yield Share("Sources with an address or DOI", linked, len(records.sources))


def _claims_per_transfer(steps: list[Step], records: Ledger) -> Iterable[tuple[str, int]]:
    found = Counter(min(len(records.claims.get(step.id, ())), 5) for step in steps)
    for number in sorted(found):
        noun = "claim" if number == 1 else "claims"
        yield (f"{number} {noun}" if number < 5 else "5 or more claims"), found[number]


def _decades(steps: list[Step]) -> Iterable[tuple[str, int]]:
    """Transfers by the decade in which they may have begun at the earliest."""
    begins = [next((day for day in step.days if day is not None), None) for step in steps]
    found = Counter(None if day is None else civil(day)[0] // 10 * 10 for day in begins)
    undated = found.pop(None, 0)
    for decade in sorted(one for one in found if one is not None):
        yield f"{decade}s", found[decade]
    if undated:
        yield "no date", undated
