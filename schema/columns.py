"""The language in which the tables are declared: column kinds, columns, tables.

Nothing here knows of any single table; `tables.py` declares those, once. Everything else (pandera models,
Arrow schemas, exporters, data dictionary) is derived from these objects.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

#: Quantities and values: at most this many digits, of which at most `PLACES` behind the point.
DIGITS = 18
PLACES = 3
#: A cell longer than this many bytes is out of range.
CELL_LIMIT = 1 << 20
#: An identifier longer than this many characters is a bad identifier.
ID_LIMIT = 80
#: What joins, and what splits, the items of a list cell.
LIST_SEPARATOR = ";"
LIST_JOIN = "; "

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
STATE_CODE = r"[A-Z]{3}"


class Kind(enum.Enum):
    """What the text of one cell (or of one item of a list cell) stands for."""

    ID = "id"  # the key of the row
    REFERENCE = "reference"  # the key of a row, in this or another table
    CODE = "code"  # a code of a vocabulary
    TEXT = "text"  # prose, or a name or number quoted as it stands in the source
    IDENTIFIER = "identifier"  # an identifier that somebody else gives out (DOI, Wikidata, ISO 3166)
    LANGUAGE = "language"  # BCP 47
    URL = "url"
    EDTF = "edtf"  # a date as precise, or as vague, as the source has it
    DATE = "date"  # a calendar day
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, declared once.

    Attributes:
        name: the column's name in every format.
        kind: what its text stands for.
        title: a short human name.
        description: what a person must know to fill or to read it.
        required: an empty cell is a finding.
        many: the cell is a list, joined with ``; ``.
        ordered: the order of the list carries meaning.
        vocabulary: the code list its codes come from (`Kind.CODE`).
        references: the table its keys come from (`Kind.REFERENCE`).
        pattern: the form the whole text must have (a regular expression, matched in full).
        unit: the unit of a number, in words.
        positive: a number must be more than zero (all numbers must at least not be negative).
        derived_from: the column this one is computed from; such a column stands in releases only.
        end: which end of the derivation it holds, ``earliest`` or ``latest``.
        aligned: terms of other vocabularies that mean the same or more (CURIEs), most telling first.
    """

    name: str
    kind: Kind
    title: str
    description: str
    required: bool = False
    many: bool = False
    ordered: bool = False
    vocabulary: str = ""
    references: str = ""
    pattern: str = ""
    unit: str = ""
    positive: bool = False
    derived_from: str = ""
    end: str = ""
    aligned: tuple[str, ...] = ()

    @property
    def term(self) -> str:
        """The local name of its RDF property in the ontology (``quantity_low`` → ``quantityLow``)."""
        head, *tail = self.name.split("_")
        return head + "".join(part.capitalize() for part in tail)

    @property
    def prose(self) -> bool:
        """Free text: odd looks are warnings there, and no form is asked for."""
        return self.kind is Kind.TEXT

    def arrow_type(self) -> pa.DataType:
        """The Arrow type of a typed cell; lists are lists of it."""
        import pyarrow as pa

        item = {
            Kind.DATE: pa.date32(),
            # 18 digits anywhere about the point need room for 18 before it and 3 behind it.
            Kind.DECIMAL: pa.decimal128(DIGITS + PLACES, PLACES),
            Kind.INTEGER: pa.int32(),
            Kind.BOOLEAN: pa.bool_(),
        }.get(self.kind, pa.string())
        return pa.list_(pa.field("item", item, nullable=False)) if self.many else item


@dataclass(frozen=True)
class Table:
    """One table of the dataset: its columns in order, and what is true of its rows as a whole.

    Attributes:
        name: the table's name, and its files' (``transfers``).
        record: the singular, as in IRIs (``transfer``).
        title: a short human name.
        description: what one row is.
        columns: every column, derived ones included, in the order of the files.
        alike: rows that agree in all these columns are probably one record entered twice.
        aligned: classes of other vocabularies (CURIEs) that a row is an instance of.
    """

    name: str
    record: str
    title: str
    description: str
    columns: tuple[Column, ...]
    alike: tuple[str, ...]
    aligned: tuple[str, ...] = field(default=())

    def __hash__(self) -> int:
        """The name's; what is looked up by a table is looked up for each batch, and all columns would be hashed."""
        return hash(self.name)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Every column by its name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def key(self) -> str:
        """The name of the key column."""
        return next(column.name for column in self.columns if column.kind is Kind.ID)

    @cached_property
    def source_columns(self) -> tuple[Column, ...]:
        """The columns that people fill: all but the derived ones."""
        return tuple(column for column in self.columns if not column.derived_from)

    @cached_property
    def derived_columns(self) -> tuple[Column, ...]:
        """The columns that only releases hold."""
        return tuple(column for column in self.columns if column.derived_from)

    def repeats(self, name: str) -> bool:
        """Whether the texts of a column repeat so much that each distinct one is best judged, and stored, once."""
        column = self.by_name[name]
        towards_many = column.references == "transfers" and not column.many
        return not (name == self.key or towards_many or name == "notes")

    @property
    def term(self) -> str:
        """The local name of its RDF class (``transfer`` → ``Transfer``)."""
        return self.record.capitalize()


ZERO = Decimal(0)
