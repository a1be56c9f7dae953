"""The cluster finds what the local engine finds, writes what it writes, and ends right or fails clean when workers die.

A real scheduler and real worker processes, on loopback.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from armsdata.schema import TABLES
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import armsdata
from armsdata import Report, cluster
from armsdata.cluster import waiting
from armsdata.cluster.release import content_hash
from armsdata.verification import verify
from datasets import FULL, Data
from made_datasets import NASTY, files_of, write_tables
from running import armsdata as command
from running import process
from test_ledger import faulty_dataset
from test_oracle import damaged
from test_parts import in_parts

#: More are tried with ARMSDATA_CLUSTER_EXAMPLES=100.
EXAMPLES = int(os.environ.get("ARMSDATA_CLUSTER_EXAMPLES", "3"))
#: So many seconds a job may take on a machine that has much else to do.
PATIENCE = 300


@contextmanager
def started(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the cluster; killed at the end if it still lives."""
    one = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{module}", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"},
    )
    try:
        yield one
    finally:
        one.kill()
        one.wait()
        assert one.stderr is not None
        one.stderr.close()


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A scheduler and its address."""
    file = folder / f"scheduler-{time.monotonic_ns()}.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with started("dask_scheduler", *options) as one:
        yield json.loads(_content(file, one))["address"], one


def _content(file: Path, writer: subprocess.Popen[str]) -> str:
    for _ in range(1200):
        if file.exists() and (text := file.read_text("utf-8")).endswith("}"):
            return text
        assert writer.poll() is None
        time.sleep(0.05)
    raise TimeoutError(file)


@contextmanager
def worker(address: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker process that nobody starts again."""
    options = [
        "--no-nanny",
        "--nthreads",
        "1",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
        "--death-timeout",
        "30",
        "--local-directory",
    ]
    with started("dask_worker", address, *options, str(folder)) as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with scheduler(folder) as (address, _), worker(address, folder), worker(address, folder):
        yield address


def parted(data: Data, folder: Path, seed: int) -> Path:
    """The dataset with its files cut at random places: each part with the header."""
    draw = random.Random(seed)
    data.write(folder)
    for name in TABLES:
        content = data.content(name)
        header, _, body = content.partition(b"\n")
        if draw.random() < 0.2 or not body:
            continue
        (folder / f"{name}.csv").unlink()
        (folder / name).mkdir()
        lines = body.splitlines(keepends=True)
        cuts = sorted(draw.randrange(len(lines) + 1) for _ in range(draw.randrange(4)))
        for number, (first, last) in enumerate(zip([0, *cuts], [*cuts, len(lines)], strict=True)):
            part = header + b"\n" + b"".join(lines[first:last])
            (folder / name / f"part-{number}.csv").write_bytes(part)
    return folder


def same(ours: Report, theirs: Report) -> None:
    """Finding by finding, count by count."""
    assert ours.findings == theirs.findings
    assert ours.counts == theirs.counts
    assert ours.rows == theirs.rows
    assert (ours.valid, ours.truncated) == (theirs.valid, theirs.truncated)


# ---------------------------------------------------------------------------------------------- findings


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    database=None,
)
@given(data=damaged(), seed=st.integers(0, 2**32))
def test_the_cluster_finds_what_the_local_engine_finds(
    address: str, tmp_path_factory: pytest.TempPathFactory, data: Data, seed: int
) -> None:
    dataset = parted(data, tmp_path_factory.mktemp("damaged"), seed)
    same(cluster.validate(dataset, scheduler=address), armsdata.validate(dataset))


@pytest.mark.parametrize(("limit", "together"), [(10_000, 100), (7, 1 << 20)])
def test_every_rule_over_the_whole_dataset_holds_across_parts(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, together: int
) -> None:
    monkeypatch.setattr("armsdata.cluster.joins.TOGETHER", together)  # several partitions, or one
    whole = faulty_dataset(tmp_path / "whole")
    data = Data({}, raw={name: (whole / f"{name}.csv").read_bytes() for name in TABLES})
    dataset = parted(data, tmp_path / "parts", 1)
    assert len(list((dataset / "transfers").iterdir())) > 1
    local = armsdata.validate(dataset, limit=limit)
    assert {code for code, _ in local.counts} >= {
        "duplicate-id", "probable-duplicate", "unknown-reference", "uncited-transfer", "reference-cycle",
        "conflicting-claim", "impossible-order", "unused-record",
    }  # fmt: skip
    same(cluster.validate(dataset, scheduler=address, limit=limit), local)


def test_a_part_that_cannot_be_read_is_a_finding_as_ever(address: str, tmp_path: Path) -> None:
    dataset = in_parts(FULL, tmp_path)
    (dataset / "transfers" / "part-0001.csv").write_bytes(b"")
    (dataset / "actors" / "part-0001.csv").write_bytes(b"name\nIraq\n")
    same(cluster.validate(dataset, scheduler=address), armsdata.validate(dataset))


# ---------------------------------------------------------------------------------------------- the release


def test_the_release_in_parts_holds_what_the_local_one_does(address: str, tmp_path: Path) -> None:
    dataset = in_parts(FULL, tmp_path / "parts")
    ran = command("export", dataset, "--out", tmp_path / "far", "--engine", "dask", "--scheduler", address)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith("Exported 3 transfers, ")
    armsdata.export(FULL.write(tmp_path / "whole"), tmp_path / "near")
    far, near = verify(tmp_path / "far"), verify(tmp_path / "near")
    assert far.problems == []
    assert far.hashes == near.hashes
    assert armsdata.validate(tmp_path / "far").valid
    package = json.loads((tmp_path / "far" / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        if resource["format"] == "csv":
            assert resource["hash"] == f"sha256:{near.hashes['csv'][resource['name']]}"
            assert resource["bytes"] == (tmp_path / "near" / "csv" / f"{resource['name']}.csv").stat().st_size
    assert not [one for one in tmp_path.rglob("*") if "draft" in one.name or one.name.startswith(".far")]


def test_the_data_package_of_a_release_in_parts_is_valid(address: str, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    cluster.export(in_parts(FULL, tmp_path / "parts"), tmp_path / "out", formats=["csv"], scheduler=address)
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.flatten(["code", "message"]) == []


def test_a_release_in_parts_replaces_another_and_is_reproducible(address: str, tmp_path: Path) -> None:
    dataset, out = in_parts(FULL, tmp_path / "parts"), tmp_path / "out"
    armsdata.export(FULL.write(tmp_path / "whole"), out)
    sums = []
    for _ in range(2):
        cluster.export(dataset, out, scheduler=address)
        sums.append((out / "SHA256SUMS").read_bytes())
        assert not (out / "csv" / "transfers.csv").exists()
    assert sums[0] == sums[1]


def test_nothing_is_written_when_a_rule_over_the_whole_dataset_is_broken(address: str, tmp_path: Path) -> None:
    row = FULL.tables["transfers"][0] | {"notes": "once more"}
    dataset = in_parts(FULL.with_row("transfers", **row), tmp_path / "parts")
    ran = command("export", dataset, "--out", tmp_path / "out", "--engine", "dask", "--scheduler", address)
    assert ran.status == 1
    assert "[duplicate-id]" in ran.err
    assert "nothing was exported" in ran.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["parts"]


def test_a_dataset_may_be_read_and_written_at_an_address(address: str, tmp_path: Path) -> None:
    dataset = in_parts(FULL.with_cell("transfers", 0, "recorded_on", "soon"), tmp_path / "bad")
    far = cluster.validate(f"file://{dataset}", scheduler=address)
    assert [replace(one, file=one.file.removeprefix("file://")) for one in far.findings] == armsdata.validate(
        dataset
    ).findings
    good, out = in_parts(FULL, tmp_path / "good"), f"file://{tmp_path / 'out'}"
    cluster.export(f"file://{good}", out, scheduler=address)
    assert verify(tmp_path / "out").problems == []
    assert command("export", good, "--out", out, "--engine", "dask", "--scheduler", address).says("holds", status=2)
    other = f"file://{tmp_path / 'other'}"
    ran = command("export", f"file://{dataset}", "--out", other, "--engine", "dask", "--scheduler", address)
    assert ran.status == 1
    assert not (tmp_path / "other").exists()


def test_the_content_hash_of_parts_is_that_of_the_whole(tmp_path: Path) -> None:
    armsdata.export(write_tables(tmp_path / "data", NASTY), tmp_path / "out", formats=["csv"])
    whole = tmp_path / "out" / "csv" / "transfers.csv"
    expected = verify(tmp_path / "out").hashes["csv"]["transfers"]
    header, first, rest = re.fullmatch(rb"(.*?\n)(.*?\n)(.*)", whole.read_bytes(), re.DOTALL).groups()  # type: ignore[union-attr]
    for name, body in (("a", first), ("b", rest)):
        (tmp_path / f"{name}.csv").write_bytes(header + body)
    assert content_hash("transfers", [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]) == expected


# ---------------------------------------------------------------------------------------------- failures


def many(folder: Path, parts: int) -> Path:
    """A dataset of many parts."""
    transfer, claim = FULL.tables["transfers"][0], FULL.tables["claims"][0]
    keys = [f"more-{number}" for number in range(parts * 40)]
    transfers = [transfer | {"transfer_id": key, "notes": key} for key in keys]
    claims = [claim | {"claim_id": key, "transfer_id": key, "locator": key} for key in keys]
    data = FULL.with_rows("transfers", FULL.tables["transfers"] + transfers)
    return in_parts(data.with_rows("claims", FULL.tables["claims"] + claims), folder, rows=40)


def after_parts(out: Path, number: int, job: Future[Any]) -> None:
    """Wait until a job has written so many parts."""
    for _ in range(PATIENCE * 100):
        if len([*out.parent.glob(f".{out.name}.armsdata-*/new/csv/*/part-*.csv")]) >= number:
            return
        assert not job.done(), job.result()
        time.sleep(0.01)
    raise TimeoutError


def test_killed_workers_change_nothing_as_long_as_one_is_left(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WITHOUT_WORKERS", 3)
    dataset, out = many(tmp_path / "parts", 12), tmp_path / "out"
    whole = armsdata.validate(dataset)
    with (
        scheduler(folder) as (address, _),
        worker(address, folder) as one,
        worker(address, folder) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        done = pool.submit(cluster.export, dataset, out, formats=["csv"], scheduler=address)
        after_parts(out, 10, done)
        one.kill()
        same(done.result(timeout=PATIENCE), replace(whole, findings=done.result().findings))
        assert verify(out).problems == []
        before = files_of(out)
        again = pool.submit(command, "export", dataset, "--out", out, "--engine", "dask", "--scheduler", address)
        after_parts(out, 5, again)
        other.kill()
        ran = again.result(timeout=PATIENCE)  # it may have died with a result that it was just to hand out
        assert ran.status == 3
        assert "no worker" in ran.err or "did not hand out" in ran.err
    assert files_of(out) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "parts"]


def test_a_scheduler_that_is_lost_leaves_what_was_there(folder: Path, tmp_path: Path) -> None:
    dataset, out = many(tmp_path / "parts", 12), tmp_path / "out"
    armsdata.export(FULL.write(tmp_path / "whole"), out, formats=["csv"])
    before = files_of(out)
    with scheduler(folder) as (address, lost), worker(address, folder), ThreadPoolExecutor(1) as pool:
        done = pool.submit(command, "export", dataset, "--out", out, "--engine", "dask", "--scheduler", address)
        after_parts(out, 5, done)
        lost.kill()
        assert done.result(timeout=PATIENCE).says("lost", status=3)
    assert files_of(out) == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "parts", "whole"]


def test_wrong_calls_are_told_in_bounded_time(tmp_path: Path) -> None:
    dataset = FULL.write(tmp_path / "data")
    far = ("--engine", "dask")
    begun = time.monotonic()
    assert command("validate", dataset, *far, "--scheduler", "tcp://127.0.0.1:9").says("no Dask scheduler", status=3)
    assert command("validate", dataset, *far, "--scheduler", "nonsense://x").says("not the address", status=2)
    assert time.monotonic() - begun < 120
    calls: list[list[str | Path]] = [
        ["validate", dataset, "--scheduler", "tcp://127.0.0.1:9"],
        ["validate", dataset, "--engine", "spark"],
        ["validate", dataset, *far, "--against", dataset],
        ["validate", dataset, dataset, *far],
        ["export", dataset, *far, "--archive"],
    ]
    for arguments in calls:
        ran = command(*arguments)
        assert (ran.status, ran.out) == (2, ""), arguments
        assert "Traceback" not in ran.err
    assert command("validate", dataset / "actors.csv", *far).says("not a dataset", status=2)
    assert command("validate", "nosuch://x", *far).says("cannot be opened", status=2)
    assert command("validate", f"file://{tmp_path}/none", *far).says("no such folder", status=2)


def test_without_dask_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "dask").mkdir()
    (tmp_path / "dask" / "__init__.py").write_text("raise ImportError('no')\n")
    ran = process("validate", "--engine", "dask", FULL.write(tmp_path / "data"), PYTHONPATH=str(tmp_path))
    assert ran.says('pip install "armsdata[dask]"', status=2)


def test_without_a_scheduler_worker_processes_are_started_and_nothing_is_heard_of_them(tmp_path: Path) -> None:
    dataset = in_parts(FULL, tmp_path / "parts")
    ran = process("validate", str(dataset), "--engine", "dask", "--threads", "1")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == command("validate", dataset).out
