"""The data dictionary as Markdown: every table, column and code, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from armsdata.schema import Column, Kind, Table
from armsdata.schema.columns import LIST_SEPARATOR
from armsdata.schema.tables import DISPLAY_ORDER, TABLES
from armsdata.schema.vocabularies import Vocabulary, vocabulary

_TYPES = {
    Kind.ID: "key",
    Kind.CODE: "code",
    Kind.TEXT: "text",
    Kind.IDENTIFIER: "identifier",
    Kind.LANGUAGE: "language tag",
    Kind.URL: "URL",
    Kind.EDTF: "EDTF date",
    Kind.DATE: "date",
    Kind.DECIMAL: "decimal",
    Kind.INTEGER: "whole number",
    Kind.BOOLEAN: "`true` or `false`",
}
#: Longer lists are named, not printed.
_LONGEST_LIST = 100


def dictionary(tables: Iterable[Table], rows: dict[str, int] | None = None) -> Iterator[str]:
    """The section of each table, line by line; with the numbers of its rows, where they are known."""
    for table in tables:
        count = f" {rows[table.name]:,} rows." if rows and table.name in rows else ""
        yield from (f"### {table.name}", "", f"{table.description}{count} Key: `{table.key}`.", "")
        yield from ("| column | type | required | meaning |", "|---|---|---|---|")
        for column in table.columns:
            required = "yes" if column.required else ""
            yield f"| `{column.name}` | {_type(column)} | {required} | {cell(_meaning(column))} |"
        yield ""


def code_lists(tables: Iterable[Table]) -> Iterator[str]:
    """The code lists that these tables use, line by line."""
    used = dict.fromkeys(column.vocabulary for table in tables for column in table.columns if column.kind is Kind.CODE)
    for name in used:
        listed = vocabulary(name)
        yield from (f"### {name}", "")
        if len(listed.concepts) > _LONGEST_LIST:
            yield f"{len(listed.concepts)} codes, such as {_some(listed)}."
        else:
            yield from _codes(listed)
        yield ""


def _some(listed: Vocabulary) -> str:
    known = [code for code in ("EUR", "GBP", "USD") if code in listed] or list(listed.concepts)[:3]
    return ", ".join(f"`{code}` ({listed.concepts[code].label})" for code in known)


def _codes(listed: Vocabulary) -> Iterator[str]:
    grouped = any(concept.broader for concept in listed.concepts.values())
    head = ["code", "group", "label", "meaning"] if grouped else ["code", "label", "meaning"]
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for concept in listed.concepts.values():
        group = [f"`{concept.broader}`" if concept.broader else ""] if grouped else []
        yield f"| {' | '.join([f'`{concept.code}`', *group, cell(concept.label), cell(concept.definition)])} |"


def _type(column: Column) -> str:
    if column.kind is Kind.REFERENCE:
        name = f"key of [{column.references}](#{column.references})"
    elif column.kind is Kind.CODE:
        name = f"code of [{column.vocabulary}](#{column.vocabulary})"
    else:
        name = _TYPES[column.kind]
    order = " in order" if column.ordered else ""
    return f"list{order}: {name}" if column.many else name


def _meaning(column: Column) -> str:
    unit = f" Unit: {column.unit}." if column.unit else ""
    joined = f" Joined with `{LIST_SEPARATOR}`." if column.many else ""
    return f"{column.description}{unit}{joined}"


def cell(text: str) -> str:
    """A text within a cell of a Markdown table, outside of code."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def whole(title: str, tables: list[Table]) -> str:
    """The dictionary of some tables as a document of its own."""
    lines = [f"# {title}", "", "## Tables", "", *dictionary(tables), "## Code lists", "", *code_lists(tables)]
    return "\n".join(lines).rstrip("\n") + "\n"


def all_tables() -> list[Table]:
    """Every table, in the order in which people expect to see them."""
    return [TABLES[name] for name in DISPLAY_ORDER]
