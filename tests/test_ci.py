"""The action, the workflows and the hooks: well formed, safe, and their shell parts run for real."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from datasets import FULL, SMALL, Data
from repository import ROOT

WORKFLOWS = sorted(path.name for path in (ROOT / ".github" / "workflows").iterdir())
FILES = ["action.yml", *(f".github/workflows/{name}" for name in WORKFLOWS)]
BIN = Path(sys.executable).parent
needs_bash = pytest.mark.skipif(sys.platform == "win32" or shutil.which("bash") is None, reason="needs bash and POSIX")


def loaded(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return content


def jobs(name: str) -> list[dict[str, Any]]:
    return [] if name == "action.yml" else list(loaded(name)["jobs"].values())


def steps(name: str) -> list[dict[str, Any]]:
    if name == "action.yml":
        return list(loaded(name)["runs"]["steps"])
    return [step for job in jobs(name) for step in job["steps"]]


SCRIPTS = [(name, place) for name in FILES for place, step in enumerate(steps(name)) if "run" in step]


# ---------------------------------------------------------------------------------------------- form


@pytest.mark.parametrize("name", FILES)
def test_a_file_follows_the_schema_of_github(name: str) -> None:
    kind = "vendor.github-actions" if name == "action.yml" else "vendor.github-workflows"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", kind, name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FILES)
def test_the_workflow_linter_finds_nothing(name: str) -> None:
    command = [str(BIN / "zizmor"), "--offline", "--no-progress", "--persona", "pedantic", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not installed")
@pytest.mark.parametrize("name", FILES[1:])
def test_actionlint_finds_nothing(name: str) -> None:
    done = subprocess.run(["actionlint", name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FILES)
def test_every_action_is_pinned_by_commit_and_says_its_version(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    used = [line.partition("uses:")[2].strip() for line in text.splitlines() if "uses:" in line]
    assert [line for line in used if not re.fullmatch(r"\./ #.*|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


@pytest.mark.parametrize("name", FILES[1:])
def test_a_workflow_may_do_no_more_than_read(name: str) -> None:
    assert loaded(name)["permissions"] == {}
    assert [job["permissions"] for job in jobs(name)] == [{"contents": "read"}] * len(jobs(name))
    assert all("timeout-minutes" in job for job in jobs(name))
    assert "pull_request_target" not in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", FILES[1:])
def test_a_checkout_keeps_no_credentials(name: str) -> None:
    checkouts = [step for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False] * len(checkouts)


def test_tests_run_on_three_systems() -> None:
    systems = loaded(".github/workflows/tests.yml")["jobs"]["systems"]["strategy"]["matrix"]["os"]
    assert {name.partition("-")[0] for name in systems} == {"ubuntu", "macos", "windows"}


@pytest.mark.parametrize(("name", "place"), SCRIPTS)
def test_no_script_has_an_expression_in_it(name: str, place: int) -> None:
    assert "${{" not in steps(name)[place]["run"]


@needs_bash
@pytest.mark.parametrize(("name", "place"), SCRIPTS)
def test_a_script_is_sound_bash(name: str, place: int) -> None:
    script = steps(name)[place]["run"]
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_hooks_are_complete() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["armsdata-validate", "armsdata-validate-contributions", "armsdata-format"]
    for hook in hooks:
        assert {"id", "name", "description", "entry", "language", "files"} <= set(hook)
        re.compile(hook["files"])


@pytest.mark.parametrize(
    ("hook", "path", "wanted"),
    [
        (0, "data/transfers.csv", True),
        (0, "dataset.toml", True),
        (0, "schema/vocabularies/unit.csv", False),
        (1, "contributions/new/claims.csv", True),
        (1, "data/claims.csv", False),
        (2, "data/actors.csv", True),
        (2, "data/actors.parquet", False),
    ],
)
def test_a_hook_runs_for_the_files_that_it_is_about(hook: int, path: str, wanted: bool) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert bool(re.search(hooks[hook]["files"], path)) == wanted


@needs_bash
@pytest.mark.parametrize(
    ("hook", "files", "status"), [(0, [], 0), (1, ["new/claims.csv"], 1), (2, ["data/actors.csv"], 0)]
)
def test_the_entry_of_a_hook_runs(tmp_path: Path, hook: int, files: list[str], status: int) -> None:
    one = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))[hook]
    SMALL.write(tmp_path / "data")
    SMALL.with_cell("claims", 0, "framing", "said").write(tmp_path / "new", "claims")
    command = [*one["entry"].split(), *one.get("args", []), *files]
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == status, done.stderr


# ---------------------------------------------------------------------------------------------- the action, run


class Repository:
    """A repository with a dataset, in which the steps of the action are run as GitHub does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.temp = folder / "temp"
        self.temp.mkdir()
        FULL.write(self.folder / "data")
        self.git("init", "--quiet", "--initial-branch", "main")
        self.base = self.commit()

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")
        return self.git("rev-parse", "HEAD")

    def contribute(self, folder: str, data: Data, *tables: str) -> None:
        data.write(self.folder / folder, *tables)
        self.commit()

    def run(self, name: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one step of the action."""
        action = loaded("action.yml")
        step = next(step for step in action["runs"]["steps"] if step.get("id") == name)
        inputs = {key: str(value["default"]) for key, value in action["inputs"].items()} | {"base": self.base} | more
        known = {f"inputs.{key}": value for key, value in inputs.items()}
        known |= {f"steps.changed.outputs.{key}": value for key, value in self.outputs().items()}
        known |= {"steps.install.outputs.armsdata": str(BIN / "armsdata")}
        environment = dict(os.environ) | {"RUNNER_TEMP": str(self.temp)}
        for key, value in step["env"].items():
            environment[key] = re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], value)
        script = self.temp / f"{name}.sh"
        script.write_text(step["run"], "utf-8")
        for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            environment[key] = str(self.temp / key.lower())
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def outputs(self) -> dict[str, str]:
        path = self.temp / "github_output"
        text = path.read_text("utf-8") if path.exists() else ""
        long = {found[1]: found[3] for found in re.finditer(r"^(\w+)<<(.+)\n((?:.*\n)*?)\2\n", text, re.MULTILINE)}
        return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)) | long

    def summary(self) -> str:
        path = self.temp / "github_step_summary"
        return path.read_text("utf-8") if path.exists() else ""

    def judge(self, **more: str) -> subprocess.CompletedProcess[str]:
        changed = self.run("changed", **more)
        assert changed.returncode == 0, changed.stderr
        return self.run("validate", **more)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    return Repository(tmp_path)


ODD_NAMES = [
    *["a b", "$(touch owned)", "`touch owned`", "a;touch owned;b", "-rf", "--strict"],
    *["x\ny", "::error::x", "%0A", "é", "'\"", "*"],
]
NEW = SMALL.with_rows("weapons", [{"weapon_id": "akm", "designation": "AKM", "category": "assault-rifle"}])
BAD = NEW.with_cell("weapons", 0, "category", "rifel")


@needs_bash
def test_a_good_contribution_is_accepted_and_shown(repository: Repository) -> None:
    repository.contribute("contributions/new", NEW, "weapons")
    done = repository.judge()
    assert done.returncode == 0, done.stdout + done.stderr
    assert repository.outputs() == {"whole": "false", "judged": "contributions/new\n", "valid": "true"}
    assert "the records are valid" in repository.summary()
    assert "**weapons: 1 added**" in repository.summary()


@needs_bash
def test_a_bad_contribution_is_annotated_and_fails(repository: Repository) -> None:
    repository.contribute("contributions/new", BAD, "weapons")
    done = repository.judge()
    assert done.returncode == 1
    assert (
        "::error file=contributions/new/weapons.csv,line=2,col=3,title=not-in-vocabulary%3A category::" in done.stdout
    )
    assert repository.outputs()["valid"] == "false"
    assert "the records need mending" in repository.summary()


@needs_bash
def test_a_changed_dataset_is_judged_as_a_whole(repository: Repository) -> None:
    repository.contribute("data", FULL.with_rows("claims", FULL.tables["claims"][1:]), "claims")
    done = repository.judge()
    assert done.returncode == 1
    assert "title=uncited-transfer%3A transfer_id" in done.stdout
    assert repository.outputs()["judged"] == "data\n"


@needs_bash
def test_what_has_not_changed_is_not_judged(repository: Repository) -> None:
    repository.contribute("contributions/old", BAD, "weapons")
    repository.base = repository.git("rev-parse", "HEAD")
    (repository.folder / "README.md").write_text("x", "utf-8")
    repository.commit()
    done = repository.judge()
    assert done.returncode == 0
    assert "No records have changed" in done.stdout


@needs_bash
def test_a_removed_contribution_is_not_judged(repository: Repository) -> None:
    repository.contribute("contributions/old", BAD, "weapons")
    repository.base = repository.git("rev-parse", "HEAD")
    shutil.rmtree(repository.folder / "contributions")
    repository.commit()
    assert repository.judge().returncode == 0


@needs_bash
def test_without_a_base_everything_is_judged(repository: Repository) -> None:
    repository.contribute("contributions/new", BAD, "weapons")
    repository.base = ""
    done = repository.judge()
    assert done.returncode == 1
    assert repository.outputs()["judged"] == "data\ncontributions/new\n"


@needs_bash
def test_named_paths_are_judged(repository: Repository) -> None:
    repository.contribute("elsewhere", BAD, "weapons")
    done = repository.judge(paths="elsewhere/weapons.csv\n")
    assert done.returncode == 1
    assert "file=elsewhere/weapons.csv,line=2" in done.stdout


@needs_bash
def test_warnings_fail_a_strict_check(repository: Repository) -> None:
    repository.contribute("contributions/new", NEW, "weapons")
    assert repository.judge(strict="true").returncode == 1


@needs_bash
def test_sarif_is_written_where_asked_for(repository: Repository) -> None:
    repository.contribute("contributions/new", BAD, "weapons")
    repository.judge(sarif="true")
    assert [path.name for path in (repository.temp / "armsdata-sarif").iterdir()] == ["contributions.sarif"]


@needs_bash
def test_a_base_that_is_not_there_is_said_to_be_missing(repository: Repository) -> None:
    repository.base = "0" * 40
    done = repository.run("changed")
    assert done.returncode == 2
    assert "fetch-depth: 0" in done.stdout


@needs_bash
@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "$(touch owned)",
        "`touch owned`",
        "a;touch owned;b",
        "-rf",
        "--strict",
        "x\ny",
        "::error::x",
        "%0A",
        "é",
        "'\"",
        "*",
    ],
)
def test_no_name_of_a_file_or_folder_does_harm(repository: Repository, name: str) -> None:
    repository.contribute(f"contributions/{name}", BAD, "weapons")
    done = repository.judge()
    assert done.returncode == 1, done.stderr
    commands = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert [line.split(" ", 1)[0] for line in commands] == ["::error", "::warning", "::notice"]
    assert done.stdout.splitlines() == commands
    assert not (repository.folder / "owned").exists()
    assert set(repository.outputs()) == {"whole", "judged", "valid"}


@needs_bash
def test_single_files_are_judged(repository: Repository) -> None:
    repository.contribute("contributions", BAD, "weapons")
    done = repository.judge()
    assert done.returncode == 1
    assert repository.outputs()["judged"] == "contributions/weapons.csv\n"
