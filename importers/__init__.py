"""Foreign registers, turned into the five tables: one file a register, one table of its names beside it.

`armsdata.import_register("sipri", "trade-register.csv", "sipri")` writes a dataset of them that `armsdata validate`
accepts, and says what was mended, what was not known, and that nothing was lost on the way.
"""

from __future__ import annotations

from pathlib import Path

from .register import BASE_IRI, Imported, Importer, ImportFailure, Note
from .sipri import SIPRI

__all__ = ["BASE_IRI", "IMPORTERS", "ImportFailure", "Imported", "Importer", "Note", "read"]

#: Every known register by the name that the command line uses.
IMPORTERS: dict[str, Importer] = {importer.name: importer for importer in (SIPRI,)}


def read(register: str, file: Path, base_iri: str = BASE_IRI) -> Imported:
    """Read a register into the five tables.

    Args:
        register: which one it is, a key of `IMPORTERS`.
        file: the register as downloaded.
        base_iri: the beginning of the dataset's addresses.

    Raises:
        ImportFailure: the file is no such register, or a record of it cannot be read (`findings` list them).
        OSError: the file cannot be read.
    """
    if register not in IMPORTERS:
        raise ImportFailure(f"there is no importer for {register!r}; known are: {', '.join(sorted(IMPORTERS))}")
    return IMPORTERS[register].read(file, base_iri)
