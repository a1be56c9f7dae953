"""Tracing: which transfers are followed and shown, whose arms they were, and to whom they went."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import armsdata
from armsdata.errors import UsageError
from armsdata.tracing import Limits, Trace, follow
from armsdata.tracing.records import Actor, Ledger
from repository import ROOT
from traces import actor, step, transfer, web, write


def shown(trace: Trace) -> list[tuple[int, str, str, bool]]:
    return [(row.level, row.relation, row.step.id, row.again) for row in trace.rows]


def ends(trace: Trace) -> dict[str, str]:
    """Who is at the far ends, and how many that was at least and at most."""
    return {
        party.actor: "; ".join(
            f"{one.at_least}..{'' if one.at_most is None else one.at_most}" for one in party.totals.units
        )
        for party in trace.parties
    }


CHAIN = web(
    step("made", "BEL", "ARE", 100, origin=("BEL",), delivered="1991"),
    step("passed", "ARE", "rebels", 40, upstream=("made",), delivered="2011"),
    step("lost", "rebels", "raiders", 10, upstream=("passed",), delivered="2013", kind="capture"),
)


def test_a_chain_is_followed_back_to_the_producer() -> None:
    trace = follow(CHAIN, "raiders")
    assert shown(trace) == [
        (0, "start", "lost", False),
        (1, "upstream", "passed", False),
        (2, "upstream", "made", False),
    ]
    (party,) = trace.parties
    assert (party.actor, party.role, party.through) == ("BEL", "origin", ("ARE", "rebels"))
    assert ends(trace) == {"BEL": "10..10"}


def test_a_chain_is_followed_on_to_every_holder() -> None:
    trace = follow(CHAIN, "BEL", "from")
    assert [row.step.id for row in trace.rows] == ["made", "passed", "lost"]
    assert {party.actor: (party.role, party.through) for party in trace.parties} == {
        "ARE": ("direct", ()),
        "rebels": ("onward", ("ARE",)),
        "raiders": ("onward", ("ARE", "rebels")),
    }
    assert ends(trace) == {"ARE": "100..100", "rebels": "40..40", "raiders": "10..10"}


def test_a_transfer_is_traced_by_its_id() -> None:
    assert [row.step.id for row in follow(CHAIN, "passed").rows] == ["passed", "made"]
    assert [row.step.id for row in follow(CHAIN, "passed", "from").rows] == ["passed", "lost"]


def test_the_depth_limits_the_steps_and_what_is_not_followed_is_told() -> None:
    assert [row.step.id for row in follow(CHAIN, "raiders", limits=Limits(depth=0)).rows] == ["lost"]
    trace = follow(CHAIN, "raiders", limits=Limits(depth=1))
    assert [(row.step.id, row.hidden) for row in trace.rows] == [("lost", 0), ("passed", 1)]
    assert "1 transfer beyond not followed (--depth)" in trace.text()
    assert ends(trace) == {"ARE": "10..10"}
    assert "Are: first holder within the steps asked for" in trace.text()


def test_a_shared_branch_is_shown_once_at_its_shortest_way() -> None:
    ledger = web(
        step("root", "BEL", "ARE"),
        step("long", "ARE", "a", upstream=("root",)),
        step("one", "a", "x", upstream=("long",), delivered="2010"),
        step("two", "ARE", "x", upstream=("root",), delivered="2012"),
    )
    assert shown(follow(ledger, "x")) == [
        (0, "start", "one", False),
        (1, "upstream", "long", False),
        (2, "upstream", "root", True),
        (0, "start", "two", False),
        (1, "upstream", "root", False),
    ]
    assert "[root]: shown elsewhere in this tree" in follow(ledger, "x").text()


@pytest.mark.parametrize("direction", ["to", "from"])
def test_cycles_end(direction: str) -> None:
    ledger = web(
        step("a", "BEL", "x", 1, upstream=("c",), part_of="b"),
        step("b", "x", "BEL", 1, upstream=("a",), part_of="a"),
        step("c", "FRA", "x", 1, upstream=("b", "c")),
    )
    trace = follow(ledger, "x", direction)
    assert {row.step.id for row in trace.rows} == {"a", "b", "c"}
    assert trace.text() and trace.json() and trace.dot()


def test_a_state_is_traced_with_its_forces_and_says_so() -> None:
    ledger = web(
        step("given", "USA", "police", 5),
        step("between", "police", "army", 5),
        step("taken", "army", "raiders", 2),
        actors=(Actor("IRQ", "Iraq", "state"), Actor("army", "Army", "security-force", "IRQ"),
                Actor("police", "Police", "security-force", "army")),
    )  # fmt: skip
    trace = follow(ledger, "IRQ")
    assert [row.step.id for row in trace.rows] == ["given"]
    assert trace.left_out.internal == 1
    assert "With what is part of it: Army, Police." in trace.text()
    assert [row.step.id for row in follow(ledger, "army", "from").rows] == ["taken"]
    assert ends(follow(ledger, "raiders")) == {"IRQ": "2..2"}


def test_what_went_through_an_actors_hands_is_told_apart() -> None:
    ledger = web(step("through", "ITA", "IRQ", 20, via=("dealer", "GBR", "shipper")), step("own", "FRA", "GBR", 3))
    trace = follow(ledger, "GBR")
    assert [one.at_least for one in trace.totals.units] == [3]
    assert [one.at_least for one in trace.passing.units] == [20]
    assert {party.actor: party.through for party in trace.parties} == {"FRA": (), "ITA": ("dealer",)}
    onward = follow(ledger, "GBR", "from")
    assert onward.totals.transfers == 0 and onward.passing.transfers == 1
    assert [(party.actor, party.through) for party in onward.parties] == [("IRQ", ("shipper",))]


@pytest.mark.parametrize("status", ["planned", "licensed", "notified", "ordered", "cancelled", "denied", "intercepted"])
def test_what_never_changed_hands_is_marked_and_in_no_sum(status: str) -> None:
    ledger = web(
        step("before", "BEL", "ARE", 50),
        step("plan", "ARE", "x", 50, status=status, upstream=("before",)),
        step("done", "FRA", "x", 7),
    )
    trace = follow(ledger, "x")
    assert [row.step.id for row in trace.rows] == ["done", "plan"]
    assert [one.at_most for one in trace.totals.units] == [7]
    assert trace.totals.apart == 1
    assert ends(trace) == {"FRA": "7..7"}
    assert "[plan] NO CUSTODY: " in trace.text()
    assert ends(follow(ledger, "ARE", "from")) == {}
    assert 'color="gray50"' in trace.dot()


def test_arms_of_several_makers_are_shared_and_nobody_is_given_all() -> None:
    ledger = web(
        step("both", "USA", "COL", 60, origin=("USA", "DEU")),
        step("own", "USA", "COL", 5, origin=("USA",)),
    )
    assert ends(follow(ledger, "COL")) == {"USA": "5..65", "DEU": "0..60"}


def test_arms_from_elsewhere_are_not_counted_as_given_on() -> None:
    ledger = web(
        step("a", "BEL", "x", 10),
        step("b", "FRA", "x", 10),
        step("both", "x", "y", 15, upstream=("a", "b")),
    )
    assert ends(follow(ledger, "BEL", "from")) == {"x": "10..10", "y": "0..15"}


def test_a_part_without_a_past_had_its_arms_from_where_the_whole_had_them() -> None:
    ledger = web(
        step("source", "USA", "IRQ", 1000),
        step("whole", "IRQ", "x", upstream=("source",)),
        step("part", "IRQ", "x", 9, part_of="whole"),
        step("made", "IRQ", "x", 4, part_of="whole", origin=("CHN",)),
    )
    trace = follow(ledger, "x")
    assert shown(trace) == [
        (0, "start", "whole", False),
        (1, "upstream", "source", False),
        (1, "part", "made", False),
        (1, "part", "part", False),
    ]
    assert ends(trace) == {"USA": "9..", "CHN": "4..4"}


def test_a_part_that_came_from_elsewhere_is_not_counted_for_the_source_of_its_whole() -> None:
    ledger = web(
        step("american", "USA", "IRQ", 1000),
        step("chinese", "CHN", "IRQ", 1000),
        step("whole", "IRQ", "x", 100, upstream=("american",)),
        step("part", "IRQ", "x", 30, part_of="whole", upstream=("chinese",)),
        step("other", "IRQ", "x", 20, part_of="whole"),
    )
    trace = follow(ledger, "x")
    assert [(one.at_least, one.at_most) for one in trace.totals.units] == [(Decimal(100), Decimal(100))]
    assert ends(trace) == {"USA": "20..100", "CHN": "30..30"}


def test_a_diamond_is_counted_once() -> None:
    ledger = web(
        step("root", "BEL", "ARE", 100),
        step("left", "ARE", "a", 30, upstream=("root",)),
        step("right", "ARE", "b", 40, upstream=("root",)),
        step("joined", "a", "x", 50, via=("b", "unknown", "b"), upstream=("left", "right")),
    )
    trace = follow(ledger, "x")
    assert ends(trace) == {"BEL": "50..50"}
    assert [row.step.id for row in trace.rows if not row.again] == ["joined", "left", "root", "right"]
    onward = follow(ledger, "BEL", "from")
    assert ends(onward) == {"ARE": "100..100", "a": "30..30", "b": "40..40", "x": "50..50"}


NAMED = web(
    step("usa-irq-2005-rifles", "USA", "islamic-state"),
    actors=(
        Actor("islamic-state", "Islamic State", "armed-group", aliases=("Daesh", "Da'esh", "IS", "داعش")),
        Actor("free-army", "Free Army", "armed-group", aliases=("FA",)),
        Actor("front-army", "Front Army", "armed-group", aliases=("FA",)),
        Actor("turkiye", "Türkiye", "armed-group"),
        Actor("USA", "United States", "state"),
    ),
)


@pytest.mark.parametrize("name", ["islamic-state", "Islamic State", "ISLAMIC STATE", "daesh", "DA'ESH", "is", "داعش"])
def test_an_actor_is_found_by_any_of_its_names(name: str) -> None:
    assert follow(NAMED, name).subject.id == "islamic-state"


def test_accents_and_case_do_not_matter() -> None:
    assert follow(NAMED, "turkiye").subject.id == follow(NAMED, "TÜRKİYE").subject.id == "turkiye"
    assert follow(NAMED, "USA-IRQ-2005-Rifles").subject.kind == "transfer"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fa", "may be free-army (Free Army) or front-army (Front Army)"),
        ("Ismalic State", "did you mean islamic-state (Islamic State)"),
        ("usa-irq-2005-rifle", "did you mean usa-irq-2005-rifles"),
        ("", "no actor or transfer"),
        ("!!", "no actor or transfer"),
        ("\x1b[31mred", "no actor or transfer"),
    ],
)
def test_an_unknown_or_ambiguous_name_is_refused_with_the_nearest(name: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        follow(NAMED, name)
    assert told in str(error.value) and "\x1b" not in str(error.value)


DATED = web(
    step("old", "BEL", "x", delivered="1991"),
    step("maybe", "BEL", "x", delivered="2013/2015"),
    step("open", "BEL", "x", delivered="2010/.."),
    step("none", "BEL", "x", delivered=""),
    step("bought", "BEL", "x", delivered="", ordered="2014-05"),
    step("mixed", "BEL", "x", delivered="2014", category="mixed"),
    step("pistols", "BEL", "x", delivered="2014", category="pistol"),
)


@pytest.mark.parametrize(
    ("limits", "found", "undated", "wider"),
    [
        (Limits(since="2014"), {"maybe", "open", "bought", "mixed", "pistols"}, 1, 0),
        (Limits(until="2012-12"), {"old", "open"}, 1, 0),
        (Limits(since="2014-06", until="2014-07"), {"maybe", "open", "mixed", "pistols"}, 1, 0),
        (Limits(category="pistol"), {"pistols"}, 0, 1),
        (Limits(category="small-arms"), {"old", "maybe", "open", "none", "bought", "pistols"}, 0, 1),
    ],
)
def test_limits_choose_among_the_actors_own_transfers(
    limits: Limits, found: set[str], undated: int, wider: int
) -> None:
    trace = follow(DATED, "x", limits=limits)
    assert {row.step.id for row in trace.rows} == found
    assert (trace.left_out.undated, trace.left_out.wider) == (undated, wider)


def test_the_chains_of_chosen_transfers_are_followed_whole() -> None:
    trace = follow(CHAIN, "raiders", limits=Limits(since="2013", category="assault-rifle"))
    assert len(trace.rows) == 3


@pytest.mark.parametrize(
    "limits",
    [Limits(category="assault-rifles"), Limits(since="May 2014"), Limits(since="2015", until="2014"), Limits(depth=-1)],
)
def test_limits_that_make_no_sense_are_refused(limits: Limits) -> None:
    with pytest.raises(UsageError):
        follow(CHAIN, "raiders", limits=limits)


def test_an_unknown_direction_and_limits_on_one_transfer_are_refused() -> None:
    with pytest.raises(UsageError, match="directions are to and from"):
        follow(CHAIN, "raiders", "up")
    with pytest.raises(UsageError, match="leave them out"):
        follow(CHAIN, "made", limits=Limits(since="2014"))


ACTORS = st.sampled_from(["AAA", "BBB", "c", "d"])
KEYS = [f"t{number}" for number in range(12)]


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Any web, cycles, self-transfers and dangling references included."""
    several = st.lists(st.sampled_from([*KEYS, "nowhere"]), max_size=4).map(tuple)
    steps = [
        step(
            key,
            draw(ACTORS),
            draw(ACTORS),
            draw(st.none() | st.integers(1, 50)),
            upstream=draw(several),
            part_of=draw(st.sampled_from(["", "", "nowhere", *KEYS])),
            via=draw(st.lists(ACTORS, max_size=2).map(tuple)),
            status=draw(st.sampled_from(["delivered", "delivered", "planned", "unknown"])),
            confidence=draw(st.sampled_from(["probable", "disputed"])),
        )
        for key in KEYS[: draw(st.integers(0, len(KEYS)))]
    ]
    actors = [
        Actor(one, one, "state", draw(st.sampled_from(["", "AAA", "BBB", "c", "d"])))
        for one in ("AAA", "BBB", "c", "d")
    ]
    return Ledger(steps, actors)


@given(ledgers(), ACTORS, st.sampled_from(["to", "from"]), st.none() | st.integers(0, 4))
def test_any_web_is_followed_to_an_end(ledger: Ledger, subject: str, direction: str, depth: int | None) -> None:
    trace = follow(ledger, subject, direction, Limits(depth=depth))
    full = [row.step.id for row in trace.rows if not row.again]
    assert len(full) == len(set(full)), "a transfer is shown in full once"
    assert {row.step.id for row in trace.rows} == set(full)
    assert trace.text() and trace.json() and trace.dot()
    for party in trace.parties:
        assert set(party.transfers) <= set(full)
        for one in party.totals.units:
            assert 0 <= one.undisputed <= one.at_least
            assert one.at_most is None or one.at_least <= one.at_most


def test_a_chain_of_thousands_is_followed_without_the_stack() -> None:
    steps = [step("t0", "AAA", "g0", 1)]
    steps += [
        step(f"t{n}", f"g{n - 1}", f"g{n}", 1, upstream=(f"t{n - 1}",), part_of=f"t{n - 1}") for n in range(1, 3000)
    ]
    trace = follow(web(*steps), "g2999")
    assert len(trace.rows) == 3000
    assert len(trace.text()) < 3_000_000


def test_a_dataset_is_traced_from_its_frames(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "data",
        [
            transfer("made", "BEL", "ARE", quantity="10.5", quantity_unit="tonne", delivered="1991", origin="BEL"),
            transfer("passed", "ARE", "rebels", upstream="made", delivered="2011"),
        ],
        [actor("BEL", "Belgium"), actor("ARE", "Emirates"), actor("rebels", "Rebels", "armed-group", aliases="Mob")],
    )
    trace = armsdata.load(folder).trace("mob")
    assert [row.step.id for row in trace.rows] == ["passed", "made"]
    assert "10.5 tonnes" in trace.text()
    assert "sources: a-report (documented)" in trace.text()
    frames = armsdata.load(folder)
    frames.transfers = frames.transfers.drop(columns=["notes", "delivered_earliest", "delivered_latest"])
    assert frames.trace("mob").text() == trace.text()


def test_the_curated_dataset_tells_how_the_bulgarian_missile_came() -> None:
    trace = armsdata.load(ROOT / "data").trace("Daesh")
    bulgaria = next(party for party in trace.parties if party.actor == "BGR")
    assert bulgaria.role == "origin" and "USA" in bulgaria.through
    (total,) = bulgaria.totals.units
    assert (total.unit, int(total.at_least), total.at_most) == ("item", 1, Decimal(1))
    assert not trace.totals.bounded
