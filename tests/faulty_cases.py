"""What the machine that fails runs: each command on something earlier that must not be lost."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from armsdata.drafts import clear, prefix_of
from armsdata.journal import complete
from datasets import SMALL
from made_datasets import NASTY, write_tables

HERE = Path(__file__).parent
SYNTHETIC = "import sys; sys.path.insert(0, sys.argv[1]); import synthetic; from pathlib import Path; "
SYNTHETIC += "synthetic.write_dataset(Path(sys.argv[2]), int(sys.argv[3]))"


@dataclass
class Case:
    """A command with what it works on.

    Attributes:
        folder: where all of it stands.
        target: the name of the folder that the command makes or changes.
        arguments: the call.
    """

    folder: Path
    target: str
    arguments: list[str]

    @property
    def place(self) -> Path:
        """The folder in which the target stands, and all that a run leaves."""
        return self.folder / "place"

    @property
    def start(self) -> Path:
        """What stands in `place` before each run."""
        return self.folder / "start"

    def restore(self) -> None:
        """Make `place` what it was."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.start, self.place)

    def state(self) -> str:
        """A sum of the result, as the next command finds it."""
        target = self.place / self.target
        clear(self.place, prefix_of(target), target)
        complete(target)
        return state(target)

    def left(self) -> list[str]:
        """What a run has left beside its result, or within."""
        return sorted(path.name for path in [*self.place.glob(".*"), *(self.place / self.target).glob(".*")])


def state(folder: Path) -> str:
    """One sum of all files of a folder but drafts; empty where there is none."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not name.parts[0].startswith(".armsdata-"):
            whole.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest() if folder.exists() else ""


def dataset(folder: Path, rows: int) -> Path:
    """The small dataset full of tricks, or a synthetic one."""
    if not rows:
        return write_tables(folder, NASTY)
    call = [sys.executable, "-c", SYNTHETIC, str(HERE.parent / "benchmarks"), str(folder), str(rows)]
    subprocess.run(call, check=True)
    return folder


def export(folder: Path, rows: int) -> Case:
    """An earlier release is replaced."""
    from armsdata import export as write

    source = dataset(folder / "dataset", rows)
    write(SMALL.write(folder / "other"), folder / "start/release", threads=1)
    more = ["--threads", "1", "--quiet"]
    return Case(folder, "release", ["export", str(source), "--out", str(folder / "place/release"), *more])


def import_(folder: Path, rows: int) -> Case:
    """An earlier import is replaced by that of a later download."""
    from armsdata import import_register

    content = (HERE / "registers/deals.csv").read_bytes()
    lines = content.splitlines(keepends=True)
    (folder / "earlier.csv").write_bytes(content)
    (folder / "later.csv").write_bytes(content + lines[-1] * max(rows, 1))
    import_register("sipri", folder / "earlier.csv", folder / "start/sipri")
    call = ["import", "sipri", str(folder / "later.csv"), "--out", str(folder / "place/sipri"), "--quiet"]
    return Case(folder, "sipri", call)


def merge(folder: Path, rows: int) -> Case:
    """A contribution with something for every table."""
    dataset(folder / "start/data", rows)
    new = SMALL.with_cells("transfers", 0, transfer_id="t-new").with_cells("transfers", 1, upstream="t-new")
    new = new.with_cells("claims", 0, transfer_id="t-new", claim_id="c-new").with_cells("claims", 1, claim_id="c-other")
    contribution = new.write(folder / "contribution", "transfers", "claims", "actors", "weapons", "sources")
    more = ["--threads", "1", "--quiet"]
    return Case(folder, "data", ["merge", str(contribution), "--into", str(folder / "place/data"), *more])


def format_(folder: Path, rows: int) -> Case:
    """Tables whose records stand in the wrong order."""
    for file in dataset(folder / "start/data", rows).glob("*.csv"):
        with file.open("ab") as table:
            table.write(b"," * file.read_bytes().split(b"\n", 1)[0].count(b",") + b"\n")  # a blank record goes
    return Case(folder, "data", ["format", str(folder / "place/data"), "--quiet"])


CASES: dict[str, Callable[[Path, int], Case]] = {
    "export": export,
    "import": import_,
    "merge": merge,
    "format": format_,
}
