"""Each way in which a good dataset can be damaged, and the finding it must give.

Cells are damaged as their column's declaration allows, so a new column is covered by itself; a new kind, rule or code
makes the test fail until it has its damage here. `UNSEEN` says what no check can see, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from armsdata.schema import TABLES, Column, Kind, Table
from armsdata.schema.columns import CELL_LIMIT
from armsdata.schema.vocabularies import vocabulary

from datasets import FULL, Data, Row

#: Damage that leaves a sound dataset, which says something else: only a person with the source can tell.
UNSEEN = {
    "another word in prose": "any text is prose; nothing says which was meant",
    "another code of the same list": "each code may be true",
    "another key of the same table": "the record exists, and may be meant",
    "another number or day within what the rules allow": "nothing but the source tells",
    "an optional cell emptied": "no source need say everything",
    "a whole record taken out with all that refers to it": "no list says how many there are",
}


@dataclass(frozen=True)
class Damage:
    """Some cells of one row changed, and the finding: its column and code."""

    what: str
    cells: Row
    column: str
    code: str


def cell_damages(column: Column) -> Iterator[tuple[str, str]]:
    """The texts that damage a column, each with its code."""
    if column.required:
        yield "", "missing-value"
    yield "x" * (CELL_LIMIT + 1), "out-of-range"
    if column.kind is Kind.TEXT:
        yield from _prose()
        return
    code = _FORMS[column.kind]
    good = _good(column)
    yield from ((text, code) for text in (f"{good}\n", f"{good}\u200b", f"\u00a0{good}"))
    if column.many:  # blanks about its items are the list's own fault
        untidy = (f"{good} ", f" {good}", f"{good};", f"; {good}", f"{good};; {good}", f"{good} ; {good}")
        yield from ((text, "untidy-text") for text in untidy)
        yield from ((text, code) for text in (f"{good}, {good}", f"{good}|{good}"))
    else:
        yield from ((text, code) for text in (f"{good} ", f" {good}"))
    if column.kind is not Kind.REFERENCE:
        yield from ((text, "spreadsheet-damage") for text in ("#REF!", "1.00E+05", "########", "Mar-05"))
    yield from _BAD[column.kind]
    if column.kind is Kind.DECIMAL:
        yield "-5", "out-of-range"
        if column.positive:
            yield "0", "out-of-range"


def _prose() -> Iterator[tuple[str, str]]:
    yield from ((text, "formula-text") for text in ("=1+1", "@x", "+x", "-x", "\tx", "\rx"))
    hidden = (" x", "x ", "x\n", "a\u202eb", "a\u200bb", "a\ufeffb", "e\u0301", "a\x07b", "\u00a0x")
    yield from ((text, "untidy-text") for text in hidden)
    yield from ((text, "spreadsheet-damage") for text in ("Mar-05", "1.00E+05", "########", "#REF!", "#N/A"))
    wide = ["x" + "," * (len(columns) - 1) for table in TABLES.values() for columns in (table.source_columns,)]
    yield "\n".join(["see:", *(line for line in wide for _ in range(2)), "end"]), "runaway-quote"


def _good(column: Column) -> str:
    """A text that such a column may hold."""
    if column.kind is Kind.CODE:
        return next(iter(vocabulary(column.vocabulary).concepts))
    if column.kind is Kind.REFERENCE:
        table = TABLES[column.references]
        return FULL.tables[table.name][-1][table.key]
    return next(row[column.name] for table in FULL.tables.values() for row in table if row.get(column.name))


#: The code for a text that is not of the form of its kind.
_FORMS = {
    Kind.ID: "bad-identifier",
    Kind.REFERENCE: "unknown-reference",
    Kind.CODE: "not-in-vocabulary",
    Kind.LANGUAGE: "not-in-vocabulary",
    Kind.IDENTIFIER: "bad-identifier",
    Kind.INTEGER: "bad-identifier",
    Kind.URL: "wrong-type",
    Kind.BOOLEAN: "wrong-type",
    Kind.DECIMAL: "wrong-type",
    Kind.EDTF: "bad-date",
    Kind.DATE: "bad-date",
}
_BAD: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.ID: tuple((text, "bad-identifier") for text in ("No Slug", "a_b", "-a", "a--b", "XXX", "x" * 81, "é")),
    Kind.REFERENCE: tuple((text, "unknown-reference") for text in ("nobody", "../../etc", "Apr-05", "ІRQ", "GBR ,x")),
    Kind.CODE: tuple((text, "not-in-vocabulary") for text in ("nix!", "Sale", "sаle", "0")),
    Kind.LANGUAGE: tuple((text, "not-in-vocabulary") for text in ("English", "en_GB", "xx", "e")),
    Kind.IDENTIFIER: tuple((text, "bad-identifier") for text in ("#", "q1", "Q0", "10/x", "iraq")),
    Kind.INTEGER: tuple((text, "bad-identifier") for text in ("0", "0645", "10000", "6.5", "-1", "٦٤٥")),
    Kind.URL: tuple((text, "wrong-type") for text in ("www.a.org", "ftp://a.org", "http://", "http://a b", "x")),
    Kind.BOOLEAN: tuple((text, "wrong-type") for text in ("yes", "TRUE", "1", "wahr")),
    Kind.DECIMAL: tuple((text, "wrong-type") for text in ("1,500", "1.2345", "9" * 19, "1e3", "5.", ".5", "٥")),
    Kind.EDTF: (
        *((text, "bad-date") for text in ("12/06/2014", "2014-02-30", "2014-13", "2015/2014", "14", "soon", "2014–15")),
        ("44256", "spreadsheet-damage"),
    ),
    Kind.DATE: (
        *((text, "bad-date") for text in ("2014", "2014-02-30", "12/06/2014", "2014-6-9", "2014~", "20140609")),
        ("44256", "spreadsheet-damage"),
    ),
}  # fmt: skip

#: For each rule about a row the cells that break it, in a copy of the first row of `FULL`.
RULES: dict[tuple[str, str], Row] = {
    ("transfers", "low-above-quantity"): {"quantity_low": "101"},
    ("transfers", "high-below-quantity"): {"quantity_high": "99"},
    ("transfers", "low-above-high"): {"quantity": "", "quantity_low": "111"},
    ("transfers", "whole-quantity"): {"quantity": "100.5"},
    ("transfers", "whole-quantity_low"): {"quantity_low": "90.5"},
    ("transfers", "whole-quantity_high"): {"quantity_high": "110.5"},
    ("transfers", "whole-quantity_ordered"): {"quantity_ordered": "120.5"},
    ("transfers", "quantity-has-unit"): {"quantity_unit": ""},
    ("transfers", "value-has-currency"): {"value_currency": ""},
    ("transfers", "delivered-after-ordered"): {"ordered": "2008"},
    ("transfers", "status-agrees-with-date"): {"status": "planned"},
    ("transfers", "losses-are-not-ordered"): {"kind": "capture"},
    ("transfers", "no-self-transfer"): {"recipient": "GBR"},
    ("transfers", "revised-after-recorded"): {"revised_on": "2025-12-31"},
    ("claims", "low-above-quantity"): {"quantity_low": "101"},
    ("claims", "high-below-quantity"): {"quantity_high": "99"},
    ("claims", "low-above-high"): {"quantity": "", "quantity_low": "106"},
    ("actors", "capitals-are-states"): {"actor_id": "FRA", "kind": "company"},
    ("sources", "accessed-after-published"): {"accessed": "2014-12-31"},
}

Change = Callable[[Data], Data]
#: What is wrong between rows and tables: the change to `FULL`; table and row (from 0) of the finding, column, code.
BETWEEN: dict[str, tuple[Change, str, int, str, str]] = {
    **{
        f"the key of {name} twice": (
            lambda data, name=name: data.with_row(name, **data.tables[name][0]),  # type: ignore[misc]
            name, len(FULL.tables[name]), table.key, "duplicate-id",
        )
        for name, table in TABLES.items()
    },
    **{
        f"a record of {name} under two keys": (
            lambda data, name=name: data.with_row(  # type: ignore[misc]
                name, **data.tables[name][1 if name == "actors" else 0] | {TABLES[name].key: "again"}
            ),
            name, len(FULL.tables[name]), table.key, "probable-duplicate",
        )
        for name, table in TABLES.items()
    },
    **{
        f"{name} that nothing names": (
            lambda data, name=name: data.with_row(name, **data.tables[name][-1] | {TABLES[name].key: "lonely"}),  # type: ignore[misc]
            name, len(FULL.tables[name]), TABLES[name].key, "unused-record",
        )
        for name in ("sources", "actors", "weapons")
    },
    "a transfer without a claim": (
        lambda data: data.with_rows("claims", data.tables["claims"][:2]),
        "transfers", 2, "transfer_id", "uncited-transfer",
    ),
    "an actor part of itself": (
        lambda data: data.with_cell("actors", 4, "part_of", "iraqi-army"), "actors", 4, "part_of", "reference-cycle",
    ),
    "a transfer part of its part": (
        lambda data: data.with_cell("transfers", 2, "part_of", "t1"), "transfers", 0, "part_of", "reference-cycle",
    ),
    "arms that came from themselves": (
        lambda data: data.with_cells("transfers", 0, upstream="t2"), "transfers", 0, "upstream", "reference-cycle",
    ),
    "arms from a later transfer": (
        lambda data: data.with_cells("transfers", 0, delivered="2015"), "transfers", 1, "upstream", "impossible-order",
    ),
    "a claim's figure": (
        lambda data: data.with_cells("claims", 0, quantity="500", quantity_low="", quantity_high=""),
        "claims", 0, "quantity", "conflicting-claim",
    ),
    "a claim's least figure": (
        lambda data: data.with_cells("claims", 0, quantity="", quantity_low="500", quantity_high=""),
        "claims", 0, "quantity_low", "conflicting-claim",
    ),
    "a claim's most figure": (
        lambda data: data.with_cells("claims", 0, quantity="", quantity_low="", quantity_high="5"),
        "claims", 0, "quantity_high", "conflicting-claim",
    ),
}  # fmt: skip


def _first_cell(content: bytes, new: bytes) -> bytes:
    """With the second cell of the first record replaced."""
    header, record, rest = content.split(b"\n", 2)
    cells = record.split(b",")
    return b"\n".join([header, b",".join([cells[0], new, *cells[2:]]), rest])


def _header(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    header, _, rest = content.partition(b"\n")
    return change(header) + b"\n" + rest


#: What may be wrong with the file of any table: from its good bytes to damaged ones; the line, and the code.
FILES: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    "a byte that is not UTF-8": (lambda content: _first_cell(content, b"Fran\xe7ais"), 2, "encoding-error"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), 1, "encoding-error"),
    "a byte-order mark": (lambda content: b"\xef\xbb\xbf" + content, 1, "byte-order-mark"),
    "a bare quotation mark": (lambda content: _first_cell(content, b'7" gun'), 2, "malformed-csv"),
    "text behind a quotation mark": (lambda content: _first_cell(content, b'"7" gun'), 2, "malformed-csv"),
    "a NUL": (lambda content: _first_cell(content, b"\0"), 2, "malformed-csv"),
    "carriage returns as line ends": (lambda content: content.replace(b"\n", b"\r"), 1, "malformed-csv"),
    "nothing": (lambda content: b"", 1, "empty-file"),
    "a column too many": (lambda content: _header(content, lambda names: names + b",remarks"), 1, "unexpected-column"),
    "a column without a name": (lambda content: _header(content, lambda names: names + b","), 1, "unexpected-column"),
    "a column twice": (lambda content: _header(content, lambda names: names + b",notes,notes"), 1, "duplicate-column"),
    "a name in capitals": (lambda content: _header(content, bytes.upper), 1, "untidy-text"),
    "semicolons for commas": (lambda content: content.replace(b",", b";"), 1, "wrong-delimiter"),
    "a cell too many": (lambda content: content.replace(b"\n", b",\n").replace(b",\n", b"\n", 1), 2, "ragged-row"),
    "a row cut off": (lambda content: content.partition(b"\n")[0] + b"\nx\n", 2, "ragged-row"),
    "a blank line": (lambda content: content.replace(b"\n", b"\n\n", 1), 2, "blank-row"),
    "a quotation mark never closed": (lambda content: _first_cell(content, b'"never closed'), 2, "runaway-quote"),
}


def row_damages(table: Table) -> Iterator[Damage]:
    """Every damage to a cell or row of a table."""
    from armsdata.schema.rules import row_rules

    for column in table.source_columns:
        for text, code in cell_damages(column):
            yield Damage(f"{table.name}.{column.name} = {text[:20]!r}", {column.name: text}, column.name, code)
    for rule in row_rules(table):
        yield Damage(f"{table.name}: {rule.name}", RULES[table.name, rule.name], rule.place, rule.code)
