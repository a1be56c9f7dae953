"""Whom or what to trace: an actor by id, name or alias, or a transfer by id."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass

from armsdata.errors import UsageError
from armsdata.output.escaping import visible
from armsdata.validation.names import plain

from .records import Ledger


@dataclass(frozen=True, slots=True)
class Subject:
    """What is traced.

    Attributes:
        kind: `actor` or `transfer`.
        id: its id.
        name: what to call it.
        members: for an actor: itself and all that is part of it.
    """

    kind: str
    id: str
    name: str
    members: tuple[str, ...] = ()


def find_subject(text: str, ledger: Ledger) -> Subject:
    """The actor or transfer that is meant; case, accents and punctuation do not matter.

    Raises:
        UsageError: nothing, or more than one thing, is called so.
    """
    if text in ledger.actors:
        return _actor(text, ledger)
    if text in ledger.steps:
        return Subject("transfer", text, text)
    names = _names(ledger)
    found = names.get(plain(text), []) if plain(text) else []
    if len(found) == 1:
        return found[0] if found[0].kind == "transfer" else _actor(found[0].id, ledger)
    shown = visible(text[:80])
    if found:
        raise UsageError(f"{shown}: may be {_listed(found)}; write the id")
    near = _nearest(text, names)
    hint = f"; did you mean {_listed(near)}?" if near else ""
    raise UsageError(f"{shown}: no actor or transfer is called so{hint}")


def _actor(key: str, ledger: Ledger) -> Subject:
    return Subject("actor", key, ledger.actors[key].name, ledger.with_members(key))


def _names(ledger: Ledger) -> dict[str, list[Subject]]:
    """Everything that has a name, by its plain name; each thing once a name."""
    found: dict[str, dict[str, Subject]] = defaultdict(dict)
    for actor in ledger.actors.values():
        for name in (actor.id, actor.name, *actor.aliases):
            found[plain(name)][actor.id] = Subject("actor", actor.id, actor.name)
    for key in ledger.steps:
        found[plain(key)].setdefault(key, Subject("transfer", key, key))
    return {name: list(subjects.values()) for name, subjects in found.items() if name}


def _nearest(text: str, names: dict[str, list[Subject]]) -> list[Subject]:
    form = plain(text[:200])
    near = difflib.get_close_matches(form, names, 3, 0.6) if form else []
    if len(near) < 3 and len(form) > 2:
        near += [name for name in names if form in name and name not in near][: 3 - len(near)]
    return list({subject.id: subject for name in near for subject in names[name]}.values())[:3]


def _listed(subjects: list[Subject]) -> str:
    return " or ".join(visible(one.id if one.kind == "transfer" else f"{one.id} ({one.name})") for one in subjects[:8])
