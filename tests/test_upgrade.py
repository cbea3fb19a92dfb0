"""After an update: what was read by older rules is read again, whatever interrupts it; what people did to it stays."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli.doctor import examined
from assistant.cli.main import commands
from ingest.certify import RULES
from ingest.details import details_of
from ingest.pipeline import Result, expanded, ingest, starter_briefings, steps
from ingest.reading import read
from ingest.structure import assemble
from ingest.upgrade import Outdated, Upgrade, outdated, reader_now
from knowledge.embedding import SentenceEmbedder, default_weights, sha256_of
from knowledge.library import Library
from knowledge.new_briefing import NewBriefing
from tests import made_files
from tests.library_maker import PLACES, Child, HashedWords, expected, state_of, write_folder, write_markdown
from tests.test_note_marks import notes_of

BEFORE = "As an earlier version read it. "


def age(library: Library, *, rules: int | None = RULES - 1) -> None:
    """Have the library hold an earlier reading of every briefing: the same file, other text on its pages, other places."""
    for briefing in library.briefings():
        catalogue = library.catalogue
        pages = [replace(p, text=BEFORE + p.text, headings=()) for p in catalogue.pages(briefing.id)]
        old = [
            replace(s.passage, start=s.passage.start + len(BEFORE), end=s.passage.end + len(BEFORE), also_at=())
            for s in catalogue.passages(briefing.id)
        ]
        certificate = {name: value for name, value in catalogue.certificate(briefing.id).items() if name != "rules"}
        with library.writing(), catalogue.transaction():
            catalogue.put(briefing, certificate | ({} if rules is None else {"rules": rules}), pages, old)
    library.by_meaning(library.embedder.embed_query("father"), 1)


def upgraded(library: Library) -> dict[str, str]:
    return {step.file: step.status for step in Upgrade(library).read() if isinstance(step, Result)}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library", HashedWords())) as opened:
        yield opened


def put(library: Library, *files: Path) -> None:
    assert [result.status for result in ingest(library, files)] == ["added"] * len(files)


def kept_of(library: Library) -> list[Any]:
    return [
        [b.id, b.file_name, b.sha256, b.added, b.withdrawn, b.starter, b.source, b.copy_of, b.apart, library.catalogue.corrections(b.id)]
        for b in library.briefings()
    ]


def test_a_new_library_is_up_to_date(library: Library, tmp_path: Path) -> None:
    put(
        library,
        *write_folder(tmp_path / "files", PLACES[:3]).iterdir(),
        made_files.word(tmp_path / "a.docx"),
        made_files.scan(made_files.bullets(tmp_path / "t.pdf"), tmp_path / "s.pdf"),
    )
    assert outdated(library) == []
    assert upgraded(library) == {}


@pytest.mark.parametrize("rules", [None, RULES - 1])
def test_what_older_rules_read_is_read_again_and_what_people_did_stays(library: Library, tmp_path: Path, rules: int | None) -> None:
    files = sorted(write_folder(tmp_path / "files", PLACES[:4]).iterdir())
    put(library, *files)
    assert [r.status for r in ingest(library, [write_markdown(tmp_path / "kept.md", "Kelsey")], starter=True)] == ["added"]
    library.withdraw("ashby.md", who="Sam", why="out of date")
    library.correct("brook.txt", "title", "What Brook put right")
    before = kept_of(library)
    age(library, rules=rules)
    assert kept_of(library) == before
    assert {one.why for one in outdated(library)} == {"by older rules"}
    work = Upgrade(library)
    assert {s.file: s.status for s in work.read() if isinstance(s, Result)} == dict.fromkeys(
        [f.name for f in files] + ["kept.md"], "replaced"
    )
    assert sorted(work.moved) == sorted([f.name for f in files] + ["kept.md"])
    assert kept_of(library) == before
    library.restore("ashby.md")  # so that its vectors are looked at as well
    state = state_of(library)
    assert state["wrong"] == []
    assert {b["file_name"]: b for b in state["briefings"]} == {f.name: expected(f) for f in [*files, tmp_path / "kept.md"]}
    assert library.briefing("brook.txt").details.title == "What Brook put right"
    assert outdated(library) == []
    assert BEFORE.encode() not in (library.folder / "catalogue.sqlite3").read_bytes()


def test_which_briefing_leads_its_copies_and_which_is_parted_stays(library: Library, tmp_path: Path) -> None:
    names = ("zennor.md", "ashby.md", "brook.md")
    put(library, *(write_markdown(tmp_path / name, "Zennor") for name in names))
    library.part("brook.md")
    before = kept_of(library)
    assert {b.file_name: (b.copy_of, b.apart) for b in library.briefings()} == {
        "zennor.md": ("", False),
        "ashby.md": ("zennor", False),
        "brook.md": ("", True),
    }
    age(library)
    assert upgraded(library) == dict.fromkeys(names, "replaced")
    assert kept_of(library) == before


def test_another_reader_s_version_is_seen(library: Library, tmp_path: Path) -> None:
    put(library, made_files.word(tmp_path / "a.docx"), *write_folder(tmp_path / "files", PLACES[:3]).iterdir())
    for name, reader in (("a.docx", "python-docx 1.1.0"), ("coldham.pdf", "PDFium 99.0.1.0"), ("ashby.md", "markdown-it-py 2.0.0")):
        briefing = library.briefing(name)
        certificate = library.catalogue.certificate(briefing.id) | {"reader": reader}
        with library.writing(), library.catalogue.transaction():
            pages = library.catalogue.pages(briefing.id)
            library.catalogue.put(briefing, certificate, pages, [s.passage for s in library.catalogue.passages(briefing.id)])
    found = {one.briefing.file_name: one.why for one in outdated(library)}
    assert set(found) == {"a.docx", "coldham.pdf", "ashby.md"}
    assert found["coldham.pdf"].startswith("by PDFium 99.0.1.0, now PDFium 1")
    work = Upgrade(library)
    assert {s.status for s in work.read() if isinstance(s, Result)} == {"replaced"}
    assert work.moved == []
    assert outdated(library) == []


@pytest.mark.parametrize("reader", ["text (practice-reflection-assistant 0.0.1)", "a-reader-that-is-gone 1.0", "email", ""])
def test_a_reader_of_our_own_or_one_that_is_gone_is_not_outdated(reader: str) -> None:
    assert reader_now(reader) == reader


def test_what_a_newer_version_read_is_left_alone(library: Library, tmp_path: Path) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    age(library, rules=RULES + 1)
    assert outdated(library) == []


@pytest.mark.parametrize("harm", ["missing", "changed"])
def test_a_briefing_whose_file_is_not_there_as_it_was_stays(library: Library, tmp_path: Path, harm: str) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"), write_markdown(tmp_path / "brook.md", "Brook"))
    age(library)
    kept = library.file_of(library.briefing("ashby.md"))
    if harm == "missing":
        kept.unlink()
    else:
        kept.write_text("# Other words\n\nNobody ever wrote these words about Ashby.\n", "utf-8")
    work = Upgrade(library)
    results = {step.file: step for step in work.read() if isinstance(step, Result)}
    assert {name: result.status for name, result in results.items()} == {"ashby.md": "refused", "brook.md": "replaced"}
    assert "stays as it was" in results["ashby.md"].why
    assert library.catalogue.pages(library.briefing("ashby.md").id)[0].text.startswith(BEFORE)


def test_an_encrypted_file_asks_for_its_password(library: Library, tmp_path: Path) -> None:
    assert [r.status for r in ingest(library, [made_files.encrypted(tmp_path / "locked.pdf")], password="user")] == ["added"]
    age(library)
    [refused] = [step for step in Upgrade(library).read() if isinstance(step, Result)]
    assert (refused.status, "--password" in refused.why) == ("refused", True)
    assert len(outdated(library)) == 1
    [done] = [step for step in Upgrade(library).read(password="user") if isinstance(step, Result)]
    assert done.status == "replaced"


def test_what_is_deleted_meanwhile_does_not_come_back(library: Library, tmp_path: Path) -> None:
    put(library, *write_folder(tmp_path / "files", PLACES[:6]).iterdir())
    age(library)
    going = Upgrade(library).read()
    first = next(step for step in going if isinstance(step, Result))
    gone = [b.file_name for b in library.briefings() if b.file_name != first.file][-1]
    with closing(Library(library.folder, HashedWords())) as other:
        other.delete(gone)
    rest = {step.file: step.status for step in going if isinstance(step, Result)}
    assert rest[gone] in ("unchanged", "refused")
    assert gone not in [b.file_name for b in library.briefings()]
    assert outdated(library) == []


@pytest.mark.parametrize("meanwhile", ["deleted", "replaced"])
def test_a_reading_that_comes_too_late_is_dropped(library: Library, tmp_path: Path, meanwhile: str) -> None:
    """The file was read again already when somebody deleted the briefing, or added another edition of it."""
    made = write_markdown(tmp_path / "ashby.md", "Ashby")
    source, found = read(made), details_of(read(made), made.name)
    reading = assemble(source, found.pseudonyms)
    late = NewBriefing(made, sha256_of(made), found, False, False, reading.pages, reading.passages, {"rules": RULES}, again=True)
    put(library, made)
    if meanwhile == "deleted":
        library.delete("ashby.md")
    else:
        assert [r.status for r in ingest(library, [write_markdown(made, "Ashby", edition=2)])] == ["replaced"]
    before = kept_of(library)
    assert library.add(late) == "unchanged"
    assert kept_of(library) == before
    assert {file.name[:64] for file in library.files} == {b.sha256 for b in library.briefings()}


def test_killed_at_any_moment_each_briefing_is_wholly_old_or_wholly_new(tmp_path: Path) -> None:
    """Real processes, killed with SIGKILL between two briefings and while one is being stored, at each; the next run finishes it."""
    files = sorted(write_folder(tmp_path / "files", PLACES[:8], count=30).iterdir())
    with closing(Library(tmp_path / "ready", HashedWords())) as ready:
        put(ready, *files)
        ready.withdraw(files[0].name, why="old")
        ready.correct(files[1].name, "title", "What was put right")
        age(ready)
        old = {b["file_name"]: b for b in state_of(ready)["briefings"]}
        kept = kept_of(ready)
    new = {file.name: expected(file) for file in files}
    for done in range(1, len(files)):
        shutil.rmtree(tmp_path / "library", ignore_errors=True)
        shutil.copytree(tmp_path / "ready", tmp_path / "library")
        between = done % 2 == 1
        kill_upgrade(tmp_path / "library", done, between=between)
        with Child() as child:
            child.ask("open", tmp_path / "library")
            state = child.ask("state")
            found = {b["file_name"]: b for b in state["briefings"]}
            assert [
                told for told in state["wrong"] if not told.startswith((files[0].name, "vectors without"))
            ] == []  # that one is withdrawn
            assert set(found) == set(old)
            assert all(found[name] in (old[name], new[name]) for name in found)
            count = sum(found[name] == new[name] for name in found)
            assert count == done if between else count >= done
            child.ask("upgrade")
        with closing(Library(tmp_path / "library", HashedWords())) as library:
            assert kept_of(library) == kept
            library.restore(files[0].name)
            finished = state_of(library)
        assert finished["wrong"] == []
        assert {b["file_name"]: b for b in finished["briefings"]} == new


def kill_upgrade(folder: Path, done: int, *, between: bool) -> None:
    """Kill an upgrade when so many briefings are done: where it stands, or when it writes the next one."""
    child = Child()
    child.ask("open", folder)
    assert len(child.ask("upgrade", done)) == done
    if not between:
        log = folder / "catalogue.sqlite3-wal"
        before = log.stat().st_mtime_ns
        child.tell(("go on",))
        while log.exists() and log.stat().st_mtime_ns == before:
            os.sched_yield()
    child.kill()


def test_doctor_and_the_command_say_what_is_outdated(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with closing(Library(folder)) as library:
        put(library, write_markdown(tmp_path / "ashby.md", "Ashby", count=3), write_markdown(tmp_path / "brook.md", "Brook", count=3))
        age(library)
        library.catalogue.set_setting("weights", "0" * 64)
    findings = {finding.what: finding for finding in examined(folder, None, Upgrade)}
    assert findings["Reading"].told == "2 briefings were read by an earlier version (2 by older rules). Run `reflect upgrade`."
    assert findings["Vectors"].told == "were made by other weights of the embedding model. Run `reflect upgrade`."
    assert not findings["Reading"].well
    app = commands(steps, starter_briefings, expanded, lambda *_: None, Upgrade)
    done = CliRunner().invoke(app, ["upgrade", "--library", str(folder)])
    assert done.exit_code == 0, done.output
    assert done.stdout.count("replaced") == 2
    assert "If you saved the page and position of a quotation elsewhere" in done.stderr
    findings = {finding.what: finding for finding in examined(folder, None, Upgrade)}
    assert findings["Reading"].well
    assert "Vectors" not in findings
    again = CliRunner().invoke(app, ["upgrade", "--library", str(folder)])
    assert again.stdout == "Every briefing was read by the rules and readers of this version.\n"


def test_vectors_of_other_weights_under_the_same_name_are_made_again(tmp_path: Path) -> None:
    """A folder whose weights were exchanged keeps its name; its vectors are not compared with the earlier ones."""
    folder = tmp_path / "library"
    made = write_markdown(tmp_path / "ashby.md", "Ashby")

    class Weighed(HashedWords):
        weights = "one"

    with closing(Library(folder, Weighed())) as library:
        put(library, made)
        assert library.catalogue.setting("weights") == "one"

    class Exchanged(HashedWords):
        weights = "other"

        def embed_query(self, text: str) -> list[float]:
            return super().embed_query(text)[::-1]

    with closing(Library(folder, Exchanged())) as library:
        library.ready()
        assert library.catalogue.setting("weights") == "other"
        assert state_of(library)["wrong"] == []
    with closing(Library(folder, HashedWords())) as library:  # an embedder that tells no weights is known by its name alone
        before = library.embedder.embedded  # type: ignore[attr-defined]
        library.ready()
        assert library.embedder.embedded == before  # type: ignore[attr-defined]


def test_the_weights_of_a_model_are_told_by_their_bytes(tmp_path: Path) -> None:
    model = shutil.copytree(default_weights(), tmp_path / "model")
    first = SentenceEmbedder(str(model)).weights
    assert first == SentenceEmbedder(str(default_weights())).weights
    content = bytearray((model / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (model / "model.safetensors").write_bytes(content)
    assert SentenceEmbedder(str(model)).weights not in ("", first)
    assert SentenceEmbedder().weights == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert SentenceEmbedder("a-model/that-is-not-here").weights == ""


READ_BY_RULES = {4: "af2b329b7035941af5d57c5c1e08017c450281db56c688546cd8006511706a48"}


def test_the_number_of_the_rules_is_raised_with_what_comes_of_a_file(tmp_path: Path) -> None:
    """Where this fails, passages come out otherwise than before: raise RULES in ingest/certify.py, and put the new digest in here."""
    makers = (made_files.bullets, made_files.columns, made_files.table, made_files.long_report)
    files = [*(maker(tmp_path / f"{maker.__name__}.pdf") for maker in makers), made_files.word(tmp_path / "word.docx")]
    files += [notes_of(tmp_path / f"notes{ending}") for ending in (".docx", ".odt", ".rtf", ".html")]
    files += sorted(write_folder(tmp_path / "files", PLACES[:3]).iterdir())
    read_so: list[Any] = []
    for file in files:
        source = read(file)
        reading = assemble(source, details_of(source, file.name).pseudonyms)
        read_so += [[p.page, p.start, p.end, p.kind, p.heading, p.text] for p in reading.passages]
        read_so += [[page.number, asdict(mark)] for page in reading.pages for mark in page.marks]
    assert len(read_so) > 60
    assert hashlib.sha256(json.dumps(read_so).encode()).hexdigest() == READ_BY_RULES[RULES]


def test_outdated_says_why(library: Library, tmp_path: Path) -> None:
    put(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    age(library)
    assert outdated(library) == [Outdated(library.briefing("ashby.md"), "by older rules")]
