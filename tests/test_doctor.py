"""`reflect doctor` says what is wrong, and how to fix it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.cli.doctor import Finding, doctor, examined
from ingest.pipeline import ingest
from knowledge.library import Library
from tests.library_maker import HashedWords, write_markdown


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with one briefing."""
    library = Library(tmp_path / "library", HashedWords())
    assert [r.status for r in ingest(library, [write_markdown(tmp_path / "ashby.md", "Ashby")])] == ["added"]
    library.close()
    return tmp_path / "library"


def found(folder: Path, settings: Path | None = None) -> dict[str, Finding]:
    return {finding.what: finding for finding in examined(folder, settings)}


def test_this_installation_is_well(tmp_path: Path) -> None:
    findings = found(tmp_path / "none")
    assert [finding for finding in findings.values() if not finding.well] == []
    assert "reflect ingest --starter" in findings["Library"].told
    assert {
        "Python",
        "Packages",
        "Embedding model",
        "What was learned from messages",
        "What hears danger",
        "Name finder",
        "Text recognition",
        "Temporary folder",
        "Settings",
    } <= set(findings)


def test_a_missing_file_is_named_with_what_to_do(folder: Path) -> None:
    next((folder / "files").iterdir()).unlink()
    finding = found(folder)["Kept files"]
    assert not finding.well
    assert "ashby.md" in finding.told
    assert "add its file again" in finding.told


def test_a_damaged_catalogue_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "catalogue.sqlite3").write_bytes(b"no database at all" * 500)
    assert not found(folder)["Library"].well
    with pytest.raises(SystemExit, match="1"):
        doctor(folder)
    assert "FIX    Library" in capsys.readouterr().out


def test_a_lost_index_is_told_and_looking_changes_nothing(folder: Path) -> None:
    assert found(folder)["Index"].well
    model = Library(folder, HashedWords()).catalogue.setting("model")
    shutil.rmtree(folder / "vectors")
    finding = found(folder)["Index"]
    assert not finding.well
    assert "The next question will rebuild it" in finding.told
    assert Library(folder, HashedWords()).catalogue.setting("model") == model == "hashed-words"


def test_a_catalogue_that_is_gone_or_empty_is_told_with_what_to_do(folder: Path) -> None:
    (folder / "catalogue.sqlite3").write_bytes(b"")
    for _ in range(2):
        finding = found(folder)["Library"]
        assert not finding.well
        assert "reflect rebuild" in finding.told
        (folder / "catalogue.sqlite3").unlink(missing_ok=True)


def flip(file: Path, word: bytes) -> None:
    """Change one byte of the last place where a word stands in a file."""
    content = bytearray(file.read_bytes())
    place = content.rindex(word)
    content[place + 1] ^= 0x01
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("what", ["page", "passage", "index"])
def test_a_flipped_byte_in_the_catalogue_is_told(folder: Path, what: str) -> None:
    catalogue = folder / "catalogue.sqlite3"
    with closing(sqlite3.connect(catalogue)) as connection:
        if what == "page":
            connection.execute("UPDATE page SET text = replace(text, 'review 7', 'rfview 7')")
        elif what == "passage":
            connection.execute("UPDATE passage SET text = replace(text, 'review 7', 'rfview 7')")
        else:
            connection.execute("INSERT INTO passage_text (passage_text, rowid, words, heading_words) VALUES ('delete', 3, 'lodger', '')")
        connection.commit()
    assert found(folder)["Library"].well
    finding = found(folder)["Catalogue"]
    assert not finding.well
    assert "reflect rebuild" in finding.told


def test_a_torn_page_of_the_catalogue_is_told(folder: Path) -> None:
    catalogue = folder / "catalogue.sqlite3"
    with closing(sqlite3.connect(catalogue)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'passage_briefing'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(catalogue.read_bytes())
    content[(root - 1) * size : root * size] = b"\x55" * size
    catalogue.write_bytes(bytes(content))
    assert [finding for finding in found(folder).values() if finding.what in ("Library", "Catalogue") and not finding.well]


def test_a_flipped_byte_in_a_kept_file_is_told(folder: Path) -> None:
    flip(next((folder / "files").iterdir()), b"review 7")
    finding = found(folder)["Kept files"]
    assert not finding.well
    assert "ashby.md: changed on disk" in finding.told


def test_what_was_set_aside_is_shown(folder: Path) -> None:
    (folder / "files" / f"{'a' * 64}.pdf").write_bytes(b"unknown")
    assert "1 in" in found(folder)["Set aside"].told


def test_a_mistake_in_the_settings_is_told_with_its_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('organisatoin = "x"\n', "utf-8")
    finding = found(folder, tmp_path / "settings.toml")["Settings"]
    assert not finding.well
    assert "line 1" in finding.told
