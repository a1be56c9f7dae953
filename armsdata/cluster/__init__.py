"""The same validation and export over partitions, on a Dask cluster: for datasets that one machine is too small for.

The tables of the dataset are folders of parts. Each part is read, judged and written by the ordinary code, on whichever
worker is free; what only the whole dataset shows is brought together by Dask's shuffles. See `docs/scaling.md`.

>>> from armsdata import cluster
>>> report = cluster.validate("s3://bucket/transfers", scheduler="tcp://10.0.0.1:8786")

Needs the extra `armsdata[dask]`.
"""

from __future__ import annotations

from .checking import validate
from .release import export

__all__ = ["export", "validate"]
