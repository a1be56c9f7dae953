"""Hints for dates: what a person wrote becomes the EDTF that was meant."""

from __future__ import annotations

import time

import pytest
from armsdata.schema import edtf
from armsdata.schema.edtf_hints import suggest
from hypothesis import example, given
from hypothesis import strategies as st


def cases(table: str) -> list[tuple[str, tuple[str, ...]]]:
    """Lines of ``written -> meant, or meant``."""
    rows = (line.split(" -> ") for line in table.strip().splitlines())
    return [(written.strip(), tuple(meant.split(" | "))) for written, meant in rows]


@pytest.mark.parametrize(
    ("written", "meant"),
    cases("""
        12/06/2014 -> 2014-06-12 | 2014-12-06
        12.06.2014 -> 2014-06-12 | 2014-12-06
        12-06-2014 -> 2014-06-12 | 2014-12-06
        1/2/2003 -> 2003-02-01 | 2003-01-02
        6/12/14 -> 2014-12-06 | 2014-06-12
        25/12/2014 -> 2014-12-25
        12/25/2014 -> 2014-12-25
        25.12.2014 -> 2014-12-25
        05/05/2014 -> 2014-05-05
        25/12/95 -> 1995-12-25
        2014/06/12 -> 2014-06-12
        2014.06.12 -> 2014-06-12
        2014/6/2 -> 2014-06-02
        20140612 -> 2014-06-12
        25122014 -> 2014-12-25
        201406 -> 2014-06
        2004-2 -> 2004-02
        2004-6-1 -> 2004-06-01
        2014-25-12 -> 2014-12-25
        12/2014 -> 2014-12
        2003/04 -> 2003-04 | 2003/2004
        2004-06-00 -> 2004-06
        2004-00-00 -> 2004
        2014-06-12 00:00:00 -> 2014-06-12
        2014-06-12T00:00 -> 2014-06-12
        2014-06-12 10:30 -> 2014-06-12T10:30:00 | 2014-06-12
        12/06/2014 00:00 -> 2014-06-12 | 2014-12-06
    """),
)
def test_figures_are_put_in_order_and_ambiguous_ones_give_both(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    cases("""
        June 2014 -> 2014-06
        June, 2014 -> 2014-06
        2014 June -> 2014-06
        may 2014 -> 2014-05
        Sept. 2014 -> 2014-09
        JUNE 2014 -> 2014-06
        12 June 2014 -> 2014-06-12
        12th of June 2014 -> 2014-06-12
        the 12th of June, 2014 -> 2014-06-12
        June 12, 2014 -> 2014-06-12
        June 12th 2014 -> 2014-06-12
        Jun 12 2014 -> 2014-06-12
        12-Jun-2014 -> 2014-06-12
        12-Jun-14 -> 2014-06-12
        Monday, 12 June 2014 -> 2014-06-12
        12. Juni 2014 -> 2014-06-12
        März 2014 -> 2014-03
        Jänner 2014 -> 2014-01
        12 juin 2014 -> 2014-06-12
        1er mars 2014 -> 2014-03-01
        août 2012 -> 2012-08
        février 2012 -> 2012-02
        12 de junio de 2014 -> 2014-06-12
        enero de 2014 -> 2014-01
        12 giugno 2014 -> 2014-06-12
        settembre 2014 -> 2014-09
        12 Haziran 2014 -> 2014-06-12
        Kasım 2014 -> 2014-11
    """),
)
def test_months_are_known_by_name(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    cases("""
        Mar-05 -> 2005-03
        Jun-14 -> 2014-06
        14-Jun -> 2014-06
        Jun-95 -> 1995-06
        44256 -> 2021-03-01
        44256.0 -> 2021-03-01
        44256.75 -> 2021-03-01
        20000 -> 1954-10-03
        60000 -> 2064-04-08
        2014.0 -> 2014
    """),
)
def test_what_a_spreadsheet_made_of_a_date_is_undone(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    cases("""
        circa 1995 -> 1995~
        Circa 1995 -> 1995~
        c. 1995 -> 1995~
        c1995 -> 1995~
        ca 1995 -> 1995~
        ca. 1995 -> 1995~
        about 1995 -> 1995~
        around June 2014 -> 2014-06~
        approx. 1995 -> 1995~
        ~1995 -> 1995~
        etwa 1995 -> 1995~
        vers 1995 -> 1995~
        2014 (est.) -> 2014~
        2014 est. -> 2014~
        12 June 2014 (approx.) -> 2014-06-12~
        circa 2003-2005 -> 2003~/2005~
        1995 ? -> 1995?
        1995 (?) -> 1995?
        probably 2004 -> 2004?
        c. 1995? -> 1995%
        1984?~ -> 1984%
        ?2004-06 -> 2004?-06 | 2004-06?
        early 2007 -> 2007-01/2007-04~ | 2007-33
        mid 2007 -> 2007-05~/2007-08~ | 2007-34/2007-35
        mid-2007 -> 2007-05~/2007-08~ | 2007-34/2007-35
        late 2007 -> 2007-09~/2007-12 | 2007-36
        Anfang 2007 -> 2007-01/2007-04~ | 2007-33
        early June 2014 -> 2014-06-01/2014-06-10~
        late February 2014 -> 2014-02-21~/2014-02-28
        early 1990s -> 1990/1993~
        end of 2007 -> 2007-09~/2007-12 | 2007-36
        ~June 2014 -> 2014-06~
        2004-?06 -> 2004-06?
        197? -> 197X
        19?? -> 19XX
        198- -> 198X
    """),
)
def test_vague_words_become_qualifiers_and_intervals(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    cases("""
        1990s -> 199X
        1990's -> 199X
        the 1990s -> 199X
        '90s -> 199X
        1900s -> 190X | 19XX
        20th century -> 19XX
        Q1 2014 -> 2014-33
        2014Q4 -> 2014-36
        2014-Q2 -> 2014-34
        H1 2014 -> 2014-40
        H2/2014 -> 2014-41
        first half of 2014 -> 2014-40
        second half of 2014 -> 2014-41
        third quarter of 2014 -> 2014-35
        1. Quartal 2014 -> 2014-33
        spring 2012 -> 2012-21
        summer 2012 -> 2012-22
        Summer of 2012 -> 2012-22
        Autumn, 2001 -> 2001-23
        fall 2012 -> 2012-23
        winter 2012/13 -> 2012-24
        Sommer 2012 -> 2012-22
        in 2014 -> 2014
    """),
)
def test_parts_of_the_year_and_spans_of_years_are_named(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    cases("""
        2003-2005 -> 2003/2005
        2003 - 2005 -> 2003/2005
        from 2003 to 2005 -> 2003/2005
        between 2003 and 2005 -> 2003/2005
        2003 to 2005 -> 2003/2005
        von 2003 bis 2005 -> 2003/2005
        entre 2003 et 2005 -> 2003/2005
        2005/2003 -> 2003/2005
        2005-06/2005-02 -> 2005-02/2005-06
        2012-2011 -> 2011/2012
        1995-97 -> 1995/1997
        1980s-1990s -> 198X/199X
        June-August 2014 -> 2014-06/2014-08
        June to August 2014 -> 2014-06/2014-08
        Dec 2013 - Jan 2014 -> 2013-12/2014-01
        12-15 June 2014 -> 2014-06-12/2014-06-15
        June 12-15, 2014 -> 2014-06-12/2014-06-15
        June 12 to June 15, 2014 -> 2014-06-12/2014-06-15
        before 2004 -> ../2004
        until June 2004 -> ../2004-06
        pre-2004 -> ../2004
        since 2003 -> 2003/..
        after 2003 -> 2003/..
        from 2003 -> 2003/..
        2003 onwards -> 2003/..
        2003-present -> 2003/..
        2003- -> 2003/..
        2003+ -> 2003/..
        seit 2003 -> 2003/..
        unknown/2006 -> /2006
        2004/unknown -> 2004/
        2004/open -> 2004/..
        2003 or 2004 -> [2003,2004]
        2003 and 2005 -> {2003,2005}
        2003, 2004 and 2006 -> {2003,2004,2006}
        {2003, 2004} -> {2003,2004}
        [2003;2004] -> [2003,2004]
        2003..2005 -> 2003/2005
        2014-06-12/13 -> 2014-06-12/2014-06-13
        2018-01-15/02-20 -> 2018-01-15/2018-02-20
        12.06.2014-13.08.2014 -> 2014-06-12/2014-08-13
        2009-? -> 2009/
        ?-2009 -> /2009
        by the end of 2014 -> ../2014
    """),
)
def test_spans_become_intervals_and_lists_become_sets(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2004\N{EN DASH}06", ("2004-06",)),
        ("2004\N{EM DASH}06\N{EM DASH}11", ("2004-06-11",)),
        ("2004\N{MINUS SIGN}06", ("2004-06",)),
        ("2003\N{EN DASH}2005", ("2003/2005",)),
        ("\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT ZERO}14", ("2014",)),
        ("\N{ARABIC-INDIC DIGIT TWO}\N{ARABIC-INDIC DIGIT ZERO}14-06", ("2014-06",)),
        ("\N{EXTENDED ARABIC-INDIC DIGIT TWO}014", ("2014",)),
        ("  2004 ", ("2004",)),
        ("2004\n", ("2004",)),
        ("\t2004-06-11\r\n", ("2004-06-11",)),
        ("2004\N{NO-BREAK SPACE}", ("2004",)),
        ("\ufeff2004", ("2004",)),
        ("20\N{ZERO WIDTH SPACE}04", ("2004",)),
        ('"2004"', ("2004",)),
        ("(2004)", ("2004",)),
        ("201x", ("201X",)),
        ("199u", ("199X",)),
        ("19uu", ("19XX",)),
        ("y170000002", ("Y170000002",)),
        ("2012-10-10t10:10:10z", ("2012-10-10T10:10:10Z",)),
    ],
)
def test_look_alike_characters_and_blanks_are_mended(written: str, meant: tuple[str, ...]) -> None:
    assert suggest(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "n.d.", "N.D.", "unknown", "undated", "?", "-", "n/a", "tbd", "hello", "June", "march", "12", "123",
        "AK-47", "2004-02-30", "31.06.2014", "2003/2004/2005", "1.00E+05", "########", "#REF!", "1,500", "Mar-05-AB",
        "see page 12", "99999999", "70000", "32/13/2014", "\0", "[]", "/", "../..", "Q5 2014", "third half of 2014",
    ],
)  # fmt: skip
def test_nothing_is_offered_where_nothing_is_sensible(written: str) -> None:
    assert suggest(written) == ()


@pytest.mark.parametrize("valid", ["2004", "2004-06-11", "-2005", "2003-04", "[2003,2004]", "1985/..", "2005-36~"])
def test_valid_dates_need_no_hint(valid: str) -> None:
    assert suggest(valid) == ()


WORD_LIST = """
    2004 2003 1995 12 06 25 1 31 00 44256 June Jun may März 12th Q1 H1 first half quarter of summer 1990s
    '90s early mid late circa c. about est. (est.) probably ? ~ % before after since from between until
    to and or bis - / . , .. [ ] { } ( ) unknown open present + 10:30 T X u < > the
"""
WORDS = WORD_LIST.split()
PHRASES = st.lists(st.sampled_from(WORDS), max_size=9).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda joint: joint.join(words))
)


@given(st.one_of(st.text(), PHRASES, st.text(alphabet="0123456789-/.,:?~%X []{}TZ")))
@example("2004-02-30")
@example("\ud800")
@example("0000-00-00")
@example("0 June 0000")
@example("1/1/00")
def test_every_suggestion_is_valid_and_new(text: str) -> None:
    found = suggest(text)
    assert len(found) <= 4
    assert len(set(found)) == len(found)
    for one in found:
        edtf.parse(one)
        assert one != text


@pytest.mark.parametrize(
    "unit",
    [
        "-",
        "2004-",
        "2004 ",
        "2003 to ",
        "and ",
        "c. ",
        "?",
        "(",
        "[",
        "1,",
        "June ",
        "12-15 ",
        "' ",
        "\ufdfa",
        "a-",
    ],
)
@pytest.mark.parametrize("length", [119, 100_000])
def test_long_texts_take_bounded_time(unit: str, length: int) -> None:
    text = (unit * length)[:length]
    start = time.perf_counter()
    suggest(text)
    assert time.perf_counter() - start < 1
