"""`armsdata export --archive`: one file that depends on the release alone."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pyarrow as pa
import pytest

import armsdata

ROOT = Path(__file__).parents[1]
NAME = "armsdata-0.1.0.tar.zst"


def unpacked(archive: Path) -> dict[str, bytes]:
    with pa.CompressedInputStream(pa.OSFile(str(archive)), "zstd") as stream:
        data = stream.read()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert all(entry.uid == entry.gid == 0 and not entry.uname and entry.mode == 0o644 for entry in tar)
        return {entry.name: tar.extractfile(entry).read() for entry in tar if tar.extractfile(entry)}  # type: ignore[union-attr]


def test_the_archive_holds_every_file_of_the_release_and_no_other(tmp_path: Path) -> None:
    armsdata.export(ROOT / "data", tmp_path / "dist", archive=True)
    files = {path for path in (tmp_path / "dist").rglob("*") if path.is_file()}
    expected = {f"armsdata-0.1.0/{path.relative_to(tmp_path / 'dist').as_posix()}": path.read_bytes() for path in files}
    assert unpacked(tmp_path / NAME) == expected


def test_equal_releases_give_equal_archives(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        armsdata.export(ROOT / "data", tmp_path / folder / "dist", formats=["csv"], archive=True)
    assert (tmp_path / "one" / NAME).read_bytes() == (tmp_path / "two" / NAME).read_bytes()


def test_an_archive_that_cannot_be_written_leaves_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(OSError, match="No space"):
        armsdata.export(ROOT / "data", tmp_path / "dist", formats=["csv"], archive=True)
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


@pytest.mark.parametrize("line", ['name = "../../etc"', 'version = "1/../2"'])
def test_names_in_dataset_toml_never_lead_out_of_the_folder(tmp_path: Path, line: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for file in (ROOT / "data").glob("*.csv"):
        (data / file.name).write_bytes(file.read_bytes())
    key = line.partition(" ")[0]
    text = (ROOT / "data" / "dataset.toml").read_text("utf-8").splitlines()
    text = [line if one.startswith(f"{key} =") else one for one in text]
    (data / "dataset.toml").write_text("\n".join(text) + "\n", encoding="utf-8", newline="\n")
    with pytest.raises(armsdata.UsageError, match=f"`{key}`"):
        armsdata.export(data, tmp_path / "dist", archive=True)
    assert not (tmp_path / "dist").exists()


def test_what_a_killed_run_left_of_an_archive_is_cleared_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / f".{NAME}.armsdata-0a1b2c3d4e5f"
    (left / "new").mkdir(parents=True)
    (left / "new" / NAME).write_bytes(b"half")
    armsdata.export(ROOT / "data", tmp_path / "dist", formats=["csv"], archive=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, "dist"]
