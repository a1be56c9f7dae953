"""`diff`: what was added, removed and changed between two datasets or releases, by record and by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.schema import DISPLAY_ORDER, TABLES, Table

from .errors import UsageError
from .findings import Finding
from .folder import Tables, find_tables
from .formatting import refuse, tidy
from .texttable import TextTable, read_texts

PathLike = str | Path
Cells = dict[str, str]
_Places = np.ndarray[Any, np.dtype[np.int64]]
#: How many records of each sort a table's differences keep; all are counted.
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Record:
    """A record that one side has alone: its key and its other filled cells."""

    key: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that differs: its key, and for each cell that does the text before and after."""

    key: str
    cells: dict[str, tuple[str, str]]


@dataclass
class TableDiff:
    """The differences of one table.

    Attributes:
        counts: how many records were `added`, `removed` and `changed`, and how many `cells` of the changed ones.
        columns: how many cells of each column have changed.
        added: the first records that only the new side has.
        removed: the first records that only the old side has.
        changed: the first records that differ.
    """

    counts: dict[str, int]
    columns: dict[str, int] = field(default_factory=dict)
    added: list[Record] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    @property
    def truncated(self) -> bool:
        """Some records were counted but not kept."""
        return any(len(getattr(self, kind)) < self.counts[kind] for kind in ("added", "removed", "changed"))

    def as_dict(self) -> dict[str, Any]:
        """The differences as `--format json` prints them."""
        return {
            "counts": self.counts,
            "columns": self.columns,
            "truncated": self.truncated,
            "added": [{"key": one.key, "cells": one.cells} for one in self.added],
            "removed": [{"key": one.key, "cells": one.cells} for one in self.removed],
            "changed": [
                {"key": one.key, "cells": {name: {"old": old, "new": new} for name, (old, new) in one.cells.items()}}
                for one in self.changed
            ],
        }


@dataclass
class Diff:
    """The differences between two datasets, by table.

    Attributes:
        old: the path of the old side.
        new: the path of the new side.
        tables: the differences of each table that both have.
    """

    old: str
    new: str
    tables: dict[str, TableDiff] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """There is no difference."""
        return not any(sum(one.counts.values()) for one in self.tables.values())

    def as_dict(self) -> dict[str, Any]:
        """The differences as `--format json` prints them."""
        tables = {name: one.as_dict() for name, one in self.tables.items()}
        return {"equal": self.equal, "old": self.old, "new": self.new, "tables": tables}


def diff(old: PathLike, new: PathLike, *, limit: int = KEPT) -> Diff:
    """Compare two datasets, record by record and cell by cell.

    Each side is a dataset folder, a release folder (of any format) or a table file. Only what the cells say counts, not
    how it is written; derived columns are left out, since they say nothing of their own. Where the new side is a
    contribution, it is compared as a merge would apply it: nothing is removed, and columns that it lacks stay.

    Args:
        old: the earlier side.
        new: the later side.
        limit: how many added, removed and changed records of each table are kept; all are counted.

    Raises:
        InvalidData: a file cannot be read with certainty; `report` says why.
        UsageError: there is no such path, or no table that both sides have.
        OSError: a file cannot be read.
    """
    sides = find_tables(Path(old)), find_tables(Path(new))
    names = [name for name in DISPLAY_ORDER if name in sides[0].files and name in sides[1].files]
    if not names:
        raise UsageError(f"{old} and {new} have no table in common")
    found = Diff(Path(old).as_posix(), Path(new).as_posix())
    doubts: list[Finding] = []
    for name in names:
        before, after = (read_texts(side.files[name], TABLES[name]) for side in sides)
        doubts += [*before.doubts, *after.doubts]
        if not doubts:
            found.tables[name] = _compare(TABLES[name], tidy(before), tidy(after), _adds_only(sides[1]), limit)
    refuse(doubts)
    return found


def _adds_only(new: Tables) -> bool:
    """Whether the new side is a contribution."""
    return not (new.is_dataset or new.is_release) and new.path.is_dir()


def _compare(table: Table, old: TextTable, new: TextTable, adds_only: bool, limit: int) -> TableDiff:
    keys = _unique(old.keys), _unique(new.keys)
    added = np.flatnonzero(np.asarray(pc.invert(pc.is_in(keys[1], value_set=keys[0]))))
    removed = np.flatnonzero(np.asarray(pc.invert(pc.is_in(keys[0], value_set=keys[1]))))
    removed = removed[:0] if adds_only else removed
    given = [column.name for column in table.source_columns if column.name in new.cells.column_names]
    columns = given if adds_only else [column.name for column in table.source_columns]
    places = pc.index_in(keys[1], value_set=keys[0])
    both = np.flatnonzero(np.asarray(places.is_valid()))
    pairs = np.asarray(places.take(pa.array(both)).cast(pa.int64())), both
    result = TableDiff({"added": len(added), "removed": len(removed), "changed": 0, "cells": 0})
    _changes(result, table, old, new, pairs, columns, limit)
    result.added = _records(new, added[:limit])
    result.removed = _records(old, removed[:limit])
    return result


def _unique(keys: pa.Array) -> pa.Array:
    """The keys, those of later records of the same key told apart by their number."""
    filled = pc.fill_null(keys, "")
    if len(pc.unique(filled)) == len(filled):
        return filled
    seen: Counter[str] = Counter()
    told = []
    for key in filled.to_pylist():
        seen[key] += 1
        told.append(f"{key} #{seen[key]}" if seen[key] > 1 else key)
    return pa.array(told, pa.string())


def _records(side: TextTable, places: _Places) -> list[Record]:
    key = side.table.key
    names = [column.name for column in side.table.source_columns if column.name in side.cells.column_names]
    rows = side.cells.select(names).take(pa.array(places, pa.int64())).to_pylist()
    return [Record(row[key] or "", {name: text for name, text in row.items() if text and name != key}) for row in rows]


def _changes(
    result: TableDiff,
    table: Table,
    old: TextTable,
    new: TextTable,
    pairs: tuple[_Places, _Places],
    columns: list[str],
    limit: int,
) -> None:
    """Count the cells that differ, and keep those of the first records."""
    differs = {}
    for name in columns:
        before, after = (_filled(side, name, places) for side, places in zip((old, new), pairs, strict=True))
        different = np.asarray(pc.not_equal(before, after))
        if different.any():
            differs[name] = (different, before, after)
            result.columns[name] = int(different.sum())
    if not differs:
        return
    rows = np.flatnonzero(np.logical_or.reduce([different for different, _, _ in differs.values()]))
    result.counts["changed"], result.counts["cells"] = len(rows), sum(result.columns.values())
    keys = _filled(new, table.key, pairs[1])
    for row in rows[:limit].tolist():
        cells = {
            name: (before[row].as_py(), after[row].as_py())
            for name, (different, before, after) in differs.items()
            if different[row]
        }
        result.changed.append(Changed(keys[row].as_py(), cells))


def _filled(side: TextTable, name: str, places: _Places) -> pa.Array:
    return pc.fill_null(side.column(name).take(pa.array(places, pa.int64())), "")
