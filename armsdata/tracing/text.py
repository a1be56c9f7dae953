"""A trace as text that a person reads, in a terminal or a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from armsdata.output.escaping import visible
from armsdata.output.words import count
from armsdata.schema.edtf import day_text, parse

from . import words
from .dates import told
from .parties import HELD, MADE, ONWARD, Party
from .records import label
from .walk import Row

if TYPE_CHECKING:
    from . import Trace

_BOLD, _DIM, _RED, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"
#: Deeper levels are told by their number: a tree never runs off the page.
_DEEPEST = 24
#: On a narrow terminal the branches leave at least so many characters for what they tell.
_ROOM = 36
_COLOUR = re.compile("\x1b\\[[0-9]+m")
_RELATIONS = {"start": "", "upstream": "from: ", "downstream": "on: ", "part": "of which: "}
#: How the role of a party is told.
ROLES = {
    MADE: "made there",
    HELD: "first holder known; where it had them from is not recorded",
    ONWARD: "at further hands",
    "direct": "at first hand",
}


def as_text(trace: Trace, *, colour: bool = False, width: int | None = None) -> str:
    """The tree, then the summary; with a width long lines are broken, and go on where their text began."""
    paint = _Paint(colour)
    lines = [paint.bold(_title(trace)), *_scope(trace), ""]
    told = [("", line) for line in lines]
    told += _tree(trace, paint, _DEEPEST if width is None else max(2, (width - _ROOM) // 3))
    if not trace.rows:
        told.append(("", "No transfers."))
    told += [(" " * (len(line) - len(line.lstrip())), line) for line in ["", *_summary(trace, paint)]]
    return "".join(f"{part}\n" for below, line in told for part in _broken(line, below, width))


def _broken(line: str, below: str, width: int | None) -> Iterator[str]:
    """A line in as many as are needed; what `below` holds stands before each but the first."""
    begun, empty = "", True
    for word in line.split(" "):
        longer = word if empty else f"{begun} {word}"
        if width is not None and begun.strip() and len(_COLOUR.sub("", longer)) > width:
            yield begun
            longer = f"{below}  {word}"
        begun, empty = longer, False
    yield begun


class _Paint:
    def __init__(self, colour: bool) -> None:
        self._on = colour

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_PLAIN}" if self._on else text

    def dim(self, text: str) -> str:
        return f"{_DIM}{text}{_PLAIN}" if self._on else text

    def red(self, text: str) -> str:
        return f"{_RED}{text}{_PLAIN}" if self._on else text


def _title(trace: Trace) -> str:
    where = "that lead to" if trace.direction == "to" else "that lead on from"
    subject = trace.subject
    name = subject.id if subject.kind == "transfer" else f"{visible(subject.name)} ({visible(subject.id)})"
    return f"Chains of custody {where} {visible(name)}"


def _scope(trace: Trace) -> Iterator[str]:
    others = [one for one in trace.subject.members if one != trace.subject.id]
    if others:
        names = ", ".join(visible(trace.ledger.name(one)) for one in others[:12])
        yield f"With what is part of it: {names}{f' and {len(others) - 12} more' if len(others) > 12 else ''}."
    if trace.subject.id == "unknown":
        yield "Unknown is nobody in particular: what these transfers have in common is that no source names a party."
    limits = trace.limits
    asked = [
        f"category {label('weapon-category', limits.category).lower()}" if limits.category else "",
        f"since {limits.since}" if limits.since else "",
        f"until {limits.until}" if limits.until else "",
        f"at most {count(limits.depth, 'step')} further" if limits.depth is not None else "",
    ]
    if any(asked):
        yield f"Only: {', '.join(one for one in asked if one)}."


def _tree(trace: Trace, paint: _Paint, deepest: int) -> Iterator[tuple[str, str]]:
    """The lines, each with what stands before it where it goes on below."""
    rows = trace.rows
    last = _last_ones(rows)
    open_at: list[bool] = []  # for each level above: whether its branch goes on below
    for place, row in enumerate(rows):
        del open_at[row.level :]
        head, body = _branches(open_at, row.level, last[place], deepest)
        open_at.append(not last[place])
        first, *more = _row(trace, row, paint)
        yield body, head + first
        for line in more:
            yield body, body + line


def _last_ones(rows: tuple[Row, ...]) -> list[bool]:
    """For each row whether it is the last of its branch."""
    last = [True] * len(rows)
    seen: list[bool] = []  # by level: whether a later row of the branch stands there
    for place in range(len(rows) - 1, -1, -1):
        level = rows[place].level
        del seen[level + 1 :]
        seen += [False] * (level + 1 - len(seen))
        last[place] = not seen[level]
        seen[level] = True
    return last


def _branches(open_at: list[bool], level: int, last: bool, deepest: int) -> tuple[str, str]:
    if level == 0:
        return "", "  "
    shown = open_at[1:level][-deepest:]
    lead = "  " + "".join("│  " if one else "   " for one in shown)
    deep = f"[step {level}] " if level > deepest else ""
    return f"{lead}{'└─' if last else '├─'} {deep}", f"{lead}{'  ' if last else '│ '}   "


def _row(trace: Trace, row: Row, paint: _Paint) -> Iterator[str]:
    step, ledger = row.step, trace.ledger
    path = " → ".join(visible(ledger.name(one)) for one in step.path)
    key = paint.dim(f"[{visible(step.id)}]")
    relation = _RELATIONS[row.relation]
    if row.again:
        yield f"{relation}{path} {key}: shown elsewhere in this tree"
        return
    marks = " ".join(["", *(paint.red(visible(one)) for one in words.marks(step))])
    yield f"{relation}{paint.bold(path)} {key}{marks}"
    yield f"{words.amount(step.amount)}: {visible(ledger.what(step))}"
    origin = f"; made in {', '.join(visible(ledger.name(one)) for one in step.origin)}" if step.origin else ""
    place = f"; {visible(step.place)}" if step.place else ""
    yield visible(f"{words.kind(step)}; {words.when(step)}{place}; {step.confidence}{origin}")
    if details := words.details(step, ledger):
        yield visible("; ".join(details))
    claims = [f"{claim.source} ({claim.framing})" for claim in ledger.claims.get(step.id, ())]
    yield paint.dim(visible(f"sources: {', '.join(dict.fromkeys(claims)) or 'none'}"))
    if row.hidden:
        yield f"… {count(row.hidden, 'transfer')} beyond not followed (--depth)"


def _summary(trace: Trace, paint: _Paint) -> Iterator[str]:
    steps = trace.steps()
    sources = {source for key in steps for source in trace.ledger.sources_of(key)}
    yield paint.bold("Summary")
    yield f"  In this tree: {count(len(steps), 'transfer')} from {count(len(sources), 'source')}{_span(trace)}."
    yield from _sums(trace)
    if trace.parties:
        yield "  Whose arms:" if trace.direction == "to" else "  To whom:"
    for party in trace.parties:
        yield from _party(trace, party, paint)
    yield from _left_out(trace)
    yield from _sources(trace, sources)
    if trace.totals.transfers + trace.passing.transfers > 1:
        yield "  Sums add the records; which of them speak of the same arms is known only where `part_of` says so."


def _span(trace: Trace) -> str:
    days = [one for step in trace.steps().values() if step.custody and step.when for one in [parse(step.when)]]
    firsts = [one.earliest for one in days if one.earliest is not None]
    lasts = [one.latest for one in days if one.latest is not None]
    if not firsts or not lasts:
        return ""
    first, last = day_text(min(firsts))[:-6], day_text(max(lasts))[:-6]
    return f", between {first} and {last} where dated" if first != last else f", in {first} where dated"


def _sums(trace: Trace) -> Iterator[str]:
    heads = {
        ("actor", "to"): "Received",
        ("actor", "from"): "Gave or lost",
        ("transfer", "to"): "This transfer",
        ("transfer", "from"): "This transfer",
    }
    for head, sums in (
        (heads[trace.subject.kind, trace.direction], trace.totals),
        ("Passed through its hands", trace.passing),
    ):
        if sums.transfers or sums.apart:
            yield f"  {head}: {words.covered(sums)}"
            for line in words.totals(sums):
                yield f"    {line}"


def _party(trace: Trace, party: Party, paint: _Paint) -> Iterator[str]:
    ledger = trace.ledger
    through = ", ".join(visible(ledger.name(one)) for one in party.through)
    by = f"; through {through}" if through else ""
    more = f" and {len(party.transfers) - 6} more" if len(party.transfers) > 6 else ""
    role = ROLES[party.role]
    if party.role == HELD and trace.limits.depth is not None:
        role = "first holder within the steps asked for"
    yield f"    {visible(ledger.name(party.actor))}: {role}{by}"
    for line in words.totals(party.totals):
        yield f"      {line}"
    yield paint.dim(
        f"      {words.covered(party.totals, party.shared)}: {visible(', '.join(party.transfers[:6]))}{more}"
    )


def _sources(trace: Trace, keys: set[str]) -> Iterator[str]:
    if keys:
        yield "  Sources:"
    for key in sorted(keys):
        source = trace.ledger.sources.get(key)
        if source:
            about = [source.title, source.publisher, told(source.published), source.url or source.doi]
            yield visible(f"    {key}: {', '.join(one for one in about if one)}")


def _left_out(trace: Trace) -> Iterator[str]:
    left = trace.left_out
    if left.internal:
        yield f"  Between these parties themselves: {count(left.internal, 'transfer')}, not shown."
    if left.undated:
        yield f"  Left out for want of a date: {count(left.undated, 'transfer')}."
    if left.wider:
        yield f"  Left out, of a wider or mixed category that may hold such arms: {count(left.wider, 'transfer')}."
