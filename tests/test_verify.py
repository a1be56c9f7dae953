"""`armsdata verify` finds whatever is not as it was exported, and says where."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from armsdata import UsageError, export
from armsdata.verification import verify
from made_datasets import NASTY, write_tables
from running import armsdata


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that nobody changes."""
    folder = tmp_path_factory.mktemp("whole")
    export(write_tables(folder / "dataset", NASTY), folder / "release")
    return folder / "release"


@pytest.fixture
def release(whole: Path, tmp_path: Path) -> Path:
    """A release to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "release"))


def change(release: Path, name: str, old: bytes, new: bytes) -> None:
    """Change some bytes that stand once in a file, and its sum accordingly."""
    content = (release / name).read_bytes()
    assert content.count(old) == 1
    (release / name).write_bytes(content.replace(old, new))
    sign(release, name)


def sign(release: Path, name: str) -> None:
    """Bring the sum of a file up to date."""
    sums = release / "SHA256SUMS"
    digest = hashlib.sha256((release / name).read_bytes()).hexdigest()
    lines = [f"{digest}  {name}" if line.endswith(f"  {name}") else line for line in sums.read_text().splitlines()]
    sums.write_text("\n".join(lines) + "\n")


def change_parquet(release: Path, name: str, edit: Callable[[pa.Table], pa.Table]) -> None:
    path = release / f"parquet/{name}.parquet"
    pq.write_table(edit(pq.read_table(path)), path)
    sign(release, f"parquet/{name}.parquet")


def with_cells(table: pa.Table, column: str, values: list[object]) -> pa.Table:
    place = table.schema.get_field_index(column)
    field = table.schema.field(column)
    return table.set_column(place, field, pa.array(values, field.type))


def problem(release: Path) -> str:
    (found,) = verify(release).problems
    return found


def test_a_release_as_exported_is_good(whole: Path) -> None:
    result = verify(whole)
    assert result.good
    assert list(result.hashes) == ["csv", "parquet", "jsonld"]
    assert result.hashes["csv"]["transfers"] == hashlib.sha256((whole / "csv/transfers.csv").read_bytes()).hexdigest()


def test_a_release_of_one_format_is_good(tmp_path: Path) -> None:
    export(write_tables(tmp_path / "dataset", NASTY), tmp_path / "release", formats=["parquet"])
    assert verify(tmp_path / "release").good


def test_a_flipped_byte_is_found_in_every_file(release: Path) -> None:
    files = [path for path in sorted(release.rglob("*.*")) if path.is_file()]
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    found = "\n".join(verify(release).problems)
    for path in files:
        assert f"{path.relative_to(release).as_posix()}: its bytes are not those of the release" in found


def test_a_missing_file_is_found(release: Path) -> None:
    (release / "csv/weapons.csv").unlink()
    assert verify(release).problems == [
        "csv/weapons.csv: the file is missing",
        "csv: cannot be read back, since weapons.csv is missing",
    ]


def test_an_extra_file_is_found(release: Path) -> None:
    (release / "csv/extra.csv").write_text("a\n")
    assert problem(release) == "csv/extra.csv: not listed in SHA256SUMS"


def test_a_link_out_of_the_release_is_found(release: Path, tmp_path: Path) -> None:
    (release / "csv/weapons.csv").rename(tmp_path / "weapons.csv")
    (release / "csv/weapons.csv").symlink_to(tmp_path / "weapons.csv")
    assert problem(release) == "csv/weapons.csv: a link that leads out of the release"


def test_a_changed_cell_is_told_by_record_and_column(release: Path) -> None:
    change(release, "csv/sources.csv", b'"The ""lost"" arms, a report"', b"The lost arms")
    found = verify(release).problems
    want = "sources, record 1, 'gao-07-711': title is 'The lost arms' in csv, 'The \"lost\" arms, a report' in {}"
    assert found == [want.format("parquet"), want.format("jsonld")]


def test_a_changed_cell_of_parquet_is_told(release: Path) -> None:
    change_parquet(release, "actors", lambda table: with_cells(table, "gwcode", [565, 646, None, None, None]))
    assert problem(release) == "actors, record 2, 'IRQ': gwcode is '645' in csv, '646' in parquet"


def test_a_changed_cell_of_jsonld_is_told(release: Path) -> None:
    change(release, "jsonld/transfers.jsonld", b'["actor/USA","actor/iraqi-army","actor/IRQ"]', b'["actor/USA"]')
    assert problem(release) == ("transfers, record 2, 'second': via is 'USA; iraqi-army; IRQ' in csv, 'USA' in jsonld")


def test_an_emptied_cell_is_told(release: Path) -> None:
    change(release, "jsonld/weapons.jsonld", ',"calibre":"7.62 × 39 mm"'.encode(), b"")
    assert problem(release).endswith("'ak-47': calibre is '7.62 × 39 mm' in csv, empty in jsonld")


def test_a_lost_record_is_told_once(release: Path) -> None:
    change_parquet(release, "actors", lambda table: table.slice(0, 4))
    assert problem(release) == (
        "actors, record 5 is 'unknown' in csv, is not in parquet; the records after it are not compared"
    )


def test_records_in_another_order_are_told_once(release: Path) -> None:
    change_parquet(release, "actors", lambda table: table.take([1, 0, 2, 3, 4]))
    assert problem(release) == (
        "actors, record 1 is 'NAM' in csv, is 'IRQ' in parquet; the records after it are not compared"
    )


def test_a_changed_derived_day_is_invalid(release: Path) -> None:
    change(release, "csv/transfers.csv", b"2004-12-31", b"2004-12-30")
    assert "ordered_latest" in problem(release)


def test_a_column_that_is_gone_is_found(release: Path) -> None:
    change_parquet(release, "transfers", lambda table: table.drop_columns(["ordered_latest"]))
    assert problem(release).endswith("parquet/transfers.parquet: the column ordered_latest is missing")


def test_another_iri_for_a_record_is_found(release: Path) -> None:
    change(release, "jsonld/weapons.jsonld", b'"@id":"weapon/ak-47"', b'"@id":"weapon/ak-74"')
    assert "the @id of the node is weapon/ak-74, but the record is the weapon/ak-47" in problem(release)


def test_invalid_data_are_found(release: Path) -> None:
    change(release, "csv/weapons.csv", b",assault-rifle,", b",assault-riffle,")
    assert problem(release).startswith("csv: 1 errors; first: ")
    assert problem(release).endswith("[not-in-vocabulary]")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def test_a_truncated_parquet_file_is_found(release: Path) -> None:
    cut(release / "parquet/transfers.parquet")
    sign(release, "parquet/transfers.parquet")
    assert "transfers.parquet: not a readable Parquet file" in problem(release)


def test_a_truncated_jsonld_file_is_found_wherever_it_ends(release: Path) -> None:
    path = release / "jsonld/actors.jsonld"
    content = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(content) if byte == ord("\n")]
    for end in (40, ends[0], ends[2], ends[-2] - 1, ends[-2]):
        path.write_bytes(content[:end])
        sign(release, "jsonld/actors.jsonld")
        assert "actors.jsonld" in problem(release), end


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "csv/../../secret", "C:/x", "..\\x", ""])
def test_paths_that_lead_out_of_the_release_are_refused(release: Path, name: str) -> None:
    with (release / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {name}\n")
    with pytest.raises(UsageError, match="not a sum and a path within the folder"):
        verify(release)


def test_a_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    for content in (None, "", f"{'0' * 64}  debian.iso\n"):
        if content is not None:
            (tmp_path / "SHA256SUMS").write_text(content)
        assert armsdata("verify", tmp_path).says("not a release", status=2)
    assert armsdata("verify", tmp_path / "nowhere").says("no such folder", status=2)
    assert armsdata("verify", tmp_path / "SHA256SUMS").says("not a release", status=2)


def test_the_command_prints_problems_to_stdout_and_leaves_with_one(release: Path) -> None:
    good = armsdata("verify", release)
    assert (good.status, good.out) == (0, "")
    assert good.err == "Good: csv, parquet, jsonld hold the same valid data\n"
    (release / "new\x1b[31m").write_text("")
    bad = armsdata("verify", release)
    assert (bad.status, bad.out, bad.err) == (1, "new\\x1b[31m: not listed in SHA256SUMS\n", "1 problems\n")
    assert armsdata("verify", "--quiet", release).err == ""


def test_the_command_prints_json(release: Path) -> None:
    good = armsdata("verify", "--format", "json", release)
    result = json.loads(good.out)
    assert (good.status, result["valid"], result["problems"]) == (0, True, [])
    assert {len(one) for hashes in result["content_hashes"].values() for one in hashes.values()} == {64}
    os.truncate(release / "csv/actors.csv", 10)
    bad = armsdata("verify", release, "--format", "json")
    assert (bad.status, json.loads(bad.out)["valid"]) == (1, False)
    assert armsdata("verify", release, "--format", "xml").status == 2
