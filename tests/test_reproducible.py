"""The same dataset gives the same bytes, whenever, wherever and however many work on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from armsdata.exporters import parquet as parquet_format

from armsdata import export, load, validate
from armsdata.reading import csv as csv_reading
from armsdata.reading.stream import Utf8Stream
from made_datasets import NASTY, Tables, files_of, write_tables
from repository import ROOT

EXPORT = "import sys; from armsdata import export; export(sys.argv[1], sys.argv[2], threads=int(sys.argv[3]))"
# A clock that is 20 years ahead, in every way that our Python code could tell the time.
LATER = """
import datetime, time, pandas, pandera.pandas, pyarrow
now, day, moment, ahead = time.time, datetime.date, datetime.datetime, 20 * 365 * 86400
year = day.today().year
time.time = lambda: now() + ahead
time.time_ns = lambda: int(time.time() * 1e9)
time.localtime, time.gmtime = (lambda *at, f=f: f(*at or (time.time(),)) for f in (time.localtime, time.gmtime))
class Real(type):
    def __instancecheck__(cls, value): return isinstance(value, cls.__base__)
class Day(day, metaclass=Real):
    @classmethod
    def today(cls): return day.fromtimestamp(time.time())
class Moment(moment, metaclass=Real):
    @classmethod
    def now(cls, tz=None): return moment.fromtimestamp(time.time(), tz)
    today = utcnow = now
datetime.date, datetime.datetime = Day, Moment
assert datetime.date.today().year > year + 18 and datetime.datetime.now().year > year + 18
"""


def many(rows: int) -> Tables:
    """A dataset of so many transfers that each needs its own lines."""
    first, second = NASTY["transfers"]
    transfers = [
        first,
        *(second | {"transfer_id": f"t{place}", "notes": "“x”\n" * (place % 7)} for place in range(rows)),
    ]
    claims = [
        NASTY["claims"][0] | {"claim_id": f"c{place}", "transfer_id": row["transfer_id"]}
        for place, row in enumerate(transfers)
    ]
    return NASTY | {"transfers": transfers, "claims": claims}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("dataset"), many(150))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, dataset: Path) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("expected") / "release"
    export(dataset, folder, threads=1)
    return files_of(folder)


def differing(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    return [name for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)]


@pytest.mark.parametrize(("threads", "block"), [(1, 1 << 14), (2, 7_919), (5, 1 << 15), (5, 1 << 20), (2, 50_021)])
def test_threads_and_sizes_of_blocks_do_not_show(
    dataset: Path, expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, block: int
) -> None:
    monkeypatch.setattr(csv_reading, "BLOCK", block)
    export(dataset, tmp_path / "release", threads=threads)
    assert differing(files_of(tmp_path / "release"), expected) == []


def test_blocks_are_half_as_large_again_where_nothing_is_made_of_them(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[int] = set()
    read = Utf8Stream.read

    def watched(stream: Utf8Stream, size: int = -1) -> object:
        asked.add(size)
        return read(stream, size)

    monkeypatch.setattr(Utf8Stream, "read", watched)
    validate(dataset)
    assert asked == {12 << 20}
    asked.clear()
    export(dataset, tmp_path / "release")
    assert asked == {8 << 20}


def test_the_row_groups_of_parquet_do_not_depend_on_the_blocks(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_format, "ROW_GROUP", 40)
    found = []
    for block in (1 << 13, 50_021, 16 << 20):
        monkeypatch.setattr(csv_reading, "BLOCK", block)
        export(dataset, tmp_path / "release", threads=2)
        file = pq.ParquetFile(tmp_path / "release/parquet/transfers.parquet")
        groups = [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)]
        assert groups == [40] * 3 + [31]
        found.append(files_of(tmp_path / "release"))
    assert differing(found[0], found[1]) == differing(found[0], found[2]) == []


def test_frames_give_the_same_bytes_as_files(dataset: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    export(load(dataset), tmp_path / "release", threads=2)
    assert differing(files_of(tmp_path / "release"), expected) == []


@pytest.mark.parametrize(
    ("zone", "language", "before", "umask"),
    [("Pacific/Kiritimati", "C", LATER, 0o077), ("America/Los_Angeles", "tr_TR.UTF-8", "", 0o022)],
)
def test_day_place_language_and_folder_do_not_show(
    dataset: Path, expected: dict[str, bytes], tmp_path: Path, zone: str, language: str, before: str, umask: int
) -> None:
    home = tmp_path / "Übung, elsewhere"
    home.mkdir()
    if before:
        source = tmp_path / "link to the dataset"
        source.symlink_to(dataset)
        threads = "1"
    else:
        threads = "2"
        source = Path(os.path.relpath(dataset, home))
    call: list[str | Path] = [sys.executable, "-c", before + EXPORT, source, "out", threads]
    settings = {"TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": threads, "HOME": str(home)}
    subprocess.run(call, cwd=home, env=os.environ | settings, check=True, umask=umask)
    assert differing(files_of(home / "out"), expected) == []


def test_the_curated_dataset_is_exported_alike_twice(tmp_path: Path) -> None:
    for name in ("one", "other"):
        export(ROOT / "data", tmp_path / name)
    assert differing(files_of(tmp_path / "one"), files_of(tmp_path / "other")) == []
