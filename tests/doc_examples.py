"""The blocks of a Markdown page that are marked as examples: `<!-- example: NAME -->` before a fence."""

import re
from pathlib import Path

_EXAMPLE = re.compile(r"<!-- example: ([\w-]+) -->\n```\w*\n(.*?)```\n", re.DOTALL)


def examples(page: Path) -> dict[str, str]:
    """The text of each example by its name."""
    return {found[1]: found[2] for found in _EXAMPLE.finditer(page.read_text("utf-8"))}
