"""What a Word document's styles say: which are headings or numbered, and how words look, through the styles they rest on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.reading.glyphs import is_symbol_font
from ingest.reading.look import Look
from ingest.reading.word_numbers import W

HEADING = re.compile(r"heading (\d)")
DEEPEST_STYLE = 20


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style as it works out; `level` is a heading's, 0 for none."""

    id: str = ""
    name: str = ""
    level: int = 0
    look: Look = field(default_factory=Look)
    number: str = ""
    number_level: str = ""


class Styles:
    """A document's styles. `root` is the styles part's root."""

    def __init__(self, root: Any) -> None:
        self._elements = {style.get(f"{W}styleId", ""): style for style in root.findall(f"{W}style")}
        default = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._plain = Style(look=Look(size=_points(default) or 10.0))
        usual = (s for s in self._elements.values() if s.get(f"{W}type") == "paragraph" and s.get(f"{W}default") in ("1", "true"))
        self._usual = next((s.get(f"{W}styleId", "") for s in usual), "")
        self._known: dict[str, Style] = {}

    def of(self, style_id: str) -> Style:
        """The paragraph style of that id; the document's usual one for an empty or unknown id."""
        key = style_id if style_id in self._elements else self._usual
        if key not in self._known:
            self._known[key] = self._worked_out(key)
        return self._known[key]

    def heading_level(self, paragraph: Any, style: Style) -> int:
        """1 and up for a heading, as the paragraph itself or its style says; 0 for none."""
        told = value(paragraph.find(f"{W}pPr"), "outlineLvl")
        if told.isdigit():
            return int(told) + 1 if int(told) < 9 else 0
        return style.level

    def run(self, properties: Any, look: Look) -> Look:
        """How a run's words look, in a paragraph whose words look so."""
        if properties is None:
            return look
        named = value(properties, "rStyle")
        if named in self._elements:
            look = self._worked_out(named, Style(look=look)).look
        return _look_over(look, properties)

    def sets_off_first_row(self, table_properties: Any) -> bool:
        """Whether a table's style sets off its first row, and the table asks it to."""
        look = table_properties.find(f"{W}tblLook") if table_properties is not None else None
        if look is None:
            return False
        first = look.get(f"{W}firstRow")
        asked = first in ("1", "true") if first is not None else bool(int(look.get(f"{W}val", "0") or "0", 16) & 0x20)
        style = self._elements.get(value(table_properties, "tblStyle"))
        return asked and any(
            part.get(f"{W}type") == "firstRow" and len(part) for s in self._chain(style) for part in s.findall(f"{W}tblStylePr")
        )

    def _chain(self, style: Any) -> list[Any]:
        """The style, then those it rests on."""
        chain: list[Any] = []
        while style is not None and style not in chain and len(chain) < DEEPEST_STYLE:
            chain.append(style)
            style = self._elements.get(value(style, "basedOn"))
        return chain

    def _worked_out(self, key: str, ground: Style | None = None) -> Style:
        made = ground or self._plain
        for element in reversed(self._chain(self._elements.get(key))):
            made = _over(made, element)
        return replace(made, id=key)


def _over(ground: Style, element: Any) -> Style:
    """A style laid over the one it rests on."""
    name = value(element, "name").lower()
    run, paragraph = element.find(f"{W}rPr"), element.find(f"{W}pPr")
    heading = HEADING.match(name)
    level = int(heading[1]) if heading else 1 if name in ("title", "subtitle") else ground.level
    outline = value(paragraph, "outlineLvl")
    if outline.isdigit() and not heading:
        level = int(outline) + 1 if int(outline) < 9 else 0
    numbered = paragraph.find(f"{W}numPr") if paragraph is not None else None
    number = value(numbered, "numId") if numbered is not None else ground.number
    number_level = value(numbered, "ilvl") if numbered is not None else ground.number_level
    return Style("", name, level, _look_over(ground.look, run), number, number_level)


def _look_over(ground: Look, properties: Any) -> Look:
    """A look with what run properties change of it."""
    if properties is None:
        return ground

    def switch(otherwise: bool, *names: str) -> bool:
        told = [name for name in names if properties.find(f"{W}{name}") is not None]
        return any(on(properties, name) for name in told) if told else otherwise

    align, raised_by = value(properties, "vertAlign"), value(properties, "position")
    return Look(
        bold=switch(ground.bold, "b"),
        size=_points(properties) or ground.size,
        struck=switch(ground.struck, "strike", "dstrike"),
        hidden=switch(ground.hidden, "vanish"),
        raised=align == "superscript" or (ground.raised and not align) or (raised_by.isdigit() and int(raised_by) > 0),
        symbols=_symbols(properties, ground.symbols),
    )


def _symbols(properties: Any, otherwise: str) -> str:
    fonts = properties.find(f"{W}rFonts")
    font = fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") if fonts is not None else None
    return otherwise if font is None else font if is_symbol_font(font) else ""


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def value(element: Any, name: str) -> str:
    """The `w:val` of a child, empty where there is none."""
    found = element.find(f"{W}{name}") if element is not None else None
    return str(found.get(f"{W}val", "")) if found is not None else ""


def on(properties: Any, name: str) -> bool:
    """Whether a switch such as `w:b` is there and not turned off."""
    found = properties.find(f"{W}{name}") if properties is not None else None
    return found is not None and found.get(f"{W}val", "1") not in ("0", "false", "off")


def _points(properties: Any) -> float:
    text = value(properties, "sz")
    return int(text) / 2 if text.isdigit() else 0.0
