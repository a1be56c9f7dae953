"""`import`: turn a foreign register into a dataset folder, all or nothing, and check it against what was read."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from armsdata.importers import BASE_IRI, IMPORTERS, Imported, ImportFailure, Note, read
from armsdata.importers.register import (
    Balance,
    keep_days,
    metadata_text,
    read_columns,
    record_text,
    write_table,
)
from armsdata.schema import DISPLAY_ORDER
from armsdata.schema.metadata import FILE_NAME

from .errors import NotOurs
from .staging import Staging

__all__ = ["IMPORTERS", "ImportFailure", "ImportResult", "Note", "import_register"]

#: What the check of an import is kept in, beside the tables.
RECONCILIATION = "reconciliation.json"


@dataclass(frozen=True)
class ImportResult:
    """What was written.

    Attributes:
        counts: rows of each table.
        reconciliation: name, read, written; the two are equal, or something was lost.
        findings: what was mended, unknown or odd.
        terms: on what terms the data may be used.
        out: the dataset folder.
    """

    counts: dict[str, int]
    reconciliation: list[Balance]
    findings: list[Note]
    terms: str
    out: Path

    @property
    def balanced(self) -> bool:
        """Whether everything that was read was found again in what was written."""
        return all(read == written for _, read, written in self.reconciliation)


def import_register(
    register: str,
    file: str | Path,
    out: str | Path,
    *,
    base_iri: str = BASE_IRI,
    previous: str | Path | None = None,
) -> ImportResult:
    """Import a register into a dataset folder, all or nothing.

    Args:
        register: which one it is, a key of `IMPORTERS`.
        file: the register as downloaded.
        out: the dataset folder; it must not exist, be empty, or hold an earlier import that nobody has touched since.
        base_iri: the beginning of the dataset's addresses.
        previous: an earlier import, whose days of record are kept; by default the one that stands in `out`.

    Raises:
        ImportFailure: the file is no such register, a record of it cannot be read (`findings` list them), or `previous`
            is no earlier import. Nothing is written then.
        UsageError: `out` is no folder, or holds something else.
        OSError: the file cannot be read, or the folder cannot be written; nothing was changed.
    """
    source, target = Path(file), Path(out)
    with _no_collector(), Staging(target, _check_untouched) as staging:
        imported = read(register, source, base_iri)
        if previous is None and (target / RECONCILIATION).is_file():
            previous = target
        if previous is not None:
            keep_days(imported, Path(previous))
        balances = _fill(staging, imported, register, source)
        staging.publish()
    return ImportResult(imported.counts, balances, imported.findings, imported.terms, target)


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


def _fill(staging: Staging, imported: Imported, importer: str, source: Path) -> list[Balance]:
    """Write the files of the dataset; what the tables give when they are read back."""
    for name in DISPLAY_ORDER:
        _write(staging, f"{name}.csv", partial(write_table, name=name, rows=imported.tables[name]))
    _write(staging, FILE_NAME, lambda file: file.write(metadata_text(imported)))
    balances = imported.balances({name: read_columns(staging.folder / f"{name}.csv") for name in DISPLAY_ORDER})
    register = {"file": source.name, "sha256": _digest(source)}
    files = {path.name: _digest(path) for path in sorted(staging.folder.iterdir())}
    text = record_text(imported, importer, register, balances, files)
    _write(staging, RECONCILIATION, lambda file: file.write(text))
    return balances


def _write(staging: Staging, name: str, write: Callable[[TextIO], object]) -> None:
    with (
        staging.naming(name),
        staging.create(name) as stream,
        io.TextIOWrapper(stream, encoding="utf-8", newline="") as file,
    ):
        write(file)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_untouched(out: Path) -> None:
    """Make sure that nothing is lost with this folder: it is empty, or as an import left it, to the byte.

    Raises:
        NotOurs: something would be lost.
    """
    present = {path.name for path in out.iterdir()}
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        files = json.loads((out / RECONCILIATION).read_bytes())["files"] if present else {}
        whole = present == ({*files, RECONCILIATION} if present else set())
        if whole and all(_digest(out / name) == files[name] for name in files):
            return
    raise NotOurs(f"{out} is not empty, and not an untouched earlier import; choose another folder or remove it first")
