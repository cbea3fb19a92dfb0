"""The sheet as a Word file, through python-docx; and read again from one, as Word or a person may have changed it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from assistant.documents.found_again import found_again
from assistant.documents.sheet import (
    ABOUT,
    ACTIONS,
    CHALLENGES,
    HEADS,
    NOT_FOUND,
    OWN_WORDS,
    STARTER,
    TITLE,
    Action,
    Block,
    Kept,
    Lost,
    Sheet,
    layout,
)
from assistant.documents.sheet_pieces import Piece, SheetError, pieces_of
from assistant.reflection_models import models
from knowledge.library import Library

LONGEST = 20_000  # letters of a part
LARGEST = 3_000_000  # bytes of a file that is opened
MOST_QUOTES = 200  # each is looked for in the library
INK, SOFT, DEEP, AMBER = "1D2326", "5A5F60", "0D4A58", "8A5A0A"
FONT = "Calibri"
STYLES = {
    "title": "Title",
    "line": "Subtitle",
    "about": "About",
    "heading": "Heading 1",
    "text": "Normal",
    "hint": "Hint",
    "lead": "Lead",
    "quote": "Quote",
    "reference": "Reference",
    "caution": "Caution",
}
FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 has no place for
WIDTHS = (9.2, 4.2, 3.2)  # centimetres of the actions' columns


class Look(NamedTuple):
    """How a style is set: size and space in points, colour as RRGGBB, indent in centimetres."""

    size: float
    colour: str = INK
    before: float = 0
    after: float = 4
    bold: bool = False
    italic: bool = False
    indent: float = 0


LOOKS = {
    "Title": Look(24, DEEP, after=2, bold=True),
    "Subtitle": Look(12, SOFT, after=6),
    "About": Look(9.5, SOFT, after=8, italic=True),
    "Heading 1": Look(13.5, DEEP, before=14, after=3, bold=True),
    "Normal": Look(11, after=4),
    "Hint": Look(9.5, SOFT, after=3, italic=True),
    "Lead": Look(10, AMBER, before=6, after=0, bold=True),
    "Quote": Look(11.5, INK, before=4, after=1, indent=0.6),
    "Reference": Look(9.5, SOFT, after=2, indent=0.6),
    "Caution": Look(9.5, AMBER, after=4, indent=0.6),
    "Footer": Look(8.5, SOFT, after=0),
}


def written(sheet: Sheet) -> bytes:
    """The sheet as the bytes of a Word file: real headings, table heads, British English."""
    document = Document()
    _dress(document)
    ids = {kind: document.styles[name].style_id for kind, name in STYLES.items()}  # python-docx would look for it with each paragraph
    for block in layout(sheet):
        if block.kind == "table":
            _table(document, block)
        else:
            document.add_paragraph(_clean(block.text))._p.style = ids[block.kind]
    _footer(document)
    properties = document.core_properties
    properties.title, properties.language, properties.author, properties.comments = TITLE, "en-GB", "", ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def opened(data: bytes, library: Library) -> Sheet:
    """The sheet that a Word file holds. What stands under a heading of no section is kept with the section before it.

    Raises SheetError where the file is no Word file, or too large. It is taken apart in a process of its own.
    """
    if len(data) > LARGEST:
        raise SheetError(f"This file is larger than {LARGEST // 1_000_000} MB: no sheet is. Choose the one that was saved here.")
    return _Reading(library).sheet(pieces_of(data))


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# ---- reading ----


@dataclass
class _Reading:
    """Goes through a document from top to bottom, and sorts what it finds."""

    library: Library
    texts: dict[str, list[str]] = field(default_factory=dict)
    quotes: list[tuple[str, str, bool]] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    section: str = ""
    challenges: bool = False

    def __post_init__(self) -> None:
        self.sections = {section.name.casefold(): section.id for section in models().sections}
        self.ours = {ABOUT, OWN_WORDS, NOT_FOUND, STARTER, *(section.hint for section in models().sections)}

    def sheet(self, pieces: list[Piece]) -> Sheet:
        for kind, what in pieces:
            if kind == "table":
                self._table(what)
            else:
                self._paragraph(what[0].strip("\n"), what[1])
        if len(self.quotes) > MOST_QUOTES:
            raise SheetError(f"This file holds more than {MOST_QUOTES} quotations: no sheet does. Choose the one that was saved here.")
        found = [found_again(self.library, quote, source, challenges=asks) for quote, source, asks in self.quotes]
        texts = {section: "\n".join(lines).strip() for section, lines in self.texts.items()}
        if long := next((section for section, text in texts.items() if len(text) > LONGEST), ""):
            name = next(section.name for section in models().sections if section.id == long)
            raise SheetError(f"“{name}” is longer than {LONGEST:,} letters: no sheet is. Shorten it in Word, then open the file again.")
        return Sheet(
            {section: text for section, text in texts.items() if text},
            tuple(one for one in found if isinstance(one, Kept)),
            tuple(one for one in found if isinstance(one, Lost)),
            tuple(self.actions),
        )

    def _paragraph(self, text: str, style: str) -> None:
        known = self.sections.get(text.strip().casefold()) if style.startswith("Heading") else None
        if known:
            self.section = known
        elif style.startswith("Heading") and text.strip() == ACTIONS:
            self.section = models().sections[-1].id  # what was typed below the table is kept with the part before it
        elif style == "Quote" and text.strip():
            self.quotes.append((text.strip().removeprefix("“").removesuffix("”"), "", self.challenges))
            self.challenges = False
        elif style == "Lead" and text == CHALLENGES:
            self.challenges = True
        elif style == "Reference" and self.quotes and not self.quotes[-1][1]:
            quote, _, asks = self.quotes[-1]
            self.quotes[-1] = (quote, text, asks)
        elif not self._made_here(text, style):
            self.texts.setdefault(self.section or models().sections[0].id, []).append(text)

    def _made_here(self, text: str, style: str) -> bool:
        """Whether these words are the sheet's own, and not a person's."""
        if style in ("Title", "Subtitle"):
            return text == TITLE or not self.section
        made = text in self.ours or text.startswith(("Older than today’s guidance", "Read by text recognition"))
        return made and style in ("About", "Hint", "Caution")

    def _table(self, table: list[list[str]]) -> None:
        rows = [[cell.strip() for cell in row] for row in table]
        if rows and tuple(rows[0]) == HEADS:
            self.actions += [Action(*row[:3]) for row in rows[1:] if any(row[:3])]
        else:
            for row in rows:
                self._paragraph(" | ".join(row), "")


# ---- writing ----


def _dress(document: Any) -> None:
    """A4, our styles over python-docx's, and British English for every word."""
    part = document.sections[0]
    part.page_width, part.page_height = Cm(21), Cm(29.7)
    part.left_margin = part.right_margin = Cm(2.2)
    part.top_margin, part.bottom_margin = Cm(2), Cm(1.8)
    for name, look in LOOKS.items():
        _style(document, name, look)
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = defaults.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        defaults.append(language)
    for attribute in ("val", "eastAsia"):
        language.set(qn(f"w:{attribute}"), "en-GB")


def _style(document: Any, name: str, look: Look) -> None:
    styles = document.styles
    style = styles[name] if name in [s.name for s in styles] else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name in ("About", "Hint", "Lead", "Reference", "Caution"):
        style.base_style, style.next_paragraph_style = styles["Normal"], styles["Normal"]
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(look.size), look.bold, look.italic
    style.font.color.rgb = RGBColor.from_string(look.colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.left_indent = Pt(look.before), Pt(look.after), Cm(look.indent)
    shape.line_spacing = 1.15
    shape.keep_with_next = name in ("Heading 1", "Lead", "Quote")
    rule = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if rule is not None:
        style.element.pPr.remove(rule)
    if name == "Quote":
        _edge(style, "left", DEEP)
    if name == "Heading 1":
        _edge(style, "bottom", "C9D6D9", width=4)


def _edge(style: Any, side: str, colour: str, width: int = 18) -> None:
    """A rule at one side of the style's paragraphs, `width` in eighths of a point."""
    borders, edge = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for attribute, value in (("val", "single"), ("sz", str(width)), ("space", "8" if side == "left" else "2"), ("color", colour)):
        edge.set(qn(f"w:{attribute}"), value)
    borders.append(edge)
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _table(document: Any, block: Block) -> None:
    """The table with a head that Word repeats over pages and reads aloud as one."""
    table = document.add_table(rows=0, cols=len(HEADS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    for place, row in enumerate(block.rows):
        line = table.add_row()
        for cell, text, width in zip(line.cells, row, WIDTHS, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].text = _clean(text)
            if place == 0:
                cell.paragraphs[0].runs[0].bold = True
                shade = OxmlElement("w:shd")
                for attribute, value in (("val", "clear"), ("color", "auto"), ("fill", "E6EEF0")):
                    shade.set(qn(f"w:{attribute}"), value)
                cell._tc.get_or_add_tcPr().append(shade)
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _footer(document: Any) -> None:
    """What it is, and "page 1 of 2", counted by Word."""
    foot = document.sections[0].footer.paragraphs[0]
    foot.add_run(f"{TITLE} · page ")
    for run in _counted("PAGE", " of ", "NUMPAGES"):
        foot._p.append(run)


def _counted(*parts: str) -> Iterator[Any]:
    for part in parts:
        run = OxmlElement("w:r")
        if part.isupper():
            number = OxmlElement("w:fldSimple")
            number.set(qn("w:instr"), part)
            text = OxmlElement("w:t")
            text.text = "1"
            run.append(text)
            number.append(run)
            yield number
        else:
            text = OxmlElement("w:t")
            text.text = part
            text.set(qn("xml:space"), "preserve")
            run.append(text)
            yield run
