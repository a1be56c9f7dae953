"""Foreign registers, turned into dataset folders: one file a register, one table of its names beside it.

`run("sipri", Path("trade-register.csv"), Path("sipri"))` writes a dataset that `armsdata validate` accepts, and says
what it mended, what it did not know, and that nothing was lost on the way.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path

from .register import BASE_IRI, Importer, ImportFailure, ImportResult, Note, write
from .sipri import SIPRI

__all__ = ["IMPORTERS", "ImportFailure", "ImportResult", "Importer", "Note", "run"]

#: Every known register by the name that the command line uses.
IMPORTERS: dict[str, Importer] = {importer.name: importer for importer in (SIPRI,)}


def run(
    format_name: str, file: Path, out: Path, *, base_iri: str = BASE_IRI, previous: Path | None = None
) -> ImportResult:
    """Import a register into a new dataset folder, all or nothing.

    Args:
        format_name: which register it is, a key of `IMPORTERS`.
        file: the register as downloaded.
        out: the dataset folder; it must not exist, be empty, or be an untouched earlier import.
        base_iri: the beginning of the dataset's addresses.
        previous: an earlier import; its transfers keep the day on which they were recorded.

    Raises:
        ImportFailure: the file is no such register, or a record of it cannot be read (`findings` list them), or
            `out` holds something else. Nothing is written then.
        OSError: the file cannot be read, or the folder cannot be written.
    """
    importer = IMPORTERS.get(format_name)
    if importer is None:
        raise ImportFailure(f"there is no importer for {format_name!r}; known are: {', '.join(sorted(IMPORTERS))}")
    with _no_collector():
        return write(importer.read(Path(file), base_iri), importer.name, Path(file), Path(out), previous)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the garbage collector from searching, again and again, through a whole register that is all in use."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
