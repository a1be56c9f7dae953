"""`merge`: apply a contribution to a dataset, in the dataset's order, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.schema import DISPLAY_ORDER, TABLES, Table

from .checking import dataset_inputs, located
from .errors import InvalidData, UsageError
from .findings import Collector, Finding, Report
from .folder import Tables, find_tables, label_of, open_reader, own_dataset
from .formatting import only_csv, refuse, tidy
from .journal import Replacement, signature
from .reading import open_table
from .reading.completed import completed
from .texttable import TextTable, read_texts, table_of_texts, texts_of
from .validation.run import Input, run

PathLike = str | Path


@dataclass(frozen=True)
class TableChange:
    """What a merge does to one table.

    Attributes:
        added: the number of new records.
        updated: the number of records that change.
        unchanged: the number of contributed records that the dataset holds just so.
    """

    added: int
    updated: int
    unchanged: int


@dataclass
class Merged:
    """What a merge did.

    Attributes:
        report: the report on the contribution; it has no errors.
        changes: what happened to each table of the contribution.
    """

    report: Report
    changes: dict[str, TableChange] = field(default_factory=dict)


def merge(
    contribution: PathLike | Sequence[PathLike],
    into: PathLike | None = None,
    *,
    strict: bool = False,
    threads: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Merged:
    """Apply a contribution to a dataset: new records are added, records of the same key are updated.

    An update replaces every cell whose column the contribution has, also by an empty one; the other cells stay. Other
    records stay as they are, in their order; where the dataset is sorted by key, it stays so.

    Args:
        contribution: a folder with some of the tables, or table files, or several of these.
        into: the dataset folder; `./data` where it is not given.
        strict: warnings in the contribution stop the merge, too.
        threads: how many threads judge; 0: as many as there are processors.
        progress: is told the number of rows as they are judged.

    Returns:
        What was done.

    Raises:
        InvalidData: the contribution has errors, the dataset would have some afterwards, or one of its tables cannot be
            read with certainty; nothing was changed.
        UsageError: nothing can be merged: no such path, no table, no dataset; or somebody has changed it meanwhile.
        OSError: a file cannot be read or written.
    """
    dataset = find_tables(Path(into) if into is not None else own_dataset())
    if not dataset.is_dataset:
        raise UsageError(f"{dataset.path}: not a dataset: it has no dataset.toml")
    only_csv(dataset, "merged into")
    seen = {file: signature(file) for file in dataset.files.values()}
    base = dataset_inputs(dataset)
    contributed = _contributed(contribution, base)
    for one in base:
        one.told = False
    inputs = [*contributed, *base]
    report = located(run(inputs, strict=strict, threads=threads, progress=progress), inputs)
    if not report.valid:
        raise InvalidData(report)
    merged = Merged(report)
    made = _made(dataset, contributed, merged)
    if made:
        _write(dataset, made, seen)
    return merged


def _contributed(contribution: PathLike | Sequence[PathLike], base: list[Input]) -> list[Input]:
    paths = [contribution] if isinstance(contribution, str | Path) else list(contribution)
    bases = {one.table.name: [one.reader] for one in base}
    found = [find_tables(Path(path)) for path in paths]
    files = [(name, file) for tables in found for name, file in sorted(tables.files.items())]
    return [Input(completed(open_reader(file, TABLES[name]), bases[name])) for name, file in files]


def _made(dataset: Tables, contributed: list[Input], merged: Merged) -> dict[str, TextTable]:
    """The new version of each table that changes."""
    made = {}
    for name in DISPLAY_ORDER:
        readers = [one.reader for one in contributed if one.table.name == name]
        if not readers:
            continue
        table = TABLES[name]
        old = read_texts(dataset.files[name], table)
        refuse(old.doubts)
        parts = [_source_cells(tidy(texts_of(reader))) for reader in readers]
        new = TextTable(table, pa.concat_tables([part.cells for part in parts], promote_options="default"))
        made[name], merged.changes[name] = _applied(table, old, new)
    return {name: table for name, table in made.items() if merged.changes[name].added or merged.changes[name].updated}


def _source_cells(read: TextTable) -> TextTable:
    """Without derived columns, which stand in releases only."""
    names = [column.name for column in read.table.source_columns if column.name in read.cells.column_names]
    return read.with_columns(names)


def _applied(table: Table, old: TextTable, new: TextTable) -> tuple[TextTable, TableChange]:
    """The old records with the new ones among them."""
    repeated = pc.filter(old.keys, pc.is_in(old.keys, value_set=new.keys))
    if len(repeated.unique()) != len(repeated):
        raise UsageError(f"the dataset has {table.name} of the same key; mend it first: armsdata validate shows them")
    has = {*old.cells.column_names, *new.cells.column_names}
    columns = [column.name for column in table.source_columns if column.name in has]
    places = pc.index_in(new.keys, value_set=old.keys)
    fresh = pc.indices_nonzero(places.is_null())
    rows = pc.indices_nonzero(places.is_valid())
    updates = _Updates(places.take(rows), rows)
    cells = {name: updates.column(old, new, name, fresh) for name in columns}
    whole = TextTable(table, table_of_texts(cells))
    if _sorted(old.keys):
        whole.cells = whole.cells.take(pc.sort_indices(whole.keys))
    changed = int(updates.changed.sum())
    return whole, TableChange(len(fresh), changed, len(rows) - changed)


class _Updates:
    """Which records of the dataset are updated by which contributed ones.

    Args:
        places: the places in the dataset.
        rows: the places in the contribution.
    """

    def __init__(self, places: pa.Array, rows: pa.Array) -> None:
        self.places, self.rows = places, rows
        self.changed = np.zeros(len(rows), dtype=bool)

    def column(self, old: TextTable, new: TextTable, name: str, fresh: pa.Array) -> pa.Array:
        """One column after the merge: the old records, updated, and behind them the new ones."""
        before, given = old.column(name), new.column(name)
        if name in new.cells.column_names and len(self.rows):
            texts = given.take(self.rows)
            self.changed |= np.asarray(
                pc.not_equal(pc.fill_null(texts, ""), pc.fill_null(before.take(self.places), ""))
            )
            chosen = np.arange(len(before))
            chosen[np.asarray(self.places)] = len(before) + np.arange(len(self.rows))
            before = pa.concat_arrays([before, texts]).take(pa.array(chosen))
        return pa.concat_arrays([before, given.take(fresh)])


def _sorted(keys: pa.Array) -> bool:
    return bool(pc.all(pc.less_equal(keys[:-1], keys[1:])).as_py() in (True, None)) if len(keys) > 1 else True


def _write(dataset: Tables, made: dict[str, TextTable], seen: dict[Path, tuple[int, int, int] | None]) -> None:
    """Put the new tables into place, if the dataset is valid with them."""
    with Replacement(dataset.path, seen) as replacement:
        files = dict(dataset.files)
        for name, table in made.items():
            replacement.write(dataset.files[name].name, table.csv())
            files[name] = replacement.draft / dataset.files[name].name
        labels = {name: label_of(file) for name, file in dataset.files.items()}
        report = run([Input(open_table(files[name], labels[name], TABLES[name])) for name in TABLES])
        if not report.valid:
            raise InvalidData(_errors_alone(report))
        replacement.commit()


def _errors_alone(report: Report) -> Report:
    """What would be wrong in the dataset afterwards."""
    collector = Collector()
    errors: list[Finding] = [finding for finding in report.findings if finding.severity == "error"]
    collector.add(errors)
    return collector.report(report.rows, strict=False)
