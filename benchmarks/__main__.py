"""`make bench`: armsdata and its peers in turn on the same files, whole processes, medians and ratios of rounds.

What is measured is kept in `benchmarks/made/results.json`, part by part: a later run of some parts replaces those
alone. The tables are made from all that is kept, printed, and written to `benchmarks/made/results.md`; with `--record`
also into `docs/performance.md`, between the marks that name them. The exit status is 1 when a target does not hold.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from measuring import Run, compile_all  # noqa: E402
from parts import PARTS  # noqa: E402
from tables import Measured, tables  # noqa: E402

DOCUMENT = HERE.parent / "docs" / "performance.md"
COMPARED = ("armsdata", "pandas", "pandera", "pyarrow", "numpy", "polars", "duckdb", "frictionless", "rdflib")


def main() -> int:
    """Measure, print, keep."""
    given = _arguments()
    given.work.mkdir(parents=True, exist_ok=True)
    store = given.work / "results.json"
    kept: dict[str, Any] = json.loads(store.read_text(encoding="utf-8")) if store.is_file() else {}
    if given.only:
        compile_all()
    for name in given.only:
        measure, usual, duration = PARTS[name]
        print(f"{name} (about {duration})", flush=True)
        begun = time.monotonic()
        for key, runs in measure(given.work, given.rows or usual, given.rounds).items():
            about = {"date": datetime.date.today().isoformat(), "minutes": round((time.monotonic() - begun) / 60, 1)}
            kept[key] = (
                about | _machine() | {"runs": {task: [asdict(run) for run in some] for task, some in runs.items()}}
            )
        store.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8", newline="\n")
    measured: Measured = {
        key: {task: [Run(**run) for run in some] for task, some in part["runs"].items()} for key, part in kept.items()
    }
    made = {"machine": _conditions(kept), **dict(tables(measured))}
    text = "\n\n".join(made.values()) + "\n"
    (given.work / "results.md").write_text(text, encoding="utf-8", newline="\n")
    print("\n" + text)
    if given.record:
        record(DOCUMENT, made)
    return 1 if "**does not hold**" in made["targets"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    durations = "; ".join(f"{name}: {duration}" for name, (_, _, duration) in PARTS.items())
    parser.add_argument(
        "--only", default=",".join(PARTS), help=f"the parts to run, joined by commas, or none ({durations})"
    )
    parser.add_argument("--rows", default="", help="numbers of transfers, joined by commas, instead of a part's own")
    parser.add_argument("--rounds", type=int, default=3, help="how often all take their turn; the slowest once")
    parser.add_argument("--work", type=Path, default=HERE / "made", help="the folder for datasets and results")
    parser.add_argument("--record", action="store_true", help="write the tables into docs/performance.md, too")
    given = parser.parse_args()
    given.rows = [int(number) for number in given.rows.split(",") if number]
    given.only = [name for name in given.only.split(",") if name and name != "none"]
    if unknown := sorted(set(given.only) - set(PARTS)):
        parser.error(f"there is no part {', '.join(unknown)}; the parts are {', '.join(PARTS)}")
    return given


def _machine() -> dict[str, Any]:
    return {
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "versions": {name: version(name) for name in COMPARED},
    }


def _conditions(kept: dict[str, Any]) -> str:
    """When, on what, with which versions: of all parts that are shown."""
    told = {
        f"{one['system']}, {one['processors']} processors, Python {one['python']}; "
        + ", ".join(f"{name} {number}" for name, number in one["versions"].items())
        for one in kept.values()
    }
    days = sorted({one["date"] for one in kept.values()})
    return "\n\n".join([f"Measured {' to '.join(sorted({days[0], days[-1]}))}." if days else "", *sorted(told)]).strip()


def record(document: Path, made: dict[str, str]) -> None:
    """Put each table between the marks that name it.

    Args:
        document: has `<!-- measured: NAME -->` and `<!-- end -->`, each on a line of its own.
        made: the tables by name; those that the document has no place for are left out.
    """
    text = document.read_text(encoding="utf-8")
    for name, table in made.items():
        begin, end = f"<!-- measured: {name} -->\n", "<!-- end -->"
        before, mark, rest = text.partition(begin)
        if mark:
            text = f"{before}{begin}\n{table}\n\n{end}{rest.partition(end)[2]}"
    document.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
