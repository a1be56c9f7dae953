"""The code lists, read from the CSV files in `vocabularies/` (their README tells how to edit them)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of a list, with what a curator must know to use it."""

    code: str
    label: str
    definition: str
    broader: str
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """One code list, its concepts in the order of the file."""

    name: str
    concepts: dict[str, Concept]

    @cached_property
    def codes(self) -> pa.Array:
        """Every code, as an Arrow array of strings."""
        import pyarrow as pa

        return pa.array(list(self.concepts), type=pa.string())

    def __contains__(self, code: str) -> bool:
        return code in self.concepts


@cache
def vocabulary(name: str) -> Vocabulary:
    """The code list of that name.

    Raises:
        FileNotFoundError: there is no such list.
    """
    path = resources.files(__package__) / "vocabularies" / f"{name}.csv"
    concepts = {}
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")):
        fixed = (row.pop("code"), row.pop("label"), row.pop("definition"), row.pop("broader"))
        concepts[fixed[0]] = Concept(*fixed, {key: value for key, value in row.items() if value})
    return Vocabulary(name, concepts)
