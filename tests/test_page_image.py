"""The page as a picture: the marks lie over the quotation and over nothing else, and where that fails nothing is marked."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingest.pipeline import ingest
from ingest.reading.pdf import words_on
from knowledge.briefing import Quotation
from knowledge.library import Library
from knowledge.page_drawing import squeezed
from knowledge.page_image import REACHES, in_pieces, page_image, whole
from tests import made_files
from tests.library_maker import HashedWords, write_pdf
from tests.marks import text_under, words_under


def library_of(folder: Path, *files: Path) -> Library:
    library = Library(folder / "library", HashedWords())
    assert {result.status for result in ingest(library, list(files))} == {"added"}
    return library


def ashby(path: Path) -> Path:
    return write_pdf(path, "Ashby")


@pytest.mark.parametrize("make", [ashby, made_files.bullets, made_files.columns, made_files.table], ids=lambda make: make.__name__)
def test_every_passage_is_marked_where_it_stands(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    file = make(tmp_path / "briefing.pdf")
    library = library_of(tmp_path, file)
    for stored in library.catalogue.passages(library.briefing("briefing.pdf").id):
        passage = stored.passage
        image = page_image(file, passage.page, passage.text.split("\t"), reread=words_on)
        assert image is not None
        assert text_under(file, passage.page, image.boxes) == squeezed(passage.text)


def test_a_part_of_a_sentence_is_marked_and_no_more(tmp_path: Path) -> None:
    file = made_files.columns(tmp_path / "letter.pdf")
    image = page_image(file, 1, ["passed from desk to desk until nobody owned it"])
    assert image is not None
    assert len(image.boxes) == 2
    assert text_under(file, 1, image.boxes) == "passedfromdesktodeskuntilnobodyownedit"


def test_of_two_printings_the_one_that_is_meant_is_marked(tmp_path: Path) -> None:
    made = made_files.pdf()
    for y in (40, 90, 140):
        made.text(15, y, "The child was not seen alone.")
    made.text(15, 65, "The visit went well.")
    made.text(15, 115, "School said more.")
    file = made_files.save(made, tmp_path / "twice.pdf")
    neighbours = [("", "The visit went well."), ("The visit went well.", "School said more."), ("School said more.", "")]
    tops = [image.boxes[0].top for around in neighbours if (image := page_image(file, 1, ["The child was not seen alone."], around))]
    assert tops == sorted(tops)
    assert tops[0] < 0.2 < tops[1] < 0.35 < tops[2]


def test_a_page_without_the_words_is_drawn_and_not_marked(tmp_path: Path) -> None:
    file = made_files.columns(tmp_path / "letter.pdf")
    image = page_image(file, 1, ["These words are on no page of it at all."])
    assert image is not None
    assert image.boxes == ()
    picture = Image.open(io.BytesIO(image.webp))
    assert picture.size == (image.width, image.height)
    assert min(picture.convert("L").tobytes()) < 60  # there is ink on it


def test_a_scan_is_marked_by_reading_its_picture_once_more(tmp_path: Path) -> None:
    file = made_files.scan(ashby(tmp_path / "text.pdf"), tmp_path / "scan.pdf")
    library = library_of(tmp_path, file)
    passages = [stored.passage for stored in library.catalogue.passages(library.briefing("scan.pdf").id)]
    image = page_image(file, passages[2].page, [passages[2].text], reread=words_on)
    assert image is not None
    assert words_under(words_on(file, passages[2].page), image.boxes) == squeezed(passages[2].text)
    plain = page_image(file, passages[2].page, [passages[2].text])
    assert plain is not None
    assert plain.boxes == ()


def test_what_cannot_be_drawn_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    assert page_image(tmp_path / "broken.pdf", 1, ["words"]) is None
    assert page_image(made_files.encrypted(tmp_path / "locked.pdf"), 1, ["words"]) is None
    assert page_image(made_files.columns(tmp_path / "letter.pdf"), 9, ["words"]) is None


def test_a_paragraph_over_a_page_turn_is_marked_on_both_pages(tmp_path: Path) -> None:
    from assistant.page.proof import part_on

    file = made_files.long_report(tmp_path / "report.pdf")
    library = library_of(tmp_path, file)
    briefing = library.briefing("report.pdf")
    passage = next(s.passage for s in library.catalogue.passages(briefing.id) if "teaching assistant" in s.passage.text)
    quotation: Quotation = library.quote(briefing, passage)
    marked = []
    for number in quotation.pages:
        words = part_on(quotation, library.page(briefing.id, number))
        image = page_image(file, number, [words])
        assert image is not None
        marked.append(text_under(file, number, image.boxes))
    assert len(marked) == 2
    assert "".join(marked) == squeezed(passage.text)


LETTERS = st.text("abcde", min_size=1, max_size=12)


@given(st.lists(LETTERS, min_size=1, max_size=6), st.integers(0, 5), st.integers(0, 5))
def test_what_is_found_is_what_was_sought(stream: list[str], first: int, last: int) -> None:
    page = "".join(stream)
    sought = " ".join(stream[min(first, last) : max(first, last) + 1])
    found = whole(page, [sought]).places
    assert "".join(page[start:end] for start, end in found) == squeezed(sought)


@given(st.text("abcde", max_size=40), st.text("abcde ", max_size=20))
def test_found_or_not_nothing_else_is_marked(page: str, sought: str) -> None:
    for found in (whole(page, [sought]).places, in_pieces(page, [sought])):
        assert "".join(page[start:end] for start, end in found) in ("", squeezed(sought))


@given(st.lists(LETTERS, min_size=1, max_size=8), st.data())
def test_of_several_printings_the_one_between_its_neighbours_is_found(stream: list[str], data: st.DataObject) -> None:
    page = "".join(stream)
    start = data.draw(st.integers(0, len(page) - 1))
    end = data.draw(st.integers(start + 1, len(page)))
    found = whole(page, [page[start:end]], (page[:start], page[end:]))
    assert found.places[0] in repeated(page, start, end)


def repeated(page: str, start: int, end: int) -> list[tuple[int, int]]:
    """Other places where the same words stand between the same neighbours, as far as they are looked at."""
    before, after = page[:start][-REACHES[0] :], page[end:][: REACHES[0]]
    sought, length = before + page[start:end] + after, end - start
    places = [at + len(before) for at in range(len(page)) if page.startswith(sought, at)]
    return [(at, at + length) for at in places]


def test_what_cannot_be_printed_is_nowhere_to_be_marked(tmp_path: Path) -> None:
    image = page_image(made_files.columns(tmp_path / "letter.pdf"), 1, ["\x03\x14"])
    assert image is not None
    assert image.boxes == ()
