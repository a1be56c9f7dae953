"""EDTF: every example of the specification, what is refused, and what holds for any text."""

from __future__ import annotations

import datetime
import time

import pytest
from armsdata.schema import edtf
from hypothesis import example, given
from hypothesis import strategies as st

EPOCH = datetime.date(1970, 1, 1)


def days(text: str) -> tuple[str | None, str | None]:
    """The earliest and latest day that a text allows, as texts."""
    date = edtf.parse(text)
    assert date.text == text
    return (
        None if date.earliest is None else edtf.day_text(date.earliest),
        None if date.latest is None else edtf.day_text(date.latest),
    )


def why_not(text: str) -> str:
    with pytest.raises(edtf.EdtfError) as caught:
        edtf.parse(text)
    return str(caught.value)


# --- the examples of the specification (Library of Congress, 4 February 2019) ---

LEVEL_0 = {
    "1985-04-12": ("1985-04-12", "1985-04-12"),
    "1985-04": ("1985-04-01", "1985-04-30"),
    "1985": ("1985-01-01", "1985-12-31"),
    "1985-04-12T23:20:30": ("1985-04-12", "1985-04-12"),
    "1985-04-12T23:20:30Z": ("1985-04-12", "1985-04-12"),
    "1985-04-12T23:20:30-04": ("1985-04-12", "1985-04-12"),
    "1985-04-12T23:20:30+04:30": ("1985-04-12", "1985-04-12"),
    "1964/2008": ("1964-01-01", "2008-12-31"),
    "2004-06/2006-08": ("2004-06-01", "2006-08-31"),
    "2004-02-01/2005-02-08": ("2004-02-01", "2005-02-08"),
    "2004-02-01/2005-02": ("2004-02-01", "2005-02-28"),
    "2004-02-01/2005": ("2004-02-01", "2005-12-31"),
    "2005/2006-02": ("2005-01-01", "2006-02-28"),
}
LEVEL_1 = {
    "Y170000002": ("170000002-01-01", "170000002-12-31"),
    "Y-170000002": ("-170000002-01-01", "-170000002-12-31"),
    "2001-21": ("2001-01-01", "2001-12-31"),
    "2001-22": ("2001-01-01", "2001-12-31"),
    "2001-23": ("2001-01-01", "2001-12-31"),
    "2001-24": ("2001-01-01", "2001-12-31"),
    "1984?": ("1984-01-01", "1984-12-31"),
    "2004-06~": ("2004-06-01", "2004-06-30"),
    "2004-06-11%": ("2004-06-11", "2004-06-11"),
    "201X": ("2010-01-01", "2019-12-31"),
    "20XX": ("2000-01-01", "2099-12-31"),
    "2004-XX": ("2004-01-01", "2004-12-31"),
    "1985-04-XX": ("1985-04-01", "1985-04-30"),
    "1985-XX-XX": ("1985-01-01", "1985-12-31"),
    "1985-04-12/..": ("1985-04-12", None),
    "1985-04/..": ("1985-04-01", None),
    "1985/..": ("1985-01-01", None),
    "../1985-04-12": (None, "1985-04-12"),
    "../1985-04": (None, "1985-04-30"),
    "../1985": (None, "1985-12-31"),
    "1985-04-12/": ("1985-04-12", None),
    "1985-04/": ("1985-04-01", None),
    "1985/": ("1985-01-01", None),
    "/1985-04-12": (None, "1985-04-12"),
    "/1985-04": (None, "1985-04-30"),
    "/1985": (None, "1985-12-31"),
    "-1985": ("-1985-01-01", "-1985-12-31"),
}
LEVEL_2_ACCEPTED = {
    "2001-33": ("2001-01-01", "2001-03-31"),
    "2001-34": ("2001-04-01", "2001-06-30"),
    "2001-35": ("2001-07-01", "2001-09-30"),
    "2001-36": ("2001-10-01", "2001-12-31"),
    "2001-40": ("2001-01-01", "2001-06-30"),
    "2001-41": ("2001-07-01", "2001-12-31"),
    "[1667,1668,1670..1672]": ("1667-01-01", "1672-12-31"),
    "[..1760-12-03]": (None, "1760-12-03"),
    "[1760-12..]": ("1760-12-01", None),
    "[1760-01,1760-02,1760-12..]": ("1760-01-01", None),
    "[1667,1760-12]": ("1667-01-01", "1760-12-31"),
    "[..1984]": (None, "1984-12-31"),
    "{1667,1668,1670..1672}": ("1667-01-01", "1672-12-31"),
    "{1960,1961-12}": ("1960-01-01", "1961-12-31"),
    "{..1984}": (None, "1984-12-31"),
    "2004-06~-11": ("2004-06-11", "2004-06-11"),
    "2004?-06-11": ("2004-06-11", "2004-06-11"),
    "2004-06-XX/2004-07-03": ("2004-06-01", "2004-07-03"),
}
LEVEL_2_REFUSED = [
    "Y-17E7", "Y17E7", "1950S2", "Y171010000S3", "Y3388E2S3",
    "?2004-06-~11", "2004-%06-11", "?2004-06", "2004-?06", "~2004", "2004-06-?11",
    "156X-12-25", "15XX-12-25", "XXXX-12-XX", "1XXX-XX", "1XXX-12", "1984-1X",
    "XXXX", "1XXX", "2XXX", "X985", "19X5", "1X32-X1", "1560-XX-25", "1560-X2", "1985-0X-31", "1985-04-1X",
    "201X-XX", "201X-21", "XXXX-XX", "XXXX-XX-XX",
    "2001-25", "2001-32", "2001-37", "2001-38", "2001-39",
    "..2004-06-01/2004-06-20", "2004-06-01/2004-06-20..",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LEVEL_0.items())
def test_level_0_examples_of_the_specification_are_read(text: str, expected: tuple[str, str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(("text", "expected"), LEVEL_1.items())
def test_level_1_examples_of_the_specification_are_read(text: str, expected: tuple[str, str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(("text", "expected"), LEVEL_2_ACCEPTED.items())
def test_accepted_level_2_examples_are_read(text: str, expected: tuple[str, str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize("text", [text for text in LEVEL_2_REFUSED if ".." not in text])
def test_the_rest_of_level_2_is_refused_as_not_accepted(text: str) -> None:
    assert "not one of the accepted forms" in why_not(text)


@pytest.mark.parametrize("text", LEVEL_2_REFUSED)
def test_the_rest_of_level_2_is_refused(text: str) -> None:
    assert why_not(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "2005-33/2005-41": ("2005-01-01", "2005-12-31"),
        "2005-36~": ("2005-10-01", "2005-12-31"),
        "{2004-02-29}": ("2004-02-29", "2004-02-29"),
        "{1960,1961-12..1963}": ("1960-01-01", "1963-12-31"),
        "2003-XX/2005": ("2003-01-01", "2005-12-31"),
        "2003/": ("2003-01-01", None),
        "/2005-09": (None, "2005-09-30"),
    }.items(),
)
def test_faults_of_the_edtf_library_are_not_ours(text: str, expected: tuple[str | None, str | None]) -> None:
    assert days(text) == expected


# --- beyond the examples ---


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "0000": ("0000-01-01", "0000-12-31"),
        "0000-02-29": ("0000-02-29", "0000-02-29"),
        "-0001": ("-0001-01-01", "-0001-12-31"),
        "-0043-03-15": ("-0043-03-15", "-0043-03-15"),
        "-0043-03": ("-0043-03-01", "-0043-03-31"),
        "-0004-02-29": ("-0004-02-29", "-0004-02-29"),
        "-1985-21": ("-1985-01-01", "-1985-12-31"),
        "-198X": ("-1989-01-01", "-1980-12-31"),
        "-01XX": ("-0199-01-01", "-0100-12-31"),
        "-000X": ("-0009-01-01", "-0001-12-31"),
        "000X": ("0000-01-01", "0009-12-31"),
        "9999-12-31": ("9999-12-31", "9999-12-31"),
        "Y10000": ("10000-01-01", "10000-12-31"),
        "Y-10000?": ("-10000-01-01", "-10000-12-31"),
        "198X?": ("1980-01-01", "1989-12-31"),
        "20XX~": ("2000-01-01", "2099-12-31"),
        "2004-XX%": ("2004-01-01", "2004-12-31"),
        "2004-02-XX": ("2004-02-01", "2004-02-29"),
        "1985-XX-XX?": ("1985-01-01", "1985-12-31"),
        "2004?-XX": ("2004-01-01", "2004-12-31"),
        "2004?-06~-11%": ("2004-06-11", "2004-06-11"),
        "2001?-21": ("2001-01-01", "2001-12-31"),
        "2001-21~": ("2001-01-01", "2001-12-31"),
        "2001-24/2002-21": ("2001-01-01", "2002-12-31"),
        "199X/200X": ("1990-01-01", "2009-12-31"),
        "198X/1985": ("1980-01-01", "1985-12-31"),
        "1984?/2004%": ("1984-01-01", "2004-12-31"),
        "1984~/2004-06": ("1984-01-01", "2004-06-30"),
        "1984-06-02?/2004-08-08~": ("1984-06-02", "2004-08-08"),
        "../1985-04-12?": (None, "1985-04-12"),
        "1985-04-12~/": ("1985-04-12", None),
        "Y-17000/-0043": ("-17000-01-01", "-0043-12-31"),
        "1999/Y10000": ("1999-01-01", "10000-12-31"),
        "2004?-06-11/2004-06~-12": ("2004-06-11", "2004-06-12"),
        "2005-36~/2006-40?": ("2005-10-01", "2006-06-30"),
        "[1984]": ("1984-01-01", "1984-12-31"),
        "[1984~,1985?]": ("1984-01-01", "1985-12-31"),
        "{198X,2001-21,2003-XX}": ("1980-01-01", "2003-12-31"),
        "{1990,1960}": ("1960-01-01", "1990-12-31"),
        "[1960,1960]": ("1960-01-01", "1960-12-31"),
        "{..1983}": (None, "1983-12-31"),
        "[1984..]": ("1984-01-01", None),
        "{..1983-12-31,1984-10-10..1984-11-01,1984-11-05..}": (None, None),
        "[..1990,1980]": (None, "1990-12-31"),
        "[2005-33..2005-41]": ("2005-01-01", "2005-12-31"),
        "[Y-17000,2004?-06-11]": ("-17000-01-01", "2004-06-11"),
    }.items(),
)
def test_features_combine(text: str, expected: tuple[str | None, str | None]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("1984", False, False),
        ("1984?", False, True),
        ("1984~", True, False),
        ("1984%", True, True),
        ("2004?-06-11", False, True),
        ("2004-06~-11", True, False),
        ("2004?-06~-11", True, True),
        ("1984?/2004~", True, True),
        ("1984~/..", True, False),
        ("/1984?", False, True),
        ("[1984,1985~]", True, False),
        ("{1984..1985?,1990}", False, True),
        ("[..1984%]", True, True),
    ],
)
def test_qualifiers_are_told(text: str, approximate: bool, uncertain: bool) -> None:
    date = edtf.parse(text)
    assert (date.approximate, date.uncertain) == (approximate, uncertain)


@pytest.mark.parametrize("text", ["1984", "2004-06", "2004-06-11", "198X", "2004-XX", "2005-36", "2001-21"])
@pytest.mark.parametrize("mark", "?~%")
def test_qualifiers_do_not_widen(text: str, mark: str) -> None:
    assert days(text + mark) == days(text)


@pytest.mark.parametrize(
    "time_of_day",
    [
        "00:00:00",
        "23:59:59",
        "23:59:60Z",
        "05:29:60+05:30",
        "10:00:00+00:00",
        "10:00:00+14:00",
        "10:00:00-12",
    ],
)
def test_a_time_of_day_allows_the_day_as_written(time_of_day: str) -> None:
    assert days(f"2012-12-31T{time_of_day}") == ("2012-12-31", "2012-12-31")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2012-10-10T24:00:00", "hour 24"),
        ("2012-10-10T10:60:10", "minute 60"),
        ("2012-10-10T10:10:61", "second 61"),
        ("2012-10-10T10:10:60", "second 60"),
        ("2012-10-10T10:10:10+14:01", "offset"),
        ("2012-10-10T10:10:10+10:60", "offset"),
        ("2012-10-10T10:10:10-00:00", "offset"),
        ("2012-10-10T10:10:10-00", "offset"),
        ("2012-10-10T10:10", "hh:mm:ss"),
        ("2012-10-10T10:10:1", "hh:mm:ss"),
        ("2012-10-10T1:10:10", "hh:mm:ss"),
        ("2012-10-10T10:10:10.5", "hh:mm:ss"),
        ("2012-10-10T10:10:10Z10", "hh:mm:ss"),
        ("2012-10-10T10:10:10+0430", "hh:mm:ss"),
        ("2012-10-10T10:10:10?", "hh:mm:ss"),
        ("2012-10-10T", "hh:mm:ss"),
        ("2012-10-10T10:10:10\n", "hh:mm:ss"),
        ("2012-10-10t10:10:10", "capitals"),
        ("2012-10T10:10:10", "whole date"),
        ("2012T10:10:10", "whole date"),
        ("2012-10-10~T10:10:10", "whole date"),
        ("2012-10-XXT10:10:10", "whole date"),
        ("2012-02-30T10:10:10", "day 30"),
        ("2012-13-01T10:10:10", "month 13"),
        ("20121010T101010", "hyphens"),
        ("2012-10-10T10:10:10/2013", "without time of day"),
        ("[2012-10-10T10:10:10]", "without time of day"),
    ],
)
def test_wrong_times_of_day_are_refused(text: str, words: str) -> None:
    assert words in why_not(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2004-13", "month 13 does not exist"),
        ("2004-13-01", "month 13 does not exist"),
        ("2004-00", "month 00 does not exist"),
        ("2004-20", "month 20 does not exist"),
        ("2004-42", "month 42 does not exist"),
        ("2004-99", "month 99 does not exist"),
        ("2004-01-00", "day 00 does not exist"),
        ("2004-01-32", "day 32 does not exist"),
        ("2004-02-30", "day 30 does not exist: month 02 of that year has 29 days"),
        ("2003-02-29", "day 29 does not exist: month 02 of that year has 28 days"),
        ("1900-02-29", "day 29 does not exist: month 02 of that year has 28 days"),
        ("-0001-02-29", "day 29 does not exist: month 02 of that year has 28 days"),
        ("1960-06-31", "day 31 does not exist: month 06 of that year has 30 days"),
        ("-0000", "year -0000 does not exist; the year 0 is 0000"),
        ("2003-02-29/2004", "day 29 does not exist: month 02 of that year has 28 days"),
        ("[2003,2003-02-29]", "day 29 does not exist: month 02 of that year has 28 days"),
        ("2003-13-XX", "month 13 does not exist"),
    ],
)
def test_impossible_dates_are_named(text: str, message: str) -> None:
    assert why_not(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "2005/2003", "2005-02/2005-01", "2004-02-02/2004-02-01", "0001/0000", "0000/-0001", "-1000/-2000",
        "1000/-2000", "2005~/2004~", "2004-08~/2004-06", "200X/199X", "2005-41/2005-33", "Y12000/9999",
        "2005-XX/2004-12-31",
    ],
)  # fmt: skip
def test_an_interval_that_can_only_run_backwards_is_refused(text: str) -> None:
    assert "backwards" in why_not(text)


@pytest.mark.parametrize(
    "text",
    [
        "2004/2004", "2004-06~/2004-08", "2004/2004-06", "2004-06/2004", "198X/1985", "1985/198X", "2004-XX/2004-01",
        "2012-23/2012-21", "0000-02/0000", "1919-04-XX/1919-04-01", "2005-34/2005-04-01", "2004-02-01/2004-02-01",
    ],
)  # fmt: skip
def test_an_interval_that_may_run_forward_is_read(text: str) -> None:
    date = edtf.parse(text)
    assert date.earliest is not None
    assert date.latest is not None
    assert date.earliest <= date.latest


@pytest.mark.parametrize("text", ["/", "../..", "../", "/.."])
def test_an_interval_needs_a_date(text: str) -> None:
    assert "needs a date" in why_not(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "..", "-", "Y", "Y-", "T", "[", "]", "{", "}", "[]", "{}", "[..]", "{..}", "[,]", "[1984,]", "[,1984]",
        "[1984", "1984]", "[1984}", "{1984]", "[[1984]]", "[1984]~", "[1984]?", "[1984/1985]", "[1984]/1985",
        "1984/[1985]", "[1984...1985]", "[1984..1985..1986]", "[1984..,1990]", "[1980,..1984]", "[1985..1984]",
        "[1667,1668, 1670..1672]", "{1960, 1961-12}", "..1983-12-31,1984-11-05..", "1984,1985", "1984..1985", "..1984",
        "1984..", "1984?~", "1984~?", "1984??", "1984?%", "?", "1984-?", "../1985/..", "1984/1985/1986", "2012///4444",
        "Y1985", "Y2006", "Y0000", "Y01985", "Y012345", "Y-0", "Y170000002-12", "Y170000002-XX", "YX0000",
        "-Y170000002", "y170000002", "+2004", "+12004", "12004", "-12345", "12345-01", "198", "19", "1", "198-01",
        "2004-1", "2004-6-1", "2004-06-1", "2004-001", "1985-102", "1985-W15", "1985W15", "P1Y", "R5/2004", "20040612",
        "200406", "2004/06/12", "12/06/2014", "12.06.2014", "2004.06", "2004_06", "2004-06-", "2004-", "2004--06",
        "-2004-", "--2004", "2001-21-05", "2001-21-XX", "2001-33-01", "201x", "201u", "19uu", "20X", "20XXX", "201X-12",
        "2000-12-12-12", "2000/12-12", "2018-01-15/02-20", "unknown", "open", "unknown/2006", "2004/open", "NONE/2004",
        "June 2014", "c. 1995", "1990s", "n.d.", "44256", "Mar-05", "1.00E+05", "########", "#REF!", "NaN", "True",
        " 2004", "2004 ", "2004\n", "2004-06\n", "2004-06-11\n", "\n2004", "2004/\n2005", "[2004]\n", "2004\r",
        "2004\0",
        "2004\N{EN DASH}06", "2004\N{MINUS SIGN}06", "\N{FULLWIDTH DIGIT TWO}004",
        "\N{ARABIC-INDIC DIGIT TWO}\N{ARABIC-INDIC DIGIT ZERO}\N{ARABIC-INDIC DIGIT ZERO}\N{ARABIC-INDIC DIGIT FOUR}",
        "2004-06-1\N{SUPERSCRIPT TWO}", "\ufeff2004", "2004\N{ZERO WIDTH SPACE}", "2004\N{NO-BREAK SPACE}",
        "20\N{CYRILLIC CAPITAL LETTER HA}X", "1985-04-12T23:20:3\N{FULLWIDTH DIGIT ZERO}", "0x7d", "2_004", "1e3",
    ],
)  # fmt: skip
def test_what_is_not_edtf_is_refused_with_one_plain_sentence(text: str) -> None:
    message = why_not(text)
    assert message
    assert "\n" not in message
    assert len(message) < 120
    assert not message.endswith(".")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("2004\n", "line breaks"),
        ("2004 ", "blanks"),
        ("2004\N{EN DASH}06", "plain hyphen"),
        ("\N{FULLWIDTH DIGIT TWO}004", "plain digits"),
        ("201u", "X, not u"),
        ("201x", "capitals"),
        ("2004/open", "'..'"),
        ("1984?~", "'%'"),
        ("20040612", "hyphens"),
        ("2004-6-1", "two digits"),
        ("12004", "begins with Y"),
        ("Y1985", "more than four digits"),
        ("?2004", "left"),
        ("2001-21-05", "part of the year"),
        ("12/06/2014", "hyphens join"),
        ("[1984", "must end with ']'"),
        ("[1984/1985]", "'1984/1985'"),
    ],
)
def test_the_message_names_the_fault(text: str, words: str) -> None:
    assert words in why_not(text)


# --- day numbers ---


def test_days_count_from_1970() -> None:
    assert edtf.day_number(1970, 1, 1) == 0
    assert edtf.day_number(1969, 12, 31) == -1
    assert edtf.day_number(2000, 2, 29) == 11016


@pytest.mark.parametrize(
    ("civil", "text"),
    [
        ((2004, 6, 1), "2004-06-01"),
        ((0, 1, 1), "0000-01-01"),
        ((-1, 12, 31), "-0001-12-31"),
        ((-43, 1, 1), "-0043-01-01"),
        ((12345, 1, 1), "12345-01-01"),
        ((-12345, 2, 3), "-12345-02-03"),
        ((9999, 12, 31), "9999-12-31"),
    ],
)
def test_days_are_written_as_xsd_dates(civil: tuple[int, int, int], text: str) -> None:
    assert edtf.day_text(edtf.day_number(*civil)) == text


def test_years_before_the_calendar_follow_one_another() -> None:
    for year in range(-805, 805):
        length = edtf.day_number(year + 1, 1, 1) - edtf.day_number(year, 1, 1)
        assert length == (366 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 365)


@pytest.mark.parametrize(
    "day", [(2004, 0, 1), (2004, 13, 1), (2004, 1, 0), (2003, 2, 29), (2004, 1, 32), (2004, 1, -1)]
)
def test_an_impossible_day_has_no_number(day: tuple[int, int, int]) -> None:
    with pytest.raises(edtf.EdtfError):
        edtf.day_number(*day)


@given(st.dates())
def test_day_numbers_agree_with_datetime(date: datetime.date) -> None:
    number = (date - EPOCH).days
    assert edtf.day_number(date.year, date.month, date.day) == number
    assert edtf.civil(number) == (date.year, date.month, date.day)
    assert edtf.day_text(number) == date.isoformat()


@given(st.integers(-(10**20), 10**20))
def test_civil_is_the_inverse_of_day_number(number: int) -> None:
    year, month, day = edtf.civil(number)
    assert edtf.day_number(year, month, day) == number


# --- what holds for any text ---

PIECE_LIST = """
    2004 1985 -0043 0000 20 19 Y Y170000002 X XX - -06 -11 -02 -29 -33 -41 -21 -XX ? ~ % / .. [ ] { } , T T10:10:10 Z
    +04:30 E S
"""
PIECES = st.sampled_from([*PIECE_LIST.split(), "\n", " "])


def edtf_like() -> st.SearchStrategy[str]:
    """Texts that come near to EDTF, and often are."""
    year = st.from_regex(r"-?[0-9]{4}|[0-9]{3}X|[0-9]{2}XX|Y-?[0-9]{5,20}", fullmatch=True)
    mark = st.sampled_from(["", "", "", "?", "~", "%"])
    month = st.sampled_from(["", "-XX", *(f"-{n:02}" for n in range(44))])
    day = st.sampled_from(["", "", "-XX", *(f"-{n:02}" for n in range(33))])
    date = st.builds("".join, st.tuples(year, mark, month, mark, day, mark))
    end = st.one_of(date, st.sampled_from(["", ".."]))
    interval = st.builds("{}/{}".format, end, end)
    element = st.one_of(date, st.builds("{}..{}".format, date, date), date.map("..".__add__), date.map("{}..".format))
    elements = st.lists(element, min_size=1, max_size=4).map(",".join)
    return st.one_of(date, interval, elements.map("[{}]".format), elements.map("{{{}}}".format))


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), edtf_like()))
@example("Y" + "9" * 5000)
@example("9" * 5000)
@example("[" * 3000)
@example("\ud800")
def test_no_text_raises_anything_but_an_edtf_error(text: str) -> None:
    try:
        date = edtf.parse(text)
    except edtf.EdtfError as error:
        assert str(error)
        return
    assert date.text == text
    assert text.isascii()
    assert text == text.strip()
    if date.earliest is not None and date.latest is not None:
        assert date.earliest <= date.latest
    for number in (date.earliest, date.latest):
        if number is not None:
            assert abs(number) < 2**63
            assert edtf.day_number(*edtf.civil(number)) == number


@given(st.dates())
def test_a_plain_date_allows_itself_its_month_its_year_its_decade(date: datetime.date) -> None:
    text = date.isoformat()
    number = (date - EPOCH).days
    assert edtf.parse(text) == edtf.Edtf(text, number, number, False, False)
    for wider in (text[:7], text[:4], text[:3] + "X", text[:2] + "XX", text[:7] + "-XX", text[:4] + "-XX-XX"):
        bounds = edtf.parse(wider)
        assert bounds.earliest is not None
        assert bounds.latest is not None
        assert bounds.earliest <= number <= bounds.latest


@given(st.dates(), st.dates())
def test_an_interval_of_days_is_read_when_it_runs_forward(one: datetime.date, other: datetime.date) -> None:
    first, last = sorted([one, other])
    assert days(f"{first}/{last}") == (str(first), str(last))
    if first != last:
        assert "backwards" in why_not(f"{last}/{first}")


@pytest.mark.parametrize(
    "text",
    [
        "Y" + "1" * 10_000,
        "Y-" + "1" * 1_000_000,
        "Y" + "0" * 10_000,
        "1" * 1_000_000,
        "Y1" + "E9" * 10_000,
        " " * 1_000_000,
        "-" * 1_000_000,
        "?" * 1_000_000,
        "/" * 1_000_000,
        "." * 1_000_000,
        "[" * 1_000_000,
        "[" + "," * 1_000_000 + "]",
        "[" + "." * 1_000_000 + "]",
        "2004-" * 200_000,
        "2004/" + "X" * 1_000_000,
        "2004-06-11T" + "1" * 1_000_000,
        "[" + "Y" + "1" * 1_000_000 + "]",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    message = why_not(text)
    assert time.perf_counter() - start < 1
    assert len(message) < 120


def test_the_longest_year_fits_64_bits_and_the_next_is_refused() -> None:
    date = edtf.parse("Y" + "9" * 16)
    assert date.latest is not None
    assert date.latest < 2**63
    assert edtf.day_text(date.latest) == "9" * 16 + "-12-31"
    assert "16 digits" in why_not("Y" + "9" * 17)


def test_long_sets_are_read_in_linear_time() -> None:
    start = time.perf_counter()
    assert days("[" + ",".join(["2004-06-11~"] * 50_000) + ",2005]") == ("2004-06-11", "2005-12-31")
    assert time.perf_counter() - start < 3


def test_a_date_cannot_be_changed() -> None:
    date = edtf.parse("2004")
    with pytest.raises(AttributeError):
        date.text = "2005"  # type: ignore[misc]
    assert hash(date) == hash(edtf.parse("2004"))
