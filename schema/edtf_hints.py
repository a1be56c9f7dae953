"""What a person may have meant by a date that is not EDTF.

`suggest` offers the right spelling: for ``12/06/2014`` both readings, for ``c. 1995`` ``1995~``, for what a
spreadsheet made of a date (``Jun-14``, ``44256``) the date. It guesses for the sake of a hint, never to
change data; all that it offers is valid EDTF.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from . import edtf

__all__ = ["suggest"]

_LONGEST = 120  # characters; longer texts are prose, not dates
_MOST = 4  # suggestions

_MONTH_NAMES = """
    january jan januar jaenner janner janvier janv enero ene gennaio gen janeiro januari ocak
    february feb februar fevrier fevr fev febrero febbraio febb fevereiro februari subat
    march mar marz maerz mrz mars marzo marco maart mrt mart
    april apr avril avr abril abr aprile nisan
    may mai mayo maggio mag maio mei mayis
    june jun juni juin junio giugno giu junho haziran
    july jul juli juillet juil julio luglio lug julho temmuz
    august aug aout agosto ago augustus agustos
    september sept sep septembre septiembre set settembre sett setembro setiembre eylul
    october oct oktober okt octobre octubre ottobre ott outubro ekim
    november nov novembre noviembre novembro kasim
    december dec dezember dez decembre diciembre dic dicembre dezembro aralik
"""
_MONTHS = {name: n for n, line in enumerate(_MONTH_NAMES.strip().splitlines(), 1) for name in line.split()}
_SEASON_NAMES = """
    spring springtime fruhling fruehling fruhjahr fruehjahr printemps primavera ilkbahar
    summer summertime sommer ete verano estate yaz
    autumn fall herbst automne otono autunno sonbahar
    winter wintertime hiver invierno inverno kis
"""
_SEASONS = {name: n for n, line in enumerate(_SEASON_NAMES.strip().splitlines(), 21) for name in line.split()}
_ORDINAL_NAMES = """
    first 1st erste erstes ersten premier primer primo
    second 2nd zweite zweites zweiten deuxieme segundo secondo
    third 3rd dritte drittes dritten troisieme tercer terzo
    fourth 4th last vierte viertes vierten quatrieme cuarto quarto
"""
_ORDINALS = {w: n for n, line in enumerate(_ORDINAL_NAMES.strip().splitlines(), 1) for w in line.split()}
_FILLER_WORDS = """
    the of in on at de del della di du d des le la el il en im am den der das dem a year month ano anno jahr
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
_UNKNOWN_WORDS = """
    n.d. nd s.d. sd n/a na none null nil unknown unkn undated unbekannt inconnu inconnue desconocido
    desconocida ignoto sconosciuto tbd tbc ? ?? - -- / . .. ...
"""
_UNKNOWN = frozenset([*_UNKNOWN_WORDS.split(), "n. d.", "s. d.", "no date"])


def _words(text: str) -> str:
    """Alternatives for a pattern, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(text.split("|"), key=len, reverse=True)) + ")"


_about = re.compile(
    _words(
        "circa|ca.|ca|c.|c|about|around|approx.|approx|approximately|roughly|est.|est|estimated|um|"
        "etwa|ungefahr|zirka|gegen|vers|environ|env.|hacia|alrededor de|aproximadamente|verso|intorno al|"
        "cerca de|yaklasik"
    )
    + r"(?: |(?=[^a-z]))(.+)"
).fullmatch
_about_after = re.compile(
    r"(.+?)[ ,]?(?:\((?:est|estimated|approx|approximate|approximately|circa|ca|c|roughly)\.?\)"
    r"|(?<![a-z])(?:est|estimated|approx|approximate|approximately|circa|ca)\.?)"
).fullmatch
_perhaps = re.compile(
    r"(?:probably|possibly|perhaps|maybe|presumably|likely|wohl|vermutlich|peut-etre|quizas|forse) (.+)"
).fullmatch
_perhaps_after = re.compile(
    r"(.+?)[ ,]?(?:\((?:\?|uncertain|probably|possibly|unconfirmed|tbc)\)"
    r"|(?<![a-z])(?:uncertain|probably|possibly))"
).fullmatch
_within = re.compile(r"(?:in|during|the year|year|en|im jahr|im jahre|im|nel|al) (.+)").fullmatch
_before = re.compile(
    r"(?:"
    + _words(
        "before|until|till|up to|by|prior to|not later than|no later than|earlier than|to|vor|bis|avant|"
        "jusque|jusqu'en|antes de|hasta|prima del|prima di|fino al"
    )
    + r" |pre[- ]|<=? ?)(?:the )?(?:end of )?(?:the )?(.+)"
).fullmatch
_after = re.compile(
    r"(?:"
    + _words(
        "since|after|from|starting|starting in|as of|not before|later than|seit|nach|ab|depuis|apres|desde|"
        "despues de|dal|dopo|dopo il"
    )
    + r" |post[- ]|>=? ?)(?:the )?(.+)"
).fullmatch
_onward = re.compile(
    r"(.+?) ?(?:(?:-|to|until|till|/|through) ?"
    r"(?:present|now|today|date|ongoing|open|heute|aujourd'hui|hoy|oggi)"
    r"|onwards?|and (?:later|after)|or later|ongoing|\+|-)"
).fullmatch
_earlier = re.compile(r"(.+?) (?:and|or) (?:earlier|before)").fullmatch
_no_start = re.compile(r"(?:unknown|\?) ?[/-] ?(.+)").fullmatch
_no_end = re.compile(r"(.+?) ?[/-] ?(?:unknown|\?)").fullmatch
_part_of = re.compile(
    r"(?:the )?(early|beginning|start|anfang|debut|principios de|inizio|mid|middle|mitte|mi|"
    r"mediados de|meta|late|end|ende|fin|finales de|fine)[- ](?:in |of |the |de |del |di )?(.+)"
).fullmatch
_range_words = re.compile(r"(?:from|between|von|zwischen|de|entre|tra|dal?|desde)(?: the)? (.+)").fullmatch
_split = re.compile(
    r" ?- ?| ?/ ?| ?\.\.\.? ?| (?:to|until|till|through|thru|and|bis|und|et|y|e|a|al|au|hasta|fino al) "
)  # between the two ends of an interval
_list_split = re.compile(r" ?[,;&] ?(?:and |or |und |oder )?| (?:and|und|et|y|e|or|oder|ou|o) ")
_or = re.compile(r" (?:or|oder|ou|o) ").search

_ymd = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})\.?").fullmatch
_dmy = re.compile(r"([0-9]{1,2})[-/. ] ?([0-9]{1,2})[-/. ] ?([0-9]{4}|'?[0-9]{2})").fullmatch
_ym = re.compile(r"([0-9]{4})([-/. ])([0-9]{1,2})").fullmatch
_my = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{4})").fullmatch
_serial = re.compile(r"([2-5][0-9]{4}|60000)(?:[.,][0-9]+)?").fullmatch
_clock = re.compile(
    r"(.*[0-9])(?: |t)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)? ?"
    r"(z|[+-][0-9]{2}(?::[0-9]{2})?)?"
).fullmatch
_decade = re.compile(r"(?:the )?'?([0-9]{2})?([0-9])0 ?'?s").fullmatch
_century = re.compile(r"(?:the )?([0-9]{1,2})(?:st|nd|rd|th|\.) ?(?:century|jahrhundert|siecle)").fullmatch
_quarter = re.compile(
    r"(?P<a>[qht]) ?(?P<n>[1-4])[ /-]?(?:of )?(?P<y>[0-9]{4})"
    r"|(?P<y2>[0-9]{4})[ /-]?(?P<a2>[qht]) ?(?P<n2>[1-4])"
    r"|(?P<n3>[1-4])(?P<a3>[qh])[ /-]?(?P<y3>[0-9]{4})"
).fullmatch
_spelt = re.compile(
    r"(?:the )?([1-4](?=\.)|[a-z0-9]+)\.? (quarter|half|quartal|halbjahr|halfte|trimestre|semestre|meta)"
    r"(?: (?:of|in|de|del|des|von))?(?: the| year)*,? ([0-9]{4})"
).fullmatch
_season = re.compile(r"([a-z]+)(?: (?:of|in|de|del|des))?[ ,-]*([0-9]{4})(?:[/-][0-9]{2,4})?").fullmatch
_season_after = re.compile(r"([0-9]{4})[ ,-]*([a-z]+)").fullmatch
_token = re.compile(r"[a-z]+|'?[0-9]+")
_day_span = re.compile(
    r"(.*?)"
    r"\b([0-9]{1,2})(?:st|nd|rd|th|\.)? ?(?:-|to|and|bis) ?([0-9]{1,2})\b"
    r"(.*)"
).fullmatch
_left_mark = re.compile(r"([?~%]) ?([0-9a-z].*)").fullmatch
_blank_digits = re.compile(r"([12][0-9]{2})[?_*-]|([12][0-9])(?:\?\?|__|\*\*|--)").fullmatch
_same_month = re.compile(
    r"([0-9]{4}-)(?:([0-9]{2}-)([0-9]{2})/([0-9]{2})|([0-9]{2}-[0-9]{2})/([0-9]{2}-[0-9]{2}))"
).fullmatch


def suggest(text: str) -> tuple[str, ...]:
    """The EDTF that a person may have meant; the likeliest first, empty when there is nothing sensible.

    Args:
        text: what stands in the place of a date.

    Returns:
        Valid EDTF texts that differ from ``text``; none when ``text`` is valid already.
    """
    if len(text) > _LONGEST or _valid(text):
        return ()
    tidy = _tidy(text)
    if len(tidy) > _LONGEST or tidy in _UNKNOWN:
        return ()
    found: dict[str, None] = {}
    for candidate in _read(tidy, 3):
        if candidate != text and _valid(candidate):
            found[candidate] = None
    return tuple(found)[:_MOST]


def _valid(text: str) -> bool:
    try:
        edtf.parse(text)
    except edtf.EdtfError:
        return False
    return True


def _tidy(text: str) -> str:
    """Lower case, plain digits, hyphens and blanks; no accents, no quotes around."""
    plain: list[str] = []
    for char in unicodedata.normalize("NFKD", text.replace("\u2026", "..").replace("\u0131", "i")):
        kind = unicodedata.category(char)
        if kind == "Nd":
            plain.append(str(unicodedata.decimal(char)))
        elif kind == "Pd" or char == "\u2212":
            plain.append("-")
        elif kind[0] == "M" or (kind in ("Cf", "Cc") and char not in "\t\r\n"):
            continue
        elif char == "\u2248":
            plain.append("~")
        elif char in "\u2018\u2019\u02bc`":
            plain.append("'")
        else:
            plain.append(char)
    tidy = " ".join("".join(plain).casefold().split())
    tidy = tidy.strip("\"'\u201c\u201d ").rstrip(",;").strip()
    if tidy[:1] == "(" and tidy[-1:] == ")":
        tidy = tidy[1:-1].strip()
    return tidy


def _edtf_case(text: str) -> Iterator[str]:
    """EDTF but for blanks, case, or the spelling of the draft of 2012 (``199u``, ``unknown``, ``open``)."""
    tight = re.sub(r" ?([-/,.:?~%\[\]{}]) ?", r"\1", text)
    tight = re.sub(r"\bunknown\b", "", re.sub(r"\bopen\b", "..", tight))
    if tight[:1] in ("[", "{"):
        tight = tight.replace(";", ",")
    tight = re.sub(r"\?~|~\?", "%", tight.upper().replace("U", "X"))
    yield tight
    yield re.sub(r"-([?~%])([0-9X]{2})(?![?~%])", r"-\2\1", tight)  # 2004-?06: the mark goes to the right


def _read(text: str, depth: int) -> Iterator[str]:
    """Candidates for a phrase, valid or not; the depth bounds how often phrases are nested."""
    text = text.strip(" ,;")
    if not text or not depth:
        return
    direct = [candidate for candidate in _edtf_case(text) if _valid(candidate)]
    if direct:
        yield from direct
        return
    below = depth - 1
    found = False
    for candidate in _moment(text):
        found = found or _valid(candidate)
        yield candidate
    if found:
        return
    if match := _left_mark(text):  # '?2004-06' questions the year alone, as '2004?-06' does
        rest = match[2]
        if rest[4:5] == "-":
            yield rest[:4] + match[1] + rest[4:]
        yield from _marked(_read(rest, below), match[1])
    elif match := _about(text) or _about_after(text):
        yield from _marked(_read(match[1], below), "~")
    elif match := _perhaps(text) or _perhaps_after(text):
        yield from _marked(_read(match[1], below), "?")
    elif match := _within(text):
        yield from _read(match[1], below)
    elif match := _part_of(text):
        yield from _third(match[1], match[2], below)
    elif match := _onward(text) or _no_end(text):
        end = "" if _no_end(text) else ".."
        yield from (f"{start}/{end}" for start in _simple(match[1], below))
    elif match := _earlier(text) or _no_start(text):
        start = "" if _no_start(text) else ".."
        yield from (f"{start}/{end}" for end in _simple(match[1], below))
    elif text[-1] in "?~%":
        yield from _marked(_read(text[:-1], below), text[-1])
    else:
        yield from _several(text, below)


def _simple(text: str, depth: int) -> list[str]:
    """Valid candidates that can be an end of an interval or an element of a set."""
    found = dict.fromkeys(one for one in _read(text, depth) if _valid(one))
    return [one for one in found if one[0] not in "[{" and "/" not in one and "T" not in one][:2]


def _marked(candidates: Iterable[str], mark: str) -> Iterator[str]:
    """Candidates with a qualifier, at both ends of an interval."""
    for candidate in candidates:
        if not _valid(candidate) or candidate[0] in "[{" or "T" in candidate:
            continue
        if {mark, candidate[-1]} == {"?", "~"}:
            yield candidate.replace(candidate[-1], "%")
        else:
            ends = candidate.split("/")
            yield "/".join(end if end[-1:] in ("", ".", "?", "~", "%") else end + mark for end in ends)


def _several(text: str, depth: int) -> Iterator[str]:
    """Intervals and sets."""
    match = _range_words(text)
    found = False
    for candidate in _ranges(match[1] if match else text, depth, also_and=match is not None):
        found = found or _valid(candidate)
        yield candidate
    if found:
        return
    if match := _before(text):
        yield from (f"../{end}" for end in _simple(match[1], depth))
    elif match := _after(text):
        yield from (f"{start}/.." for start in _simple(match[1], depth))
    parts = _list_split.split(text)
    if 1 < len(parts) <= 10:
        elements = [_simple(part, 1)[:1] for part in parts]
        if all(elements):
            inner = ",".join(element[0] for element in elements)
            yield f"[{inner}]" if _or(text) else f"{{{inner}}}"


def _ranges(text: str, depth: int, *, also_and: bool) -> Iterator[str]:
    """Intervals of two dates, whatever joins them."""
    for match in list(_split.finditer(text))[:8]:
        joint = match[0].strip()
        if joint in ("and", "und", "et", "y", "e") and not also_and:
            continue
        left, right = text[: match.start()], text[match.end() :]
        if match[0] in ("-", "/") and left.count(joint) != right.count(joint):
            continue  # it joins year, month and day, not two dates
        ends = _simple(right, depth)
        starts: list[str] = []
        year = re.search(r"[0-9]{4}", right)
        if year and re.search("[a-z]", left) and not re.search(r"[0-9]{4}", left):  # June-August 2014
            starts = _simple(f"{left} {year[0]}", depth)
        starts = starts or _simple(left, depth)
        if not ends and re.fullmatch("[0-9]{4}", left) and re.fullmatch("[0-9]{2}", right):  # 1995-97
            ends = [left[:2] + right]
        forward = [f"{start}/{end}" for start in starts for end in ends if _valid(f"{start}/{end}")]
        yield from forward or [f"{end}/{start}" for start in starts for end in ends]
    match_days = _day_span(text)
    if match_days and re.search("[a-z]", match_days[1] + match_days[4]):  # 12-15 June 2014
        before, first, last, after = match_days.groups()
        for start in _simple(f"{before}{first}{after}", 1)[:1]:
            for end in _simple(f"{before}{last}{after}", 1)[:1]:
                yield f"{start}/{end}"


def _third(word: str, rest: str, depth: int) -> Iterator[str]:
    """The early, middle or late part of a year, a month or a decade."""
    place = 0 if re.match("early|beg|start|anf|deb|pri|ini", word) else 1 if word[0] == "m" else 2
    for whole in _simple(rest, depth):
        if re.fullmatch("[0-9]{4}", whole):
            quarter = (f"{whole}-33", f"{whole}-34/{whole}-35", f"{whole}-36")[place]
            yield (
                f"{whole}-01/{whole}-04~",
                f"{whole}-05~/{whole}-08~",
                f"{whole}-09~/{whole}-12",
            )[place]
            yield quarter
        elif re.fullmatch("[0-9]{3}X", whole):
            ten = whole[:3]
            yield (f"{ten}0/{ten}3~", f"{ten}4~/{ten}6~", f"{ten}7~/{ten}9")[place]
        elif re.fullmatch("[0-9]{4}-(?:0[1-9]|1[0-2])", whole):
            last = edtf.day_text(edtf.parse(whole).latest or 0)
            yield (f"{whole}-01/{whole}-10~", f"{whole}-11~/{whole}-20~", f"{whole}-21~/{last}")[place]


def _year(digits: str) -> str:
    """A year of two digits as spreadsheets take it: 00-29 is 2000-2029."""
    digits = digits.lstrip("'")
    return digits if len(digits) == 4 else f"{'20' if digits < '30' else '19'}{digits}"


def _date(year: str, month: int | str, day: int | str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _moment(text: str) -> Iterator[str]:
    """Candidates for one date."""
    if match := _clock(text):
        date, hour, minute, second, zone = match.groups()
        days = _simple(date, 1)
        if int(hour + minute + (second or "")) == 0:
            yield from days
            return
        zone = (zone or "").upper().replace("-00:00", "Z")
        for day in days:
            yield f"{day}T{int(hour):02}:{minute}:{second or '00'}{zone}"
            yield day
    elif text[0] in "0123456789'" and not re.search("[a-z]", text):
        yield from _number(text)
    else:
        yield from _phrase(text)


def _number(text: str) -> Iterator[str]:
    """Candidates for a date in figures."""
    if match := _blank_digits(text):
        yield f"{match[1]}X" if match[1] else f"{match[2]}XX"
    elif match := _same_month(text):  # what ISO 8601 leaves out at the end of an interval, EDTF writes
        year, month, first, last, start, end = match.groups()
        yield f"{year}{month}{first}/{year}{month}{last}" if month else f"{year}{start}/{year}{end}"
    elif match := _ymd(text):
        year, month, day = match.groups()
        if int(day) == 0:
            yield year if int(month) == 0 else f"{year}-{int(month):02}"
        else:
            yield _date(year, month, day)
            if int(month) > 12:
                yield _date(year, day, month)
    elif match := _dmy(text):
        yield _date(_year(match[3]), match[2], match[1])
        yield _date(_year(match[3]), match[1], match[2])
    elif match := _ym(text):
        yield f"{match[1]}-{int(match[3]):02}" if int(match[3]) else match[1]
        if match[2] == "/":  # 2003/04: a month, or a fiscal year
            yield f"{match[1]}/{match[1][: 4 - len(match[3])]}{match[3]}"
    elif match := _my(text):
        yield f"{match[2]}-{int(match[1]):02}"
    elif match := _serial(text):
        yield edtf.day_text(edtf.day_number(1899, 12, 30) + int(match[1]))
    elif re.fullmatch("[0-9]{8}", text):
        yield f"{text[:4]}-{text[4:6]}-{text[6:]}"
        if text[:2] not in ("19", "20"):
            yield f"{text[4:]}-{text[2:4]}-{text[:2]}"
    elif re.fullmatch("[12][0-9]{5}", text):
        yield f"{text[:4]}-{text[4:]}"
    elif re.fullmatch(r"[0-9]{4}(?:\.0*)?", text):
        yield text[:4]


def _phrase(text: str) -> Iterator[str]:
    """Candidates for a date in words."""
    if match := _decade(text):
        century, ten = match[1] or "19", match[2]
        yield f"{century}{ten}X"
        if ten == "0" and match[1]:
            yield f"{century}XX"
    elif match := _century(text):
        yield f"{int(match[1]) - 1:02}XX"
    elif match := _quarter(text):
        kind = match["a"] or match["a2"] or match["a3"]
        year = match["y"] or match["y2"] or match["y3"]
        yield _group(kind, int(match["n"] or match["n2"] or match["n3"]), year)
    elif match := _spelt(text):
        number = int(match[1]) if match[1].isdecimal() else _ORDINALS.get(match[1], 0)
        half = match[2] in ("half", "halbjahr", "halfte", "semestre", "meta")
        if half and match[1] == "last":
            number = 2
        yield _group("h" if half else "q", number, match[3])
    elif (match := _season(text)) and match[1] in _SEASONS:
        yield f"{match[2]}-{_SEASONS[match[1]]}"
    elif (match := _season_after(text)) and match[2] in _SEASONS:
        yield f"{match[1]}-{_SEASONS[match[2]]}"
    else:
        yield from _named_month(text)


def _group(kind: str, number: int, year: str) -> str:
    """A quarter or half of a year; not valid when there is no such."""
    if kind == "h":
        return f"{year}-{39 + number}" if number in (1, 2) else ""
    return f"{year}-{32 + number}" if number else ""


def _named_month(text: str) -> Iterator[str]:
    """Candidates for a date with the name of a month in it."""
    month = 0
    numbers: list[str] = []
    after_number = False
    if re.search(r"[^a-z0-9 ,./'-]", text.replace("\xba", "").replace("\xb0", "")):
        return
    for token in _token.findall(text):
        if token[-1].isdecimal():
            numbers.append(token)
        elif after_number and token in ("st", "nd", "rd", "th", "er", "o"):
            pass
        elif token in _MONTHS and not month:
            month = _MONTHS[token]
        elif token not in _FILLERS:
            return
        after_number = token[-1].isdecimal()
    if not month or not 1 <= len(numbers) <= 2:
        return
    lengths = [len(number.lstrip("'")) for number in numbers]
    years = [n for n, length in zip(numbers, lengths, strict=True) if length == 4]
    short = [n for n, length in zip(numbers, lengths, strict=True) if length <= 2]
    if len(numbers) == 1:
        if years or lengths[0] == 2:
            yield f"{_year(numbers[0])}-{month:02}"
    elif years and short and "'" not in short[0]:
        yield _date(years[0], month, short[0])
    elif lengths[1] == 2 and lengths[0] <= 2 and "'" not in numbers[0]:
        yield _date(_year(numbers[1]), month, numbers[0])
