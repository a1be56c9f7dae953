"""A short fuzz of every target, with what hypothesis makes up; the long one is `make fuzz`."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzzing import TARGETS, fuzz_jsonld, fuzz_parquet, fuzz_sipri, fuzz_xlsx, judging
from fuzzing.choices import Choices
from fuzzing.judging import JUDGED, READ

#: More are tried with ARMSDATA_EXAMPLES=2000.
EXAMPLES = int(os.environ.get("ARMSDATA_EXAMPLES", "15"))


def target(name: str) -> ModuleType:
    return importlib.import_module(f"fuzzing.fuzz_{name}")


@st.composite
def inputs(draw: st.DrawFn, name: str) -> bytes:
    """A seed with some bytes changed, taken out, or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS[name])))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(1, max(1, len(data))))
        size = draw(st.sampled_from([0, 1, 1, 4, 40]))
        data[at : at + size] = draw(st.one_of(st.binary(max_size=6), st.sampled_from(WORDS)))
    return bytes(data)


WORDS = (b'"', b"\n", b'",', b"\r", b"\0", b"\xff", b";", b"{", b"]}", b"<", b"/..", b"=1", b"Mar-05", b"\xe2\x80\xae")
SEEDS = {name: list(target(name).seeds()) for name in TARGETS}


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_a_reader(name: str) -> None:
    check = target(name).check

    @settings(max_examples=EXAMPLES * (20 if name == "edtf" else 1),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(inputs(name))
    def tried(data: bytes) -> None:
        check(data)

    tried()


@pytest.mark.parametrize("suffix", [".csv", ".jsonld", ".parquet", ".xlsx"])
def test_the_seeds_get_as_far_as_the_records(suffix: str) -> None:
    seeds = [one for one in SEEDS[suffix[1:]] if one[0] >> 4 & 3 in (READ, JUDGED)]
    read = [judging.read_file(judging.table_of(one[0] & 7), suffix, content(suffix, one), judging=False)
            for one in seeds]  # fmt: skip
    records = [sum(each.batch.size for each in one[1]) for one in read if one is not None]
    assert len(records) > 0.7 * len(seeds)  # some of the Parquet files are made with bytes flipped
    assert sum(size > 0 for size in records) > 0.5 * len(seeds)


def content(suffix: str, seed: bytes) -> bytes:
    """The file that a seed stands for."""
    data = seed[1:]
    if not seed[0] & 8:
        return data
    if suffix == ".csv":
        names = ",".join(column.name for column in judging.table_of(seed[0] & 7).source_columns)
        return f"{names}\n".encode() + data
    if suffix == ".jsonld":
        return fuzz_jsonld._FRAME + data
    if suffix == ".xlsx":
        return fuzz_xlsx.workbook(data.split(fuzz_xlsx._BETWEEN))
    return fuzz_parquet.made(judging.table_of(seed[0] & 7), Choices(data))


def test_a_fault_is_not_overlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness fails where the reader does, takes too long or too much memory, or reads something else."""
    good = SEEDS["csv"][1]
    with pytest.raises(judging.TooSlow), judging.bounded(0):
        monkeypatch.setattr("time.process_time", lambda: 1e9)
    monkeypatch.undo()
    with pytest.raises(judging.TooLarge), judging.bounded(1):
        monkeypatch.setattr(judging, "_peak", lambda: 1e9)
    monkeypatch.undo()
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr("armsdata.reading.csv.CsvReader._sound", lambda *_: 1 / 0)
        target("csv").check(good)
    with monkeypatch.context() as broken, pytest.raises(AssertionError):
        broken.setattr("armsdata.exporters.csv.quoted", lambda texts: texts)
        for seed in SEEDS["csv"]:
            target("csv").check(seed)
    assert fuzz_sipri.HEADS
