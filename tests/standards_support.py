"""A small release to try validators on: every column is filled at least once, every oddity that is sound is there."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from armsdata.exporters.contract import Facts, FileFact
from armsdata.exporters.documents import DOCUMENTS
from armsdata.schema import DISPLAY_ORDER, TABLES
from armsdata.schema.metadata import Metadata, read_metadata

import armsdata

Rows = list[dict[str, str]]

BASE = "https://example.org/arms/"

TOML = f"""\
name = "sample-arms"
title = "Sample of documented transfers"
description = "A sample of documented arms transfers, invented for tests: it says nothing about the world."
version = "0.10"
date = 2026-11-24
license = "CC-BY-4.0"
base_iri = "{BASE}"
publisher = "The sample's publisher"
language = "en"
keywords = ["arms transfers", "provenance"]
spatial = ["Iraq", "Syria"]

[[authors]]
name = "Doe, Jane"
orcid = "0000-0002-1825-0097"
affiliation = "Institute of Samples"

[[authors]]
name = "The sample group"
"""

SOURCES: Rows = [
    {
        "source_id": "report-one",
        "type": "report",
        "title": 'A "first" report, of two lines\nin truth',
        "authors": "Müller, Zoë; 李雷; O'Neill, A.",
        "publisher": "Institute | Press",
        "published": "2015-06~",
        "document_number": "REP/07-711",
        "url": "https://example.org/a%20b?x=1&y=2#page=3",
        "doi": "10.1234/abc.def-(2015)1",
        "language": "sr-Latn",
        "accessed": "2026-01-31",
        "notes": "Back\\slash, tab\there, <b>markup</b> & `code`.",
    },
    {"source_id": "base-two", "type": "database", "title": "База данных", "url": "http://example.org/data|base"},
]
ACTORS: Rows = [
    {
        "actor_id": "IRQ",
        "name": "Iraq",
        "kind": "state",
        "aliases": "Republic of Iraq; العراق",
        "iso3166": "IQ",
        "gwcode": "645",
        "wikidata": "Q796",
    },
    {"actor_id": "NAM", "name": "Namibia", "kind": "state", "iso3166": "NA", "gwcode": "565"},
    {"actor_id": "GBR", "name": "United Kingdom", "kind": "state", "iso3166": "GB", "gwcode": "200"},
    {"actor_id": "YUG", "name": "Yugoslavia", "kind": "state", "active": "1945/1992", "iso3166": "YUCS"},
    {
        "actor_id": "iraqi-army",
        "name": "Iraqi Army",
        "kind": "security-force",
        "part_of": "IRQ",
        "active": "1921-01-06/..",
        "notes": "NA",
    },
    {"actor_id": "islamic-state", "name": "Islamic State", "kind": "armed-group", "aliases": "ISIL; Da'esh"},
    {"actor_id": "carrier-x", "name": "Carrier X, Ltd.", "kind": "company"},
    {"actor_id": "unknown", "name": "Unknown", "kind": "unknown"},
]
WEAPONS: Rows = [
    {
        "weapon_id": "ak",
        "designation": "AK (7.62×39)",
        "category": "assault-rifle",
        "origin": "YUG; GBR",
        "calibre": "7.62x39mm",
        "aliases": "Kalashnikov; АК",
        "wikidata": "Q37116",
        "notes": "A family.",
    },
]
TRANSFERS: Rows = [
    {
        "transfer_id": "yug-irq-1989",
        "kind": "sale",
        "status": "partly-delivered",
        "supplier": "YUG",
        "recipient": "IRQ",
        "end_user": "iraqi-army",
        "origin": "YUG",
        "via": "NAM; GBR; NAM",
        "brokers": "carrier-x; GBR",
        "carriers": "carrier-x",
        "funders": "GBR",
        "category": "assault-rifle",
        "weapon": "ak",
        "designation": "rifles, 7.62 mm",
        "condition": "second-hand",
        "quantity": "20000",
        "quantity_low": "15000",
        "quantity_high": "25000",
        "quantity_unit": "item",
        "quantity_approximate": "true",
        "quantity_ordered": "123456789012345678",
        "ordered": "2007~",
        "delivered": "2007-09-30/2008",
        "value": "1234567.5",
        "value_currency": "YUM",
        "tiv": "3.25",
        "place": "Umm Qasr, Al-Başrah",
        "confidence": "probable",
        "notes": "Two\nlines.",
        "recorded_on": "2026-01-01",
        "revised_on": "2026-02-01",
    },
    {
        "transfer_id": "irq-is-2014",
        "kind": "capture",
        "status": "delivered",
        "supplier": "iraqi-army",
        "recipient": "islamic-state",
        "category": "ammunition",
        "quantity": "194.741",
        "quantity_unit": "tonne",
        "quantity_approximate": "false",
        "delivered": "2014-06-10?/..",
        "upstream": "yug-irq-1989",
        "confidence": "confirmed",
        "recorded_on": "2026-01-01",
    },
    {
        "transfer_id": "irq-is-2014-part",
        "kind": "capture",
        "status": "delivered",
        "supplier": "iraqi-army",
        "recipient": "islamic-state",
        "category": "ammunition",
        "designation": "mortar bombs",
        "quantity_unit": "round",
        "quantity_low": "1",
        "delivered": "[2014-06, 2014-08]".replace(" ", ""),
        "part_of": "irq-is-2014",
        "upstream": "yug-irq-1989",
        "value": "0",
        "value_currency": "USD",
        "confidence": "disputed",
        "recorded_on": "2026-01-01",
    },
]
CLAIMS: Rows = [
    {
        "claim_id": "one",
        "transfer_id": "yug-irq-1989",
        "source_id": "report-one",
        "locator": "p. 12, table 3",
        "framing": "documented",
        "quantity_reported": "about 20,000",
        "quantity": "20000",
        "quantity_low": "15000",
        "quantity_high": "25000",
        "date_reported": "199X",
        "read_at": "https://example.org/read",
        "notes": "Checked.",
    },
    {"claim_id": "two", "transfer_id": "irq-is-2014", "source_id": "report-one", "framing": "alleged"},
    {"claim_id": "three", "transfer_id": "irq-is-2014-part", "source_id": "base-two", "framing": "denied"},
]
ROWS = {"sources": SOURCES, "actors": ACTORS, "weapons": WEAPONS, "transfers": TRANSFERS, "claims": CLAIMS}


def sample_dataset(folder: Path, rows: dict[str, Rows] = ROWS, toml: str = TOML) -> Path:
    """The sample as a dataset folder."""
    folder.mkdir(parents=True)
    (folder / "dataset.toml").write_text(toml, "utf-8")
    for name, table in TABLES.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            names = [column.name for column in table.source_columns]
            writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[name])
    return folder


def sample_release(folder: Path, toml: str = TOML) -> Path:
    """The sample as a release folder, with its documents."""
    return release_of(sample_dataset(folder / "dataset", toml=toml), folder / "release")


def release_of(dataset: Path, out: Path) -> Path:
    """A dataset folder as a release folder, with its documents."""
    armsdata.export(dataset, out)
    if not (out / "datapackage.json").exists():  # until the export writes them itself
        add_documents(out, read_metadata(dataset / "dataset.toml"))
    return out


def add_documents(out: Path, metadata: Metadata) -> Facts:
    """Write the documents anew from the tables that are there, whatever became of them."""
    media = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "jsonld": "application/ld+json"}
    rows = {name: _rows(out, name) for name in DISPLAY_ORDER}
    files = [
        fact(out, f"{kind}/{name}.{kind}", media[kind], name, len(rows[name]))
        for kind in media
        for name in DISPLAY_ORDER
    ]
    days = [row[column.name] for row in rows["transfers"] for column in TABLES["transfers"].derived_columns]
    known = sorted(filter(None, days))
    facts = Facts(metadata, tuple(files), known[0], known[-1])
    for document in DOCUMENTS:
        (out / document.path).write_bytes(document.render(facts))
        written = fact(out, document.path, document.media_type)
        facts = replace(facts, files=(*facts.files, written))
    return facts


def _rows(out: Path, name: str) -> Rows:
    with (out / f"csv/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fact(out: Path, path: str, media_type: str, table: str = "", rows: int = 0) -> FileFact:
    """What a release would know of a file."""
    content = (out / path).read_bytes()
    return FileFact(path, media_type, len(content), hashlib.sha256(content).hexdigest(), table, rows)


def no_network(*_: Any, **__: Any) -> Any:
    """Stands for whatever opens a connection."""
    raise AssertionError("a validator wanted the network")
