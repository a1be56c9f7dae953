"""Whatever happens while a release is written, the earlier one stays whole, or the new one is complete."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from armsdata import NotOurs, UsageError, export, locking, placing, release
from armsdata.staging import Staging, write_file
from faulty_cases import state
from made_datasets import NASTY, files_of, write_tables
from running import armsdata

HERE = Path(__file__).parent
EARLIER = {"README.md": b"earlier\n", "csv/transfers.csv": b"transfer_id\n"}
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the script forks")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("dataset"), NASTY)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory, dataset: Path) -> Path:
    """The release that the runs would write."""
    folder = tmp_path_factory.mktemp("new") / "release"
    export(dataset, folder)
    return folder


def write_release(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder that looks like an earlier release."""
    lines = [f"{'0' * 64}  {name}\n" for name in files]
    for name, content in {**files, "SHA256SUMS": "".join(lines).encode()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


COMMANDS = ["export", "import", "merge", "format"]


def faulty(how: str, folder: Path, *more: str) -> dict[str, dict[str, Any]]:
    """Let the machine that fails run every command; how often each outcome came about."""
    call = [sys.executable, str(HERE / "faulty_machine.py"), ",".join(COMMANDS), how, str(folder), *more]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in lines if line.get("wrong")] == []
    assert done.returncode == 0
    return {line["command"]: line for line in lines if "command" in line}


# ---------------------------------------------------------------------------------------------- a machine that fails


@needs_fork
def test_a_system_that_refuses_all_from_some_step_on_leaves_one_sentence_and_no_half_result(tmp_path: Path) -> None:
    found = faulty("failing", tmp_path, "--samples", "4")
    assert all(found[command]["failed, earlier"] > 1 for command in COMMANDS)


@needs_fork
def test_a_kill_at_any_step_leaves_a_whole_result_and_the_next_run_tidies_up(tmp_path: Path) -> None:
    found = faulty("kill", tmp_path, "--samples", "4")
    assert all(found[command]["killed, earlier"] and found[command]["killed, new"] for command in COMMANDS)
    assert all(found[command]["with left-overs"] > 2 for command in COMMANDS)


@needs_fork
def test_files_that_cannot_grow_leave_the_earlier_result(tmp_path: Path) -> None:
    found = faulty("limit", tmp_path, "--samples", "6")
    assert all(found[command]["failed, earlier"] and found[command]["succeeded, new"] for command in COMMANDS)


@pytest.mark.parametrize("swap", [True, False])
def test_two_runs_at_once_never_mix(tmp_path: Path, dataset: Path, *, swap: bool) -> None:
    other = write_tables(tmp_path / "other", NASTY | {"weapons": [NASTY["weapons"][0] | {"notes": "other"}]})
    wholes = {}
    for source in (dataset, other):
        export(source, tmp_path / "alone")
        wholes[state(tmp_path / "alone")] = source
    script = (
        "import sys, armsdata.placing\n"
        "if not SWAP: armsdata.placing.exchange = lambda one, other: False\n"
        "sys.stdin.readline()\n"
        "for turn in range(3): armsdata.export(sys.argv[1], sys.argv[2], threads=1)\n"
    )
    call = [sys.executable, "-c", script.replace("SWAP", str(swap))]
    runs = [
        subprocess.Popen([*call, source, tmp_path / "place/release"], stdin=subprocess.PIPE)
        for source in wholes.values()
    ]
    for run in runs:
        assert run.stdin
        run.stdin.write(b"\n")
        run.stdin.close()
    assert [run.wait() for run in runs] == [0, 0]
    assert state(tmp_path / "place/release") in wholes
    assert [path.name for path in (tmp_path / "place").iterdir()] == ["release"]


def test_a_release_that_appears_at_the_last_moment_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Staging(tmp_path / "release") as mine:
        mine.create("csv/transfers.csv").close()
        replace = Path.replace

        def late(self: Path, target: Path) -> Path:
            monkeypatch.setattr(Path, "replace", replace)
            write_release(tmp_path / "release", EARLIER)
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", late)
        mine.publish()
    assert files_of(tmp_path) == {"release/csv/transfers.csv": b""}


@pytest.fixture
def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot swap two folders in one step."""
    monkeypatch.setattr(placing, "exchange", lambda one, other: False)


@pytest.mark.usefixtures("no_exchange")
def test_without_a_swap_the_release_is_replaced_all_the_same(tmp_path: Path, dataset: Path, new: Path) -> None:
    write_release(tmp_path / "release", EARLIER)
    export(dataset, tmp_path / "release")
    assert files_of(tmp_path / "release") == files_of(new)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


@pytest.mark.usefixtures("no_exchange")
def test_without_a_swap_a_refused_rename_puts_the_earlier_release_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = write_release(tmp_path / "release", EARLIER)
    before = files_of(release)
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError), Staging(release) as mine:
        mine.publish()
    assert files_of(tmp_path) == {f"release/{name}": content for name, content in before.items()}


def left_over(name: str, parent: Path) -> Path:
    """What a run leaves that is killed: a draft whose lock nobody holds."""
    draft = parent / f".{name}.armsdata-0123456789ab"
    (draft / "new").mkdir(parents=True)
    (draft / "new/half").write_text("half")
    (draft / "lock").touch()
    return draft


def test_a_kill_between_the_two_renames_is_put_right_by_the_next_run(tmp_path: Path, dataset: Path) -> None:
    write_release(left_over("release", tmp_path) / "earlier", EARLIER)
    (tmp_path / "broken").mkdir()
    armsdata("export", tmp_path / "broken", "--out", tmp_path / "release")  # fails before it begins
    with pytest.raises(KeyboardInterrupt), Staging(tmp_path / "release"):
        raise KeyboardInterrupt
    assert {path.name for path in tmp_path.iterdir()} == {"broken", "release"}
    assert files_of(tmp_path / "release")["README.md"] == b"earlier\n"


def test_the_draft_of_a_writer_that_lives_is_left_alone(tmp_path: Path, dataset: Path) -> None:
    with Staging(tmp_path / "release") as living:
        living.create("csv/transfers.csv").close()
        export(dataset, tmp_path / "release")
        assert (living.folder / "csv/transfers.csv").exists()
        living.publish()
    assert files_of(tmp_path) == {"release/csv/transfers.csv": b""}


def test_without_locks_no_draft_is_taken_for_a_left_over(
    tmp_path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = left_over("release", tmp_path)

    def refuse(file: int) -> None:
        raise locking.NoLocks

    monkeypatch.setattr(locking, "_lock", refuse)
    export(dataset, tmp_path / "release")
    assert {path.name for path in tmp_path.iterdir()} == {"release", draft.name}


def test_folders_that_were_made_for_nothing_go(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Staging(tmp_path / "a/b/release"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_that_changes_while_it_is_exported_is_not_exported(
    tmp_path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(dataset, tmp_path / "data")
    finish = release.Writing.finish

    def change(self: release.Writing, report: Any) -> None:
        with (tmp_path / "data/claims.csv").open("ab") as file:
            file.write(b"\n")
        finish(self, report)

    monkeypatch.setattr(release.Writing, "finish", change)
    assert armsdata("export", tmp_path / "data", "--out", tmp_path / "release").says("nothing was exported", status=2)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_others_have_beside_the_release_is_not_touched(tmp_path: Path, dataset: Path) -> None:
    names = [".release.armsdata-0123456789abc", ".release.armsdata-x", ".release-1", ".other.armsdata-0123456789ab"]
    for name in names:
        write_release(tmp_path / name, EARLIER)
    export(dataset, tmp_path / "release")
    assert {path.name for path in tmp_path.iterdir()} == {"release", *names}


def test_invalid_data_leave_the_earlier_release(tmp_path: Path) -> None:
    broken = write_tables(tmp_path / "dataset", NASTY | {"weapons": []})
    release = write_release(tmp_path / "release", EARLIER)
    before = files_of(release)
    ran = armsdata("export", broken, "--out", release)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith("armsdata: nothing was exported, since the data are not valid\n")
    assert files_of(release) == before
    assert {path.name for path in tmp_path.iterdir()} == {"dataset", "release"}


# ---------------------------------------------------------------------------------------------- targets


def test_an_empty_folder_is_fine_and_so_is_none_in_no_parent(tmp_path: Path, dataset: Path, new: Path) -> None:
    (tmp_path / "empty").mkdir()
    for target in (tmp_path / "empty", tmp_path / "a/b/c", tmp_path / "odd [1]* name"):
        export(dataset, target)
        assert files_of(target) == files_of(new)


def test_the_folder_one_stands_in_is_fine(
    tmp_path: Path, dataset: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export(dataset, ".")
    assert files_of(tmp_path / "here") == files_of(new)
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_file_or_link_as_target_is_refused(tmp_path: Path, dataset: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    (tmp_path / "nowhere").symlink_to(tmp_path / "none")
    before = sorted(tmp_path.iterdir())
    for name in ("file", "link", "nowhere"):
        assert armsdata("export", dataset, "--out", tmp_path / name).says("not a folder; the release needs", status=2)
    for name in ("file/release", "file/a/b"):
        assert armsdata("export", dataset, "--out", tmp_path / name).says("cannot be made in it", status=2)
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("foreign", ["notes.txt", "csv/mine.csv", ".git/config", "deep/er/file"])
@pytest.mark.parametrize("release", [True, False])
def test_a_folder_with_files_of_others_is_refused(
    tmp_path: Path, dataset: Path, foreign: str, *, release: bool
) -> None:
    target = write_release(tmp_path / "release", EARLIER) if release else tmp_path / "release"
    (target / foreign).parent.mkdir(parents=True, exist_ok=True)
    (target / foreign).write_text("mine")
    before = files_of(tmp_path)
    assert armsdata("export", dataset, "--out", target).says(f"holds {foreign}, which armsdata did not", status=2)
    assert files_of(tmp_path) == before


def test_a_list_of_sums_of_others_does_not_make_a_release(tmp_path: Path, dataset: Path) -> None:
    target = write_release(tmp_path / "mirror", {"debian.iso": b"iso", "readme.txt": b""})
    before = files_of(target)
    assert armsdata("export", dataset, "--out", target).says("which armsdata did not write", status=2)
    assert files_of(target) == before


def test_a_link_within_the_release_is_refused(tmp_path: Path, dataset: Path) -> None:
    target = write_release(tmp_path / "release", EARLIER)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("mine")
    (target / "jsonld").symlink_to(tmp_path / "mine")
    with pytest.raises(NotOurs):
        export(dataset, target)
    assert (tmp_path / "mine/file").read_text() == "mine"


def test_files_that_appear_while_it_is_written_are_kept(tmp_path: Path) -> None:
    release = write_release(tmp_path / "release", EARLIER)
    with Staging(release) as mine:
        (release / "mine.txt").write_text("mine")
        with pytest.raises(NotOurs):
            mine.publish()
    assert (release / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_parent_is_told(tmp_path: Path, dataset: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert armsdata("export", dataset, "--out", tmp_path / "locked/release").says("permission denied", status=3)


# ---------------------------------------------------------------------------------------------- single files


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("earlier")
    left_over("report.json", tmp_path)
    write_file(tmp_path / "report.json", "é\n\udcff")
    assert files_of(tmp_path) == {"report.json": "é\n\\udcff".encode()}


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(self: Path, *arguments: Any) -> None:
        raise OSError(28, "No space left on device", str(self))

    (tmp_path / "report.json").write_text("earlier")
    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(OSError, match=r"No space left on device: '.*/report\.json'"):
        write_file(tmp_path / "report.json", "new")
    assert files_of(tmp_path) == {"report.json": b"earlier"}


def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("earlier")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_or_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_file(tmp_path / "pipe", "new")
    reader.join()
    assert read == [b"new"]
    assert (tmp_path / "pipe").is_fifo()


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder; name a file to write"):
        write_file(tmp_path, "new")
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "no/where", "new")
    assert shutil.disk_usage(tmp_path)
    assert list(tmp_path.iterdir()) == []
