"""Which files hold which tables: dataset folders, contributions, single files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from armsdata.schema import TABLES, Table
from armsdata.schema.metadata import FILE_NAME, Metadata, MetadataError, read_metadata

from .errors import UsageError

if TYPE_CHECKING:
    from .reading.batch import Reader

SUFFIXES = (".csv", ".parquet", ".jsonld")
#: Where a release keeps the tables of each format.
RELEASE_FOLDERS = {".csv": "csv", ".parquet": "parquet", ".jsonld": "jsonld"}


@dataclass
class Tables:
    """Table files that belong together.

    Attributes:
        path: the folder, or the single file.
        files: the file of each table.
        is_dataset: the folder has a `dataset.toml`.
    """

    path: Path
    files: dict[str, Path] = field(default_factory=dict)
    is_dataset: bool = False

    def metadata(self) -> Metadata:
        """What the dataset says of itself.

        Raises:
            UsageError: `dataset.toml` cannot be used.
        """
        try:
            return read_metadata(self.path / FILE_NAME)
        except MetadataError as error:
            raise UsageError(str(error)) from None


def curated() -> Path:
    """The curated dataset: `./data` in a checkout, else the one that came with the package."""
    here = Path("data")
    if (here / FILE_NAME).is_file():
        return here
    package = Path(__file__).parent
    return package / "data" if (package / "data").is_dir() else package.parent / "data"


def find_tables(path: Path, table: str = "") -> Tables:
    """The table files at a path.

    Args:
        path: a folder, or one table file.
        table: the table that a single file holds, where its name does not tell.

    Raises:
        UsageError: there is no such path, or no table in it.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if path.is_dir():
        found = Tables(path, _in_folder(path), (path / FILE_NAME).is_file())
        if not found.files:
            names = ", ".join(f"{name}.csv" for name in TABLES)
            raise UsageError(f"{path}: no table in this folder; tables are files named {names} (or .parquet, .jsonld)")
        return found
    return Tables(path, {table_of(path, table).name: path})


def _in_folder(path: Path) -> dict[str, Path]:
    """The table files of a folder; where a table is there in several formats, the first of CSV, Parquet, JSON-LD."""
    by_name: dict[tuple[str, str], Path] = {}
    for file in sorted(path.iterdir()):
        name, suffix = file.stem.lower(), file.suffix.lower()
        if name in TABLES and suffix in SUFFIXES and file.is_file():
            if (name, suffix) in by_name:
                raise UsageError(f"{path}: {by_name[name, suffix].name} and {file.name} are both the table {name}")
            by_name[name, suffix] = file
    files = {}
    for name in TABLES:
        for suffix in SUFFIXES:
            if (name, suffix) in by_name:
                files[name] = by_name[name, suffix]
                break
    return files


def table_of(path: Path, table: str = "") -> Table:
    """The table that a file holds, told by its name or else by its header.

    Raises:
        UsageError: it cannot be told.
    """
    if table:
        if table not in TABLES:
            raise UsageError(f"--table {table}: there is no such table; tables are {', '.join(TABLES)}")
        return TABLES[table]
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: not a table file; tables are .csv, .parquet or .jsonld")
    for name in TABLES:
        if path.stem.lower() == name:
            return TABLES[name]
    found = _by_content(path)
    if found is None:
        raise UsageError(
            f"{path}: cannot tell which table this is, neither from its name nor from its header; "
            f"add --table with one of {', '.join(TABLES)}"
        )
    return found


def _by_content(path: Path) -> Table | None:
    from .reading import columns_of
    from .reading.header import Header

    return Header(names=columns_of(path)).table()


def label_of(path: Path) -> str:
    """A path as findings name it: as given, with ``/``."""
    return path.as_posix()


def open_reader(path: Path, table: Table) -> Reader:
    """Open a table file of any format.

    Raises:
        UsageError: it cannot be opened as what its name says.
    """
    from .reading import open_table

    return open_table(path, label_of(path), table)
