"""`validate`: judge a dataset, a contribution together with the dataset it would join, or a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from armsdata.schema import TABLES

from .errors import NoTable, UsageError
from .findings import DEFAULT_LIMIT, Finding, Report
from .folder import Tables, curated, find_tables, label_of, open_reader, parts_of

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
        UsageError: nothing can be judged: no such path, no table, only files that are not what their names say.
        OSError: a file cannot be read.
    """
    from .validation.run import run

    inputs, refused = _inputs(data, table, against)
    report = run(inputs, findings=refused, limit=limit, strict=strict, threads=threads, progress=progress)
    return located(report, inputs)


def located(report: Report, inputs: Sequence[Input]) -> Report:
    """The report; findings in workbooks also say sheet and cell."""
    if not any(one.reader.label.lower().endswith(".xlsx") for one in inputs):
        return report
    from .reading.completed import Completed
    from .reading.xlsx import XlsxReader

    readers = [one.reader.reader if isinstance(one.reader, Completed) else one.reader for one in inputs]
    books = {(one.label, one.table.name): one for one in readers if isinstance(one, XlsxReader)}
    for place, finding in enumerate(report.findings if books else ()):
        if book := books.get((finding.file, finding.table or "")):
            report.findings[place] = book.located(finding)
    return report


def _inputs(
    data: PathLike | Sequence[PathLike] | pd.DataFrame, table: str, against: PathLike | None
) -> tuple[list[Input], list[Finding]]:
    """What is to be judged, and the findings about files of which nothing more can be said."""
    from .reading.batch import refusal

    if isinstance(data, str | Path):
        data = [data]
    if not isinstance(data, Sequence):
        from .reading.frame import FrameReader, table_of_frame
        from .validation.run import Input

        framed, base = [Input(FrameReader(data, table_of_frame(data, table)))], _base(against)
        _complete(framed, base)
        return [*framed, *base], []
    paths = [Path(one) for one in data] or [curated()]
    found, errors = _find(paths, table)
    if len(found) == 1 and (found[0].is_dataset or found[0].is_release) and not errors:
        return dataset_inputs(found[0], alone=True), []
    files = [(path, name) for tables in found for name, path in sorted(tables.files.items())]
    inputs = _readable(files, errors, alone=True)
    base = _base(against)
    _complete(inputs, base)
    return [*inputs, *base], [refusal(error, label_of(Path(error.path))) for error in errors]


def _complete(inputs: list[Input], base: list[Input]) -> None:
    """Let updates that lack a column keep what the dataset has there, as the merge does."""
    from .reading.completed import completed

    for one in inputs:
        one.reader = completed(one.reader, [old.reader for old in base if old.table is one.table])


def _find(paths: list[Path], table: str) -> tuple[list[Tables], list[NoTable]]:
    """The tables at each path, and the files that are none."""
    found, errors = [], []
    for path in paths:
        try:
            found.append(find_tables(path, table))
        except NoTable as error:
            errors.append(error)
    return found, errors


def _readable(files: list[tuple[Path, str]], errors: Sequence[NoTable] = (), *, alone: bool) -> list[Input]:
    """The files, opened; one that cannot be is a finding, unless there is nothing else to be judged.

    Raises:
        NoTable: none can be read as a table.
    """
    from .reading.batch import NoReader, Reader
    from .validation.run import Input

    readers: list[Reader] = []
    failed = list(errors)
    for path, name in ((part, name) for file, name in files for part in parts_of(file)):
        try:
            readers.append(open_reader(path, TABLES[name], alone=alone))
        except NoTable as error:
            failed.append(error)
            readers.append(NoReader(error, label_of(path), TABLES[name]))
    if failed and len(failed) - len(errors) == len(readers) and not any(one.code == "empty-file" for one in failed):
        raise failed[0]
    return [Input(reader) for reader in readers]


def dataset_inputs(tables: Tables, *, alone: bool = False) -> list[Input]:
    """The files of a whole dataset, to be judged alone, or to make something of it.

    Raises:
        UsageError: `dataset.toml` cannot be used, a table is missing, or no file can be opened as what its name says.
    """
    if not tables.is_release:
        tables.metadata()
    missing = [name for name in TABLES if name not in tables.files]
    if missing:
        raise UsageError(f"{tables.path}: the dataset has no table {missing[0]}; a header alone is enough")
    return _readable([(tables.files[name], name) for name in TABLES], alone=alone)


def _base(against: PathLike | None) -> list[Input]:
    """The dataset that a contribution would join, not told about."""
    from .reading.batch import NoReader

    base = find_tables(Path(against) if against is not None else curated())
    if not base.is_dataset:
        raise UsageError(f"{base.path}: not a dataset: it has no dataset.toml")
    inputs = dataset_inputs(base, alone=True)
    for one in inputs:
        if isinstance(one.reader, NoReader):
            raise one.reader.error
        one.told = False
    return inputs
