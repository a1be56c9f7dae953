"""No command reaches for the network: each runs where it is cut off, and where asking for it is seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from datasets import SMALL

HERE = Path(__file__).parent
#: Runs every command in one process, whose every way to a socket fails and is told.
CUT = """
import contextlib, io, sys
tried = []
def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.")):
        tried.append(event)
        raise OSError(f"{event}: there is no network here")
sys.addaudithook(watch)
import socket
for ask in (lambda: socket.create_connection(("127.0.0.1", 9), 1), lambda: socket.getaddrinfo("example.org", 80)):
    with contextlib.suppress(OSError):
        ask()
        sys.exit("the network is not cut")
assert len(tried) >= 2, tried
tried.clear()
from armsdata import __main__
for line in sys.stdin.read().splitlines():
    sys.argv = ["armsdata", *line.split()]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = __main__.command()
    print(status, line, *([out.getvalue()] if status else []))
print("tried:", tried)
"""
CALLS = """\
--help
export old --out dist --archive
validate old
validate dist/csv/transfers.csv --against old
validate dist/parquet/weapons.parquet --against old
validate dist/jsonld/actors.jsonld --against old
validate new --against old --format sarif
verify dist
import sipri deals.csv --out sipri
merge new --into old
format old
trace IRQ old
diff old new --format markdown
schema --format shacl
schema --format csvw
template all --format xlsx
template transfers
validate all.xlsx --against old
report old --out page.html
"""


def test_every_command_works_without_a_network_and_asks_for_none(tmp_path: Path) -> None:
    SMALL.write(tmp_path / "old")
    SMALL.with_cell("claims", 0, "locator", "page 9").write(tmp_path / "new", "claims")
    shutil.copy(HERE / "registers/deals.csv", tmp_path / "deals.csv")
    command = [sys.executable, "-c", CUT]
    if shutil.which("unshare") and not subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        command = ["unshare", "-rn", *command]  # a place of its own, with no way out at all
    done = subprocess.run(command, cwd=tmp_path, input=CALLS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *ran, tried = done.stdout.splitlines()
    assert ran == [f"0 {line}" for line in CALLS.splitlines()]
    assert tried == "tried: []"


def test_every_command_is_among_those_tried() -> None:
    from armsdata.cli import app

    tried = {line.split()[0] for line in CALLS.splitlines()}
    assert {command.name for command in app.registered_commands} <= tried


@pytest.mark.parametrize("name", ["urllib.request", "http.client", "requests", "socket"])
def test_no_module_of_ours_imports_what_speaks_to_others(name: str) -> None:
    top = HERE.parent
    files = [
        path for folder in ("armsdata", "schema", "exporters", "importers") for path in (top / folder).rglob("*.py")
    ]
    assert len(files) > 50
    lines = [f"{path}: {line}" for path in files for line in path.read_text("utf-8").splitlines()]
    assert [line for line in lines if f"import {name}" in line or f"from {name} " in line] == []
