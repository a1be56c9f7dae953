"""Pages of the documentation that are made from the code: `python -m armsdata.pages docs` writes them anew."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from .catalogue import CATALOGUE, Entry

_HEAD = """\
# Findings

What `armsdata validate` may say: every code, what it means, an example, and how to mend it. The codes are stable, so
that scripts may rely on them. Errors make the data invalid (exit status 1); warnings do so with `--strict` only.

This page is made from the code (`make docs`): mend `armsdata/catalogue.py`, not this file.

| code | severity | what it is |
|---|---|---|
"""


def findings_page() -> str:
    """`docs/findings.md`: the catalogue of findings, as Markdown."""
    rows = [f"| [`{entry.code}`](#{entry.code}) | {severity(entry)} | {entry.title} |" for entry in CATALOGUE.values()]
    return _HEAD + "\n".join(rows) + "\n" + "".join(map(_section, CATALOGUE.values()))


def severity(entry: Entry) -> str:
    """The severity of a code, in words."""
    if entry.warning:
        return "warning"
    if entry.code == "untidy-text":
        return "error; warning in free text and in a header"
    return "error; warning in free text" if entry.warning_in_prose else "error"


def _section(entry: Entry) -> str:
    return (
        f"\n## {entry.code}\n\n**{entry.title}.** Severity: {severity(entry)}.\n\n{entry.meaning}\n\n"
        f"Example:\n\n```text\n{entry.example}\n```\n\nHow to mend it: {entry.mend}\n"
    )


#: The pages by file name.
PAGES: dict[str, Callable[[], str]] = {"findings.md": findings_page}


def write_pages(folder: Path) -> None:
    """Write every page into a folder.

    Raises:
        OSError: a file cannot be written.
    """
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
