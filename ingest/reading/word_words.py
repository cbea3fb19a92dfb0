"""The words of a Word paragraph as they are shown: runs through their looks, signs, tick boxes; what is not shown is counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ingest.reading.drawing import DIAGRAM, R, diagram_words, drawn_once
from ingest.reading.glyphs import in_font
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.look import Look
from ingest.reading.raised import standing
from ingest.reading.shape import Paragraph
from ingest.reading.word_notes import NoteSigns
from ingest.reading.word_numbers import W
from ingest.reading.word_styles import Styles, local, on, value

THROUGH = {"ins", "moveTo", "customXml", "smartTag", "sdtContent", "hyperlink", "fldSimple", "dir", "bdo", "ruby", "rubyBase"}
MATHS = {"e", "num", "den", "sup", "sub", "deg", "f", "sSup", "sSub", "rad", "d"}
BREAKS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
DRAWINGS = {"drawing", "pict", "object"}
PICTURES = {"pic", "imagedata"}
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
BOX, TICKED_BOX = "☐", "☒"  # as Word draws its own tick boxes


@dataclass
class Inline:
    """A paragraph's words as gathered: pieces with whether they are bold and how large, and what hangs on it.

    `boxes` are the elements of its text boxes, `drawn` the words of its diagrams, `notes` the kind, id and mark of each note.
    """

    pieces: list[tuple[str, bool, float]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    drawn: list[Paragraph] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    skipped: Unread | None = None

    @property
    def text(self) -> str:
        """The words so far."""
        return "".join(piece for piece, _, _ in self.pieces)


class Words:
    """Gathers words; `part` is the document's part, whose relations lead to its diagrams; `note_signs` count its notes."""

    def __init__(self, styles: Styles, part: Any, left_out: LeftOut, note_signs: NoteSigns) -> None:
        self._styles = styles
        self._note_signs = note_signs
        self._part = part
        self._left_out = left_out

    def gather(self, element: Any, inline: Inline, look: Look) -> None:
        """Add the words of a paragraph, or of an element in one."""
        for child in element:
            name = local(child)
            if name == "r":
                self._run(child, inline, self._styles.run(child.find(f"{W}rPr"), look))
            elif name in ("del", "moveFrom"):
                self._skip(inline, Unread.DELETED)
            elif name == "sdt" and is_placeholder(child):
                self._left_out.add(Unread.EMPTY_FIELD)
            elif name == "AlternateContent":
                if (way := drawn_once(child)) is not None:
                    self.gather(way, inline, look)
            elif name in THROUGH or name in MATHS or name in ("sdt", "oMath", "oMathPara"):
                self.gather(child, inline, look)
            elif name == "t":
                self._put(inline, child.text or "", look)
            elif name in DRAWINGS:
                self._drawing(child, inline)

    def _run(self, run: Any, inline: Inline, look: Look) -> None:
        for child in run:
            match local(child):
                case "t":
                    self._put(inline, child.text or "", look)
                case "sym":
                    self._put(inline, _sign(child), replace(look, symbols=""))
                case "fldChar":
                    self._put(inline, _field(child), look)
                case name if name in BREAKS:
                    self._put(inline, BREAKS[name], look)
                case "footnoteReference" | "endnoteReference" if look.unread is None:
                    self._note(run, child, inline, look)
                    if _has_own_mark(child):
                        return
                case name if name in DRAWINGS:
                    self._drawing(child, inline)
                case "AlternateContent" if (way := drawn_once(child)) is not None:
                    self._run(way, inline, look)
                case "ruby":
                    self.gather(child, inline, look)
                case _:
                    pass

    def _note(self, run: Any, reference: Any, inline: Inline, look: Look) -> None:
        """Keep a note for after the paragraph, and its mark where it stands: as Word counts it, or as it was typed."""
        kind = f"{local(reference).removesuffix('Reference')}s"
        typed = "".join(text.text or "" for text in run.iter(f"{W}t")) if _has_own_mark(reference) else ""
        sign = typed.strip() or self._note_signs.next(kind)
        inline.notes.append((kind, reference.get(f"{W}id", ""), sign))
        inline.pieces.append((standing(sign), look.bold, look.size))

    def _put(self, inline: Inline, text: str, look: Look) -> None:
        if look.unread is not None:
            if text.strip():
                self._skip(inline, look.unread)
            return
        shown = look.shown(text, inline.pieces[-1][0] if inline.pieces else "")
        if shown.strip():
            inline.skipped = None
        inline.pieces.append((shown if shown in BREAKS.values() else shown.replace("\n", " "), look.bold, look.size))

    def _skip(self, inline: Inline, kind: Unread) -> None:
        """Count a passage that is left out: several runs in a row are one."""
        if inline.skipped is not kind:
            self._left_out.add(kind)
        inline.skipped = kind

    def _drawing(self, element: Any, inline: Inline) -> None:
        """Text boxes and diagrams are read; pictures, charts and embedded files are counted."""
        if local(element) == "object" and any(local(child) == "OLEObject" for child in element):
            self._left_out.add(Unread.EMBEDDED)
            return
        for child in element:
            name = local(child)
            if name == "txbxContent":
                inline.boxes.append(child)
            elif name == "AlternateContent":
                if (way := drawn_once(child)) is not None:
                    self._drawing(way, inline)
            elif name == "relIds" and child.tag.startswith(DIAGRAM):
                self._diagram(child, inline)
            elif name == "chart" and child.tag.startswith(f"{{{CHART}"):
                self._left_out.add(Unread.CHART)
            elif name in PICTURES:
                self._left_out.add(Unread.PICTURE, 0 if _is_decorative(child) else 1)
            else:
                self._drawing(child, inline)

    def _diagram(self, element: Any, inline: Inline) -> None:
        relation = self._part.rels.get(element.get(f"{R}dm", ""))
        words = list(diagram_words(relation.target_part.blob)) if relation is not None and not relation.is_external else []
        inline.drawn.extend(Paragraph(text, marker="•") for text in words)
        if not words:
            self._left_out.add(Unread.DIAGRAM)


def _has_own_mark(reference: Any) -> bool:
    """Whether the mark of a note was typed by its writer, in the run that refers to it."""
    return reference.get(f"{W}customMarkFollows") in ("1", "true", "on")


def _is_decorative(picture: Any) -> bool:
    """Whether its writer marked a picture as decoration."""
    frame = next((e for e in picture.iterancestors() if local(e) in ("inline", "anchor")), None)
    named = [picture, *((child for child in frame if local(child) == "docPr") if frame is not None else ())]
    return any(mark.get("val") in ("1", "true") for element in named for mark in element.iter(DECORATIVE))


def is_placeholder(control: Any) -> bool:
    """Whether a content control shows its prompt ("Click here to enter text"): nobody has filled it in."""
    return on(control.find(f"{W}sdtPr"), "showingPlcHdr")


def joined(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())


def _sign(element: Any) -> str:
    """What a sign of a symbol font shows (`w:sym`)."""
    code = element.get(f"{W}char", "")
    try:
        sign = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return in_font(sign, element.get(f"{W}font", ""))


def _field(element: Any) -> str:
    """What an older form field shows that keeps no words: a tick box, or the choice in a list. Empty for other fields."""
    data = element.find(f"{W}ffData")
    box = data.find(f"{W}checkBox") if data is not None else None
    if box is not None:
        ticked = on(box, "checked") if box.find(f"{W}checked") is not None else on(box, "default")
        return TICKED_BOX if ticked else BOX
    choices = data.find(f"{W}ddList") if data is not None else None
    if choices is None:
        return ""
    entries = [entry.get(f"{W}val", "") for entry in choices.findall(f"{W}listEntry")]
    told = value(choices, "result") or value(choices, "default") or "0"
    return entries[int(told)] if told.isdigit() and int(told) < len(entries) else ""
