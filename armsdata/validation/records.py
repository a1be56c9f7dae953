"""What is remembered of rows, in fixed width and column by column: a column is joined, sorted and looked up alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Records:
    """Records, each of a hash and what is remembered beside it.

    Attributes:
        fields: the values by field, all of one length; the hash is ``key``. They may be shared, and are not changed.
    """

    fields: Mapping[str, Array]

    @classmethod
    def none(cls, kinds: Mapping[str, str]) -> Records:
        """No records, of a key and fields of these types."""
        return cls({name: np.zeros(0, kind) for name, kind in {"key": "u8", **kinds}.items()})

    @classmethod
    def joined(cls, parts: Iterable[Records], kinds: Mapping[str, str]) -> Records:
        """All records of some, in order."""
        some = [part for part in parts if len(part)]
        if len(some) < 2:
            return some[0] if some else cls.none(kinds)
        return cls({name: np.concatenate([part[name] for part in some]) for name in some[0].fields})

    def __len__(self) -> int:
        return len(self.fields["key"])

    @overload
    def __getitem__(self, what: str) -> Array: ...

    @overload
    def __getitem__(self, what: Array | slice) -> Records: ...

    def __getitem__(self, what: str | Array | slice) -> Array | Records:
        """A field, or the records at these places."""
        if isinstance(what, str):
            return self.fields[what]
        return Records({name: values[what] for name, values in self.fields.items()})

    def where(self, mask: Array) -> Records:
        """The records that are marked."""
        return self if mask.all() else self[mask]

    def having(self, **fields: Array) -> Records:
        """The same records with other values in some fields."""
        return Records({**self.fields, **fields})

    @cached_property
    def sorted_keys(self) -> Array:
        """All hashes in order."""
        return np.sort(self.fields["key"])
