"""`validate --engine dask`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from armsdata.findings import DEFAULT_LIMIT, Report
from armsdata.folder import curated

from .connection import connected
from .job import Job
from .places import find


def validate(
    dataset: str | Path | None = None,
    *,
    scheduler: str = "",
    strict: bool = False,
    limit: int = DEFAULT_LIMIT,
    workers: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Judge a dataset part by part on a cluster: with the findings of `armsdata.validate`.

    Args:
        dataset: a dataset folder or a release, on this machine (then all workers must see it) or at any address that
            fsspec knows; the curated dataset where it is not given.
        scheduler: the address of a Dask scheduler; without one, worker processes of this machine are started.
        strict: warnings make the data invalid.
        limit: how many findings the report keeps; all are counted.
        workers: how many workers are started where there is no scheduler; 0: one for each processor.
        progress: is told the number of rows as they are judged.

    Returns:
        The report.

    Raises:
        UsageError: the dataset cannot be judged, or Dask is not installed.
        ClusterError: the cluster cannot be reached, or has failed.
        OSError: a part cannot be read.
    """
    found = find(str(curated() if dataset is None else dataset))
    with connected(scheduler, workers) as client:
        return Job(client, found.parts, limit=limit, strict=strict, progress=progress).run()
