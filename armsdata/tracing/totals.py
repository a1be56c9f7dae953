"""How many, at least and at most: sums over transfers that never count the same arms twice where the data say so.

A transfer whose aggregate (`part_of`, at any remove) is among the summed ones is inside it and adds nothing by
itself; but an aggregate holds at least what its parts hold together. What gives no figure, or no upper one, makes the
upper end of the sum unknown: nothing is guessed. Transfers that never happened do not count; where it is not known
whether one did, it adds nothing to the least and its all to the most. Different units are never added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from armsdata.schema.vocabularies import vocabulary

from .records import UNCLEAR, ZERO, Step


@dataclass(frozen=True, slots=True)
class Total:
    """The sum in one unit.

    Attributes:
        unit: the unit.
        at_least: the sum of what each transfer holds at least.
        at_most: the sum of what each holds at most; `None` where one of them has no upper bound.
        undisputed: what remains of `at_least` without the disputed transfers.
        about: some figure in it is approximate.
    """

    unit: str
    at_least: Decimal
    at_most: Decimal | None
    undisputed: Decimal
    about: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums by unit, and what must be known to read them.

    Attributes:
        units: the sums, in the order of the vocabulary.
        transfers: how many transfers are summed, parts of others not counted.
        parts: how many more are inside these as their parts.
        silent: how many of `transfers` give no figure at all: what they hold comes on top of every sum.
        disputed: how many, parts included, are disputed.
        unclear: how many, parts included, may never have happened.
        apart: how many were left out because no custody passed (planned, licensed, cancelled …).
    """

    units: tuple[Total, ...] = ()
    transfers: int = 0
    parts: int = 0
    silent: int = 0
    disputed: int = 0
    unclear: int = 0
    apart: int = 0

    @property
    def bounded(self) -> bool:
        """Whether the sums are all there can be: every transfer has an upper figure."""
        return not self.silent and all(total.at_most is not None for total in self.units)


@dataclass(slots=True)
class _Sum:
    least: Decimal = ZERO
    most: Decimal | None = ZERO
    about: bool = False

    def add(self, other: _Sum) -> None:
        self.least += other.least
        self.most = None if self.most is None or other.most is None else self.most + other.most
        self.about |= other.about


@dataclass(slots=True)
class _Parts:
    """What the parts of one aggregate, or all transfers together, hold."""

    units: dict[str, _Sum] = field(default_factory=lambda: defaultdict(_Sum))

    def add(self, units: Mapping[str, _Sum]) -> None:
        for unit, one in units.items():
            self.units[unit].add(one)


def within(keys: Iterable[str], steps: Mapping[str, Step]) -> dict[str, str]:
    """For each of some transfers that is inside another of them: the nearest one that it is inside of."""
    inside: dict[str, str] = {}
    chosen = set(keys)
    for key in sorted(chosen):
        seen, above = {key}, steps[key].part_of
        while above and above in steps and above not in seen and above not in chosen:
            seen.add(above)
            above = steps[above].part_of
        if above in chosen and above not in seen and not _leads_to(inside, above, key):
            inside[key] = above
    return inside


def _leads_to(inside: Mapping[str, str], start: str, goal: str) -> bool:
    """Whether a way up from `start` ends at `goal`; `inside` has no cycle."""
    while start in inside:
        start = inside[start]
        if start == goal:
            return True
    return False


def sum_up(keys: Iterable[str], steps: Mapping[str, Step], shared: Collection[str] = ()) -> Totals:
    """Sum transfers.

    Args:
        keys: the transfers.
        steps: all transfers by id, for the aggregates between.
        shared: those of which only an unknown share is meant: they add nothing to the least.
    """
    keys = list(dict.fromkeys(keys))
    counted = [key for key in keys if steps[key].custody]
    inside = within(counted, steps)
    units = _sums(counted, inside, steps, shared)
    certain = [key for key in counted if not steps[key].disputed]
    sure = _sums(certain, within(certain, steps), steps, shared) if len(certain) < len(counted) else units
    top = [key for key in counted if key not in inside]
    return Totals(
        tuple(
            Total(
                unit, units[unit].least, units[unit].most, sure[unit].least if unit in sure else ZERO, units[unit].about
            )
            for unit in sorted(units, key=_order)
        ),
        transfers=len(top),
        parts=len(inside),
        silent=sum(not steps[key].amount.known for key in top),
        disputed=sum(steps[key].disputed for key in counted),
        unclear=sum(steps[key].realised == UNCLEAR for key in counted),
        apart=len(keys) - len(counted),
    )


def _order(unit: str) -> tuple[int, str]:
    known = list(vocabulary("unit").concepts)
    return (known.index(unit) if unit in known else len(known), unit)


def _sums(
    keys: Collection[str], inside: Mapping[str, str], steps: Mapping[str, Step], shared: Collection[str]
) -> dict[str, _Sum]:
    parts: dict[str, _Parts] = defaultdict(_Parts)
    for key in sorted(keys, key=lambda one: (-_depth(inside, one), one)):
        held = _held(steps[key], parts[key].units, key in shared)
        parts[inside.get(key, "")].add(held)
    return parts[""].units


def _depth(inside: Mapping[str, str], key: str) -> int:
    depth = 0
    while key in inside:
        key, depth = inside[key], depth + 1
    return depth


def _held(step: Step, parts: Mapping[str, _Sum], shared: bool) -> dict[str, _Sum]:
    """What one transfer holds by itself and through its parts: the more of both, in each unit."""
    held = {unit: _Sum(one.least, None, one.about) for unit, one in parts.items()}  # there may be more than the parts
    amount = step.amount
    if amount.known:
        own = held.get(amount.unit, _Sum())
        own.least = max(own.least, ZERO if shared else step.least)
        own.most = None if amount.most is None else max(amount.most, own.least)
        own.about |= amount.about
        held[amount.unit] = own
    return held
