"""What is remembered of rows, in fixed width and column by column: a field is joined and looked up alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike

from .index import distinct

Array = np.ndarray[Any, Any]


class Records:
    """Records, each of a hash and what is remembered beside it.

    Args:
        fields: the values by field, all of one length; the hash is ``key``. They may be shared, and are not changed.
    """

    def __init__(self, fields: Mapping[str, Array]) -> None:
        self.fields = fields
        self._distinct: Array | None = None
        self._alone = Lock()

    @classmethod
    def none(cls, kinds: Mapping[str, str]) -> Records:
        """No records, of a key and fields of these types."""
        return cls({name: np.zeros(0, kind) for name, kind in {"key": "u8", **kinds}.items()})

    @classmethod
    def joined(cls, parts: Iterable[Records], kinds: Mapping[str, str]) -> Records:
        """All records of some, in order; a field that is joined is held here alone, if the caller lets the parts go."""
        some = [part for part in parts if len(part)]
        if len(some) < 2:
            return some[0] if some else cls.none(kinds)
        every, fields = {"key": "u8", **kinds}, [dict(part.fields) for part in some]
        return cls(_Fields(every, sum(map(len, some)), lambda name: np.concatenate([one.pop(name) for one in fields])))

    def __len__(self) -> int:
        return self.fields.size if isinstance(self.fields, _Fields) else len(self.fields["key"])

    def __reduce__(self) -> tuple[type[Records], tuple[dict[str, Array]]]:
        return Records, (dict(self.fields),)  # for another process: what there is, not how it is made

    @overload
    def __getitem__(self, what: str) -> Array: ...

    @overload
    def __getitem__(self, what: Array | slice) -> Records: ...

    def __getitem__(self, what: str | Array | slice) -> Array | Records:
        """A field, or the records at these places."""
        if isinstance(what, str):
            return self.fields[what]
        size = len(range(*what.indices(len(self)))) if isinstance(what, slice) else _many(what)
        return Records(_Fields(self._kinds, size, lambda name: self.fields[name][what]))

    @property
    def _kinds(self) -> Mapping[str, DTypeLike]:
        """The type of each field."""
        if isinstance(self.fields, _Fields):
            return self.fields.kinds
        return {name: values.dtype for name, values in self.fields.items()}

    def where(self, mask: Array) -> Records:
        """The records that are marked."""
        return self if mask.all() else self[mask]

    def having(self, **fields: Array) -> Records:
        """The same records with other values in some fields."""
        return Records({**self.fields, **fields})

    @property
    def distinct(self) -> Array:
        """Each key once, in order; told once, whoever asks meanwhile waits."""
        with self._alone:
            if self._distinct is None:
                self._distinct = distinct(self["key"])
            return self._distinct


def _many(what: Array) -> int:
    """How many records are at these places, or marked."""
    return int(np.count_nonzero(what)) if what.dtype == bool else len(what)


class _Fields(Mapping[str, Array]):
    """Fields of which each is made when somebody asks for it: most are never asked for."""

    def __init__(self, kinds: Mapping[str, DTypeLike], size: int, make: Callable[[str], Array]) -> None:
        self.kinds, self.size, self._make = kinds, size, make
        self._known: dict[str, Array] = {}
        self._alone = Lock()

    def __getitem__(self, name: str) -> Array:
        with self._alone:
            if name not in self._known:
                self._known[name] = self._make(name) if self.size else np.zeros(0, self.kinds[name])
            return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)
