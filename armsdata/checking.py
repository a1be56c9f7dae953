"""`validate`: judge a dataset, a contribution together with the dataset it would join, or a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from armsdata.schema import TABLES

from .errors import UsageError
from .findings import DEFAULT_LIMIT, Report
from .folder import Tables, curated, find_tables, open_reader

if TYPE_CHECKING:
    import pandas as pd

    from .validation.run import Input

PathLike = str | Path


def validate(
    data: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    table: str = "",
    against: PathLike | None = None,
    strict: bool = False,
    limit: int = DEFAULT_LIMIT,
    threads: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Judge a dataset folder, table files, contributions, or a frame.

    Args:
        data: a dataset folder; or a table file, a folder with some of the tables, or several of these, which are
            judged as one contribution together with the dataset it would join; or a frame of one table.
        table: the table that a single file or a frame holds, where its name or columns do not tell.
        against: the dataset that a contribution would join; the curated one where it is not given.
        strict: warnings make the data invalid, too.
        limit: how many findings the report keeps; all are counted.
        threads: how many threads judge; 0: as many as there are processors.
        progress: is told the number of rows as they are judged.

    Returns:
        The report: `report.valid`, `report.findings`, `report.counts`, `report.rows`.

    Raises:
        UsageError: nothing can be judged: no such path, no table, a file that is not what its name says.
        OSError: a file cannot be read.
    """
    from .validation.run import run

    inputs = _inputs(data, table, against)
    return run(inputs, limit=limit, strict=strict, threads=threads, progress=progress)


def _inputs(data: PathLike | Sequence[PathLike] | pd.DataFrame, table: str, against: PathLike | None) -> list[Input]:
    if isinstance(data, str | Path):
        data = [data]
    if not isinstance(data, Sequence):
        from .reading.frame import FrameReader, table_of_frame
        from .validation.run import Input

        return [Input(FrameReader(data, table_of_frame(data, table))), *_base(against)]
    if not data:
        return dataset_inputs(find_tables(curated()))
    found = [find_tables(Path(one), table) for one in data]
    if len(found) == 1 and found[0].is_dataset:
        return dataset_inputs(found[0])
    return _contribution(found, against)


def dataset_inputs(tables: Tables) -> list[Input]:
    """The files of a whole dataset.

    Raises:
        UsageError: `dataset.toml` cannot be used, or a file cannot be opened as what its name says.
    """
    from .validation.run import Input

    tables.metadata()
    missing = [name for name in TABLES if name not in tables.files]
    if missing:
        raise UsageError(f"{tables.path}: the dataset has no table {missing[0]}; a header alone is enough")
    return [Input(open_reader(tables.files[name], TABLES[name])) for name in TABLES]


def _contribution(found: list[Tables], against: PathLike | None) -> list[Input]:
    from .validation.run import Input

    inputs = [Input(open_reader(path, TABLES[name])) for tables in found for name, path in sorted(tables.files.items())]
    return [*inputs, *_base(against)]


def _base(against: PathLike | None) -> list[Input]:
    """The dataset that a contribution would join, not told about."""
    base = find_tables(Path(against) if against is not None else curated())
    if not base.is_dataset:
        raise UsageError(f"{base.path}: not a dataset: it has no dataset.toml")
    inputs = dataset_inputs(base)
    for one in inputs:
        one.told = False
    return inputs
