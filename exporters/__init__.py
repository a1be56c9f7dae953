"""The formats of a release: one file a format, one line here for each. See `contract.py`."""

from __future__ import annotations

from .contract import TableFormat
from .csv import CsvFormat
from .jsonld import JsonLdFormat
from .parquet import ParquetFormat

#: Every table format by name, in the order of writing.
FORMATS: dict[str, TableFormat] = {one.name: one for one in (CsvFormat(), ParquetFormat(), JsonLdFormat())}
