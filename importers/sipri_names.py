"""What SIPRI calls parties and weapons, and what they are here: the two CSV tables beside this file."""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources

from .register import Notes, Row, guard, short_hash, slug

#: Who stands for "unknown recipient(s)" and "unknown supplier(s)".
UNKNOWN = "unknown"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """A name without case, accents and doubled blanks, the asterisks at its end kept: what names are found by."""
    if not name.isascii():
        name = name.translate(_APOSTROPHES)
        name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return " ".join(name.casefold().replace(" /", "/").replace("/ ", "/").split())


def _table(name: str) -> list[Row]:
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@cache
def actors() -> dict[str, Row]:
    """Each name of a party in the register, as `key` has it, with its row of `sipri-actors.csv`."""
    return {key(row["register_name"]): row for row in _table("sipri-actors.csv")}


@cache
def actors_by_id() -> dict[str, Row]:
    """Each actor with the first row that names it."""
    found: dict[str, Row] = {}
    for row in actors().values():
        found.setdefault(row["actor_id"], row)
    return found


@cache
def categories() -> dict[str, str]:
    """Each description in the register, as `key` has it, with its category."""
    return {key(row["description"]): row["category"] for row in _table("sipri-descriptions.csv")}


def known(one: str, two: str, description: str) -> bool:
    """Whether our tables know two parties and a description."""
    return key(one) in actors() and key(two) in actors() and key(description) in categories()


def category(description: str, line: int, column: str, notes: Notes) -> str:
    """The category of a description; `other`, and a note, where our table does not have it."""
    found = categories().get(key(description))
    if found is None:
        notes.once(line, column, f"{description!r} is not a known description; the category is 'other'",
                   nearest(description, "sipri-descriptions.csv"), description)  # fmt: skip
        return "other"
    return found


@cache
def nearest(name: str, table: str) -> str:
    """A hint: the known name that is most like this one, if any is, and the table to add it to."""
    among = actors() if table == "sipri-actors.csv" else categories()
    close = difflib.get_close_matches(key(name), list(among), n=1, cutoff=0.75)
    like = f"nearest is {close[0]!r}; " if close else ""
    return f"{like}add it to importers/{table}"


class Parties:
    """Who takes part in a register: known actors by our table, the others as new ones."""

    def __init__(self, names: Iterable[tuple[str, int, str]], notes: Notes) -> None:
        """Give every name its actor.

        Args:
            names: each name of a party with the line and the column where it stands.
            notes: where to say which names are unknown.
        """
        self._ids: dict[str, str] = {}
        self._new: dict[str, str] = {}
        unknown: list[str] = []
        for name, line, column in names:
            row = actors().get(key(name))
            if row is not None:
                self._ids[name] = row["actor_id"]
                continue
            if name not in self._ids:
                self._ids[name] = ""
                unknown.append(name)
            notes.once(line, column, f"{name!r} is not a known party; it becomes a new actor of the kind {_kind(name)}",
                       nearest(name, "sipri-actors.csv"), name)  # fmt: skip
        taken = set(actors_by_id())
        for name in sorted(unknown):
            ident = slug(name)[:60].strip("-")
            if not ident or ident in taken:
                ident = f"{ident or 'actor'}-{short_hash(name)}"
            taken.add(ident)
            self._ids[name] = ident
            self._new[ident] = name

    def __getitem__(self, name: str) -> str:
        return self._ids[name]

    def rows(self, used: set[str]) -> list[Row]:
        """The rows of the table of actors: those used, and what they belong to."""
        known_actors = actors_by_id()
        wanted = used | {known_actors[ident]["part_of"] for ident in used & set(known_actors)} - {""}
        names: dict[str, set[str]] = {}
        for name, ident in self._ids.items():
            names.setdefault(ident, set()).add(name)
        return [self._row(ident, names.get(ident, set())) for ident in sorted(wanted)]

    def _row(self, ident: str, names: set[str]) -> Row:
        if ident in self._new:
            full = self._new[ident]
            name = full.rstrip("*").rstrip() or full
            note = "SIPRI's register names it so; our table does not have it."
            row = {"name": guard(name, "Name"), "kind": _kind(full), "notes": note}
        else:
            known_row = actors_by_id()[ident]
            name = known_row["name"]
            row = {column: known_row[column] for column in ("name", "kind", "part_of", "iso3166", "gwcode")}
        others = {other for other in names if other != name and ";" not in other and guard(other, "Name") == other}
        return {"actor_id": ident, "aliases": "; ".join(sorted(others)), **row}


def _kind(name: str) -> str:
    """What an unknown party is, as far as the register's asterisks tell."""
    if name.endswith("**"):
        return "organisation"
    return "armed-group" if name.endswith("*") else UNKNOWN
