"""Makes the packs' templates: `python -m docs.pack_templates`. They can also be opened in Word and PowerPoint and restyled by hand.

All that gives a pack its look stands in the two files: fonts, colours, page, running header and footer, slide master.
`assistant/documents/blocks_docx.py` and `blocks_pptx.py` find styles by their names and layouts by their places.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree
from pptx import Presentation
from pptx.util import Inches

FOLDER = Path(__file__).resolve().parent.parent / "assistant" / "packs" / "templates"
INK, SOFT, DEEP, AMBER, LINE, SHADE = "1D2326", "4B4F50", "0D4A58", "7A4F08", "7D7668", "E6EEF0"
FONT = "Calibri"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
STYLES = {  # name: size, colour, space before, space after, bold, italic, indent in cm
    "Normal": (11, INK, 0, 5, False, False, 0.0),
    "Title": (24, DEEP, 0, 3, True, False, 0.0),
    "Heading 1": (15, DEEP, 14, 4, True, False, 0.0),
    "Heading 2": (12.5, DEEP, 10, 3, True, False, 0.0),
    "List Bullet": (11, INK, 0, 3, False, False, 0.63),
    "Quote": (11.5, INK, 4, 2, False, False, 0.6),
    "Reference": (9.5, SOFT, 0, 6, False, False, 0.6),
    "Caution": (9.5, AMBER, 0, 6, False, False, 0.6),
    "Hint": (9.5, SOFT, 0, 5, False, True, 0.0),
    "Lead": (11, DEEP, 6, 3, True, False, 0.0),
    "Cell": (10, INK, 2, 2, False, False, 0.0),
    "Cell Head": (9.5, DEEP, 2, 2, True, False, 0.0),
    "Header": (9.5, INK, 0, 0, True, False, 0.0),
    "Footer": (8.5, SOFT, 0, 0, False, False, 0.0),
}


def main() -> None:
    """Write both templates."""
    _word(FOLDER / "template.docx")
    _slides(FOLDER / "template.pptx")


def _word(path: Path) -> None:
    document: Any = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    for name, look in STYLES.items():
        known = name in document.styles
        _dress(document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), *look)
    _edge(document.styles["Quote"])
    for name in ("Heading 1", "Heading 2", "Lead"):
        document.styles[name].paragraph_format.keep_with_next = True
    language = document.styles.element.find(qn("w:docDefaults")).find(".//" + qn("w:lang"))
    language.set(qn("w:val"), "en-GB")
    _table_style(document)
    _footer(section.footer.paragraphs[0])
    properties = document.core_properties
    properties.title, properties.author, properties.comments, properties.language = "Learning pack", "", "", "en-GB"
    document.save(str(path))


def _dress(style: Any, size: float, colour: str, before: float, after: float, bold: bool, italic: bool, indent: float) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, italic
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.12
    style.quick_style = True
    if indent:
        style.paragraph_format.left_indent = Cm(indent)
    for border in style.element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)


def _edge(style: Any) -> None:
    """A line at the left of quotations."""
    edges = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", DEEP)):
        left.set(qn(f"w:{name}"), value)
    edges.append(left)
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(edges, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _table_style(document: Any) -> None:
    style = document.styles.add_style("Pack Table", WD_STYLE_TYPE.TABLE)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    space = f'xmlns:w="{qn("w:x")[1:].split("}")[0]}"'
    shaded = f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/></w:tcPr>'
    for text in (
        f'<w:tblPr {space}><w:tblBorders>{sides}</w:tblBorders><w:tblCellMar><w:left w:w="100" w:type="dxa"/>'
        '<w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>',
        f'<w:tblStylePr {space} w:type="firstRow">{shaded}</w:tblStylePr>',
    ):
        style.element.append(etree.fromstring(text))


def _footer(paragraph: Any) -> None:
    """ "Learning pack  Page 1 of 3"."""
    paragraph.add_run("Prepared with the Practice Reflection Assistant. Page ")
    for field, after in (("PAGE", " of "), ("NUMPAGES", "")):
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        simple.append(run)
        paragraph._p.append(simple)
        paragraph.add_run(after)


def _slides(path: Path) -> None:
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    master = deck.slide_master
    _colours(master)
    wide = {"left": Inches(0.8), "width": Inches(11.73)}
    for holder in (master, *deck.slide_layouts):
        for shape in list(holder.placeholders):
            kind = shape.placeholder_format.type
            name = str(kind).split(" ")[0].split(".")[-1]
            if name in ("DATE", "FOOTER", "SLIDE_NUMBER"):
                shape._element.getparent().remove(shape._element)
            elif name in ("TITLE", "CENTER_TITLE"):
                shape.left, shape.width = wide["left"], wide["width"]
                shape.top, shape.height = (Inches(2.2), Inches(1.6)) if name == "CENTER_TITLE" else (Inches(0.55), Inches(1.0))
            elif name in ("BODY", "OBJECT", "SUBTITLE"):
                shape.left, shape.width = wide["left"], wide["width"]
                shape.top, shape.height = (Inches(3.9), Inches(1.5)) if name == "SUBTITLE" else (Inches(1.75), Inches(5.1))
    for place in (10, 9, 8, 7, 6):  # layouts that a pack does not use
        deck.slide_layouts.remove(deck.slide_layouts[place])
    for size, tag in ((3400, "titleStyle"), (2600, "bodyStyle")):
        style = master.element.find(".//{http://schemas.openxmlformats.org/presentationml/2006/main}" + tag)
        for level in style:
            level.set("algn", "l")
            for letters in level.findall(f"{{{DRAWING}}}defRPr"):
                letters.set("sz", str(size))
                letters.set("lang", "en-GB")
                if tag == "titleStyle":
                    letters.set("b", "1")
                fill = letters.find(f"{{{DRAWING}}}solidFill")
                if fill is not None:
                    fill.clear()
                    etree.SubElement(fill, f"{{{DRAWING}}}srgbClr", val=DEEP if tag == "titleStyle" else INK)
    _bar(master)
    for shape in deck.slide_layouts[0].placeholders:
        for level in shape._element.iter(f"{{{DRAWING}}}lvl1pPr"):
            level.set("algn", "l")
        for fill in list(shape._element.iter(f"{{{DRAWING}}}solidFill")):  # a grey that is hard to read
            fill.getparent().remove(fill)
    deck.core_properties.title, deck.core_properties.author, deck.core_properties.language = "Learning pack", "", "en-GB"
    deck.save(str(path))


def _bar(master: Any) -> None:
    """A band along the top of every slide: it is decoration, and says so to whoever has slides read aloud."""
    shape = etree.fromstring(
        f'<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="{DRAWING}"><p:nvSpPr>'
        '<p:cNvPr id="99" name="Band" descr=""/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{Inches(13.333)}" cy="{Inches(0.18)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
        f'<a:srgbClr val="{DEEP}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )
    master.shapes._spTree.insert(2, shape)


def _colours(master: Any) -> None:
    """The theme's fonts and colours."""
    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme = etree.fromstring(part.blob)
    for face in theme.iter(f"{{{DRAWING}}}latin"):
        if face.getparent().tag.endswith(("majorFont", "minorFont")):
            face.set("typeface", FONT)
    for name, colour in (("dk1", INK), ("dk2", DEEP), ("accent1", DEEP), ("lt2", SHADE)):
        for place in theme.iter(f"{{{DRAWING}}}{name}"):
            for old in list(place):
                place.remove(old)
            etree.SubElement(place, f"{{{DRAWING}}}srgbClr", val=colour)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


if __name__ == "__main__":
    main()
