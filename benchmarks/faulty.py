"""Faults for synthetic datasets: one in every transfer and every claim, of the kinds that contributions have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Filled = dict[str, pa.Array]
#: Makes the faulty texts of a column from its sound ones and the numbers of the rows, as texts.
Spoil = Callable[[pa.Array, pa.Array], Any]


def _with(before: str, after: str = "") -> Spoil:
    return lambda texts, numbers: pc.binary_join_element_wise(before, numbers, after, "")


TRANSFERS: tuple[tuple[str, Spoil], ...] = (
    ("transfer_id", _with("Transfer ")),  # bad-identifier
    ("kind", lambda texts, numbers: pc.utf8_capitalize(texts)),  # not-in-vocabulary
    ("recipient", _with("nobody-")),  # unknown-reference
    ("weapon", lambda texts, numbers: pc.utf8_upper(pc.fill_null(texts, "unheard-of"))),  # unknown-reference
    ("quantity", _with("1,", " pieces")),  # wrong-type
    ("quantity_low", lambda texts, numbers: pa.scalar("999999999")),  # inconsistent-quantity
    ("quantity_unit", lambda texts, numbers: pa.scalar(None, pa.string())),  # missing-unit
    ("ordered", lambda texts, numbers: pc.binary_join_element_wise("12/06/", pc.utf8_slice_codeunits(numbers, -4), "")),
    ("delivered", lambda texts, numbers: pa.scalar("Mar-05")),  # spreadsheet-damage
    ("notes", _with(" untidy ")),  # untidy-text
    ("recorded_on", lambda texts, numbers: pa.scalar(None, pa.string())),  # missing-value
)
CLAIMS: tuple[tuple[str, Spoil], ...] = (
    ("claim_id", _with("Claim_")),  # bad-identifier
    ("transfer_id", _with("no-such-transfer-")),  # unknown-reference
    ("source_id", _with("no-such-source-")),  # unknown-reference
    ("framing", lambda texts, numbers: pc.utf8_upper(texts)),  # not-in-vocabulary
    ("date_reported", lambda texts, numbers: pa.scalar("yesterday")),  # bad-date
    ("read_at", _with("www.example.org/")),  # wrong-type
    ("quantity_reported", _with("=")),  # formula-text
    ("locator", lambda texts, numbers: pa.scalar("page 7 ")),  # untidy-text
)


def spoiled(filled: Filled, faults: tuple[tuple[str, Spoil], ...], first: int) -> Filled:
    """The rows with one fault each, of each kind in turn."""
    size = len(next(iter(filled.values())))
    rows = first + np.arange(size)
    numbers = pa.array(rows).cast(pa.string())
    result = dict(filled)
    for kind, (name, spoil) in enumerate(faults):
        here = pa.array(rows % len(faults) == kind)
        result[name] = pc.if_else(here, spoil(result[name], numbers), result[name])
    return result
