"""Where the parts are: folders of this machine (which all workers share), or any address that fsspec knows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from armsdata.errors import ArmsdataError, ClusterError, NoTable, UsageError
from armsdata.folder import RELEASE_FOLDERS, Entries, find_tables, label_of, part_names, parts_of, tables_among
from armsdata.schema import TABLES
from armsdata.schema.metadata import FILE_NAME, Metadata, MetadataError, read_metadata


@dataclass(frozen=True)
class Part:
    """One file of a table.

    Attributes:
        table: the table's name.
        address: where it is: an absolute path, or an address for fsspec.
        label: as findings name it.
    """

    table: str
    address: str
    label: str


@dataclass(frozen=True)
class Parted:
    """A dataset in parts.

    Attributes:
        parts: every file, table by table, in order.
        metadata: what the dataset says of itself; None for a release that is read back.
    """

    parts: tuple[Part, ...]
    metadata: Metadata | None


def is_address(place: str) -> bool:
    """Whether this is an address for fsspec and no path of this machine."""
    return "://" in place or "::" in place


def file_system(address: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path in it.

    Raises:
        UsageError: fsspec knows no such address, or lacks a package for it.
    """
    fsspec = import_module("fsspec.core")  # which has no types
    try:
        system, path = fsspec.url_to_fs(address, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{address}: cannot be opened: {error}") from None
    return system, str(path)


@contextmanager
def named(address: str) -> Iterator[None]:
    """Let what a store reports in its own words name the address."""
    try:
        yield
    except (ArmsdataError, OSError, MemoryError):
        raise
    except Exception as error:  # each store has errors of its own
        text = (str(error) or type(error).__name__).splitlines()[0][:300]
        raise ClusterError(f"{address}: {text}") from None


def find(dataset: str) -> Parted:
    """The parts of a dataset, or of a release that is read back.

    Raises:
        UsageError: there is no such place, or it holds no whole dataset.
        OSError: it cannot be read.
    """
    if is_address(dataset):
        with named(dataset):
            files, metadata, release = _remote(dataset.rstrip("/"))
    else:
        tables = find_tables(Path(dataset))
        release = tables.is_release
        metadata = tables.metadata() if tables.is_dataset else None
        files = {name: [_local(name, part) for part in parts_of(path)] for name, path in tables.files.items()}
    if metadata is None and not release:
        raise UsageError(f"{dataset}: not a dataset: it has no {FILE_NAME}; --engine dask judges whole datasets only")
    missing = [name for name in TABLES if not files.get(name)]
    if missing:
        raise UsageError(f"{dataset}: the dataset has no table {missing[0]}; a header alone is enough")
    parts = tuple(part for name in TABLES for part in files[name])
    for part in parts:
        if part.address.lower().endswith(".xlsx"):
            raise UsageError(f"{part.label}: --engine dask reads no workbooks; save the table as CSV or Parquet")
    return Parted(parts, metadata)


def _local(table: str, path: Path) -> Part:
    return Part(table, str(path.resolve()), label_of(path))


def _remote(address: str) -> tuple[dict[str, list[Part]], Metadata | None, bool]:
    """The parts of each table, what the dataset says of itself, and whether it is a release."""
    system, root = file_system(address)
    if not system.exists(root):
        raise UsageError(f"{address}: no such folder")
    if system.exists(f"{root}/{FILE_NAME}"):
        return _tables_at(system, root, address), _metadata(system, root, address), False
    for folder in RELEASE_FOLDERS.values():
        if system.exists(f"{root}/{folder}") and (
            files := _tables_at(system, f"{root}/{folder}", f"{address}/{folder}")
        ):
            return files, None, True
    return {}, None, False


def _tables_at(system: Any, root: str, address: str) -> dict[str, list[Part]]:
    entries = _entries(system, root)
    files = {}
    for name, entry in tables_among(entries, address).items():
        parts = entries[entry]
        below = [entry] if parts is None else [f"{entry}/{part}" for part in part_names(parts)]
        files[name] = [Part(name, f"{address}/{one}", f"{address}/{one}") for one in below]
    return files


def _entries(system: Any, root: str) -> Entries:
    found: dict[str, list[str] | None] = {}
    for one in system.ls(root, detail=True):
        name = one["name"].rstrip("/").rpartition("/")[2]
        if one["type"] == "file":
            found[name] = None
        elif name.lower() in TABLES:
            below = system.ls(one["name"], detail=True)
            found[name] = [part["name"].rpartition("/")[2] for part in below if part["type"] == "file"]
    return found


def _metadata(system: Any, root: str, address: str) -> Metadata:
    with tempfile.TemporaryDirectory(prefix="armsdata-") as folder:
        copy = Path(folder) / FILE_NAME
        system.get_file(f"{root}/{FILE_NAME}", str(copy))
        try:
            return read_metadata(copy)
        except MetadataError as error:
            raise UsageError(str(error).replace(str(copy), f"{address}/{FILE_NAME}")) from None


def called(part: Part, error: NoTable) -> NoTable:
    """The same error, with the name of the part instead of that of its copy."""
    return NoTable(part.label, error.reason, code=error.code, line=error.line)


@contextmanager
def fetched(part: Part) -> Iterator[Path]:
    """The file of a part on this machine: itself, or a copy of what is elsewhere. Errors within name the part.

    Raises:
        UsageError: it is not to be seen from here.
        OSError: it cannot be read.
    """
    try:
        with _here(part) as path:
            yield path
    except NoTable as error:
        raise called(part, error) from None


@contextmanager
def _here(part: Part) -> Iterator[Path]:
    if not is_address(part.address):
        path = Path(part.address)
        if not path.exists():
            raise UsageError(f"{part.label}: a worker cannot see this file; workers elsewhere need a shared address")
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="armsdata-") as folder:
        copy = Path(folder) / part.address.rpartition("/")[2]
        with named(part.address):
            system, path_there = file_system(part.address)
            system.get_file(path_there, str(copy))
        yield copy
