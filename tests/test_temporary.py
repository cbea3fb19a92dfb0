"""A temporary folder that is full, gone or not to be written: one clear line for the archive that needs it, and the rest goes on."""

from __future__ import annotations

import resource
import signal
import tempfile
import zipfile
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge.disk_errors import cannot_be_used
from knowledge.library import Library
from tests.library_maker import HashedWords, state_of, write_markdown
from tests.restricted import little_room, reflect, started
from tests.test_no_room import one_line, real, told

__all__ = ["real"]  # a fixture
NEXT = ", or set TMPDIR to another folder, then try again."


def no_room() -> None:
    """Let this process write nothing at all into files."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def archive(folder: Path, place: str, count: int = 12) -> Path:
    """A ZIP with one briefing; of 8,000 findings it is larger than `little_room`."""
    with zipfile.ZipFile(folder / f"{place.lower()}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(write_markdown(folder / f"{place.lower()}.md", place, count=count), f"{place.lower()}.md")
    return folder / f"{place.lower()}.zip"


def test_the_command_line_says_in_a_line_that_the_temporary_folder_is_full(real: Path, tmp_path: Path) -> None:
    before, large = told(real), archive(tmp_path, "Brook", count=8000)
    row = one_line(reflect(real, "ingest", str(large), before=little_room), "brook.zip")
    assert row.endswith(f"was not unpacked. There is no room left in the temporary folder {tempfile.gettempdir()}. Free some space{NEXT}")
    assert told(real) == before
    both = reflect(real, "ingest", str(large), str(write_markdown(tmp_path / "more.md", "Coldham")), before=little_room)
    assert [row.split()[:2] for row in both.stdout.splitlines()] == [["refused", "brook.zip"], ["added", "more.md,"]], both.stderr
    assert reflect(real, "delete", "more.md").returncode == 0


def test_the_command_line_says_in_a_line_that_there_is_no_temporary_folder(real: Path, tmp_path: Path) -> None:
    before = told(real)
    row = one_line(started(real, "ingest", str(archive(tmp_path, "Brook")), before=no_room), "brook.zip")
    assert "was not unpacked. No temporary folder can be written, of these: /" in row
    assert row.endswith(f"Free some space{NEXT}")
    served = started(real, "serve", before=no_room)
    assert (served.returncode, served.stdout) == (1, "")
    assert [line[:34] for line in served.stderr.splitlines()] == ["No temporary folder can be written"]
    assert told(real) == before


def test_an_archive_is_refused_where_the_temporary_folder_is_gone_and_files_go_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    library = Library(tmp_path / "library", HashedWords())
    packed, plain = ingest(library, [archive(tmp_path, "Ashby"), write_markdown(tmp_path / "brook.md", "Brook")])
    assert (packed.status, plain.status) == ("refused", "added")
    assert packed.why == f"ashby.zip was not unpacked. The temporary folder {tmp_path / 'gone'} is not there. Fix that{NEXT}"
    state = state_of(library)
    library.close()
    assert state["wrong"] == []
    assert [briefing["file_name"] for briefing in state["briefings"]] == ["brook.md"]


def test_sqlite_without_a_temporary_folder_is_not_taken_for_a_damaged_library(tmp_path: Path) -> None:
    error = cannot_be_used(tmp_path, RuntimeError("error returned from database: (code: 6410) disk I/O error"))
    assert str(error).startswith("No temporary folder can be written, of these: ")
    assert str(error).endswith(f"/var/tmp, /usr/tmp, /tmp. Free some space{NEXT}")
