"""What DrawingML, the drawings of Word and PowerPoint, says in words: SmartArt diagrams; and which of two ways to draw a thing is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def diagram_words(blob: bytes) -> Iterator[str]:
    """The words of a SmartArt diagram's data part, a paragraph each, in the order of its outline."""
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False))
    for text in root.iterfind(f".//{DIAGRAM}pt/{DIAGRAM}t"):
        for paragraph in text.iterfind(f"{A}p"):
            if words := " ".join("".join(t.text or "" for t in paragraph.iter(f"{A}t")).split()):
                yield words


def drawn_once(alternative: Any) -> Any:
    """Of an `mc:AlternateContent` the way to draw it that holds the most words; the first of equals. None where there is none."""
    ways = [way for way in alternative if way.tag in (f"{MC}Choice", f"{MC}Fallback")]
    return max(ways, key=_letters, default=None)


def _letters(element: Any) -> int:
    return sum(len(child.text or "") for child in element.iter() if isinstance(child.tag, str) and child.tag.endswith("}t"))
