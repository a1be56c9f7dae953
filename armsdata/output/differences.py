"""Differences between two datasets as text, JSON, and Markdown that fits a pull request's comment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from armsdata.diffing import Diff, TableDiff
from armsdata.findings import shorten

from .escaping import json_text, markdown_code, visible
from .words import count

#: How many records of each sort text and Markdown show of a table.
SHOWN = 50
#: GitHub takes comments of 65,536 characters.
COMMENT = 60_000


def diff_as_json(diff: Diff) -> str:
    """Everything that is known of the differences."""
    return json_text(diff.as_dict())


def diff_as_text(diff: Diff) -> str:
    """The differences for a person, in a terminal or a pipe."""
    lines = []
    for name, table in diff.tables.items():
        lines.append(f"{name}: {_totals(table)}")
        lines += _text_records("+", table)
        lines += _text_records("-", table)
        lines += _text_changes(table)
    return "\n".join(lines) + "\n"


def _totals(table: TableDiff) -> str:
    if not sum(table.counts.values()):
        return "no difference"
    told = ", ".join(f"{table.counts[kind]:,} {kind}" for kind in ("added", "removed", "changed"))
    return f"{told} ({count(table.counts['cells'], 'cell')})" if table.counts["cells"] else told


def _text_records(sign: str, table: TableDiff) -> Iterator[str]:
    kind = "added" if sign == "+" else "removed"
    records = table.added if sign == "+" else table.removed
    for record in records[:SHOWN]:
        yield f"  {sign} {_line(record.key)}"
        if sign == "+":
            yield from (f"      {name}: {_line(text)}" for name, text in record.cells.items())
    yield from _left(table.counts[kind], kind)


def _text_changes(table: TableDiff) -> Iterator[str]:
    for record in table.changed[:SHOWN]:
        yield f"  ~ {_line(record.key)}"
        for name, (old, new) in record.cells.items():
            yield f"      {name}: {_line(old) or '(empty)'} → {_line(new) or '(empty)'}"
    yield from _left(table.counts["changed"], "changed")


def _left(number: int, kind: str) -> Iterator[str]:
    if number > SHOWN:
        yield f"  … and {number - SHOWN:,} more {kind}; --format json has them"


def _line(text: str) -> str:
    return visible(shorten(text) or "")


def diff_as_markdown(diff: Diff) -> str:
    """A table of totals, then the records; what would make the comment too long is left off, and said to be."""
    lines = ["### What changes", ""]
    if diff.equal:
        return "\n".join([*lines, "No difference."]) + "\n"
    lines += ["| table | added | removed | changed | cells |", "|---|--:|--:|--:|--:|"]
    for name, table in diff.tables.items():
        numbers = " | ".join(f"{table.counts[kind]:,}" for kind in ("added", "removed", "changed", "cells"))
        lines.append(f"| {name} | {numbers} |")
    size = sum(len(line) + 1 for line in lines)
    for block in _blocks(diff):
        size += sum(len(line) + 1 for line in block)
        if size > COMMENT:
            lines += ["", "More differences are not shown here: `armsdata diff --format json` has them all."]
            break
        lines += block
    return "\n".join(lines) + "\n"


def _blocks(diff: Diff) -> Iterator[list[str]]:
    """Lines that belong together: headings with the head of a table, then row by row."""
    for name, table in diff.tables.items():
        for kind, records in (("added", table.added), ("removed", table.removed)):
            if records:
                yield ["", f"**{name}: {table.counts[kind]:,} {kind}**", "", "| record | cells |", "|---|---|"]
            for record in records[:SHOWN]:
                cells = (f"{column}: {_code(text)}" for column, text in record.cells.items())
                yield [f"| {_code(record.key)} | {'<br>'.join(cells)} |"]
            yield from _left_block(table.counts[kind], kind)
        if table.changed:
            head = ["| record | column | before | after |", "|---|---|---|---|"]
            yield ["", f"**{name}: {table.counts['changed']:,} changed**", "", *head]
        for changed in table.changed[:SHOWN]:
            yield [
                f"| {_code(changed.key)} | {column} | {_code(old)} | {_code(new)} |"
                for column, (old, new) in changed.cells.items()
            ]
        yield from _left_block(table.counts["changed"], "changed")


def _left_block(number: int, kind: str) -> Iterator[list[str]]:
    if number > SHOWN:
        yield ["", f"… and {number - SHOWN:,} more {kind}."]


def _code(text: str) -> str:
    return markdown_code(shorten(text) or "")


#: A format of `armsdata diff` by name.
DIFFS: dict[str, Callable[[Diff], str]] = {
    "text": diff_as_text,
    "json": diff_as_json,
    "markdown": diff_as_markdown,
}
