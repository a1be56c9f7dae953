"""What a record is: columns, tables, rules, vocabularies, and the typed pandera models built from them.

`from armsdata.schema import Transfers; Transfers.validate(df)` judges a frame from `armsdata.load()`. The models
load pandera, which takes a second, so they are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .columns import Column, Kind, Table
from .tables import DISPLAY_ORDER, TABLES

if TYPE_CHECKING:
    from .models import Actors, Claims, Sources, Transfers, Weapons

__all__ = [
    "DISPLAY_ORDER",
    "TABLES",
    "Actors",
    "Claims",
    "Column",
    "Kind",
    "Sources",
    "Table",
    "Transfers",
    "Weapons",
]

_MODELS = ("Transfers", "Claims", "Actors", "Weapons", "Sources")


def __getattr__(name: str) -> Any:
    if name in _MODELS:
        from . import models

        return getattr(models, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
