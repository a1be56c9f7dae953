"""Following arms: the chains of custody that lead to an actor or transfer, or on from it.

>>> trace = armsdata.load().trace("islamic-state")
>>> print(trace.text())
>>> graph = networkx.node_link_graph(trace.as_dict())
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from armsdata.errors import UsageError
from armsdata.schema.edtf import EdtfError, parse
from armsdata.schema.vocabularies import vocabulary

from .parties import Party, holders, origins
from .records import Ledger, Step, ledger, narrower, wider
from .subject import Subject, find_subject
from .totals import Total, Totals, sum_up
from .walk import Row, reach, rows

if TYPE_CHECKING:
    from armsdata.dataset import Dataset

__all__ = ["DIRECTIONS", "Party", "Row", "Step", "Subject", "Total", "Totals", "Trace", "follow", "trace"]

TO, FROM = DIRECTIONS = ("to", "from")


@dataclass(frozen=True, slots=True)
class Limits:
    """Which of the subject's own transfers are meant; their chains are always followed whole.

    Attributes:
        category: only this category and those below it.
        since: only what may have happened on or after this date (EDTF).
        until: only what may have happened on or before this date (EDTF).
        depth: how many steps to follow; `None`: all.
    """

    category: str = ""
    since: str = ""
    until: str = ""
    depth: int | None = None

    @property
    def choosing(self) -> bool:
        """Whether they choose among transfers."""
        return bool(self.category or self.since or self.until)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The subject's transfers that are not in the trace.

    Attributes:
        internal: between the subject and its own parts, or among these.
        undated: without a date, where dates were asked for.
        wider: of a wider or mixed category, which may hold arms of the one that was asked for.
    """

    internal: int = 0
    undated: int = 0
    wider: int = 0


@dataclass(frozen=True)
class Trace:
    """Chains of custody.

    Attributes:
        subject: what was traced.
        direction: `to` or `from`.
        limits: which of its transfers are meant, and how far they were followed.
        rows: the tree, line by line; every transfer in full once.
        totals: what the subject got (`to`), or gave (`from`); of a transfer: its own amount.
        passing: what went through the hands of an actor on the way between others (`via`).
        parties: the far ends: whose arms (`to`), or to whom (`from`).
        left_out: what is not in the trace.
        ledger: all records.
    """

    subject: Subject
    direction: str
    limits: Limits
    rows: tuple[Row, ...]
    totals: Totals
    passing: Totals
    parties: tuple[Party, ...]
    left_out: LeftOut
    ledger: Ledger = field(repr=False)

    def steps(self) -> dict[str, Step]:
        """Every transfer of the tree, once."""
        return {row.step.id: row.step for row in self.rows}

    def text(self, *, colour: bool = False, width: int | None = None) -> str:
        """A tree and a summary for people; with a width its lines are broken to fit a terminal."""
        from .text import as_text

        return as_text(self, colour=colour, width=width)

    def as_dict(self) -> dict[str, Any]:
        """Nodes and edges as `networkx.node_link_graph` takes them; tree and summary under `graph`."""
        from .graph import as_dict

        return as_dict(self)

    def json(self) -> str:
        """`as_dict` as JSON."""
        from .graph import as_json

        return as_json(self)

    def dot(self) -> str:
        """A graph for Graphviz."""
        from .graph import as_dot

        return as_dot(self)


def trace(
    dataset: Dataset,
    subject: str,
    *,
    direction: str = TO,
    depth: int | None = None,
    category: str = "",
    since: str = "",
    until: str = "",
) -> Trace:
    """Follow the chains of custody of a dataset. See `Dataset.trace`."""
    return follow(ledger(dataset), subject, direction, Limits(category, since, until, depth))


def follow(records: Ledger, subject: str, direction: str = TO, limits: Limits | None = None) -> Trace:
    """Follow the chains of custody in a ledger.

    Raises:
        UsageError: the subject is not known or not clear, or a limit makes no sense.
    """
    limits = limits or Limits()
    window = _check(direction, limits)
    found = find_subject(subject, records)
    if found.kind == "transfer" and limits.choosing:
        raise UsageError("a category or dates choose among the transfers of an actor; leave them out for one transfer")
    starts, left_out = _starts(records, found, direction, limits, window)

    begun = set(starts)

    def beyond(key: str) -> list[str]:
        if direction == FROM:
            return sorted(records.downstream.get(key, []))
        reached = records.steps[key].custody or key not in begun or found.kind == "transfer"
        return records.upstream(key) if reached else []  # what never arrived came from nowhere

    web = reach(starts, beyond, limits.depth)
    own, passing = _own(records, found, direction, starts)
    ends = origins if direction == TO else holders
    return Trace(
        found,
        direction,
        limits,
        rows(web, records, "upstream" if direction == TO else "downstream"),
        sum_up(own, records.steps),
        sum_up(passing, records.steps),
        ends(found, starts, web, records),
        left_out,
        records,
    )


_Window = tuple[int | None, int | None]


def _check(direction: str, limits: Limits) -> _Window:
    if direction not in DIRECTIONS:
        raise UsageError(f"there is no direction {direction!r}; directions are {' and '.join(DIRECTIONS)}")
    if limits.depth is not None and limits.depth < 0:
        raise UsageError("the depth is a number of steps, 0 or more")
    known = vocabulary("weapon-category").concepts
    if limits.category and limits.category not in known:
        import difflib

        near = difflib.get_close_matches(limits.category, known, 3, 0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; categories are {', '.join(known)}"
        raise UsageError(f"there is no category {limits.category!r}{hint}")
    since, until = _day("since", limits.since)[0], _day("until", limits.until)[1]
    if since is not None and until is not None and until < since:
        raise UsageError("--until lies before --since")
    return since, until


def _day(name: str, text: str) -> _Window:
    try:
        date = parse(text) if text else None
    except EdtfError as error:
        raise UsageError(f"--{name} {text!r}: {error}; write a date such as 2014, 2014-06 or 2014-06-09") from None
    return (date.earliest, date.latest) if date else (None, None)


def _touches(step: Step, members: set[str], direction: str) -> bool:
    near, far = (step.recipient, step.supplier) if direction == TO else (step.supplier, step.recipient)
    return far not in members and (near in members or not members.isdisjoint(step.via))


def _starts(
    records: Ledger, subject: Subject, direction: str, limits: Limits, window: _Window
) -> tuple[list[str], LeftOut]:
    """The subject's own transfers, and how many were left out and why."""
    if subject.kind == "transfer":
        return [subject.id], LeftOut()
    members = set(subject.members)
    wanted = narrower(limits.category) if limits.category else frozenset()
    broader = wider(limits.category) if limits.category else frozenset()
    starts, undated, mixed = [], 0, 0
    held = records.held_by(members)
    for step in held:
        if not _touches(step, members, direction):
            continue
        if wanted and step.category not in wanted:
            mixed += step.category in broader
        elif window != (None, None) and step.days == (None, None):
            undated += 1
        elif _within(step.days, window):
            starts.append(step.id)
    internal = sum(step.supplier in members and step.recipient in members for step in held)
    return starts, LeftOut(internal, undated, mixed)


def _within(days: _Window, window: _Window) -> bool:
    """Whether it may have happened between two days."""
    (first, last), (since, until) = days, window
    return (since is None or last is None or last >= since) and (until is None or first is None or first <= until)


def _own(records: Ledger, subject: Subject, direction: str, starts: list[str]) -> tuple[list[str], list[str]]:
    """The starts that end with (or begin with) the subject, and those that only pass through its hands."""
    if subject.kind == "transfer":
        return starts, []
    own: list[str] = []
    passing: list[str] = []
    for key in starts:
        step = records.steps[key]
        near = step.recipient if direction == TO else step.supplier
        (own if near in subject.members else passing).append(key)
    return own, passing
