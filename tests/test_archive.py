"""A ZIP gives its members as files of their own, inside its folder alone, or is refused in one sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.reading import read
from ingest.reading.archive import is_archive, members
from knowledge.errors import FileRefused
from tests.test_formats import NO_BACK, shown, written


def zipped(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def test_a_zip_gives_its_members_as_files_of_their_own(tmp_path: Path) -> None:
    said = NO_BACK.encode()
    path = zipped(
        tmp_path / "pack.zip", {"north/report.txt": said, "south/report.txt": said, "é中.txt": said, "__MACOSX/._x": b"", ".DS_Store": b""}
    )
    into = tmp_path / "into"
    found = members(path, into)
    assert is_archive(path)
    assert [name for _, name in found] == ["north - report.txt", "south - report.txt", "é中.txt"]
    assert all(place.name == name and NO_BACK in shown(read(place)) for place, name in found)


@pytest.mark.parametrize("name", ["../../outside.txt", "/tmp/outside.txt", "..\\..\\outside.txt", "C:\\outside.txt", "a/../../outside.txt"])
def test_no_member_of_a_zip_is_written_outside_its_folder(tmp_path: Path, name: str) -> None:
    into = tmp_path / "deep" / "into"
    ((place, shown_as),) = members(zipped(tmp_path / "slip.zip", {name: b"x"}), into)
    assert place.resolve().is_relative_to(into.resolve())
    assert shown_as == "outside.txt"
    assert set(tmp_path.rglob("*.txt")) == {place}


def test_a_zip_in_a_zip_and_a_zip_under_another_ending_are_refused_in_one_sentence(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", NO_BACK)
    path = zipped(tmp_path / "pack.zip", {"inner.zip": inner.getvalue(), "b.docx": inner.getvalue()})
    for place, name in members(path, tmp_path / "into"):
        with pytest.raises(FileRefused, match="is a ZIP of files, not a briefing") as told:
            read(place)
        assert name in str(told.value)


def test_a_zip_that_holds_too_much_nothing_or_damage_is_refused_whole(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"zeros.txt": bytes(20 * 1024 * 1024)})
    many = zipped(tmp_path / "many.zip", {f"{n}.txt": b"" for n in range(2_001)})
    empty = zipped(tmp_path / "empty.zip", {})
    broken = written(
        tmp_path / "broken.zip", zipped(tmp_path / "whole.zip", {"a.txt": NO_BACK.encode() * 9}).read_bytes().replace(b"a.txt", b"b.txt", 1)
    )
    for path, says in ((bomb, "far more"), (many, "2001 files"), (empty, "holds no files"), (broken, "damaged")):
        with pytest.raises(FileRefused, match=says) as told:
            members(path, tmp_path / f"into-{path.stem}")
        assert path.name in str(told.value)
