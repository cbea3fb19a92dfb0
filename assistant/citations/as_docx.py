"""A checked text as a Word document with a comment beside each quotation: a copy of the text's own file where that is one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import docx
from docx.comments import Comment
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from assistant.citations.as_text import NOT_A_QUOTATION, difference_told, where
from assistant.citations.models import Checked, Report, Statement, Verdict
from assistant.citations.words import words_of
from knowledge.errors import FileRefused

AUTHOR, INITIALS = "reflect check", "RC"
SMALL = Pt(10)
XML_UNSAFE = {*range(0x20), 0x7F, 0xFFFE, 0xFFFF} - {0x09, 0x0A}


def commented(report: Report, file: Path | None) -> bytes:
    """The Word document's bytes. `file` is the text's own DOCX; None where it came in another format.

    Raises FileRefused where the file cannot be opened as a plain DOCX (an encrypted one).
    """
    try:
        document = docx.Document(str(file)) if file else _plain(report)
    except Exception as error:  # python-docx raises what its parts raise
        raise FileRefused(f"{file} cannot be copied with comments. Save it again as DOCX without a password, then check that.") from error
    words = [_Words(paragraph, document) for paragraph in document.element.body.iter(qn("w:p"))]
    for text, told in _comments(report):
        runs = next((runs for one in words if (runs := one.take(text))), None)
        if runs is None:
            runs = [document.add_paragraph().add_run(f"“{_safe(text)}”")]
        _write(document.add_comment(runs, author=AUTHOR, initials=INITIALS), told)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _plain(report: Report) -> Any:
    document = docx.Document()
    for paragraph in report.paragraphs:
        style = "Heading 2" if paragraph.heading else "Quote" if paragraph.set_off else "Normal"
        document.add_paragraph(_safe(paragraph.text), style=style)
    return document


def _write(comment: Comment, told: str) -> None:
    """A comment's lines, small, the verdict in bold above the others."""
    for number, line in enumerate(told.split("\n")):
        run = (comment.add_paragraph() if number else comment.paragraphs[0]).add_run(_safe(line))
        run.font.size, run.bold = SMALL, not number


def _safe(text: str) -> str:
    return "".join(letter for letter in text if ord(letter) not in XML_UNSAFE)


def _comments(report: Report) -> Iterator[tuple[str, str]]:
    """The words that each comment stands beside, and what it says, in the order of the text."""
    listed = [((c.quoted.paragraph, c.quoted.start), c.quoted.text, _told(c)) for c in report.checked]
    listed += [((s.paragraph, s.start), s.text, _to_read(s)) for s in report.statements]
    for _, text, told in sorted(listed, key=lambda one: one[0]):
        yield text, told


def _told(checked: Checked) -> str:
    lines = [checked.verdict.told.capitalize(), *checked.reasons]
    lines += [difference_told(one) for one in checked.differences]
    if checked.place:
        lines.append(f"{'Nearest' if checked.verdict is Verdict.NOT_FOUND else 'Found in'}: {where(checked.place)}")
    lines += [*checked.guidance, *checked.cautions]
    if checked.corrected and not checked.verdict.stands:
        lines.append(f"To copy: {checked.corrected}")
    return "\n".join(lines)


def _to_read(statement: Statement) -> str:
    near = [f"Near: “{' '.join(place.quotation.text.split())}” ({where(place)})" for place in statement.near]
    return "\n".join([NOT_A_QUOTATION.capitalize(), f"It refers to: {statement.reference}", *near])


class _Words:
    """A paragraph's words with the runs that they stand in; a run is parted where a comment begins or ends."""

    def __init__(self, element: Any, document: Any) -> None:
        self._paragraph = WordParagraph(element, document._body)
        self._from = 0  # where the next comment is looked for: the same words may be quoted twice

    def take(self, text: str) -> list[Run]:
        """The runs with exactly these words, the next ones in the paragraph; empty where they are not there."""
        runs = [Run(element, self._paragraph) for element in self._paragraph._p.iter(qn("w:r"))]
        whole = "".join(run.text for run in runs)
        words = words_of(whole)
        sought = [word.form for word in words_of(text)]
        forms = [word.form for word in words]
        for place in range(len(forms) - len(sought) + 1):
            if words[place].start >= self._from and forms[place : place + len(sought)] == sought:
                start, end = words[place].start, words[place + len(sought) - 1].end
                self._from = end
                return self._between(runs, start, end)
        return []

    def _between(self, runs: list[Run], start: int, end: int) -> list[Run]:
        """The runs from one place to another, parted at both where they hold text alone."""
        found: list[Run] = []
        at = 0
        for run in runs:
            length = len(run.text)
            first, last = max(start - at, 0), min(end - at, length)
            at += length
            if first < last:
                found.append(_parted(run, first, last))
        return found


def _parted(run: Run, first: int, last: int) -> Run:
    """The part of a run from one character to another, as a run of its own; the whole run where it holds more than text."""
    text = run.text
    plain = all(child.tag in (qn("w:t"), qn("w:rPr")) for child in run._r)
    if not plain or (first == 0 and last == len(text)):
        return run
    for piece, before in ((text[:first], True), (text[last:], False)):
        if piece:
            copy = Run(deepcopy(run._r), run._parent)
            copy.text = piece
            (run._r.addprevious if before else run._r.addnext)(copy._r)
    run.text = text[first:last]
    return run
