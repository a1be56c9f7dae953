"""What was measured as Markdown tables, and the targets: which of them hold."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator

import parts
from measuring import Run, Runs, median, paired

#: The targets are set for a million transfers.
MILLION = 10**6
#: Transfers and claims of a dataset of a million transfers; the other tables are small beside them.
RECORDS = MILLION * 11 // 5
Measured = dict[str, Runs]


def tables(measured: Measured) -> Iterator[tuple[str, str]]:
    """Each table that can be made, by the name that marks its place."""
    if "start" in measured:
        yield "start", _plain("start-up, curated dataset", measured["start"])
    for key, runs in measured.items():
        part, _, number = key.partition(" ")
        if part == "peers":
            yield f"peers-{number}", _peers(int(number), runs)
        elif part == "formats":
            yield f"formats-{number}", _against(f"{int(number):,} transfers", runs, parts.VALIDATE, "validate")
        elif part == "faulty":
            yield f"faulty-{number}", _against(f"validate {int(number):,} transfers", runs, parts.CLEAN, "clean")
    if "scale" in measured:
        first = next(iter(measured["scale"]))
        yield "scale", _against("export, transfers", measured["scale"], first, first)
    if "limited" in measured:
        yield "limited", _limited(measured["limited"])
    yield "targets", _targets(measured)


def _figures(runs: list[Run]) -> str:
    return f"{median(runs):.2f} | {median(runs, 'cpu'):.2f} | {median(runs, 'peak_mib'):.0f} | {len(runs)}"


def _ratio(ratios: list[float]) -> str:
    """The median of some ratios, and their range where there are several."""
    middle = statistics.median(ratios)
    digits = 0 if middle >= 20 else 2
    if len(ratios) == 1:
        return f"{middle:.{digits}f}"
    return f"{middle:.{digits}f} [{min(ratios):.{digits}f}–{max(ratios):.{digits}f}]"


def _plain(title: str, runs: Runs) -> str:
    lines = [f"| {title} | wall s | CPU s | peak MiB | rounds |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {_figures(some)} |" for name, some in runs.items())])


def _against(title: str, runs: Runs, base: str, short: str) -> str:
    """A table with the ratio to one of its rows."""
    lines = [f"| {title} | wall s | CPU s | peak MiB | rounds | wall / {short} |", "|---|---|---|---|---|---|"]
    for name, some in runs.items():
        ratio = "" if name == parts.RDFLIB else _ratio(paired(some, runs[base]))
        lines.append(f"| {name} | {_figures(some)} | {ratio} |")
    return "\n".join(lines)


def _peers(number: int, runs: Runs) -> str:
    head = (
        f"| {number:,} transfers | wall s | CPU s | peak MiB | rounds | armsdata's export takes | its validate takes |"
    )
    lines = [head, "|---|---|---|---|---|---|---|"]
    for name, some in runs.items():
        export, validate = (
            "" if name == own else f"{_ratio(paired(runs[own], some))} times" for own in (parts.EXPORT, parts.VALIDATE)
        )
        lines.append(f"| {name} | {_figures(some)} | {export} | {validate} |")
    return "\n".join(lines)


def _limited(runs: Runs) -> str:
    lines = [
        f"| limited to {parts.LIMIT_MIB} MiB | ended | wall s | peak MiB resident |",
        "|---|---|---|---|",
    ]
    for name, (run, *_) in runs.items():
        ended = "well" if run.status == 0 else f"with status {run.status}: {run.note}"
        lines.append(f"| {name} | {ended} | {run.wall:.0f} | {run.peak_mib:.0f} |")
    return "\n".join(lines)


# ---------------------------------------------------------------------------------------------- targets


def _targets(measured: Measured) -> str:
    lines = ["| target | measured | |", "|---|---|---|"]
    for text, judge in TARGETS:
        try:
            shown, holds = judge(measured)
        except KeyError:
            shown, holds = "not measured", None
        lines.append(f"| {text} | {shown} | {_verdict(holds, hoped=text.startswith('…'))} |")
    return "\n".join(lines)


def _verdict(holds: bool | None, *, hoped: bool) -> str:
    """In words; an aim beyond the target is reached or not."""
    if holds is None:
        return ""
    if hoped:
        return "reached" if holds else "not reached"
    return "holds" if holds else "**does not hold**"


Verdict = tuple[str, bool | None]


def _at_most(part: str, name: str, base: str, limit: float, what: str = "wall") -> Callable[[Measured], Verdict]:
    """The one takes at most so many times what the other takes."""

    def judge(measured: Measured) -> Verdict:
        ratios = paired(measured[part][name], measured[part][base], what)
        return _ratio(ratios), statistics.median(ratios) <= limit

    return judge


def _faster(name: str, limit: float) -> Callable[[Measured], Verdict]:
    """Validation is at least so many times faster than a peer."""

    def judge(measured: Measured) -> Verdict:
        runs = measured[f"peers {MILLION}"]
        ratios = paired(runs[name], runs[parts.VALIDATE])
        return f"{_ratio(ratios)} times", statistics.median(ratios) >= limit

    return judge


def _json_ld(measured: Measured) -> Verdict:
    """Transfers and claims a second: what the format adds to validation here, the serializer alone there."""
    runs = measured[f"formats {MILLION}"]
    told = [json.loads(run.note) for run in runs[parts.RDFLIB]]
    added = [
        one.wall - other.wall
        for one, other in zip(runs["armsdata export --format jsonld"], runs[parts.VALIDATE], strict=True)
    ]
    return _rates([RECORDS / one for one in added], [one["records"] / one["seconds"] for one in told], 300)


def _json_ld_whole(measured: Measured) -> Verdict:
    """Transfers and claims a second, whole processes, ours with validation."""
    runs = measured[f"formats {MILLION}"]
    theirs = [json.loads(run.note)["records"] / run.wall for run in runs[parts.RDFLIB]]
    return _rates([RECORDS / run.wall for run in runs["armsdata export --format jsonld"]], theirs)


def _rates(ours: list[float], theirs: list[float], least: float | None = None) -> Verdict:
    """How many times as many records a second, round by round."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=False)]
    shown = f"{statistics.median(ours):,.0f} and {statistics.median(theirs):,.0f} records a second"
    return f"{_ratio(ratios)} times ({shown})", None if least is None else statistics.median(ratios) >= least


def _memory(measured: Measured) -> Verdict:
    limit = 700 + 20 * 10**7 / 2**20
    peak = max(run.peak_mib for run in measured["scale"][f"{10**7:,}"])
    return f"{peak:.0f} MiB of {limit:.0f}", peak <= limit


def _difference(name: str, base: str, limit: float) -> Callable[[Measured], Verdict]:
    """The one costs at most so many seconds of CPU more than the other."""

    def judge(measured: Measured) -> Verdict:
        runs = measured["start"]
        more = statistics.median(one.cpu - other.cpu for one, other in zip(runs[name], runs[base], strict=True))
        return f"{more:.2f} s", more <= limit

    return judge


def _ended_well(measured: Measured) -> Verdict:
    runs = measured["limited"]
    failed = [name for name, some in runs.items() if any(run.status for run in some)]
    return ", ".join(f"{name} fails" for name in failed) or ", ".join(runs), not failed


_PEERS, _FAULTY = f"peers {MILLION}", f"faulty {MILLION}"
TARGETS: list[tuple[str, Callable[[Measured], Verdict]]] = [
    ("validate and export at most 1.0 times DuckDB's bare conversion", _at_most(_PEERS, parts.EXPORT, parts.DUCKDB, 1)),
    ("… aim: 0.8 times", _at_most(_PEERS, parts.EXPORT, parts.DUCKDB, 0.8)),
    ("… stretch: 1.0 times polars' bare conversion", _at_most(_PEERS, parts.EXPORT, parts.POLARS, 1)),
    ("validate at least 50 times faster than frictionless", _faster(parts.FRICTIONLESS, 50)),
    ("… aim: 100 times", _faster(parts.FRICTIONLESS, 100)),
    ("validate at least 5 times faster than pandas + pandera", _faster(parts.PANDAS, 5)),
    ("… aim: 10 times", _faster(parts.PANDAS, 10)),
    ("JSON-LD at least 300 times faster than rdflib's serializer (both alone)", _json_ld),
    ("… for comparison, whole processes, ours validating, too", _json_ld_whole),
    ("ten million transfers at most 11 times the time of a million",
     _at_most("scale", f"{10**7:,}", f"{MILLION:,}", 11)),
    ("ten million transfers in at most 700 MiB and 20 bytes a row", _memory),
    ("a fault in every row: at most 4 times the time of a clean file",
     _at_most(_FAULTY, parts.FAULTY, parts.CLEAN, 4)),
    ("a fault in every row: the same memory (a tenth more at most)",
     _at_most(_FAULTY, parts.FAULTY, parts.CLEAN, 1.1, "peak_mib")),
    ("`armsdata --help` at most 0.18 s of CPU more than `python -c pass`", _difference(parts.HELP, parts.PASS, 0.18)),
    ("the curated dataset exported in at most 1 s of CPU after imports", _difference(parts.SMALL, parts.IMPORTS, 1)),
    ("several GiB validated and exported in 1 GiB", _ended_well),
]  # fmt: skip
