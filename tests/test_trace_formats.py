"""What a trace looks like: text, JSON that networkx reads, DOT that Graphviz reads; and the command."""

import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx  # type: ignore[import-untyped,unused-ignore]
import pytest

import armsdata
from armsdata.tracing import Trace, follow, words
from armsdata.tracing.dates import told
from armsdata.tracing.records import Actor, ledger
from repository import ROOT
from traces import actor, step, transfer, web, write

NASTY = 'x\x1b[31m"\\\n<script>\x9b\u202e{}|'
LEDGER = web(
    step("made", "BEL", "ARE", 100, origin=("BEL",), about=True),
    step("passed", "ARE", "rebels", 40, upstream=("made",), via=("dealer",), confidence="disputed", designation=NASTY),
    step("plan", "FRA", "rebels", 1, status="licensed"),
    actors=(Actor("dealer", NASTY, "company"),),
)
TRACE = follow(LEDGER, "rebels")


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "armsdata", "trace", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("text", [TRACE.text(), TRACE.json(), TRACE.dot()])
def test_nothing_of_the_data_steers_a_terminal(text: str) -> None:
    assert all(one.isprintable() or one == "\n" for one in text)


def test_colours_are_used_only_when_asked_for() -> None:
    assert "\x1b[1m" in TRACE.text(colour=True)
    plain = re.sub("\x1b\\[[0-9]+m", "", TRACE.text(colour=True))
    assert plain == TRACE.text()


def test_the_text_tells_who_what_how_many_when_how_sure_and_where_from() -> None:
    text = TRACE.text()
    assert text.startswith("Chains of custody that lead to Rebels (rebels)\n")
    for part in ("about 100 items: rifles", "Bel → Are [made]", "sale; 2014; probable; made in Bel", "sources: none"):
        assert part in text
    assert "[passed] DISPUTED" in text
    assert "[plan] NO CUSTODY: licensed only, not in any sum" in text
    assert "40 items (all disputed)" in text
    assert "Bel: made there; through Are, x\\x1b[31m" in text


LONG = follow(
    web(
        *(
            step(
                f"step-{n}",
                f"Holder {n}",
                f"Holder {n + 1}",
                n,
                upstream=(f"step-{n - 1}",),
                place="Somewhere far away",
            )
            for n in range(30)
        )
    ),
    "step-29",
)


def squeezed(text: str) -> str:
    return "".join(re.sub("[│├└─]|\\[step [0-9]+\\]", "", text).split())


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_narrow_terminal_is_kept_to_and_nothing_is_lost(width: int) -> None:
    text = LONG.text(width=width)
    assert max(map(len, text.splitlines())) <= width
    assert squeezed(text) == squeezed(LONG.text())
    coloured = re.sub("\x1b\\[[0-9]+m", "", LONG.text(colour=True, width=width))
    assert coloured == text


def test_a_pipe_has_each_fact_on_one_line() -> None:
    assert "from: Holder 1 → Holder 2 [step-1]" in LONG.text()


def test_who_else_had_to_do_with_it_and_the_terms_are_told() -> None:
    ledger = web(
        step("deal", "ALB", "AFG", 10, end_user="police", brokers=("AEY", "other"), carriers=("ship",),
             funders=("USA",), condition="second-hand", quantity_ordered=Decimal(12), value=Decimal(2500000),
             value_currency="USD", tiv=Decimal("2.5"), ordered="2007~", delivered="2008-01/.."),
    )  # fmt: skip
    trace = follow(ledger, "deal")
    assert "sale; from 2008-01 on; probable\n" in trace.text()
    assert (
        "  for police; arranged by AEY, other; carried by ship; paid by USA; second-hand; ordered about 2007; "
        "12 ordered; value 2,500,000 USD; SIPRI trend-indicator value 2.5 million\n"
    ) in trace.text()
    told = trace.as_dict()["graph"]["transfers"]["deal"]
    assert (told["brokers"], told["carriers"], told["funders"], told["end_user"]) == (
        ["AEY", "other"],
        ["ship"],
        ["USA"],
        "police",
    )
    assert (told["quantity_ordered"], told["value"], told["value_currency"], told["tiv"]) == (12, 2500000, "USD", 2.5)
    assert (told["ordered"], told["delivered"], told["latest"]) == ("2007~", "2008-01/..", None)


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("2014", "2014"), ("2014-06-09", "2014-06-09"), ("2007~", "about 2007"), ("2007?", "perhaps 2007"),
        ("2007%", "perhaps about 2007"), ("2004-06~-11", "about 2004-06-11"), ("2005/2006", "2005 to 2006"),
        ("../2014-11", "by 2014-11"), ("2003/..", "from 2003 on"), ("2007/", "from 2007, end not known"),
        ("/2007", "to 2007, start not known"), ("2014/2015-06~", "2014 to about 2015-06"),
        ("198X", "some year of 1980 to 1989"), ("19XX", "some year of 1900 to 1999"),
        ("2014-XX", "2014, month not known"), ("2014-06-XX", "2014-06, day not known"),
        ("2014-XX-XX", "2014, month and day not known"), ("2001-21", "spring of 2001"),
        ("2001-34?", "perhaps second quarter of 2001"), ("2001-41", "second half of 2001"),
        ("{1981,1983}", "1981, 1983"), ("[1981,1983..1985]", "one of 1981, 1983 to 1985"),
        ("[..1983]", "by 1983"), ("Y170000002", "Y170000002"), ("no date", "no date"), ("", ""),
    ],
)  # fmt: skip
def test_dates_are_told_in_words(date: str, text: str) -> None:
    assert told(date) == text


def test_no_sign_of_edtf_is_left_in_the_dates_of_the_curated_dataset() -> None:
    steps = ledger(armsdata.load(ROOT / "data")).steps.values()
    assert {step.id for step in steps if re.search(r"[~?%/{}\[\]]|\.\.|X", words.when(step))} == set()


def test_unknown_is_told_to_be_nobody_in_particular() -> None:
    assert "Unknown is nobody in particular" in follow(web(step("a", "BEL", "unknown")), "unknown").text()


def test_no_transfers_are_told() -> None:
    assert "No transfers." in follow(LEDGER, "BEL").text()


def test_networkx_reads_the_json() -> None:
    content = json.loads(TRACE.json())
    graph: Any = networkx.node_link_graph(content)
    assert isinstance(graph, networkx.MultiDiGraph)
    assert networkx.has_path(graph, "BEL", "rebels")
    assert graph.nodes["dealer"]["label"] == NASTY
    assert graph.edges["ARE", "dealer", "passed/1"]["at_least"] == 40
    assert graph.graph["subject"] == {"kind": "actor", "id": "rebels", "name": "Rebels"}
    assert {row["transfer"] for row in graph.graph["tree"]} == {"made", "passed", "plan"}
    assert graph.graph["transfers"]["plan"]["custody"] is False


def test_the_json_says_the_same_as_the_trace() -> None:
    summary = json.loads(TRACE.json())["graph"]["summary"]
    (unit,) = summary["own"]["units"]
    assert unit == {"unit": "item", "at_least": 40, "at_most": 40, "at_least_undisputed": 0, "approximate": False}
    assert [party["actor"] for party in summary["parties"]] == ["BEL"]
    assert (summary["own"]["without_custody"], summary["own"]["disputed"]) == (1, 1)


def test_d3_and_gephi_find_every_end_of_an_edge_among_the_nodes() -> None:
    content = TRACE.as_dict()
    nodes = {node["id"] for node in content["nodes"]}
    assert len(nodes) == len(content["nodes"])
    assert all({edge["source"], edge["target"]} <= nodes for edge in content["edges"])
    assert len({edge["key"] for edge in content["edges"]}) == len(content["edges"])


QUOTED = r'"(?:[^"\\\n]|\\.)*"'
ATTRIBUTES = rf"\[\w+=(?:{QUOTED}|[\w.]+)(?:, \w+=(?:{QUOTED}|[\w.]+))*\]"
LINE = re.compile(rf"  (?:{QUOTED}(?: -> {QUOTED})?|node|edge) {ATTRIBUTES};|  rankdir=LR;")


def dot_is_good(trace: Trace) -> None:
    first, *lines, last = trace.dot().splitlines()
    assert (first, last) == ("digraph custody {", "}")
    assert [line for line in lines if not LINE.fullmatch(line)] == []


def test_the_dot_is_well_formed_whatever_the_names_hold() -> None:
    dot_is_good(TRACE)
    assert "style=dashed" in TRACE.dot() and "style=dotted" in TRACE.dot()


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed (apt-get install graphviz)")
def test_graphviz_draws_the_dot() -> None:
    drawn = subprocess.run(["dot", "-Tsvg"], input=TRACE.dot().encode(), capture_output=True, check=True)
    assert b"<svg" in drawn.stdout and drawn.stderr == b""


def test_the_command_prints_each_format(tmp_path: Path) -> None:
    text = run("daesh").stdout
    assert text.startswith("Chains of custody that lead to Islamic State (islamic-state)")
    assert "\n    toronto-star-2017-daesh-weapons: U.S. weapons helped Daesh" in text
    assert json.loads(run("Daesh", "--format", "json", "--depth", "0").stdout)["graph"]["limits"] == {"depth": 0}
    done = run("IRQ", "--direction", "from", "--format", "dot", "--output", str(tmp_path / "out.dot"))
    assert (done.returncode, done.stdout) == (0, "")
    graph = json.loads(run("is-irq-bulgarian-antitank-missile", "--format", "json").stdout)["graph"]
    cited = {claim["source"] for one in graph["transfers"].values() for claim in one["claims"]}
    assert cited == set(graph["sources"])
    assert all(one["title"] and one["url"].startswith("https://") for one in graph["sources"].values())
    assert (tmp_path / "out.dot").read_text("utf-8").startswith("digraph custody {")


@pytest.mark.parametrize(
    "arguments",
    [("Iraqq",), ("IRQ", "--direction", "up"), ("IRQ", "--format", "xml"), ("IRQ", "--category", "gun"),
     ("IRQ", "--since", "May"), ("IRQ", "no-such-folder")],
)  # fmt: skip
def test_a_wrong_call_is_told_in_a_sentence_with_status_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == "" and "Traceback" not in done.stderr


def test_the_nearest_name_is_told() -> None:
    assert "did you mean IRQ (Iraq)" in run("iraqq").stderr


def test_a_dataset_folder_can_be_named(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "data", [transfer("one", "BEL", "FRA")], [actor("BEL", "Belgium"), actor("FRA", "France")]
    )
    done = run("France", str(folder), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Belgium → France [one]" in done.stdout
