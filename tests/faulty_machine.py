"""A machine that fails: runs a command again and again, and fails it, or kills it, at each step of the way.

    python faulty_machine.py COMMANDS HOW FOLDER [--samples N] [--number N] [--rows N] [--seed N] [--no-exchange]

COMMANDS are some of export, import, merge and format, joined by commas; HOW is one of

    fail     at each step, the system refuses it once
    failing  from each step on, the system refuses every change
    limit    files cannot grow beyond a size: one byte, four, sixteen …
    full     a small file system of its own is full sooner or later (needs root, and Linux)
    kill     the process is killed at each step
    moments  the process is killed, so many times, at random moments

An audit hook sees every file that is opened for writing, folder that is made and name that is changed; what it cannot
see (the swap of two folders, the bytes written, what is brought to the disk) is wrapped. One line of JSON is printed
for each run: the step, the exit status, what was said, whether the result is then the earlier one or the new one, and
what is wrong with it; the last line counts them.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pandera.pandas  # noqa: F401 (what is imported here need not be in each of the processes)

import armsdata.formatting
import armsdata.importing
import armsdata.merging
import armsdata.release
import armsdata.validation.run  # noqa: F401
from armsdata import __main__, bypass, placing, staging
from faulty_cases import CASES, Case

PATHS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
REFUSALS = (errno.ENOSPC, errno.EACCES, errno.EDQUOT, errno.EROFS, errno.EIO)
Act = Callable[[str], None]


class Stream(io.BufferedWriter):
    """A file whose writes are steps: some of the many that Arrow makes, and its end."""

    steps: Steps
    writes = 0

    def write(self, data: Any, /) -> int:
        Stream.writes += 1
        if not Stream.writes % 25:
            self.steps.step("write")
        return super().write(data)

    def close(self) -> None:
        if not self.closed:
            self.steps.step("close")
        super().close()


class Steps:
    """Counts the steps of a run, and does something at one of them, or from it on."""

    def __init__(self, exchange: bool) -> None:
        self.folder, self.count, self.at, self.lasting = "", 0, -1, False
        self.act: Act = lambda what: None
        Stream.steps = self
        sys.addaudithook(self._event)
        create, swap, fsync, pour = staging.Staging.create, placing.exchange, os.fsync, bypass.LargeFile._pour

        def watched_create(one: staging.Staging, path: str) -> io.BufferedWriter:
            return Stream(cast(io.BufferedWriter, create(one, path)).detach())

        def watched_exchange(one: Path, other: Path) -> bool:
            self.step("exchange")
            swapped = exchange and swap(one, other)
            self.step("exchanged")
            return swapped

        def watched_fsync(file: int) -> None:
            self.step("fsync")
            fsync(file)

        def watched_pour(file: bypass.LargeFile, piece: memoryview) -> None:
            self.step("pour")
            pour(file, piece)

        staging.Staging.create = watched_create  # type: ignore[assignment, method-assign]
        bypass.LargeFile._pour = watched_pour  # type: ignore[assignment, method-assign]
        placing.exchange, os.fsync = watched_exchange, watched_fsync  # type: ignore[assignment]

    def _event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.at < 0 or event not in PATHS:
            return
        below = event in ("os.remove", "os.rmdir") and arguments[1] != -1  # a folder removed with all that is in it
        if not below and not str(arguments[0]).startswith(self.folder):
            return
        if event != "open" or str(arguments[1])[:1] in "wxa" or int(arguments[2] or 0) & WRITING:
            self.step(f"{event} {arguments[0]}")

    def step(self, what: str) -> None:
        if self.at < 0:
            return
        self.count += 1
        if self.count == self.at or (self.lasting and self.count > self.at):
            self.act(what)

    def begin(self, at: int, act: Act, lasting: bool = False) -> None:
        self.count, self.at, self.act, self.lasting, Stream.writes = 0, at, act, lasting, 0


def refuse(number: int) -> Act:
    def act(what: str) -> None:
        raise OSError(number, os.strerror(number))

    return act


def kill(what: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run(arguments: list[str]) -> tuple[int, str]:
    """Run the command here; exit status and messages."""
    said = io.StringIO()
    sys.argv = ["armsdata", *arguments]
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        return __main__.command(), said.getvalue()


def apart(work: Callable[[], tuple[int, str]], after: float = 0, folder: Path = Path()) -> tuple[int, str]:
    """Do it in a process of its own, which may be killed after some seconds; negative where it was."""
    told = folder / "told"
    told.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        status, said = work()
        told.write_text(json.dumps([status, said]), "utf-8")
        os._exit(0)
    if after:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    if os.waitpid(child, 0)[1]:
        return -1, ""
    status, said = json.loads(told.read_text("utf-8"))
    return status, said


def prepared(command: str, folder: Path, rows: int) -> Case:
    """The case; made in a process of its own, since none that has threads can be forked with safety."""

    def work() -> tuple[int, str]:
        case = CASES[command](folder, rows)
        return 0, json.dumps([case.target, case.arguments])

    folder.mkdir(parents=True, exist_ok=True)
    said = (apart(work, folder=folder) if hasattr(os, "fork") else work())[1]
    return Case(folder, *json.loads(said))


class Machine:
    """Runs a case over and over, and judges what then stands there."""

    def __init__(self, case: Case, steps: Steps) -> None:
        self.case, self.steps = case, steps
        steps.folder = str(case.place)
        self.found: Counter[str] = Counter()
        self.forks = hasattr(os, "fork")
        case.restore()
        self.earlier = case.state()
        status, said = self._run()
        assert status == 0, said
        self.new = case.state()
        assert self.new != self.earlier
        case.restore()
        self.begin(10**9, kill)
        began = time.monotonic()
        self.total = self._run(count=True)[0]
        self.length = time.monotonic() - began
        case.restore()

    def _run(self, count: bool = False, after: float = 0) -> tuple[int, str]:
        def work() -> tuple[int, str]:
            status, said = run(self.case.arguments)
            return (self.steps.count, "") if count else (status, said)

        return apart(work, after, self.case.folder) if self.forks else work()

    def begin(self, at: int, act: Act, lasting: bool = False) -> None:
        self.steps.begin(at, act, lasting)

    def try_out(self, step: float, after: float = 0) -> None:
        """One run with the fault that was set, and one after it without any; tell what came of them."""
        status, said = self._run(after=after)
        self.begin(-1, kill)
        self.judge(step, status, said)
        self.case.restore()

    def judge(self, step: float, status: int, said: str) -> None:
        case, left = self.case, len(self.case.left())
        wrong = []
        result = {self.earlier: "earlier", self.new: "new"}.get(case.state(), "neither")
        if result == "neither":
            wrong.append("the result is neither the earlier nor the new one")
        if status == 0 and result != "new":
            wrong.append("it says that all is well, but the result is not the new one")
        if status > 0 and not (status == 3 and said.count("\n") == 1 and said.startswith(f"armsdata: {case.place}")):
            wrong.append("not one sentence that names the file, and exit status 3")
        again = self._run()
        if again[0] or case.state() != self.new:
            wrong.append(f"the next run does not make it good: {again}")
        if case.left():
            wrong.append(f"the next run leaves {case.left()}")
        outcome = "killed" if status < 0 else "failed" if status else "succeeded"
        self.found[f"{outcome}, {result}"] += 1
        self.found["with left-overs"] += left > 0
        self.found["wrong"] += len(wrong)
        print(
            json.dumps({"step": step, "status": status, "said": said, "result": result, "left": left, "wrong": wrong})
        )

    # ------------------------------------------------------------------------------------ how

    def fail(self, samples: int, lasting: bool = False) -> None:
        for place, step in enumerate(self._places(samples)):
            self.begin(step, refuse(REFUSALS[place % len(REFUSALS)]), lasting)
            self.try_out(step)

    def failing(self, samples: int) -> None:
        self.fail(samples, lasting=True)

    def kill(self, samples: int) -> None:
        for step in self._places(samples):
            self.begin(step, kill)
            self.try_out(step)

    def _places(self, samples: int) -> list[int]:
        """Every step, or some; always some of the last ones, where things move into place."""
        every, last = (max(1, self.total // samples), 4) if samples else (1, 1)
        return sorted({*range(1, self.total + 1, every), *range(self.total - 12, self.total + 1, last)})

    def moments(self, number: int, seed: int) -> None:
        """Half of them spread over the whole run, half over its last fifth, where most is at stake.

        Runs that end before their moment are judged, but do not count.
        """
        chance = random.Random(seed)
        for place in range(10 * number):
            span = (0.0, 1.0) if place % 2 else (0.8, 1.05)
            after = self.length * chance.uniform(*span)
            self.try_out(round(after, 4), after=max(after, 0.001))
            if sum(self.found[f"killed, {result}"] for result in ("earlier", "new", "neither")) >= number:
                return
        self.found["wrong"] += 1
        print(json.dumps({"wrong": [f"the runs end before their moments: not killed {number} times"]}))

    def limit(self, samples: int) -> None:
        import resource

        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        for power in range(0, 30, 30 // samples if samples else 1):

            def work(size: int = 1 << power) -> tuple[int, str]:
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
                status, said = run(self.case.arguments)
                resource.setrlimit(resource.RLIMIT_FSIZE, usual)
                return status, said

            status, said = apart(work, folder=self.case.folder)
            self.judge(1 << power, status, said)
            self.case.restore()
            if not status:
                break

    def full(self, samples: int) -> None:
        """Give it file systems with a little more room each."""
        page = 4096
        size = sum(-(-path.stat().st_size // page) for path in self.case.start.rglob("*") if path.is_file()) * page
        for number in range(1, 100):
            self.case.place.mkdir(exist_ok=True)
            room = size + (number - 1) * page * max(1, number // 8)
            mount = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(self.case.place)]
            subprocess.run(mount, check=True)
            try:
                shutil.copytree(self.case.start, self.case.place, dirs_exist_ok=True)
                status, said = self._run()
                subprocess.run(["mount", "-o", "remount,size=1g", str(self.case.place)], check=True)
                self.judge(room, status, said)
            finally:
                subprocess.run(["umount", str(self.case.place)], check=True)
            if not status:
                break


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("commands")
    asked.add_argument("how", choices=("fail", "failing", "limit", "full", "kill", "moments"))
    asked.add_argument("folder", type=Path)
    asked.add_argument("--samples", type=int, default=0, help="so many of the steps alone; 0: all")
    asked.add_argument("--number", type=int, default=300, help="of kills at random moments")
    asked.add_argument("--rows", type=int, default=0, help="of the synthetic data; 0: the small ones of the tests")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--no-exchange", action="store_true", help="as on Windows, which cannot swap two folders")
    told = asked.parse_args()
    steps, wrong = Steps(not told.no_exchange), 0
    for command in told.commands.split(","):
        machine = Machine(prepared(command, told.folder / command, told.rows), steps)
        if told.how == "moments":
            machine.moments(told.number, told.seed)
        else:
            getattr(machine, told.how)(told.samples)
        facts = {"command": command, "how": told.how, "rows": told.rows, "steps": machine.total}
        print(json.dumps(facts | {"seconds": round(machine.length, 3)} | dict(machine.found)), flush=True)
        wrong += machine.found["wrong"]
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
