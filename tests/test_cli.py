"""The command line: results on stdout, one clear sentence on stderr, the exit status of the design, no traceback."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from armsdata import __version__, cli
from made_datasets import NASTY, TOML, write_tables
from running import armsdata, process

COMMANDS = sorted(command.name for command in cli.app.registered_commands if command.name)
PYTHON = [sys.executable, "-m", "armsdata"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("cli") / "dataset", NASTY)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A dataset with many errors."""
    return write_tables(tmp_path / "broken", NASTY | {"actors": []})


# ---------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("columns", ["40", "100", "300"])
def test_help_shows_an_example_in_lines_that_fit(monkeypatch: pytest.MonkeyPatch, command: str, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = armsdata(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert f"Example: armsdata {command}" in " ".join(ran.out.split())
    assert max(map(len, ran.out.splitlines())) <= 100
    assert armsdata(command, "-h").out == ran.out


def test_help_names_every_command_and_imports_nothing_slow() -> None:
    script = (
        "import sys\n"
        "from armsdata.__main__ import command\n"
        "command()\n"
        "slow = {'pandas', 'pyarrow', 'pandera', 'numpy', 'rich'} & sys.modules.keys()\n"
        "print('slow:', *slow, file=sys.stderr)\n"
    )
    for arguments in (["--help"], ["--version"], *([command, "--help"] for command in COMMANDS[:3])):
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
        assert done.stderr == "slow:\n"
    assert all(f"\n  {command} " in armsdata("--help").out for command in COMMANDS)


HEAPS = """
import ctypes, sys, threading
from armsdata.__main__ import _share_one_heap

if sys.argv[1] == "shared":
    _share_one_heap()
library, barrier = ctypes.CDLL(None), threading.Barrier(5)
library.malloc.restype = ctypes.c_void_p

def work():
    held = [library.malloc(ctypes.c_size_t(1000)) for _ in range(200)]
    barrier.wait()

for _ in range(4):
    threading.Thread(target=work).start()
barrier.wait()
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap for each thread")
def test_all_threads_of_the_command_share_one_heap() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}

    def heaps(how: str, **more: str) -> int:
        command = [sys.executable, "-c", HEAPS, how]
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment | more)
        return told.stdout.count("<heap nr=")

    assert heaps("shared") == 1
    assert heaps("own") > 1
    assert heaps("shared", MALLOC_ARENA_MAX="4") > 1  # what the user says holds


def test_the_version_is_told() -> None:
    assert armsdata("--version").out == f"armsdata {__version__}\n"


def test_no_argument_shows_the_help_and_is_a_wrong_call() -> None:
    ran = armsdata()
    assert ran.status == 2
    assert "Commands:" in ran.out + ran.err
    assert "Missing argument" in armsdata("verify").err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nothing"], "nothing"),
        (["validate", "--nothing"], "--nothing"),
        (["validate", "--format", "xml"], "xml"),
        (["validate", "--limit", "many"], "--limit"),
        (["validate", "--limit", "-1"], "--limit"),
        (["export", "--threads", "-2"], "--threads"),
        (["export", "one", "two"], "two"),
    ],
)
def test_a_wrong_call_names_what_is_wrong(arguments: list[str], named: str) -> None:
    ran = armsdata(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert named in ran.err
    assert "Traceback" not in ran.err


# ---------------------------------------------------------------------------------------------- results and statuses


def test_results_go_to_stdout_and_messages_to_stderr(dataset: Path, tmp_path: Path) -> None:
    good = armsdata("validate", dataset)
    assert (good.status, good.err) == (0, "")
    assert good.out.endswith(": valid.\n")
    done = armsdata("export", dataset, "--out", tmp_path / "release")
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("Exported 2 transfers, 2 claims, 5 actors, 1 weapons, 2 sources to ")
    assert done.err.count("\n") == 1
    assert armsdata("export", dataset, "--out", tmp_path / "release", "--quiet").err == ""


def test_errors_in_the_data_leave_with_one_and_are_told_on_stdout(broken: Path) -> None:
    ran = armsdata("validate", broken)
    assert (ran.status, ran.err) == (1, "")
    assert "[unknown-reference]" in ran.out
    assert ran.out.rstrip().endswith(": not valid.")


def test_strict_makes_warnings_errors(dataset: Path, tmp_path: Path) -> None:
    assert armsdata("validate", dataset, "--strict").status == 1
    ran = armsdata("export", dataset, "--strict", "--out", tmp_path / "release")
    assert (ran.status, ran.out) == (1, "")
    assert not (tmp_path / "release").exists()


def test_json_has_the_shape_of_the_design(broken: Path, dataset: Path) -> None:
    ran = armsdata("validate", broken, "--format", "json")
    report = json.loads(ran.out)
    assert ran.status == 1
    assert list(report) == ["valid", "counts", "truncated", "findings"]
    assert report["valid"] is False
    assert report["truncated"] is False
    assert report["counts"]["rows"] == {"sources": 2, "actors": 0, "weapons": 1, "transfers": 2, "claims": 2}
    assert report["counts"]["error"] + report["counts"]["warning"] == len(report["findings"])
    place = ["file", "line", "column", "column_number", "table", "row_key"]
    for finding in report["findings"]:
        assert list(finding) == ["code", "severity", *place, "value", "message", "hint"]
    assert json.loads(armsdata("validate", dataset, "--format", "json").out)["valid"] is True


def test_limit_shows_fewer_and_says_so(broken: Path) -> None:
    whole = json.loads(armsdata("validate", broken, "--format", "json").out)
    for limit in (0, 1, 5):
        ran = armsdata("validate", broken, "--format", "json", "--limit", str(limit))
        report = json.loads(ran.out)
        assert (ran.status, len(report["findings"]), report["truncated"]) == (1, limit, True)
        assert report["counts"] == whole["counts"]
        assert report["findings"] == whole["findings"][:limit]
        text = armsdata("validate", broken, "--limit", str(limit)).out
        assert f"Shown: {limit} of {len(whole['findings'])} findings; --limit shows more." in text


def test_no_findings_and_no_table_to_judge(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert armsdata("validate", tmp_path / "empty").says("no table in this folder", status=2)
    assert armsdata("export", tmp_path / "empty").says("no table in this folder", status=2)
    assert armsdata("export", dataset / "actors.csv").says("not a dataset", status=2)


@pytest.mark.parametrize("threads", ["1", "3", "500"])
def test_any_number_of_threads_will_do(dataset: Path, threads: str) -> None:
    assert armsdata("validate", dataset, "--threads", threads).status == 0


# ---------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("command", ["validate", "export", "verify"])
def test_a_missing_path_is_told(tmp_path: Path, command: str) -> None:
    assert armsdata(command, tmp_path / "nowhere").says("nowhere: no such", status=2)
    assert armsdata(command, "x" * 300).says("xxx: ", status=2)


def test_a_missing_dataset_to_join_is_told(dataset: Path, tmp_path: Path) -> None:
    assert armsdata("validate", dataset / "actors.csv", "--against", tmp_path / "no").says("no such file", status=2)
    assert armsdata("validate", dataset / "actors.csv", "--against", dataset / "actors.csv").says(
        "not a dataset", status=2
    )


def test_a_file_that_may_not_be_read_is_told(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_path = Path.open

    def refuse(self: Path, *arguments: object, **more: object) -> object:
        if self.name == "claims.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return open_path(self, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    assert armsdata("validate", dataset).says("claims.csv: permission denied", status=3)


def test_memory_that_is_not_enough_is_told(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> object:
        raise MemoryError

    monkeypatch.setattr("armsdata.validation.run.judge", refuse)
    assert armsdata("validate", dataset).says("memory", status=3)


TOMLS = {
    "nothing": b"",
    "no TOML": b"title: x\n",
    "not UTF-8": TOML.encode() + b'description = "\xff"\n',
    "UTF-16": TOML.encode("utf-16"),
    "no title": TOML.replace("title", "name").encode(),
    "empty title": TOML.replace("A test", "").encode(),
    "number for a text": TOML.replace('"1"', "1").encode(),
    "no date": TOML.replace("2026-01-01", '"soon"').encode(),
    "time for a date": TOML.replace("2026-01-01", "2026-01-01T00:00:00Z").encode(),
    "no such day": TOML.replace("2026-01-01", "2026-02-30").encode(),
    "unknown key": TOML.encode() + b'titel = "x"\n',
    "list for a text": TOML.encode() + b'publisher = ["x"]\n',
    "text for a list": TOML.encode() + b'keywords = "x"\n',
    "numbers in a list": TOML.encode() + b"keywords = [1]\n",
    "relative address": TOML.encode() + b'base_iri = "../x/"\n',
    "address without an end": TOML.encode() + b'base_iri = "https://example.org"\n',
    "address with blanks": TOML.encode() + b'base_iri = "https://example.org/a b/"\n',
    "author without a name": TOML.encode() + b'[[authors]]\norcid = "x"\n',
    "authors as a table": TOML.encode() + b'[authors]\nname = "x"\n',
    "authors as texts": TOML.encode() + b'authors = ["x"]\n',
    "unknown key of an author": TOML.encode() + b'[[authors]]\nname = "x"\nmail = "x"\n',
    "deep nesting": TOML.encode() + b"keywords = " + b"[" * 5000 + b"]" * 5000 + b"\n",
    "many digits": TOML.encode() + b"x = " + b"1" * 5000 + b"\n",
    "twice": TOML.encode() + b'title = "x"\n',
    "NUL": TOML.encode() + b"\0",
    "a way out of the folder": TOML.replace('"1"', '"../../1"').encode(),
}


@pytest.mark.parametrize("name", TOMLS)
def test_a_broken_dataset_toml_is_one_sentence(dataset: Path, tmp_path: Path, name: str) -> None:
    broken = Path(shutil.copytree(dataset, tmp_path / "dataset"))
    (broken / "dataset.toml").write_bytes(TOMLS[name])
    assert armsdata("validate", broken).says("dataset.toml: ", status=2)
    assert armsdata("export", broken, "--out", tmp_path / "release").says("dataset.toml: ", status=2)
    assert not (tmp_path / "release").exists()


def test_a_dataset_toml_that_is_a_folder_makes_no_dataset(dataset: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(dataset, tmp_path / "dataset"))
    (broken / "dataset.toml").unlink()
    (broken / "dataset.toml").mkdir()
    assert armsdata("export", broken).says("not a dataset: it has no dataset.toml", status=2)


def test_a_dataset_without_one_of_its_tables_is_told(dataset: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(dataset, tmp_path / "dataset"))
    (broken / "claims.csv").unlink()
    assert armsdata("validate", broken).says("the dataset has no table claims", status=2)


def test_an_empty_table_is_a_finding(dataset: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(dataset, tmp_path / "dataset"))
    (broken / "claims.csv").write_bytes(b"")
    ran = armsdata("validate", broken)
    assert (ran.status, ran.err) == (1, "")
    assert "claims.csv:1: error: " in ran.out
    assert "[empty-file]" in ran.out


HEAD = b'{"@context":{},\n"@graph":[\n'
NODE = b'{"@id":"weapon/b","@type":"Weapon","weapon_id":"b","designation":"B","category":"pistol"}'
DAMAGED = {
    "empty.parquet": b"",
    "no.parquet": b"weapon_id,designation,category\n",
    "cut.parquet": b"PAR1" + bytes(100),
    "lying.parquet": b"PAR1" + b"\xff" * 60 + (2**31 - 1).to_bytes(4, "little") + b"PAR1",
    "empty.jsonld": b"",
    "cut.jsonld": HEAD + NODE + b",\n",
    "cut within.jsonld": HEAD + NODE[:30],
    "list.jsonld": b"[]",
    "number.jsonld": b"1",
    "deep.jsonld": b"[" * 100_000,
    "deep node.jsonld": HEAD + b'{"notes":' + b"[" * 100_000 + b"\n]}\n",
    "deep context.jsonld": b'{"@context":' + b"[" * 100_000 + b',\n"@graph":[\n]}\n',
    "no list.jsonld": b'{"@context":{},"@graph":{"a":1}}',
    "numbers.jsonld": b'{"@context":{},"@graph":[1,2]}',
    "digits.jsonld": HEAD + NODE.replace(b'"B"', b"1" * 5000) + b"\n]}\n",
    "not UTF-8.jsonld": HEAD + NODE.replace(b"B", b"\xff") + b"\n]}\n",
    "two.jsonld": HEAD + NODE + b"\n" + NODE + b"\n]}\n",
    "more.jsonld": HEAD + NODE + b"\n]}\n{}\n",
    "elsewhere.jsonld": b'{"@context":"https://example.org/","@graph":[]}',
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_alone_cannot_be_judged(dataset: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(DAMAGED[name])
    assert armsdata("validate", "--table", "weapons", path, "--against", dataset).says(name, status=2)


ODD = {
    "object": (b'{"a":1}', "wrong-type"),
    "list": (b'["a","b"]', "wrong-type"),
    "lists in lists": (b'[["a","b"]]', "wrong-type"),
    "half a character": (b'"\\ud800"', "encoding-error"),
    "NUL": (b'"a\\u0000b"', "malformed-csv"),
    "infinity": (b"Infinity", "wrong-type"),
    "nothing": (b"null", "missing-value"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_json_values_are_findings(dataset: Path, tmp_path: Path, name: str) -> None:
    value, code = ODD[name]
    (tmp_path / "weapons.jsonld").write_bytes(HEAD + NODE.replace(b'"B"', value) + b"\n]}\n")
    ran = armsdata("validate", tmp_path / "weapons.jsonld", "--against", dataset, "--format", "json")
    found = [one for one in json.loads(ran.out)["findings"] if one["severity"] == "error"]
    assert ran.status == 1
    assert [(one["code"], one["line"], one["column"], one["row_key"]) for one in found] == [
        (code, 3, "designation", "b")
    ]


def test_a_node_with_a_context_of_its_own_is_a_finding(dataset: Path, tmp_path: Path) -> None:
    node = NODE.replace(b"{", b'{"@context":"https://example.org/",', 1)
    (tmp_path / "weapons.jsonld").write_bytes(HEAD + node + b"\n]}\n")
    ran = armsdata("validate", tmp_path / "weapons.jsonld", "--against", dataset)
    assert ran.status == 1
    assert "[unexpected-column]" in ran.out


# ---------------------------------------------------------------------------------------------- where results go


def test_the_result_can_be_written_to_a_file(broken: Path, tmp_path: Path) -> None:
    ran = armsdata("validate", broken, "--format", "json", "--output", tmp_path / "report.json")
    assert (ran.status, ran.out, ran.err) == (1, "", "")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["valid"] is False


def test_a_file_that_cannot_be_written_is_told(dataset: Path, tmp_path: Path) -> None:
    for output in (tmp_path, tmp_path / "no/where.json", dataset / "actors.csv/x"):
        assert armsdata("validate", dataset, "--output", output).says(str(output), status=2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full here")
def test_a_full_disk_behind_stdout_is_told(dataset: Path) -> None:
    for command in (["validate", dataset], ["--help"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run([*PYTHON, *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 3
        assert done.stderr.startswith("armsdata: ")
        assert done.stderr.endswith("no space left on device\n")
        assert done.stderr.count("\n") == 1
    assert armsdata("validate", dataset, "--output", "/dev/full").says("/dev/full: no space left", status=3)


@pytest.mark.skipif(os.name == "nt", reason="pipes end otherwise there")
def test_a_reader_that_leaves_early_is_no_error(dataset: Path, tmp_path: Path) -> None:
    many = [NASTY["weapons"][0] | {"weapon_id": f"w{place}", "category": "x" * 500} for place in range(500)]
    broken = write_tables(tmp_path / "many", NASTY | {"weapons": many})
    for source, status in ((dataset, 0), (broken, 1)):
        run = subprocess.Popen(
            [*PYTHON, "validate", source, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert run.stdout
        assert run.stderr
        assert run.stdout.read(1) == b"{"
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait() == status
        run.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="streams are closed otherwise there")
def test_closed_streams_do_no_harm(dataset: Path, tmp_path: Path) -> None:
    for call in ('validate "$1" >&-', 'export "$1" --out "$2" 2>&- >&-'):
        command: list[str | Path] = ["sh", "-c", f'"$0" -m armsdata {call}', sys.executable]
        done = subprocess.run([*command, dataset, tmp_path / "release"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals there")
def test_an_interrupt_leaves_with_130_and_no_traceback(tmp_path: Path) -> None:
    script = (
        "import sys, armsdata.validation.run as run\n"
        "from armsdata.__main__ import main\n"
        "import os, signal\n"
        "run.judge = lambda *given: os.kill(os.getpid(), signal.SIGINT)\n"
        "main()\n"
    )
    dataset = write_tables(tmp_path / "dataset", NASTY)
    call: list[str | Path] = [sys.executable, "-c", script, "export", dataset, "--out", tmp_path / "release"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (128 + signal.SIGINT, "")
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


def test_no_file_name_steers_the_terminal(tmp_path: Path) -> None:
    assert armsdata("validate", tmp_path / "a\x1b[31m\nb").says("a\\x1b[31m\\nb: no such file", status=2)


def test_the_process_ends_at_once_with_all_that_it_said_unless_somebody_looks_for_faults() -> None:
    script = "import atexit\nfrom armsdata.__main__ import main\natexit.register(print, 'in order')\nmain()\n"
    for debug, end in (("", ""), ("1", "in order\n")):
        call = [sys.executable, "-c", script, "schema", "--format", "shacl"]
        done = subprocess.run(call, env=os.environ | {"ARMSDATA_DEBUG": debug}, capture_output=True, check=True)
        assert done.stdout.decode("utf-8") == armsdata("schema", "--format", "shacl").out + end.replace(
            "\n", os.linesep
        )
    assert process("validate", "nowhere", ARMSDATA_DEBUG="1").status == process("validate", "nowhere").status == 2


def test_the_command_runs_as_a_process_of_its_own(dataset: Path, tmp_path: Path) -> None:
    ran = process("export", dataset, "--out", tmp_path / "release", PYTHONIOENCODING="ascii", COLUMNS="40")
    assert (ran.status, ran.out) == (0, "")
    assert process("verify", tmp_path / "release", LANG="C").status == 0
