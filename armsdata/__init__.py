"""Documented arms transfers as one trustworthy dataset: a typed schema, validation, and export.

>>> import armsdata
>>> dataset = armsdata.load()             # the curated dataset, as pandas frames with real types
>>> report = armsdata.validate("data")    # a folder, a file or a frame
>>> armsdata.export(dataset, "dist")      # CSV, Parquet and JSON-LD
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checking import validate
    from .dataset import Dataset, load
    from .errors import ArmsdataError, InvalidData, NotOurs, UsageError
    from .findings import Finding, Report
    from .importing import ImportFailure, ImportResult, import_register
    from .release import export
    from .tracing import Trace

__version__ = "0.1.0"

__all__ = [
    "ArmsdataError",
    "Dataset",
    "Finding",
    "ImportFailure",
    "ImportResult",
    "InvalidData",
    "NotOurs",
    "Report",
    "Trace",
    "UsageError",
    "__version__",
    "export",
    "import_register",
    "load",
    "validate",
]

# pandas, pyarrow and pandera take a second to import: each name is imported on first use, so that the command line
# answers at once.
_HOMES = {
    "dataset": ("Dataset", "load"),
    "errors": ("ArmsdataError", "InvalidData", "NotOurs", "UsageError"),
    "findings": ("Finding", "Report"),
    "importing": ("ImportFailure", "ImportResult", "import_register"),
    "release": ("export",),
    "tracing": ("Trace",),
    "checking": ("validate",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f".{home}", __name__), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
