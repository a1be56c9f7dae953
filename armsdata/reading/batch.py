"""What every reader gives: batches of text cells whose places are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from armsdata.errors import NoTable
from armsdata.findings import Finding, severity_of
from armsdata.schema import Table
from armsdata.schema.arrays import Mask

Lines = np.ndarray[Any, np.dtype[np.int64]]


@dataclass
class Batch:
    """Some successive records of one table file, every cell as text.

    Attributes:
        size: the number of records.
        columns: text by column name: utf8 or dictionary<int32, utf8>; null = empty cell. Columns that the file does
            not have are absent.
        lines: the physical line at which each record begins; worked out when asked for.
        findings: what is wrong with the shape of these records.
        spoiled: cells that are faulty by their shape or encoding, and reported for it: not judged again.
        muted: records whose cells may stand in the wrong columns, and are reported for it: not judged further.
        counted: how many more findings about the shape there are of each code, beside those in `findings`.
    """

    size: int
    columns: dict[str, pa.Array]
    lines: Callable[[], Lines]
    findings: list[Finding] = field(default_factory=list)
    spoiled: dict[str, Mask] = field(default_factory=dict)
    muted: Mask | None = None
    counted: Counter[str] = field(default_factory=Counter)


class Reader(Protocol):
    """One open table file.

    Attributes:
        label: the path as given, with ``/``; as findings name the file.
        table: the table it holds.
        numbers: the place of each known column in the file, from 1.
        findings: what is wrong with the file as a whole and its header.
    """

    label: str
    table: Table
    numbers: dict[str, int]
    findings: list[Finding]

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """The blocks of the file in order; calling one, in any thread, reads its batch. Each may be called again."""


class NoReader:
    """A file that should hold a table and cannot be read as one: a finding, and no records. See `Reader`."""

    def __init__(self, error: NoTable, label: str, table: Table) -> None:
        self.error, self.label, self.table = error, label, table
        self.numbers: dict[str, int] = {}
        self.findings = [refusal(error, label, table.name)]

    def blocks(self) -> Iterator[Callable[[], Batch]]:
        """None."""
        return iter(())


def refusal(error: NoTable, label: str, table: str | None = None) -> Finding:
    """The finding for a file that cannot be read as a table."""
    hint = "save it anew as CSV, Parquet or JSON-LD with the columns of a table; armsdata template writes an empty one"
    return Finding(error.code, severity_of(error.code), label, error.line, table=table, message=error.reason, hint=hint)
