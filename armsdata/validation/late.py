"""What only the whole dataset shows, told from records that were brought together by their hash.

Each function is given all records that share a hash; how they came together (in memory, from disk, by a cluster's
shuffle) is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from armsdata.schema import Table
from armsdata.schema.arrays import Mask

from .graph import cycles
from .index import Index, lacking, pieces
from .judge import Rows
from .keys import Hashes, KeySet, repeats
from .records import Records

#: The row number of records that nothing more is told about.
UNTOLD = 2**32 - 1
APPROXIMATE, DISPUTED = 1, 2
#: The fields behind the hash: of every record's key, of references by row, and by owner and row.
KEYS = {"row": "u4", "alike": "u8"}
REFERENCES = {"row": "u4"}
EDGES = {"row": "u4", "owner": "u8"}
#: What claims and later transfers are compared with, and what claims say.
FIGURES = {"row": "u4", "low": "f8", "high": "f8", "start": "i4", "end": "i4", "flags": "u1"}
CLAIMED = {"row": "u4", "low": "f8", "high": "f8"}
#: A transfer, its row, and the first day and the row of one that it came from.
BEGUN = {"row": "u4", "start": "i4", "from": "u4"}


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


def target_of(table: str) -> str:
    """The table that the references which are settled at the end point at, by the table they stand in."""
    return "actors" if table == "actors" else "transfers"


def same_key(table: Table, keys: Records) -> Late:
    """Records whose key stood before."""
    later, firsts = repeats(keys, "key", 1)
    return _late("duplicate-id", table.name, table.key, later, firsts)


def alike(table: Table, part: Records, contributed: int = 0) -> Late:
    """Records that agree with an earlier one in all that describes them; the first so many rows are contributed."""
    told = np.uint32(contributed)
    if contributed:  # it comes behind the base, whose records were there first
        part = part.having(row=part["row"] - told)
    later, firsts = (some.having(row=some["row"] + told) for some in repeats(part, "alike", 0))
    differ = later["key"] != firsts["key"]  # with the same key it is a duplicate, and told as that
    return _late("probable-duplicate", table.name, table.key, later[differ], firsts[differ])


def unknown(table: str, column: str, refs: Records, known: Records) -> Late:
    """References that are no key."""
    lost = _having(refs, lacking(refs.distinct, known.distinct))
    return Late("unknown-reference", table, column, _rows(lost), _none(lost), hashes=lost["key"])


def uncited(known: Records, refs: Records) -> Late:
    """Transfers that no claim names."""
    unnamed = lacking(known.distinct, refs.distinct)
    bare = _having(known, unnamed[unnamed != 1])
    return Late("uncited-transfer", "transfers", "transfer_id", _rows(bare), _none(bare))


def circles(table: str, column: str, edges: Records) -> Iterator[Late]:
    """References that lead back to where they came from; of all edges at once."""
    edges = edges.where(edges["row"] != UNTOLD)
    paths = cycles(edges["owner"], edges["key"], edges["row"])
    if paths:
        rows = np.array([path[0] for path in paths], dtype=np.int64)
        yield Late("reference-cycle", table, column, rows, np.full(len(rows), -1), tuple(paths))


def conflicting(claims: Records, figures: Records) -> Iterator[Late]:
    """Claims whose figures the transfer contradicts."""
    if not len(figures) or not len(claims):
        return
    known, place = _find(figures["key"], claims["key"])
    flags, low, high, row = (figures[name][place] for name in ("flags", "low", "high", "row"))
    slack = np.where(flags & APPROXIMATE, 0.1, 0.0)
    apart = (claims["low"] > high * (1 + slack)) | (claims["high"] < low * (1 - slack))
    apart &= known & (flags & DISPUTED == 0) & (row != UNTOLD)
    yield Late("conflicting-claim", "claims", "quantity", _rows(claims[apart]), row[apart].astype(np.int64))


def begun(upstream: Records, figures: Records) -> Records:
    """For each transfer the first day of what it came from, by the transfer's own hash."""
    known, place = _find(figures["key"], upstream["key"])
    edges, place = upstream[known], place[known]
    first = {"start": figures["start"][place], "from": figures["row"][place]}
    return Records({"key": edges["owner"], "row": edges["row"], **first})


def too_late(edges: Records, figures: Records) -> Late:
    """Arms cannot come from a transfer that was later: its first day is after the last day of what came of it."""
    known, place = _find(figures["key"], edges["key"])
    edges = edges[known]
    late = edges[edges["start"] > figures["end"][place[known]]]
    return Late("impossible-order", "transfers", "upstream", _rows(late), late["from"].astype(np.int64))


def unused(name: str, keyset: KeySet) -> Late:
    """Records that nothing refers to."""
    first = np.concatenate(([True], keyset.hashes[1:] != keyset.hashes[:-1]))[: len(keyset.hashes)]
    rows = np.sort(keyset.rows[~keyset.used & first & (keyset.hashes != 1)].astype(np.int64))
    return Late("unused-record", name, f"{name[:-1]}_id", rows, np.full(len(rows), -1))


def _late(code: str, table: str, column: str, later: Records, firsts: Records) -> Late:
    return Late(code, table, column, _rows(later), _rows(firsts))


def _having(records: Records, keys: Hashes) -> Records:
    """The records with one of these keys."""
    return records[Index(keys).find(records["key"])[0]] if len(keys) else records[:0]


def _rows(records: Records) -> Rows:
    return records["row"].astype(np.int64)


def _none(records: Records) -> Rows:
    return np.full(len(records), -1, dtype=np.int64)


def _find(keys: Hashes, wanted: Hashes) -> tuple[Mask, Rows]:
    """Which of the wanted are among the keys, and where the first such key stands."""
    some = _may_be_among(keys, wanted) if len(wanted) < len(keys) // 8 else None  # the others need no place
    known, places = Index(keys if some is None else keys[some]).find(wanted)
    return known, places if some is None or not len(some) else some[places]


def _may_be_among(keys: Hashes, wanted: Hashes) -> Rows:
    """The places of all keys that are wanted, and of a few that are not: told by some of their bits."""
    bits = np.uint64((1 << 20) - 1)
    marked = np.zeros(1 << 20, dtype=bool)
    marked[wanted & bits] = True
    return np.flatnonzero(np.concatenate([marked[some & bits] for some in pieces(keys)]))
