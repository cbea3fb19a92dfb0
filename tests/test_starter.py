"""The starter library: its files are made from their words, are read whole, say what they are, and stand behind published reviews."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from assistant.answering.markdown import as_markdown
from assistant.assistant import Assistant
from assistant.cli.main import commands
from assistant.page.answer import answered
from assistant.page.source import reference
from assistant.reflection.guided import Guided
from docs import starter as words
from ingest.pipeline import expanded, ingest, starter_briefings, steps
from knowledge.briefing import PassageKind
from knowledge.library import Library
from knowledge.themes import themes
from tests.prepared import prepared

SOURCES = words.sources()
SELF = re.compile(
    r"\b(?:this|these|the five|the three) (?:papers?|boards|documents?|summar(?:y|ies)|librar(?:y|ies))\b|\b(?:above|below|gap note)\b",
    re.I,
)
BLOCK = "From our starter library, not a published review"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_same_words_make_the_file_that_is_shipped(source: Path) -> None:
    assert words.made(source) == (words.STARTER / f"{source.stem}.pdf").read_bytes(), "make them anew: python -m docs.starter"


def test_the_files_are_sixteen_or_more_and_small() -> None:
    files = starter_briefings()
    assert len(files) >= 16
    assert {path.stem for path in files} == {path.stem for path in SOURCES}
    assert sum(path.stem.startswith("case-") for path in files) == 6
    assert sum(path.stat().st_size for path in files) < 1_500_000


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_page_says_what_it_is(source: Path) -> None:
    pages = PdfReader(words.STARTER / f"{source.stem}.pdf").pages
    assert 2 <= len(pages) <= 6
    for page in pages:
        printed = " ".join(page.extract_text().split())
        assert words.FOOT in printed
        assert (words.FICTIONAL in printed) == source.stem.startswith("case-")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_our_own_reader_finds_every_finding_whole_under_its_heading_and_nothing_else(source: Path, starter_library: Library) -> None:
    written = words.read(source)
    wanted: list[tuple[str, str]] = []
    heading = written.details["title"]
    for part in written.parts:
        if part.kind == "heading":
            heading = f"{written.details['title']} > {part.text}"
        elif part.kind == "table":
            wanted += [(f"{heading} > {label}", text) for label, text in part.rows]
        else:
            wanted.append((heading, part.text))
    briefing = starter_library.briefing(f"{source.stem}.pdf")
    passages = [stored.passage for stored in starter_library.catalogue.passages(briefing.id)]
    assert [(passage.heading, passage.text) for passage in passages] == wanted
    asked = [passage.text.endswith("?") for passage in passages]
    assert [passage.kind is PassageKind.QUESTION for passage in passages] == asked


def test_the_details_are_read_off_the_page(starter_library: Library) -> None:
    for briefing in starter_library.briefings():
        written = words.read(words.STARTER / "source" / f"{Path(briefing.file_name).stem}.md")
        details = briefing.details
        assert (details.title, details.publisher) == (written.details["title"], "Practice Reflection Assistant")
        assert (details.kind, str(details.date)) == (written.details["kind"], "November 2026")
        assert ", ".join(details.pseudonyms) == written.details.get("pseudonyms", "")
        assert details.rests_on == written.details.get("rests on", "")
        assert not details.authors + details.people
        assert not details.contacts


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_each_finding_stands_alone(source: Path) -> None:
    findings = [part.text for part in words.read(source).parts if part.kind == "item" and not part.text.endswith("?")]
    assert len(findings) >= 12
    for text in findings:
        assert 80 <= len(text) <= 300, text
        assert text[0].isupper() or text[0] == "“", text
        assert text.endswith((".", ").")), text
        assert not SELF.search(text), text
        assert not re.match(r"(?:This|These|That|Those|They|It|He|She|Such|However|But)\b", text), text


def test_each_case_names_its_child_in_all_that_is_told_of_it(starter_library: Library) -> None:
    for briefing in starter_library.briefings():
        if briefing.file_name.startswith("case-"):
            (child,) = briefing.details.pseudonyms
            passages = [stored.passage for stored in starter_library.catalogue.passages(briefing.id)]
            told = [p for p in passages if p.kind is PassageKind.PARAGRAPH and "Stage" in p.heading]
            assert len(told) >= 9
            assert all(p.case == child for p in passages)
            assert sum(child in p.text for p in told) == len(told), [p.text for p in told if child not in p.text]


def test_every_theme_is_named_by_a_document() -> None:
    named = {theme for source in SOURCES for theme in words.read(source).details["themes"].split("; ")}
    assert named == {theme.name for theme in themes()}


def test_what_happened_to_a_child_of_a_case_is_answered_from_that_case_alone(assistant: Assistant) -> None:
    for name in ("Linnet", "Corin", "Bryony", "Zaki", "Jory", "Selam"):
        reply = assistant.reply(f"What happened to {name}?")
        assert reply.citations
        assert {c.quotation.briefing.file_name for c in reply.citations} == {f"case-{name.lower()}.pdf"}
        assert " · fictional" in as_markdown(reply)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, starter_library: Library) -> Iterator[Assistant]:
    """An assistant over the starter library and one published review."""
    folder = tmp_path_factory.mktemp("mixed")
    review = folder / "anyshire-2014.md"
    review.write_text(
        "# Learning from a review of neglect\n\nAnyshire Safeguarding Children Board\n\nMarch 2014\n\n## Findings\n\n"
        "- The panel heard that fathers were never invited to a meeting, and that no one had asked what they thought.\n"
        "- Neglect of the children was written down nine times over four years and was never put together in a chronology.\n",
        "utf-8",
    )
    shutil.copytree(starter_library.folder, folder / "library", ignore=shutil.ignore_patterns("*.lock"))
    library = Library(folder / "library")
    assert {result.status for result in ingest(library, [review])} == {"added"}
    yield Assistant(library)
    library.close()


@pytest.mark.parametrize("question", ["What do reviews say about fathers?", "What have reviews learned about neglect and chronologies?"])
def test_published_reviews_come_first_and_the_starter_library_follows_in_its_own_block(mixed: Assistant, question: str) -> None:
    reply = mixed.reply(question)
    ours = [citation.starter for citation in reply.citations]
    assert ours == sorted(ours)
    assert not ours[0]
    assert 1 <= sum(ours) <= 2
    assert [citation.as_json()["starter"] for citation in reply.citations] == ours
    assert [group.title for group in reply.groups].index(BLOCK) == len(reply.groups) - 1
    said = as_markdown(reply)
    reviews, block = said.split(f"**{BLOCK}**")
    assert "> “" in reviews
    assert "“" not in block.replace("under “", "")
    page = answered(reply)
    reviews, block = page.split(BLOCK)
    assert "What reviews say" in reviews
    assert "<blockquote>" in reviews
    assert "<blockquote>" not in block
    assert re.match(r"\d+ passages? .*(?:mentions? this|closest to your question)\.$", reply.opening)
    assert [c.reference for c in reply.citations if not c.starter], "no published passage"


def test_to_an_open_question_passages_are_near_and_of_a_fact_they_speak(mixed: Assistant) -> None:
    assert mixed.reply("What makes people leave fathers out of meetings?").opening.endswith("closest to your question.")
    assert mixed.reply("How many times was the neglect of the children written down?").opening.endswith(("mention this.", "mentions this."))


def test_only_published_briefings_are_counted_as_speaking_or_silent(mixed: Assistant) -> None:
    reply = mixed.reply("What do all the briefings say about fathers?")
    assert reply.opening == "The one briefing here mentions this."
    assert reply.silent == ()


def test_what_only_the_starter_library_answers_is_not_called_what_reviews_say(mixed: Assistant) -> None:
    page = answered(mixed.reply("What do reviews say about interpreters?"))
    assert BLOCK in page
    assert "We found nothing about this in the published reviews in this library." in page
    assert "What reviews say" not in page


def test_a_copied_reference_has_no_quotation_marks_and_says_what_it_is(mixed: Assistant) -> None:
    for citation in mixed.reply("What do reviews say about fathers?").citations:
        copied = reference(citation)
        assert copied.startswith("“") is not citation.starter
        assert ("not a published review" in copied) is citation.starter


def test_a_guided_reflection_takes_none_of_it_where_there_are_published_reviews(mixed: Assistant) -> None:
    learned = Guided(mixed).learned({"purpose": "His father is never at home when I visit and nobody has asked him anything."})
    assert learned
    assert not any(one.citation.starter for one in learned)


def test_starter_briefings_of_an_earlier_version_are_taken_out(tmp_path: Path) -> None:
    library = Library(prepared(tmp_path / "library"))
    old = tmp_path / "unseen-men.md"
    old.write_text(
        "# Fathers\n\nStarter briefing, written for this product\n\n- Fathers were not asked for their own view of the child.\n", "utf-8"
    )
    own = tmp_path / "own.md"
    own.write_text("# Our own\n\n- The grandmother was never asked what she had seen at weekends.\n", "utf-8")
    list(ingest(library, [old], starter=True))
    list(ingest(library, [own]))
    library.catalogue.set_setting("starters", "unseen-men.md deleted-before.md")
    library.close()
    app = commands(steps, starter_briefings, expanded, lambda *_, **__: None)
    ran = CliRunner().invoke(app, ["ingest", "--starter", "--library", str(tmp_path / "library")])
    assert ran.exit_code == 0
    assert "unseen-men.md" in ran.output
    again = CliRunner().invoke(app, ["list", "--json", "--library", str(tmp_path / "library")])
    held = {json.loads(line)["document"] for line in again.output.splitlines()}
    assert held == {"own.md", *(path.name for path in starter_briefings())}
