"""The library as a user meets it: what goes in, what is found, what is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.assistant import Assistant
from knowledge.briefing import Briefing
from knowledge.embedding import embedded_text
from knowledge.errors import BriefingNotFound, LibraryError
from knowledge.identity import UNKNOWN, Origin
from knowledge.library import Library
from knowledge.vectors import Vectors
from tests.library.looking import Open, add, assert_sound, statuses
from tests.library_maker import (
    HashedWords,
    expected,
    findings,
    nearest_texts,
    texts_with,
    write_folder,
    write_markdown,
    write_pdf,
    write_text,
)

# -- taking in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("write", "suffix"), [(write_markdown, ".md"), (write_text, ".txt"), (write_pdf, ".pdf")])
def test_what_was_added_is_found_by_words_and_by_meaning(
    library: Library, tmp_path: Path, write: Callable[[Path, str], Path], suffix: str
) -> None:
    file = write(tmp_path / f"ashby{suffix}", "Ashby")
    write_markdown(tmp_path / "brook.md", "Brook")
    results = add(library, file, tmp_path / "brook.md")
    assert [result.status for result in results] == ["added", "added"]
    assert results[0].pages == (3 if suffix == ".pdf" else 0)
    assert results[0].passages == library.briefing(file.name).passages
    assert set(findings("Ashby")) <= set(texts_with(library, "Ashby1"))
    assert findings("Ashby")[6] in nearest_texts(library, findings("Ashby")[6], 3)
    assert_sound(library, file, tmp_path / "brook.md")


def test_a_passage_of_a_pdf_is_quoted_from_its_page(library: Library, tmp_path: Path) -> None:
    add(library, write_pdf(tmp_path / "ashby.pdf", "Ashby"))
    briefing = library.briefing("ashby.pdf")
    stored = library.stored([n for n, _ in library.by_words(["Ashby1"])]).values()
    where = {s.passage.text: library.quote(briefing, s.passage).pages for s in stored}
    assert {text: where[text] for text in findings("Ashby")} == {text: (n // 4 + 1,) for n, text in enumerate(findings("Ashby"))}


def test_the_same_file_again_is_unchanged_and_is_not_embedded_again(opened: Open, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham"))
    add(opened(), folder)
    embedder = HashedWords()
    results = add(opened(embedder), folder)
    assert [result.status for result in results] == ["unchanged"] * 3
    assert embedder.embedded == 0


def test_a_changed_file_replaces_its_old_self(library: Library, tmp_path: Path) -> None:
    file, other = write_markdown(tmp_path / "ashby.md", "Ashby", 1), write_markdown(tmp_path / "brook.md", "Brook")
    add(library, file, other)
    before = library.briefing("ashby.md")
    write_markdown(file, "Ashby", 2, count=9)
    assert statuses(add(library, file, other)) == {"ashby.md": "replaced", "brook.md": "unchanged"}
    assert texts_with(library, "Ashby1") == []
    assert set(texts_with(library, "Ashby2")) >= set(findings("Ashby", 2, 9))
    assert not set(findings("Ashby", 1)) & set(nearest_texts(library, findings("Ashby", 1)[2], 100))
    assert findings("Ashby", 2)[2] in nearest_texts(library, findings("Ashby", 2)[2], 3)
    after = library.briefing("ashby.md")
    assert (after.id, after.details.date.year) == (before.id, 2012)
    assert_sound(library, file, other)


def test_files_of_one_stem_stand_side_by_side_and_are_told_apart(library: Library, tmp_path: Path) -> None:
    pdf, markdown = write_pdf(tmp_path / "review.pdf", "Ashby"), write_markdown(tmp_path / "review.md", "Brook")
    add(library, pdf, markdown)
    ids = {b.file_name: b.id for b in library.briefings()}
    assert len(set(ids.values())) == 2
    for file in (pdf, markdown):
        assert library.briefing(file.name).file_name == file.name
        assert library.briefing(ids[file.name]).file_name == file.name
    assert library.delete(ids["review.pdf"]).file_name == "review.pdf"
    assert_sound(library, markdown)
    add(library, pdf)
    library.delete("review.md")
    assert_sound(library, pdf)


def test_a_name_that_two_briefings_share_names_neither(library: Library, tmp_path: Path) -> None:
    pdf, markdown = write_pdf(tmp_path / "Spring Review.pdf", "Ashby"), write_markdown(tmp_path / "Spring Review.md", "Brook")
    add(library, pdf)
    assert library.briefing("Spring Review").file_name == pdf.name
    add(library, markdown)
    with pytest.raises(BriefingNotFound, match=r"Spring Review\.md.*Spring Review\.pdf"):
        library.delete("Spring Review")
    assert_sound(library, pdf, markdown)


def test_one_kept_file_serves_two_briefings_of_the_same_bytes(library: Library, tmp_path: Path) -> None:
    first = write_markdown(tmp_path / "first.md", "Ashby")
    second = tmp_path / "second.md"
    shutil.copy(first, second)
    add(library, first, second)
    assert library.file_of(library.briefing("first.md")).read_bytes() == first.read_bytes()
    assert len(list((library.folder / "files").iterdir())) == 1
    library.delete("first.md")
    assert_sound(library, second)


def test_a_file_that_cannot_be_embedded_is_refused_and_leaves_nothing(opened: Open, tmp_path: Path) -> None:
    class Broken(HashedWords):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            if any("Brook" in text for text in texts):
                raise LibraryError("The model stumbled. Try again.")
            return super().embed_documents(texts)

    one, bad = write_markdown(tmp_path / "ashby.md", "Ashby"), write_markdown(tmp_path / "brook.md", "Brook")
    library = opened(Broken())
    assert statuses(add(library, one, bad)) == {"ashby.md": "added", "brook.md": "refused"}
    assert_sound(library, one)
    assert statuses(add(opened(), one, bad)) == {"ashby.md": "unchanged", "brook.md": "added"}


def test_a_file_that_changes_while_it_is_read_leaves_the_library_as_it_was(library: Library, tmp_path: Path) -> None:
    one, two = write_markdown(tmp_path / "ashby.md", "Ashby"), write_markdown(tmp_path / "brook.md", "Brook")
    add(library, one)

    class Rewriting(Library):
        def holding(self, file_name: str, sha256: str, origin: Origin = UNKNOWN) -> Briefing | None:
            held = super().holding(file_name, sha256, origin)
            write_markdown(two, "Brook", 2)
            return held

    with closing(Rewriting(library.folder, HashedWords())) as rewriting:
        results = add(rewriting, two)
    assert statuses(results) == {"brook.md": "refused"}
    assert "changed while it was being read" in results[0].why
    assert_sound(library, one)


# -- taking out -----------------------------------------------------------------------------------


def test_what_was_deleted_is_gone(library: Library, tmp_path: Path) -> None:
    one, two = write_markdown(tmp_path / "ashby.md", "Ashby"), write_pdf(tmp_path / "brook.pdf", "Brook")
    add(library, one, two)
    briefing = library.delete("brook.pdf")
    assert texts_with(library, "Brook1") == []
    assert not set(findings("Brook")) & set(nearest_texts(library, findings("Brook")[2], 100))
    with pytest.raises(BriefingNotFound):
        library.page(briefing.id, 1)
    with pytest.raises(BriefingNotFound, match=r"brook\.pdf"):
        library.delete("brook.pdf")
    assert_sound(library, one)
    assert statuses(add(library, two)) == {"brook.pdf": "added"}
    assert_sound(library, one, two)


def test_a_deleted_briefing_leaves_no_words_in_any_file_of_the_library(library: Library, tmp_path: Path) -> None:
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"), write_text(tmp_path / "brook.txt", "Brook"))
    traces = [
        finding[i : i + 20].encode() for finding in findings("Brook") for i in range(len(finding) - 19) if "Brook" in finding[i : i + 20]
    ]
    everything = [file for file in library.folder.rglob("*") if file.is_file()]
    assert any(traces[0] in file.read_bytes() for file in everything)
    library.delete("brook.txt")
    library.close()
    for file in (file for file in library.folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        assert not [trace for trace in traces if trace in content], file


def evidence(assistant: Assistant, question: str) -> set[str]:
    """The files that an answer to the question may draw on."""
    return {candidate.briefing.file_name for candidate in assistant.evidence(question).candidates}


def test_a_withdrawn_briefing_is_listed_with_who_and_why_and_answers_nothing(library: Library, tmp_path: Path) -> None:
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"), write_markdown(tmp_path / "brook.md", "Brook"))
    question = "What was missed about the lodger?"
    assistant = Assistant(library)  # one that goes on while the library changes
    assert evidence(assistant, question) == {"ashby.md", "brook.md"}
    assert "by R. Okafor: names a living child" in library.withdraw("ashby.md", who="R. Okafor", why="names a living child").withdrawn
    assert evidence(assistant, question) == {"brook.md"}
    assert [b.file_name for b in library.briefings(withdrawn=False)] == ["brook.md"]
    listed = {b.file_name: b.withdrawn for b in library.briefings()}
    assert listed["brook.md"] == ""
    assert "by R. Okafor: names a living child" in listed["ashby.md"]
    assert library.restore("ashby.md").withdrawn == ""
    assert evidence(assistant, question) == {"ashby.md", "brook.md"}


def test_a_withdrawn_briefing_does_not_crowd_out_the_others(library: Library, tmp_path: Path) -> None:
    add(library, write_markdown(tmp_path / "long.md", "Ashby", count=400), write_markdown(tmp_path / "short.md", "Brook", count=4))
    library.withdraw("long.md")
    words, meaning = findings("Ashby")[6].split(), library.embedder.embed_query(findings("Ashby")[6])
    for found in (library.by_words(words, 5), library.by_meaning(meaning, 5)):
        assert {stored.briefing for stored in library.stored([n for n, _ in found]).values()} == {"short"}
    library.restore("long.md")
    for found in (library.by_words(words, 5), library.by_meaning(meaning, 5)):
        assert {stored.briefing for stored in library.stored([n for n, _ in found]).values()} == {"long"}


def test_a_withdrawn_briefing_stays_withdrawn_when_its_file_changes(library: Library, tmp_path: Path) -> None:
    file = write_markdown(tmp_path / "ashby.md", "Ashby")
    add(library, file)
    library.withdraw("ashby.md", who="R. Okafor", why="under appeal")
    write_markdown(file, "Ashby", 2)
    assert statuses(add(library, file)) == {"ashby.md": "replaced"}
    assert "by R. Okafor: under appeal" in library.briefing("ashby.md").withdrawn


# -- searching -------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, 1, 100_000])
def test_any_number_of_results_may_be_asked_for(library: Library, tmp_path: Path, limit: int) -> None:
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby", count=40))
    held = library.briefing("ashby.md").passages
    assert len(library.by_meaning(HashedWords().embed_query("father"), limit)) == min(limit, held)
    assert len(library.by_words(["Ashby1", "what", "Date"], limit)) <= min(limit, held)


def test_an_empty_library_finds_nothing(library: Library) -> None:
    assert library.by_words(["father"]) == []
    assert library.by_words([]) == []
    assert library.by_meaning(HashedWords().embed_query("father")) == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.text(max_size=12) | st.sampled_from(["AND", "NEAR(", '"', "*", "a\x00b", "text:father", "-", "\ud800"]), max_size=6)
)
def test_whatever_is_typed_can_be_searched_for(library: Library, words: list[str]) -> None:
    assert library.by_words([*words, "zebra"]) == []
    assert all(isinstance(library.catalogue.with_word(word), set) for word in words)


def test_no_words_stand_in_the_vectors_files(opened: Open, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in")
    library = opened()
    add(library, folder)
    library.delete("ashby.md")
    write_folder(folder, ("Ashby", "Brook"), edition=2)
    add(library, folder)
    library.close()
    passages = [p for file in folder.iterdir() for p in expected(file)["passages"]]
    assert len(passages) > 100
    marks = {words.encode() for *_, text, heading in passages for part in (text, heading) for words in part.split("\n") if len(words) > 12}
    files = [file for file in (library.folder / "vectors").rglob("*") if file.is_file()]
    assert len(files) > 2
    for file in files:
        content = file.read_bytes()
        assert not [mark for mark in marks if mark in content], file


def test_ten_of_ten_thousand_vectors_are_the_true_ten(tmp_path: Path) -> None:
    random = np.random.default_rng(20)
    centres = random.normal(size=(80, 64))
    points = centres[random.integers(80, size=10_000)] + 0.6 * random.normal(size=(10_000, 64))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    vectors = Vectors(tmp_path)
    vectors.add("one", range(1, 5_001), points[:5_000].tolist())
    vectors.add("two", range(5_001, 10_001), points[5_000:].tolist())
    asked = points[random.integers(10_000, size=200)] + 0.05 * random.normal(size=(200, 64))
    found = 0
    for question in asked:
        exact = points @ (question / np.linalg.norm(question))
        nearest = vectors.nearest(question.tolist(), 10)
        found += len({n for n, _ in nearest} & {int(n) + 1 for n in np.argsort(-exact)[:10]})
        assert [cosine for _, cosine in nearest] == pytest.approx([exact[n - 1] for n, _ in nearest], abs=1e-4)
    vectors.reopen()
    assert found / 2_000 >= 0.99


def test_a_library_is_searched_among_the_briefings_that_are_named(library: Library, tmp_path: Path) -> None:
    add(library, write_folder(tmp_path / "in", ("Ashby", "Brook", "Coldham")))
    probe = HashedWords().embed_query(findings("Ashby")[3])
    found = library.by_meaning(probe, 10, ["brook"])
    assert found == sorted(found, key=lambda pair: -pair[1])
    assert {s.briefing for s in library.stored([n for n, _ in found]).values()} == {"brook"}


def test_a_briefing_lists_what_was_found_about_it(library: Library, tmp_path: Path) -> None:
    add(library, write_markdown(tmp_path / "ashby.md", "Ashby"))
    briefing = library.briefing("ashby")
    assert isinstance(briefing, Briefing)
    assert (briefing.details.title, briefing.details.date.year, briefing.paged) == ("What Ashby learned", 2011, False)
    stored = library.catalogue.passages(briefing.id)
    assert briefing.passages == len(stored) == 12
    assert {s.passage.heading for s in stored} == {
        "What Ashby learned > What was missed",
        "What Ashby learned > What was heard",
    }
    assert replace(briefing, withdrawn="x").file_name == "ashby.md"
    assert embedded_text(stored[0].passage.text, stored[0].passage.heading).startswith("What was missed: In Ashby1")
