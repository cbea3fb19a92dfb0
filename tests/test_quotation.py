"""Words shown as a review's are the review's: quotations, passages and the library's memory, over random documents."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ingest.pipeline import ingest
from ingest.reading import read
from ingest.structure import assemble
from knowledge.briefing import Briefing, Details, Page, Quotation
from knowledge.errors import BriefingNotFound, QuotationError
from knowledge.library import Library
from tests.library_maker import HashedWords, texts_with

BRIEFING = Briefing("a", "a.md", "0" * 64, Details(), paged=False)
WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZéßøŁλжש语", min_size=1, max_size=9)
SENTENCE = st.lists(WORD, min_size=1, max_size=14).map(" ".join)
ENDED = st.tuples(SENTENCE, st.sampled_from([".", "?", "!", "…", ":", ";", "", ".”"])).map("".join)


@settings(max_examples=500)
@given(page=st.text(max_size=60), start=st.integers(-70, 70), end=st.integers(-70, 70), text=st.text(max_size=8), drawn=st.booleans())
def test_a_quotation_is_its_page_from_start_to_end(page: str, start: int, end: int, text: str, drawn: bool) -> None:
    """Whatever Python's slices forgive (a negative offset, an end beyond the page), a quotation does not."""
    text = page[start:end] if drawn else text
    true = 0 <= start < end <= len(page) and page[start:end] == text
    if true:
        quotation = Quotation(BRIEFING, Page(1, page), start, end, text)
        assert quotation.page.text[quotation.start : quotation.end] == quotation.text != ""
    else:
        with pytest.raises(QuotationError, match=r"a\.md, page 1"):
            Quotation(BRIEFING, Page(1, page), start, end, text)


@given(page=st.text(min_size=2, max_size=60), data=st.data())
def test_a_true_quotation_is_built_and_a_shifted_one_is_not(page: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(page) - 1))
    end = data.draw(st.integers(start + 1, len(page)))
    Quotation(BRIEFING, Page(1, page), start, end, page[start:end])
    shift = data.draw(st.integers(-len(page), len(page)))
    assume(page[start + shift : end + shift] != page[start:end] or start + shift < 0)
    with pytest.raises(QuotationError):
        Quotation(BRIEFING, Page(1, page), start + shift, end + shift, page[start:end])


HEADING = st.tuples(st.integers(1, 4), SENTENCE).map(lambda pair: "#" * pair[0] + " " + pair[1])
BULLETS = st.lists(ENDED, min_size=1, max_size=5).map(lambda items: "\n".join(f"- {item}" for item in items))
NUMBERED = st.lists(ENDED, min_size=1, max_size=5).map(lambda items: "\n".join(f"{n}. {item}" for n, item in enumerate(items, 1)))
PARAGRAPH = st.lists(ENDED, min_size=1, max_size=6).map("\n".join)
LONG = st.lists(ENDED, min_size=2, max_size=5).map(lambda sentences: " ".join(sentences * 12))  # longer than one passage may be


@st.composite
def tables(draw: st.DrawFn) -> str:
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(SENTENCE, min_size=width, max_size=width), min_size=2, max_size=5))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


DOCUMENT = st.lists(HEADING | BULLETS | NUMBERED | PARAGRAPH | LONG | tables(), min_size=1, max_size=8).map("\n\n".join)


def words_of(text: str) -> list[str]:
    """The words without the numbers: Markdown itself counts the items of a list, whatever was typed."""
    return re.findall(r"[^\W\d_]+", text)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(document=DOCUMENT)
def test_every_passage_is_its_slice_of_its_page_and_no_word_is_lost(document: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.md")
        file.write_text(document, "utf-8")
        source = read(file)
    reading = assemble(source)
    pages = {page.number: page for page in reading.pages}
    place, ordinal = (0, 0), 0
    for passage in reading.passages:
        text = pages[passage.page].text
        assert text[passage.start : passage.end] == passage.text
        Quotation(BRIEFING, pages[passage.page], passage.start, passage.end, passage.text)
        assert passage.ordinal > ordinal
        ordinal = passage.ordinal
        for again in passage.also_at:
            assert words_of(pages[again.page].text[again.start : again.end].casefold()) == words_of(passage.text.casefold())
        assert (passage.page, passage.start) >= place, "a passage stands before, or inside, the one before it"
        place = (passage.page, passage.end)
    for page in reading.pages:
        for heading in page.headings:
            assert page.text[heading.start : heading.end].strip()
    assert words_of("\n".join(page.text for page in reading.pages)) == words_of(re.sub(r"(?m)^\|( --- \|)+$", "", document))


@dataclass(frozen=True)
class Kept:
    """What the model knows of a briefing: the words that it alone prints, and whether it is withdrawn."""

    words: tuple[str, ...]
    withdrawn: bool = False


class Shelf(RuleBasedStateMachine):
    """The library against a model in memory: files come, change, go, are withdrawn and restored."""

    NAMES = ("a.md", "b.md", "a.txt", "c d.md", "ü.md")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.model: dict[str, Kept] = {}
        self.editions = 0

    @initialize()
    def open(self) -> None:
        self.library = Library(Path(self.folder.name, "library"), HashedWords())

    def teardown(self) -> None:
        self.library.close()
        self.folder.cleanup()

    def write(self, name: str, words: tuple[str, ...]) -> Path:
        path = Path(self.folder.name, name)
        path.write_text(
            "".join(f"Nobody wrote down what {word} had said to the health visitor about the father.\n\n" for word in words), "utf-8"
        )
        return path

    @rule(name=st.sampled_from(NAMES), count=st.integers(1, 3))
    def add_or_replace(self, name: str, count: int) -> None:
        words = tuple(f"witness{self.editions + n}x" for n in range(count))
        self.editions += count
        (result,) = ingest(self.library, [self.write(name, words)])
        assert result.status == ("replaced" if name in self.model else "added")
        self.model[name] = Kept(words, name in self.model and self.model[name].withdrawn)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def add_again(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        (result,) = ingest(self.library, [self.write(name, self.model[name].words)])
        assert result.status == "unchanged"

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        self.expect(name, lambda: self.library.delete(name))
        self.model.pop(name, None)

    @rule(name=st.sampled_from(NAMES))
    def withdraw(self, name: str) -> None:
        self.expect(name, lambda: self.library.withdraw(name, who="R. Okafor", why="under appeal"))
        if name in self.model:
            self.model[name] = Kept(self.model[name].words, withdrawn=True)

    @rule(name=st.sampled_from(NAMES))
    def restore(self, name: str) -> None:
        self.expect(name, lambda: self.library.restore(name))
        if name in self.model:
            self.model[name] = Kept(self.model[name].words)

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.open()

    def expect(self, name: str, change: Callable[[], Briefing]) -> None:
        """The change is made to the briefing of that name, or refused where there is none."""
        if name in self.model:
            assert change().file_name == name
        else:
            with pytest.raises(BriefingNotFound):
                change()

    @invariant()
    def listed(self) -> None:
        listed = {b.file_name: bool(b.withdrawn) for b in self.library.briefings()}
        assert listed == {name: kept.withdrawn for name, kept in self.model.items()}
        assert {b.file_name for b in self.library.briefings(withdrawn=False)} == {n for n, kept in self.model.items() if not kept.withdrawn}
        assert len({b.id for b in self.library.briefings()}) == len(self.model)

    @invariant()
    def found(self) -> None:
        """Each word ever written is found where, and only where, a briefing in force prints it; likewise by meaning."""
        in_force = {word for kept in self.model.values() if not kept.withdrawn for word in kept.words}
        found = " ".join(texts_with(self.library, *(f"witness{n}x" for n in range(self.editions))))
        assert set(re.findall(r"witness\d+x", found)) == in_force
        near = self.library.by_meaning(HashedWords().embed_query("nobody wrote down"), 1000)
        texts = " ".join(stored.passage.text for stored in self.library.stored([n for n, _ in near]).values())
        assert set(re.findall(r"witness\d+x", texts)) == in_force


TestShelf = Shelf.TestCase
TestShelf.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
