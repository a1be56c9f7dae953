"""Several files are replaced as one, whenever the process is killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from armsdata import UsageError
from armsdata.drafts import Draft
from armsdata.folder import find_tables
from armsdata.journal import PENDING, Replacement, complete, signature
from armsdata.locking import alone
from datasets import SMALL

OLD = {"transfers.csv": b"old transfers\n", "claims.csv": b"old claims\n", "sources.csv": b"old sources\n"}
NEW = {name: content.replace(b"old", b"new") for name, content in OLD.items()}

# Dies at the n-th of the steps that change something: making the draft, writing, trying whether each file can be moved,
# deciding, moving each file.
DYING = """
import os, sys
from pathlib import Path
from armsdata.journal import Replacement

left = int(sys.argv[2])
def dying(name):
    real = getattr(Path, name)
    def step(self, *args, **more):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return real(self, *args, **more)
    setattr(Path, name, step)
for name in ("mkdir", "open", "rename", "replace"):
    dying(name)
with Replacement(Path(sys.argv[1]), {}) as new:
    for name in ("transfers.csv", "claims.csv", "sources.csv"):
        new.write(name, [b"new ", name[:-4].encode(), b"\\n"])
    new.commit()
"""


def made(folder: Path) -> Path:
    folder.mkdir()
    for name, content in OLD.items():
        (folder / name).write_bytes(content)
    (folder / "dataset.toml").write_text("", "utf-8")
    return folder


def state(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OLD}


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def replace_all(folder: Path) -> None:
    with Replacement(folder, {}) as replacement:
        for name, content in NEW.items():
            replacement.write(name, [content])
        replacement.commit()


def test_all_files_are_replaced(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    replace_all(folder)
    assert state(folder) == NEW
    assert left_over(folder) == []


def test_nothing_is_replaced_without_commit(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    with Replacement(folder, {}) as replacement:
        replacement.write("claims.csv", [b"new"])
    assert state(folder) == OLD
    assert left_over(folder) == []


def test_nothing_is_replaced_after_an_error(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    with pytest.raises(ZeroDivisionError), Replacement(folder, {}) as replacement:
        replacement.write("claims.csv", [b"new"])
        raise ZeroDivisionError
    assert state(folder) == OLD
    assert left_over(folder) == []


@pytest.mark.parametrize("step", range(13))
def test_a_killed_process_leaves_all_or_nothing(tmp_path: Path, step: int) -> None:
    folder = made(tmp_path / "data")
    done = subprocess.run([sys.executable, "-c", DYING, str(folder), str(step)], check=False)
    assert done.returncode == (9 if step < 12 else 0)
    find_tables(folder)  # as every command does
    assert state(folder) == (NEW if step > 8 else OLD)
    replace_all(folder)
    assert state(folder) == NEW
    assert left_over(folder) == []


def test_a_file_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    file = folder / "claims.csv"
    with Replacement(folder, {file: signature(file)}) as replacement:
        replacement.write("claims.csv", [b"new"])
        file.write_bytes(b"somebody else's\n")
        with pytest.raises(UsageError, match="changed by somebody else"):
            replacement.commit()
    assert file.read_bytes() == b"somebody else's\n"


def test_two_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    file = folder / "claims.csv"
    with Replacement(folder, {file: signature(file)}) as one:
        one.write("claims.csv", [b"one"])
        (folder / PENDING).mkdir()
        (folder / PENDING / "claims.csv").write_bytes(b"other")
        with pytest.raises(UsageError, match="changed by somebody else"):
            one.commit()
    assert (folder / "claims.csv").read_bytes() == b"other"


def test_completing_takes_table_files_alone(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    pending = folder / PENDING
    pending.mkdir()
    for name in ("claims.csv", "dataset.toml", "evil.py"):
        (pending / name).write_bytes(b"new")
    complete(folder)
    assert (folder / "claims.csv").read_bytes() == b"new"
    assert (folder / "dataset.toml").read_bytes() == b""
    assert not (folder / "evil.py").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_completing_follows_no_link(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    other = tmp_path / "other"
    other.mkdir()
    (other / "claims.csv").write_bytes(b"elsewhere")
    (folder / PENDING).symlink_to(other)
    complete(folder)
    assert state(folder) == OLD
    assert (other / "claims.csv").read_bytes() == b"elsewhere"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_permissions_are_kept(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    for mode in (0o640, 0o440):
        (folder / "claims.csv").chmod(mode)
        replace_all(folder)
        assert (folder / "claims.csv").stat().st_mode & 0o777 == mode


def test_a_contribution_is_never_changed_by_reading_it(tmp_path: Path) -> None:
    folder = SMALL.write(tmp_path / "contribution", "claims")
    (folder / PENDING).mkdir()
    (folder / PENDING / "claims.csv").write_bytes(b"x")
    find_tables(folder)
    assert (folder / "claims.csv").read_bytes() == SMALL.content("claims")


def test_drafts_of_living_writers_stay_and_those_of_dead_ones_go(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    living = Draft(folder, ".armsdata-new-")
    dead = folder / ".armsdata-new-0123456789ab"
    dead.mkdir()
    (dead / "lock").touch()
    others = folder / ".armsdata-new-notes"
    others.mkdir()
    replace_all(folder)
    assert (living.folder.exists(), dead.exists(), others.exists()) == (True, False, True)
    living.remove()
    assert left_over(folder) == [others.name]


# Moves its files into place, one process beside another, each with tables of its own: what stands there is one's alone.
MIXING = """
import sys
from pathlib import Path
from armsdata import UsageError
from armsdata.journal import Replacement, complete
for turn in range(40):
    complete(Path(sys.argv[1]))
    try:
        with Replacement(Path(sys.argv[1]), {}) as new:
            for name in ("transfers.csv", "claims.csv", "sources.csv"):
                new.write(name, [sys.argv[2].encode(), str(turn).encode()])
            new.commit()
    except UsageError as error:
        assert "somebody else" in str(error), error
"""


def test_processes_that_replace_at_once_never_mix_nor_lose(tmp_path: Path) -> None:
    folder = made(tmp_path / "data")
    runs = [subprocess.Popen([sys.executable, "-c", MIXING, str(folder), name]) for name in ("a", "b", "c")]
    seen = set()
    while any(run.poll() is None for run in runs):
        with alone(folder):
            seen.add(frozenset(state(folder).values()))
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert {len(one) for one in seen if b"old transfers\n" not in one} == {1}
    assert left_over(folder) == []
