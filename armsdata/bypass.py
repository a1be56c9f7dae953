"""Writing large files around the system's cache.

A release is brought to the disk before it is moved into place, so the cache saves nothing: it costs the search for free
memory, a copy, and what other programs had in it. Where the system can do without (Linux, most file systems), what a
file has beyond its beginning goes straight to the disk; elsewhere it is written as ever.
"""

from __future__ import annotations

import errno
import mmap
import os
import sys
from typing import IO, Any

import numpy as np

#: So many bytes go to the disk at once; the system wants their number and place to be multiples of its own blocks.
PIECE = 2 << 20
#: The beginning of each file goes through the cache: small files stay where the next reader finds them soonest.
CACHED = PIECE
#: What systems answer that cannot write so.
_REFUSALS = {errno.EINVAL, errno.ENOTSUP}


class LargeFile:
    """Writes to a file; what comes after its first `CACHED` bytes does not stay in the system's cache.

    Args:
        stream: the file, open for writing, with nothing in it yet. Closing it is left to `close`.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._until_direct = CACHED if sys.platform == "linux" else -1
        self._piece: memoryview | None = None  # what goes to the disk next, while it fills
        self._filled = 0

    def write(self, data: Any) -> int:
        """Append bytes; how many they were.

        Raises:
            OSError: the disk is full or broken.
        """
        view = memoryview(data).cast("B")
        rest = view
        if self._until_direct > 0:
            some = rest[: self._until_direct]
            self._stream.write(some)
            self._until_direct -= len(some)
            rest = rest[len(some) :]
            if not self._until_direct:
                self._begin()
        while self._piece is not None and len(rest):
            some = rest[: PIECE - self._filled]
            _copy(some, self._piece[self._filled : self._filled + len(some)])
            self._filled += len(some)
            rest = rest[len(some) :]
            if self._filled == PIECE:
                self._pour(self._piece)
        if len(rest):
            self._stream.write(rest)
        return len(view)

    def _begin(self) -> None:
        self._stream.flush()
        if _bypass(self._stream, True):
            self._piece = memoryview(mmap.mmap(-1, PIECE))  # begins with a page, as the system wants it

    def _pour(self, piece: memoryview) -> None:
        """Write a full piece to the disk; if the system does not want to, it and all after it go through the cache."""
        self._filled = 0
        try:
            while len(piece):
                piece = piece[os.write(self._stream.fileno(), piece) :]
        except OSError as error:
            if error.errno not in _REFUSALS:
                raise
            _bypass(self._stream, False)
            self._piece = None
            self._stream.write(piece)

    def close(self) -> None:
        """Write what is left, which is no full piece, and close the file.

        Raises:
            OSError: the disk is full or broken; the file is closed.
        """
        try:
            if self._piece is not None:
                rest, self._piece = self._piece[: self._filled], None
                _bypass(self._stream, False)
                self._stream.write(rest)
        finally:
            self._stream.close()

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._stream.closed


def _copy(data: memoryview, place: memoryview) -> None:
    """Copy bytes, while other threads go on."""
    np.frombuffer(place, np.uint8)[:] = np.frombuffer(data, np.uint8)


def _bypass(stream: IO[bytes], around: bool) -> bool:
    """Let what is written to a file go around the cache, or through it again; False where the system cannot."""
    if sys.platform != "linux":
        return False
    from fcntl import F_GETFL, F_SETFL, fcntl

    try:
        flags = fcntl(stream.fileno(), F_GETFL)
        fcntl(stream.fileno(), F_SETFL, flags | os.O_DIRECT if around else flags & ~os.O_DIRECT)
    except OSError:  # a file system without it, or no file of the system at all
        return False
    return True
