"""One job on a cluster: judge every part, bring records together, and tell findings as the local engine does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from armsdata.errors import NoTable
from armsdata.findings import Collector, Finding, Report, severity_of
from armsdata.reading.batch import Batch
from armsdata.schema import TABLES
from armsdata.validation.again import Again, Record
from armsdata.validation.judge import Rows
from armsdata.validation.keys import seeded
from armsdata.validation.late import Late
from armsdata.validation.notes import LOOKED_UP
from armsdata.validation.run import Input
from armsdata.validation.telling import Teller

from .parts import (
    Known,
    Summary,
    circles_of,
    judge_part,
    keyset_of,
    known_of,
    names_again,
    records_again,
    summary_of,
    unused_of,
)
from .places import Part
from .waiting import Waiting
from .writing import Wanted

if TYPE_CHECKING:
    from distributed import Client, Future

#: Tables that are judged side by side: those whose keys are looked up are finished before the others begin.
STAGES = (*((name,) for name in LOOKED_UP), tuple(name for name in TABLES if name not in LOOKED_UP))


class FarReader:
    """A part that workers read; here it has its name and columns alone. See `Reader`."""

    def __init__(self, part: Part, numbers: dict[str, int]) -> None:
        self.label, self.table, self.numbers = part.label, TABLES[part.table], numbers
        self.findings: list[Finding] = []

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """Not to be had here."""
        raise RuntimeError(f"{self.label} is read by workers only")


class FarAgain(Again):
    """Lets workers look at parts a second time."""

    def __init__(self, waiting: Waiting, parts: Sequence[Part]) -> None:
        self._waiting = waiting
        self._parts = {part.label: part for part in parts}

    def rows(self, wanted: Sequence[tuple[Input, Rows]]) -> Iterator[list[Record]]:
        """For each file the records at these rows."""
        asked = [self._waiting.submit(records_again, self._parts[file.reader.label], rows) for file, rows in wanted]
        yield from self._waiting.in_order(asked)

    def names(self, files: Sequence[Input]) -> Iterator[tuple[str, str]]:
        """Every name of the records of some files, with its key."""
        asked = [self._waiting.submit(names_again, self._parts[file.reader.label]) for file in files]
        for names in self._waiting.in_order(asked):
            yield from names


class Job:
    """The judging of one dataset.

    Args:
        client: the cluster.
        parts: its parts, table by table.
        limit: how many findings are kept.
        strict: warnings make the data invalid, too.
        progress: is told the number of rows as they are judged.
        wanted: what to write of a part, by its number in its table; None: nothing.

    Attributes:
        summaries: what each part gave.
    """

    def __init__(
        self,
        client: Client,
        parts: Sequence[Part],
        *,
        limit: int,
        strict: bool,
        progress: Callable[[int], None] | None,
        wanted: Callable[[int], Wanted] | None = None,
    ) -> None:
        self.parts, self.limit, self.strict, self._wanted = parts, limit, strict, wanted
        self._progress = progress or (lambda rows: None)
        self.waiting = Waiting(client)
        self.collector = Collector(limit)
        self.summaries: dict[Part, Summary] = {}
        self._judged: dict[Part, Future[Any]] = {}
        self._used: dict[str, Any] = {}
        self._seed = int.from_bytes(os.urandom(8), "little")
        self._known = self.waiting.submit(Known, self._seed)
        self._keys_unknown: set[str] = set()
        self._uses_unknown: set[str] = set()

    def run(self) -> Report:
        """Judge everything.

        Raises:
            NoTable: none of the parts can be read as a table.
            ArmsdataError: the cluster failed.
            OSError: a worker could not read or write.
        """
        for stage in STAGES:
            self._judge(stage)
        self._check_readable()
        self._tell()
        rows: dict[str, int] = {}
        for part in self.parts:
            rows[part.table] = rows.get(part.table, 0) + self.summaries[part].size
        return self.collector.report(rows, strict=self.strict)

    # -------------------------------------------------------------------------------- parts

    def _of(self, table: str) -> list[Part]:
        return [part for part in self.parts if part.table == table]

    def _judge(self, stage: Sequence[str]) -> None:
        """Judge the parts of some tables, and learn what they told."""
        asked: dict[Future[Any], Part] = {}
        for table in stage:
            for number, part in enumerate(self._of(table)):
                wanted = self._wanted(number) if self._wanted else None
                judged = self.waiting.submit(judge_part, part, self._known, self.limit, self.strict, wanted)
                self._judged[part] = judged
                asked[self.waiting.submit(summary_of, judged)] = part
        for future, summary in self.waiting.as_they_come(asked):
            self._learn(asked[future], summary)
        for table in stage:
            if table in LOOKED_UP:
                keyset = self.waiting.submit(keyset_of, [self._judged[part] for part in self._of(table)])
                unknown = frozenset(self._keys_unknown)
                self._known = self.waiting.submit(known_of, self._known, table, keyset, unknown)

    def _learn(self, part: Part, summary: Summary) -> None:
        self.summaries[part] = summary
        self._keys_unknown |= summary.keys_unknown
        self._uses_unknown |= summary.uses_unknown
        for name, bits in summary.used.items():
            used = np.frombuffer(bits, np.uint8)
            self._used[name] = self._used[name] | used if name in self._used else used
        self.collector.counts.update(summary.counts)
        for finding in summary.findings:
            self.collector.keep(finding)
        summary.used, summary.findings = {}, []  # they may be much, and are known now
        self._progress(summary.size)

    def _check_readable(self) -> None:
        """Refuse the call when nothing can be read; see `checking._readable`."""
        refused: list[NoTable] = [one.refused for one in self._in_order() if one.refused]
        if len(refused) == len(self.parts) and not any(one.code == "empty-file" for one in refused):
            raise refused[0]

    def _in_order(self) -> list[Summary]:
        return [self.summaries[part] for part in self.parts]

    # -------------------------------------------------------------------------------- the whole

    def _tell(self) -> None:
        """Tell what only the whole dataset shows, and look at it a second time, where it stands."""
        files = []
        for part in self.parts:
            summary = self.summaries[part]
            files.append(Input(FarReader(part, summary.numbers), sizes=[summary.size]))
        teller = Teller(files, self.collector, FarAgain(self.waiting, self.parts))
        for late, more in self._late():
            teller.tell_late(late)
            self.collector.count(late.code, severity_of(late.code), more)
        with seeded(self._seed):  # words are found by their hashes
            teller.finish()

    def _late(self) -> Iterator[tuple[Late, int]]:
        from .joins import Joins, PartOf, Plan

        parts: dict[str, list[PartOf]] = {name: [] for name in TABLES}
        rows = dict.fromkeys(TABLES, 0)
        for part in self.parts:
            summary = self.summaries[part]
            parts[part.table].append(PartOf(self._judged[part], rows[part.table], summary.recorded))
            rows[part.table] += summary.size
        joins = Joins(self.waiting, parts)
        circles = [
            self.waiting.submit(circles_of, table, column, joins.records(table, column))
            for table, column in joins.edges
            if table != "claims"
        ]
        unused = [self._unused(name) for name in LOOKED_UP if name not in self._uses_unknown]
        unknown = frozenset(self._keys_unknown), frozenset(self._uses_unknown)
        yield from joins.late(Plan(joins.edges, *unknown, max(self.limit, 1)))
        for found in self.waiting.in_order(circles):
            yield from ((late, 0) for late in found)
        yield from ((late, 0) for late in self.waiting.in_order(unused))

    def _unused(self, table: str) -> Future[Any]:
        own = [self._judged[part] for part in self._of(table)]
        refers = any(column.references == table for column in TABLES[table].source_columns)
        used = self._used[table].tobytes() if table in self._used else b""
        return self.waiting.submit(unused_of, table, self._known, used, own if refers else [])
