"""The sums of a trace: checked by hand, and bounded whatever the records say."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsdata.tracing import words
from armsdata.tracing.records import Amount, Step
from armsdata.tracing.totals import Totals, sum_up
from traces import step

D = Decimal


def summed(*steps: Step, shared: tuple[str, ...] = (), only: str = "") -> Totals:
    keys = only.split() or [one.id for one in steps]
    return sum_up(keys, {one.id: one for one in steps}, shared)


def bounds(totals: Totals) -> dict[str, tuple[Any, Any]]:
    return {one.unit: (one.at_least, one.at_most) for one in totals.units}


def test_figures_and_bounds_are_added() -> None:
    totals = summed(
        step("a", "X", "Y", 38000, low=D(36000)),
        step("b", "X", "Y", low=D(40000)),
        step("c", "X", "Y", 5, low=D(5), high=D(9)),
    )
    assert bounds(totals) == {"item": (76005, None)}
    assert bounds(summed(step("c", "X", "Y", 5, high=D(9)), step("d", "X", "Y", 7))) == {"item": (12, 16)}
    assert bounds(summed(step("c", "X", "Y", high=D(9)))) == {"item": (0, 9)}


def test_units_are_never_added_to_each_other() -> None:
    totals = summed(step("a", "X", "Y", 10), step("b", "X", "Y", 3, unit="tonne"), step("c", "X", "Y", 4, unit="tonne"))
    assert bounds(totals) == {"item": (10, 10), "tonne": (7, 7)}
    assert totals.bounded


def test_what_gives_no_figure_is_told_and_never_guessed() -> None:
    totals = summed(step("a", "X", "Y", 10), step("b", "X", "Y"))
    assert bounds(totals) == {"item": (10, 10)}
    assert (totals.silent, totals.bounded) == (1, False)
    assert words.totals(totals) == ["10 items", "and an unknown number in 1 transfer without a figure"]
    assert words.totals(summed(step("b", "X", "Y"))) == ["number not known"]


@pytest.mark.parametrize("whole", [100, 60])
def test_a_part_is_not_added_to_its_whole(whole: int) -> None:
    totals = summed(
        step("whole", "X", "Y", whole),
        step("a", "X", "Y", 20, part_of="whole"),
        step("b", "X", "Y", 30, part_of="whole"),
    )
    assert bounds(totals) == {"item": (whole, whole)}
    assert (totals.transfers, totals.parts) == (1, 2)


def test_a_whole_holds_at_least_what_its_parts_hold() -> None:
    whole = step("whole", "X", "Y", high=D(100))
    parts = step("a", "X", "Y", 20, part_of="whole"), step("b", "X", "Y", 30, part_of="whole")
    assert bounds(summed(whole, *parts)) == {"item": (50, 100)}
    assert bounds(summed(step("whole", "X", "Y"), *parts)) == {"item": (50, None)}
    assert bounds(summed(step("whole", "X", "Y", 2, unit="tonne"), *parts)) == {"item": (50, None), "tonne": (2, 2)}


def test_parts_of_parts_count_once_also_where_a_whole_between_is_not_meant() -> None:
    steps = (
        step("all", "X", "Y", 100),
        step("some", "X", "Y", 40, part_of="all"),
        step("few", "X", "Y", 10, part_of="some"),
    )
    assert bounds(summed(*steps)) == {"item": (100, 100)}
    assert bounds(summed(*steps, only="all few")) == {"item": (100, 100)}
    assert bounds(summed(*steps, only="some few")) == {"item": (40, 40)}
    assert bounds(summed(*steps, only="few")) == {"item": (10, 10)}


def test_a_delivered_part_of_a_plan_counts_and_the_plan_does_not() -> None:
    totals = summed(step("plan", "X", "Y", 100, status="ordered"), step("done", "X", "Y", 20, part_of="plan"))
    assert bounds(totals) == {"item": (20, 20)}
    assert (totals.transfers, totals.parts, totals.apart) == (1, 0, 1)


def test_what_may_not_have_happened_adds_nothing_to_the_least() -> None:
    totals = summed(step("a", "X", "Y", 100, status="unknown"), step("b", "X", "Y", 5))
    assert bounds(totals) == {"item": (5, 105)}
    assert totals.unclear == 1


def test_what_is_disputed_is_marked() -> None:
    totals = summed(step("a", "X", "Y", 100, confidence="disputed"), step("b", "X", "Y", 5))
    (total,) = totals.units
    assert (total.at_least, total.undisputed, totals.disputed) == (D(105), D(5), 1)
    assert words.totals(totals) == ["105 items (at least 5 of it undisputed)"]


def test_an_unknown_share_adds_nothing_to_the_least() -> None:
    assert bounds(summed(step("a", "X", "Y", 100), step("b", "X", "Y", 5), shared=("a",))) == {"item": (5, 105)}


def test_a_cycle_of_parts_counts_once() -> None:
    totals = summed(step("a", "X", "Y", 3, part_of="b"), step("b", "X", "Y", 3, part_of="a"))
    assert bounds(totals) == {"item": (3, 3)}


def test_a_transfer_named_twice_counts_once() -> None:
    assert bounds(summed(step("a", "X", "Y", 3), only="a a")) == {"item": (3, 3)}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(), "number not known"),
        (Amount(D("1.000"), unit="item"), "1 item"),
        (Amount(D("20318"), unit="item"), "20,318 items"),
        (Amount(D("194.741"), D("194.741"), D("214.67"), "tonne"), "194.741 tonnes (194.741 to 214.67)"),
        (Amount(D(20000), unit="item", about=True), "about 20,000 items"),
        (Amount(None, D(40000), None, "item"), "at least 40,000 items"),
        (Amount(None, None, D(3000000), "round"), "at most 3,000,000 rounds"),
        (Amount(None, D(77), D(100), "item"), "77 to 100 items"),
        (Amount(None, D(77), D(77), "item"), "77 items"),
        (Amount(D(38000), D(36000), None, "item"), "38,000 items (at least 36,000)"),
    ],
)
def test_an_amount_is_told_with_its_bounds(amount: Amount, text: str) -> None:
    assert words.amount(amount) == text


NUMBERS = st.none() | st.integers(1, 20)


@st.composite
def forests(draw: st.DrawFn) -> list[Step]:
    steps = []
    for number in range(draw(st.integers(1, 8))):
        low, high = draw(NUMBERS), draw(NUMBERS)
        if low is not None and high is not None and low > high:
            low, high = high, low
        steps.append(
            step(
                f"t{number}",
                "X",
                "Y",
                low=None if low is None else D(low),
                high=None if high is None else D(high),
                part_of=draw(st.sampled_from(["", *(f"t{one}" for one in range(8))])),
                confidence=draw(st.sampled_from(["probable", "disputed"])),
                status=draw(st.sampled_from(["delivered", "unknown", "planned"])),
            )
        )
    return steps


@given(forests(), st.randoms())
def test_sums_lie_between_their_bounds_whatever_the_order(steps: list[Step], random: Any) -> None:
    totals = summed(*steps)
    for one in totals.units:
        assert 0 <= one.undisputed <= one.at_least
        assert one.at_most is None or one.at_least <= one.at_most
        assert one.at_least <= sum(each.least for each in steps)
    assert totals.transfers + totals.parts + totals.apart == len(steps)
    shuffled = list(steps)
    random.shuffle(shuffled)
    assert summed(*shuffled) == totals
