"""What only the whole dataset shows: records of all parts, brought together by Dask's shuffles, and the ordinary rules.

A shuffle gives all records with equal hashes to the same partition, and equal hashes of two frames that are shuffled
into as many partitions to the partitions of the same number; the rules then judge partition by partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import dask.dataframe
import numpy as np
import pandas as pd

from armsdata.schema import TABLES
from armsdata.validation import late
from armsdata.validation.late import BEGUN, CLAIMED, EDGES, FIGURES, KEYS, REFERENCES, UNTOLD, Late
from armsdata.validation.records import Records

from .parts import records_of
from .waiting import Waiting

if TYPE_CHECKING:
    from distributed import Future

#: So many records of a kind are brought together in one partition, as a rule: some tens of megabytes.
TOGETHER = 1 << 20
dd: Any = dask.dataframe  # which has no types


@dataclass
class PartOf:
    """A judged part of a table.

    Attributes:
        judged: what a worker holds of it.
        first: its first row, counted through the table.
        recorded: how many records of each kind it has.
    """

    judged: Future[Any]
    first: int
    recorded: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """Which rules are asked.

    Attributes:
        edges: the columns whose references are settled at the end, where they hold any.
        keys_unknown: tables of which some part has no keys.
        uses_unknown: tables of which nobody knows whether they are used.
        limit: how many findings of each rule a partition tells; all are counted.
    """

    edges: tuple[tuple[str, str], ...]
    keys_unknown: frozenset[str]
    uses_unknown: frozenset[str]
    limit: int


class Joins:
    """The records of all parts of all tables.

    Args:
        waiting: the cluster.
        parts: the parts of each table in order.
    """

    def __init__(self, waiting: Waiting, parts: Mapping[str, list[PartOf]]) -> None:
        self._waiting, self._parts = waiting, parts
        most = max(sum(max(one.recorded.values(), default=0) for one in some) for some in parts.values())
        self._partitions = max(1, -(-most // TOGETHER))
        self.edges = tuple(
            (table.name, column.name)
            for table in TABLES.values()
            for column in table.source_columns
            if column.references == late.target_of(table.name) and self._has(table.name, column.name)
        )

    def _has(self, table: str, kind: str) -> bool:
        return any(one.recorded.get(kind) for one in self._parts[table])

    def records(self, table: str, kind: str) -> list[Future[Any]]:
        """The records of one kind, part by part; their rows are counted through the table."""
        some = (one for one in self._parts[table] if one.recorded.get(kind))
        return [self._waiting.submit(records_of, one.judged, kind, one.first) for one in some]

    def _frame(self, kinds: Sequence[tuple[str, str]], fields: Mapping[str, str], by: str = "key") -> Any:
        """A frame of the records of some kinds, those with equal hashes in the same partition."""
        meta = _frame_of(Records.none(fields), 0, list(fields), by)
        futures = [
            self._waiting.submit(_frame_of, records, number, list(fields), by)
            for number, (table, kind) in enumerate(kinds)
            for records in self.records(table, kind)
        ]
        if futures:
            return self._shuffled(dd.from_delayed(futures, meta=meta, verify_meta=False), by)
        return self._shuffled(dd.from_pandas(meta, npartitions=1), by)

    def _shuffled(self, frame: Any, by: str) -> Any:
        if self._partitions == 1:  # nothing to part: Dask's way for many workers would cost more than the rules
            return frame.repartition(npartitions=1)
        return frame.shuffle(by, npartitions=self._partitions)

    def late(self, plan: Plan) -> Iterator[tuple[Late, int]]:
        """What the rules say, as far as findings are kept, and how many more there are; see `Ledger.late`."""
        tables = [(name, "keys") for name in TABLES]
        keys, edges = self._frame(tables, KEYS), self._frame(plan.edges, REFERENCES)
        figures = self._frame([("transfers", "figures")], FIGURES)
        claims = self._frame([("claims", "figures")], CLAIMED)
        asked = [self._ask(_same_hash, plan, keys, edges, figures, claims)]
        asked.append(self._ask(_alike, plan, self._frame(tables, KEYS, by="alike")))
        if ("transfers", "upstream") in plan.edges:
            upstream = self._frame([("transfers", "upstream")], EDGES)
            meta = _frame_of(Records.none(BEGUN), 0, list(BEGUN))
            begun = dd.map_partitions(_begun, upstream, figures, meta=meta, enforce_metadata=False)
            begun = self._shuffled(begun, "key")
            asked.append(self._ask(_too_late, plan, begun, figures))
        for frame in self._waiting.compute(asked):
            for (code, table, column), told in frame.groupby(["code", "table", "column"], sort=False):
                rows, others, hashes = (told[name].to_numpy() for name in ("row", "other", "hash"))
                yield Late(code, table, column, rows, others, hashes=hashes), int(told["more"].sum())

    @staticmethod
    def _ask(rules: Any, plan: Plan, *frames: Any) -> Any:
        meta = _told([], 0)
        return dd.map_partitions(partial(_tell, rules, plan), *frames, meta=meta, enforce_metadata=False)


def _frame_of(records: Records, of: int, fields: Iterable[str], by: str = "key") -> pd.DataFrame:
    """Records as a frame, numbered by their kind; those that are like no other are left out where that is asked."""
    if by != "key":
        records = records[records[by] != 0]
    frame = pd.DataFrame({name: records[name] for name in ("key", *fields)})
    frame["of"] = np.full(len(records), of, dtype=np.uint8)
    return frame


def _records_of(frame: pd.DataFrame) -> Records:
    return Records({str(name): values.to_numpy() for name, values in frame.items()})


def _tell(rules: Any, plan: Plan, *frames: pd.DataFrame) -> pd.DataFrame:
    """Ask the rules of one partition."""
    return _told(rules(plan, *map(_records_of, frames)), plan.limit)


def _told(lates: Iterable[Late], limit: int) -> pd.DataFrame:
    """The first findings of each rule: rows, the rows that explain them, hashes, how many more there are, the place."""
    kinds = {"row": "i8", "other": "i8", "hash": "u8", "more": "i8", "code": "str", "table": "str", "column": "str"}
    told = [pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})]
    for one in lates:
        order = np.argsort(one.rows, kind="stable")
        order = order[one.rows[order] < UNTOLD]
        kept = order[:limit]
        if not len(kept):
            continue
        more = np.zeros(len(kept), dtype=np.int64)
        more[0] = len(order) - len(kept)
        hashes = one.rows.astype(np.uint64) if one.hashes is None else one.hashes
        frame = pd.DataFrame({"row": one.rows[kept], "other": one.others[kept], "hash": hashes[kept], "more": more})
        told.append(frame.assign(code=one.code, table=one.table, column=one.column))
    return pd.concat(told[1:] or told, ignore_index=True)


def _same_hash(plan: Plan, keys: Records, edges: Records, figures: Records, claims: Records) -> Iterator[Late]:
    """The rules about keys and what refers to them."""
    known = {name: keys[keys["of"] == number] for number, name in enumerate(TABLES)}
    referring = {place: edges[edges["of"] == number] for number, place in enumerate(plan.edges)}
    for name, table in TABLES.items():
        yield late.same_key(table, known[name])
    for (table_name, column), refs in referring.items():
        target = late.target_of(table_name)
        if target not in plan.keys_unknown:
            yield late.unknown(table_name, column, refs, known[target])
    if "transfers" not in plan.uses_unknown:
        yield late.uncited(known["transfers"], referring.get(("claims", "transfer_id"), edges[:0]))
    yield from late.conflicting(claims, figures)


def _alike(plan: Plan, keys: Records) -> Iterator[Late]:
    for number, (name, table) in enumerate(TABLES.items()):
        if name not in plan.keys_unknown:  # a record may well be the one it is like
            yield late.alike(table, keys[keys["of"] == number])


def _too_late(plan: Plan, begun: Records, figures: Records) -> Iterator[Late]:
    yield late.too_late(begun, figures)


def _begun(upstream: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    return _frame_of(late.begun(_records_of(upstream), _records_of(figures)), 0, list(BEGUN))
