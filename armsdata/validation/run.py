"""One pass over all tables: read, judge, remember, and hand what is sound to a sink (an export), batch by batch."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from armsdata.errors import NoTable
from armsdata.findings import DEFAULT_LIMIT, ERROR, Collector, Finding, Report, severity_of
from armsdata.progress import Bar, about_records
from armsdata.reading.batch import Batch, Reader, refusal
from armsdata.schema import TABLES, Table
from armsdata.schema.arrays import Mask

from .again import Again
from .judge import Judged, judge
from .ledger import Ledger
from .notes import Notes, note
from .pipeline import MOST_EARLY, Early, Step, in_order
from .telling import Teller

#: What small files gave is kept up to so many bytes.
KEPT = 16 << 20


@dataclass
class Input:
    """One table file to be judged.

    Attributes:
        reader: the open file.
        told: its findings are told; those of a base dataset that a contribution would join are not.
        sizes: how many records each of its blocks gave, superseded ones left out.
        only: what its one block gave, where there is one and that is little: then the file is not read again for the
            words of findings.
    """

    reader: Reader
    told: bool = True
    sizes: list[int] = field(default_factory=list)
    only: Batch | None = None

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
    if isinstance(progress, Bar):
        paths = [path for one in inputs if (path := getattr(one.reader, "path", None))]
        progress.expect(sum(map(about_records, paths)))
    work = Run(inputs, sink, Collector(limit), strict, progress or (lambda rows: None))
    work.collector.add(findings)
    threads = threads or default_threads()
    # While this thread remembers a batch, others wait: as few as help, since what is made for a sink takes much room.
    ahead = threads + 1 if sink else threads + 2
    with ThreadPoolExecutor(threads) as pool, Early(pool.submit(_load), MOST_EARLY if threads > 1 else 0) as early:
        work.judge(TABLES.values(), pool, ahead, early)
    try:
        work.finish()
    finally:
        work.ledger.close()
    return work.collector.report(work.rows, strict=strict)


def _load() -> None:
    """Load what judges: half of what a command needs to start, and nothing that cuts and reads blocks needs it."""
    from armsdata.schema.models import get_ready

    get_ready()


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
        self._first = 0  # the number of the next row of the table
        self._kept = 0  # the bytes of what small files gave
        self._early: Early | None = None
        self.teller = Teller(inputs, collector, Again(self._reread))

    def judge(self, tables: Iterable[Table], pool: ThreadPoolExecutor, ahead: int, early: Early | None = None) -> None:
        """Judge every file of these tables; the next table is begun while the one before comes to its end.

        Args:
            tables: the tables, in the order in which they refer to each other.
            pool: judges batches.
            ahead: how many batches are judged or wait at once.
            early: reads the first blocks while nothing can be judged yet.
        """
        self._early = early
        in_order(pool, lambda: early.ahead(ahead) if early else ahead, self._steps(tables))

    def _steps(self, tables: Iterable[Table]) -> Iterator[Step]:
        for table in tables:
            yield Step(partial(self._begin, table))
            superseding = False
            for file in (one for one in self.inputs if one.table is table):
                if superseding and not file.told:  # what it is to be without must be known before it is read
                    yield Step(partial(self.ledger.supersede, table), waits=True)
                    superseding = False
                superseding = superseding or file.told
                yield Step(partial(self._open, file))
                yield from self._blocks(file)
                yield Step(partial(self._count, file))
            yield Step(partial(self._end, table))

    def _begin(self, table: Table) -> None:
        self._first = 0
        if self.sink:
            self.sink.begin(table)

    def _open(self, file: Input) -> None:
        self.ledger.lacks(file.table, file.reader.numbers)
        self.collector.add(file.reader.findings if file.told else [])

    def _count(self, file: Input) -> None:
        if file.told:
            self.rows[file.table.name] = self.rows.get(file.table.name, 0) + sum(file.sizes)

    def _end(self, table: Table) -> None:
        self.ledger.finish(table)
        if self.sink:
            self.sink.end(table)

    def _blocks(self, file: Input) -> Iterator[Step]:
        try:
            for read in file.reader.blocks():
                begun = self._early.begun(read) if self._early else read
                yield Step(partial(self._take, file), partial(self._judge, file.table, file, begun))
        except NoTable as error:  # it could be opened, but is damaged further on: what was read before is judged
            if not file.told:
                raise
            yield Step(partial(self._damaged, file, error))

    def _damaged(self, file: Input, error: NoTable) -> None:
        self.collector.add([refusal(error, file.reader.label, file.table.name)])
        self.ledger.lacks(file.table, ())

    def _judge(self, table: Table, file: Input, read: Callable[[], Batch]) -> tuple[Judged, Notes, Any]:
        judged = judge(table, self._fresh(table, file, read()))
        sound = self.sink and self._clean and not _errors(table, judged)
        rendered = self.sink.render(table, judged) if self.sink and sound else None
        return judged, note(table, judged), rendered

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

    def _take(self, file: Input, judged: Judged, notes: Notes, rendered: Any) -> None:
        table = file.table
        groups = judged.groups + self.ledger.add(table, judged, notes, self._first)
        self._first += judged.batch.size
        self._keep_small(file, judged.batch)
        file.sizes.append(judged.batch.size)
        if file.told:
            self.collector.add(judged.batch.findings)
            for code, number in judged.batch.counted.items():
                self.collector.count(code, severity_of(code), number)
            self.teller.tell(file, judged, groups)
        if self.sink and self._clean and rendered is not None:
            self.sink.write(table, rendered)
        self.progress(judged.batch.size)

    def _keep_small(self, file: Input, batch: Batch) -> None:
        """Keep what a small file gave, as long as all that is kept is little: a table may have any number of parts."""
        if not file.sizes and self._kept + (size := _bytes(batch)) <= KEPT:
            file.only = batch
            self._kept += size
        elif file.only is not None:  # there is more of it
            self._kept -= _bytes(file.only)
            file.only = None

    def _reread(self, file: Input) -> Iterator[Callable[[], Batch]]:
        """The blocks of a file once more; each gives its batch as it was counted."""
        if file.only is not None:
            only = file.only
            yield lambda: only
            return
        with contextlib.suppress(NoTable):  # told already
            for read in file.reader.blocks():
                yield partial(self._read_again, file, read)

    def _read_again(self, file: Input, read: Callable[[], Batch]) -> Batch:
        return self._fresh(file.table, file, read())

    def finish(self) -> None:
        """Tell what only the whole dataset shows."""
        pa.default_memory_pool().release_unused()  # the batches are done; the joins need room of their own
        for late in self.ledger.late(list(TABLES.values())):
            self.teller.tell_late(late)
        self.ledger.close()  # what was remembered makes room for what is looked at again
        self.teller.finish()


def _errors(table: Table, judged: Judged) -> bool:
    return any(
        severity_of(fault.code, prose=table.by_name[group.column].prose) == ERROR
        for group in judged.groups
        for fault in group.faults
    )


def _bytes(batch: Batch) -> int:
    return sum(array.nbytes for array in batch.columns.values())


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
