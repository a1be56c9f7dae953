"""What a worker does with one part: read, judge and write it by the ordinary code, and say what must be remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from armsdata.errors import NoTable
from armsdata.exporters.contract import FileFact
from armsdata.findings import Collector, Finding
from armsdata.reading import open_table
from armsdata.reading.batch import NoReader, Reader
from armsdata.schema import TABLES
from armsdata.validation import late
from armsdata.validation.again import Record, names_in, records_at
from armsdata.validation.judge import Rows
from armsdata.validation.keys import KeySet, seeded
from armsdata.validation.late import UNTOLD, Late
from armsdata.validation.ledger import Ledger
from armsdata.validation.records import Records
from armsdata.validation.run import Input, Run

from .places import Part, called, fetched
from .writing import Drafts, Wanted


@dataclass(frozen=True)
class Known:
    """What is known before a part is judged.

    Attributes:
        seed: of the hashes; the same for all parts.
        keysets: the keys of the finished tables that are looked up at once.
        keys_unknown: the tables of which some part has no keys.
    """

    seed: int
    keysets: Mapping[str, KeySet] = field(default_factory=dict)
    keys_unknown: frozenset[str] = frozenset()


@dataclass
class Summary:
    """What the client needs to know of a judged part: nothing that grows with its rows, but for the findings kept.

    Attributes:
        size: the number of records.
        numbers: the place of each known column.
        findings: the first of its findings.
        counts: how many there are of each code and severity.
        refused: why it could not be read as a table.
        keys_unknown: tables whose keys it would have told.
        uses_unknown: tables whose use it would have told.
        used: for each table that is looked up which of its keys were used, as bits.
        recorded: how many records there are to be brought together, by kind.
        files: what was written.
        days: the first and last day that its dates allow.
    """

    size: int
    numbers: dict[str, int]
    findings: list[Finding]
    counts: Counter[tuple[str, str]]
    refused: NoTable | None
    keys_unknown: set[str]
    uses_unknown: set[str]
    used: dict[str, bytes]
    recorded: dict[str, int]
    files: list[FileFact] = field(default_factory=list)
    days: list[int] = field(default_factory=list)


@dataclass
class Judged:
    """A judged part: stays on the worker until its records are asked for."""

    summary: Summary
    records: dict[str, Records]


def judge_part(part: Part, known: Known, limit: int, strict: bool, wanted: Wanted | None) -> Judged:
    """Judge a part, and write it when it is wanted and has no error.

    Args:
        part: the part.
        known: what is known before.
        limit: how many findings are kept.
        strict: do not write when there are warnings.
        wanted: what to write; None: nothing.

    Raises:
        UsageError: the part cannot be seen, or is damaged in the middle.
        OSError: it cannot be read or written.
    """
    table = TABLES[part.table]
    with seeded(known.seed), fetched(part) as path, Drafts(wanted) as drafts:
        reader, refused = _opened(path, part)
        ledger = Ledger()
        ledger.keysets = {name: keyset.not_used() for name, keyset in known.keysets.items()}
        ledger.keys_unknown = set(known.keys_unknown)
        file = Input(reader)
        work = Run([file], drafts.sink, Collector(limit), strict, lambda rows: None, ledger)
        try:
            with ThreadPoolExecutor(1) as pool:
                work.judge([table], pool, 1)
            records = _records(ledger, part.table)
        finally:
            ledger.close()
        report = work.collector.report({}, strict=strict)
        files, days = drafts.deliver() if report.valid else ([], [])
    used = {name: np.packbits(ledger.keysets[name].used).tobytes() for name in known.keysets}
    recorded = {name: len(some) for name, some in records.items()}
    gone = ledger.keys_unknown - known.keys_unknown
    summary = Summary(
        sum(file.sizes), reader.numbers, report.findings, report.counts, refused, gone, ledger.uses_unknown, used,
        recorded, files, days,
    )  # fmt: skip
    return Judged(summary, records)


def _opened(path: Path, part: Part) -> tuple[Reader, NoTable | None]:
    try:
        return open_table(path, part.label, TABLES[part.table]), None
    except NoTable as error:
        named = called(part, error)
        return NoReader(named, part.label, TABLES[part.table]), named


def _records(ledger: Ledger, table: str) -> dict[str, Records]:
    """What the ledger remembers of the one part, by kind: its keys, what its columns refer to, its figures."""
    spools = {"keys": ledger.keys.get(table)}
    spools |= {column: spool for (_, column), spool in ledger.edges.items()}
    if table in ("transfers", "claims"):
        spools["figures"] = ledger.figures if table == "transfers" else ledger.claims
    return {name: spool.whole() for name, spool in spools.items() if spool is not None}


def summary_of(judged: Judged) -> Summary:
    """What the client needs to know."""
    return judged.summary


# ------------------------------------------------------------------------------------ from parts to tables


def records_of(judged: Judged, kind: str, first: int) -> Records:
    """The records of one kind, their rows counted through the whole table, in which the part begins at this row."""
    records = judged.records[kind]
    rows = records["row"]
    return records.having(row=np.where(rows == UNTOLD, rows, rows + np.uint32(first)))


def keyset_of(judged: Sequence[Judged]) -> KeySet:
    """All keys of a table."""
    first, parts = 0, []
    for one in judged:
        if "keys" in one.records:
            parts.append(records_of(one, "keys", first))
        first += one.summary.size
    keys = Records.joined(parts, late.KEYS)
    return KeySet(keys["key"], keys["row"])


def known_of(before: Known, table: str, keyset: KeySet, keys_unknown: frozenset[str]) -> Known:
    """What is known when one more table is finished."""
    return Known(before.seed, {**before.keysets, table: keyset}, before.keys_unknown | keys_unknown)


def unused_of(table: str, known: Known, used: bytes, own: Sequence[Judged]) -> Late:
    """Records of a table that nothing refers to; `own` are its parts, where its records refer to one another."""
    keyset = known.keysets[table].not_used()
    if used:
        keyset.used |= np.unpackbits(np.frombuffer(used, np.uint8), count=len(keyset.used)).astype(bool)
    for judged in own:
        for column in TABLES[table].source_columns:
            if column.references == table and column.name in judged.records:
                edges = judged.records[column.name]
                keyset.use(edges["key"][edges["key"] != edges["owner"]])
    return late.unused(table, keyset)


def circles_of(table: str, column: str, edges: Sequence[Records]) -> list[Late]:
    """References that lead back to where they came from."""
    return list(late.circles(table, column, Records.joined(edges, late.EDGES)))


# ------------------------------------------------------------------------------------ a second look


def records_again(part: Part, rows: Rows) -> list[Record]:
    """The records of a part at these rows, which are in order."""
    with fetched(part) as path:
        return records_at(_opened(path, part)[0].blocks(), rows)


def names_again(part: Part) -> list[tuple[str, str]]:
    """Every name of the records of a part, with its key."""
    with fetched(part) as path:
        return list(names_in(part.table, (read() for read in _opened(path, part)[0].blocks())))
