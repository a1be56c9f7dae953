"""CSV: reading, typing, rules; a whole validation now and then."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from armsdata.schema import TABLES

from armsdata.validation.judge import Judged
from datasets import FULL, SMALL
from made_datasets import NASTY

from .choices import Choices
from .judging import WHOLE, WRITTEN, check_file, table_of

#: Of the first byte: the header is given, and not part of the bytes; for the rest see `check_file`.
_WITH_HEADER = 8


def seeds() -> Iterator[bytes]:
    """Good files of each table, whole and without their header, and some with every kind of line end and quoting."""
    for number, table in enumerate(TABLES):
        yield bytes([number | WRITTEN << 4]) + FULL.content(table)
        for level in range(4):
            data = (FULL, FULL.with_rows(table, NASTY[table]), FULL, SMALL)[level]
            yield bytes([number | _WITH_HEADER | level << 4]) + data.content(table).partition(b"\n")[2]
    weapons = b"weapon_id,designation,category\n"
    for rows in (b'a,"b\nc",rifle\n', b'a,"b,rifle\nc,d,rifle\ne,f,rifle\n', b'a,b"c,rifle\n', b"a,b,rifle\rc,d,rifle"):
        yield b"\x02" + weapons + rows
    yield b"\x02" + b"\xef\xbb\xbf" + weapons.replace(b"\n", b"\r\n") + b"a,b,rifle\r\n"
    yield b"\x02" + (weapons + b"a,b,rifle\n").decode().encode("utf-16")
    yield b"\x02" + weapons.replace(b",", b";") + b"a;b;rifle\n"


def check(data: bytes) -> None:
    """No bytes break the reader, and what it reads without a finding is what Python's reader reads."""
    choices = Choices(data)
    control = choices.below(256)
    content = choices.rest()
    if control & _WITH_HEADER:
        content = (",".join(one.name for one in table_of(control & 7).source_columns) + "\n").encode() + content
    found = check_file(control, ".csv", content)
    assert found is not None or control >> 4 & 3 == WHOLE  # a CSV file can always be opened
    if found is None:
        return
    _table, reader, judged = found
    if not reader.findings and not any(one.batch.findings or one.batch.counted for one in judged):
        _as_python_reads(judged, content)


def _as_python_reads(judged: list[Judged], content: bytes) -> None:
    lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    names = next(lines)
    for one in judged:
        columns = {name: array.to_pylist() for name, array in one.batch.columns.items()}
        for row, line in enumerate(one.batch.lines().tolist()):
            assert lines.line_num + 1 == line, (lines.line_num + 1, line)
            cells = next(lines)
            read = {name: columns[name][row] or "" for name in names if name in columns}
            assert read == {name: cell for name, cell in zip(names, cells, strict=True) if name in columns}
    assert next(lines, None) is None
