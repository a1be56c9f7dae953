"""Numbers in the characters that cost one byte each, in JSON and in a script element."""

from __future__ import annotations

from collections.abc import Iterable

#: Printable ASCII without what JSON or HTML must escape; `script/unpack.js` has the same.
DIGITS = "".join(chr(one) for one in range(32, 127) if chr(one) not in '"\\<>&')
BASE = len(DIGITS)
#: Digits from this on say that another follows.
_MORE = 50


def digits(number: int) -> str:
    """A number, 0 or more, in as many digits as it needs; the last tells that it is the last."""
    found = ""
    while number >= _MORE:
        number, rest = divmod(number - _MORE, BASE - _MORE)
        found += DIGITS[_MORE + rest]
    return found + DIGITS[number]


def wide(numbers: Iterable[int], width: int) -> str:
    """Numbers of so many digits each, the first the highest."""
    return "".join(
        "".join(DIGITS[number // BASE**place % BASE] for place in range(width - 1, -1, -1)) for number in numbers
    )
