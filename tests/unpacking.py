"""The data of a page, read by what docs and comments say of its form: a second reader beside `script/unpack.js`."""

from __future__ import annotations

from typing import Any

DIGITS = [chr(one) for one in range(32, 127) if chr(one) not in '"\\<>&']
Tables = dict[str, dict[str, list[Any]]]


def unpacked(packed: dict[str, Any]) -> Tables:
    """The tables, each with its columns."""
    pairs = numbers(packed["pairs"])
    names: dict[int, str] = {2 * place + 1: word for place, word in enumerate(packed["words"])}

    def text(name: int) -> str:
        if name not in names:
            names[name] = text(pairs[name - 2]) + text(pairs[name - 1])
        return names[name]

    def values(found: Any) -> list[Any]:
        if not isinstance(found, str):
            return [tuple(one) if isinstance(one, list) else one for one in found]
        texts = [""]
        for name in numbers(found):
            if name:
                texts[-1] += text(name)
            else:
                texts.append("")
        return texts[:-1]

    tables: Tables = {}
    for table, content in packed["tables"].items():
        tables[table] = {}
        for group in content["groups"]:
            for name, found in zip(group["names"], map(values, group["values"]), strict=True):
                places = range(content["size"]) if group["width"] is None else fixed(group, content["size"])
                tables[table][name] = [found[place] for place in places]
    return tables


def numbers(codes: str) -> list[int]:
    """Numbers of as many digits as each needs."""
    found, number, unit = [], 0, 1
    for one in codes:
        digit = DIGITS.index(one)
        number, unit = number + digit * unit, unit * 40
        if digit < 50:
            found.append(number)
            number, unit = 0, 1
    return found


def fixed(group: dict[str, Any], size: int) -> list[int]:
    """Numbers of so many digits each."""
    found = []
    for row in range(size):
        number = 0
        for one in group["places"][row * group["width"] : (row + 1) * group["width"]]:
            number = number * 90 + DIGITS.index(one)
        found.append(number)
    return found
