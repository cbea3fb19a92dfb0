"""Pages that are pictures are read by text recognition, keep their structure, and say so."""

from __future__ import annotations

import difflib
import re
from contextlib import closing
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from ingest.child import Recognising
from ingest.pipeline import Result, ingest, steps
from ingest.reading import ocr, read
from ingest.reading.columns import Segment
from knowledge.errors import NoText
from knowledge.library import Library
from tests import made_files
from tests.library_maker import HashedWords

pytestmark = pytest.mark.skipif(not ocr.engine(), reason="no text recognition is installed")


def words(text: str) -> list[str]:
    return re.findall(r"\w+(?:['’-]\w+)*", text.lower().replace("’", "'"))


def share(one: str, other: str) -> tuple[float, float]:
    """The order-aware share of words that two texts have in common, of each."""
    a, b = words(one), words(other)
    same = sum(block.size for block in difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return same / len(a), same / len(b)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_scan_is_read_with_its_bullets_and_lead_however_it_lies(tmp_path: Path, turn: int) -> None:
    source = read(made_files.scan(made_files.bullets(tmp_path / "text.pdf"), tmp_path / "scan.pdf", turn))
    items = [block.text.replace(" ", "") for block in source.blocks if block.kind == "item"]  # "No one" may be read as "Noone"
    assert items == [
        "Workerstookatidyfrontroomforasafehomeanddidnotasktoseethebedrooms.",
        "Nooneagencyheldthewholehistoryofthechildren.",
        "Thegrandmotherwasneveraskedwhatshehadseen.",
    ]
    assert source.blocks[0].text == "What the Anyshire board learned"
    assert source.blocks[0].kind == "heading"


def test_two_columns_of_a_scan_are_read_one_after_the_other(tmp_path: Path) -> None:
    text = " ".join(block.text for block in read(made_files.scan(made_files.columns(tmp_path / "text.pdf"), tmp_path / "scan.pdf")).blocks)
    assert text.index("The first column") < text.index("after nine days") < text.index("The second column")


def test_a_scan_says_which_pages_were_recognised(tmp_path: Path) -> None:
    """A page with text stays as it is; its neighbour, a picture, is recognised; a drawing without words is empty."""
    scanned = pdfium.PdfDocument(made_files.scan(made_files.bullets(tmp_path / "a.pdf"), tmp_path / "scan.pdf"))
    mixed = pdfium.PdfDocument(made_files.table(tmp_path / "mixed.pdf"))
    mixed.import_pages(scanned)
    mixed.import_pages(pdfium.PdfDocument(made_files.picture_only(tmp_path / "drawn.pdf")))
    mixed.save(tmp_path / "anyshire.pdf")
    library = Library(tmp_path / "library", HashedWords())
    [result] = ingest(library, [tmp_path / "anyshire.pdf"])
    assert result.status == "added", result.why
    certificate = library.catalogue.certificate(library.briefing("anyshire.pdf").id)
    library.close()
    assert certificate["ocr_pages"] == [2]
    assert certificate["empty_pages"] == [3]
    assert "Tesseract" in certificate["reader"]
    assert any("From a scan: page 2" in warning for warning in certificate["warnings"])


def test_each_page_is_told_before_it_is_recognised(tmp_path: Path) -> None:
    made = made_files.scan(made_files.long_report(tmp_path / "report.pdf"), tmp_path / "the scan.pdf")
    with closing(Library(tmp_path / "library", HashedWords())) as library:
        *pages, last = steps(library, [made, made], names=["a copy.pdf", "the scan.pdf"])
        *told, first = [step for step in pages if step.file == "a copy.pdf"]
    note = 'is a duplicate of "a copy.pdf", and only that one is quoted and counted'
    assert first == Result("a copy.pdf", "added", pages=3, passages=29)
    assert last == Result("the scan.pdf", "added", pages=3, passages=29, note=note)
    assert told[0] == Recognising("a copy.pdf", 1, 3)
    assert [step.page for step in told if isinstance(step, Recognising)] in ([1, 2, 3], [1, 2], [1, 3])  # a page may be read in no time
    assert {step for step in pages if step.file == "the scan.pdf"} <= {Recognising("the scan.pdf", page, 3) for page in (1, 2, 3)}


def test_a_picture_without_words_is_refused_with_its_page(tmp_path: Path) -> None:
    with pytest.raises(NoText, match="no text on page 1"):
        read(made_files.picture_only(tmp_path / "drawn.pdf"))


def test_lines_of_one_print_size_get_one_size_and_headings_keep_theirs() -> None:
    def line(size: float) -> Segment:
        return Segment("the words of a line", 0, 100, 0, size)

    [page] = ocr.levelled([[line(10.0), line(10.0), line(9.1), line(11.4), line(10.0), line(19.0)]])
    assert [segment.size for segment in page[:5]] == [10.0] * 5
    assert page[5].size > 15


def test_the_real_scan_has_the_words_of_its_text(shared: Path) -> None:
    stem = "cambridgeshire-2013-scr-silp-briefing"
    source = read(shared / "briefings" / f"{stem}.scan.pdf")
    text = " ".join(f"{block.marker} {block.text}" for block in source.blocks)
    assert min(share((shared / "briefings" / f"{stem}.txt").read_text("utf-8"), text)) >= 0.95
    assert sum(block.kind == "item" for block in source.blocks) == 15
    assert source.ocr_sheets == (1, 2)
