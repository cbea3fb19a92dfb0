"""Files that a Word document holds whole and shows in its place (`w:altChunk`): web pages, rich text, plain text."""

from __future__ import annotations

from ingest.lines import blocks_of
from ingest.reading.left_out import LeftOut
from ingest.reading.plain import decoded_bytes, sheet_of
from ingest.reading.shape import Paragraph


def inserted(content: bytes, content_type: str, left_out: LeftOut) -> list[Paragraph] | None:
    """The paragraphs of such a file; None where its kind is not read."""
    kind = content_type.split(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml", "message/rfc822", "multipart/related"):
        from ingest.reading.web import paragraphs_of

        paragraphs, told = paragraphs_of(content)
        for sentence in told:
            left_out.tell(sentence)
        return paragraphs
    if kind in ("application/rtf", "text/rtf", "application/richtext"):
        from ingest.reading.rich_text import paragraphs_of as rich_paragraphs

        return rich_paragraphs(content, left_out)
    if kind == "text/plain":
        blocks = blocks_of([sheet_of(decoded_bytes(content))])
        return [Paragraph(block.text, block.level, block.marker, cells=block.cells, heads=block.heads) for block in blocks]
    return None
