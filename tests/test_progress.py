"""Progress on a real terminal: there when work lasts, with rate and time left; none in a pipe or with --quiet."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from armsdata.schema import TABLES

from armsdata.progress import about_records
from datasets import FULL, SMALL

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

#: Runs the command with a bar that shows at once, so that small data will do.
COMMAND = "import sys, armsdata.progress as p; p.PATIENCE = 0; import armsdata.__main__ as m; m.main()"
SLOW = """
import time
from armsdata.progress import progress
with progress("Working") as told:
    told.expect(50_000)
    for _ in range({steps}):
        time.sleep(0.1)
        told(100)
"""
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(*arguments: str, until: str = "") -> str:
    """What a Python process writes to its standard error, which is a terminal; it is stopped when that has `until`."""
    import pty

    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        parts = []
        while True:
            try:
                part = os.read(leader, 1 << 16)
            except OSError:  # how Linux says that nobody holds the terminal any more
                break
            if not part:
                break
            parts.append(part)
            if until and re.search(until, plain(parts)):
                process.terminate()
        os.close(leader)
    assert process.returncode == 0 or until, plain(parts)
    return plain(parts)


def plain(parts: list[bytes]) -> str:
    """What is left to read without colours and movements."""
    return CONTROLS.sub("", b"".join(parts).decode("utf-8", "replace"))


def in_pipe(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return done.stderr.decode("utf-8")


def test_records_rate_and_time_left_are_shown_when_work_lasts() -> None:
    words = r"Working [\d,]+ records, [\d,]+ a second, about \d:\d\d left"
    assert re.search(words, on_terminal("-c", SLOW.format(steps=400), until=words))


def test_nothing_is_shown_when_work_is_quick() -> None:
    assert on_terminal("-c", SLOW.format(steps=3)) == ""


def test_nothing_is_shown_in_a_pipe() -> None:
    assert (
        in_pipe("-c", SLOW.replace("told.expect(50_000)", "assert told is None; told = print").format(steps=15)) == ""
    )


@pytest.mark.parametrize("command", ["validate", "export", "merge", "format"])
def test_commands_show_progress_on_a_terminal_and_none_when_told_to_be_quiet(command: str, tmp_path: Path) -> None:
    folder = FULL.write(tmp_path / "data")
    arguments = {
        "validate": [str(folder)],
        "export": [str(folder), "--out", str(tmp_path / "dist")],
        "merge": [str(SMALL.write(tmp_path / "more") / "actors.csv"), "--into", str(folder)],
        "format": [str(folder)],
    }[command]
    titles = {"validate": "Validating", "export": "Exporting", "merge": "Merging", "format": "Formatting"}
    assert titles[command] in on_terminal("-c", COMMAND, command, *arguments)
    assert titles[command] not in on_terminal("-c", COMMAND, command, *arguments, "--quiet")


def test_records_are_estimated_from_the_size_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "weapons.csv"
    path.write_bytes(
        b",".join(name.encode() for name in TABLES["weapons"].by_name) + b"\n" + b"a-1,A,rifle,,,,,\n" * 50_000
    )
    assert abs(about_records(path) - 50_000) < 500
    assert about_records(tmp_path / "none.csv") == 0
    assert about_records(tmp_path / "none.parquet") == 0
