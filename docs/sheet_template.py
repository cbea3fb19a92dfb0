"""Makes the sheet's Word template: `python -m docs.sheet_template`. It can also be opened in Word and restyled by hand.

Everything that gives the sheet its look stands in the template: page, styles, British English, running header and footer.
`assistant/documents/sheet_docx.py` only fills it in, and finds each style by its name.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

TEMPLATE = Path(__file__).resolve().parent.parent / "assistant" / "documents" / "sheet_template.docx"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
INK, SOFT, DEEP, AMBER, LINE, SHADE = "1D2326", "4B4F50", "0D4A58", "7A4F08", "7D7668", "E6EEF0"
RIGHT = 9411  # twentieths of a point: where the text ends (21 cm less two margins of 2.2 cm)


class Look(NamedTuple):
    """A paragraph style: size and spaces in points, colour as RRGGBB, indent in twentieths of a point."""

    name: str
    size: float
    colour: str = INK
    before: float = 0
    after: float = 4
    bold: bool = False
    italic: bool = False
    indent: int = 0
    keep: bool = False
    level: int | None = None
    edge: str = ""
    extra: str = ""


LOOKS = (
    Look("Title", 24, DEEP, after=2, bold=True),
    Look("Subtitle", 12, SOFT, after=6),
    Look("heading 1", 13.5, DEEP, before=14, after=3, bold=True, keep=True, level=0, edge="bottom"),
    Look("heading 2", 11.5, DEEP, before=10, after=2, bold=True, keep=True, level=1),
    Look("About", 9.5, SOFT, after=8, italic=True),
    Look("Hint", 9.5, SOFT, after=3, italic=True),
    Look("Lead", 10, AMBER, before=6, after=0, bold=True, keep=True),
    Look("Quote", 11.5, before=5, after=1, indent=340, keep=True, edge="left"),
    Look("Starter", 11, before=5, after=1, indent=340, keep=True),
    Look("Reference", 9.5, SOFT, after=3, indent=340),
    Look("Caution", 9.5, AMBER, after=4, indent=340),
    Look("Source", 9.5, SOFT, after=2, indent=340),
    Look("Cell", 10.5, before=2, after=2),
    Look("Label", 9.5, SOFT, before=2, after=2, bold=True),
    Look("header", 9.5, INK, after=0, bold=True, extra='<w:jc w:val="center"/>'),
    Look("footer", 8.5, SOFT, after=0, extra=f'<w:tabs><w:tab w:val="right" w:pos="{RIGHT}"/></w:tabs>'),
)
CELLS = '<w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
SHADED = f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/></w:tcPr>'
HEAD_ROW = f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>{SHADED}</w:tblStylePr>'


def main() -> None:
    """Write the template."""
    with zipfile.ZipFile(TEMPLATE, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts().items():
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def parts() -> dict[str, str]:
    """The template's parts by name, each as XML."""
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("rId1", f"{OFFICE}/relationships/officeDocument", "word/document.xml"),
            ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ("rId3", f"{OFFICE}/relationships/extended-properties", "docProps/app.xml"),
        ),
        "docProps/core.xml": _core(),
        "docProps/app.xml": _xml(
            f'<Properties xmlns="{OFFICE}/extended-properties"><Application>Practice Reflection Assistant</Application></Properties>'
        ),
        "word/document.xml": _xml(f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}/relationships"><w:body>{_page()}</w:body></w:document>'),
        "word/_rels/document.xml.rels": _relations(
            *(
                (f"rId{n}", f"{OFFICE}/relationships/{kind}", file)
                for n, (kind, file) in enumerate(
                    (("styles", "styles.xml"), ("settings", "settings.xml"), ("header", "header1.xml"), ("footer", "footer1.xml")), 1
                )
            )
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _xml(
            f'<w:settings xmlns:w="{WORD}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
            '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
            '<w:themeFontLang w:val="en-GB"/></w:settings>'
        ),
        "word/header1.xml": _xml(f'<w:hdr xmlns:w="{WORD}"><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr></w:p></w:hdr>'),
        "word/footer1.xml": _footer(),
    }


def _xml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{body}'


def _content_types() -> str:
    kinds = {
        "word/document.xml": f"{TYPES}.document.main+xml",
        "word/styles.xml": f"{TYPES}.styles+xml",
        "word/settings.xml": f"{TYPES}.settings+xml",
        "word/header1.xml": f"{TYPES}.header+xml",
        "word/footer1.xml": f"{TYPES}.footer+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    named = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return _xml(
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{named}</Types>'
    )


def _relations(*relations: tuple[str, str, str]) -> str:
    each = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{target}"/>' for i, kind, target in relations)
    return _xml(f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>')


def _core() -> str:
    return _xml(
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<dc:title>Preparation for supervision</dc:title><dc:language>en-GB</dc:language></cp:coreProperties>"
    )


def _page() -> str:
    """A4, with the running header and footer."""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/>'
        '<w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1304" w:right="1247" w:bottom="1134" w:left="1247" w:header="567" w:footer="510" w:gutter="0"/></w:sectPr>'
    )


def _footer() -> str:
    def field(name: str) -> str:
        return f'<w:fldSimple w:instr="{name}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'

    return _xml(
        f'<w:ftr xmlns:w="{WORD}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t>Preparation for supervision</w:t></w:r>'
        f'<w:r><w:tab/><w:t xml:space="preserve">Page </w:t></w:r>{field("PAGE")}<w:r><w:t xml:space="preserve"> of </w:t></w:r>'
        f"{field('NUMPAGES')}</w:p></w:ftr>"
    )


def _styles() -> str:
    fonts = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>'
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:color w:val="{INK}"/><w:sz w:val="22"/><w:szCs w:val="22"/>'
        '<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    normal = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
    plain = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>'
        f'<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>{CELLS}</w:tblPr></w:style>'
    )
    tables = _table_style("SheetFields", "Sheet Fields", "") + _table_style("SheetTable", "Sheet Table", HEAD_ROW)
    return _xml(f'<w:styles xmlns:w="{WORD}">{defaults}{normal}{plain}{"".join(map(_style, LOOKS))}{tables}</w:styles>')


def _style(look: Look) -> str:
    """A paragraph style; the order of what stands in it is the standard's."""
    name = "".join(word.capitalize() for word in look.name.split())
    edge = ""
    if look.edge:
        thick, gap, colour = (18, 8, DEEP) if look.edge == "left" else (4, 2, "C9D6D9")
        edge = f'<w:pBdr><w:{look.edge} w:val="single" w:sz="{thick}" w:space="{gap}" w:color="{colour}"/></w:pBdr>'
    tabs, align = (look.extra, "") if look.extra.startswith("<w:tabs") else ("", look.extra)
    level = f'<w:outlineLvl w:val="{look.level}"/>' if look.level is not None else ""
    space = f'<w:spacing w:before="{round(look.before * 20)}" w:after="{round(look.after * 20)}"/><w:ind w:left="{look.indent}"/>'
    shape = f"<w:pPr>{'<w:keepNext/>' if look.keep else ''}<w:keepLines/>{edge}{tabs}{space}{align}{level}</w:pPr>"
    letters = (
        f'<w:rPr>{"<w:b/>" if look.bold else ""}{"<w:i/>" if look.italic else ""}<w:color w:val="{look.colour}"/>'
        f'<w:sz w:val="{round(look.size * 2)}"/><w:szCs w:val="{round(look.size * 2)}"/></w:rPr>'
    )
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{look.name}"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
        f"<w:qFormat/>{shape}{letters}</w:style>"
    )


def _table_style(style_id: str, name: str, rows: str) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:style w:type="table" w:styleId="{style_id}"><w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders>{CELLS}</w:tblPr>{rows}</w:style>"
    )


if __name__ == "__main__":
    main()
