"""What a stranger may send does no harm: through the command line, as a contributor's files go through CI."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from markdown_it import MarkdownIt

import armsdata as package
from armsdata import NotOurs, UsageError
from armsdata.errors import NoTable
from armsdata.output.escaping import json_text
from armsdata.reading import xlsx_archive
from armsdata.verification import verify
from datasets import SMALL, TOML, Data
from running import Ran, armsdata
from unpacking import unpacked

REGISTERS = Path(__file__).parent / "registers"
EVIL = (
    "\x1b[31mred\x9b2J\x07\u202egnp.exe\u2066 <script>alert(1)</script> <img src=x onerror=alert(1)> "
    "::error::owned %0A::set-output name=a::b ##[set-output name=valid;]true `@team` | [x](http://evil.example)"
)
LINES = f"{EVIL}\n::error::owned\r\n##[error]owned"
NAME = "we\x1b[31m\n::error::owned\x9b\u202e##[add-mask]x"
PROSE = [
    *(("transfers", column) for column in ("notes", "designation", "place")),
    *(("claims", column) for column in ("locator", "notes")),
    *(("actors", "name"), ("actors", "notes"), ("sources", "title"), ("weapons", "designation")),
]
BAD = [
    *(("transfers", column) for column in ("kind", "transfer_id", "delivered")),
    *(("weapons", "origin"), ("sources", "url")),
]
needs_links = pytest.mark.skipif(os.name == "nt", reason="needs symbolic links, and names that Windows forbids")


def evil(cells: list[tuple[str, str]], text: str = LINES, data: Data = SMALL) -> Data:
    for table, column in cells:
        for row in range(len(data.tables[table])):
            data = data.with_cell(table, row, column, '"' + text.replace('"', '""') + '"')
    return data


def write(data: Data, folder: Path, *tables: str) -> Path:
    """Write the cells as they are; those that were made evil are quoted already."""
    folder.mkdir(parents=True)
    for table in tables or data.tables:
        names = data.names(table)
        rows = [names, *([row.get(name, "") for name in names] for row in data.tables[table])]
        (folder / f"{table}.csv").write_bytes("".join(",".join(row) + "\n" for row in rows).encode())
    if not tables:
        (folder / "dataset.toml").write_text(TOML, "utf-8")
    return folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, with a dataset whose prose is hostile, one that is not, and hostile contributions."""
    write(evil(PROSE), tmp_path / "data")
    SMALL.write(tmp_path / "old")
    if os.name != "nt":
        write(evil(PROSE), tmp_path / NAME, *SMALL.tables)
        write(evil([*PROSE, *BAD]), tmp_path / f"bad{NAME}", *SMALL.tables)
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def harmless(ran: Ran, *, commands: bool = False) -> str:
    """What was said: no character that steers a terminal, no line that GitHub takes for a command but our own."""
    said = ran.out + ran.err
    assert "Traceback" not in said
    assert "a fault of armsdata" not in said
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", said) == []
    ours = re.compile(r"::(error|warning) file=[^\n]*?::[^\n]*|::notice title=armsdata::[^\n]*")
    given = [line for line in said.splitlines() if line.lstrip().startswith("::")]
    assert [line for line in given if not (commands and ours.fullmatch(line))] == []
    assert [line for line in said.splitlines() if "##[" in line and line not in given] == []
    return said


# ---------------------------------------------------------------------------------------------- what is printed


@needs_links
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_findings_steer_neither_a_terminal_nor_a_log(place: Path, form: str) -> None:
    for path in ("data", NAME, f"bad{NAME}"):
        said = harmless(armsdata("validate", path, "--against", "old", "--format", form), commands=form == "github")
        assert "U+001B" in said or form == "github"
        if form in ("json", "sarif"):
            json.loads(said)
        elif form == "junit":
            ElementTree.fromstring(said)


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_differences_steer_neither(place: Path, form: str) -> None:
    said = harmless(armsdata("diff", "old", "data", "--format", form))
    assert "red" in said
    if form == "markdown":
        page = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(said)
        plain = {"h3", "table", "thead", "tbody", "tr", "th", "td", "p", "strong", "code", "br"}
        assert set(re.findall(r"<([a-z0-9]+)", page)) <= plain


@pytest.mark.parametrize("form", ["text", "json", "dot"])
def test_traces_steer_neither(place: Path, form: str) -> None:
    assert "red" in harmless(armsdata("trace", "IRQ", "data", "--format", form))
    harmless(armsdata("trace", LINES, "data", "--format", form))


@needs_links
def test_messages_about_paths_steer_neither(place: Path) -> None:
    shutil.copy(REGISTERS / "deals.csv", "deals.csv")
    calls: list[tuple[str, ...]] = [
        ("export", "old", "--out", f"o{NAME}"),
        ("verify", f"o{NAME}"),
        ("export", f"bad{NAME}"),
        ("merge", f"bad{NAME}", "--into", "old"),
        ("merge", NAME, "--into", "old"),
        ("format", NAME),
        ("report", "old", "--out", f"{NAME}.html"),
        ("import", "sipri", "deals.csv", "--out", f"i{NAME}"),
        ("import", "sipri", f"{NAME}/claims.csv", "--out", "i"),
        *((command, f"none{NAME}") for command in ("validate", "export", "verify", "format", "report")),
        ("diff", f"none{NAME}", "old"),
        ("template", "transfers", "--output", f"{NAME}/claims.csv"),
    ]
    for call in calls:
        harmless(armsdata(*call))
    (place / f"o{NAME}" / "csv" / "transfers.csv").write_text(LINES, "utf-8")
    for form in ("text", "json"):
        assert "transfers.csv" in harmless(armsdata("verify", f"o{NAME}", "--format", form))


def test_a_register_steers_neither(place: Path) -> None:
    text = (REGISTERS / "deals.csv").read_text("latin-1")
    text = text.replace("Chile", "Chi\x1b[31m::error::x##[error]<b>").replace(
        "Made-up-14", "Ma\u202ede".encode().decode("latin-1")
    )
    (place / "register.csv").write_bytes(text.encode("latin-1"))
    ran = armsdata("import", "sipri", "register.csv", "--out", "imported")
    assert ran.status == 0
    harmless(ran)
    assert armsdata("validate", "imported").status == 0


@pytest.mark.parametrize("content", [{"a": EVIL}, [EVIL, "##[", "###[[", "\x7f\u2028"], {EVIL: {"##": "["}}])
def test_json_that_is_made_harmless_says_the_same(content: Any) -> None:
    text = json_text(content)
    assert json.loads(text) == content
    assert "##[" not in text
    assert text.isascii() or not re.search("[\x7f-\x9f\u202e\u2066]", text)


# ---------------------------------------------------------------------------------------------- what is written


def test_cells_are_text_in_every_page_of_a_release(place: Path) -> None:
    assert armsdata("export", "data").status == 0
    assert armsdata("report", "data", "--out", "page.html").status == 0
    for page in (place / "dist/index.html", place / "page.html"):
        html = page.read_text("utf-8")
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
        assert data
        assert "alert(1)" in str(unpacked(json.loads(data[1])["packed"]))
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "\x1b" not in html
        assert "Content-Security-Policy" in html
    readme = (place / "dist/README.md").read_text("utf-8")
    assert "alert(1)" not in readme


@pytest.mark.parametrize("key", ["title", "publisher", "license", "keywords", "authors"])
@pytest.mark.parametrize("text", ["\\u001b[31m", "\\u202e", "a\\nb", "\\u009b"])
def test_what_a_dataset_says_of_itself_holds_nothing_unseen(place: Path, key: str, text: str) -> None:
    value = {"keywords": f'["{text}"]', "authors": f'[{{name = "{text}"}}]'}.get(key, f'"x{text}"')
    lines = [line for line in TOML.splitlines() if not line.startswith(key)]
    (place / "old/dataset.toml").write_text("\n".join([*lines, f"{key} = {value}"]) + "\n", "utf-8")
    ran = armsdata("export", "old")
    assert ran.says(f"`{key}` holds a line break, or a character that nobody sees", status=2)
    harmless(ran)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=HYPERLINK(1)", "formula-text"),
        ("@SUM(1)", "formula-text"),
        ("+cmd|' /C calc'!A0", "formula-text"),
        ("-2+3", "formula-text"),
        ("\t=1", "formula-text"),
        ("a\u202eb", "untidy-text"),
        ("a\u2066b", "untidy-text"),
    ],
)
def test_formulas_and_what_turns_the_direction_of_reading_are_findings(place: Path, text: str, code: str) -> None:
    report = package.validate(write(evil([("transfers", "notes")], text), place / "new"))
    assert {one.code for one in report.findings} == {code}


@pytest.mark.parametrize("text", ["IRQ\u200b", "\u0406RQ", "IR\u00adQ", "IRQ\u202e", "\u2066IRQ", "ІRQ"])
def test_characters_that_look_alike_or_are_not_seen_are_found_in_a_reference(place: Path, text: str) -> None:
    data = SMALL.with_cell("transfers", 0, "recipient", text)
    (finding,) = package.validate(write(data, place / "new")).findings
    assert (finding.code, finding.severity, finding.column) == ("unknown-reference", "error", "recipient")
    assert finding.hint


# ---------------------------------------------------------------------------------------------- what is read


@needs_links
@pytest.mark.parametrize("name", ["transfers.csv", "dataset.toml"])
def test_a_link_in_a_dataset_or_contribution_never_leads_out_of_it(place: Path, name: str) -> None:
    secret = place / "secret"
    secret.write_text("token: abracadabra\n", "utf-8")
    for folder in ("old", "new"):
        if folder == "new":
            SMALL.write(place / folder, "claims")
        elif name == "dataset.toml":
            continue
        (place / folder / name).unlink(missing_ok=True)
        (place / folder / name).symlink_to(Path("..", "secret") if folder == "old" else secret)
        for command in ("validate", "export", "format"):
            ran = armsdata(command, folder)
            assert ran.status == 2, (command, ran)
            assert "abracadabra" not in harmless(ran)
        assert armsdata("merge", folder, "--into", "data").status == 2
        assert armsdata("diff", "data", folder).status == 2


@needs_links
def test_a_link_within_the_dataset_is_followed(place: Path) -> None:
    (place / "old/tables").mkdir()
    (place / "old/claims.csv").rename(place / "old/tables/all.csv")
    (place / "old/claims.csv").symlink_to("tables/all.csv")
    assert package.validate(place / "old").valid


@needs_links
@pytest.mark.parametrize("link", ["csv", "csv/transfers.csv"])
def test_a_link_in_a_release_never_leads_out_of_it(place: Path, link: str) -> None:
    package.export(SMALL.write(place / "small"), place / "dist", formats=["csv"])
    outside = place / "outside"
    shutil.move(place / "dist" / link, outside)
    (place / "dist" / link).symlink_to(outside)
    found = verify(place / "dist")
    assert any("a link that leads out" in one for one in found.problems)
    assert found.reports == {}
    with pytest.raises(UsageError, match="leads out"):
        package.validate(place / "dist")
    if link == "csv/transfers.csv":  # a release's own file: it goes, and what is behind it stays
        package.export(place / "small", place / "dist")
    else:
        with pytest.raises(NotOurs):
            package.export(place / "small", place / "dist")
    assert outside.exists()


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "csv/../../secret", "..\\secret", "C:/secret"])
def test_a_list_of_sums_never_leads_out_of_the_release(place: Path, path: str) -> None:
    package.export(place / "old", place / "dist", formats=["csv"])
    with (place / "dist/SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{'0' * 64}  {path}\n")
    assert armsdata("verify", "dist").says("not a sum and a path within the folder", status=2)


CONTEXTS: list[Any] = [
    "https://evil.example/context.jsonld",
    "../context.jsonld",
    "file:///etc/passwd",
    [{"@base": "https://w3id.org/armsdata/"}, "//evil.example/x"],
    {"@import": "https://evil.example/context.jsonld"},
    {"notes": {"@id": "https://example.org/x", "@context": "https://evil.example/context.jsonld"}},
    [[{"notes": {"@id": "https://example.org/x", "@context": [{"@import": "x"}]}}]],
]


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_context_that_stands_elsewhere_is_refused(place: Path, context: Any, indent: int | None) -> None:
    node = {"@id": "weapon/x", "weapon_id": "x", "designation": "X", "category": "mixed"}
    text = json.dumps({"@context": context, "@graph": [node]}, indent=indent, separators=(",", ":"))
    if indent is None:  # a line each, as a release has it
        text = text.replace(',"@graph":[', ',\n"@graph":[\n').replace("]}", "\n]}")
    (place / "weapons.jsonld").write_text(text + "\n", "utf-8")
    assert armsdata("validate", "weapons.jsonld").says("nothing is fetched", status=2)


# ---------------------------------------------------------------------------------------------- bombs


def workbook(path: Path, **parts: bytes) -> Path:
    """A workbook; the given bytes are put in front of `</name>` in the part that holds it."""
    book = openpyxl.Workbook()
    for row in (["weapon_id", "designation", "category"], ["x", "X", "mixed"]):
        book.worksheets[0].append(row)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            for tag, more in parts.items():
                data = data.replace(f"</{tag}>".encode(), more + f"</{tag}>".encode())
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("tag", "unit", "told"),
    [
        ("cellXfs", b'<xf numFmtId="0"/>', "styles.xml .* more than 4 MiB"),
        ("sheetData", b"<row><c/></row>", "200 times"),
    ],
)
def test_a_small_workbook_that_unpacks_to_much_work_is_refused(place: Path, tag: str, unit: bytes, told: str) -> None:
    path = workbook(place / "weapons.xlsx", **{tag: unit * ((xlsx_archive.PART_LIMIT + 9999) // len(unit))})
    assert path.stat().st_size < 1 << 17
    with pytest.raises(NoTable, match=told):
        package.validate(path)


def test_parts_of_a_workbook_that_lie_one_upon_another_are_refused(place: Path) -> None:
    path = workbook(place / "weapons.xlsx")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 20 : entry + 24] = (path.stat().st_size * 2).to_bytes(4, "little")  # so long it says to be, packed
    path.write_bytes(bytes(data))
    with pytest.raises(NoTable, match="one upon another"):
        package.validate(path)
