"""A trace as a graph: node-link JSON for networkx, D3 and Gephi; DOT for Graphviz."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from armsdata.output.escaping import json_text, visible
from armsdata.schema.edtf import day_text

from . import words
from .records import Claim, Step, label
from .totals import Totals

if TYPE_CHECKING:
    from . import Party, Row, Trace


def as_dict(trace: Trace) -> dict[str, Any]:
    """Nodes are actors, edges the legs of transfers: one with two `via` has three legs, so never sum over edges."""
    steps = trace.steps().values()
    actors = dict.fromkeys(actor for step in steps for actor in step.path)
    return {
        "directed": True,
        "multigraph": True,
        "graph": {
            "subject": {"kind": trace.subject.kind, "id": trace.subject.id, "name": trace.subject.name},
            "members": list(trace.subject.members),
            "direction": trace.direction,
            "limits": _limits(trace),
            "summary": _summary(trace),
            "transfers": {step.id: _transfer(trace, step) for step in steps},
            "sources": {key: _source(trace, key) for step in steps for key in trace.ledger.sources_of(step.id)},
            "tree": [_row(row) for row in trace.rows],
        },
        "nodes": [_node(trace, actor) for actor in actors],
        "edges": [edge for step in steps for edge in _edges(trace, step)],
    }


def as_json(trace: Trace) -> str:
    """The same as JSON text, without a character that steers a terminal."""
    return json_text(as_dict(trace))


def plain_number(value: Decimal | None) -> int | float | None:
    """A number as JSON has it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def totals_dict(sums: Totals) -> dict[str, Any]:
    """Sums as JSON has them."""
    return {
        "units": [
            {
                "unit": one.unit,
                "at_least": plain_number(one.at_least),
                "at_most": plain_number(one.at_most),
                "at_least_undisputed": plain_number(one.undisputed),
                "approximate": one.about,
            }
            for one in sums.units
        ],
        "transfers": sums.transfers,
        "parts": sums.parts,
        "without_figure": sums.silent,
        "disputed": sums.disputed,
        "unclear": sums.unclear,
        "without_custody": sums.apart,
        "bounded": sums.bounded,
    }


def _limits(trace: Trace) -> dict[str, Any]:
    limits = trace.limits
    given = {"category": limits.category, "since": limits.since, "until": limits.until, "depth": limits.depth}
    return {name: value for name, value in given.items() if value not in ("", None)}


def _summary(trace: Trace) -> dict[str, Any]:
    left = trace.left_out
    return {
        "own": totals_dict(trace.totals),
        "passing": totals_dict(trace.passing),
        "parties": [_party(trace, party) for party in trace.parties],
        "left_out": {"internal": left.internal, "undated": left.undated, "wider_category": left.wider},
    }


def _party(trace: Trace, party: Party) -> dict[str, Any]:
    return {
        "actor": party.actor,
        "name": trace.ledger.name(party.actor),
        "role": party.role,
        "through": list(party.through),
        "transfers": list(party.transfers),
        "shared": party.shared,
        "totals": totals_dict(party.totals),
    }


def _transfer(trace: Trace, step: Step) -> dict[str, Any]:
    amount = step.amount
    first, last = step.days
    members = {
        "kind": step.kind,
        "status": step.status,
        "custody": step.custody,
        "realised": step.realised,
        "path": list(step.path),
        "end_user": step.end_user,
        "origin": list(step.origin),
        "category": step.category,
        "weapon": step.weapon,
        "designation": trace.ledger.what(step),
        "quantity": plain_number(amount.figure),
        "at_least": plain_number(amount.least),
        "at_most": plain_number(amount.most),
        "unit": amount.unit,
        "approximate": amount.about,
        "amount": words.amount(amount),
        "when": words.when(step),
        "ordered": step.ordered,
        "delivered": step.delivered,
        "earliest": None if first is None else day_text(first),
        "latest": None if last is None else day_text(last),
        "place": step.place,
        "confidence": step.confidence,
        "part_of": step.part_of,
        "upstream": list(step.upstream),
        "claims": [_claim(claim) for claim in trace.ledger.claims.get(step.id, ())],
        "notes": step.notes,
    }
    return {name: value for name, value in (members | _terms(step)).items() if value not in ("", [])}


def _terms(step: Step) -> dict[str, Any]:
    """What few records tell."""
    members = {
        "brokers": list(step.brokers),
        "carriers": list(step.carriers),
        "funders": list(step.funders),
        "condition": step.condition,
        "quantity_ordered": plain_number(step.quantity_ordered),
        "value": plain_number(step.value),
        "value_currency": step.value_currency,
        "tiv": plain_number(step.tiv),
    }
    return {name: value for name, value in members.items() if value is not None}


def _claim(claim: Claim) -> dict[str, Any]:
    members = {
        "source": claim.source,
        "framing": claim.framing,
        "locator": claim.locator,
        "reported": claim.reported,
        "quantity": plain_number(claim.amount.figure),
        "at_least": plain_number(claim.amount.low),
        "at_most": plain_number(claim.amount.high),
        "dated": claim.dated,
        "read_at": claim.read_at,
        "notes": claim.notes,
    }
    return {name: value for name, value in members.items() if value not in ("", None)}


def _source(trace: Trace, key: str) -> dict[str, str]:
    source = trace.ledger.sources.get(key)
    if source is None:
        return {}
    names = ("type", "title", "publisher", "published", "url", "doi")
    return {name: value for name in names if (value := getattr(source, name))}


def _row(row: Row) -> dict[str, Any]:
    members = {
        "transfer": row.step.id,
        "level": row.level,
        "relation": row.relation,
        "below": row.above,
        "again": row.again,
        "not_followed": row.hidden,
    }
    return {name: value for name, value in members.items() if value not in ("", False) or name == "level"}


def _node(trace: Trace, actor: str) -> dict[str, Any]:
    known = trace.ledger.actors.get(actor)
    return {
        "id": actor,
        "label": trace.ledger.name(actor),
        "kind": known.kind if known else "unknown",
        "part_of": known.part_of if known else "",
        "subject": actor in trace.subject.members,
    }


def _edges(trace: Trace, step: Step) -> list[dict[str, Any]]:
    legs = list(pairwise(step.path))
    return [
        {
            "source": source,
            "target": target,
            "key": f"{step.id}/{leg}" if len(legs) > 1 else step.id,
            "transfer": step.id,
            "leg": leg,
            "legs": len(legs),
            "label": f"{words.amount(step.amount)}: {trace.ledger.what(step)}",
            "when": words.when(step),
            "at_least": plain_number(step.amount.least),
            "at_most": plain_number(step.amount.most),
            "unit": step.amount.unit,
            "category": step.category,
            "confidence": step.confidence,
            "custody": step.custody,
            "upstream": [one for one in step.upstream if one in trace.ledger.steps],
        }
        for leg, (source, target) in enumerate(legs, 1)
    ]


# ------------------------------------------------------------------------------------------------ DOT

_SHAPES = {"state": "box", "armed-group": "ellipse", "unknown": "plaintext"}


def as_dot(trace: Trace) -> str:
    """Actors as nodes, legs as arrows; dashed what never changed hands, dotted what is disputed."""
    lines = [
        "digraph custody {",
        "  rankdir=LR;",
        '  node [fontname="sans-serif", style=rounded];',
        '  edge [fontname="sans-serif", fontsize=9];',
    ]
    content = as_dict(trace)
    for node in content["nodes"]:
        shape = _SHAPES.get(node["kind"], "box")
        bold = ", penwidth=3" if node["subject"] else ""
        lines.append(f"  {_quoted(node['id'])} [label={_quoted(node['label'])}, shape={shape}{bold}];")
    for edge in content["edges"]:
        lines.append(f"  {_quoted(edge['source'])} -> {_quoted(edge['target'])} [{_arrow(edge)}];")
    return "\n".join([*lines, "}", ""])


def _arrow(edge: dict[str, Any]) -> str:
    leg = f" (leg {edge['leg']} of {edge['legs']})" if edge["legs"] > 1 else ""
    disputed = edge["confidence"] == "disputed"
    doubt = "" if edge["custody"] else "\nno custody passed"
    text = f"{edge['label']}{leg}\n{edge['when']}; {label('confidence', edge['confidence']).lower()}{doubt}"
    style = "" if edge["custody"] and not disputed else f", style={'dotted' if edge['custody'] else 'dashed'}"
    grey = "" if edge["custody"] else ', color="gray50", fontcolor="gray40"'
    return f"label={_quoted(text)}, tooltip={_quoted(edge['transfer'])}{style}{grey}"


def _quoted(text: str) -> str:
    """A DOT string; a backslash of the data stays one, and nothing steers a terminal."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
