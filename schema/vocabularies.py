"""The code lists, read from the CSV files in `vocabularies/` (their README tells how to edit them)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
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
    """One code list, in the order of the file.

    Attributes:
        name: its name.
        text: the file; the code is its first column.
    """

    name: str
    text: str

    @cached_property
    def codes(self) -> pa.Array:
        """Every code, as an Arrow array of strings: as a rule all that judging needs."""
        import pyarrow as pa

        return pa.array([row[0] for row in self._rows()][1:], type=pa.string())

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """The concepts by their code."""
        header, *rows = self._rows()
        concepts = {}
        for row in rows:
            cells = dict(zip(header, row, strict=True))
            fixed = (cells.pop("code"), cells.pop("label"), cells.pop("definition"), cells.pop("broader"))
            concepts[fixed[0]] = Concept(*fixed, {name: cell for name, cell in cells.items() if cell})
        return concepts

    def _rows(self) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(self.text, newline=""))

    def __contains__(self, code: str) -> bool:
        return code in self.concepts


@cache
def vocabulary(name: str) -> Vocabulary:
    """The code list of that name.

    Raises:
        FileNotFoundError: there is no such list.
    """
    path = resources.files(__package__) / "vocabularies" / f"{name}.csv"
    return Vocabulary(name, path.read_text(encoding="utf-8"))
