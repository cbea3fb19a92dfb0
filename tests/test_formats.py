"""Slides, web pages, rich text, OpenDocument and e-mail read as what they are; Word files as Word prints them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from pptx import Presentation
from pptx.util import Inches

from ingest.reading import read
from ingest.reading.source import Block, Source
from ingest.structure import assemble
from knowledge.briefing import Passage
from knowledge.errors import FileRefused, NoText, PasswordNeeded, UnknownFormat
from tests import made_files

NO_BACK = "The grandmother was never asked what she had seen."


def passages(path: Path) -> dict[str, Passage]:
    return {passage.text: passage for passage in assemble(read(path)).passages}


def shown(source: Source) -> str:
    return "\n".join(page.text for page in assemble(source).pages)


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def heads_of(source: Source, start: str) -> tuple[str, ...]:
    return next(block.heads for block in source.blocks if block.text.startswith(start))


def word(path: Path, fill: Callable[[Any], None]) -> Path:
    made = docx.Document()
    fill(made)
    made.save(str(path))
    return path


def test_word_shows_the_numbers_that_word_counts_and_goes_on_counting_after_a_paragraph(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.add_paragraph("Workers took a tidy front room for a safe home.", style="List Number")
        made.add_paragraph("A paragraph stands between two numbered findings and is not numbered itself.")
        made.add_paragraph(NO_BACK, style="List Number")
        made.add_paragraph("A point without a number.", style="List Bullet")

    text = shown(read(word(tmp_path / "numbers.docx", fill)))
    assert "1. Workers took" in text
    assert f"2. {NO_BACK}" in text
    assert "• A point without a number." in text


def test_word_leaves_out_deletions_and_running_heads_and_keeps_insertions_and_content_controls(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.sections[0].header.paragraphs[0].text = "Anyshire board, not for circulation"
        paragraph = made.add_paragraph("The plan was ")._p
        paragraph.append(parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>never </w:delText></w:r></w:del>'))
        paragraph.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="2" w:author="a"><w:r><w:t>always read.</w:t></w:r></w:ins>'))
        control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Words in a content control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        made.element.body.insert(1, parse_xml(control))

    source = read(word(tmp_path / "tracked.docx", fill))
    text = shown(source)
    assert "The plan was always read." in text
    assert "Words in a content control." in text
    assert "not for circulation" not in text
    assert "Anyshire board, not for circulation" in source.running
    assert "1 deleted passage that is still tracked was left out." in source.warnings


def test_word_reads_a_text_box_once_although_the_file_holds_it_twice(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Ask who else lives in the house.</w:t></w:r></w:p></w:txbxContent>"
    drawn = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    path = word(tmp_path / "box.docx", lambda made: made.add_paragraph("Beside the box.")._p.append(parse_xml(drawn)))
    assert shown(read(path)).count("Ask who else lives in the house.") == 1


def test_word_tables_tell_each_row_with_its_column_heads_merged_ones_too_and_tables_within(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        grid = made.add_table(rows=4, cols=3)
        grid.cell(0, 0).merge(grid.cell(1, 0)).text = "Agency"
        grid.cell(0, 1).merge(grid.cell(0, 2)).text = "Findings"
        for row, texts in enumerate(
            [("", "What", "When"), ("Police", "Nobody called back.", "2010"), ("School", "It was not asked.", "2011")]
        ):
            for column, text in enumerate(texts):
                if text:
                    grid.cell(row + 1, column).text = text
        for row in grid.rows[:2]:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        inner = grid.cell(3, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "Why", "The form had no box for it."

    path = word(tmp_path / "table.docx", fill)
    assert heads_of(read(path), "Police") == ("Agency", "Findings: What", "Findings: When")
    found = passages(path)
    assert found["Police\tNobody called back.\t2010"].heading == "Agency | Findings: What | Findings: When"
    assert found["The form had no box for it."].heading.endswith("Why")
    assert not {"Findings", "What\tWhen", "When"} & found.keys()  # head rows are printed, but are no findings
    assert "Agency\tFindings" in shown(read(path))


def test_word_in_its_strict_dialect_is_read(tmp_path: Path) -> None:
    usual, strict = made_files.word(tmp_path / "usual.docx"), tmp_path / "strict.docx"
    with zipfile.ZipFile(usual) as package, zipfile.ZipFile(strict, "w") as copy:
        for name in package.namelist():
            content = package.read(name)
            for kind in (b"officeDocument", b"wordprocessingml", b"drawingml"):
                content = content.replace(
                    b"http://schemas.openxmlformats.org/" + kind + b"/2006/", b"http://purl.oclc.org/ooxml/" + kind + b"/"
                )
            copy.writestr(name, content)
    assert shown(read(strict)) == shown(read(usual))


def test_large_letters_head_what_follows_where_the_writer_used_no_styles(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.add_paragraph().add_run("What the panel learned").font.size = Inches(0.3)
        made.add_paragraph("The panel read the files of six agencies and spoke with the family twice.")

    assert next(iter(passages(word(tmp_path / "sizes.docx", fill)).values())).heading == "What the panel learned"


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_ligatures_become_letters_and_soft_hyphens_go_while_quotes_and_dashes_stay(tmp_path: Path, ending: str) -> None:
    said = "The ﬁrst oﬃcer’s safe\u00adguarding note – “unread” – lay there for a week."
    assert "The first officer’s safeguarding note – “unread” – lay there for a week." in passages(written(tmp_path / f"note{ending}", said))


def test_text_in_the_older_windows_encoding_keeps_its_quotes(tmp_path: Path) -> None:
    said = "It cost £5 a week, Renée’s mother said."
    assert said in passages(written(tmp_path / "old.txt", said.encode("cp1252")))


def slides(path: Path) -> Path:
    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[0])
    first.shapes.title.text, first.placeholders[1].text = "Learning in Anyshire", "A briefing for all staff of the partnership"
    second = show.slides.add_slide(show.slide_layouts[1])
    second.shapes.title.text = "What we found"
    second.placeholders[1].text_frame.text = NO_BACK
    deeper = second.placeholders[1].text_frame.add_paragraph()
    deeper.text, deeper.level = "Nor was the aunt.", 1
    second.notes_slide.notes_text_frame.text = "Pause here."
    third = show.slides.add_slide(show.slide_layouts[6])
    grid = third.shapes.add_table(2, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, texts in enumerate([("Agency", "What", "When"), ("Police", "Nobody called back.", "2010")]):
        for column, text in enumerate(texts):
            grid.cell(row, column).text = text
    for left, text in ((5, "Right box is read last."), (1, "Left box is read first.")):
        third.shapes.add_textbox(Inches(left), Inches(0.5), Inches(3), Inches(0.5)).text_frame.text = text
    show.slides.add_slide(show.slide_layouts[6])
    show.save(str(path))
    return path


def test_a_slide_is_a_page_with_its_title_over_its_bullets(tmp_path: Path) -> None:
    path = slides(tmp_path / "slides.pptx")
    source, found = read(path), passages(path)
    assert (source.paged, source.sheets, source.empty_sheets) == (True, 4, (4,))
    assert (found[NO_BACK].page, found[NO_BACK].heading) == (2, "What we found")
    assert f"• {NO_BACK}\n– Nor was the aunt." in shown(source)


def test_slides_tell_tables_with_heads_boxes_in_reading_order_and_what_was_left_out(tmp_path: Path) -> None:
    source = read(slides(tmp_path / "slides.pptx"))
    text = shown(source)
    assert heads_of(source, "Police") == ("Agency", "What", "When")
    assert text.index("Left box") < text.index("Right box") < text.index("Police")
    assert Block("note", "Pause here.", 2) in source.blocks
    assert "The speaker's notes on 1 slide were read as notes: no slide shows them." in source.warnings
    assert any("slide 4" in warning for warning in source.warnings)


PAGE = """<!doctype html><html><head><title>Learning in Anyshire</title><script>var x = "tracked";</script></head><body>
<nav><a href="/">Home of the site</a></nav><div id="cookie-banner">We use cookies. <button>Accept</button></div>
<main><h1>What we learned</h1><p>The panel met <b>twice</b>.</p><h2>Findings</h2>
<ul><li>One finding is here.</li></ul><ol start="3"><li>The third finding is here.</li></ol>
<table><tr><th>Agency</th><th>What</th><th>When</th></tr><tr><td>Police</td><td>Nobody called back.</td><td>2010</td></tr></table></main>
<footer>All rights reserved by the site</footer></body></html>"""


def test_a_saved_page_keeps_its_own_words_and_loses_navigation_cookies_and_scripts(tmp_path: Path) -> None:
    source = read(written(tmp_path / "page.html", PAGE))
    text = shown(source)
    for gone in ("Home of the site", "cookies", "tracked", "rights reserved"):
        assert gone not in text
    assert "The panel met twice." in text
    assert source.title == "Learning in Anyshire"
    assert any("cookie" in warning for warning in source.warnings)


def test_a_saved_page_keeps_headings_lists_and_tables(tmp_path: Path) -> None:
    path = written(tmp_path / "page.html", PAGE)
    assert passages(path)["One finding is here."].heading == "What we learned > Findings"
    assert "3. The third finding is here." in shown(read(path))
    assert heads_of(read(path), "Police") == ("Agency", "What", "When")


def test_a_page_nested_beyond_reason_still_gives_its_words(tmp_path: Path) -> None:
    path = written(tmp_path / "deep.html", "<div>" * 20_000 + f"<p>{NO_BACK}</p>" + "</div>" * 20_000)
    assert NO_BACK in shown(read(path))
    assert any("nested" in warning for warning in read(path).warnings)


RICH = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f3\fcharset2 Symbol;}}
{\stylesheet{\s1\b heading 1;}}{\header Running head}
\pard\s1\b\fs28 What we learned\par\pard\plain\fs22 The worker\'92s note was \ldblquote unread\rdblquote  in {\field{\*\fldinst{HYPERLINK
"http://board.invalid"}}{\fldrslt the file}}.\par
{\listtext\pard\plain\f3 \'b7\tab}One finding is here.\par{\listtext 2.\tab}The second finding is here.\par
\trowd\trhdr\cellx1\cellx2\cellx3\intbl Agency\cell What\cell When\cell\row
\trowd\cellx1\cellx2\cellx3 Police\cell Nobody called.\cell 2010\cell\row
\pard The report closes with thanks to the family, who asked for nothing else.\par}"""


def test_rich_text_keeps_headings_lists_tables_and_quotes(tmp_path: Path) -> None:
    path = written(tmp_path / "report.rtf", RICH)
    text = shown(read(path))
    assert passages(path)["One finding is here."].heading == "What we learned"
    assert "The worker’s note was “unread” in the file." in text
    assert "• One finding is here.\n2. The second finding is here." in text
    assert "Running head" not in text
    assert heads_of(read(path), "Police") == ("Agency", "What", "When")


def open_document(path: Path) -> Path:
    names = {"office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing"}
    spaces = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in names.items())
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone words</text:p></text:deletion></text:changed-region>"
        '</text:tracked-changes><text:h text:outline-level="1">What we learned</text:h><text:list text:style-name="L1"><text:list-item>'
        "<text:p>One finding is here.</text:p><text:list><text:list-item><text:p>And one below it.</text:p></text:list-item></text:list>"
        "</text:list-item><text:list-item><text:p>The second finding.</text:p></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Who</text:p>"
        "</table:table-cell><table:table-cell><text:p>What</text:p></table:table-cell></table:table-row></table:table-header-rows>"
        "<table:table-row><table:table-cell><text:p>GP</text:p></table:table-cell><table:table-cell><text:p>Knew nothing of it.</text:p>"
        "</table:table-cell></table:table-row></table:table><text:p>A box: <draw:frame><draw:text-box><text:p>In the box.</text:p>"
        "</draw:text-box></draw:frame></text:p>"
    )
    lists = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" text:display-levels="2" style:num-format="1"/></text:list-style>'
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:automatic-styles>{lists}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return path


def test_open_document_keeps_headings_numbers_tables_and_boxes_and_leaves_out_deletions(tmp_path: Path) -> None:
    path = open_document(tmp_path / "report.odt")
    text = shown(read(path))
    assert "1. One finding is here.\n1.1 And one below it.\n2. The second finding." in text
    assert "In the box." in text
    assert "gone words" not in text
    assert heads_of(read(path), "GP") == ("Who", "What")
    assert passages(path)["Knew nothing of it."].heading == "What we learned > Who | What > GP"


def test_a_message_is_read_under_its_subject_and_its_attachments_are_named(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Jo Smith <jo@board.invalid>", "Learning in Anyshire"
    message["Date"] = "Tue, 3 Mar 2015 10:00:00 +0000"
    message.set_content(f"The review found:\n\n- {NO_BACK}\n- Nor was the aunt.\n")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="report.pdf")
    path = written(tmp_path / "mail.eml", message.as_bytes())
    assert "Learning in Anyshire" in passages(path)[NO_BACK].heading
    assert "3 March 2015" in shown(read(path))
    assert any("report.pdf" in warning for warning in read(path).warnings)


@pytest.mark.parametrize(
    ("make", "name", "kind", "says"),
    [
        (made_files.bullets, "report.docx", "a PDF", NO_BACK),
        (made_files.word, "report.zip", "a Word document", "They were named in no plan."),
        (made_files.word, "report.pdf", "a Word document", "They were named in no plan."),
        (lambda path: written(path, RICH), "report.doc", "rich text", "One finding is here."),
        (lambda path: written(path, f"{NO_BACK} " * 5), "report.pdf", "plain text", NO_BACK),
        (lambda path: written(path, PAGE), "report", "a web page", "One finding is here."),
    ],
)
def test_a_file_with_a_wrong_ending_is_read_as_what_it_is_and_says_so(
    tmp_path: Path, make: Callable[[Path], Path], name: str, kind: str, says: str
) -> None:
    source = read(make(tmp_path / name))
    assert says in shown(source)
    assert kind in source.warnings[0]


def test_a_text_that_shows_markup_stays_a_text(tmp_path: Path) -> None:
    source = read(written(tmp_path / "notes.txt", "<html> is how a page begins, and that is all this note says of it."))
    assert "<html> is how a page begins" in shown(source)
    assert not source.warnings


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), UnknownFormat, "Save it as .docx"),
        ("old.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), UnknownFormat, "older format"),
        ("broken.docx", b"PK\x03\x04 and nothing else", FileRefused, "damaged"),
        ("broken.pptx", b"nothing at all", FileRefused, "damaged"),
        ("broken.odt", b"nothing at all", FileRefused, "damaged"),
        ("broken.rtf", b"nothing at all", FileRefused, "damaged"),
        ("blank.html", b"<html><body><nav>Home</nav></body></html>", NoText, "no words"),
        ("blank.eml", b"Subject: none\n\n", NoText, "no words"),
        ("picture.png", b"\x89PNG\r\n", UnknownFormat, ".docx"),
        ("mail.msg", b"whatever", UnknownFormat, ".eml"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, error: type[FileRefused], says: str
) -> None:
    with pytest.raises(error) as told:
        read(written(tmp_path / name, content))
    assert name in str(told.value)
    assert says in str(told.value)
    assert str(tmp_path) not in str(told.value)


def test_a_document_that_unpacks_to_far_more_than_it_weighs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", "<Relationships/>")
        package.writestr("word/document.xml", bytes(80 * 1024 * 1024))
    with pytest.raises(FileRefused, match=r"bomb\.docx unpacks to far more"):
        read(path)


def test_an_encrypted_word_file_asks_for_its_password_and_opens_with_it(tmp_path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, locked = made_files.word(tmp_path / "plain.docx"), tmp_path / "locked.docx"
    with plain.open("rb") as file, locked.open("wb") as out:
        OOXMLFile(file).encrypt("secret", out)
    for password in ("", "wrong"):
        with pytest.raises(PasswordNeeded, match=r"locked\.docx"):
            read(locked, password)
    assert shown(read(locked, "secret")) == shown(read(plain))


def test_the_hostile_office_and_text_files_give_what_their_list_expects(shared: Path) -> None:
    folder = shared / "hostile"
    wrong: list[str] = []
    for line in (folder / "manifest.tsv").read_text("utf-8").splitlines()[1:]:
        name, _, expected, also, *_ = line.split("\t")
        if not name.endswith(".pdf") and (got := _outcome(folder / name)) not in (expected, also):
            wrong.append(f"{name}: {got}, not {expected}")
    assert not wrong


def _outcome(path: Path) -> str:
    try:
        return "text" if assemble(read(path)).passages else "no_text"
    except NoText:
        return "no_text"
    except FileRefused:
        return "error"


def test_blocks_of_a_table_are_as_wide_as_their_heads(tmp_path: Path) -> None:
    row = "<tr><td>Police</td><td></td><td>2010</td></tr>"
    source = read(
        written(tmp_path / "gaps.html", f"<table><tr><th>Agency</th><th>What</th><th>When</th></tr>{row}</table><p>End of it.</p>")
    )
    assert Block("row", "Police\t2010", cells=("Police", "2010"), heads=("Agency", "When")) in source.blocks
