"""One self-contained page that shows a dataset: chains of custody, time, doubts, every transfer with its sources.

No network: style, scripts and data stand in the page. The scripts are known to the page's Content-Security-Policy by
their hashes, so that nothing that stands in the data can run. Equal data give equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from armsdata.findings import Report
from armsdata.tracing.records import Ledger, ledger

if TYPE_CHECKING:
    from armsdata.dataset import Dataset

__all__ = ["MOST", "render"]

#: With more transfers than this the page shows figures alone: no browser should be sent them all.
MOST = 100_000


def render(dataset: Dataset, findings: Report | None = None) -> bytes:
    """The page.

    Args:
        dataset: what `armsdata.load` gave.
        findings: what validation said of it; it is validated here where that is not given.

    Returns:
        HTML, in UTF-8.
    """
    from .figures import figures
    from .page import page
    from .payload import payload

    records = ledger(dataset)
    rows = {name: len(frame) for name, frame in dataset.tables().items()}
    told = figures(rows, records, findings if findings is not None else _validated(dataset))
    drawn = records if len(records.steps) <= MOST else Ledger([])
    return page(dataset.metadata, told, payload(drawn), drawn=drawn is records).encode("utf-8")


def _validated(dataset: Dataset) -> Report:
    from armsdata.reading.frame import FrameReader
    from armsdata.schema import TABLES
    from armsdata.validation.run import Input, run

    return run([Input(FrameReader(frame, TABLES[name])) for name, frame in dataset.tables().items()], limit=0)
