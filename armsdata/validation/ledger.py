"""What must be remembered from batch to batch: keys, and the few figures that other rows are compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from armsdata.reading.batch import Batch
from armsdata.schema import Table
from armsdata.schema.cells import Cells, Fault, Mask
from armsdata.schema.columns import Column, Kind

from .graph import cycles
from .judge import Group, Judged, Rows, group_of
from .keys import Hashes, KeySet, Records, Spool, absent, combine, hash_rows, hash_texts, repeats, together

#: Beyond every day that a date column can hold.
OPEN_DAY = 2**31 - 1
#: The row number of records that nothing more is told about.
UNTOLD = 2**32 - 1
_APPROXIMATE, _DISPUTED = 1, 2
_KEYS = {"row": "u4", "alike": "u8"}
_REFERENCES = {"row": "u4"}
_EDGES = {"row": "u4", "owner": "u8"}
#: Tables whose keys are looked up while the batches pass; the others' references are settled at the end.
LOOKED_UP = ("sources", "actors", "weapons")


@dataclass(frozen=True)
class Late:
    """A finding that only the whole dataset shows: rows counted through all files of the table.

    Attributes:
        code: the finding's code.
        table: the table at whose rows it stands.
        column: the column at which it stands.
        rows: the rows at fault.
        others: for each of them another row that explains it (the first of two duplicates), or -1.
        paths: for each of them the rows along a cycle, where it is one.
        hashes: for each of them the hash of the reference at fault, where the column is a list.
    """

    code: str
    table: str
    column: str
    rows: Rows
    others: Rows
    paths: tuple[tuple[int, ...], ...] = ()
    hashes: Hashes | None = None


class Ledger:
    """Remembers what the rules across rows and tables need."""

    def __init__(self) -> None:
        self.keysets: dict[str, KeySet] = {}
        self.counts: dict[str, int] = {}
        self.keys: dict[str, Spool] = {}
        self.edges: dict[tuple[str, str], Spool] = {}
        self.figures = Spool({"row": "u4", "low": "f8", "high": "f8", "start": "i4", "end": "i4", "flags": "u1"})
        self.claims = Spool({"row": "u4", "low": "f8", "high": "f8"})
        self._superseded: dict[str, KeySet] = {}
        self._contributed: dict[str, int] = {}
        self._keys_unknown: set[str] = set()
        self._uses_unknown: set[str] = set()

    # -------------------------------------------------------------------------------- while batches pass

    def lacks(self, table: Table, present: Collection[str]) -> None:
        """A file of this table has these columns only; what the missing ones would have told is not guessed at.

        Without keys no reference to the table can be told to be wrong, without references no record to be unused.
        """
        if table.key not in present:
            self._keys_unknown.add(table.name)
        self._uses_unknown.update(
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

    def add(self, table: Table, judged: Judged, first: int) -> list[Group]:
        """Remember a batch whose first row has this number; what its references to finished tables lack."""
        rows = np.arange(first, first + judged.batch.size, dtype=np.uint32)
        if judged.batch.muted is not None:  # reported for their shape already: they count, but are not told of again
            rows[judged.batch.muted] = UNTOLD
        key = self._key_hashes(table, judged)
        spool = self.keys.setdefault(table.name, Spool(_KEYS))
        spool.add(key=np.where(key == 0, np.uint64(1), key), row=rows, alike=self._alike(table, judged))
        self.counts[table.name] = first + judged.batch.size
        groups = []
        for column in table.source_columns:
            if column.kind is Kind.REFERENCE:
                groups += self._refer(table, column, judged, key, rows)
        if table.name == "transfers":
            self._remember_transfers(judged, key, rows)
        elif table.name == "claims":
            self._remember_claims(judged, rows)
        return groups

    def finish(self, table: Table) -> None:
        """All rows of a table have passed."""
        if table.name in LOOKED_UP:
            keys = self._keys_of(table)
            self.keysets[table.name] = KeySet(keys["key"], keys["row"])

    def _keys_of(self, table: Table) -> Records:
        spool = self.keys.get(table.name)
        parts = list(spool.parts(split=spool.spilled)) if spool else []
        return np.concatenate(parts) if parts else np.zeros(0, dtype=[("key", "u8"), *_KEYS.items()])

    def _key_hashes(self, table: Table, judged: Judged) -> Hashes:
        cells = judged.cells[table.key]
        return hash_rows(cells, cells.values)

    def _alike(self, table: Table, judged: Judged) -> Hashes:
        """One hash a row of all that describes it; rows that are muted or say nothing are like no other."""
        hashes = [hash_rows(cells, cells.described) for cells in (judged.cells[name] for name in table.alike)]
        alike = combine(hashes)
        for name, one in zip(table.alike, hashes, strict=True):
            if table.by_name[name].required:
                alike[one == 0] = 0
        if judged.batch.muted is not None:
            alike[judged.batch.muted] = 0
        return alike

    def _refer(self, table: Table, column: Column, judged: Judged, key: Hashes, rows: Records) -> list[Group]:
        cells = judged.cells[column.name]
        if column.references in self.keysets:
            return self._look_up(column, judged, cells)
        fields = _REFERENCES if table.name == "claims" else _EDGES
        edges = self.edges.setdefault((table.name, column.name), Spool(fields))
        if cells.values.null_count == len(cells.values):
            return []
        hashes, owners = _items(cells)
        told = {"owner": np.where(key == 0, np.uint64(1), key)[owners]} if "owner" in fields else {}
        edges.add(key=hashes, row=rows[owners], **told)
        return []

    def _look_up(self, column: Column, judged: Judged, cells: Cells) -> list[Group]:
        keyset = self.keysets[column.references]
        values, owners = cells.values, np.arange(len(cells.values))
        if column.many:
            owners, values = np.asarray(pc.list_parent_indices(values)), pc.list_flatten(values)
        hashes = hash_texts(values)
        keyset.use(hashes)
        if column.references in self._keys_unknown:
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

    def _remember_transfers(self, judged: Judged, key: Hashes, rows: Records) -> None:
        low, high = _bounds(judged)
        approximate = _is(judged, "quantity_approximate", True)
        disputed = _is(judged, "confidence", "disputed")
        start = _days(judged, ("delivered", "earliest"), ("ordered", "earliest"), -OPEN_DAY)
        end = _days(judged, ("delivered", "latest"), None, OPEN_DAY)
        flags = approximate * _APPROXIMATE | disputed * _DISPUTED
        self.figures.add(key=key, row=rows, low=low, high=high, start=start, end=end, flags=flags)

    def _remember_claims(self, judged: Judged, rows: Records) -> None:
        low, high = _bounds(judged)
        cells = judged.cells["transfer_id"]
        denied = _is(judged, "framing", "denied")
        keys = hash_rows(cells, cells.texts)
        keys[denied | ((low == -np.inf) & (high == np.inf))] = 0  # nothing to compare
        self.claims.add(key=keys, row=rows, low=low, high=high)

    # -------------------------------------------------------------------------------- at the end

    def late(self, tables: list[Table]) -> Iterator[Late]:
        """What only the whole dataset shows."""
        for table in tables:
            if table.name in self.keys:
                yield from self._repeats(table)
        yield from self._unknown_transfers()
        yield from self._cycles()
        yield from self._compare()
        yield from self._unused()

    def _repeats(self, table: Table) -> Iterator[Late]:
        spool = self.keys[table.name]
        for part in spool.parts(split=spool.spilled):
            part = part[part["key"] != 1]
            later, firsts = repeats(part)
            yield _late("duplicate-id", table.name, table.key, later, firsts)
        if table.name in self._keys_unknown:  # a record may well be the one it is like
            return
        for part in self._by_likeness(spool):
            part = part[part["alike"] != 0]
            told = np.uint32(self._contributed.get(table.name, 0))
            part["row"] -= told  # what is contributed comes behind the base, whose records were there first
            later, firsts = repeats(part, "alike")
            later["row"] += told
            firsts["row"] += told
            differ = later["key"] != firsts["key"]  # with the same key it is a duplicate, and told as that
            yield _late("probable-duplicate", table.name, table.key, later[differ], firsts[differ])

    def _by_likeness(self, spool: Spool) -> Iterator[Records]:
        """The same rows, those that are alike in the same part."""
        if not spool.spilled:
            yield from spool.parts(split=False)
            return
        alike = Spool({"row": "u4", "id": "u8"})
        for part in spool.parts(split=True):
            alike.add(key=part["alike"], row=part["row"], id=part["key"])
        for part in alike.parts(split=True):
            yield part.view([("alike", "u8"), ("row", "u4"), ("key", "u8")])
        alike.close()

    def _unknown_transfers(self) -> Iterator[Late]:
        for (table, column), edges in self.edges.items():
            target = "transfers" if table != "actors" else "actors"
            if target in self._keys_unknown:
                continue
            keys = self.keys.get(target, Spool(_KEYS))
            for refs, known in together(edges, keys):
                lost = refs[absent(refs["key"], known["key"])]
                yield Late("unknown-reference", table, column, _rows(lost), _none(lost), hashes=lost["key"])
        if "transfers" in self.keys and "transfers" not in self._uses_unknown:
            claimed = self.edges.get(("claims", "transfer_id"), Spool(_REFERENCES))
            for known, refs in together(self.keys["transfers"], claimed):
                bare = known[absent(known["key"], refs["key"]) & (known["key"] != 1)]
                yield Late("uncited-transfer", "transfers", "transfer_id", _rows(bare), _none(bare))

    def _cycles(self) -> Iterator[Late]:
        for (table, column), edges in self.edges.items():
            if table == "claims" or not edges.count:
                continue
            whole = np.concatenate(list(edges.parts(split=edges.spilled)))
            whole = whole[whole["row"] != UNTOLD]
            paths = cycles(whole["owner"], whole["key"], whole["row"])
            if paths:
                rows = np.array([path[0] for path in paths], dtype=np.int64)
                yield Late("reference-cycle", table, column, rows, np.full(len(rows), -1), tuple(paths))

    def _compare(self) -> Iterator[Late]:
        for claims, figures in together(self.claims, self.figures):
            if not len(figures) or not len(claims):
                continue
            figures = figures[np.argsort(figures["key"], kind="stable")]
            known, place = _find(figures["key"], claims["key"])
            theirs = figures[place]
            slack = np.where(theirs["flags"] & _APPROXIMATE, 0.1, 0.0)
            apart = (claims["low"] > theirs["high"] * (1 + slack)) | (claims["high"] < theirs["low"] * (1 - slack))
            apart &= known & (theirs["flags"] & _DISPUTED == 0) & (theirs["row"] != UNTOLD)
            yield Late(
                "conflicting-claim", "claims", "quantity", _rows(claims[apart]), theirs[apart]["row"].astype(np.int64)
            )
        upstream = self.edges.get(("transfers", "upstream"))
        if upstream is not None and upstream.count:
            yield from self._too_late(upstream)

    def _too_late(self, upstream: Spool) -> Iterator[Late]:
        """Arms cannot come from a transfer that was later: its first day is after the last day of what came of it."""
        sources = Spool({"row": "u4", "start": "i4", "from": "u4"})
        for edges, figures in together(upstream, self.figures):
            figures = figures[np.argsort(figures["key"], kind="stable")]
            known, place = _find(figures["key"], edges["key"])
            edges, theirs = edges[known], figures[place[known]] if len(figures) else figures
            sources.add(key=edges["owner"], row=edges["row"], start=theirs["start"], **{"from": theirs["row"]})
        for edges, figures in together(sources, self.figures):
            figures = figures[np.argsort(figures["key"], kind="stable")]
            known, place = _find(figures["key"], edges["key"])
            edges = edges[known]
            if len(edges):
                late = edges["start"] > figures[place[known]]["end"]
                yield Late(
                    "impossible-order",
                    "transfers",
                    "upstream",
                    _rows(edges[late]),
                    edges[late]["from"].astype(np.int64),
                )
        sources.close()

    def _unused(self) -> Iterator[Late]:
        own = self.edges.get(("actors", "part_of"))
        if own is not None and "actors" in self.keysets:
            for part in own.parts(split=own.spilled):
                self.keysets["actors"].use(part["key"][part["key"] != part["owner"]])
        for name, keyset in self.keysets.items():
            if name in self._uses_unknown:
                continue
            first = np.concatenate(([True], keyset.hashes[1:] != keyset.hashes[:-1]))[: len(keyset.hashes)]
            unused = np.sort(keyset.rows[~keyset.used & first & (keyset.hashes != 1)].astype(np.int64))
            yield Late("unused-record", name, f"{name[:-1]}_id", unused, np.full(len(unused), -1))

    def close(self) -> None:
        """Give back memory and disk."""
        for spool in (*self.keys.values(), *self.edges.values(), self.figures, self.claims):
            spool.close()


def _late(code: str, table: str, column: str, later: Records, firsts: Records) -> Late:
    return Late(code, table, column, _rows(later), _rows(firsts))


def _rows(records: Records) -> Rows:
    return records["row"].astype(np.int64)


def _none(records: Records) -> Rows:
    return np.full(len(records), -1, dtype=np.int64)


def _find(keys: Hashes, wanted: Hashes) -> tuple[Mask, Rows]:
    """Which of the wanted are among the sorted keys, and where."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=bool), np.zeros(len(wanted), dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return keys[place] == wanted, place


def _items(cells: Cells) -> tuple[Hashes, Rows]:
    """The hash of every reference of a column, and the row it stands in; 0 where there is none."""
    if not cells.column.many:
        hashes = hash_rows(cells, cells.values)
        return hashes, np.arange(len(hashes))
    filled = np.flatnonzero(~cells.empty)
    values = cells.values.take(pa.array(filled if cells.rows is None else cells.rows[filled]))
    return hash_texts(pc.list_flatten(values)), filled[np.asarray(pc.list_parent_indices(values))]


def _floats(cells: Cells) -> Any:
    numbers = np.asarray(cells.values.cast(pa.float64()).fill_null(np.nan))
    return cells.spread_numbers(numbers, np.nan)


def _is(judged: Judged, column: str, value: Any) -> Mask:
    cells = judged.cells[column]
    return cells.spread_mask(np.asarray(pc.fill_null(pc.equal(cells.values, value), False)))


def _bounds(judged: Judged) -> tuple[Any, Any]:
    """The least and the most that a row's quantities allow; without any figure nothing is excluded."""
    figures = [_floats(judged.cells[name]) for name in ("quantity", "quantity_low", "quantity_high")]
    quantity, low, high = (np.where(one > 0, one, np.nan) for one in figures)  # what cannot be is told as that
    least = np.fmin(low, quantity)
    most = np.fmax(high, quantity)
    never = least > most  # told as that; there is no figure to compare
    return np.where(np.isnan(least) | never, -np.inf, least), np.where(np.isnan(most) | never, np.inf, most)


def _days(judged: Judged, source: tuple[str, str], other: tuple[str, str] | None, unknown: int) -> Any:
    def days(name: str, end: str) -> Any:
        cells = judged.cells[name]
        return cells.spread_numbers(np.asarray(cells.days[end].cast(pa.int32()).fill_null(unknown)), unknown)

    found = days(*source)
    return np.maximum(found, days(*other)) if other else found
