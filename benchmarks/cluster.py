"""The cluster engine beside the local one: what it costs to start, what a row costs, what a second worker saves.

`python benchmarks/cluster.py --rows 1000000 --parts 16 --runs 3` makes a synthetic dataset and the same in parts, runs
whole processes in turn, writes `benchmarks/made/cluster.json` and prints the tables of `docs/scaling.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from measuring import ENVIRONMENT, compile_all  # noqa: E402
from synthetic import write_dataset  # noqa: E402

#: What is estimated: so many transfers, so many workers.
ESTIMATES = [(10**8, 2), (10**8, 16), (10**9, 16), (10**9, 64)]


@dataclass
class Run:
    """One finished process and all that it started."""

    wall: float
    cpu: float
    peak_mib: float


def measure(command: list[str]) -> Run:
    """Run a command; wall time, CPU time of it and its workers, and the peak memory of the largest of them."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def in_parts(whole: Path, folder: Path, parts: int, rows: int) -> None:
    """The same dataset, its transfers and claims in parts; no cell of a synthetic dataset has a line break."""
    folder.mkdir(parents=True)
    for file in whole.iterdir():
        if file.stem not in ("transfers", "claims"):
            shutil.copy(file, folder)
            continue
        (folder / file.stem).mkdir()
        with file.open("rb") as stream:
            header = next(stream)
            size = -(-rows * (6 if file.stem == "claims" else 5) // (5 * parts))
            for number in range(parts):
                with (folder / file.stem / f"part-{number:05d}.csv").open("wb") as part:
                    part.write(header)
                    part.writelines(islice(stream, size))


def commands(what: str, whole: Path, parts: Path, out: Path) -> dict[str, list[str]]:
    """What is compared, by name."""
    armsdata = [sys.executable, "-m", "armsdata", what]
    more = ["--limit", "0"] if what == "validate" else ["--out", str(out)]
    dask = [*armsdata, str(parts), "-q", *more, "--engine", "dask", "--threads"]
    return {
        f"{what}, local engine": [*armsdata, str(whole), "-q", *more],
        f"{what}, local engine, one thread": [*armsdata, str(whole), "-q", *more, "--threads", "1"],
        f"{what}, local engine, in parts": [*armsdata, str(parts), "-q", *more],
        f"{what}, Dask, 1 worker": [*dask, "1"],
        f"{what}, Dask, 2 workers": [*dask, "2"],
    }


def compare(rows: int, parts: int, runs: int, work: Path) -> dict[str, list[Run]]:
    """Run everything in turn, so that a drift of the machine's speed meets all alike."""
    whole, cut = work / f"transfers-{rows}", work / f"transfers-{rows}-in-{parts}-parts"
    if not (whole / "claims.csv").is_file():
        write_dataset(whole, rows)
    if not cut.is_dir():
        in_parts(whole, cut, parts, rows)
    out = work / "out"
    found: dict[str, list[Run]] = {}
    for _ in range(runs):
        for what in ("validate", "export"):
            for name, command in commands(what, whole, cut, out).items():
                found.setdefault(name, []).append(measure(command))
                shutil.rmtree(out, ignore_errors=True)
        for workers in (1, 2):
            start = [sys.executable, "-m", "armsdata", "validate", "-q", "--engine", "dask", "--threads", str(workers)]
            found.setdefault(f"start-up (the curated dataset), {workers} worker(s)", []).append(measure(start))
    return found


def median(runs: list[Run], what: str) -> float:
    """The median of one figure."""
    return float(statistics.median(getattr(run, what) for run in runs))


def table(rows: int, found: dict[str, list[Run]]) -> str:
    """The medians as a Markdown table."""
    lines = [f"| {rows:,} transfers | wall s | CPU s | peak MiB of a process |", "|---|---|---|---|"]
    for name, runs in found.items():
        wall, cpu, peak = (median(runs, figure) for figure in ("wall", "cpu", "peak_mib"))
        lines.append(f"| {name} | {wall:.1f} | {cpu:.1f} | {peak:.0f} |")
    return "\n".join(lines)


def estimates(rows: int, found: dict[str, list[Run]]) -> str:
    """What more rows and workers would take, by `start + rows × (together + shared / workers)`."""
    start = median(found["start-up (the curated dataset), 1 worker(s)"], "wall")
    lines = ["| | start s | together µs a row | shared µs a row |", "|---|---|---|---|"]
    guesses = [
        f"| | {' | '.join(f'{n:.0e} rows, {w} workers' for n, w in ESTIMATES)} |",
        "|---|" + "---|" * len(ESTIMATES),
    ]
    for what in ("validate", "export"):
        one, two = (median(found[f"{what}, Dask, {name}"], "wall") for name in ("1 worker", "2 workers"))
        shared = max(2 * (one - two) / rows, 0)
        together = max((one - start) / rows - shared, 0)
        lines.append(f"| {what} | {start:.1f} | {together * 1e6:.2f} | {shared * 1e6:.2f} |")
        hours = [(start + n * (together + shared / workers)) / 3600 for n, workers in ESTIMATES]
        guesses.append(f"| {what}, hours | {' | '.join(f'{hour:.2f}' for hour in hours)} |")
    return "\n".join([*lines, "", *guesses])


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="number of transfers")
    parser.add_argument("--parts", type=int, default=16, help="parts of transfers, and of claims")
    parser.add_argument("--runs", type=int, default=3, help="how often each command is run")
    parser.add_argument("--work", type=Path, default=HERE / "made", help="the folder for datasets and results")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    compile_all()
    found = compare(given.rows, given.parts, given.runs, given.work)
    kept = {"machine": platform.platform(), "processors": os.cpu_count(), "rows": given.rows, "parts": given.parts}
    kept["runs"] = {name: [asdict(run) for run in runs] for name, runs in found.items()}
    (given.work / "cluster.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(table(given.rows, found), end="\n\n")
    print(estimates(given.rows, found))


if __name__ == "__main__":
    main()
