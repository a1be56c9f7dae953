"""Following chains of custody: what is reached, shown once, in the order in which a person reads it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .records import Ledger, Step
from .totals import within

Follow = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree.

    Attributes:
        step: the transfer.
        level: how deep it stands; 0 is the first.
        relation: what it is to the row above it: `start`, `upstream`, `downstream`, or `part` of an aggregate.
        above: the id of the transfer it stands below; empty for the first.
        again: it stands elsewhere with all that follows from it, and is only named here.
        hidden: how many further transfers were not followed for want of depth.
    """

    step: Step
    level: int
    relation: str
    above: str = ""
    again: bool = False
    hidden: int = 0


@dataclass(slots=True)
class Web:
    """What was reached.

    Attributes:
        starts: the transfers to begin with.
        distance: every transfer that is reached, by the fewest steps to it; in the order of reaching.
        first: for each the transfer below which it is shown in full.
        links: every step that was made: from a transfer to those beyond it.
        hidden: for transfers at the last depth: how many more there are.
    """

    starts: list[str]
    distance: dict[str, int]
    first: dict[str, str]
    links: dict[str, list[str]]
    hidden: dict[str, int]


def reach(starts: Iterable[str], follow: Follow, depth: int | None) -> Web:
    """Follow from some transfers, the nearest first; each is followed once, so that cycles end."""
    starts = list(dict.fromkeys(starts))
    web = Web(starts, dict.fromkeys(starts, 0), {}, {}, {})
    waiting = deque(starts)
    while waiting:
        key = waiting.popleft()
        beyond = follow(key)
        if depth is not None and web.distance[key] >= depth:
            if beyond:
                web.hidden[key] = len(beyond)
            continue
        web.links[key] = beyond
        for one in beyond:
            if one not in web.distance:
                web.distance[one] = web.distance[key] + 1
                web.first[one] = key
                waiting.append(one)
    return web


def rows(web: Web, ledger: Ledger, relation: str) -> tuple[Row, ...]:
    """The tree, from the top: below each transfer what lies beyond it, and the parts of it that stand beside it."""
    found: list[Row] = []
    parts: dict[tuple[str, str], list[_Place]] = {}

    def beside(keys: list[str], above: str, relation: str, level: int) -> list[_Place]:
        """Places side by side, those kept back that are parts of another."""
        inside = within(keys, ledger.steps)
        ordered = sorted(keys, key=lambda one: _order(ledger.steps[one]))
        for key in ordered:
            if key in inside:
                parts.setdefault((above, inside[key]), []).append(_Place(key, above, "part", inside[key], level))
        return [_Place(key, above, relation, above, level) for key in ordered if key not in inside]

    waiting = beside(web.starts, "", "start", 0)[::-1]
    while waiting:
        place = waiting.pop()
        again = web.first.get(place.key, "") != place.reached
        hidden = 0 if again else web.hidden.get(place.key, 0)
        found.append(Row(ledger.steps[place.key], place.level, place.relation, place.above, again, hidden))
        below = [] if again else beside(web.links.get(place.key, []), place.key, relation, place.level + 1)
        inner = parts.pop((place.reached, place.key), [])
        below += [replace(one, level=place.level + 1) for one in inner]
        waiting += reversed(below)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    reached: str  # the transfer from which it was reached
    relation: str
    above: str  # the transfer it stands below: that from which it was reached, or the aggregate beside it
    level: int


def _order(step: Step) -> tuple[int, int, str]:
    """Custody before plans, then by date, what has none last."""
    first = step.days[0] if step.days[0] is not None else step.days[1]
    return (0 if step.custody else 1, first if first is not None else 1 << 62, step.id)
