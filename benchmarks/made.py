"""Briefings made up for measuring: PDF files of 20 pages, no two alike, in our own words."""

from __future__ import annotations

import random
from pathlib import Path

from fpdf import FPDF

WHO = [
    "the health visitor",
    "the school nurse",
    "a police officer",
    "the social worker",
    "the midwife",
    "the review panel",
    "a teacher",
    "the GP",
]
DID = [
    "wrote down",
    "did not ask about",
    "heard of",
    "visited because of",
    "passed on",
    "held a meeting on",
    "set aside",
    "asked the manager about",
]
WHAT = [
    "the bruise on the baby's arm",
    "the missed appointments",
    "the mother's low mood",
    "the partner who had moved in",
    "the cold bedroom",
    "the grandmother's call",
    "the older brother's absence from school",
    "the earlier plan",
    "the father's drinking",
    "the fresh start with a new worker",
]
WHEN = [
    "in the first week",
    "after nine days",
    "before the conference",
    "once the case had closed",
    "during the summer",
    "at the next visit",
]
SO = [
    "and nobody owned the worry",
    "so that the picture stayed in pieces",
    "which changed what was asked next",
    "but the child was not seen alone",
    "and the reason was never recorded",
    "so the plan was written again",
    "and it was two months until anyone returned to it",
]
HEADS = [
    "What happened",
    "What was learned",
    "What went well",
    "Voices of the children",
    "Recording",
    "Challenge between agencies",
    "Next steps",
]


def briefing(path: Path, seed: int, pages: int = 20) -> Path:
    """Write a PDF of `pages` pages of about 2,300 characters: headings, paragraphs and bullets."""
    words = random.Random(seed)
    made = FPDF()
    made.set_auto_page_break(False)
    for number in range(pages):
        made.add_page()
        for _ in range(2):
            made.set_font("Helvetica", "B", 13)
            made.multi_cell(0, 8, words.choice(HEADS), new_x="LMARGIN", new_y="NEXT")
            made.set_font("Helvetica", size=10)
            made.multi_cell(0, 5, " ".join(_sentence(words, seed, number) for _ in range(5)), new_x="LMARGIN", new_y="NEXT")
            made.multi_cell(0, 5, "The panel found that:", new_x="LMARGIN", new_y="NEXT")
            for _ in range(4):
                made.multi_cell(0, 5, f"\x95 {_sentence(words, seed, number)}", new_x="LMARGIN", new_y="NEXT")
    made.output(str(path))
    return path


def _sentence(words: random.Random, seed: int, number: int) -> str:
    start = f"In review {seed}, part {number + 1}, " if words.random() < 0.2 else ""
    text = f"{start}{words.choice(WHO)} {words.choice(DID)} {words.choice(WHAT)} {words.choice(WHEN)}, {words.choice(SO)}."
    return text[0].upper() + text[1:]
