"""What Word and PowerPoint keep apart from a paragraph's own words: forms, signs, diagrams, files within a file, two ways to draw."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest

from ingest.reading import read
from tests import made_office
from tests.made_office import diagram, part, run
from tests.test_formats import NO_BACK, shown, written

SAID = "No service held the whole of the picture of this family."
CHOICE = '<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>'


def test_the_answers_of_a_form_are_read_and_its_prompts_are_not(tmp_path: Path) -> None:
    def control(properties: str, words: str) -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{words}</w:sdtContent></w:sdt>"

    def older(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{kind}</w:ffData></w:fldChar></w:r>'

    prompt = "<w:showingPlcHdr/>"
    choices = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Mother"/><w:listEntry w:val="Aunt"/></w:ddList>'
    path = made_office.word(
        tmp_path / "form.docx",
        f"<w:p>{run('Voice of the child: ')}{control(prompt, run('Click here to enter text.'))}</w:p>",
        control(prompt, f"<w:p>{run('Choose an item.')}</w:p>"),
        f"<w:p>{run('Outcome: ')}{control('', run('No further action'))}</w:p>",
        run("Seen alone? Yes ")
        + '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'
        + run(" No ")
        + '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
        run("Father asked? Yes ") + older("<w:checkBox/>") + run(" No ") + older("<w:checkBox><w:checked/></w:checkBox>"),
        run("Who came? ") + older(choices),
        run("Agreed ") + run("\u00fc", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>') + run(", low \uf0e0 high"),
    )
    source = read(path)
    assert shown(source).split("\n") == [
        "Voice of the child:",
        "Outcome: No further action",
        "Seen alone? Yes ☐ No ☑",
        "Father asked? Yes ☐ No ☒",
        "Who came? Aunt",
        "Agreed ✓, low → high",
    ]
    assert source.warnings == ("2 form fields without an answer were left out.",)


def test_the_tick_boxes_of_rich_text_are_read(tmp_path: Path) -> None:
    def box(result: str) -> str:
        return f"{{\\field{{\\*\\fldinst FORMCHECKBOX {{\\*\\formfield{{\\fftype1{result}}}}}}}{{\\fldrslt }}}}"

    text = f"{{\\rtf1 Seen alone? Yes {box(chr(92) + 'ffres0')} No {box(chr(92) + 'ffres25' + chr(92) + 'ffdefres1')}\\par}}"
    assert "Seen alone? Yes ☐ No ☒" in shown(read(written(tmp_path / "form.rtf", text)))


def test_the_tick_boxes_and_prompts_of_open_document_are_read_as_such(tmp_path: Path) -> None:
    boxes = '<form:checkbox form:id="c1"/><form:checkbox form:id="c2" form:current-state="checked"/>'
    forms = f"<office:forms><form:form>{boxes}</form:form></office:forms>"
    line = '<text:p>Seen alone? Yes <draw:control draw:control="c1"/> No <draw:control draw:control="c2"/>'
    source = read(made_office.open_text(tmp_path / "form.odt", f"{forms}{line} <text:placeholder>Type here</text:placeholder></text:p>"))
    assert shown(source) == "Seen alone? Yes ☐ No ☒"
    assert source.warnings == ("1 form field without an answer was left out.",)


def smart_art(relation: str) -> str:
    data = f'<a:graphicData><dgm:relIds r:dm="{relation}"/></a:graphicData>'
    return f"<w:drawing><wp:inline><a:graphic>{data}</a:graphic></wp:inline></w:drawing>"


def test_a_diagram_in_word_is_read_and_one_without_words_is_counted(tmp_path: Path) -> None:
    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    relations: list[str] = []

    def parts(made: Any) -> None:
        for number, words in ((1, ("Ask what a day is like for the child.", SAID)), (2, ())):
            relations.append(part(made, f"/word/diagrams/data{number}.xml", kind, diagram(*words), "diagramData"))

    made_office.word(tmp_path / "first.docx", parts=parts)
    source = read(made_office.word(tmp_path / "art.docx", *(f"<w:p><w:r>{smart_art(r)}</w:r></w:p>" for r in relations), parts=parts))
    assert f"• Ask what a day is like for the child.\n• {SAID}" in shown(source)
    assert source.warnings == ("1 diagram was not read.",)


def test_a_file_within_a_word_file_is_read_in_its_place(tmp_path: Path) -> None:
    inner = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("The aunt was told of the plan by the school alone.")
    made.save(inner)
    held = {
        "a.html": ("text/html", f"<html><body><h2>Findings</h2><p>{SAID}</p></body></html>"),
        "b.rtf": ("application/rtf", f"{{\\rtf1 {NO_BACK}\\par}}"),
        "c.txt": ("text/plain", "The team met in March and read the whole file."),
        "e.bin": ("application/octet-stream", "nothing"),
    }
    relations: list[str] = []

    def parts(made: Any) -> None:
        relations.extend(part(made, f"/word/{name}", kind, text) for name, (kind, text) in held.items())
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        relations.append(part(made, "/word/d.docx", kind, ""))
        made.part.rels[relations[-1]].target_part._blob = inner.getvalue()

    made_office.word(tmp_path / "first.docx", parts=parts)
    chunks = [f'<w:altChunk r:id="{relation}"/>' for relation in relations]
    source = read(made_office.word(tmp_path / "held.docx", run("It begins here."), *chunks, run("It ends here."), parts=parts))
    assert shown(source).split("\n") == [
        "It begins here.",
        "Findings",
        SAID,
        NO_BACK,
        "The team met in March and read the whole file.",
        "The aunt was told of the plan by the school alone.",
        "It ends here.",
    ]
    assert source.warnings == ("1 embedded file was not read.",)


def test_what_is_drawn_in_two_ways_is_read_once(tmp_path: Path) -> None:
    paragraph = f"<w:p>{run(SAID)}</w:p>"
    word = made_office.word(
        tmp_path / "two.docx", CHOICE.format(paragraph, paragraph), "<w:p>" + CHOICE.format(run(NO_BACK), run(NO_BACK)) + "</w:p>"
    )
    assert shown(read(word)) == f"{SAID}\n{NO_BACK}"
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{SAID}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    show = made_office.slide(tmp_path / "two.pptx", also=CHOICE.format(shape, shape))
    assert shown(read(show)).count(SAID) == 1


@pytest.mark.parametrize("kind", ["hidden", "del"])
def test_rows_that_are_hidden_or_deleted_are_left_out_and_counted(tmp_path: Path, kind: str) -> None:
    switch = "<w:hidden/>" if kind == "hidden" else '<w:del w:id="1" w:author="a"/>'
    cells = [f"<w:tc><w:p>{run(text)}</w:p></w:tc>" for text in ("Police", NO_BACK, "School", SAID)]
    rows = f"<w:tr>{cells[0]}{cells[1]}</w:tr><w:tr><w:trPr>{switch}</w:trPr>{cells[2]}{cells[3]}</w:tr>"
    source = read(made_office.word(tmp_path / "rows.docx", f"<w:tbl>{rows}</w:tbl>"))
    assert shown(source) == f"Police\t{NO_BACK}"
    assert len(source.warnings) == 1
