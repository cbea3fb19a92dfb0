"""What a reader of a file sees struck out, or does not see, is not quoted; what cannot be read is counted: in every format alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Inches
from PIL import Image
from pptx import Presentation

from ingest.reading import read
from tests import made_office
from tests.made_office import run, text_style
from tests.test_formats import shown, written

SAID = "The child was seen alone at each of the four visits."
BEFORE, AFTER = "The child was ", "seen alone at each of the four visits."
Maker = Callable[[Path], Path]


def odt(path: Path, properties: str) -> Path:
    line = f'<text:p>{BEFORE}<text:span text:style-name="T1">not </text:span>{AFTER}</text:p>'
    return made_office.open_text(path, line, text_style("T1", properties))


def rtf(path: Path, word: str) -> Path:
    return written(path, f"{{\\rtf1\\ansi {BEFORE}{{{word} not }}{AFTER}\\par}}")


STRUCK: dict[str, Maker] = {
    "a.docx": lambda path: made_office.word(path, run(BEFORE) + run("not ", "<w:strike/>") + run(AFTER)),
    "b.docx": lambda path: made_office.word(path, run(BEFORE) + run("no", "<w:dstrike/>") + run("t ", "<w:dstrike/>") + run(AFTER)),
    "c.pptx": lambda path: made_office.slide(
        path, f"<a:r><a:t>{BEFORE}</a:t></a:r>", '<a:r><a:rPr strike="sngStrike"/><a:t>not </a:t></a:r>', f"<a:r><a:t>{AFTER}</a:t></a:r>"
    ),
    "d.odt": lambda path: odt(path, 'style:text-line-through-style="solid"'),
    "e.rtf": lambda path: rtf(path, "\\strike"),
    "f.html": lambda path: made_office.page(path, f"<p>{BEFORE}<s>not </s>{AFTER}</p>"),
    "g.html": lambda path: made_office.page(path, f"<p>{BEFORE}<span style='text-decoration: line-through'>not </span>{AFTER}</p>"),
    "h.md": lambda path: written(path, f"{BEFORE}~~not~~ {AFTER}"),
    "i.md": lambda path: written(path, f"{BEFORE}<del>not</del> {AFTER}"),
}
HIDDEN: dict[str, Maker] = {
    "a.docx": lambda path: made_office.word(path, run(BEFORE) + run("not ", "<w:vanish/>") + run(AFTER)),
    "b.odt": lambda path: odt(path, 'text:display="none"'),
    "c.rtf": lambda path: rtf(path, "\\v"),
    "d.html": lambda path: made_office.page(path, f"<p>{BEFORE}<span hidden>not </span>{AFTER}</p>"),
    "e.html": lambda path: made_office.page(path, f"<p>{BEFORE}<span style='mso-hide:all'>not </span>{AFTER}</p>"),
}


@pytest.mark.parametrize("name", STRUCK)
def test_struck_out_words_are_left_out_and_counted(tmp_path: Path, name: str) -> None:
    source = read(STRUCK[name](tmp_path / name))
    assert SAID in shown(source)
    assert "1 struck-out passage was left out." in source.warnings


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_words_are_left_out_and_counted(tmp_path: Path, name: str) -> None:
    source = read(HIDDEN[name](tmp_path / name))
    assert SAID in shown(source)
    assert "1 hidden passage was left out." in source.warnings


def test_a_style_strikes_out_and_hides_as_the_words_themselves_do(tmp_path: Path) -> None:
    def styles(made: docx.document.Document) -> None:
        for name, switch in (("Gone", "strike"), ("Unseen", "hidden")):
            setattr(made.styles.add_style(name, WD_STYLE_TYPE.CHARACTER).font, switch, True)

    words = run(BEFORE) + run("not ", '<w:rStyle w:val="Gone"/>') + run("ever ", '<w:rStyle w:val="Unseen"/>') + run(AFTER)
    source = read(made_office.word(tmp_path / "styles.docx", words, parts=styles))
    assert SAID in shown(source)
    assert source.warnings == ("1 struck-out passage was left out.", "1 hidden passage was left out.")


def test_deletions_that_are_still_tracked_are_counted(tmp_path: Path) -> None:
    gone = "<text:changed-region><text:deletion><text:p>not</text:p></text:deletion></text:changed-region>"
    body = f"<text:tracked-changes>{gone * 2}</text:tracked-changes><text:p>{BEFORE}<text:change/>{AFTER}</text:p>"
    for path in (
        made_office.open_text(tmp_path / "two.odt", body),
        written(tmp_path / "two.rtf", f"{{\\rtf1 {{\\deleted Nobody asked. }}{BEFORE}{{\\deleted not }}{AFTER}\\par}}"),
    ):
        source = read(path)
        assert SAID in shown(source)
        assert "2 deleted passages that are still tracked were left out." in source.warnings


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next(tmp_path: Path) -> None:
    mark = "<w:pPr><w:rPr><w:del w:id='1' w:author='a'/></w:rPr></w:pPr>"
    path = made_office.word(tmp_path / "joined.docx", f"<w:p>{mark}{run(BEFORE)}</w:p><w:p>{run(AFTER)}</w:p>")
    assert SAID in shown(read(path))


def picture(folder: Path) -> Path:
    path = folder / "picture.png"
    Image.new("RGB", (200, 100), "navy").save(path)
    return path


def word_with_pictures(path: Path) -> Path:
    made = docx.Document()
    made.add_paragraph(SAID)
    for _ in range(2):
        made.add_picture(str(picture(path.parent)), width=Inches(2))
    made.save(str(path))
    return path


def show_with_pictures(path: Path) -> Path:
    show = Presentation()
    made = show.slides.add_slide(show.slide_layouts[5])
    made.shapes.title.text = SAID
    for _ in range(2):
        made.shapes.add_picture(str(picture(path.parent)), Inches(1), Inches(3))
    show.save(str(path))
    return path


PICTURES: dict[str, Maker] = {
    "a.docx": word_with_pictures,
    "b.pptx": show_with_pictures,
    "c.odt": lambda path: made_office.open_text(
        path, f"<text:p>{SAID}{'<draw:frame><draw:image/><draw:image/></draw:frame>' * 2}</text:p>"
    ),
    "d.rtf": lambda path: written(path, f"{{\\rtf1 {SAID} {{\\pict 00}}{{\\*\\shppict{{\\pict 00}}}}{{\\nonshppict{{\\pict 00}}}}\\par}}"),
    "e.html": lambda path: made_office.page(path, f"<p>{SAID}</p><img src=a.png><img src=b.png><img src=icon.png width=16><img alt=''>"),
    "f.md": lambda path: written(path, f"{SAID} ![The house](a.png) ![The street](b.png)"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_counted(tmp_path: Path, name: str) -> None:
    source = read(PICTURES[name](tmp_path / name))
    assert "2 pictures were not read." in source.warnings
    assert not {"The house", "The street"} & set(shown(source).split("\n"))


def test_comments_are_counted(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>Is this right?</text:p></office:annotation>"
    for path in (
        made_office.open_text(tmp_path / "one.odt", f"<text:p>{BEFORE}{note}{AFTER}</text:p>"),
        written(tmp_path / "one.rtf", f"{{\\rtf1 {BEFORE}{{\\*\\annotation Is this right?}}{AFTER}\\par}}"),
    ):
        source = read(path)
        assert SAID in shown(source)
        assert "Is this right" not in shown(source)
        assert "1 comment was left out." in source.warnings


def test_embedded_files_and_frames_are_counted(tmp_path: Path) -> None:
    ole = '<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject Type="Embed"/></w:object></w:r>'
    for path in (
        made_office.word(tmp_path / "one.docx", run(SAID), ole),
        made_office.open_text(tmp_path / "one.odt", f"<text:p>{SAID}<draw:frame><draw:object/><draw:image/></draw:frame></text:p>"),
        made_office.page(tmp_path / "one.html", f"<p>{SAID}</p><iframe src=a.html></iframe>"),
    ):
        source = read(path)
        assert SAID in shown(source)
        assert source.warnings == ("1 embedded file was not read.",)
