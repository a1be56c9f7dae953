"""What a column's declaration allows its values to be, for every schema language."""

from __future__ import annotations

from armsdata.schema import Column, Kind
from armsdata.schema.columns import ID_LIMIT
from armsdata.schema.tables import TABLES
from armsdata.schema.vocabularies import vocabulary

#: The form of texts that are neither prose nor codes, in the regular expressions that all schema languages share.
_FORMS = {
    Kind.LANGUAGE: r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*",
    Kind.URL: r"[Hh][Tt][Tt][Pp][Ss]?://\S+",
    # Only the characters: the grammar is beyond a readable expression.
    Kind.EDTF: r"[0-9ESTXYZ+:/.,{}\[\]~?%-]+",
}


def codes(column: Column) -> list[str]:
    """Every code that may stand in the column; empty when it holds no codes."""
    return list(vocabulary(column.vocabulary).concepts) if column.kind is Kind.CODE else []


def form(column: Column) -> str:
    """The form of a whole value, without anchors (that of a reference: of the key it points at); empty: any."""
    if column.kind is Kind.REFERENCE:
        target = TABLES[column.references]
        return form(target.by_name[target.key])
    return (column.pattern or _FORMS.get(column.kind, "")).replace("(?:", "(")


def longest(column: Column) -> int:
    """The most characters a value may have; 0 where there is no limit."""
    return ID_LIMIT if column.kind in (Kind.ID, Kind.REFERENCE) else 0
