"""The data of the page, made small: nothing is lost, two readers agree, and the bytes are always the same."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import armsdata
from armsdata.report.digits import DIGITS, digits, wide
from armsdata.report.packing import packed
from armsdata.report.payload import as_json, payload, tables
from armsdata.tracing.records import ledger
from browser import launched
from repository import ROOT
from unpacking import numbers, unpacked

UNPACK = (ROOT / "armsdata/report/script/unpack.js").read_text("utf-8")
#: Texts that share parts, and such as break what is careless: line ends, quotes, other scripts, runs of one character.
TEXTS = st.lists(
    st.sampled_from(
        ["the report ", "of ", "1998", "'\"\\<>&", "\n", "\r\n", "\u2028", "اسلحة", "武器", "🛩", "aaaa", " "]
    )
    | st.text(max_size=5),
    max_size=12,
).map("".join)
ROWS = st.tuples(TEXTS, TEXTS, st.none() | st.integers(-5, 5), st.lists(st.integers(0, 3), max_size=2).map(tuple))
NAMES = ("a", "b", "c", "d")


def columns(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(NAMES)}


def sent(content: object) -> Any:
    """As the page brings it."""
    return json.loads(as_json(content))


@given(st.lists(ROWS, max_size=80), st.booleans())
def test_what_was_packed_comes_back(rows: list[tuple[Any, ...]], together: bool) -> None:
    given = {"one": columns(rows), "two": columns(rows[::-1] * 3)}
    groups = {"two": [("b", "c")]} if together else {}
    assert unpacked(sent(packed(given, groups))) == given


@given(st.lists(st.integers(0, 10**9), max_size=50))
def test_numbers_come_back(given: list[int]) -> None:
    assert numbers("".join(map(digits, given))) == given
    assert not set(DIGITS) & set('"\\<>&') and len(DIGITS) == 90
    assert wide([0, 89, 90, 8099], 2) == "  " + " ~" + "! " + "~~"


def test_what_recurs_is_written_once() -> None:
    texts = [f"Recorded by the commission of inquiry in its report, page {number % 10}" for number in range(1000)]
    content = packed({"claims": {"notes": [f"{text}, line {place}" for place, text in enumerate(texts)]}}, {})
    assert len(as_json(content)) < sum(map(len, texts)) / 5


def test_every_cell_of_the_curated_dataset_is_in_the_page() -> None:
    records = ledger(armsdata.load(ROOT / "data"))
    assert unpacked(sent(payload(records)["packed"])) == tables(records)


def test_the_browser_reads_the_same() -> None:
    nasty: list[tuple[Any, ...]] = [(f"a {one}b {one}", f"a {one}" * 40, None, (one,)) for one in range(200)]
    nasty += [("\r\n\u2028\x85</script>", "🛩武器 اسلحة" * 9, -1, ()), ("", " ", 0, (1, 2))]
    contents = [
        packed({"one": columns(nasty), "none": {}}, {"one": [("a", "c")]}),
        payload(ledger(armsdata.load(ROOT / "data")))["packed"],
    ]
    with launched() as browser:
        page = browser.new_page()
        for content in contents:
            read = page.evaluate(f"content => {{ {UNPACK}; return unpacked(JSON.parse(content)); }}", as_json(content))
            sizes = {name: table.pop("size") for name, table in read.items()}
            assert sizes == {name: table["size"] for name, table in content["tables"].items()}
            assert read == sent(unpacked(sent(content)))


def test_the_bytes_are_the_same_everywhere() -> None:
    """Whatever the system, the processor and the versions of the libraries."""
    texts = [f"{n % 7} rifles of lot {n % 31}, seen at {n % 13}:{n % 60}" for n in range(3000)]
    content = as_json(packed({"one": {"a": texts, "b": [n % 300 for n in range(3000)]}}, {}))
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == "fc7fb2b4146957fd"
