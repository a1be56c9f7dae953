"""The importer of SIPRI's register, in both layouts; what it writes is a valid dataset that has lost nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import armsdata
from armsdata.importing import ImportFailure, import_register

from .choices import Choices
from .judging import bounded, work

_REGISTERS = Path(__file__).parents[1] / "registers"
#: Of the first byte: the layout (1) whose header is given (8); without, the bytes are the whole file.
_WITH_HEADER = 8


def _split(name: str) -> tuple[bytes, list[bytes]]:
    """A register's lines down to its header, and its records."""
    lines = (_REGISTERS / f"{name}.csv").read_bytes().splitlines(keepends=True)
    head = next(place for place, line in enumerate(lines) if line.count(b",") > 8 and b"upplier" in line)
    return b"".join(lines[: head + 1]), lines[head + 1 :]


LAYOUTS = ("deals", "deliveries")
HEADS = {name: _split(name)[0] for name in LAYOUTS}


def seeds() -> Iterator[bytes]:
    """Both registers, whole, and their records a few at a time."""
    for number, name in enumerate(LAYOUTS):
        head, records = _split(name)
        yield bytes([number]) + head + b"".join(records[:6])
        for start in range(0, len(records), 3):
            yield bytes([number | _WITH_HEADER]) + b"".join(records[start : start + 3])


def check(data: bytes) -> None:
    """A register is refused, with reasons, or imported without loss into a valid dataset."""
    choices = Choices(data)
    control = choices.below(256)
    content = choices.rest()
    if control & _WITH_HEADER:
        content = HEADS[LAYOUTS[control & 1]] + content
    file, out = work() / "register.csv", work() / "imported"
    file.write_bytes(content)
    shutil.rmtree(out, ignore_errors=True)
    with bounded(len(content)):
        try:
            result = import_register("sipri", file, out)
        except ImportFailure as error:
            assert str(error)
            assert all(one.line >= 1 and one.message for one in error.findings)
            assert not out.exists()
            return
    assert result.balanced, result.reconciliation
    report = armsdata.validate(out, threads=1)
    errors = [one for one in report.findings if one.severity == "error"]
    assert not errors, errors[:3]
