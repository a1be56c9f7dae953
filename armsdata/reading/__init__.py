"""From the bytes of a file to batches of text cells whose places are known; one file a format."""

from __future__ import annotations

from pathlib import Path

from armsdata.schema import Table

from .batch import Reader


def open_table(path: Path, label: str, table: Table, *, alone: bool = False) -> Reader:
    """Open a table file by its suffix, to be judged alone, or to make something of it.

    Raises:
        NoTable: a Parquet, JSON-LD or Excel file cannot be opened as such.
        OSError: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        from .parquet import ParquetReader

        return ParquetReader(path, label, table)
    if suffix == ".jsonld":
        from .jsonld import JsonLdReader

        return JsonLdReader(path, label, table)
    if suffix == ".xlsx":
        from .xlsx import XlsxReader

        return XlsxReader(path, label, table)
    from .csv import CsvReader

    return CsvReader(path, label, table, alone=alone)


def columns_of(path: Path) -> list[str]:
    """The names of the columns of a table file.

    Raises:
        NoTable: a Parquet, JSON-LD or Excel file cannot be opened as such.
        OSError: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        from .parquet import parquet_columns

        return parquet_columns(path)
    if suffix == ".jsonld":
        from .jsonld import jsonld_columns

        return jsonld_columns(path)
    if suffix == ".xlsx":
        from .xlsx import xlsx_columns

        return xlsx_columns(path)
    from .header import read_header

    return read_header(path).names
