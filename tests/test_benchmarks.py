"""What the benchmark makes of the runs that it measures."""

from __future__ import annotations

import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from repository import ROOT


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return import_module("measuring")


def test_short_commands_run_several_times_a_round_in_turn_and_their_middle_run_stands_for_it(
    measuring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walls = {"short": iter([3.0, 1.0, 0.5, 1.5, 2.0] * 2), "middling": iter([6.0, 7.0] * 2), "long": iter([60.0])}
    turns = []

    def run(task: Any, out: Path) -> Any:
        turns.append(task.name)
        return measuring.Run(next(walls[task.name]), 1.0, 1.0)

    monkeypatch.setattr(measuring, "_run", run)
    tasks = [measuring.Task("short", []), measuring.Task("middling", []), measuring.Task("long", [], slow=True)]
    found = measuring.in_turn(tasks, 2, tmp_path)
    assert turns[:8] == ["short", "middling", "long", "short", "middling", "short", "short", "short"]
    assert Counter(turns) == {"short": 10, "middling": 4, "long": 1}
    assert {name: [one.wall for one in runs] for name, runs in found.items()} == {
        "short": [1.5, 1.5],
        "middling": [7.0, 7.0],
        "long": [60.0],
    }


def test_a_process_is_measured_whole_and_a_failure_ends_the_benchmark(measuring: Any, tmp_path: Path) -> None:
    busy = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\nprint('said')"
    run = measuring.measure([sys.executable, "-c", busy])
    assert run.note == "said"
    assert run.wall >= run.cpu >= 0.2
    assert run.peak_mib > 5
    with pytest.raises(SystemExit, match="ended with status 3"):
        measuring.measure([sys.executable, "-c", "raise SystemExit(3)"])
    assert measuring.measure([sys.executable, "-c", "raise SystemExit(3)"], allowed=(3,)).status == 3


def test_each_run_has_an_empty_folder_which_is_looked_at_and_removed(measuring: Any, tmp_path: Path) -> None:
    write = "import pathlib, sys; out = pathlib.Path(sys.argv[1]); assert not list(out.iterdir()); (out / 'x').touch()"
    look = "import pathlib, sys; assert (pathlib.Path(sys.argv[1]) / 'x').is_file()"
    task = measuring.Task("t", [sys.executable, "-c", write, "{out}"], [sys.executable, "-c", look, "{out}"])
    assert len(measuring.in_turn([task], 1, tmp_path)["t"]) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SystemExit):
        measuring.in_turn([measuring.Task("t", [sys.executable, "-c", "pass"], task.check)], 1, tmp_path)
