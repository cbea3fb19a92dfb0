"""A report of two pages as a lead writes one: 20 quotations, 8 of them wrong, each in another way."""

from __future__ import annotations

from pathlib import Path

import docx

from knowledge.library import Library
from tests.made_quotations import by_kind, cited, mutants, sources

KINDS = (
    "another word",
    "another number",
    "negation lost",
    "spliced",
    "another page",
    "another document",
    "condition cut",
    "ellipsis hides a negation",
)


def write_report(library: Library, path: Path) -> list[set[str]]:
    """Write it as a Word file, over the starter library; gives the verdicts that are right, in the order of the text."""
    wrong = {how: made[3] for how, made in by_kind(mutants(library, 4)) if how in KINDS}
    document = docx.Document()
    document.add_heading("What reviews tell us")
    right: list[set[str]] = []
    listed = iter(sources(library)[5::31])
    for number in range(20):
        if number % 5 in (1, 3):
            made = wrong[KINDS[len(right) * 2 // 5]]
            document.add_paragraph(
                f"Our service has asked itself what that means for us. {made.paragraph.text} We discussed it in our team."
            )
            right.append({verdict.value for verdict in made.right})
        else:
            source = next(listed)
            text = (
                f"{source.text} {cited(source, number)}" if number % 5 == 0 else f"The paper says: “{source.text}” {cited(source, number)}."
            )
            document.add_paragraph(text, style="Quote" if number % 5 == 0 else None)
            right.append({"exact", "same words"})
    document.save(str(path))
    return right
