"""The two ends of the chains: whose arms came, and to whom arms went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .records import Ledger
from .subject import Subject
from .totals import Totals, sum_up, within
from .walk import Web

#: How a party comes into the summary.
MADE, HELD, DIRECT, ONWARD = "origin", "first-holder", "direct", "onward"


@dataclass(frozen=True, slots=True)
class Party:
    """One party at the far end of the chains.

    Attributes:
        actor: a state where it can be told, else the body itself.
        role: `origin`: arms made there; `first-holder`: the first holder that the records know, where they name no
            origin; `direct`: was given arms by the subject itself; `onward`: got them by other hands.
        through: through whose hands, in the order of the alphabet.
        transfers: the transfers that are summed.
        totals: how many; of a transfer whose arms come from several parties it is not known how many are whose, so
            it adds nothing to the least.
        shared: how many of the transfers are such.
    """

    actor: str
    role: str
    through: tuple[str, ...]
    transfers: tuple[str, ...]
    totals: Totals
    shared: int


def origins(subject: Subject, starts: list[str], web: Web, ledger: Ledger) -> tuple[Party, ...]:
    """Whose arms the chains lead back to: where a transfer names its origin, that; else the first known holder."""
    labels = _labels(web, ledger)
    inside = within((key for key in starts if ledger.steps[key].custody), ledger.steps)
    _inherit_from_aggregates(inside, labels, web, ledger)
    mixed = _with_parts_of_others(inside, labels)
    ends: dict[str, list[str]] = defaultdict(list)
    for key in starts:
        if ledger.steps[key].custody:
            for actor in labels[key]:
                ends[actor].append(key)
    found = []
    for actor, keys in ends.items():
        shared = {key for key in keys if len(labels[key]) > 1 or key in mixed}
        role = MADE if any(labels[key][actor] == MADE for key in keys) else HELD
        totals = sum_up(keys, ledger.steps, shared)
        through = _hands(subject, actor, keys, web, ledger, labels)
        found.append(Party(actor, role, through, tuple(sorted(keys)), totals, len(shared)))
    return tuple(sorted(found, key=lambda one: (-len(one.transfers), one.actor)))


def _labels(web: Web, ledger: Ledger) -> dict[str, dict[str, str]]:
    """For each transfer the parties whose arms it moved, and how that is known."""
    labels: dict[str, dict[str, str]] = {}
    waiting = [(key, False) for key in reversed(web.distance)]
    begun: set[str] = set()
    while waiting:
        key, ready = waiting.pop()
        if key in labels or (key in begun and not ready):
            continue
        step, beyond = ledger.steps[key], web.links.get(key, [])
        if step.origin:
            labels[key] = dict.fromkeys(step.origin, MADE)
        elif ready or not beyond:
            labels[key] = _inherited(beyond, labels) or {ledger.principal(step.supplier): HELD}
        else:
            begun.add(key)
            waiting += [(key, True), *((one, False) for one in reversed(beyond))]
    return labels


def _inherit_from_aggregates(
    inside: dict[str, str], labels: dict[str, dict[str, str]], web: Web, ledger: Ledger
) -> None:
    """A part that tells nothing of where its arms came from had them from where its aggregate had them."""
    for key in inside:
        above, step = key, ledger.steps[key]
        while above in inside and not (step.origin or web.links.get(step.id)):
            above = inside[above]
            step = ledger.steps[above]
        labels[key] = labels[above]


def _with_parts_of_others(inside: dict[str, str], labels: dict[str, dict[str, str]]) -> set[str]:
    """The aggregates that have parts which came from elsewhere: how much of the rest is whose is not known."""
    found = set()
    for key in inside:
        above = key
        while above in inside:
            above = inside[above]
            if labels[above].keys() != labels[key].keys():
                found.add(above)
    return found


def _inherited(beyond: list[str], labels: dict[str, dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in beyond:
        for actor, role in labels.get(one, {}).items():  # on a cycle there may be none yet
            found[actor] = MADE if MADE in (role, found.get(actor)) else role
    return found


def _hands(
    subject: Subject, actor: str, keys: list[str], web: Web, ledger: Ledger, labels: dict[str, dict[str, str]]
) -> tuple[str, ...]:
    """Everybody who held the arms of a party on their way to the subject."""
    hands: set[str] = set()
    ends, seen, waiting = set(keys), set(keys), list(keys)
    while waiting:
        key = waiting.pop()
        path = ledger.steps[key].path
        hands.update(path[: _place(path, subject) + 1] if key in ends else path)
        for one in web.links.get(key, []):
            if one not in seen and actor in labels[one]:
                seen.add(one)
                waiting.append(one)
    return _named(hands - {actor, *subject.members}, ledger)


def _named(hands: set[str], ledger: Ledger) -> tuple[str, ...]:
    return tuple(sorted(hands, key=lambda one: (ledger.name(one).casefold(), one)))


def _place(path: tuple[str, ...], subject: Subject) -> int:
    """Where in a transfer the subject stands: of an actor the first place, of a transfer the last but one."""
    return next((place for place, one in enumerate(path) if one in subject.members), len(path) - 2)


def holders(subject: Subject, starts: Iterable[str], web: Web, ledger: Ledger) -> tuple[Party, ...]:
    """To whom the arms went: everybody who got some of them, at first or at any remove."""
    direct = set(starts)
    got: dict[str, list[str]] = defaultdict(list)
    for key in web.distance:
        step = ledger.steps[key]
        if step.custody and step.recipient not in subject.members:
            got[step.recipient].append(key)
    before = _before(web)
    found = []
    for actor, keys in got.items():
        shared = {key for key in keys if key not in direct and _mixed(key, web, ledger)}
        role = DIRECT if direct.intersection(keys) else ONWARD
        totals = sum_up(keys, ledger.steps, shared)
        hands = {hand for key in _chain(keys, before) for hand in _after(ledger.steps[key].path, subject)}
        through = _named(hands - {actor, *subject.members}, ledger)
        found.append(Party(actor, role, through, tuple(sorted(keys)), totals, len(shared)))
    return tuple(sorted(found, key=lambda one: (one.role == ONWARD, -len(one.transfers), one.actor)))


def _after(path: tuple[str, ...], subject: Subject) -> tuple[str, ...]:
    """The holders after the subject, where it is one of them."""
    places = [place for place, one in enumerate(path) if one in subject.members]
    return path[places[-1] :] if places else path


def _mixed(key: str, web: Web, ledger: Ledger) -> bool:
    """Whether a transfer, or one that it came from, also holds arms from outside the web."""
    seen, waiting = {key}, [key]
    while waiting:
        for one in ledger.upstream(waiting.pop()):
            if one not in web.distance:
                return True
            if one not in seen and web.distance[one] > 0:
                seen.add(one)
                waiting.append(one)
    return False


def _before(web: Web) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, beyond in web.links.items():
        for one in beyond:
            found[one].append(key)
    return found


def _chain(keys: list[str], before: dict[str, list[str]]) -> set[str]:
    seen, waiting = set(keys), list(keys)
    while waiting:
        for one in before.get(waiting.pop(), ()):
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return seen
