"""The command line as tests call it: within this process, which is quick, or as a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from armsdata import __main__


@dataclass(frozen=True)
class Ran:
    """What a call did: exit status, results, messages."""

    status: int
    out: str
    err: str

    def says(self, text: str, *, status: int) -> bool:
        """One clear sentence on stderr that holds this text, no result, and this exit status."""
        assert "Traceback" not in self.err, self.err
        assert "a fault of armsdata itself" not in self.err, self.err
        assert self.status == status, self
        assert self.out == "", self
        assert self.err.startswith("armsdata: "), self
        assert self.err.count("\n") == 1, self
        assert text in self.err, self
        return True


def armsdata(*arguments: str | Path) -> Ran:
    """Run a command within this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["armsdata", *map(str, arguments)]),
    ):
        status = __main__.command()
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]
    return Ran(status, *texts)


def process(*arguments: str | Path, **environment: str) -> Ran:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "armsdata", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
