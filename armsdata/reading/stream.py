"""The bytes of a CSV file as UTF-8 behind its header, whatever its line ends and encoding."""

from __future__ import annotations

import codecs
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .header import Header


class Utf8Stream(io.RawIOBase):
    """Reads what follows the header of a file.

    A file in UTF-16 is decoded on the way, and one whose line ends are carriage returns has them turned into
    newlines: both are reported once, with the header, and the rest is then judged as ever.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self._file = path.open("rb")
        self._file.seek(header.start)
        self._rest = b""  # what was given back, and is to be read once more
        self._decoder: io.IncrementalNewlineDecoder | None = None
        if header.encoding or header.returns_only:
            bytes_that_are_none = "replace" if header.encoding else "surrogateescape"
            decoder = codecs.getincrementaldecoder(header.encoding or "utf-8")(bytes_that_are_none)
            self._decoder = io.IncrementalNewlineDecoder(decoder, translate=header.returns_only)

    def read(self, size: int = -1, /) -> Any:
        """Some bytes; less than asked for only at the end."""
        if size < 0:
            size = 1 << 62
        return self._file.read(size) if self._decoder is None else self._decoded(size, self._decoder)

    def back(self, rest: bytes) -> None:
        """Give back the last bytes that were read: the next that is read begins with them."""
        if self._decoder is None:
            self._file.seek(-len(rest), io.SEEK_CUR)
        else:
            self._rest = rest

    def _decoded(self, size: int, decoder: io.IncrementalNewlineDecoder) -> bytes:
        parts = [self._rest]
        have, self._rest = len(self._rest), b""
        while have < size:
            raw = self._file.read(min(size, 1 << 20))
            parts.append(decoder.decode(raw, not raw).encode("utf-8", "surrogateescape"))
            have += len(parts[-1])
            if not raw:
                break
        # A little more than was asked for is no harm to the one caller, which only asks whether it is less.
        return b"".join(parts)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
