"""The raised number of a note is no digit of the figure before it, and a note is a note, in every format that marks them."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli.main import commands
from assistant.page.source import source_panel
from ingest.pipeline import expanded, ingest, starter_briefings
from ingest.reading import read
from ingest.reading.source import Block
from ingest.structure import assemble
from knowledge import notes
from knowledge.briefing import PassageKind
from knowledge.library import Library
from tests import made_office
from tests.library_maker import HashedWords
from tests.made_office import NAMESPACES, run, text_style
from tests.test_formats import shown, written

SAID = "In that year there were 12 children on a plan, as in 2018."
FIRST, SECOND = "The figures are the council's own, as they were sent to the department.", "They were not checked again in the later year."
START, MIDDLE, END = "In that year there were 12", " children on a plan, as in 2018", "."
RAISED = '<w:vertAlign w:val="superscript"/>'


def typed(path: Path) -> Path:
    match path.suffix:
        case ".docx":
            return made_office.word(path, run(START) + run("4", RAISED) + run(MIDDLE) + run("5,6", RAISED) + run(END))
        case ".pptx":
            up = '<a:r><a:rPr baseline="30000"/><a:t>4</a:t></a:r>'
            first, second, third = (f"<a:r><a:t>{text}</a:t></a:r>" for text in (START, MIDDLE, END))
            return made_office.slide(path, first, up, second, up, third)
        case ".odt":
            up = '<text:span text:style-name="T1">4</text:span>'
            return made_office.open_text(
                path, f"<text:p>{START}{up}{MIDDLE}{up}{END}</text:p>", text_style("T1", 'style:text-position="super 58%"')
            )
        case ".rtf":
            return written(path, f"{{\\rtf1 {START}{{\\super 4}}{MIDDLE}{{\\super 5}}{END}\\par}}")
        case ".md":
            return written(path, f"{START}<sup>4</sup>{MIDDLE}[^5]{END}")
        case _:
            return made_office.page(path, f"<p>{START}<sup>4</sup>{MIDDLE}<sup>[5]</sup>{END}</p>")


@pytest.mark.parametrize("ending", [".docx", ".pptx", ".odt", ".rtf", ".md", ".html"])
def test_raised_numbers_are_not_read_into_the_figure_before_them(tmp_path: Path, ending: str) -> None:
    assert SAID in shown(read(typed(tmp_path / f"raised{ending}")))


def test_powers_and_ordinals_stay(tmp_path: Path) -> None:
    words = run("On the 3") + run("rd", RAISED) + run(" visit the room of 9 m") + run("2", RAISED) + run(" was cold.")
    for path in (
        made_office.word(tmp_path / "power.docx", words),
        made_office.page(tmp_path / "power.html", "<p>On the 3<sup>rd</sup> visit the room of 9 m<sup>2</sup> was cold.</p>"),
    ):
        assert "On the 3rd visit the room of 9 m² was cold." in shown(read(path))


def word_notes(path: Path, opening: str = FIRST) -> Path:
    def notes(made: Any) -> None:
        told = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r>{run(" " + text)}</w:p></w:footnote>'
            for number, text in ((1, opening), (2, SECOND))
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        made_office.part(made, "/word/footnotes.xml", kind, f"<w:footnotes {NAMESPACES}>{told}</w:footnotes>", "footnotes")

    def mark(number: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    return made_office.word(path, run(START) + mark(1) + run(MIDDLE) + mark(2) + run(END), parts=notes)


def notes_of(path: Path, opening: str = FIRST) -> Path:
    match path.suffix:
        case ".docx":
            return word_notes(path, opening)
        case ".odt":
            first, second = (
                f"<text:note><text:note-citation>{n}</text:note-citation><text:note-body><text:p>{t}</text:p></text:note-body></text:note>"
                for n, t in ((1, opening), (2, SECOND))
            )
            return made_office.open_text(path, f"<text:p>{START}{first}{MIDDLE}{second}{END}</text:p>")
        case ".rtf":
            first, second = (f"{{\\super\\chftn{{\\footnote {text}}}}}" for text in (opening, SECOND))
            return written(path, f"{{\\rtf1 {START}{first}{MIDDLE}{second}{END}\\par}}")
        case ".md":
            return written(path, f"{START}[^1]{MIDDLE}[^2]{END}\n\n[^1]: {opening}\n[^2]: {SECOND}\n")
        case _:
            links = [f'<sup><a href="#n{n}" id="r{n}">{n}</a></sup>' for n in (1, 2)]
            told = "".join(
                f'<li id="n{n}">{"2. " if n == 2 else ""}{text} <a href="#r{n}">↩</a></li>' for n, text in ((1, opening), (2, SECOND))
            )
            return made_office.page(path, f"<p>{START}{links[0]}{MIDDLE}{links[1]}{END}</p><ol>{told}</ol>")


@pytest.mark.parametrize("ending", [".docx", ".odt", ".rtf", ".md", ".html"])
def test_notes_stand_apart_under_their_numbers_and_are_not_quoted_alone(tmp_path: Path, ending: str) -> None:
    source = read(notes_of(tmp_path / f"notes{ending}"))
    assert SAID in shown(source)
    assert source.blocks[-2:] == (Block("note", FIRST, marker="1"), Block("note", SECOND, marker="2"))
    assert {p.text: p.kind for p in assemble(source).passages}[FIRST] is PassageKind.NOTE


def test_the_notes_of_a_page_that_word_saved_stand_apart(tmp_path: Path) -> None:
    mark = '<a style="mso-footnote-id:ftn1" href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a>'
    back = '<a style="mso-footnote-id:ftn1" href="#_ftnref1" name="_ftn1"><span class=MsoFootnoteReference>[1]</span></a>'
    note = f'<div style="mso-element:footnote-list"><div id=ftn1><p class=MsoFootnoteText>{back} {FIRST}</p></div></div>'
    source = read(made_office.page(tmp_path / "saved.html", f"<p class=MsoNormal>{START}{mark}{MIDDLE}{END}</p>{note}"))
    assert SAID in shown(source)
    assert source.blocks[-1] == Block("note", FIRST, marker="1")


def with_notes(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The passages of a file, each with the marks and words of the notes that it leads to."""
    reading = assemble(read(path))
    pages = {page.number: page for page in reading.pages}
    return {
        passage.text: [(n.sign, n.text) for n in notes.notes_of(pages[passage.page], passage.start, passage.end, pages.__getitem__)]
        for passage in reading.passages
    }


@pytest.mark.parametrize("ending", [".docx", ".odt", ".rtf", ".md", ".html"])
def test_a_passage_leads_to_the_notes_whose_marks_stand_in_it(tmp_path: Path, ending: str) -> None:
    path = notes_of(tmp_path / f"notes{ending}")
    assert with_notes(path)[SAID] == [("1", FIRST), ("2", SECOND)]
    page = assemble(read(path)).pages[0]
    start = page.text.index(SAID)
    assert [mark.sign for mark in page.marks_in(start, start + len(START))] == ["1"]
    assert [mark.sign for mark in page.marks_in(start + len(START), start + len(SAID))] == ["2"]


TYPED = "The council sent its own figures to the department in the spring of that year."


def typed_note(path: Path) -> Path:
    match path.suffix:
        case ".docx":
            return made_office.word(path, run(START) + run("4", RAISED) + run(MIDDLE + END), run("4", RAISED) + run(f" {TYPED}"))
        case ".odt":
            up = '<text:span text:style-name="T1">4</text:span>'
            words = f"<text:p>{START}{up}{MIDDLE}{END}</text:p><text:p>{up} {TYPED}</text:p>"
            return made_office.open_text(path, words, text_style("T1", 'style:text-position="super 58%"'))
        case ".rtf":
            return written(path, f"{{\\rtf1 {START}{{\\super 4}}{MIDDLE}{END}\\par {{\\super 4}} {TYPED}\\par}}")
        case ".pptx":
            up, (first, last, told) = (
                '<a:r><a:rPr baseline="30000"/><a:t>4</a:t></a:r>',
                (f"<a:r><a:t>{text}</a:t></a:r>" for text in (START, MIDDLE + END, f" {TYPED}")),
            )
            box = (
                '<p:sp><p:nvSpPr><p:cNvPr id="9" name="Foot"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr/>'
                f"<p:txBody><a:bodyPr/><a:p>{up}{told}</a:p></p:txBody></p:sp>"
            )
            return made_office.slide(path, first, up, last, also=box)
        case _:
            return made_office.page(path, f"<p>{START}<sup>4</sup>{MIDDLE}{END}</p><p><sup>4</sup> {TYPED}</p>")


@pytest.mark.parametrize("ending", [".docx", ".odt", ".rtf", ".pptx", ".html"])
def test_a_note_that_was_typed_by_hand_belongs_to_its_mark(tmp_path: Path, ending: str) -> None:
    path = typed_note(tmp_path / f"typed{ending}")
    assert with_notes(path)[SAID] == [("4", TYPED)]
    assert {p.text: p.kind for p in assemble(read(path)).passages}[TYPED] is PassageKind.NOTE


def test_a_raised_mark_that_nothing_above_leads_from_opens_no_note(tmp_path: Path) -> None:
    path = made_office.word(tmp_path / "a.docx", run("4", RAISED) + run(f" {TYPED}"), run(f"{START}{MIDDLE}{END}"))
    assert [p.kind for p in assemble(read(path)).passages] == [PassageKind.PARAGRAPH] * 2


def test_word_counts_endnotes_apart_and_keeps_marks_that_were_typed(tmp_path: Path) -> None:
    starred = f"{run('*', RAISED)}{run(' ' + TYPED)}"

    def told(made: Any) -> None:
        starred_note = f'<w:footnote w:id="2"><w:p>{starred}</w:p></w:footnote>'
        for kind, words, more in (("footnote", FIRST, starred_note), ("endnote", SECOND, "")):
            content = f'<w:{kind}s {NAMESPACES}><w:{kind} w:id="1"><w:p>{run(words)}</w:p></w:{kind}>{more}</w:{kind}s>'
            form = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
            made_office.part(made, f"/word/{kind}s.xml", form, content, f"{kind}s")

    marks = '<w:r><w:footnoteReference w:id="1"/></w:r>', '<w:r><w:endnoteReference w:id="1"/></w:r>'
    own = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>*</w:t></w:r>'
    path = made_office.word(tmp_path / "a.docx", run(START) + marks[0] + run(MIDDLE) + marks[1] + run(END) + own, parts=told)
    assert with_notes(path)[SAID] == [("1", FIRST), ("i", SECOND), ("*", TYPED)]


def test_a_note_in_a_table_belongs_to_its_row(tmp_path: Path) -> None:
    head = "<tr><th>Year</th><th>Children on a plan</th></tr>"
    row = '<tr><td>2018</td><td>12<a href="#fn1" role="doc-noteref">1</a></td></tr><tr><td>2019</td><td>14</td></tr>'
    note = f'<section role="doc-endnotes"><ol><li id="fn1">{FIRST}</li></ol></section>'
    found = with_notes(made_office.page(tmp_path / "a.html", f"<p>{SAID}</p><table>{head}{row}</table>{note}"))
    assert (found["12"], found["14"]) == ([("1", FIRST)], [])


def test_the_note_of_a_word_file_is_shown_with_its_passage(tmp_path: Path) -> None:
    with closing(Library(tmp_path / "library", HashedWords())) as library:
        assert [result.status for result in ingest(library, [word_notes(tmp_path / "noted.docx")])] == ["added"]
        (briefing,) = library.briefings()
        passage = next(s.passage for s in library.catalogue.passages(briefing.id) if s.passage.text == SAID)
        wanted = {"briefing": briefing.id, "file": briefing.sha256[:16], "page": 1, "start": passage.start, "end": passage.end}
        assert f"<dt>Note 2</dt><dd>{SECOND}</dd>" in source_panel(library, wanted)
    app = commands(ingest, starter_briefings, expanded, lambda *_: None)
    listed = CliRunner().invoke(app, ["passages", "noted.docx", "--library", str(tmp_path / "library"), "--json"])
    rows = {row["text"]: row for row in map(json.loads, listed.output.splitlines())}
    assert rows[SAID]["notes"] == [{"mark": "1", "page": None, "text": FIRST}, {"mark": "2", "page": None, "text": SECOND}]


@pytest.mark.parametrize("ending", [".docx", ".odt", ".rtf"])
def test_a_note_that_opens_with_a_figure_keeps_it(tmp_path: Path, ending: str) -> None:
    counted = "12 of them were seen in the spring of that year, as the council says."
    assert with_notes(notes_of(tmp_path / f"counted{ending}", counted))[SAID][0] == ("1", counted)
