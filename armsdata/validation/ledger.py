"""What must be remembered from batch to batch: keys, and the few figures that other rows are compared with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.reading.batch import Batch
from armsdata.schema import Table
from armsdata.schema.arrays import Mask
from armsdata.schema.cells import Cells, Fault
from armsdata.schema.columns import Column, Kind

from . import late
from .judge import Group, Judged, group_of
from .keys import Hashes, KeySet, Spool, hash_texts, together
from .late import CLAIMED, EDGES, FIGURES, KEYS, REFERENCES, UNTOLD, Late
from .notes import LOOKED_UP, Notes
from .records import Array, Records


class Ledger:
    """Remembers what the rules across rows and tables need."""

    def __init__(self) -> None:
        self.keysets: dict[str, KeySet] = {}
        self.counts: dict[str, int] = {}
        self.keys: dict[str, Spool] = {}
        self.edges: dict[tuple[str, str], Spool] = {}
        self.figures = Spool(FIGURES)
        self.claims = Spool(CLAIMED)
        self._superseded: dict[str, KeySet] = {}
        self._contributed: dict[str, int] = {}
        self.keys_unknown: set[str] = set()
        self.uses_unknown: set[str] = set()

    # -------------------------------------------------------------------------------- while batches pass

    def lacks(self, table: Table, present: Collection[str]) -> None:
        """A file of this table has these columns only; what the missing ones would have told is not guessed at.

        Without keys no reference to the table can be told to be wrong, without references no record to be unused.
        """
        if table.key not in present:
            self.keys_unknown.add(table.name)
        self.uses_unknown.update(
            column.references
            for column in table.columns
            if column.references and column.name not in present and (column.required or not present)
        )

    def supersede(self, table: Table) -> None:
        """From here on, rows of this table whose key stood before are old versions of records: passed over."""
        keys = self._keys_of(table)
        self._superseded[table.name] = KeySet(keys["key"], keys["row"])
        self._contributed.setdefault(table.name, self.counts.get(table.name, 0))

    def fresh(self, table: Table, batch: Batch) -> Mask:
        """Which rows of a batch are not superseded."""
        keys = batch.columns.get(table.key)
        if keys is None or table.name not in self._superseded:
            return np.ones(batch.size, dtype=bool)
        hashes = hash_texts(keys)
        fresh: Mask = ~(self._superseded[table.name].find(hashes) & (hashes != 0))
        return fresh

    def add(self, table: Table, judged: Judged, notes: Notes, first: int) -> list[Group]:
        """Remember a batch whose first row has this number; what its references to finished tables lack."""
        rows = np.arange(first, first + judged.batch.size, dtype=np.uint32)
        if judged.batch.muted is not None:  # reported for their shape already: they count, but are not told of again
            rows[judged.batch.muted] = UNTOLD
        key = notes.key
        spool = self.keys.setdefault(table.name, Spool(KEYS))
        spool.add(key=_named(key), row=rows, alike=notes.alike)
        self.counts[table.name] = first + judged.batch.size
        groups = []
        for column in table.source_columns:
            if column.kind is Kind.REFERENCE:
                groups += self._refer(table, column, judged, notes, rows)
        if table.name == "transfers":
            self.figures.add(key=key, row=rows, **notes.figures)
        elif table.name == "claims":
            self.claims.add(row=rows, **notes.figures)
        return groups

    def finish(self, table: Table) -> None:
        """All rows of a table have passed."""
        if table.name in LOOKED_UP:
            keys = self._keys_of(table)
            self.keysets[table.name] = KeySet(keys["key"], keys["row"])

    def _keys_of(self, table: Table) -> Records:
        spool = self.keys.get(table.name)
        return spool.whole() if spool else Records.none(KEYS)

    def _refer(self, table: Table, column: Column, judged: Judged, notes: Notes, rows: Array) -> list[Group]:
        cells = judged.cells[column.name]
        if column.references in self.keysets:
            return self._look_up(column, judged, cells)
        fields = REFERENCES if table.name == "claims" else EDGES
        edges = self.edges.setdefault((table.name, column.name), Spool(fields))
        if cells.values.null_count == len(cells.values):
            return []
        hashes, owners = notes.references[column.name]
        told = {"owner": _named(notes.key)[owners]} if "owner" in fields else {}
        edges.add(key=hashes, row=rows[owners], **told)
        return []

    def _look_up(self, column: Column, judged: Judged, cells: Cells) -> list[Group]:
        keyset = self.keysets[column.references]
        values, owners = cells.values, np.arange(len(cells.values))
        if column.many:
            owners, values = np.asarray(pc.list_parent_indices(values)), pc.list_flatten(values)
        hashes = hash_texts(values)
        keyset.use(hashes)
        if column.references in self.keys_unknown:
            return []
        lost = np.flatnonzero(~keyset.find(hashes))
        if not len(lost):
            return []
        texts = values.take(pa.array(lost)).to_pylist()
        faults = [
            Fault(int(owner), "unknown-reference", text, column.references)
            for owner, text in zip(owners[lost].tolist(), texts, strict=True)
        ]
        group = group_of(judged, column.name, faults)
        return [group] if group else []

    # -------------------------------------------------------------------------------- at the end

    def late(self, tables: list[Table]) -> Iterator[Late]:
        """What only the whole dataset shows."""
        questions: list[Callable[[], Iterator[Late]]] = [
            *(partial(self._repeats, table) for table in tables if table.name in self.keys),
            *(partial(self._unknown, *place) for place in self.edges),
            self._uncited,
            *(partial(self._circles, *place) for place in self.edges),
            self._conflicting,
            self._too_late,
        ]
        with ThreadPoolExecutor(2) as pool:  # none waits for another's answer, and sorting leaves Python to others
            for found in pool.map(lambda ask: list(ask()), questions):
                yield from found
        yield from self._unused()

    def _repeats(self, table: Table) -> Iterator[Late]:
        spool = self.keys[table.name]
        for part in spool.parts(split=spool.spilled):
            yield late.same_key(table, part)
        if table.name in self.keys_unknown:  # a record may well be the one it is like
            return
        for part in self._by_likeness(spool):
            yield late.alike(table, part, self._contributed.get(table.name, 0))

    def _by_likeness(self, spool: Spool) -> Iterator[Records]:
        """The same rows, those that are alike in the same part."""
        if not spool.spilled:
            yield from spool.parts(split=False)
            return
        alike = Spool({"row": "u4", "id": "u8"})
        for part in spool.parts(split=True):
            alike.add(key=part["alike"], row=part["row"], id=part["key"])
        for part in alike.parts(split=True):
            yield Records({"key": part["id"], "row": part["row"], "alike": part["key"]})
        alike.close()

    def _unknown(self, table: str, column: str) -> Iterator[Late]:
        target = late.target_of(table)
        if target not in self.keys_unknown:
            for refs, known in together(self.edges[table, column], self.keys.get(target, Spool(KEYS))):
                yield late.unknown(table, column, refs, known)

    def _uncited(self) -> Iterator[Late]:
        if "transfers" in self.keys and "transfers" not in self.uses_unknown:
            claimed = self.edges.get(("claims", "transfer_id"), Spool(REFERENCES))
            for known, refs in together(self.keys["transfers"], claimed):
                yield late.uncited(known, refs)

    def _circles(self, table: str, column: str) -> Iterator[Late]:
        edges = self.edges[table, column]
        if table != "claims" and edges.count:
            yield from late.circles(table, column, edges.whole())

    def _conflicting(self) -> Iterator[Late]:
        for claims, figures in together(self.claims, self.figures):
            yield from late.conflicting(claims, figures)

    def _too_late(self) -> Iterator[Late]:
        upstream = self.edges.get(("transfers", "upstream"))
        if upstream is None or not upstream.count:
            return
        sources = Spool(late.BEGUN)
        for edges, figures in together(upstream, self.figures):
            sources.add(**late.begun(edges, figures).fields)
        for edges, figures in together(sources, self.figures):
            yield late.too_late(edges, figures)
        sources.close()

    def _unused(self) -> Iterator[Late]:
        own = self.edges.get(("actors", "part_of"))
        if own is not None and "actors" in self.keysets:
            for part in own.parts(split=own.spilled):
                self.keysets["actors"].use(part["key"][part["key"] != part["owner"]])
        for name, keyset in self.keysets.items():
            if name not in self.uses_unknown:
                yield late.unused(name, keyset)

    def close(self) -> None:
        """Give back memory and disk."""
        for spool in (*self.keys.values(), *self.edges.values(), self.figures, self.claims):
            spool.close()


def _named(keys: Hashes) -> Hashes:
    """A hash of every key: an empty one, which is no key, counts as 1."""
    return keys if keys.all() else np.where(keys == 0, np.uint64(1), keys)
