"""Office files, pages and messages that the tests make, with what only some writers put into them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from lxml import etree
from pptx import Presentation
from pptx.util import Inches

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": OFFICE,
    "a": f"{DRAWING}/main",
    "wp": f"{DRAWING}/wordprocessingDrawing",
    "dgm": f"{DRAWING}/diagram",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
}
NAMESPACES = " ".join(f'xmlns:{short}="{uri}"' for short, uri in SPACES.items())
ODF = {"office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing", "fo": "xsl-fo-compatible", "form": "form"}
ODF_NAMESPACES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in ODF.items())


def word(path: Path, *paragraphs: str, parts: Callable[[Any], None] = lambda _: None) -> Path:
    """A Word document of paragraphs given as the XML of their runs, or of whole elements that begin with <w:p> or the like."""
    made = docx.Document()
    parts(made)
    for xml in paragraphs:
        whole = xml if not xml.startswith("<w:r") else f"<w:p>{xml}</w:p>"
        root = parse_xml(f"<w:body {NAMESPACES}>{whole}</w:body>")
        for element in list(root):
            made.element.body.insert(len(made.element.body) - 1, element)
    made.save(str(path))
    return path


def run(text: str, properties: str = "") -> str:
    """A run of Word text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def part(made: Any, name: str, kind: str, content: str, relation: str = "aFChunk") -> str:
    """Add a part to a Word document; returns the relation's id."""
    added = Part(PackURI(name), kind, content.encode(), made.part.package)
    return str(made.part.relate_to(added, f"{OFFICE}/{relation}"))


def diagram(*words: str) -> str:
    """The data part of a SmartArt diagram."""
    points = "".join(f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in words)
    return f"<dgm:dataModel {NAMESPACES}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>"


def slide(path: Path, *runs: str, title: str = "What we found", also: str = "") -> Path:
    """A show of one slide: a title, a box with a paragraph of runs (their XML), and whatever else stands on it."""
    show = Presentation()
    made = show.slides.add_slide(show.slide_layouts[5])
    made.shapes.title.text = title
    frame = made.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(1)).text_frame
    for xml in runs:
        frame.paragraphs[0]._p.append(etree.fromstring(xml.replace(">", f" {NAMESPACES}>", 1)))
    if also:
        made.shapes._spTree.append(etree.fromstring(also.replace(">", f" {NAMESPACES}>", 1)))
    show.save(str(path))
    return path


def open_text(path: Path, body: str, styles: str = "", mimetype: str = "application/vnd.oasis.opendocument.text") -> Path:
    """An OpenDocument text."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", mimetype)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f"<office:document-content {ODF_NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return path


def text_style(name: str, properties: str) -> str:
    """An OpenDocument style for words in a line."""
    return f'<style:style style:name="{name}" style:family="text"><style:text-properties {properties}/></style:style>'


def page(path: Path, body: str) -> Path:
    """A saved web page."""
    path.write_text(f"<!doctype html><html><head><meta charset=utf-8><title>Learning</title></head><body>{body}</body></html>", "utf-8")
    return path


def retyped(path: Path, source: Path, old: str, new: str) -> Path:
    """A copy of an Office file whose main part is of another type, as templates, shows and files with macros are."""
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(path, "w") as copy:
        for name in package.namelist():
            content = package.read(name)
            copy.writestr(name, content.replace(old.encode(), new.encode()) if name == "[Content_Types].xml" else content)
    return path
