"""`make bench`: armsdata and its peers in turn on the same files, whole processes, medians and ratios.

`python benchmarks --rows 100000,1000000 --runs 3` writes `benchmarks/made/results.json` and prints a Markdown table.
The exit status is 1 when armsdata needs more memory than it promises.
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
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from synthetic import write_dataset  # noqa: E402

#: What armsdata promises: so much, and so much more for each transfer.
PEAK_MIB, PEAK_BYTES_A_ROW = 700, 20


@dataclass
class Run:
    """One finished process."""

    wall: float
    cpu: float
    peak_mib: float


def measure(command: list[str]) -> Run:
    """Run a command; its wall time, CPU time and peak memory as the operating system counts them."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def commands(folder: Path, out: Path) -> dict[str, list[str]]:
    """What is compared, by name."""
    armsdata = [sys.executable, "-m", "armsdata"]
    peers = [sys.executable, str(HERE / "peers.py")]
    return {
        "armsdata validate": [*armsdata, "validate", str(folder), "-q", "--limit", "0"],
        "armsdata export (validate, CSV, Parquet, JSON-LD)": [
            *armsdata,
            "export",
            str(folder),
            "--out",
            str(out / "armsdata"),
            "-q",
        ],
        "DuckDB, load once and copy three times": [*peers, "duckdb", str(folder), str(out / "duckdb")],
        "polars, three sinks": [*peers, "polars", str(folder), str(out / "polars")],
    }


def compare(rows: int, runs: int, work: Path) -> dict[str, list[Run]]:
    """Run everything in turn, so that a drift of the machine's speed meets all alike."""
    folder = work / f"transfers-{rows}"
    if not (folder / "claims.csv").is_file():
        write_dataset(folder, rows)
    found: dict[str, list[Run]] = {}
    for _ in range(runs):
        for name, command in commands(folder, work / "out").items():
            found.setdefault(name, []).append(measure(command))
            shutil.rmtree(work / "out", ignore_errors=True)
    return found


def table(rows: int, found: dict[str, list[Run]]) -> str:
    """The medians as a Markdown table; the ratio is to DuckDB, run by run."""
    lines = [f"| {rows:,} transfers | wall s | CPU s | peak MiB | wall / DuckDB |", "|---|---|---|---|---|"]
    duck = next(runs for name, runs in found.items() if name.startswith("DuckDB"))
    for name, runs in found.items():
        wall, cpu, peak = (
            statistics.median(getattr(run, what) for run in runs) for what in ("wall", "cpu", "peak_mib")
        )
        ratio = statistics.median(run.wall / other.wall for run, other in zip(runs, duck, strict=True))
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {ratio:.2f} |")
    return "\n".join(lines)


def start_up(runs: int) -> str:
    """What it costs to start, and to export the curated dataset."""
    lines = ["| start-up | wall s | CPU s |", "|---|---|---|"]
    out = HERE / "made" / "curated"
    for name, command in {
        "python -c pass": [sys.executable, "-c", "pass"],
        "armsdata --help": [sys.executable, "-m", "armsdata", "--help"],
        "armsdata export (curated dataset)": [sys.executable, "-m", "armsdata", "export", "--out", str(out), "-q"],
    }.items():
        measured = [measure(command) for _ in range(runs)]
        wall, cpu = (statistics.median(getattr(run, what) for run in measured) for what in ("wall", "cpu"))
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} |")
    return "\n".join(lines)


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="100000,1000000", help="numbers of transfers, joined by commas")
    parser.add_argument("--runs", type=int, default=3, help="how often each command is run")
    parser.add_argument("--work", type=Path, default=HERE / "made", help="the folder for datasets and results")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    kept: dict[str, object] = {"machine": platform.platform(), "processors": os.cpu_count()}
    too_much = []
    print(start_up(given.runs), end="\n\n")
    for rows in map(int, given.rows.split(",")):
        found = compare(rows, given.runs, given.work)
        kept[str(rows)] = {name: [asdict(run) for run in runs] for name, runs in found.items()}
        print(table(rows, found), end="\n\n", flush=True)
        limit = PEAK_MIB + PEAK_BYTES_A_ROW * rows / (1 << 20)
        too_much += [
            f"{name} at {rows:,}: {run.peak_mib:.0f} MiB, promised {limit:.0f}"
            for name, runs in found.items()
            for run in runs
            if name.startswith("armsdata") and run.peak_mib > limit
        ]
    (given.work / "results.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8", newline="\n")
    print("\n".join(too_much) or "Memory is within what is promised.")
    return 1 if too_much else 0


if __name__ == "__main__":
    sys.exit(main())
