"""An archive, and an upload, may take so much time in all: what is not read for that is told, with how much it was."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.child import ENVIRONMENT, Limits
from ingest.pipeline import Result, ingest, steps
from ingest.reading.archive import MAX_RATIO_OF_ALL, SMALL_IN_ALL, members
from knowledge.errors import FileRefused, SettingsError
from knowledge.library import Library
from tests import made_files
from tests.library_maker import HashedWords

MEMBERS = 12


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path / "library", HashedWords())
    yield made
    made.close()


def slow(folder: Path, number: int) -> Path:
    """A PDF that takes about half a second to read."""
    made = made_files.pdf()
    for _ in range(8):
        for line in range(50):
            made.text(10, 10 + 5 * line, f"The {number} same words stand on each of the lines of each of the pages of this file. " * 2)
        made.add_page()
    made.text(10, 10, "Nobody had asked the grandmother what she had seen.")
    return made_files.save(made, folder / f"slow {number:02}.pdf")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("many")
    return [slow(folder, number) for number in range(MEMBERS)]


@pytest.fixture
def some(tmp_path: Path, many: list[Path]) -> float:
    """Seconds in which this machine, as busy as it is, reads some of the files and not all."""
    with closing(Library(tmp_path / "tried", HashedWords())) as tried:
        began = time.monotonic()
        list(ingest(tried, many[:2]))
        return time.monotonic() - began


def packed(folder: Path, files: list[Path]) -> Path:
    with zipfile.ZipFile(folder / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return folder / "pack.zip"


def test_an_archive_that_takes_too_long_in_all_tells_how_many_of_its_files_were_not_read(
    library: Library, many: list[Path], some: float, tmp_path: Path
) -> None:
    after = made_files.bullets(tmp_path / "after.pdf")
    *results, told, last = ingest(library, [packed(tmp_path, many), after], limits=Limits(archive_seconds=some))
    assert (told.file, told.status) == ("pack.zip", "refused")
    found = re.match(
        r"(\d+) of the 12 files in pack.zip were not read: reading the files of pack.zip took longer than \d+ seconds?", told.why
    )
    assert found, told.why
    assert 0 < int(found[1]) < MEMBERS
    assert len(results) + int(found[1]) == MEMBERS, "each file that was begun has a line of its own, the others are counted"
    assert (last.file, last.status) == ("after.pdf", "added"), "the archive's time is not the others'"


def test_an_upload_has_its_time_in_all_and_each_file_is_told(library: Library, many: list[Path], some: float) -> None:
    names = [file.name for file in many]
    results = list(steps(library, many, names=names, limits=Limits(upload_seconds=some)))
    assert [result.file for result in results] == names
    late = [result.why for result in results if isinstance(result, Result) and result.status == "refused"]
    assert 0 < len(late) < MEMBERS
    assert re.match(r"slow 11\.pdf was not read: reading the files of this upload took longer than \d+ seconds?\. Add it again", late[-1])


def test_files_that_are_named_on_the_command_line_have_no_time_in_all(library: Library, many: list[Path]) -> None:
    assert {result.status for result in ingest(library, many[:5], limits=Limits(upload_seconds=0.1))} == {"added"}


def test_recognising_the_scans_of_an_archive_has_its_time_in_all(library: Library, tmp_path: Path) -> None:
    scans = [
        made_files.scan(made_files.long_report(tmp_path / f"report {number}.pdf"), tmp_path / f"scan {number}.pdf") for number in range(3)
    ]
    results = list(ingest(library, [packed(tmp_path, scans)], limits=Limits(archive_ocr_seconds=0.5)))
    assert [result.status for result in results] == ["refused", "refused"], results
    assert "recognising the scans of pack.zip took longer than" in results[0].why
    assert results[1].why.startswith("2 of the 3 files in pack.zip were not read: recognising the scans")


def test_a_small_archive_may_not_unpack_to_hundreds_of_megabytes_of_plausible_files(tmp_path: Path) -> None:
    """Each member stays below what a single file may unpack to."""
    with zipfile.ZipFile(tmp_path / "many.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(1 + SMALL_IN_ALL // 4_000_000):
            archive.writestr(f"{number}.txt", f"Words of review {number}. ".encode() * 200_000)
    assert (tmp_path / "many.zip").stat().st_size * MAX_RATIO_OF_ALL < SMALL_IN_ALL
    with pytest.raises(FileRefused, match=r"many\.zip unpacks to far more than briefings should"):
        members(tmp_path / "many.zip", tmp_path / "into")


@pytest.mark.parametrize("value", ["nan", "inf", "-3", "0", "long"])
def test_a_limit_that_is_no_number_above_nothing_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("REFLECT_ARCHIVE_SECONDS", value)
    with pytest.raises(SettingsError, match="REFLECT_ARCHIVE_SECONDS is"):
        Limits.from_environment()


def test_the_documents_name_every_limit_with_its_default() -> None:
    told = (Path(__file__).parent.parent / "docs" / "running.md").read_text("utf-8")
    rows = dict(re.findall(r"\| `(REFLECT_[A-Z_]+)` \| [^|]+ \| (\d+) \|", told))
    assert rows == {name: f"{getattr(Limits(), field) / unit:.0f}" for name, field, unit in ENVIRONMENT}
