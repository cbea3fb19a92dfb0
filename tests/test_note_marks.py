"""The raised number of a note is no digit of the figure before it, and a note is a note, in every format that marks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.reading import read
from ingest.reading.source import Block
from ingest.structure import assemble
from knowledge.briefing import PassageKind
from tests import made_office
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


def word_notes(path: Path) -> Path:
    def notes(made: Any) -> None:
        told = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r>{run(" " + text)}</w:p></w:footnote>'
            for number, text in ((1, FIRST), (2, SECOND))
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        made_office.part(made, "/word/footnotes.xml", kind, f"<w:footnotes {NAMESPACES}>{told}</w:footnotes>", "footnotes")

    def mark(number: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    return made_office.word(path, run(START) + mark(1) + run(MIDDLE) + mark(2) + run(END), parts=notes)


def notes_of(path: Path) -> Path:
    match path.suffix:
        case ".docx":
            return word_notes(path)
        case ".odt":
            first, second = (
                f"<text:note><text:note-citation>{n}</text:note-citation><text:note-body><text:p>{t}</text:p></text:note-body></text:note>"
                for n, t in ((1, FIRST), (2, SECOND))
            )
            return made_office.open_text(path, f"<text:p>{START}{first}{MIDDLE}{second}{END}</text:p>")
        case ".rtf":
            first, second = (f"{{\\super\\chftn{{\\footnote {text}}}}}" for text in (FIRST, SECOND))
            return written(path, f"{{\\rtf1 {START}{first}{MIDDLE}{second}{END}\\par}}")
        case ".md":
            return written(path, f"{START}[^1]{MIDDLE}[^2]{END}\n\n[^1]: {FIRST}\n[^2]: {SECOND}\n")
        case _:
            links = [f'<sup><a href="#n{n}" id="r{n}">{n}</a></sup>' for n in (1, 2)]
            told = "".join(
                f'<li id="n{n}">{"2. " if n == 2 else ""}{text} <a href="#r{n}">↩</a></li>' for n, text in ((1, FIRST), (2, SECOND))
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
