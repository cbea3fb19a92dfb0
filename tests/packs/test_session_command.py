"""`reflect session` as a trainer types it: listed, made, changed and opened again."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

from knowledge.library import Library
from tests.forked import reflect


def test_a_pack_is_made_changed_and_opened_on_the_command_line(starter_library: Library, tmp_path: Path) -> None:
    where = ("--library", str(starter_library.folder))
    listed = reflect("session", "list", "--json", *where)
    held = [json.loads(line) for line in listed.stdout.splitlines()]
    assert "Corin" in [one.get("case") for one in held]
    first, second = tmp_path / "corin.zip", tmp_path / "thursday.zip"
    made = reflect("session", "make", "--case", "Corin", "--length", "2h", "-o", str(first), *where)
    assert made.returncode == 0, made.stderr
    assert {"facilitator-guide.docx", "slides.pptx", "pack.json"} <= set(zipfile.ZipFile(first).namelist())
    ask = "Who could have asked?"
    edited = reflect("session", "edit", str(first), "--drop", "2", "--ask", f"1:{ask}", "-o", str(second), *where)
    assert edited.returncode == 0, edited.stderr
    before, after = (json.loads(zipfile.ZipFile(path).read("pack.json")) for path in (first, second))
    assert len(after["stages"]) == len(before["stages"]) - 1
    again = reflect("session", "open", str(second), *where)
    assert again.returncode == 0, again.stderr
    assert ask in again.stdout


def test_a_case_that_is_not_there_is_one_sentence(starter_library: Library, tmp_path: Path) -> None:
    pack = tmp_path / "a.zip"
    ran = reflect("session", "make", "--case", "Nobody", "-o", str(pack), "--library", str(starter_library.folder))
    assert ran.returncode != 0
    assert "Nobody" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not pack.exists()


def test_typed_words_pass_the_guards_and_a_pack_without_libreoffice_is_whole(starter_library: Library, tmp_path: Path) -> None:
    where = ("--library", str(starter_library.folder))
    path = tmp_path / "corin.zip"
    named = reflect("session", "make", "--case", "Corin", "--title", "For Aaliyah Nosuchname", "-o", str(path), *where)
    assert named.returncode != 0
    assert "Your title or question seems to hold something that could identify a person: a name." in named.stderr
    assert "Nosuchname" not in named.stderr
    assert not path.exists()
    nowhere = {**os.environ, "PATH": str(tmp_path)}
    made = reflect("session", "make", "--case", "Corin", "--form", "slides", "--pdf", "-o", str(path), *where, env=nowhere)
    assert made.returncode == 0, made.stderr
    assert "There are no PDF files in the ZIP: LibreOffice, which makes them, was not found on this computer." in made.stderr
    assert set(zipfile.ZipFile(path).namelist()) == {"slides.pptx", "sources.docx", "pack.json"}
