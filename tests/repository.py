"""What the tests of the house share: where the repository is, its files, and its pyproject.toml."""

import os
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

_NOT_OURS = {
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "armsdata.egg-info",
    "build",
    "dist",
}


@cache
def repository_files() -> tuple[str, ...]:
    """The files of the repository, by path from its top: as git has or would take them, or all that lie there."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8").stdout
        names = {name for name in listed.split("\0") if name}
        return tuple(sorted(name for name in names if os.path.lexists(ROOT / name)))
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _NOT_OURS]
        found += [(Path(folder) / name).relative_to(ROOT).as_posix() for name in files]
    return tuple(sorted(found))


@cache
def pyproject() -> dict[str, Any]:
    """The content of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def recipe(target: str) -> str:
    """The commands of a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert found, f"the Makefile has no target {target}"
    return found[1]
