"""A folder that appears as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def replace_folder(out: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside `out` and move it into place; until then `out` stays as it was.

    Args:
        out: the folder that is to appear; what stands there is replaced, and kept until the new one is in place.
        fill: writes the files into the folder that it is given.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 (resolve() would follow a link that stands at `out`)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        fresh = work / "new"
        fresh.mkdir()
        fill(fresh)
        if not out.exists():
            fresh.rename(out)
            return
        old = work / "old"
        out.rename(old)
        try:
            fresh.rename(out)
        except OSError:
            old.rename(out)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
