"""Whole processes, run in turn: wall time, CPU time and peak memory as the operating system counts them."""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
#: As on a user's machine: pandera loads hypothesis where it is installed, as it is here for the tests.
ALONE = "import sys; sys.modules['hypothesis'] = None"
#: The folders that are parts of the package.
PACKAGES = ("armsdata", "schema", "exporters", "importers")
ARMSDATA = [sys.executable, "-c", f"{ALONE}; from armsdata.__main__ import main; main()"]


#: Where a caller wants no bytecode to be written, nothing would be measured but Python's compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def compile_all() -> None:
    """Compile all packages, as pip does when it installs them; not every installer does."""
    for folder in (sysconfig.get_path("purelib"), *(HERE.parent / name for name in PACKAGES)):
        compileall.compile_dir(str(folder), quiet=2, workers=0)


@dataclass(frozen=True)
class Run:
    """One finished process; `note` is the last line that it printed."""

    wall: float
    cpu: float
    peak_mib: float
    status: int = 0
    note: str = ""


Runs = dict[str, list[Run]]


def measure(command: list[str], *, allowed: Iterable[int] = (0,)) -> Run:
    """Run a command to its end."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode("utf-8", "replace").strip()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    if process.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}: {said[-2000:]}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall, cpu, usage.ru_maxrss / unit, process.returncode, said.splitlines()[-1][:300] if said else "")


@dataclass(frozen=True)
class Task:
    """Something to measure.

    Attributes:
        name: as the tables show it.
        command: the process; `{out}` stands for a folder that is there, and empty, before each run.
        check: a process that looks whether what stands in that folder afterwards is right.
        allowed: the exit statuses that are right.
        slow: run only in the first round.
    """

    name: str
    command: list[str]
    check: list[str] | None = None
    allowed: tuple[int, ...] = (0,)
    slow: bool = False


#: In a round a task is run until it took so many seconds in all, but not more often than this.
ENOUGH, MOST = 10.0, 5


def in_turn(tasks: list[Task], rounds: int, work: Path) -> Runs:
    """Run all tasks, then all of them again, so that a drift of the machine's speed meets all alike.

    The machine's moods last seconds: a run of two minutes meets all of them, one of two seconds a single one. So what
    is short is run several times within a round, each time after the others, and its middle run stands for the round.
    """
    found: Runs = {}
    for number in range(rounds):
        turn: Runs = {}
        asked = [task for task in tasks if not (number and task.slow)]
        while asked:
            for task in asked:
                turn.setdefault(task.name, []).append(_run(task, work / "out"))
            asked = [task for task in asked if not _enough(turn[task.name])]
        for name, some in turn.items():
            found.setdefault(name, []).append(sorted(some, key=lambda run: run.wall)[len(some) // 2])
    return found


def _run(task: Task, out: Path) -> Run:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    run = measure(_in(out, task.command), allowed=task.allowed)
    print(f"  {task.name}: {run.wall:.2f} s, CPU {run.cpu:.2f} s, {run.peak_mib:.0f} MiB", flush=True)
    if task.check:
        measure(_in(out, task.check))
    shutil.rmtree(out)
    return run


def _enough(runs: list[Run]) -> bool:
    return len(runs) == MOST or sum(run.wall for run in runs) >= ENOUGH


def _in(out: Path, command: list[str]) -> list[str]:
    return [part.replace("{out}", os.fspath(out)) for part in command]


def median(runs: list[Run], what: str = "wall") -> float:
    """The median of one figure."""
    figures: list[float] = [getattr(run, what) for run in runs]
    return statistics.median(figures)


def paired(runs: list[Run], others: list[Run], what: str = "wall") -> list[float]:
    """The ratios of runs of the same round."""
    return [getattr(run, what) / getattr(other, what) for run, other in zip(runs, others, strict=False)]
