"""Run the coverage-guided fuzzer for a while and say what it did: `make fuzz FUZZ_ARGS="csv --minutes 30"`.

Inputs, crashes and figures stay in `tests/fuzzing/made/`. The exit status is 1 when something did not hold; the input
that showed it is then in `made/<target>/crashes/`, and `--input FILE` runs it alone.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from fuzzing import TARGETS  # noqa: E402

MADE = HERE / "made"
#: The longest input that is tried.
LONGEST = {"csv": 4096, "edtf": 80, "jsonld": 8192, "parquet": 24_000, "xlsx": 16_384, "sipri": 4096}
#: Seconds by the clock before one input counts as a hang within C, where no alarm of Python is heard. Long, for a
#: process that was stopped and goes on must not count as one.
_HANG = 3600
_MEMORY_MIB = 4096


@dataclass
class Figures:
    """What a run did."""

    target: str
    revision: str
    wall_minutes: float
    cpu_minutes: float
    executions: int
    edges: int
    features: int
    corpus: int
    peak_mib: int
    crashed: bool


def fuzz(target: str, minutes: float, made: Path) -> Figures:
    """Fuzz a target in a process of its own."""
    folder = made / target
    for name in ("corpus", "crashes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    revision, begun = _revision(), time.monotonic()
    with log.open("wb") as stream:
        command = [sys.executable, "-P", __file__, target, "--minutes", str(minutes), "--made", str(made), "--child"]
        process = subprocess.Popen(command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    wall = (time.monotonic() - begun) / 60
    told = log.read_text("utf-8", "replace")
    last = re.findall(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)", told, re.MULTILINE)
    executions, edges, features, corpus = map(int, last[-1]) if last else (0, 0, 0, 0)
    ended = re.search(r"stat::number_of_executed_units: (\d+)", told)
    peak = re.search(r"stat::peak_rss_mb:\s+(\d+)", told)
    return Figures(target, revision, round(wall, 1), round((usage.ru_utime + usage.ru_stime) / 60, 1),
                   int(ended[1]) if ended else executions, edges, features, corpus, int(peak[1]) if peak else 0,
                   os.waitstatus_to_exitcode(status) != 0)  # fmt: skip


def _revision() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def run_within(target: str, minutes: float, made: Path) -> None:
    """Fuzz in this process, which ends with it."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    folder = made / target
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    with atheris.instrument_imports(include=["armsdata", "openpyxl"]):  # what is imported within functions, too
        module = importlib.import_module(f"fuzzing.fuzz_{target}")
        for seed in module.seeds():
            module.check(seed)
            (seeds / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = folder / "words.txt"
    words.write_text(dictionary(), "utf-8")
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={int(minutes * 60)}", f"-timeout={_HANG}", f"-rss_limit_mb={_MEMORY_MIB}",
         f"-max_len={LONGEST[target]}", f"-dict={words}", f"-artifact_prefix={folder / 'crashes'}/",
         "-print_final_stats=1", "-len_control=0", str(folder / "corpus"), str(seeds)],
        module.check,
    )  # fmt: skip
    atheris.Fuzz()


def dictionary() -> str:
    """Words that the formats are made of, for the fuzzer to put in: columns, codes, and marks."""
    from armsdata.schema import TABLES
    from armsdata.schema.vocabularies import vocabulary

    columns = [column for table in TABLES.values() for column in table.columns]
    words = {column.name for column in columns} | {"@context", "@graph", "@id", "@type", "@base", "true", "null"}
    for name in {column.vocabulary for column in columns} - {"", "country", "currency", "language"}:
        words.update(vocabulary(name).concepts)
    marks = {'""', '"\n', "\r\n", ",\n", "; ", "]}", "},\n", "<c ", "<row ", "<v>", "</v>", 't="s"', 'r="', "\ufeff",
             "..", "/..", "XX", "Y1", "Mar-05", "44256", "1.00E+05", "#REF!", "PAR1", "\u202e", "\0"}  # fmt: skip
    return "".join(f'"{_escaped(word)}"\n' for word in sorted(words | marks))


def _escaped(word: str) -> str:
    return re.sub(rb"[^A-Za-z0-9@_-]", lambda one: b"\\x%02X" % one[0][0], word.encode()).decode("ascii")


def main() -> int:
    """Fuzz, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=30, help="how long, by the clock")
    parser.add_argument("--made", type=Path, default=MADE, help="the folder for inputs, crashes and figures")
    parser.add_argument("--input", type=Path, help="run this one input, without the fuzzer")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.input:
        module: Any = importlib.import_module(f"fuzzing.fuzz_{given.target}")
        module.check(given.input.read_bytes())
        return 0
    if given.child:
        run_within(given.target, given.minutes, given.made)
    figures = fuzz(given.target, given.minutes, given.made)
    with (given.made / "figures.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(figures)) + "\n")
    print(json.dumps(asdict(figures)))
    if figures.crashed:
        print("something did not hold; see", given.made / given.target / "log.txt", file=sys.stderr)
    return 1 if figures.crashed else 0


if __name__ == "__main__":
    sys.exit(main())
