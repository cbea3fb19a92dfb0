"""The command line as scripts and people use it, and the README's claims about it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.main import commands
from ingest.pipeline import expanded, ingest, starter_briefings
from ingest.text_to_check import paragraphs_of
from ingest.upgrade import Upgrade
from knowledge.library import Library
from tests import made_files
from tests.forked import reflect
from tests.prepared import prepared

ROOT = Path(__file__).resolve().parent.parent


def as_installed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user starts it."""
    return subprocess.run([sys.executable, str(ROOT / "app.py"), *arguments], capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with two briefings, put in by the command line."""
    folder = tmp_path_factory.mktemp("cli") / "briefings"
    folder.mkdir()
    made_files.bullets(folder / "anyshire-2014.pdf")
    made_files.word(folder / "othershire.docx")
    made_files.picture_only(folder / "scan.pdf")
    ran = as_installed("ingest", str(folder), "--library", str(prepared(folder.parent / "library")), "--json")
    assert ran.returncode == 0, ran.stderr
    rows = {row["file"]: row for row in map(json.loads, ran.stdout.splitlines())}
    assert {name: row["status"] for name, row in rows.items()} == {
        "anyshire-2014.pdf": "added",
        "othershire.docx": "added",
        "scan.pdf": "refused",
    }
    assert "page 1" in rows["scan.pdf"]["why"]
    return folder.parent / "library"


def test_a_second_ingest_repeats_nothing(library: Path) -> None:
    ran = reflect("ingest", str(library.parent / "briefings" / "anyshire-2014.pdf"), "--library", str(library))
    assert ran.stdout.split()[:2] == ["unchanged", "anyshire-2014.pdf"]


def test_ask_json_and_jsonl_keep_the_contract(library: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [
        {"id": "a", "question": "Was the grandmother asked what she had seen?", "history": []},
        {"id": "b", "question": "How do I bake bread?"},
    ]
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = reflect("ask", "--jsonl", str(questions), "--library", str(library))
    assert ran.returncode == 0, ran.stderr
    first, second = map(json.loads, ran.stdout.splitlines())
    assert (first["id"], first["abstained"], second["id"], second["abstained"]) == ("a", False, "b", True)
    assert second["citations"] == []
    citation = first["citations"][0]
    assert citation["document"] == "anyshire-2014.pdf"
    assert citation["page"] == 1
    assert "grandmother" in citation["quote"]
    opened = Library(library)
    page = opened.page(opened.briefing("anyshire-2014.pdf").id, citation["page"])
    assert page.text[citation["start"] : citation["end"]] == citation["quote"]
    assert {"title", "heading"} <= set(citation)
    assert {"theme", "question", "citation"} <= set(first["prompts"][0])
    one = as_installed("ask", "Was the grandmother asked?", "--json", "--library", str(library))
    assert set(json.loads(one.stdout)) == {"id", "abstained", "notices", "answer", "citations", "prompts", "near"}


def test_a_bad_line_of_questions_is_named(library: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"question": "fine"}\nnot json\n', encoding="utf-8")
    ran = reflect("ask", "--jsonl", str(tmp_path / "bad.jsonl"), "--library", str(library))
    assert ran.returncode == 1
    assert "line 2" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_list_show_withdraw_restore_verify_delete(library: Path) -> None:
    where = ("--library", str(library))
    assert {json.loads(line)["document"] for line in reflect("list", "--json", *where).stdout.splitlines()} == {
        "anyshire-2014.pdf",
        "othershire.docx",
    }
    shown = json.loads(reflect("show", "anyshire-2014.pdf", "--json", *where).stdout)
    assert (shown["title"], shown["date"], shown["date_basis"]) == ("What the Anyshire board learned", "March 2014", "printed")
    assert reflect("withdraw", "anyshire-2014.pdf", "--who", "the lead", "--why", "superseded", *where).returncode == 0
    assert "superseded" in reflect("list", "--json", *where).stdout
    assert json.loads(reflect("ask", "Was the grandmother asked?", "--json", *where).stdout)["citations"] == []
    assert reflect("restore", "anyshire-2014.pdf", *where).returncode == 0
    proven = [json.loads(line) for line in reflect("verify", "--json", *where).stdout.splitlines()]
    assert proven
    assert all(entry["doubts"] == [] for entry in proven)
    unknown = reflect("delete", "no-such.pdf", *where)
    assert unknown.returncode == 1
    assert "reflect list" in unknown.stderr
    assert reflect("delete", "othershire.docx", *where).returncode == 0
    assert "othershire" not in reflect("list", "--json", *where).stdout


def test_verify_finds_a_file_that_was_changed_on_disk(tmp_path: Path) -> None:
    made_files.bullets(tmp_path / "anyshire-2014.pdf")
    where = ("--library", str(prepared(tmp_path / "library")))
    reflect("ingest", str(tmp_path / "anyshire-2014.pdf"), *where)
    kept = next((tmp_path / "library" / "files").glob("*.pdf"))
    kept.write_bytes(kept.read_bytes() + b"\n% changed")
    ran = reflect("verify", *where)
    assert ran.returncode == 1
    assert "changed on disk" in ran.stdout


def test_verify_proves_one_quotation_and_says_what_fails(tmp_path: Path) -> None:
    made_files.bullets(tmp_path / "anyshire-2014.pdf")
    where = ("--library", str(prepared(tmp_path / "library")))
    reflect("ingest", str(tmp_path / "anyshire-2014.pdf"), *where)
    opened = Library(tmp_path / "library")
    passage = opened.catalogue.passages(opened.briefings()[0].id)[0].passage
    opened.close()
    words = " ".join(passage.text.split()[:6])
    of = ("verify", "anyshire-2014.pdf", "--page", str(passage.page))
    assert "found on the page and double-checked" in " ".join(reflect(*of, "--quote", words, *where).stdout.split())
    for page, quote in ((passage.page, words + " never"), (passage.page, words[1:]), (99, words)):
        ran = reflect("verify", "anyshire-2014.pdf", "--page", str(page), "--quote", quote, "--json", *where)
        assert ran.returncode == 1
        assert len(json.loads(ran.stdout)["doubts"]) == 1
    assert reflect(*of, *where).returncode == 2
    kept = next((tmp_path / "library" / "files").glob("*.pdf"))
    kept.write_bytes(kept.read_bytes() + b"\n% changed")
    ran = reflect(*of, "--quote", words, *where)
    assert ran.returncode == 1
    assert "changed on disk" in ran.stdout


def test_the_readme_names_every_command_and_no_other() -> None:
    app = commands(ingest, starter_briefings, expanded, lambda *_: None, Upgrade, paragraphs_of)
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    names |= {group.name or "" for group in app.registered_groups}
    readme = (ROOT / "README.md").read_text("utf-8")
    told = set(re.findall(r"`?reflect ([a-z]+)", readme)) - {"reflect"}
    assert names == told


def test_every_command_has_help() -> None:
    app = commands(ingest, starter_briefings, expanded, lambda *_: None)
    for command in app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        helped = CliRunner().invoke(app, [name, "--help"])
        assert helped.exit_code == 0
        assert len(helped.output.split()) > 10


def test_starter_briefings_that_were_deleted_stay_deleted(tmp_path: Path) -> None:
    where = ("--library", str(tmp_path))
    assert reflect("ingest", "--starter", *where).returncode == 0
    name = starter_briefings()[0].name
    reflect("delete", name, *where)
    again = reflect("ingest", "--starter", "--json", *where)
    assert name not in again.stdout
    assert {json.loads(line)["status"] for line in again.stdout.splitlines()} == {"unchanged"}


def test_who_changes_the_library_is_in_its_security_log_and_no_name_of_a_briefing(tmp_path: Path) -> None:
    folder = prepared(tmp_path / "library")
    made_files.bullets(tmp_path / "anyshire-2014.pdf")
    for arguments in (
        ("ingest", str(tmp_path / "anyshire-2014.pdf")),
        ("withdraw", "anyshire-2014.pdf", "--why", "[/x] a newer one"),
        ("restore", "anyshire-2014.pdf"),
        ("correct", "anyshire-2014.pdf", "publisher", "Anyshire"),
        ("delete", "anyshire-2014.pdf"),
    ):
        ran = reflect(*arguments, "--library", str(folder))
        assert ran.returncode == 0, ran.stderr
    log = folder / "security.log"
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    events = ["briefing added", "briefing withdrawn", "briefing restored", "detail corrected", "briefing deleted"]
    assert [line["event"] for line in lines] == events
    assert len({line["document"] for line in lines}) == 1
    assert all(line["who"].endswith("on the command line") for line in lines)
    assert "anyshire" not in log.read_text("utf-8").lower()
    assert log.stat().st_mode & 0o077 == 0
