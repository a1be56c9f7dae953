"""A release that is made in a store which knows no moving of folders: its list of sums comes last, and makes it one."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from armsdata.errors import NotOurs
from armsdata.placing import naming
from armsdata.staging import SUMS

from .places import file_system, named
from .writing import upload


class StoreStaging:
    """A release in the making at an address. Leaving the context without `publish` removes what was written.

    Documents are made in a folder of this machine and uploaded by `publish`, the list of sums last.

    Args:
        address: for fsspec.

    Raises:
        UsageError: there is no such store.
        NotOurs: something is there already: it cannot be replaced in one step.
        OSError: the store cannot be asked.
    """

    def __init__(self, address: str) -> None:
        self.place: str = address
        self._documents: list[str] = []
        self._published = False
        with named(address):
            self._system, self._root = file_system(address)
            there = self._system.find(self._root) if self._system.exists(self._root) else []
        if there:
            raise NotOurs(
                f"{address}: holds {there[0].rpartition('/')[2]} already; a release at an address cannot be replaced "
                "in one step, so name a new one for each"
            )

    def __enter__(self) -> StoreStaging:
        self._scratch = tempfile.TemporaryDirectory(prefix="armsdata-")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scratch.cleanup()
        if not self._published:
            with contextlib.suppress(Exception):  # the first failure says more, and without its list it is no release
                if self._system.exists(self._root):
                    self._system.rm(self._root, recursive=True)

    def create(self, path: str) -> IO[bytes]:
        """Begin a document."""
        self._documents.append(path)
        whole = Path(self._scratch.name) / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        return whole.open("xb")

    def finished(self, path: str) -> None:
        """Nothing to do: `publish` uploads all documents together."""

    @contextmanager
    def naming(self, path: str) -> Iterator[None]:
        """Let errors name the file that was to be written."""
        with naming(f"{self.place}/{path}"):
            yield

    def sizes(self) -> dict[str, int]:
        """The size of every file that is there."""
        with named(self.place):
            root = self._system._strip_protocol(self._root).rstrip("/")
            found = self._system.find(self._root, detail=True)
            return {path.removeprefix(root).lstrip("/"): one["size"] for path, one in found.items()}

    def remove(self, path: str) -> None:
        """Remove a file."""
        with named(f"{self.place}/{path}"):
            self._system.rm_file(f"{self._root}/{path}")

    def publish(self) -> None:
        """Upload the documents; with the list of sums it is a release."""
        for path in sorted(self._documents, key=lambda path: path == SUMS):
            with self.naming(path), named(f"{self.place}/{path}"):
                upload(self._system, Path(self._scratch.name) / path, f"{self._root}/{path}")
        self._published = True
