"""A machine that fails: a script that exports again and again, and fails or kills itself at each step of the way.

    python faulty_machine.py fail|kill FOLDER DATASET EVERY

An audit hook sees every file that is opened for writing, folder that is made and name that is changed below FOLDER;
what it cannot see (the swap of two folders, the bytes written) is wrapped. One line of JSON is printed for each run:
the step, the exit status, what was said, what then stands in FOLDER/release, where FOLDER/earlier was before, and what
else is left.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from armsdata import __main__, staging

WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}


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
    """Counts the steps of a run, and does something at one of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count, self.at = str(folder), 0, -1
        self.act: Callable[[str], None] = lambda what: None

    def watch(self) -> None:
        Stream.steps = self
        sys.addaudithook(self._event)
        create, exchange = staging.Staging.create, staging._exchange

        def watched_create(one: staging.Staging, path: str) -> io.BufferedWriter:
            return Stream(cast(io.BufferedWriter, create(one, path)).detach())

        def watched_exchange(one: Path, other: Path) -> bool:
            self.step("exchange")
            swapped = exchange(one, other)
            self.step("exchanged")
            return swapped

        staging.Staging.create, staging._exchange = watched_create, watched_exchange  # type: ignore[assignment, method-assign]

    def _event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.at < 0 or event not in WATCHED or not str(arguments[0]).startswith(self.folder):
            return
        if event != "open" or str(arguments[1])[:1] in "wx":
            self.step(f"{event} {arguments[0]}")

    def step(self, what: str) -> None:
        self.count += 1
        if self.count == self.at:
            self.act(what)

    def begin(self, at: int, act: Callable[[str], None]) -> None:
        self.count, self.at, self.act, Stream.writes = 0, at, act, 0


def no_space(what: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_permission(what: str) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def kill(what: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def export(dataset: Path, out: Path) -> tuple[int, str]:
    """Run the command; exit status and messages."""
    said = io.StringIO()
    sys.argv = ["armsdata", "export", str(dataset), "--out", str(out), "--threads", "1", "--quiet"]
    with contextlib.redirect_stderr(said):
        try:
            __main__.main()
        except SystemExit as leaving:
            return int(leaving.code or 0), said.getvalue()
    return 0, said.getvalue()


def state(folder: Path) -> str:
    """One sum of all files of a folder; empty where there is none."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest() if folder.exists() else ""


def tell(folder: Path, step: int, status: int, said: str) -> None:
    left = sorted(path.name for path in folder.iterdir() if path.name not in ("release", "earlier", "warm"))
    found = {"step": step, "status": status, "said": said, "state": state(folder / "release"), "left": left}
    print(json.dumps(found), flush=True)


def main() -> None:
    how, folder, dataset, every = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    steps = Steps(folder)
    steps.watch()
    out = folder / "release"
    export(dataset, folder / "warm" / "release")
    steps.begin(10**9, kill)
    tell(folder / "warm", 0, *export(dataset, folder / "warm" / "release"))
    total = steps.count
    # The first step is to make a parent that is there already; at the last two the new release is in place.
    last = {total - 1, total} if how == "kill" else {total - 2}
    for step in sorted({*range(2, total - 1, every), *last}):
        steps.begin(-1, kill)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(folder / "earlier", out)
        if how == "fail":
            steps.begin(step, (no_space, no_permission)[step // every % 2])
            tell(folder, step, *export(dataset, out))
            continue
        child = os.fork()
        if not child:
            steps.begin(step, kill)
            export(dataset, out)
            os._exit(0)
        tell(folder, step, os.waitpid(child, 0)[1], "")


if __name__ == "__main__":
    main()
