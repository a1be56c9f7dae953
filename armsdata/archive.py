"""One file for a data repository: the release folder as a `.tar.zst` whose bytes depend on the release alone."""

from __future__ import annotations

import datetime
import tarfile
from pathlib import Path

import pyarrow as pa

from armsdata.schema.metadata import Metadata

from .staging import replacing


def write_archive(folder: Path, metadata: Metadata) -> Path:
    """Write `<name>-<version>.tar.zst` beside a release folder, all or nothing.

    The files stand in the order of their names, with the dataset's own date, and without an owner. Zstandard comes
    with Arrow, so that equal locked versions give equal bytes on every machine.

    Args:
        folder: the release.
        metadata: gives name, version and date.

    Returns:
        The archive.

    Raises:
        OSError: it cannot be written.
    """
    stem = f"{metadata.name}-{metadata.version}"
    target = folder.absolute().parent / f"{stem}.tar.zst"
    midnight = datetime.datetime.combine(metadata.date, datetime.time(), datetime.UTC)
    with (
        replacing(target) as made,
        made.open("xb") as file,
        pa.CompressedOutputStream(file, "zstd") as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
            if path.is_file():
                _add(archive, path, f"{stem}/{path.relative_to(folder).as_posix()}", int(midnight.timestamp()))
    return target


def _add(archive: tarfile.TarFile, path: Path, name: str, when: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = path.stat().st_size, when, 0o644
    with path.open("rb") as file:
        archive.addfile(entry, file)
