"""The dataset as a web of custody: transfers with their bounds, who holds whom, what came from what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from armsdata.schema.columns import Table
from armsdata.schema.edtf import Edtf, EdtfError, parse
from armsdata.schema.tables import ACTORS, CLAIMS, SOURCES, TRANSFERS, WEAPONS
from armsdata.schema.vocabularies import vocabulary

if TYPE_CHECKING:
    import pandas as pd

    from armsdata.dataset import Dataset

ZERO = Decimal(0)
#: What the sources cannot tell: neither custody nor none.
UNCLEAR = "unknown"


@dataclass(frozen=True, slots=True)
class Amount:
    """How many: a figure, and the least and the most that the record allows; `None` where it does not say."""

    figure: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    about: bool = False

    @property
    def known(self) -> bool:
        """Whether the record gives any figure."""
        return self.least is not None or self.most is not None

    @property
    def least(self) -> Decimal | None:
        """The least: the low bound, else the figure."""
        return self.low if self.low is not None else self.figure

    @property
    def most(self) -> Decimal | None:
        """The most: the high bound, else the figure."""
        return self.high if self.high is not None else self.figure


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says about one transfer."""

    id: str
    source: str
    framing: str
    locator: str
    reported: str
    dated: str
    read_at: str
    notes: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Source:
    """A published document."""

    id: str
    title: str
    publisher: str
    published: str
    url: str
    doi: str
    type: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who can hold, give or take arms."""

    id: str
    name: str
    kind: str
    part_of: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One transfer, as one step of a chain of custody."""

    id: str
    kind: str
    status: str
    supplier: str
    recipient: str
    end_user: str
    origin: tuple[str, ...]
    via: tuple[str, ...]
    category: str
    weapon: str
    designation: str
    amount: Amount
    ordered: str
    delivered: str
    place: str
    part_of: str
    upstream: tuple[str, ...]
    confidence: str
    notes: str
    brokers: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    funders: tuple[str, ...] = ()
    condition: str = ""
    quantity_ordered: Decimal | None = None
    value: Decimal | None = None
    value_currency: str = ""
    tiv: Decimal | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """Every holder of the arms in this transfer, in order."""
        return (self.supplier, *self.via, self.recipient)

    @property
    def realised(self) -> str:
        """Whether custody passed: `yes`, `partly`, `no`, or `unknown` where the sources do not allow to tell."""
        return _realised(self.status)

    @property
    def custody(self) -> bool:
        """Whether the arms changed hands, or may have; what was only planned, licensed or stopped never counts."""
        return self.realised != "no"

    @property
    def disputed(self) -> bool:
        """Whether credible sources contradict each other about it."""
        return self.confidence == "disputed"

    @property
    def least(self) -> Decimal:
        """The least that changed hands: nothing where it is not known whether any did."""
        return ZERO if self.realised == UNCLEAR else self.amount.least or ZERO

    @property
    def when(self) -> str:
        """The date as its sources have it (EDTF): of delivery, else of the order."""
        return self.delivered or self.ordered

    @property
    def days(self) -> tuple[int | None, int | None]:
        """The earliest and the latest day that the date allows, in days since 1970; `None`: open or unknown."""
        date = edtf(self.when)
        return (date.earliest, date.latest) if date else (None, None)


@lru_cache(maxsize=64)
def _realised(status: str) -> str:
    concept = vocabulary("transfer-status").concepts.get(status)
    return concept.more.get("realised", UNCLEAR) if concept else UNCLEAR


@lru_cache(maxsize=1 << 14)
def edtf(text: str) -> Edtf | None:
    """The date, or `None` where there is none."""
    try:
        return parse(text) if text else None
    except EdtfError:
        return None


class Ledger:
    """All records of a dataset, ready to be followed.

    Attributes:
        steps: the transfers by id, in the order of the dataset.
        actors: the actors by id.
        claims: the claims by transfer.
        sources: the sources by id.
        weapons: the designation of each weapon.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        actors: Iterable[Actor] = (),
        claims: Iterable[tuple[str, Claim]] = (),
        sources: Iterable[Source] = (),
        weapons: dict[str, str] | None = None,
    ) -> None:
        self.steps = {step.id: step for step in steps}
        self.actors = {actor.id: actor for actor in actors}
        self.claims: dict[str, list[Claim]] = defaultdict(list)
        for transfer, claim in claims:
            self.claims[transfer].append(claim)
        self.sources = {source.id: source for source in sources}
        self.weapons = weapons or {}

    @cached_property
    def downstream(self) -> dict[str, list[str]]:
        """The transfers that name a transfer as upstream."""
        found: dict[str, list[str]] = defaultdict(list)
        for step in self.steps.values():
            for earlier in dict.fromkeys(step.upstream):
                if earlier in self.steps:
                    found[earlier].append(step.id)
        return found

    def upstream(self, key: str) -> list[str]:
        """The transfers that a transfer's arms came from."""
        return [one for one in dict.fromkeys(self.steps[key].upstream) if one in self.steps]

    @cached_property
    def _held(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, step in enumerate(self.steps.values()):
            for actor in dict.fromkeys(step.path):
                found[actor].append(place)
        return found

    @cached_property
    def _ordered(self) -> tuple[Step, ...]:
        return tuple(self.steps.values())

    def held_by(self, actors: Iterable[str]) -> list[Step]:
        """The transfers in which any of some actors held the arms, in the order of the dataset."""
        places = {place for actor in actors for place in self._held.get(actor, ())}
        return [self._ordered[place] for place in sorted(places)]

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for actor in self.actors.values():
            if actor.part_of:
                found[actor.part_of].append(actor.id)
        return found

    def with_members(self, key: str) -> tuple[str, ...]:
        """An actor and all that is part of it: a state and its forces."""
        found = {key: None}
        waiting = [key]
        while waiting:
            for member in self._members.get(waiting.pop(), ()):
                if member not in found:
                    found[member] = None
                    waiting.append(member)
        return tuple(found)

    def principal(self, key: str) -> str:
        """The state, or other body, that an actor belongs to in the end; itself where it belongs to none."""
        seen = {key}
        while (actor := self.actors.get(key)) and actor.part_of and actor.part_of not in seen:
            key = actor.part_of
            seen.add(key)
        return key

    def name(self, key: str) -> str:
        """An actor's name."""
        return self.actors[key].name if key in self.actors else key

    def what(self, step: Step) -> str:
        """The arms: as the sources call them, else the model, else the category."""
        return step.designation or self.weapons.get(step.weapon, "") or label("weapon-category", step.category)

    def sources_of(self, key: str) -> list[str]:
        """The sources that speak of a transfer, in the order of their claims."""
        return list(dict.fromkeys(claim.source for claim in self.claims.get(key, ())))


def label(name: str, code: str) -> str:
    """The label of a code; the code itself where the list has it not."""
    concept = vocabulary(name).concepts.get(code)
    return concept.label if concept else code


def narrower(category: str) -> frozenset[str]:
    """A category and all below it."""
    concepts = vocabulary("weapon-category").concepts
    found = {category}
    while more := {one.code for one in concepts.values() if one.broader in found} - found:
        found |= more
    return frozenset(found)


def wider(category: str) -> frozenset[str]:
    """The categories that may hold arms of this one without saying so."""
    concepts = vocabulary("weapon-category").concepts
    found = {"mixed"}
    while category in concepts and (category := concepts[category].broader):
        found.add(category)
    return frozenset(found)


def ledger(dataset: Dataset) -> Ledger:
    """Make a ledger of a dataset's frames."""
    return Ledger(
        (_step(row) for row in _rows(dataset.transfers, TRANSFERS)),
        (_actor(row) for row in _rows(dataset.actors, ACTORS)),
        ((row["transfer_id"], _claim(row)) for row in _rows(dataset.claims, CLAIMS)),
        (_source(row) for row in _rows(dataset.sources, SOURCES)),
        {row["weapon_id"]: row["designation"] for row in _rows(dataset.weapons, WEAPONS)},
    )


def _rows(frame: pd.DataFrame, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a frame with Python values; an empty text for a null, but `None` for a number or boolean."""
    from armsdata.schema.columns import Kind
    from armsdata.schema.models import to_arrow

    columns: dict[str, Sequence[Any]] = {}
    for column in table.source_columns:
        empty: Any = () if column.many else None if column.kind in (Kind.DECIMAL, Kind.BOOLEAN, Kind.INTEGER) else ""
        if column.name not in frame or column.kind is Kind.DATE:
            columns[column.name] = [empty] * len(frame)
            continue
        values = to_arrow(column, frame[column.name]).to_pylist()
        columns[column.name] = [empty if value is None else value for value in values]
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _step(row: dict[str, Any]) -> Step:
    low, high, figure = (row[name] for name in ("quantity_low", "quantity_high", "quantity"))
    amount = Amount(figure, low, high, row["quantity_unit"], bool(row["quantity_approximate"]))
    lists: dict[str, Any] = {
        name: tuple(row[name]) for name in ("origin", "via", "upstream", "brokers", "carriers", "funders")
    }
    same = (
        "kind status supplier recipient end_user category weapon designation ordered delivered place part_of "
        "confidence notes condition quantity_ordered value value_currency tiv"
    )
    return Step(id=row["transfer_id"], amount=amount, **lists, **{name: row[name] for name in same.split()})


def _actor(row: dict[str, Any]) -> Actor:
    return Actor(row["actor_id"], row["name"], row["kind"], row["part_of"], tuple(row["aliases"]))


def _claim(row: dict[str, Any]) -> Claim:
    return Claim(
        id=row["claim_id"],
        source=row["source_id"],
        framing=row["framing"],
        locator=row["locator"],
        reported=row["quantity_reported"],
        dated=row["date_reported"],
        read_at=row["read_at"],
        notes=row["notes"],
        amount=Amount(row["quantity"], row["quantity_low"], row["quantity_high"]),
    )


def _source(row: dict[str, Any]) -> Source:
    names = ("source_id", "title", "publisher", "published", "url", "doi", "type")
    return Source(*(row[name] for name in names))
