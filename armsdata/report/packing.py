"""Tables made small enough for a page, with nothing left out: `script/unpack.js` makes them whole again.

Values that recur are written once and named by their place; columns that go together (a date and its two days) share
these places; texts are written in common words and phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .digits import BASE, wide
from .phrases import phrases

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Columns that go together.

    Attributes:
        names: the columns.
        values: for each its values.
        places: for each row the place of its values, in so many digits; empty when there is but one.
        width: the number of digits; `None` where the values are those of the rows in their order.
    """

    names: Sequence[str]
    values: Sequence[Sequence[Any]]
    places: str = ""
    width: int | None = None


def packed(tables: Mapping[str, Columns], together: Mapping[str, Iterable[Sequence[str]]]) -> dict[str, Any]:
    """Tables, each as columns of equal length, in the form that the page carries.

    Args:
        tables: the columns of each; a value is a text, a number, `None`, or a tuple of these.
        together: for some tables groups of columns of which each tells the others, or nearly so.
    """
    groups = {name: list(_groups(columns, together.get(name, ()))) for name, columns in tables.items()}
    lists = [values for table in groups.values() for group in table for values in group.values if _is_text(values)]
    told = phrases(lists)
    texts = iter(told.texts)
    return {
        "words": told.words,
        "pairs": told.pairs,
        "tables": {
            name: {
                "size": len(next(iter(columns.values()), ())),
                "groups": [
                    {
                        "names": group.names,
                        "places": group.places,
                        "width": group.width,
                        "values": [next(texts) if _is_text(values) else values for values in group.values],
                    }
                    for group in groups[name]
                ],
            }
            for name, columns in tables.items()
        },
    }


def _is_text(values: Sequence[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def _groups(columns: Columns, together: Iterable[Sequence[str]]) -> Iterable[_Group]:
    together = [names for names in together if columns]  # a table without rows has no columns
    alone = [[name] for name in columns if not any(name in names for names in together)]
    for names in (*together, *alone):
        yield _group(names, [columns[name] for name in names])


def _group(names: Sequence[str], columns: list[Sequence[Any]]) -> _Group:
    found: dict[tuple[Any, ...], int] = {}
    places = [found.setdefault(row, len(found)) for row in zip(*columns, strict=True)]
    if len(found) * 2 > len(places) > 1:
        return _Group(names, columns)
    width = 0
    while BASE**width < len(found):
        width += 1
    values = list(map(list, zip(*found, strict=True))) or [[] for _ in names]
    return _Group(names, values, wide(places, width) if width else "", width)
