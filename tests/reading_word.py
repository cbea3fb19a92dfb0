"""What a Word file holds, as the tests ask for it."""

from __future__ import annotations

from docx.text.paragraph import Paragraph


def style_of(paragraph: Paragraph) -> str:
    """The name of a paragraph's style; empty where it has none."""
    return (paragraph.style and paragraph.style.name) or ""
