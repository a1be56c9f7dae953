"""Large files are written around the system's cache; whatever the system thinks of that, their bytes are the same."""

from __future__ import annotations

import errno
import io
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from armsdata import bypass, export
from armsdata.bypass import LargeFile
from armsdata.errors import ArmsdataError

BLOCK = 4096
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all is written through the cache")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as large from two blocks on."""
    monkeypatch.setattr(bypass, "PIECE", BLOCK)
    monkeypatch.setattr(bypass, "CACHED", 2 * BLOCK)


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what went straight to the disk."""
    sizes: list[int] = []
    write = os.write

    def watched(file: int, data: Any) -> int:
        sizes.append(len(data))
        return write(file, data)

    monkeypatch.setattr(os, "write", watched)
    return sizes


def wrote(path: Path, parts: list[bytes]) -> bytes:
    file = LargeFile(path.open("xb"))
    assert [file.write(part) for part in parts] == [len(part) for part in parts]
    file.close()
    assert file.closed
    return path.read_bytes()


@pytest.mark.parametrize(
    "size", [0, 1, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 1, 3 * BLOCK - 1, 3 * BLOCK, 3 * BLOCK + 1, 10 * BLOCK + 7]
)
@pytest.mark.parametrize("most", [1000, BLOCK, 100_000])
def test_a_file_holds_what_was_written_however_it_was_cut(tmp_path: Path, size: int, most: int) -> None:
    chance = random.Random(size + most)
    whole, parts, at = chance.randbytes(size), [], 0
    while at < size:
        some = chance.randint(0, most)
        parts.append(whole[at : at + some])
        at += some
    assert wrote(tmp_path / "file", parts) == whole


@linux
def test_the_beginning_goes_through_the_cache_and_whole_pieces_after_it_around_it(
    tmp_path: Path, direct: list[int]
) -> None:
    whole = random.Random(1).randbytes(5 * BLOCK + 100)
    assert wrote(tmp_path / "small", [whole[: 2 * BLOCK]]) == whole[: 2 * BLOCK]
    assert direct == []
    assert wrote(tmp_path / "large", [whole]) == whole
    assert direct == [BLOCK] * 3


@linux
@pytest.mark.parametrize("at", [1, 2])
def test_where_the_system_refuses_to_go_around_its_cache_all_goes_through_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    calls: list[int] = []
    write = os.write

    def refusing(file: int, data: Any) -> int:
        calls.append(len(data))
        if len(calls) == at:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return write(file, data)

    monkeypatch.setattr(os, "write", refusing)
    whole = random.Random(2).randbytes(6 * BLOCK + 1)
    assert wrote(tmp_path / "file", [whole[:10_000], whole[10_000:]]) == whole
    assert len(calls) == at  # asked no more


@linux
def test_a_piece_that_is_written_in_part_is_written_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(bypass, "PIECE", 2 * BLOCK)
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:BLOCK]))
    whole = random.Random(3).randbytes(7 * BLOCK)
    assert wrote(tmp_path / "file", [whole]) == whole


def test_a_file_system_that_knows_nothing_of_it_is_written_to_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: list[int]
) -> None:
    monkeypatch.setattr(bypass, "_bypass", lambda stream, around: False)
    whole = random.Random(4).randbytes(6 * BLOCK + 1)
    assert wrote(tmp_path / "file", [whole]) == whole
    assert direct == []


class _Disk(io.BufferedWriter):
    """A file on a disk that may be full."""

    full = False

    def write(self, data: Any, /) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_disk_that_is_full_at_the_very_end_is_told_and_the_file_is_closed(tmp_path: Path) -> None:
    stream = _Disk(io.FileIO(tmp_path / "file", "xb"))
    file = LargeFile(stream)
    file.write(bytes(3 * BLOCK + 1))
    stream.full = True
    with pytest.raises(OSError, match="No space"):
        file.write(b"x") if sys.platform != "linux" else file.close()
    file.close()
    assert file.closed
    assert stream.closed


@linux
def test_a_release_is_the_same_whichever_way_it_is_written_and_nothing_is_left_of_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: list[int]
) -> None:
    export(out=tmp_path / "around")
    assert len(direct) > 20
    monkeypatch.setattr(bypass, "CACHED", 1 << 30)
    direct.clear()
    export(out=tmp_path / "through")
    assert not direct
    for path in (tmp_path / "through").rglob("*"):
        if path.is_file():
            assert (tmp_path / "around" / path.relative_to(tmp_path / "through")).read_bytes() == path.read_bytes()

    def full(file: int, data: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(bypass, "CACHED", 2 * BLOCK)
    monkeypatch.setattr(os, "write", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises((OSError, ArmsdataError)) as failed:
        export(out=tmp_path / "full")
    assert "full/" in str(failed.value).replace(os.sep, "/")  # named by what it would have been called
    assert sorted(tmp_path.iterdir()) == before
