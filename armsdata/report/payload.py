"""The data of the page: tables of columns, with what the terminal would say in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from armsdata.schema.vocabularies import vocabulary
from armsdata.tracing import DIRECTIONS, Party, Totals, Trace, follow, words
from armsdata.tracing.dates import told
from armsdata.tracing.records import Claim, Ledger, Step, edtf
from armsdata.tracing.text import ROLES

from .packing import packed

#: So many actors have their chains summed up in the page, those with most transfers; the terminal has the others.
TRACED = 3_000
_LISTS = ("weapon-category", "transfer-kind", "transfer-status", "confidence", "framing", "unit", "actor-kind")
_TOGETHER = {
    "transfers": (
        ("kind", "status", "realised", "how"),
        ("amount", "known", "about", "least", "most", "unit"),
        ("when", "first", "last", "vague"),
        ("confidence", "marks"),
    )
}

Tables = dict[str, dict[str, list[Any]]]


def payload(records: Ledger) -> dict[str, Any]:
    """Everything that the scripts draw."""
    return {
        "codes": {name: [[one.code, one.label] for one in vocabulary(name).concepts.values()] for name in _LISTS},
        "broader": {one.code: one.broader for one in vocabulary("weapon-category").concepts.values() if one.broader},
        "packed": packed(tables(records), _TOGETHER),
    }


def tables(records: Ledger) -> Tables:
    """The tables that the scripts read; what stands in another table is named by its place there, or by -1."""
    places = _Places(records)
    traces = [(actor, follow(records, actor, one)) for actor in _traced(records) for one in DIRECTIONS]
    return {
        "actors": _columns(
            {
                "id": one.id,
                "name": one.name,
                "kind": one.kind,
                "partOf": places.actor(one.part_of),
                "aliases": one.aliases,
            }
            for one in records.actors.values()
        ),
        "sources": _columns(
            {
                "id": one.id,
                "title": one.title,
                "publisher": one.publisher,
                "published": one.published,
                "url": link(one.url) or link(_doi(one.doi)),
            }
            for one in records.sources.values()
        ),
        "transfers": _columns(_transfer(step, records, places) for step in records.steps.values()),
        "claims": _columns(_claim(claim, places) for key in records.steps for claim in records.claims.get(key, ())),
        "traces": _columns(_trace(actor, trace, places) for actor, trace in traces),
        "parties": _columns(_party(party, places) for _, trace in traces for party in trace.parties),
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
    """Where each record stands in its table."""

    def __init__(self, records: Ledger) -> None:
        self.actors = {key: place for place, key in enumerate(records.actors)}
        self.steps = {key: place for place, key in enumerate(records.steps)}
        self.sources = {key: place for place, key in enumerate(records.sources)}

    def actor(self, key: str) -> int:
        return self.actors.get(key, -1)

    def each(self, keys: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.actor(key) for key in keys)


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
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
    date = edtf(step.when)
    return {
        "id": step.id,
        "kind": step.kind,
        "status": step.status,
        "realised": step.realised,
        "supplier": places.actor(step.supplier),
        "via": places.each(step.via),
        "recipient": places.actor(step.recipient),
        "endUser": places.actor(step.end_user),
        "origin": places.each(step.origin),
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
        "vague": int(bool(date and (date.approximate or date.uncertain))),
        "place": step.place,
        "partOf": places.steps.get(step.part_of, -1),
        "upstream": tuple(places.steps[one] for one in records.upstream(step.id)),
        "confidence": step.confidence,
        "marks": words.marks(step),
        "details": "; ".join(words.details(step, records)),
        "notes": step.notes,
        "claims": len(records.claims.get(step.id, ())),
    }


def _claim(claim: Claim, places: _Places) -> dict[str, Any]:
    """A claim; the claims stand in the order of their transfers."""
    return {
        "source": places.sources.get(claim.source, -1),
        "framing": claim.framing,
        "locator": claim.locator,
        "reported": claim.reported,
        "figure": words.figures(claim.amount),
        "dated": told(claim.dated),
        "url": link(claim.read_at),
        "notes": claim.notes,
    }


def _traced(records: Ledger) -> list[str]:
    """The actors whose chains are summed up: those with most transfers."""
    number = dict.fromkeys(records.actors, 0)
    for step in records.steps.values():
        for actor in set(step.path):
            if actor in number:
                number[actor] += 1
    return sorted((key for key in number if number[key]), key=lambda one: (-number[one], one))[:TRACED]


def _trace(actor: str, trace: Trace, places: _Places) -> dict[str, Any]:
    """The summary that `armsdata trace` prints; its parties stand in a table of their own, in the same order."""
    return {
        "actor": places.actor(actor),
        "own": _sums(trace.totals),
        "passing": _sums(trace.passing),
        "parties": len(trace.parties),
    }


def _sums(sums: Totals) -> str:
    return "\n".join([words.covered(sums), *words.totals(sums)]) if sums.transfers or sums.apart else ""


def _party(party: Party, places: _Places) -> dict[str, Any]:
    return {
        "actor": places.actor(party.actor),
        "role": ROLES[party.role],
        "through": places.each(party.through),
        "sums": "\n".join([words.covered(party.totals, party.shared), *words.totals(party.totals)]),
    }
