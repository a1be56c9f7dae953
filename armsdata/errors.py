"""The errors that a caller may meet.

ArmsdataError
├── UsageError       the call is wrong: no such path, nothing that can be judged      exit status 2
│   ├── NotOurs      the output folder holds what armsdata did not write
│   └── NoTable      a file cannot be read as a table
├── InvalidData      the data have errors; `report` says which                        exit status 1
└── ClusterError     the cluster cannot be reached, or has failed                     exit status 3

A machine that fails (disk full, no permission) raises `OSError`, as everywhere in Python: exit status 3.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Report


class ArmsdataError(Exception):
    """The base of all errors that armsdata raises on purpose; the text is one clear sentence."""

    status = 1


class UsageError(ArmsdataError):
    """The call is wrong."""

    status = 2


class NotOurs(UsageError):
    """The output folder holds what armsdata did not write."""


class NoTable(UsageError):
    """A file cannot be read as a table. Beside files that can be, it is a finding and no error of the call.

    Attributes:
        path: the file.
        code: the code of the finding.
        line: the line at which reading failed.
        reason: why, in plain words.
    """

    def __init__(self, path: Path | str, reason: str, *, code: str = "malformed-csv", line: int = 1) -> None:
        self.path, self.code, self.line, self.reason = path, code, line, reason
        super().__init__(f"{path}, line {line}: {reason}" if line > 1 else f"{path}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:  # it may come from another process
        return partial(NoTable, code=self.code, line=self.line), (self.path, self.reason)


class InvalidData(ArmsdataError):
    """The data have errors."""

    def __init__(self, report: Report) -> None:
        self.report = report
        first = min(report.findings, key=lambda finding: finding.severity, default=None)  # an error before a warning
        where = f"; first: {first.file}, line {first.line}: {first.message}" if first else ""
        super().__init__(f"the data are {report}{where}")


class ClusterError(ArmsdataError):
    """The cluster cannot be reached, or has failed; nothing was written."""

    status = 3
