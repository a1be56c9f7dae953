"""The archive that a workbook is, looked at before anything is read from it.

Nothing is unpacked beyond a bound, no entities are expanded, and what openpyxl would pass over in silence is told.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat

from armsdata.errors import NoTable

#: A workbook that unpacks to more than this is not read, nor one of more parts.
UNPACKED_LIMIT = 256 << 20
PARTS_LIMIT = 2000
#: Nor one of whose parts is larger than this, but for those that hold the cells, which alone are read bit by bit.
PART_LIMIT = 4 << 20
#: Nor one of whose large parts is packed by more than this: no table repeats itself so.
RATIO_LIMIT = 200
#: No table has so many columns; cells beyond are not read.
COLUMNS_LIMIT = 256
_CELLS = ("xl/worksheets/", "xl/sharedstrings", "xl/media/")
_DECLARATION = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T|E\0?N\0?T)")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)\Z")
_CHUNK = 1 << 20


def inspect(path: Path) -> None:
    """Refuse what would unpack to too much, and XML that declares entities (no spreadsheet writes them).

    Raises:
        NoTable: the workbook is refused.
        zipfile.BadZipFile: it is no archive.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
            raise NoTable(path, f"the workbook unpacks to more than {UNPACKED_LIMIT >> 20} MiB; save it as CSV")
        if sum(part.compress_size for part in parts) > path.stat().st_size:
            raise NoTable(path, "the parts of the workbook lie one upon another, as no spreadsheet writes them")
        for part in parts:
            _inspect_part(path, archive, part)


def _inspect_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if part.file_size > PART_LIMIT:
        if not name.startswith(_CELLS):
            text = f"{part.filename} in the workbook has more than {PART_LIMIT >> 20} MiB; save it as CSV"
            raise NoTable(path, text)
        if part.file_size > part.compress_size * RATIO_LIMIT:
            raise NoTable(
                path,
                f"{part.filename} in the workbook unpacks to more than {RATIO_LIMIT} times its size: save it as CSV",
            )
    # Whatever it is called: openpyxl goes by what the archive says of its parts, not by their names.
    if _declares(archive, part):
        raise NoTable(path, f"{part.filename} in the workbook declares entities, as no spreadsheet does")


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            if _DECLARATION.search(tail + chunk):
                return True
            tail = chunk[-32:]
    return False


def refuse_disorder(path: Path) -> None:
    """Refuse sheets whose rows or cells openpyxl would lose: those that go back, stand twice, or are too far right.

    Raises:
        NoTable: a sheet is refused.
    """
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            with archive.open(part) as file:
                _Sheet(path).look(file)


class _NoSheet(Exception):
    """The part is something else."""


class _Sheet:
    """Counts the rows and cells of a sheet as openpyxl does."""

    def __init__(self, path: Path) -> None:
        self.path, self.row, self.column, self.filled = path, 0, 0, 0
        self._begun = self._new = False

    def look(self, file: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        try:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
        except (_NoSheet, expat.ExpatError):  # what is damaged is told when it is read
            pass

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not self._begun:
            self._begun = True
            if local != "worksheet":
                raise _NoSheet
        if local == "row":
            self._next_row(attributes.get("r", ""))
        elif local == "c":
            self._next_cell(attributes.get("r", ""))
        elif local in ("v", "is", "f"):
            self._fill()

    def _next_row(self, number: str) -> None:
        try:
            row = int(float(number)) if number else self.row + 1
        except (ValueError, OverflowError):
            self._refuse(self.row, f"the row behind row {self.row} of the sheet has no number")
        if row <= self.row:
            self._refuse(row, f"row {row} of the sheet stands behind row {self.row}")
        self.row, self.column, self.filled = row, 0, 0

    def _next_cell(self, address: str) -> None:
        place = _ADDRESS.match(address)
        self.column = _column(place[1]) if place else self.column + 1
        self._new = True
        if place and int(place[2]) != self.row:
            self._refuse(self.row, f"the cell {address} stands in row {self.row} of the sheet")

    def _fill(self) -> None:
        """The cell has something in it, maybe in several elements."""
        if not self._new:
            return
        self._new = False
        if self.column > COLUMNS_LIMIT:
            self._refuse(self.row, f"a cell of row {self.row} is filled beyond the {COLUMNS_LIMIT}th column")
        if self.column <= self.filled:
            self._refuse(self.row, f"the cells of row {self.row} do not stand in their order")
        self.filled = self.column

    def _refuse(self, row: int, what: str) -> NoReturn:
        raise NoTable(self.path, f"{what}; open it in a spreadsheet, look at it, and save it anew", line=max(row, 1))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
