"""The errors that a caller may meet.

ArmsdataError
├── UsageError       the call is wrong: no such path, nothing that can be judged      exit status 2
│   └── NotOurs      the output folder holds what armsdata did not write
├── InvalidData      the data have errors; `report` says which                        exit status 1
└── MachineError     the machine failed: disk full, no permission                     exit status 3
"""

from __future__ import annotations

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


class MachineError(ArmsdataError):
    """The machine failed."""

    status = 3


class InvalidData(ArmsdataError):
    """The data have errors."""

    def __init__(self, report: Report) -> None:
        self.report = report
        first = report.findings[0] if report.findings else None
        where = f"; first: {first.file}, line {first.line}: {first.message}" if first else ""
        super().__init__(f"the data are {report}{where}")
