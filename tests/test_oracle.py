"""The package finds what the oracle finds, in datasets that are damaged at random, and every damage to every column."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from armsdata.schema import TABLES, Column, Kind
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import armsdata
import oracle
from armsdata.findings import Report
from armsdata.reading import csv as reading
from datasets import FULL, SMALL, Data

#: More are tried with ARMSDATA_EXAMPLES=2000.
EXAMPLES = int(os.environ.get("ARMSDATA_EXAMPLES", "80"))
#: Texts that a cell of a kind may hold, good and bad.
POOL: dict[Kind, list[str]] = {
    Kind.ID: ["t1", "t2", "t3", "c1", "c2", "GBR", "s1", "T 1", "x" * 81, "Mar-05", "FRA", "XXX", "a-1", "unknown"],
    Kind.REFERENCE: ["GBR", "IRQ", "islamic-state", "unknown", "UK", "t1", "t2", "t3", "s1", "ak-47", "GBR ", "nobody",
                     "al-qaida", "iraqi-army", "Mar-05"],
    Kind.CODE: ["sale", "loss", "planned", "ordered", "delivered", "item", "tonne", "USD", "state", "person", "nix",
                "Sale", "disputed", "denied", "new", "mixed", "unknown", "#REF!"],
    Kind.TEXT: ["x", " x", "=1", "+1", "-a", "Mar-05", "e\u0301", "a\u200bb", "two\nlines", "a, b", 'say "so"',
                "1.00E+05", "\u00a0", "a\x07", "####"],
    Kind.IDENTIFIER: ["GB", "IQ", "gb", "Q1", "Q0", "10.1000/a", "10.1/ b", "Mar-05"],
    Kind.LANGUAGE: ["en", "en-GB", "English", "zz", "EN", "en_GB"],
    Kind.URL: ["http://a.org", "www.a.org", "https://a.org/ b", "########"],
    Kind.EDTF: ["2007", "2014-06-09", "2005/..", "../1990", "199X", "2020", "12/06/2014", "44256", "soon",
                "{2001,2005}", "2007 "],
    Kind.DATE: ["2026-01-01", "2025-12-31", "2030-01-01", "2014", "44256", "2026-02-30", "#N/A"],
    Kind.DECIMAL: ["100", "100.0", "101", "0", "-5", "1,500", "99.5", "120", "7", "1.00E+05", "1.2345", "9" * 19,
                   " 5", "110"],
    Kind.INTEGER: ["645", "0645", "x", "1.00E+05"],
    Kind.BOOLEAN: ["true", "false", "yes", "#REF!"],
}  # fmt: skip


def lists_of(column: Column) -> st.SearchStrategy[str]:
    items = st.lists(st.sampled_from(POOL[column.kind]), min_size=1, max_size=3)
    return st.tuples(items, st.sampled_from(["; ", "; ", "; ", ";", " ; ", ", "])).map(lambda two: two[1].join(two[0]))


def texts_of(column: Column) -> st.SearchStrategy[str]:
    some = lists_of(column) if column.many else st.sampled_from(POOL[column.kind])
    return st.one_of(some, some, some, st.just(""), st.text("aB1-;. ,\n=+#é\u0301\u200b\u00a0\tE", max_size=6))


@st.composite
def damaged(draw: st.DrawFn) -> Data:
    """A small dataset with some cells changed, rows doubled or taken out, and files misshapen."""
    data = changed(draw, draw(st.sampled_from([SMALL, FULL])))
    for _ in range(draw(st.integers(0, 2))):
        data = misshapen(draw, data)
    return data


def changed(draw: st.DrawFn, data: Data) -> Data:
    """With some cells changed, and rows doubled or taken out."""
    for _ in range(draw(st.integers(0, 8))):
        table = TABLES[draw(st.sampled_from([*TABLES, "transfers", "claims"]))]
        rows = len(data.tables[table.name])
        what = draw(st.sampled_from(["cell"] * 8 + ["double", "remove"]))
        if what == "cell" and rows:
            column = draw(st.sampled_from(table.source_columns))
            data = data.with_cell(table.name, draw(st.integers(0, rows - 1)), column.name, draw(texts_of(column)))
        elif what == "double" and rows:
            row = dict(data.tables[table.name][draw(st.integers(0, rows - 1))])
            if table.name == "transfers" or draw(st.booleans()):
                row[table.key] = f"new-{rows}"
            data = data.with_row(table.name, **row)
        elif what == "remove" and rows:
            gone = draw(st.integers(0, rows - 1))
            data = data.with_rows(table.name, [row for n, row in enumerate(data.tables[table.name]) if n != gone])
    return data


def misshapen(draw: st.DrawFn, data: Data) -> Data:
    """With something wrong with the shape of one file."""
    table = draw(st.sampled_from([*TABLES]))
    if table in data.raw:
        return data
    names = data.names(table)
    place = draw(st.integers(0, len(names) - 1))
    what = draw(
        st.sampled_from(["lines", "bom", "crlf", "blank", "ragged", "without", "case", "order", "more", "empty"])
    )
    if what == "without":
        return data.with_columns(table, *names[:place], *names[place + 1 :])
    if what == "case":
        return data.with_columns(table, *names[:place], f" {names[place].upper()}", *names[place + 1 :])
    if what == "order":
        return data.with_columns(table, *draw(st.permutations(names)))
    if what == "more":
        return data.with_columns(table, *names, draw(st.sampled_from(["remarks", "", names[place]])))
    content = data.content(table)
    if what == "bom":
        return data.with_bytes(table, b"\xef\xbb\xbf" + content)
    if what == "crlf":
        return data.with_bytes(table, content.replace(b"\n", b"\r\n"))
    if what == "empty":
        return data.with_bytes(table, b"")
    header, _, body = content.partition(b"\n")
    if what == "blank":
        line = draw(st.sampled_from([b"\n", b"," * (len(names) - 1) + b"\n", b" ,\n"]))
        return data.with_bytes(table, header + b"\n" + line + body + line)
    if what == "ragged":
        return data.with_bytes(
            table, content.rstrip(b"\n") + draw(st.sampled_from([b",\n", b",x\n", b"\nx,y\n", b"\nx\n"]))
        )
    return data


def both(data: Data, block: int = 8 << 20, threads: int = 1) -> tuple[set[oracle.Told], set[oracle.Told]]:
    """What the package finds, reading blocks of this size in so many threads, and what the oracle does."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        patch.setattr(reading, "PATIENT", max(block // 8, 1))
        patch.setattr(reading, "PIECE", 300)
        report = armsdata.validate(data.write(Path(folder)), threads=threads)
    return told(report), oracle.findings({table: data.content(table) for table in TABLES})


def told(report: Report) -> set[oracle.Told]:
    """The findings; none may be told twice."""
    ours = [(one.file.rsplit("/", 1)[1], one.line, one.column, one.code) for one in report.findings]
    assert len(ours) == report.counts.total()
    return set(ours)


@given(damaged(), st.sampled_from([150, 700, 8 << 20]), st.sampled_from([1, 2, 5]))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_the_package_finds_what_the_oracle_finds_whatever_the_blocks_and_threads(
    data: Data, block: int, threads: int
) -> None:
    ours, theirs = both(data, block, threads)
    assert (ours - theirs, theirs - ours) == (set(), set())


@st.composite
def contributed(draw: st.DrawFn) -> tuple[Data, Data, list[str]]:
    """A good dataset, another that was made of one by changes, and the tables of it that are contributed."""
    base, other = draw(st.sampled_from([SMALL, FULL])), draw(st.sampled_from([SMALL, FULL]))
    tables = draw(st.lists(st.sampled_from([*TABLES]), min_size=1, unique=True))
    return base, changed(draw, other), tables


def joined(base: Data, data: Data, tables: list[str]) -> tuple[Data, dict[str, int]]:
    """The dataset after a contribution, its new records last, and how many lines stand before those."""
    merged, before = base, {}
    for table in tables:
        key, new = TABLES[table].key, data.tables[table]
        own = {row.get(key) for row in new} - {""}
        kept = [row for row in base.tables[table] if row[key] not in own]
        merged = merged.with_rows(table, kept)
        before[table] = merged.content(table).count(b"\n") - 1
        merged = merged.with_rows(table, kept + new)
    return merged, before


@given(contributed(), st.sampled_from([150, 8 << 20]), st.sampled_from([1, 2]))
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_in_a_contribution_is_found_what_the_oracle_finds_in_the_dataset_after_it(
    given_: tuple[Data, Data, list[str]], block: int, threads: int
) -> None:
    base, data, tables = given_
    merged, before = joined(base, data, tables)
    theirs = {
        (file, line - before[table], column, code)
        for file, line, column, code in oracle.findings({table: merged.content(table) for table in TABLES})
        if (table := file.removesuffix(".csv")) in before and line > before[table] + 1
    }
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        old, new = base.write(Path(folder, "old")), data.write(Path(folder, "new"), *tables)
        ours = told(armsdata.validate(new, against=old, threads=threads))
    # At which record of a circle it is told depends on the order of the files.
    ours, theirs = ({one for one in some if one[3] != "reference-cycle"} for some in (ours, theirs))
    assert (ours - theirs, theirs - ours) == (set(), set())


def damages(column: Column) -> dict[str, str]:
    """What breaks a column, each with the code that must be found."""
    result = {"": "missing-value"} if column.required else {}
    damage = "spreadsheet-damage"
    match column.kind:
        case Kind.ID:
            result |= {"No Slug": "bad-identifier", "Mar-05": damage, "x" * 81: "bad-identifier"}
        case Kind.REFERENCE:
            result |= {"nobody": "unknown-reference", "GBR ,x": "unknown-reference", "#REF!": "unknown-reference"}
            result |= {"nobody; ": "untidy-text"} if column.many else {"IRQ\n": "unknown-reference"}
        case Kind.CODE | Kind.LANGUAGE:
            result |= {"nix!": "not-in-vocabulary", " sale": "not-in-vocabulary", "1.00E+05": damage}
        case Kind.TEXT:
            result |= {"=1+1": "formula-text", " x": "untidy-text", "a\u202eb": "untidy-text", "Mar-05": damage}
        case Kind.IDENTIFIER | Kind.INTEGER:
            result |= {"#": "bad-identifier", "1 ": "bad-identifier", "1.00E+05": damage}
        case Kind.URL | Kind.BOOLEAN:
            result |= {"www.a.org": "wrong-type", "true ": "wrong-type", "########": damage}
        case Kind.EDTF | Kind.DATE:
            result |= {"12/06/2014": "bad-date", "2014-02-30": "bad-date", "44256": damage, "Mar-05": damage}
        case Kind.DECIMAL:
            result |= {"1,500": "wrong-type", "-5": "out-of-range", "1.2345": "wrong-type", "1.00E+05": damage}
            result |= {"0": "out-of-range"} if column.positive else {}
    return result


@pytest.mark.parametrize("table", TABLES)
def test_each_single_damage_to_each_column_is_found(table: str) -> None:
    data = FULL
    expected = {}
    for column in TABLES[table].source_columns:
        for number, (text, code) in enumerate(damages(column).items()):
            key = f"{column.name.replace('_', '-')}-{number}"
            row = dict(FULL.tables[table][0]) | {TABLES[table].key: key} | {column.name: text}
            if table == "actors":
                row |= {"kind": row["kind"] if column.name == "kind" else "person"}
            expected[len(data.tables[table]) + 2] = (column.name, code)
            data = data.with_row(table, **row)
    ours, theirs = both(data)
    assert (ours - theirs, theirs - ours) == (set(), set())
    lines = {}
    shift = 0
    content = data.tables[table]
    for number, row in enumerate(content):
        lines[number + 2] = number + 2 + shift
        shift += sum(cell.count("\n") for cell in row.values())
    found = {(line, column, code) for file, line, column, code in ours if file == f"{table}.csv"}
    missed = [(line, *what) for line, what in expected.items() if (lines[line], *what) not in found]
    assert missed == []
