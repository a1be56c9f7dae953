"""One pass over all tables: read, judge, remember, and hand what is sound to a sink (an export), batch by batch."""

from __future__ import annotations

import contextlib
import contextvars
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from armsdata.errors import NoTable
from armsdata.findings import DEFAULT_LIMIT, Collector, Finding, Report, severity_of
from armsdata.progress import Bar, about_records
from armsdata.reading.batch import Batch, Reader, refusal
from armsdata.schema import TABLES, Table
from armsdata.schema.cells import Mask
from armsdata.schema.models import get_ready

from .again import Again
from .judge import Judged, judge
from .ledger import Ledger
from .telling import Teller

T = TypeVar("T")


@dataclass
class Input:
    """One table file to be judged.

    Attributes:
        reader: the open file.
        told: its findings are told; those of a base dataset that a contribution would join are not.
        sizes: how many records each of its blocks gave, superseded ones left out.
    """

    reader: Reader
    told: bool = True
    sizes: list[int] = field(default_factory=list)

    @property
    def table(self) -> Table:
        """The table that the file holds."""
        return self.reader.table


class Sink(Protocol):
    """Takes the sound batches of all tables, in order."""

    def begin(self, table: Table) -> None:
        """A table begins."""

    def render(self, table: Table, judged: Judged) -> Any:
        """Turn a batch into what is to be written; called in several threads."""

    def write(self, table: Table, rendered: Any) -> None:
        """Write what was rendered, in the order of the rows."""

    def end(self, table: Table) -> None:
        """A table is complete."""


def default_threads() -> int:
    """As many threads as the process may use processors."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def run(
    inputs: list[Input],
    *,
    findings: Iterable[Finding] = (),
    sink: Sink | None = None,
    limit: int = DEFAULT_LIMIT,
    strict: bool = False,
    threads: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Judge tables as one dataset.

    Args:
        inputs: the files; of one table those come first that supersede the records of later ones.
        findings: what is to be told besides.
        sink: is given every batch as long as there is no error.
        limit: how many findings are kept.
        strict: warnings make the data invalid, too.
        threads: how many threads judge; 0: as many as there are processors.
        progress: is told the number of rows as they are judged.

    Returns:
        The report.
    """
    get_ready()
    if isinstance(progress, Bar):
        paths = [path for one in inputs if (path := getattr(one.reader, "path", None))]
        progress.expect(sum(map(about_records, paths)))
    work = Run(inputs, sink, Collector(limit), strict, progress or (lambda rows: None))
    work.collector.add(findings)
    with ThreadPoolExecutor(threads or default_threads()) as pool:
        for table in TABLES.values():
            work.table(table, pool, threads or default_threads())
    try:
        work.finish()
    finally:
        work.ledger.close()
    return work.collector.report(work.rows, strict=strict)


class Run:
    """The work at some tables: what was told and remembered so far."""

    def __init__(
        self,
        inputs: list[Input],
        sink: Sink | None,
        collector: Collector,
        strict: bool,
        progress: Callable[[int], None],
        ledger: Ledger | None = None,
    ) -> None:
        self.inputs, self.sink, self.collector, self.strict, self.progress = inputs, sink, collector, strict, progress
        self.ledger = ledger or Ledger()
        self.rows: dict[str, int] = {}
        self.teller = Teller(inputs, collector, Again(self._reread))

    def table(self, table: Table, pool: ThreadPoolExecutor, threads: int) -> None:
        """Judge every file of a table."""
        files = [one for one in self.inputs if one.table is table]
        if self.sink:
            self.sink.begin(table)
        first = 0
        superseding = False
        for file in files:
            if superseding and not file.told:
                self.ledger.supersede(table)
                superseding = False
            superseding = superseding or file.told
            self.ledger.lacks(table, file.reader.numbers)
            self.collector.add(file.reader.findings if file.told else [])
            for judged, rendered in _in_order(pool, threads, self._tasks(table, file)):
                self._take(table, file, judged, rendered, first)
                first += judged.batch.size
            if file.told:
                self.rows[table.name] = self.rows.get(table.name, 0) + sum(file.sizes)
        self.ledger.finish(table)
        if self.sink:
            self.sink.end(table)

    def _tasks(self, table: Table, file: Input) -> Iterator[Callable[[], tuple[Judged, Any]]]:
        try:
            for read in file.reader.blocks():
                yield partial(self._judge, table, file, read)
        except NoTable as error:  # it could be opened, but is damaged further on: what was read before is judged
            if not file.told:
                raise
            self.collector.add([refusal(error, file.reader.label, table.name)])
            self.ledger.lacks(table, ())

    def _judge(self, table: Table, file: Input, read: Callable[[], Batch]) -> tuple[Judged, Any]:
        judged = judge(table, self._fresh(table, file, read()))
        rendered = None
        if self.sink and self._clean and not judged.groups:
            rendered = self.sink.render(table, judged)
        elif self.sink and self._clean:
            rendered = self.sink.render(table, judged) if not _errors(table, judged) else None
        return judged, rendered

    @property
    def _clean(self) -> bool:
        return not any(
            severity == "error" or (self.strict and severity == "warning") for _, severity in self.collector.counts
        )

    def _fresh(self, table: Table, file: Input, batch: Batch) -> Batch:
        """Without the records of a base dataset that a contribution supersedes."""
        if file.told:
            return batch
        fresh = self.ledger.fresh(table, batch)
        return batch if fresh.all() else _only(batch, fresh)

    def _take(self, table: Table, file: Input, judged: Judged, rendered: Any, first: int) -> None:
        groups = judged.groups + self.ledger.add(table, judged, first)
        file.sizes.append(judged.batch.size)
        if file.told:
            self.collector.add(judged.batch.findings)
            for code, number in judged.batch.counted.items():
                self.collector.count(code, severity_of(code), number)
            self.teller.tell(file, judged, groups)
        if self.sink and self._clean and rendered is not None:
            self.sink.write(table, rendered)
        self.progress(judged.batch.size)

    def _reread(self, file: Input) -> Iterator[Batch]:
        """The batches of a file once more, as they were counted."""
        with contextlib.suppress(NoTable):  # told already
            for read in file.reader.blocks():
                yield self._fresh(file.table, file, read())

    def finish(self) -> None:
        """Tell what only the whole dataset shows."""
        pa.default_memory_pool().release_unused()  # the batches are done; the joins need room of their own
        for late in self.ledger.late(list(TABLES.values())):
            self.teller.tell_late(late)
        self.teller.finish()


def _errors(table: Table, judged: Judged) -> bool:
    from armsdata.findings import ERROR, severity_of

    return any(
        severity_of(fault.code, prose=table.by_name[group.column].prose) == ERROR
        for group in judged.groups
        for fault in group.faults
    )


def _only(batch: Batch, keep: Mask) -> Batch:
    """Some of the records of a base dataset's batch; what was wrong with its shape is not told."""
    rows = pa.array(np.flatnonzero(keep))
    columns = {name: _anew(array.take(rows)) for name, array in batch.columns.items()}
    spoiled = {name: mask[keep] for name, mask in batch.spoiled.items()}
    muted = None if batch.muted is None else batch.muted[keep]
    return Batch(int(keep.sum()), columns, lambda: batch.lines()[keep], spoiled=spoiled, muted=muted)


def _anew(array: pa.Array) -> pa.Array:
    """A column with a dictionary of the texts that are left, for what is in it counts as used."""
    return array.dictionary_decode().dictionary_encode() if pa.types.is_dictionary(array.type) else array


def _in_order(pool: ThreadPoolExecutor, ahead: int, tasks: Iterator[Callable[[], T]]) -> Iterator[T]:
    """The results of tasks that run side by side, in the order of the tasks.

    At most `ahead` of them run or wait: each holds a batch and all that was made of it.
    """
    waiting: deque[Future[T]] = deque()
    try:
        for task in tasks:
            waiting.append(pool.submit(contextvars.copy_context().run, task))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
