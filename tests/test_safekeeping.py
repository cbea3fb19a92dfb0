"""Backup, restore and rebuild by the command line, as the documents describe them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.library_maker import write_markdown, write_text
from tests.prepared import prepared

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Was the lodger known to the services?"


class Place:
    """A folder with a library of two briefings, one of them withdrawn, and the command line in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = prepared(folder / "library")
        files = [write_markdown(folder / "ashby.md", "Ashby"), write_text(folder / "brook.txt", "Brook")]
        assert self.reflect("ingest", *map(str, files)).returncode == 0
        assert self.reflect("withdraw", "brook.txt", "--why", "names a living child").returncode == 0

    def reflect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What the command gives in a narrow terminal, where no name or path may be broken over two lines."""
        environment = {**os.environ, "REFLECT_LIBRARY": str(self.library), "COLUMNS": "20"}
        return forked.reflect(*arguments, cwd=self.folder, env=environment)

    def held(self) -> dict[str, str]:
        rows = map(json.loads, self.reflect("list", "--json").stdout.splitlines())
        return {row["document"]: row["withdrawn"] for row in rows}

    def cited(self) -> set[str]:
        return {citation["document"] for citation in json.loads(self.reflect("ask", QUESTION, "--json").stdout)["citations"]}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_the_document_says_of_backing_up_works_as_it_stands_there(place: Place) -> None:
    section = (ROOT / "docs" / "running.md").read_text("utf-8").split("## Back up, restore, update")[1].split("\n## ")[0]
    [block] = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    commands = [line.removeprefix("reflect ").split() for line in block.splitlines()]
    assert [command[0] for command in commands] == ["backup", "restore", "verify"]
    before = place.held()
    for command in commands:
        ran = place.reflect(*command)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert place.held() == before
    assert "names a living child" in before["brook.txt"]
    assert place.cited() == {"ashby.md"}


def test_restore_takes_a_briefing_and_a_backup_for_what_they_are(place: Place) -> None:
    assert place.reflect("backup", "b.zip").returncode == 0
    # although a file of that name lies here
    assert place.reflect("restore", "brook.txt").stdout == "brook.txt will be used in answers again.\n"
    assert place.held()["brook.txt"] == ""
    place.reflect("delete", "ashby.md")
    restored = place.reflect("restore", "b.zip")
    assert "2 briefings are restored" in restored.stdout
    assert "names a living child" in place.held()["brook.txt"]
    assert set(place.held()) == {"ashby.md", "brook.txt"}
    deleted = place.reflect("delete", "ashby.md")
    assert f"{place.library / 'set-aside'} were not checked" in deleted.stderr  # where the earlier state is, with this briefing in it
    missing = place.reflect("restore", "other.reflect")
    assert (missing.returncode, missing.stderr) == (1, "There is no backup file other.reflect. Check the path.\n")
    (place.folder / "half.reflect").write_bytes((place.folder / "b.zip").read_bytes()[:2000])
    half = place.reflect("restore", "half.reflect")
    assert half.returncode == 1
    assert "half.reflect is not a whole backup" in half.stderr
    assert "Nothing was changed" in half.stderr
    unknown = place.reflect("restore", "no-such.pdf")
    assert "reflect list" in unknown.stderr


def test_a_library_without_its_catalogue_is_rebuilt(place: Place) -> None:
    before = place.held()
    for file in place.library.glob("catalogue.sqlite3*"):
        file.unlink()
    for command in (("list",), ("ask", QUESTION), ("ingest", "ashby.md")):
        refused = place.reflect(*command)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "reflect rebuild" in refused.stderr
    ran = place.reflect("rebuild")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 briefings are in the new catalogue" in ran.stdout
    assert place.held() == before
    assert place.cited() == {"ashby.md"}
    assert place.reflect("verify").returncode == 0


def test_a_rebuild_names_what_could_not_be_read(place: Place) -> None:
    [kept] = (place.library / "files").glob("*.txt")
    kept.write_text("changed on disk", "utf-8")
    ran = place.reflect("rebuild")
    assert ran.returncode == 1
    assert "changed on disk: brook.txt" in ran.stderr
    assert list(place.held()) == ["ashby.md"]
    assert (place.library / "set-aside" / kept.name).read_text("utf-8") == "changed on disk"
