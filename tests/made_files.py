"""Briefings that the tests make: real PDF and Word files with the shapes that reviews come in, in our own words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import docx
import pypdfium2 as pdfium
from fpdf import FPDF

WIDTH = 210
LEFT, GUTTER = 15, 10


def pdf(margin: float = LEFT) -> FPDF:
    """An empty A4 document with a page."""
    made = FPDF()
    made.set_auto_page_break(False)
    made.set_margins(margin, 15, margin)
    made.add_page()
    made.set_font("Helvetica", size=11)
    return made


def save(made: FPDF, path: Path) -> Path:
    """Write the PDF."""
    made.output(str(path))
    return path


def bullets(path: Path) -> Path:
    """A heading, a lead and three bullets drawn after their text, as some writers do; a signature and a date."""
    made = pdf()
    made.set_font("Helvetica", "B", 14)
    made.text(15, 25, "What the Anyshire board learned")
    made.set_font("Helvetica", size=11)
    made.text(15, 37, "The panel found that:")
    rows = [
        ("Workers took a tidy front room for a safe home and did not", "ask to see the bedrooms."),
        ("No one agency held the whole history of the children.", ""),
        ("The grandmother was never asked what she had seen.", ""),
    ]
    y = 47.0
    tops = []
    for first, second in rows:
        tops.append(y)
        made.text(25, y, first)
        if second:
            y += 5.2
            made.text(25, y, second)
        y += 7
    for top in tops:
        made.text(19, top, "\x95")
    made.text(15, y + 12, "Anyshire Safeguarding Children Board")
    made.text(15, y + 20, "March 2014")
    return save(made, path)


def columns(path: Path) -> Path:
    """A newsletter page: a heading across the page, then two columns, with a word parted at a line's end."""
    made = pdf()
    made.set_font("Helvetica", "B", 18)
    made.text(15, 20, "The Anyshire learning letter, spring issue for all staff")
    made.set_font("Helvetica", size=10)
    left = [
        "The first column tells how a health visitor",
        "noticed that the baby had lost weight, and",
        "how her worry was passed from desk to desk",
        "until nobody owned it any longer. The safe-",
        "guarding lead heard of it after nine days.",
    ]
    right = [
        "The second column tells what changed: each",
        "worry now has a named owner, who writes",
        "down by which day it will be answered and",
        "rings the person who raised it when it has",
        "been. Staff say that this has helped them.",
    ]
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        made.text(15, 34 + 5 * i, a)
        made.text(112, 34 + 5 * i, b)
    return save(made, path)


def table(path: Path) -> Path:
    """A two-column table: a narrow label, and a text of two lines beside it."""
    made = pdf()
    made.text(15, 20, "What the audits found in the year, theme by theme and in order of weight:")
    rows = [
        (
            "Recording",
            "Ethnicity and language were left blank in most of the files that",
            "were read, and names were spelt in more than one way.",
        ),
        ("Visits", "Announced visits were the rule, and few workers called without", "an appointment although the plan asked for it."),
        ("Meetings", "Minutes came late, and actions had neither an owner nor a day", "by which they were to be done."),
    ]
    y = 32
    for label, first, second in rows:
        made.text(15, y, label)
        made.text(60, y, first)
        made.text(60, y + 5, second)
        y += 15
    return save(made, path)


def long_report(path: Path) -> Path:
    """Three pages with a running head and page numbers; a paragraph runs on from the first page to the second."""
    made = pdf()
    for number in range(1, 4):
        if number > 1:
            made.add_page()
        made.set_font("Helvetica", size=9)
        made.text(15, 10, "Anyshire board: learning from practice")
        made.text(95, 290, f"Page {number} of 3")
        made.set_font("Helvetica", size=11)
        if number == 1:
            for i in range(40):
                made.text(15, 25 + 6 * i, f"Finding {chr(65 + i % 26)} of this page stands on a line of its own and ends here.")
            made.text(15, 272, "The children were seen at school by a teaching assistant who wrote down all that they")
        elif number == 2:
            made.text(15, 25, "said, and whose notes were read by nobody until the review asked for them.")
            made.text(15, 45, "The second page has a finding that is its own.")
        else:
            made.text(15, 25, "The third page closes the report with thanks to the family.")
    return save(made, path)


def picture_only(path: Path) -> Path:
    """A page without text: a drawn shape, as a scan would be."""
    made = pdf()
    made.rect(30, 30, 100, 100, style="F")
    return save(made, path)


def scan(path: Path, into: Path, turn: int = 0) -> Path:
    """The pages of a PDF as pictures, turned clockwise, without any text. The same pages give the same bytes."""
    document = pdfium.PdfDocument(path)
    made = FPDF(unit="pt")
    made.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    made.set_auto_page_break(False)
    for page in document:
        image = page.render(scale=150 / 72, rotation=turn, grayscale=True).to_pil()
        size = image.width * 72 / 150, image.height * 72 / 150
        made.add_page(format=size)
        made.image(image, 0, 0, *size)
    document.close()
    return save(made, into)


def encrypted(path: Path) -> Path:
    """A PDF that asks for a password."""
    made = pdf()
    made.text(15, 20, "Nobody reads this without the password.")
    made.set_encryption(owner_password="owner", user_password="user")
    return save(made, path)


def word(path: Path) -> Path:
    """A Word file with a heading, a list, a table and a bold line that heads a paragraph."""
    made = docx.Document()
    made.add_heading("What the Othershire partnership learned", level=1)
    made.add_paragraph("Reviews are written so that others need not learn the same way, and this one is no different.")
    made.add_paragraph("Key points")
    made.add_paragraph("Ask who else lives in the house, and ask again.", style="List Bullet")
    made.add_paragraph("Speak with the child alone before the meeting.", style="List Bullet")
    grid = made.add_table(rows=2, cols=2)
    for row, (label, text) in zip(
        grid.rows, [("Fathers", "They were named in no plan."), ("School", "It was not asked to the core group.")], strict=True
    ):
        row.cells[0].text, row.cells[1].text = label, text
    made.save(str(path))
    return path
