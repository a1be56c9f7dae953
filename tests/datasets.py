"""Small datasets for tests: built cell by cell, or from raw bytes, and judged.

`SMALL` is the smallest good dataset that has something in every table; `FULL` fills every column at least once.
Both give no finding at all. They are values: each `with_…` gives a changed copy.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

from armsdata.schema import TABLES

import armsdata
from armsdata import Finding, Report

Row = dict[str, str]
#: File, line, column, code, severity.
Found = tuple[str, int, str | None, str, str]

TOML = 'title = "Test"\nversion = "1"\ndate = 2026-01-02\nlicense = "CC-BY-4.0"\n'


@dataclass(frozen=True)
class Data:
    """Tables as rows of cells; `raw` replaces the bytes of a table's file."""

    tables: dict[str, list[Row]]
    columns: dict[str, list[str]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)

    def names(self, table: str) -> list[str]:
        """The header of a table."""
        return self.columns.get(table) or [column.name for column in TABLES[table].source_columns]

    def with_cell(self, table: str, row: int, column: str, value: str) -> Data:
        """With another text in one cell; rows count from 0."""
        return self.with_cells(table, row, **{column: value})

    def with_cells(self, table: str, row: int, **cells: str) -> Data:
        """With other texts in some cells of one row."""
        tables = copy.deepcopy(self.tables)
        tables[table][row].update(cells)
        return replace(self, tables=tables)

    def with_row(self, table: str, **cells: str) -> Data:
        """With one more row at the end."""
        tables = copy.deepcopy(self.tables)
        tables[table].append(cells)
        return replace(self, tables=tables)

    def with_rows(self, table: str, rows: list[Row]) -> Data:
        """With these rows alone."""
        return replace(self, tables=self.tables | {table: rows})

    def with_columns(self, table: str, *names: str) -> Data:
        """With this header."""
        return replace(self, columns=self.columns | {table: list(names)})

    def without_column(self, table: str, column: str) -> Data:
        return self.with_columns(table, *(name for name in self.names(table) if name != column))

    def with_bytes(self, table: str, content: bytes) -> Data:
        """With these very bytes as the file of a table."""
        return replace(self, raw=self.raw | {table: content})

    def with_swap(self, table: str, old: bytes, new: bytes) -> Data:
        """With some bytes of a table's file replaced, once."""
        content = self.content(table)
        assert content.count(old) >= 1, (old, content)
        return self.with_bytes(table, content.replace(old, new, 1))

    def content(self, table: str) -> bytes:
        """The bytes of a table's file."""
        if table in self.raw:
            return self.raw[table]
        names = self.names(table)
        rows = [names, *([row.get(name, "") for name in names] for row in self.tables[table])]
        return "".join(",".join(map(quoted, row)) + "\n" for row in rows).encode("utf-8")

    def write(self, folder: Path, *tables: str) -> Path:
        """Write a dataset folder; or, where tables are named, a contribution of these."""
        folder.mkdir(parents=True, exist_ok=True)
        if not tables:
            (folder / "dataset.toml").write_text(TOML, "utf-8")
        for table in tables or TABLES:
            (folder / f"{table}.csv").write_bytes(self.content(table))
        return folder


SMALL = Data(
    {
        "sources": [{"source_id": "s1", "type": "report", "title": "A report"}],
        "actors": [
            {"actor_id": "GBR", "name": "United Kingdom", "kind": "state", "iso3166": "GB"},
            {"actor_id": "IRQ", "name": "Iraq", "kind": "state", "aliases": "Republic of Iraq"},
            {"actor_id": "islamic-state", "name": "Islamic State", "kind": "armed-group", "aliases": "Daesh; ISIL"},
        ],
        "weapons": [{"weapon_id": "ak-47", "designation": "AK-47", "category": "assault-rifle"}],
        "transfers": [
            {
                "transfer_id": "t1",
                "kind": "sale",
                "status": "delivered",
                "supplier": "GBR",
                "recipient": "IRQ",
                "category": "assault-rifle",
                "weapon": "ak-47",
                "quantity": "100",
                "quantity_unit": "item",
                "delivered": "2007",
                "confidence": "confirmed",
                "recorded_on": "2026-01-01",
            },
            {
                "transfer_id": "t2",
                "kind": "capture",
                "status": "delivered",
                "supplier": "IRQ",
                "recipient": "islamic-state",
                "category": "assault-rifle",
                "upstream": "t1",
                "delivered": "2014-06-09",
                "confidence": "confirmed",
                "recorded_on": "2026-01-01",
            },
        ],
        "claims": [
            {
                "claim_id": "c1",
                "transfer_id": "t1",
                "source_id": "s1",
                "framing": "reported",
                "quantity": "100",
                "locator": "page 1",
            },
            {"claim_id": "c2", "transfer_id": "t2", "source_id": "s1", "framing": "reported", "locator": "page 2"},
        ],
    }
)

FULL = (
    SMALL.with_cells(
        "sources",
        0,
        authors="Ann Author; Bo Author",
        publisher="Press",
        published="2015-01",
        document_number="GAO-07-711",
        url="https://example.org/a?b=c#d",
        doi="10.1000/abc.123",
        language="en-GB",
        accessed="2020-01-01",
        notes="Seen.",
    )
    .with_cells("actors", 1, gwcode="645", wikidata="Q796", active="1932/..", notes="A state.", iso3166="IQ")
    .with_cells("actors", 2, wikidata="Q2429253", part_of="al-qaida")
    .with_row("actors", actor_id="al-qaida", name="al-Qaida", kind="armed-group")
    .with_row("actors", actor_id="iraqi-army", name="Iraqi Army", kind="security-force", part_of="IRQ")
    .with_row("actors", actor_id="unknown", name="Unknown", kind="unknown")
    .with_cells(
        "weapons", 0, origin="GBR; IRQ", calibre="7.62 mm", aliases="AK; Kalashnikov", wikidata="Q37116", notes="Old."
    )
    .with_cells(
        "transfers",
        0,
        end_user="iraqi-army",
        origin="GBR",
        via="unknown; iraqi-army",
        brokers="unknown",
        carriers="iraqi-army",
        funders="GBR; IRQ",
        designation="assault rifles",
        condition="second-hand",
        quantity_low="90",
        quantity_high="110",
        quantity_approximate="true",
        quantity_ordered="120",
        ordered="2006",
        value="1000.5",
        value_currency="USD",
        tiv="0.25",
        place="Baghdad",
        part_of="t3",
        notes="A deal.",
        revised_on="2026-01-02",
    )
    .with_row(
        "transfers",
        transfer_id="t3",
        kind="military-aid",
        status="delivered",
        supplier="GBR",
        recipient="IRQ",
        category="mixed",
        confidence="probable",
        recorded_on="2026-01-01",
    )
    .with_cells(
        "claims",
        0,
        quantity_reported="about 100",
        quantity_low="95",
        quantity_high="105",
        date_reported="2007~",
        read_at="https://example.org/read",
        notes="Read.",
    )
    .with_row("claims", claim_id="c3", transfer_id="t3", source_id="s1", framing="reported", locator="page 3")
)


def quoted(text: str) -> str:
    """A cell as RFC 4180 wants it."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text


def judged(folder: Path, **options: object) -> Report:
    """The report on a folder or file."""
    return armsdata.validate(folder, threads=1, **options)  # type: ignore[arg-type]


def places(findings: list[Finding], folder: Path) -> list[Found]:
    """Where findings stand, what they are, and how grave; files as named from the folder."""
    prefix = f"{folder.as_posix()}/"
    return [(one.file.removeprefix(prefix), one.line, one.column, one.code, one.severity) for one in findings]


def found(data: Data, folder: Path) -> list[Found]:
    """What is found in a dataset, every finding of it."""
    report = judged(data.write(folder))
    assert report.counts.total() == len(report.findings)
    return places(report.findings, folder)
