"""Which files hold which tables: dataset folders, contributions, single files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
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
#: What is in a folder: None for a file, the names of the files in it for a folder.
Entries = Mapping[str, Sequence[str] | None]


@dataclass
class Tables:
    """Table files that belong together.

    Attributes:
        path: the folder, or the single file.
        files: the file of each table, or the folder that holds its parts: see `parts_of`.
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
        UsageError: there is no such path, or no table in it; or a table is named for a folder.
        NoTable: a file cannot be told to be any table.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if path.is_dir():
        if table:
            raise UsageError(f"--table {table}: {path} is a folder, whose files tell their tables; leave --table out")
        if (path / FILE_NAME).is_file():
            _refuse_ways_out([path / FILE_NAME], path)
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


def leads_out(file: Path, folder: Path) -> bool:
    """Whether a file of a folder is in truth elsewhere: who sends the folder must not choose what is read."""
    return not file.resolve().is_relative_to(folder.resolve())


def _refuse_ways_out(files: Iterable[Path], folder: Path) -> None:
    for file in files:
        if leads_out(file, folder):
            raise UsageError(f"{file}: a link that leads out of {folder}; put the file itself there")


def _in_folder(path: Path) -> dict[str, Path]:
    """The tables of a folder; where a table is there in several formats, that of the first suffix."""
    entries: dict[str, Sequence[str] | None] = {}
    for one in path.iterdir():
        if one.is_file():
            entries[one.name] = None
        elif one.stem.lower() in TABLES and one.is_dir():
            entries[one.name] = [part.name for part in one.iterdir() if part.is_file()]
    files = {name: path / entry for name, entry in tables_among(entries, str(path)).items()}
    _refuse_ways_out([part for file in files.values() for part in (file, *parts_of(file))], path)
    return files


def tables_among(entries: Entries, path: str) -> dict[str, str]:
    """Which files and folders of parts are tables, by table.

    Args:
        entries: what is in the folder.
        path: the folder, as errors name it.

    Raises:
        UsageError: a table is there twice, or its parts are of several formats.
    """
    by_name: dict[tuple[str, str], str] = {}
    for entry in sorted(entries):
        parts = entries[entry]
        found = PurePosixPath(entry)
        name, suffix = found.stem.lower(), found.suffix.lower() if parts is None else _suffix_of(parts, path, entry)
        if name in TABLES and suffix in (SUFFIXES if parts is None else RELEASE_FOLDERS):
            if (name, suffix) in by_name:
                raise UsageError(f"{path}: {by_name[name, suffix]} and {entry} are both the table {name}")
            by_name[name, suffix] = entry
    files = {}
    for name in TABLES:
        for suffix in SUFFIXES:
            if (name, suffix) in by_name:
                files[name] = by_name[name, suffix]
                break
    return files


def _suffix_of(parts: Sequence[str], path: str, entry: str) -> str:
    """The one suffix of the parts of a table; empty where there are none."""
    suffixes = sorted({PurePosixPath(part).suffix.lower() for part in part_names(parts)})
    if len(suffixes) > 1:
        raise UsageError(f"{path}/{entry}: holds parts of several formats ({', '.join(suffixes)}); leave one of them")
    return suffixes[0] if suffixes else ""


def part_names(names: Sequence[str]) -> list[str]:
    """The parts of a table among the files of its folder, in their order; hidden ones are other programs' notes."""
    parts = [name for name in names if PurePosixPath(name).suffix.lower() in RELEASE_FOLDERS]
    return sorted(name for name in parts if not name.startswith((".", "_")))


def parts_of(path: Path) -> list[Path]:
    """The files of a table: the one file, or the parts in its folder in the order of their names."""
    if not path.is_dir():
        return [path]
    return [path / name for name in part_names([part.name for part in path.iterdir() if part.is_file()])]


def _in_workbook(path: Path, table: str) -> list[str]:
    """The tables whose sheets a workbook has."""
    from .reading.xlsx import sheets

    if table:
        table_of(path, table)
    return list(sheets(path, table))


def _in_release(path: Path) -> Tables:
    """The tables of a release folder: in the first format that it has."""
    for suffix, name in RELEASE_FOLDERS.items():
        _refuse_ways_out([path / name], path)
        files = _in_folder(path / name) if (path / name).is_dir() else {}
        files = {table: file for table, file in files.items() if parts_of(file)[0].suffix.lower() == suffix}
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


def open_reader(path: Path, table: Table, *, alone: bool = False) -> Reader:
    """Open a table file of any format, to be judged alone, or to make something of it.

    Raises:
        UsageError: it is a folder of parts, where one file is wanted.
        NoTable: it cannot be opened as what its name says.
    """
    from .reading import open_table

    if path.is_dir():
        raise UsageError(f"{path}: a table in parts; validate, export, verify and load() read it, this wants one file")

    return open_table(path, label_of(path), table, alone=alone)
