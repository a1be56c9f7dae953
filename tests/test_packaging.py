"""The wheel and the source distribution: what is in them, and that the wheel works alone, away from the checkout."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from repository import ROOT, pyproject, recipe, repository_files

VERSION: str = pyproject()["project"]["version"]
TABLES = ["actors", "claims", "sources", "transfers", "weapons"]

BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"

# Python without site (-S): no .pth file is read, so an editable install of the checkout is out of reach. The first
# argument is the folder with the installed wheel; then follow those with the packages it depends on, up to "--".
START = """
import sys
from pathlib import Path
end = sys.argv.index("--")
sys.path[:0] = sys.argv[1:2]
sys.path += sys.argv[2:end]
installed = Path(sys.argv[1]).resolve()
sys.argv = ["armsdata", *sys.argv[end + 1:]]
"""
COMMAND = """
from importlib.metadata import entry_points
(command,) = entry_points(group="console_scripts", name="armsdata")
sys.exit(command.load()())
"""
IMPORT_ALL = """
import importlib
import pkgutil
import armsdata
names = [found.name for found in pkgutil.walk_packages(armsdata.__path__, "armsdata.")]
for name in names:
    importlib.import_module(name)
for name in ["armsdata", *names]:
    module = sys.modules[name]
    places = list(module.__path__) if hasattr(module, "__path__") else [module.__file__]
    assert all(Path(place).resolve().is_relative_to(installed) for place in places), (name, places)
print(len(names))
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        pytest.fail(f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


def build(kind: str, source: Path, into: Path) -> Path:
    """Build a wheel or an sdist with the setuptools at hand, as pip does without build isolation."""
    into.mkdir()
    return into / run(sys.executable, "-P", "-c", BUILD, f"build_{kind}", into, cwd=source).splitlines()[-1]


def run_alone(code: str, *arguments: str | Path, installed: Path, cwd: Path) -> str:
    packages = [entry for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}]
    assert packages
    return run(sys.executable, "-I", "-S", "-c", START + code, installed, *packages, "--", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's files, in which building leaves what it leaves."""
    top = tmp_path_factory.mktemp("clone")
    for name in repository_files():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, top / name)
    return top


@pytest.fixture(scope="module")
def sdist(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", clone, tmp_path_factory.mktemp("sdist") / "out")


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(top, filter="data")
    return top / f"armsdata-{VERSION}"


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the sdist: whatever it has, the sdist had."""
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel") / "out")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", "--target", target, wheel, cwd=target)
    return target


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """An empty folder to work in, as a person has who knows nothing of the checkout."""
    return tmp_path


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def in_package(name: str) -> str | None:
    """Where a file of the repository stands in the wheel: in a package that pyproject.toml maps its folder to."""
    for package, folder in pyproject()["tool"]["setuptools"]["package-dir"].items():
        if name.startswith(f"{folder}/"):
            return f"{package.replace('.', '/')}/{name.removeprefix(f'{folder}/')}"
    return None


def test_the_sdist_has_every_file_of_the_repository(unpacked: Path) -> None:
    assert [name for name in repository_files() if not (unpacked / name).is_file()] == []


def test_the_wheel_has_every_file_of_the_package_folders_and_no_other(wheel: Path) -> None:
    expected = {in_package(name) for name in repository_files()} - {None}
    assert {name for name in members(wheel) if not name.startswith(f"armsdata-{VERSION}.dist-info/")} == expected


def test_the_wheel_has_the_data_the_vocabularies_and_the_mark_of_a_typed_package(wheel: Path) -> None:
    names = set(members(wheel))
    assert {f"armsdata/data/{table}.csv" for table in TABLES} <= names
    assert {"armsdata/schema/vocabularies/country.csv", "armsdata/py.typed"} <= names


def test_nothing_but_armsdata_is_installed_at_top_level(wheel: Path) -> None:
    assert {name.split("/")[0] for name in members(wheel)} == {"armsdata", f"armsdata-{VERSION}.dist-info"}


def test_the_wheel_carries_the_licences_of_code_data_and_scripts(wheel: Path) -> None:
    licences = [content for name, content in members(wheel).items() if ".dist-info/licenses/" in name]
    scripts = ROOT.glob("armsdata/report/vendor/*-LICENSE.txt")
    expected = [path.read_bytes() for path in (ROOT / "LICENSE", ROOT / "data" / "LICENSE", *scripts)]
    assert sorted(licences) == sorted(expected)


def test_the_wheel_from_the_checkout_is_the_wheel_from_the_sdist(clone: Path, wheel: Path, tmp_path: Path) -> None:
    direct = members(build("wheel", clone, tmp_path / "out"))
    assert direct == members(wheel)


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("git"), reason="needs git and a POSIX shell")
def test_the_wheel_has_the_same_bytes_wherever_and_whenever_it_is_built(clone: Path, tmp_path: Path) -> None:
    """By the commands of `make wheel`, in two checkouts of other names, dates and permissions."""
    commands = (
        recipe("wheel").replace("\t@", "").replace("$$", "$").replace("$(PIP)", f"{sys.executable} -m pip --quiet")
    )
    git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    wheels = set()
    for umask, name, zone in ((0o077, "one", "UTC"), (0o002, "an other", "Asia/Tokyo")):
        top = tmp_path / name
        shutil.copytree(clone, top, ignore=shutil.ignore_patterns("build", "*.egg-info"))
        for path in top.rglob("*"):
            path.chmod(0o777 & ~umask)
            os.utime(path, (10**9 + umask, 10**9))
        for call in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"]):
            run(*git, *call, cwd=top)
        more = {"SOURCE_DATE_EPOCH": "1700000000", "TZ": zone, "PYTHONHASHSEED": str(umask)}
        done = subprocess.run(
            ["sh", "-c", commands], cwd=top, env=os.environ | more, umask=umask, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        (wheel,) = (top / "build/wheel").iterdir()
        wheels.add(hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert len(wheels) == 1


def test_every_module_of_the_wheel_can_be_imported_without_the_checkout(installed: Path, elsewhere: Path) -> None:
    assert int(run_alone(IMPORT_ALL, installed=installed, cwd=elsewhere)) > 10


def test_the_installed_command_tells_its_version(installed: Path, elsewhere: Path) -> None:
    assert VERSION in run_alone(COMMAND, "--version", installed=installed, cwd=elsewhere)


def test_the_installed_command_has_help_for_each_thing_it_does(installed: Path, elsewhere: Path) -> None:
    told = run_alone(COMMAND, "--help", installed=installed, cwd=elsewhere)
    assert all(name in told for name in ["export", "validate", "verify"])


def test_the_installed_command_exports_the_dataset_that_came_with_it(installed: Path, elsewhere: Path) -> None:
    run_alone(COMMAND, "export", "--out", "release", installed=installed, cwd=elsewhere)
    release = elsewhere / "release"
    wanted = [f"{form}/{table}.{form}" for form in ["csv", "parquet", "jsonld"] for table in TABLES]
    assert [name for name in [*wanted, "SHA256SUMS"] if not (release / name).is_file()] == []


def test_the_command_of_the_checkout_finds_its_dataset_from_any_folder(elsewhere: Path) -> None:
    run(sys.executable, "-P", "-m", "armsdata", "export", "--out", "release", cwd=elsewhere)
    assert (elsewhere / "release/SHA256SUMS").is_file()
