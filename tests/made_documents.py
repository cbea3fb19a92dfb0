"""Documents of every kind, made as their publishers lay them out: a title page or a letter, then text. The words are our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx

from tests import made_files

TEXT = (
    "The people who read this paper work with families every day. It says what was asked, what was found and what is to be done next.",
    "Nine agencies gave an account of their work. Each was asked what it knew, when it knew it and whom it told about what it had seen.",
    "The family was spoken with twice. What they said is set out below in their own words, and it is not held against what others said.",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A document: the lines of its first sheet as (text, size, bold), and what must be read of it. `gap` parts two blocks of lines."""

    lines: Sequence[tuple[str, float, bool]]
    title: str
    publisher: str
    kind: str
    year: int | None
    nation: str = ""
    then: Sequence[str] = ()
    foot: str = ""
    full: bool = False  # the first sheet goes on with text: a letter or a briefing of one page
    stored: str = "Microsoft Word - final v7 (2).docx"
    also_kind: tuple[str, ...] = field(default=())


LARGE = 13
GAP = ("", 24, False)


def pdf(made: Made, path: Path) -> Path:
    """Write it as a PDF whose file name and stored title say nothing."""
    file = made_files.pdf()
    file.set_title(made.stored)
    file.core_fonts_encoding = "windows-1252"
    y = 20.0
    for text, size, bold in made.lines:
        y += size * 0.42
        if text:
            file.set_font("Helvetica", "B" if bold else "", size)
            file.text(20, y, text)
    file.set_font("Helvetica", size=11)
    y += 12
    for number in range(4):
        if number or not made.full:
            file.add_page()
            y = 30.0
        own = (
            f"Part {number + 1} is about what {('the school', 'the clinic', 'the police', 'the family')[number]} saw, and when it was seen."
        )
        for text in (
            *(made.then if number == (0 if made.full else 1) else ()),
            own,
            *(TEXT[number % 3 :] + TEXT[: number % 3])[: 3 - number % 2],
        ):
            lines = file.multi_cell(170, 6, text, dry_run=True, output="LINES")
            assert isinstance(lines, list), lines
            for line in lines:
                file.text(20, y, line.encode("latin-1").decode("windows-1252"))  # fpdf2 hands lines back as it writes them
                y += 6
            y += 6
        if made.foot:
            file.text(20, 285, made.foot)
    return made_files.save(file, path)


def word(made: Made, path: Path) -> Path:
    """Write it as a Word document: large lines of one size are a title or a heading, the others paragraphs."""
    file = docx.Document()
    largest = max(size for _, size, _ in made.lines)
    for text, size, bold in _joined(made.lines):
        if text and size == largest and size > LARGE:
            file.add_paragraph(text, style="Title")
        elif text:
            run = file.add_paragraph().add_run(text)
            run.bold, run.font.size = bold, docx.shared.Pt(size)
    for text in (*made.then, *TEXT, *TEXT):
        file.add_paragraph(text)
    if made.foot:
        file.sections[0].footer.paragraphs[0].text = made.foot
    file.save(str(path))
    return path


def _joined(lines: Sequence[tuple[str, float, bool]]) -> list[tuple[str, float, bool]]:
    """The lines, those of one size and weight that follow each other made one."""
    joined: list[tuple[str, float, bool]] = []
    for text, size, bold in lines:
        if joined and joined[-1][0] and text and joined[-1][1:] == (size, bold) and size > LARGE:
            joined[-1] = (f"{joined[-1][0]} {text}", size, bold)
        else:
            joined.append((text, size, bold))
    return joined


DOCUMENTS = {
    "a safeguarding adult review": Made(
        [
            ("West of Berkshire", 20, True),
            ("Safeguarding Adults Board", 20, True),
            GAP,
            ("Safeguarding Adult Review", 28, True),
            ("Mr Alder", 28, True),
            GAP,
            ("Overview Report", 16, False),
            ("Author: Ann Other", 12, False),
            ("March 2021", 12, False),
        ],
        "Safeguarding Adult Review Mr Alder",
        "West of Berkshire Safeguarding Adults Board",
        "safeguarding adult review",
        2021,
        "England",
    ),
    "a serious case review": Made(
        [
            ("Serious Case Review", 26, True),
            ("Child N14", 22, True),
            GAP,
            ("OVERVIEW REPORT", 16, True),
            GAP,
            ("Commissioned by Cheshire East Safeguarding Children Board", 12, False),
            ("Lead reviewer: Ann Other", 12, False),
            ("12 June 2016", 12, False),
        ],
        "Serious Case Review Child N14",
        "Cheshire East Safeguarding Children Board",
        "serious case review",
        2016,
        "England",
    ),
    "a local child safeguarding practice review": Made(
        [
            ("Local Child Safeguarding Practice Review", 24, True),
            ("“Rowan”", 24, True),
            GAP,
            ("Date of publication: 4 May 2022", 12, False),
        ],
        "Local Child Safeguarding Practice Review “Rowan”",
        "Torbay Safeguarding Children Partnership",
        "local child safeguarding practice review",
        2022,
        "England",
        foot="Torbay Safeguarding Children Partnership | LCSPR Rowan",
    ),
    "a child practice review": Made(
        [
            ("CWM TAF MORGANNWG SAFEGUARDING BOARD", 18, True),
            GAP,
            ("Concise Child Practice Review Report", 24, True),
            ("CTMSB 03/2020", 14, False),
            GAP,
            ("Published: 21/09/2021", 12, False),
        ],
        "Concise Child Practice Review Report",
        "Cwm Taf Morgannwg Safeguarding Board",
        "child practice review",
        2021,
        "Wales",
    ),
    "a domestic homicide review": Made(
        [
            ("Safer Sunderland Partnership", 18, True),
            GAP,
            ("Domestic Homicide Review", 26, True),
            ("Overview report into the death of ‘Hazel’", 18, True),
            GAP,
            ("Independent chair and author: Ann Other", 12, False),
            ("Report completed: 4 May 2019", 12, False),
        ],
        "Domestic Homicide Review Overview report into the death of ‘Hazel’",
        "Safer Sunderland Partnership",
        "domestic homicide review",
        2019,
        "England",
    ),
    "a report of a coroner": Made(
        [
            ("REGULATION 28: REPORT TO PREVENT FUTURE DEATHS", 12, True),
            ("", 10, False),
            ("THIS REPORT IS BEING SENT TO: The Chief Executive, Anyshire Trust", 11, False),
        ],
        "REGULATION 28: REPORT TO PREVENT FUTURE DEATHS",
        "Assistant Coroner for Inner North London",
        "prevention of future deaths report",
        2020,
        "England",
        then=["CORONER", "I am Ann Other, Assistant Coroner, for the coroner area of Inner North London.", "DATE: 14 February 2020"],
        full=True,
    ),
    "statutory guidance of the government": Made(
        [
            ("Working Together to", 40, True),
            ("Safeguard Children", 40, True),
            GAP,
            ("A guide to multi-agency working to help, protect and", 18, True),
            ("promote the welfare of children", 18, True),
            GAP,
            ("December 2023", 18, False),
        ],
        "Working Together to Safeguard Children A guide to multi-agency working to help, protect and promote the welfare of children",
        "HM Government",
        "statutory guidance",
        2023,
        "",
        then=["This guide is statutory guidance. It is issued by HM Government and applies to all agencies."],
    ),
    "a letter of inspectors": Made(
        [
            ("Ofsted", 8, False),
            ("Piccadilly Gate", 8, False),
            GAP,
            ("6 March 2019", 11, False),
            ("", 8, False),
            ("Ann Other, Chair of Isle of Wight Safeguarding Children Board", 11, False),
            ("", 8, False),
            ("Dear local partnership", 11, False),
            ("", 8, False),
            ("Monitoring visit to Isle of Wight Council children’s services", 11, True),
        ],
        "Monitoring visit to Isle of Wight Council children’s services",
        "Ofsted",
        "monitoring visit",
        2019,
        "England",
        then=["I am writing to tell you what we found. The visit was the first since the council was judged to be inadequate in 2018."],
        full=True,
    ),
    "an inspection of a hospital": Made(
        [
            ("Willow Lodge Hospital", 30, True),
            ("Inspection report", 20, False),
            GAP,
            ("14 Example Road, Anytown", 12, False),
            ("Tel: 01632 960 456", 12, False),
            ("www.willow.example", 12, False),
            GAP,
            ("Date of inspection visit: 3 May 2019", 12, False),
            ("Date of publication: 11 June 2019", 12, False),
        ],
        "Willow Lodge Hospital",
        "Care Quality Commission",
        "inspection report",
        2019,
        "England",
        then=["This report describes our judgement of the quality of care at this hospital. The Care Quality Commission is the regulator."],
    ),
    "an inspection of a police force": Made(
        [
            ("HMICFRS", 14, False),
            GAP,
            ("Anyshire Constabulary: child protection", 28, True),
            ("A joint inspection of the police response", 18, True),
            GAP,
            ("August 2021", 12, False),
        ],
        "Anyshire Constabulary: child protection A joint inspection of the police response",
        "HMI Constabulary and Fire & Rescue Services",
        "joint inspection",
        2021,
    ),
    "a briefing of seven minutes": Made(
        [("7 Minute Briefing", 26, True), ("Safeguarding Adult Review: Mr Ash", 18, True)],
        "7 Minute Briefing Safeguarding Adult Review: Mr Ash",
        "Hampshire Safeguarding Adults Board",
        "briefing note",
        2023,
        "England",
        foot="Hampshire Safeguarding Adults Board, May 2023",
        full=True,
    ),
    "an annual report": Made(
        [
            ("Devon Safeguarding", 20, True),
            ("Children Partnership", 20, True),
            GAP,
            ("Annual Report", 32, True),
            ("April 2022 to March 2023", 18, False),
        ],
        "Annual Report",
        "Devon Safeguarding Children Partnership",
        "annual report",
        2023,
        "England",
        then=["© Devon Safeguarding Children Partnership 2023"],
    ),
    "a public inquiry": Made(
        [
            ("The Anytown Hospital Inquiry", 30, True),
            ("Volume 1: what happened", 20, True),
            GAP,
            ("HC 1234", 10, False),
            GAP,
            ("Published 3 October 2018", 12, False),
        ],
        "The Anytown Hospital Inquiry Volume 1: what happened",
        "Anytown Hospital Inquiry",
        "public inquiry report",
        2018,
    ),
    "a committee of Parliament": Made(
        [
            ("House of Commons", 14, False),
            ("Education Committee", 14, True),
            GAP,
            ("Children who are not in school", 30, True),
            GAP,
            ("Third Report of Session 2021–22", 12, False),
            ("Report, together with formal minutes", 12, False),
            ("HC 999", 12, False),
        ],
        "Children who are not in school",
        "Education Committee, House of Commons",
        "select committee report",
        2022,
        then=[
            "Ordered by the House of Commons to be printed 8 March 2022. Published on 11 March 2022 by authority of the House of Commons."
        ],
    ),
    "a learning review in Scotland": Made(
        [
            ("Fife Child Protection Committee", 18, True),
            GAP,
            ("Learning Review", 26, True),
            ("Child F", 26, True),
            GAP,
            ("November 2022", 12, False),
        ],
        "Learning Review Child F",
        "Fife Child Protection Committee",
        "learning review",
        2022,
        "Scotland",
    ),
    "a case management review": Made(
        [
            ("Case Management Review", 26, True),
            ("Executive summary", 18, False),
            GAP,
            ("Safeguarding Board for Northern Ireland", 14, True),
            ("June 2019", 12, False),
        ],
        "Case Management Review",
        "Safeguarding Board for Northern Ireland",
        "case management review",
        2019,
        "Northern Ireland",
    ),
    "a newsletter": Made(
        [
            ("Safeguarding Matters", 30, True),
            ("The newsletter of the Kirklees Safeguarding Children Partnership", 13, True),
            ("Issue 12, Spring 2021", 11, False),
        ],
        "Safeguarding Matters",
        "Kirklees Safeguarding Children Partnership",
        "newsletter",
        2021,
        "England",
        full=True,
    ),
}
