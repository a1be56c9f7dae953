"""The data of the page: columns of small numbers and texts, with what the terminal would say in the same words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from armsdata.schema.vocabularies import vocabulary
from armsdata.tracing import DIRECTIONS, Party, Trace, follow, words
from armsdata.tracing.records import Ledger, Step
from armsdata.tracing.text import ROLES

#: So many actors have their chains summed up in the page, those with most transfers; the terminal has the others.
TRACED = 250
_LISTS = ("weapon-category", "transfer-kind", "transfer-status", "confidence", "framing", "unit", "actor-kind")


def payload(records: Ledger) -> dict[str, Any]:
    """Everything that the scripts draw."""
    places = _Places(records)
    return {
        "codes": {name: [[one.code, one.label] for one in vocabulary(name).concepts.values()] for name in _LISTS},
        "broader": {one.code: one.broader for one in vocabulary("weapon-category").concepts.values() if one.broader},
        "actors": [
            [one.id, one.name, one.kind, places.actor(one.part_of), list(one.aliases)]
            for one in records.actors.values()
        ],
        "sources": [
            [one.id, one.title, one.publisher, one.published, link(one.url) or link(_doi(one.doi))]
            for one in records.sources.values()
        ],
        "transfers": _columns(_transfer(step, records, places) for step in records.steps.values()),
        "claims": _columns(
            {
                "transfer": places.steps[key],
                "source": places.sources.get(claim.source, -1),
                "framing": claim.framing,
                "locator": claim.locator,
                "reported": claim.reported,
                "url": link(claim.read_at),
                "notes": claim.notes,
            }
            for key, claims in records.claims.items()
            if key in places.steps
            for claim in claims
        ),
        "traces": _traces(records, places),
    }


def as_json(content: object) -> str:
    """JSON that can stand in a script element: no `<`, so that it never ends; no line end that only JavaScript has."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for one in "<>&\u2028\u2029":
        text = text.replace(one, f"\\u{ord(one):04x}")
    return text


def link(url: str) -> str:
    """An address that may be linked: http and https alone."""
    plain = url.strip()
    return plain if plain.lower().startswith(("https://", "http://")) and plain.isprintable() else ""


def _doi(doi: str) -> str:
    return f"https://doi.org/{doi}" if doi else ""


class _Places:
    """Where each record stands in its column."""

    def __init__(self, records: Ledger) -> None:
        self.actors = {key: place for place, key in enumerate(records.actors)}
        self.steps = {key: place for place, key in enumerate(records.steps)}
        self.sources = {key: place for place, key in enumerate(records.sources)}

    def actor(self, key: str) -> int:
        return self.actors.get(key, -1)


def _columns(rows: Any) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return columns


def _thousandths(value: Decimal | None) -> int | None:
    """Whole thousandths, which JavaScript adds without rounding."""
    return None if value is None else int(value * 1000)


def _transfer(step: Step, records: Ledger, places: _Places) -> dict[str, Any]:
    first, last = step.days
    return {
        "id": step.id,
        "kind": step.kind,
        "status": step.status,
        "realised": step.realised,
        "path": [places.actor(one) for one in step.path],
        "endUser": places.actor(step.end_user),
        "origin": [places.actor(one) for one in step.origin],
        "category": step.category,
        "what": records.what(step),
        "amount": words.amount(step.amount),
        "known": int(step.amount.known),
        "about": int(step.amount.about),
        "least": _thousandths(step.least),
        "most": _thousandths(step.amount.most),
        "unit": step.amount.unit,
        "how": words.kind(step),
        "when": words.when(step),
        "first": first,
        "last": last,
        "place": step.place,
        "partOf": places.steps.get(step.part_of, -1),
        "upstream": [places.steps[one] for one in records.upstream(step.id)],
        "confidence": step.confidence,
        "marks": list(words.marks(step)),
        "notes": step.notes,
    }


def _traces(records: Ledger, places: _Places) -> dict[str, Any]:
    """For the actors with most transfers: the summaries that `armsdata trace` prints."""
    number = dict.fromkeys(records.actors, 0)
    for step in records.steps.values():
        for actor in set(step.path):
            if actor in number:
                number[actor] += 1
    chosen = sorted((key for key in number if number[key]), key=lambda one: (-number[one], one))[:TRACED]
    return {
        str(places.actors[actor]): {one: _summary(follow(records, actor, one), places) for one in DIRECTIONS}
        for actor in sorted(chosen)
    }


def _summary(trace: Trace, places: _Places) -> dict[str, Any]:
    return {
        "own": _sums(trace.totals),
        "passing": _sums(trace.passing),
        "parties": [_party(party, places) for party in trace.parties],
        "transfers": [places.steps[key] for key in trace.steps()],
    }


def _sums(sums: Any) -> list[str]:
    return [words.covered(sums), *words.totals(sums)] if sums.transfers or sums.apart else []


def _party(party: Party, places: _Places) -> list[Any]:
    return [
        places.actor(party.actor),
        ROLES[party.role],
        [places.actor(one) for one in party.through],
        [words.covered(party.totals, party.shared), *words.totals(party.totals)],
    ]
