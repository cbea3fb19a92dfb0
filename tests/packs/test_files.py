"""The files of a pack, opened again: every quotation on its page, nothing of another case, and made so that everybody can read them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from pptx import Presentation

from assistant.packs import edit
from assistant.packs.desk import Desk
from assistant.packs.files import FORMS, OURS, files_of, zipped
from assistant.packs.pack import Pack, PackError
from assistant.packs.pack_file import PACK_FILE, opened
from knowledge.library import Library
from tests.packs.conftest import TAMSIN, TWO_CASES

INNERMOST = re.compile(r"“([^“”]*)”")
QUOTED = re.compile(r"^“(.*)”$", re.DOTALL)


def paragraphs(data: bytes) -> Iterator[tuple[str, str]]:
    """The words of a Word file with the names of their styles, those of tables included."""
    document = Document(io.BytesIO(data))
    names = {style.style_id: style.name for style in document.styles}
    for paragraph in document.element.body.iter(qn("w:p")):
        text = "".join(t.text or "" for t in paragraph.iter(qn("w:t")))
        yield names.get(paragraph.style or "", "Normal") or "", text


def slide_texts(data: bytes) -> Iterator[str]:
    for slide in Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
        yield from slide.notes_slide.notes_text_frame.text.split("\n")


def all_texts(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    for name, data in files.items():
        texts = slide_texts(data) if name.endswith(".pptx") else (text for _, text in paragraphs(data))
        yield from ((name, text) for text in texts if text.strip())


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def printed(library: Library) -> str:
    """All that the library's pages print."""
    return plain(" ".join(page.text for one in library.briefings() for page in library.catalogue.pages(one.id)))


def test_there_is_a_file_of_each_form_and_all_are_in_the_zip(pack: Pack, files: dict[str, bytes]) -> None:
    assert {name.split(".")[0] for name in files} == set(FORMS)
    with zipfile.ZipFile(io.BytesIO(zipped(pack, files))) as archive:
        assert set(archive.namelist()) == {*files, PACK_FILE}
        assert archive.testzip() is None
    assert set(files_of(pack, ["slides"])) == {"slides.pptx", "sources.docx"}
    with pytest.raises(PackError, match="no form called posters"):
        files_of(pack, ["posters"])


def test_every_text_between_quotation_marks_is_printed_in_the_library(files: dict[str, bytes], printed: str) -> None:
    found = 0
    for name, text in all_texts(files):
        whole = QUOTED.match(text.strip())
        for words in [whole[1]] if whole else INNERMOST.findall(text):
            found += 1
            assert plain(words) in printed, f"{name}: {words}"
    assert found > 60


def test_every_quotation_of_a_published_paper_has_its_marks_and_its_reference(pack: Pack, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if not name.endswith(".docx"):
            continue
        texts = list(paragraphs(data))
        for place, (style, text) in enumerate(texts):
            if style == "Quote":
                assert QUOTED.match(text), f"{name}: {text}"
                after = next(style for style, _ in texts[place + 1 :] if style != "Quote")
                assert after == "Reference"
    for name, data in files_of(pack, ["practitioner-briefing"]).items():
        references = [text for style, text in paragraphs(data) if style == "Reference"]
        if name == "practitioner-briefing.docx":
            assert any(re.match(r"Exampleshire, paragraphs? \d+.* under “", text) for text in references), references
            assert any("cites Working Together 2015, replaced since" in text for text in references)


def test_no_file_holds_a_word_of_another_case(files: dict[str, bytes], fictional: Pack) -> None:
    assert [(name, text) for name, text in all_texts(files) if "Iolo" in text and text != "Iolo"] == []
    others = ("Corin", "Jory", "Linnet", "Selam", "Zaki", "Tamsin", "Iolo")
    assert [(name, text) for name, text in all_texts(files_of(fictional)) for other in others if other in text] == []


def test_what_is_fictional_says_so_and_has_no_marks(fictional: Pack) -> None:
    made = files_of(fictional)
    for name, data in made.items():
        if name.endswith(".docx"):
            texts = list(paragraphs(data))
            assert not [text for style, text in texts if style == "Quote" and QUOTED.match(text)]
            assert all("fictional" in text or "starter material" in text for style, text in texts if style == "Reference")
    assert any("Fictional material" in text for _, text in paragraphs(made["learner-version.docx"]))
    assert any("fictional" in text for text in slide_texts(made["slides.pptx"]))


def test_the_learner_meets_no_finding_before_the_last_stage(pack: Pack, files: dict[str, bytes]) -> None:
    texts = [text for _, text in paragraphs(files["learner-version.docx"])]
    lines = [line for one in (*pack.found, *pack.helped, *pack.elsewhere) for line in one.lines]
    first = min(place for place, text in enumerate(texts) if any(line in text for line in lines))
    last_stop = max(place for place, text in enumerate(texts) if text == "Stop and talk")
    assert texts.index("Before you turn the page") < first
    assert last_stop < first
    slides = list(slide_texts(files["slides.pptx"]))
    assert slides.index("Before we go on") < min(place for place, text in enumerate(slides) if any(line in text for line in lines))


def test_the_content_notice_comes_before_the_first_extract(files: dict[str, bytes]) -> None:
    for name in ("facilitator-guide.docx", "learner-version.docx", "practitioner-briefing.docx", "manager-briefing.docx"):
        styles = list(paragraphs(files[name]))
        notice = next(n for n, (_, text) in enumerate(styles) if text == "Before you begin: the content")
        assert notice < next(n for n, (style, _) in enumerate(styles) if style == "Quote")


def test_word_files_have_headings_in_order_table_heads_and_british_english(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if not name.endswith(".docx"):
            continue
        document: Any = Document(io.BytesIO(data))
        assert document.core_properties.language == "en-GB"
        assert document.core_properties.title
        assert document.styles.element.find(".//" + qn("w:lang")).get(qn("w:val")) == "en-GB"
        styles = [style for style, text in paragraphs(data) if text]
        assert styles[0] == "Title"
        assert styles.count("Title") == 1
        levels = [int(style[-1]) for style in styles if style.startswith("Heading")]
        assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), name
        for table in document.tables:
            head = table.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader"))
            assert (head is not None) == any(cell.text for cell in table.rows[0].cells), name


def test_slides_have_titles_notes_alternative_texts_and_one_quotation_each(files: dict[str, bytes], pack: Pack) -> None:
    deck: Any = Presentation(io.BytesIO(files["slides.pptx"]))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert len(titles) == len(set(titles))
    assert titles[0] == pack.title
    references = 0
    for slide in deck.slides:
        assert slide.notes_slide.notes_text_frame.text.strip()
        texts = [p.text for shape in slide.placeholders if shape.placeholder_format.idx == 1 for p in shape.text_frame.paragraphs]
        cited = [text for text in texts if "under “" in text and not QUOTED.match(text)]
        if any(QUOTED.match(text) for text in texts):
            assert len(cited) == 1
            references += 1
        for shape in slide.shapes:
            if shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
                assert shape.table.first_row
        for run in slide._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
            assert run.get("lang") == "en-GB"
    assert references >= len(pack.extracts) - len(pack.advice)


def test_the_seven_boxes_and_the_newsletter_keep_their_measure(files: dict[str, bytes]) -> None:
    table = Document(io.BytesIO(files["seven-minute-briefing.docx"])).tables[0]
    assert [row.cells[0].text[:2] for row in table.rows[1:]] == [f"{n}." for n in range(1, 8)]
    item = [(style, text) for style, text in paragraphs(files["newsletter-item.docx"]) if text]
    assert sum(style == "Quote" for style, _ in item) >= 2
    counted = re.search(r"^(\d+) words", next(text for _, text in item if "words, quotations" in text))
    assert counted
    assert 100 <= int(counted[1]) <= 150


def test_the_list_of_sources_says_all_of_each_document(files: dict[str, bytes], library: Library) -> None:
    texts = [text for _, text in paragraphs(files["sources.docx"])]
    briefing = library.briefing(TAMSIN)
    assert briefing.sha256 in texts
    assert "Exampleshire Safeguarding Children Partnership" in texts
    assert any("Working Together 2015" in text for text in texts)
    today = date.today()
    assert f"{today.day} {today:%B %Y}" in texts


def test_a_pack_is_opened_again_with_its_edits(desk: Desk, pack: Pack) -> None:
    edited = edit.ask(
        desk, edit.shorten(edit.retitle(desk, pack, "For “Thursday”"), pack.stages[0].key, 0, 0), pack.stages[0].key, ["Who?"]
    )
    again, losses = opened(desk, zipped(edited, {}))
    assert losses == ()
    assert [(one.key, one.lines) for one in again.extracts] == [(one.key, one.lines) for one in edited.extracts]
    assert (again.title, again.stages[0].asks, again.choice) == (edited.title, edited.stages[0].asks, edited.choice)


def test_what_was_withdrawn_or_replaced_is_said(desk: Desk, pack: Pack, library: Library) -> None:
    from ingest.pipeline import ingest

    data = zipped(pack, {})
    library.withdraw("another.md")
    kept, losses = opened(desk, data)
    assert kept.elsewhere == ()
    assert {(loss.why, loss.file) for loss in losses} == {("withdrawn", "another.md")}
    assert "another.md has been withdrawn. Taken out: " in str(losses[0])
    library.restore("another.md")
    library.withdraw(TAMSIN)
    with pytest.raises(PackError, match="Nothing that this pack’s stages quote"):
        opened(desk, data)
    library.restore(TAMSIN)
    briefing = library.briefing(TAMSIN)
    source = Path(briefing.source)
    try:
        source.write_text(TWO_CASES.replace("- Nobody asked who the man", "- It was not known who the man"), "utf-8")
        assert [result.status for result in ingest(library, [source])] == ["replaced"]
        kept, losses = opened(desk, data)
        assert {loss.why for loss in losses} == {"replaced", "changed"}
        assert "Nobody asked" not in " ".join(line for one in kept.extracts for line in one.lines)
    finally:
        source.write_text(TWO_CASES, "utf-8")
        assert [result.status for result in ingest(library, [source])] == ["replaced"]


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04 not a zip", b'{"format": "other"}', b"\xff\xfe\x00"])
def test_what_is_no_pack_is_refused_in_a_sentence(desk: Desk, data: bytes) -> None:
    with pytest.raises(PackError, match="cannot be opened as a pack"):
        opened(desk, data)


def test_an_organisation_brings_its_own_templates(pack: Pack, work: Path) -> None:
    own = work / "own"
    own.mkdir()
    document = Document(str(OURS / "template.docx"))
    document.sections[0].header.paragraphs[0].text = "Exampleshire"
    document.save(str(own / "template.docx"))
    made = files_of(pack, ["action-plan"], own)
    assert Document(io.BytesIO(made["action-plan.docx"])).sections[0].header.paragraphs[0].text == "Exampleshire"
    Document().save(str(own / "template.docx"))
    with pytest.raises(PackError, match="has no style called Reference"):
        files_of(pack, ["action-plan"], own)
    with pytest.raises(PackError, match="no folder"):
        files_of(pack, ["action-plan"], work / "nowhere")


def test_the_templates_put_nothing_of_ours_between_quotation_marks() -> None:
    for path in OURS.glob("*.md"):
        assert not set("“”") & set(path.read_text("utf-8")), path.name
