"""The parts of the benchmark: what is measured, on which files."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from measuring import ARMSDATA, HERE, Runs, Task, in_turn
from peers import TABLES

CURATED = HERE.parent / "data"
FORMATS = ("csv", "parquet", "jsonld")
VALIDATE, EXPORT = "armsdata validate", "armsdata export (validate, CSV, Parquet, JSON-LD)"
DUCKDB, POLARS, PYARROW = (
    "DuckDB, load once, three COPYs",
    "polars, three sinks",
    "pyarrow, reader and writers (no JSON)",
)
PANDAS, PANDAS_EXPORT = "pandas + pandera", "pandas + pandera, to_csv, to_parquet, json.dumps"
FRICTIONLESS = "frictionless validate"
RDFLIB = "rdflib, graphs and JSON-LD serializer (100,000 transfers, 120,000 claims)"
PASS, HELP, IMPORTS, SMALL = (
    "python -c pass",
    "armsdata --help",
    "its imports alone",
    "armsdata export (curated dataset)",
)
FAULTY, CLEAN = "a fault in every transfer and claim", "clean"
#: Rows for rdflib, which takes more than a minute for a hundred thousand.
RDFLIB_ROWS = 100_000
LIMIT_MIB = 1024


def dataset(work: Path, rows: int, *, faulty: bool = False) -> Path:
    """The folder of a synthetic dataset, made when it is not there."""
    folder = work / f"{'faulty' if faulty else 'transfers'}-{rows}"
    if not (folder / "complete").is_file():
        print(f"  making {folder.name}", flush=True)
        making = [sys.executable, os.fspath(HERE / "synthetic.py"), os.fspath(folder), str(rows)]
        subprocess.run([*making, "faulty"] if faulty else making, check=True)
        (folder / "complete").touch()
    return folder


def validating(folder: Path, *more: str) -> list[str]:
    """The command that validates."""
    return [*ARMSDATA, "validate", os.fspath(folder), "-q", *more]


def exporting(folder: Path, *more: str) -> list[str]:
    """The command that exports."""
    return [*ARMSDATA, "export", os.fspath(folder), "--out", "{out}/dist", "-q", *more]


def peer(name: str, folder: Path) -> list[str]:
    """The command of a peer."""
    return [sys.executable, os.fspath(HERE / "peers.py"), name, os.fspath(folder), "{out}"]


def complete(folder: Path, *suffixes: str) -> list[str]:
    """The command that looks whether all rows are in all files."""
    return [sys.executable, os.fspath(HERE / "complete.py"), os.fspath(folder), "{out}", *suffixes]


# ---------------------------------------------------------------------------------------------- parts


def start(work: Path, rows: list[int], rounds: int) -> dict[str, Runs]:
    """What it costs to start, and to export the curated dataset beside what its imports alone cost."""
    names = work / "modules.json"
    out = os.fspath(work / "out" / "listed")
    path = f"import sys; sys.path.insert(0, {os.fspath(HERE)!r})"
    listing = f"{path}; import parts; parts.list_modules({os.fspath(names)!r}, {out!r})"
    in_turn([Task("listing the modules", [sys.executable, "-c", listing])], 1, work)
    importing = f"import importlib, json; [importlib.import_module(n) for n in json.load(open({os.fspath(names)!r}))]"
    tasks = [
        Task(PASS, [sys.executable, "-c", "pass"]),
        Task(HELP, [*ARMSDATA, "--help"]),
        Task(IMPORTS, [sys.executable, "-c", importing]),
        Task(SMALL, exporting(CURATED)),
    ]
    return {"start": in_turn(tasks, max(rounds, 7), work)}


def list_modules(path: str, out: str) -> None:
    """Write down which modules an export of the curated dataset imports."""
    before = set(sys.modules)
    sys.argv = ["armsdata", "export", os.fspath(CURATED), "--out", out, "-q"]
    if status := importlib.import_module("armsdata.__main__").command():
        raise SystemExit(status)
    found = [name for name in sys.modules if name not in before and not name.endswith("__main__")]
    Path(path).write_text(json.dumps([name for name in found if _imports(name)]), encoding="utf-8")


def _imports(name: str) -> bool:
    """Whether a module is found by its name; some are made by others on the way."""
    spec = getattr(sys.modules[name], "__spec__", None)
    return spec is not None and spec.name == name and spec.origin not in (None, "unknown")


def peers(work: Path, rows: list[int], rounds: int) -> dict[str, Runs]:
    """armsdata and its peers on the same files; of the slowest whose targets are far there is one run."""
    with (work / "table-schema.json").open("wb") as file:
        subprocess.run([*ARMSDATA, "schema", "--format", "table-schema"], stdout=file, check=True)
    found = {}
    for number in rows:
        folder = dataset(work, number)
        flat = complete(folder, ".csv", ".parquet", ".json")
        linked = complete(folder, ".csv", ".parquet", ".jsonld")
        tasks = [
            Task(VALIDATE, validating(folder, "--limit", "0")),
            Task(EXPORT, exporting(folder), linked),
            Task(DUCKDB, peer("duckdb", folder), flat),
            Task(POLARS, peer("polars", folder), flat),
            Task(PYARROW, peer("pyarrow", folder), complete(folder, ".csv", ".parquet")),
            Task(PANDAS, peer("pandas-validate", folder), slow=True),
            Task(PANDAS_EXPORT, peer("pandas-export", folder), linked, slow=True),
            Task(FRICTIONLESS, peer("frictionless", folder)),
        ]
        found[f"peers {number}"] = in_turn(tasks, rounds, work)
    return found


def formats(work: Path, rows: list[int], rounds: int) -> dict[str, Runs]:
    """Validation alone, and with each format alone; rdflib's serializer beside them, on fewer rows."""
    found = {}
    for number in rows:
        folder = dataset(work, number)
        tasks = [Task(VALIDATE, validating(folder, "--limit", "0"))]
        for name in FORMATS:
            check = complete(folder, f".{name}")
            tasks.append(Task(f"armsdata export --format {name}", exporting(folder, "--format", name), check))
        tasks.append(Task(EXPORT, exporting(folder)))
        tasks.append(Task(RDFLIB, peer("rdflib", dataset(work, RDFLIB_ROWS))))
        found[f"formats {number}"] = in_turn(tasks, rounds, work)
    return found


def faulty(work: Path, rows: list[int], rounds: int) -> dict[str, Runs]:
    """A file in which every row has a fault beside a clean one."""
    found = {}
    for number in rows:
        tasks = [
            Task(CLEAN, validating(dataset(work, number))),
            Task(FAULTY, validating(dataset(work, number, faulty=True)), allowed=(1,)),
        ]
        found[f"faulty {number}"] = in_turn(tasks, rounds, work)
    return found


def scale(work: Path, rows: list[int], rounds: int) -> dict[str, Runs]:
    """The export of datasets of different size."""
    tasks = [Task(f"{number:,}", exporting(dataset(work, number))) for number in rows]
    return {"scale": in_turn(tasks, rounds, work)}


def limited(work: Path, rows: list[int], rounds: int) -> dict[str, Runs]:
    """Validation and export of several GiB in one GiB of memory, and of address space; status 0 is what proves it."""
    if sys.platform != "linux":
        print("  memory can be limited on Linux only: left out")
        return {}
    folder = dataset(work, max(rows))
    size = f"{sum((folder / f'{name}.csv').stat().st_size for name in TABLES) / 2**30:.1f} GiB"
    commands = {"validate": validating(folder, "--limit", "0"), "export": exporting(folder)}
    tasks = []
    for how, name, more in (("group", "memory", []), ("space", "address space, one thread", ["--threads", "1"])):
        prefix = [sys.executable, os.fspath(HERE / "limited.py"), how, str(LIMIT_MIB)]
        if subprocess.run([*prefix, "true"], check=False).returncode:
            print(f"  {name} cannot be limited here: left out")
            continue
        for what, command in commands.items():
            tasks.append(Task(f"{what} {size}: {name}", [*prefix, *command, *more], allowed=tuple(range(-64, 128))))
    return {"limited": in_turn(tasks, 1, work)}


#: By name: the part, the numbers of rows it takes where none are given, and how long it takes here.
PARTS: dict[str, tuple[Callable[[Path, list[int], int], dict[str, Runs]], list[int], str]] = {
    "start": (start, [], "half a minute"),
    "peers": (peers, [10**5, 10**6], "14 minutes"),
    "formats": (formats, [10**6], "7 minutes"),
    "faulty": (faulty, [10**6], "2 minutes"),
    "scale": (scale, [10**6, 10**7], "10 minutes"),
    "limited": (limited, [10**7], "5 minutes"),
}
