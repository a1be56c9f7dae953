"""Which files hold which tables: dataset folders, contributions, single files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from armsdata.schema import TABLES, Table
from armsdata.schema.metadata import FILE_NAME, Metadata, MetadataError, read_metadata

from .errors import NoTable, UsageError
from .journal import complete

if TYPE_CHECKING:
    from .reading.batch import Reader

SUFFIXES = (".csv", ".parquet", ".jsonld", ".xlsx")
#: Where a release keeps the tables of each format.
RELEASE_FOLDERS = {".csv": "csv", ".parquet": "parquet", ".jsonld": "jsonld"}


@dataclass
class Tables:
    """Table files that belong together.

    Attributes:
        path: the folder, or the single file.
        files: the file of each table.
        is_dataset: the folder has a `dataset.toml`.
        is_release: they stand in a release folder: the tables of one of its formats, derived columns included.
    """

    path: Path
    files: dict[str, Path] = field(default_factory=dict)
    is_dataset: bool = False
    is_release: bool = False

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


def own_dataset() -> Path:
    """The dataset that commands change unless told otherwise: `./data`.

    Raises:
        UsageError: there is none.
    """
    here = Path("data")
    if not (here / FILE_NAME).is_file():
        raise UsageError(f"there is no dataset in ./data (no {here / FILE_NAME}): name the folder of yours")
    return here


def find_tables(path: Path, table: str = "") -> Tables:
    """The table files at a path.

    Args:
        path: a folder, or one table file.
        table: the table that a single file holds, where its name does not tell.

    Raises:
        UsageError: there is no such path, or no table in it.
        NoTable: a file cannot be told to be any table.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if path.is_dir():
        if (path / FILE_NAME).is_file():
            complete(path)
        found = Tables(path, _in_folder(path), (path / FILE_NAME).is_file())
        if not found.files and not found.is_dataset:
            found = _in_release(path)
        if not found.files:
            names = ", ".join(f"{name}.csv" for name in TABLES)
            others = ", ".join(SUFFIXES[1:])
            raise UsageError(f"{path}: no table in this folder; tables are files named {names} (or {others})")
        return found
    if path.suffix.lower() == ".xlsx":
        return Tables(path, dict.fromkeys(_in_workbook(path, table), path))
    return Tables(path, {table_of(path, table).name: path})


def _in_folder(path: Path) -> dict[str, Path]:
    """The table files of a folder; where a table is there in several formats, that of the first suffix."""
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


def _in_workbook(path: Path, table: str) -> list[str]:
    """The tables whose sheets a workbook has."""
    from .reading.xlsx import sheets

    if table:
        table_of(path, table)
    return list(sheets(path, table))


def _in_release(path: Path) -> Tables:
    """The tables of a release folder: in the first format that it has."""
    for suffix, name in RELEASE_FOLDERS.items():
        files = _in_folder(path / name) if (path / name).is_dir() else {}
        files = {table: file for table, file in files.items() if file.suffix.lower() == suffix}
        if files:
            return Tables(path / name, files, is_release=True)
    return Tables(path)


def table_of(path: Path, table: str = "") -> Table:
    """The table that a file holds, told by its name or else by its header.

    Raises:
        UsageError: there is no such table.
        NoTable: it cannot be told.
    """
    if table:
        if table not in TABLES:
            raise UsageError(f"--table {table}: there is no such table; tables are {', '.join(TABLES)}")
        return TABLES[table]
    if path.suffix.lower() not in SUFFIXES:
        raise NoTable(path, "not a table file; tables are .csv, .parquet, .jsonld or .xlsx")
    for name in TABLES:
        if path.stem.lower() == name:
            return TABLES[name]
    return _by_content(path)


def _by_content(path: Path) -> Table:
    from .reading import columns_of
    from .reading.header import Header

    header = Header(names=columns_of(path))
    if not header.names:
        raise NoTable(path, "the file is empty: there is not even a header", code="empty-file")
    found = header.table()
    if found is None:
        raise NoTable(
            path,
            "cannot tell which table this is, neither from its name nor from its header; "
            f"add --table with one of {', '.join(TABLES)}",
            code="missing-column",
        )
    return found


def label_of(path: Path) -> str:
    """A path as findings name it: as given, with ``/``."""
    return path.as_posix()


def open_reader(path: Path, table: Table) -> Reader:
    """Open a table file of any format.

    Raises:
        NoTable: it cannot be opened as what its name says.
    """
    from .reading import open_table

    return open_table(path, label_of(path), table)
