"""From faults to findings: counting all of them, and telling those that a report has room for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from armsdata.findings import Collector, Finding, severity_of, shorten
from armsdata.schema.cells import Fault

from .again import Again, within
from .hints import Hints
from .judge import Group, Judged
from .late import UNTOLD, Late
from .late_words import LATE_WORDS, Row
from .messages import cell_message, row_message

if TYPE_CHECKING:
    from .run import Input


class Teller:
    """Turns faults into findings.

    Args:
        inputs: the files that are judged.
        collector: takes the findings.
        again: looks at the files a second time.
    """

    def __init__(self, inputs: list[Input], collector: Collector, again: Again) -> None:
        self.inputs, self.collector, self._again = inputs, collector, again
        self._late: list[Late] = []

    # -------------------------------------------------------------------------------- while batches pass

    def tell(self, file: Input, judged: Judged, groups: list[Group]) -> None:
        """Count the faults of a batch, and keep the first of them."""
        if not groups:
            return
        table = file.table
        for group in groups:
            times = np.bincount(group.which, minlength=len(group.faults))
            prose = table.by_name[group.column].prose
            for fault, number in zip(group.faults, times.tolist(), strict=True):
                if number:
                    self.collector.count(fault.code, severity_of(fault.code, prose=prose), number)
        lines = judged.batch.lines()
        if not self.collector.room(file.reader.label, int(lines[0])):
            return
        rows = np.concatenate([group.rows for group in groups])
        numbers = np.repeat(
            [file.reader.numbers.get(group.column, 0) for group in groups], [len(g.rows) for g in groups]
        )
        owner = np.repeat(np.arange(len(groups)), [len(group.rows) for group in groups])
        place = np.concatenate([np.arange(len(group.rows)) for group in groups])
        for one in np.lexsort((numbers, rows))[: self.collector.limit].tolist():
            group = groups[owner[one]]
            row = int(rows[one])
            if not self.collector.room(file.reader.label, int(lines[row])):
                break
            fault = group.faults[group.which[place[one]]]
            self.collector.keep(self._finding(file, judged, group, fault, row, int(lines[row])))

    def _finding(self, file: Input, judged: Judged, group: Group, fault: Fault, row: int, line: int) -> Finding:
        column = file.table.by_name[group.column]

        def text(name: str) -> str | None:
            cells = judged.cells.get(name)
            if cells is None:
                return None
            position = row if cells.places is None else int(cells.places[row]) - 1
            value: str | None = cells.texts[position].as_py() if position >= 0 else None
            return value

        if group.rule:
            value = text(group.column)
            message = row_message(group.rule, {name: text(name) for name in (*group.rule.needs, group.rule.place)})
        else:
            value, message = fault.value, cell_message(column, fault)
        return Finding(
            fault.code,
            severity_of(fault.code, prose=column.prose),
            file.reader.label,
            line,
            column.name,
            file.reader.numbers.get(column.name),
            file.table.name,
            shorten(text(file.table.key)),
            shorten(value) or None,
            message,
        )

    # -------------------------------------------------------------------------------- at the end

    def tell_late(self, late: Late) -> None:
        """Count the findings that only the whole dataset shows, and remember the first of them."""
        rows = late.rows
        told = sum(sum(file.sizes) for file in self.inputs if file.told and file.table.name == late.table)
        keep = np.flatnonzero((rows < told) & (rows < UNTOLD))
        if not len(keep):
            return
        self.collector.count(late.code, severity_of(late.code), len(keep))
        keep = keep[np.argsort(rows[keep], kind="stable")][: max(self.collector.limit, 1)]
        paths = tuple(late.paths[one] for one in keep.tolist()) if late.paths else ()
        hashes = late.hashes[keep] if late.hashes is not None else None
        self._late.append(
            dataclasses.replace(late, rows=rows[keep], others=late.others[keep], paths=paths, hashes=hashes)
        )

    def finish(self) -> None:
        """Look the remembered rows up, tell them, and add hints to all that is kept."""
        seen = self._look_again()
        for late in self._late:
            for one in range(len(late.rows)):
                finding = self._late_finding(late, one, seen)
                if finding is None:  # equal hashes of different texts: no finding after all
                    self.collector.counts[late.code, severity_of(late.code)] -= 1
                else:
                    self.collector.keep(finding)
        self.collector.counts = +self.collector.counts
        self.collector.rewrite(self._with_hint(Hints(self._names)))

    def _look_again(self) -> dict[tuple[str, int], Row]:
        wanted: dict[str, set[int]] = {}
        for late in self._late:
            other = "transfers" if late.code == "conflicting-claim" else late.table
            wanted.setdefault(late.table, set()).update(late.rows.tolist())
            wanted.setdefault(other, set()).update(row for row in late.others.tolist() if row >= 0)
            wanted[late.table].update(row for path in late.paths for row in path)
        seen: dict[tuple[str, int], Row] = {}
        for table, rows in wanted.items():
            asked, first = [], 0
            for file in (one for one in self.inputs if one.table.name == table):
                here = within(np.array(sorted(rows), dtype=np.int64), first, sum(file.sizes))
                if len(here):
                    asked.append((file, first, here))
                first += sum(file.sizes)
            found = self._again.rows([(file, here) for file, _, here in asked])
            for (file, first, here), records in zip(asked, found, strict=True):
                for row, (line, texts) in zip(here.tolist(), records, strict=True):
                    seen[table, first + row] = Row(file, line, texts)
        return seen

    def _late_finding(self, late: Late, one: int, seen: dict[tuple[str, int], Row]) -> Finding | None:
        row = seen[late.table, int(late.rows[one])]
        other_table = "transfers" if late.code == "conflicting-claim" else late.table
        other = seen.get((other_table, int(late.others[one])))
        path = [seen[late.table, place].texts for place in late.paths[one]] if late.paths else []
        told = LATE_WORDS[late.code](late, row, other, path, int(late.hashes[one]) if late.hashes is not None else 0)
        if told is None:
            return None
        column, value, message, hint = told
        return Finding(
            late.code,
            severity_of(late.code),
            row.file.reader.label,
            row.line,
            column,
            row.file.reader.numbers.get(column),
            late.table,
            shorten(row.texts.get(row.file.table.key)),
            shorten(value) or None,
            message,
            hint,
        )

    def _names(self, table: str) -> Iterator[tuple[str, str]]:
        """Every name of the records of a table, with its key."""
        return self._again.names([file for file in self.inputs if file.table.name == table])

    @staticmethod
    def _with_hint(hints: Hints) -> Callable[[Finding], Finding]:
        def add(finding: Finding) -> Finding:
            return finding if finding.hint else dataclasses.replace(finding, hint=hints.hint(finding))

        return add
