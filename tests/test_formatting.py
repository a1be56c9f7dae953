"""`format` brings tables into order, loses nothing, and doing it twice changes nothing."""

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from armsdata.schema import TABLES
from armsdata.schema.prose import judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import armsdata
from armsdata import InvalidData, UsageError
from armsdata.formatting import format_tables, tidy_text
from datasets import FULL, SMALL, Data
from repository import ROOT

COLUMNS = [(table.name, column.name) for table in TABLES.values() for column in table.source_columns]


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def formatted(data: Data, folder: Path) -> dict[str, bytes]:
    format_tables(data.write(folder))
    return {name: (folder / f"{name}.csv").read_bytes() for name in TABLES}


def cell(table: str, column: str, text: str) -> str:
    return tidy_text(TABLES[table].by_name[column], text)


# ---------------------------------------------------------------------------------------------- whole files


def test_the_curated_dataset_is_formatted() -> None:
    assert format_tables(ROOT / "data", check=True) == []


@pytest.mark.parametrize("data", [SMALL, FULL])
def test_a_tidy_dataset_stays_as_it_is_after_one_sorting(data: Data, tmp_path: Path) -> None:
    once = formatted(data, tmp_path / "data")
    assert format_tables(tmp_path / "data") == []
    assert {name: sorted(rows(once[name]), key=str) for name in TABLES} == {
        name: sorted(rows(data.content(name)), key=str) for name in TABLES
    }


def test_records_are_sorted_by_key(tmp_path: Path) -> None:
    data = SMALL.with_row("actors", actor_id="ABW", name="Aruba", kind="state").with_row(
        "actors", actor_id="9-brigade", name="9", kind="armed-group"
    )
    keys = [row["actor_id"] for row in rows(formatted(data, tmp_path / "data")["actors"])]
    assert keys == ["9-brigade", "ABW", "GBR", "IRQ", "islamic-state"]


def test_records_of_equal_key_and_without_key_are_kept_in_their_order(tmp_path: Path) -> None:
    data = (
        SMALL.with_row("weapons", weapon_id="", designation="none")
        .with_row("weapons", weapon_id="a", designation="one")
        .with_row("weapons", weapon_id="a", designation="two")
    )
    names = [row["designation"] for row in rows(formatted(data, tmp_path / "data")["weapons"])]
    assert names == ["one", "two", "AK-47", "none"]


def test_columns_stand_in_the_declared_order(tmp_path: Path) -> None:
    data = SMALL.with_columns("weapons", "category", "notes", "weapon_id", "designation")
    content = formatted(data, tmp_path / "data")["weapons"]
    assert content == b"weapon_id,designation,category,notes\nak-47,AK-47,assault-rifle,\n"


def test_a_column_that_a_file_lacks_is_not_added(tmp_path: Path) -> None:
    content = formatted(SMALL.without_column("actors", "notes"), tmp_path / "data")["actors"]
    assert b"notes" not in content


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("byte-order mark", lambda content: b"\xef\xbb\xbf" + content),
        ("Windows line ends", lambda content: content.replace(b"\n", b"\r\n")),
        ("no last line end", lambda content: content.rstrip(b"\n")),
        ("blank lines", lambda content: content.replace(b"\n", b"\n\n")),
        ("rows of commas", lambda content: content + b",,,,,,,,,\n"),
        ("semicolons", lambda content: content.replace(b"; ", b"/").replace(b",", b";")),
        ("tabs", lambda content: content.replace(b",", b"\t")),
        ("needless quotation marks", lambda content: content.replace(b",Iraq,", b',"Iraq",')),
        ("a header in capitals", lambda content: content.replace(b"actor_id", b" Actor_ID ")),
    ],
)
def test_the_shape_is_put_right(tmp_path: Path, what: str, change: object) -> None:
    data = SMALL.with_cells("actors", 2, aliases="")
    good = formatted(data, tmp_path / "good")
    changed = data.with_bytes("actors", change(data.content("actors")))  # type: ignore[operator]
    assert formatted(changed, tmp_path / "data") == good


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("encoding-error", b"actor_id,name,kind\nx,Fran\xe7ais,state\n"),
        ("encoding-error", "actor_id,name,kind\nx,y,state\n".encode("utf-16")),
        ("malformed-csv", b'actor_id,name,kind\nx,12" shells,state\n'),
        ("malformed-csv", b"actor_id,name,kind\nx,a\0b,state\n"),
        ("malformed-csv", b"actor_id,name,kind\rx,y,state\r"),
        ("ragged-row", b"actor_id,name,kind\nx,Mosul, Iraq,state\n"),
        ("runaway-quote", b'actor_id,name,kind\nx,"y,state\nz,z,state\nw,w,state\nv,v,state\n'),
        ("unexpected-column", b"actor_id,name,kind,remarks\nx,y,state,z\n"),
        ("unexpected-column", b"actor_id,name,kind,\nx,y,state,z\n"),
        ("duplicate-column", b"actor_id,name,kind,kind\nx,y,state,person\n"),
        ("empty-file", b""),
    ],
)
def test_what_cannot_be_read_with_certainty_is_refused(tmp_path: Path, code: str, content: bytes) -> None:
    folder = SMALL.with_row("weapons", weapon_id="a", designation="b").with_bytes("actors", content).write(tmp_path)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(InvalidData) as caught:
        format_tables(folder)
    assert code in [finding.code for finding in caught.value.report.findings]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_check_changes_nothing(tmp_path: Path) -> None:
    folder = SMALL.with_row("weapons", weapon_id="a", designation="b").write(tmp_path)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert format_tables(folder, check=True) == [folder / "weapons.csv"]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_single_file_is_formatted(tmp_path: Path) -> None:
    folder = SMALL.with_row("weapons", weapon_id="a", designation="b").write(tmp_path, "weapons")
    assert format_tables(folder / "weapons.csv") == [folder / "weapons.csv"]
    assert format_tables(folder / "weapons.csv") == []


def test_other_formats_are_refused(tmp_path: Path) -> None:
    armsdata.export(SMALL.write(tmp_path / "data"), tmp_path / "dist", formats=["parquet"])
    with pytest.raises(UsageError, match="only CSV"):
        format_tables(tmp_path / "dist" / "parquet")


def test_a_release_is_never_formatted(tmp_path: Path) -> None:
    armsdata.export(SMALL.write(tmp_path / "data"), tmp_path / "dist", formats=["csv"])
    with pytest.raises(UsageError, match="a release"):
        format_tables(tmp_path / "dist")


def test_formatting_leaves_the_meaning(tmp_path: Path) -> None:
    data = FULL.with_cells("transfers", 0, value="1000.50", via="unknown;iraqi-army ;").with_cells(
        "actors", 1, name=" Iraq\u00a0", notes="Cafe\u0301"
    )
    tidy = armsdata.load(formatted_folder(FULL.with_cells("actors", 1, notes="Café"), tmp_path / "tidy"))
    mended = armsdata.load(formatted_folder(data, tmp_path / "data"))
    for name, frame in tidy.tables().items():
        assert frame.equals(mended.tables()[name])


def formatted_folder(data: Data, folder: Path) -> Path:
    formatted(data, folder)
    return folder


# ---------------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("table", "column", "text", "tidied"),
    [
        ("transfers", "quantity", "100.0", "100"),
        ("transfers", "quantity", "007", "7"),
        ("transfers", "quantity", "194.7410", "194.741"),
        ("transfers", "quantity", "0.50", "0.5"),
        ("transfers", "quantity", "1,500", "1,500"),
        ("transfers", "quantity", "1.00E+05", "1.00E+05"),
        ("transfers", "quantity", "٣", "٣"),
        ("transfers", "value", "-1.0", "-1"),
        ("transfers", "origin", "GBR;IRQ", "GBR; IRQ"),
        ("transfers", "origin", " GBR ;; IRQ; ", "GBR; IRQ"),
        ("transfers", "origin", "GBR, IRQ", "GBR, IRQ"),
        ("transfers", "via", "b; a; b", "b; a; b"),
        ("transfers", "supplier", " GBR ", "GBR"),
        ("transfers", "supplier", "gbr", "gbr"),
        ("transfers", "supplier", "G BR", "G BR"),
        ("transfers", "notes", "  two\n lines \r\n", "two\n lines"),
        ("transfers", "notes", "a\r\nb", "a\nb"),
        ("transfers", "notes", " ", ""),
        ("transfers", "notes", "Cafe\u0301", "Café"),
        ("transfers", "notes", "a  b", "a  b"),
        ("transfers", "notes", "00100.50", "00100.50"),
        ("transfers", "notes", "zero\u200bwidth", "zero\u200bwidth"),
        ("transfers", "notes", "\u202eabc", "\u202eabc"),
        ("transfers", "notes", " =1+1", " =1+1"),
        ("transfers", "notes", "\t=1+1", "\t=1+1"),
        ("transfers", "notes", " - item", "- item"),
        ("transfers", "notes", " -5", "-5"),
        ("transfers", "notes", "=1+1 ", "=1+1"),
        ("transfers", "delivered", "2007~ ", "2007~"),
        ("transfers", "quantity_approximate", "TRUE", "TRUE"),
        ("actors", "aliases", "Ελλάς\u037e", "Ελλάς\u037e"),
        ("actors", "aliases", "a ;b", "a; b"),
        ("actors", "aliases", " =x; y", " =x; y"),
        ("actors", "gwcode", "0645", "0645"),
        ("weapons", "calibre", "7.620", "7.620"),
        ("sources", "document_number", "0012", "0012"),
    ],
)
def test_a_cell_is_tidied(table: str, column: str, text: str, tidied: str) -> None:
    assert cell(table, column, text) == tidied


TEXTS = st.text(alphabet=st.one_of(st.sampled_from(" \t\r\n;,\"'=+-@0123456789.\u00a0\u0301e\u037e"), st.characters()))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_tidying_twice_changes_nothing_and_loses_nothing(table: str, column: str, text: str) -> None:
    once = cell(table, column, text)
    assert cell(table, column, once) == once
    kept = [one for one in unicodedata.normalize("NFC", once) if one not in ";0." and not one.isspace()]
    had = [one for one in unicodedata.normalize("NFC", text) if one not in ";0." and not one.isspace()]
    assert kept == had or (kept == [] and "-" in had)  # -0 is 0
    formulas = [[code for code, _ in judge(one) if code == "formula-text"] for one in (text, once)]
    assert formulas[0] or not formulas[1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS.filter(lambda text: "\0" not in text), min_size=1, max_size=5))
def test_formatting_any_file_twice_changes_nothing(texts: list[str], tmp_path: Path) -> None:
    texts = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    data = SMALL
    for number, text in enumerate(texts):
        data = data.with_row("weapons", weapon_id=f"w{number}", designation=text, notes=text, aliases=text)
    try:
        once = formatted(data, tmp_path / "data")
    except InvalidData:
        return
    assert format_tables(tmp_path / "data") == []
    assert {name: (tmp_path / "data" / f"{name}.csv").read_bytes() for name in TABLES} == once
