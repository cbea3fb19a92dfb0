"""Makes the starter library's PDF files from their words: `python -m docs.starter` in the project's folder.

The words stand in `knowledge/starter/source/*.md`, the PDF files beside that folder. The same words make the same bytes. A source
begins with its details ("title: ..."), a line each, up to an empty line. After that each line is one block: a heading ("## "), a
finding or a question ("- "), a row of a table ("| label | text"), or a paragraph. A file whose name begins with "case-" is fictional,
and says so at the foot of every page.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

STARTER = Path(__file__).parent.parent / "knowledge" / "starter"
FONTS = Path(__file__).parent.parent / "assistant" / "page" / "fonts"
PUBLISHER = "Practice Reflection Assistant"
MADE = datetime(2026, 11, 1, tzinfo=UTC)
PRINTED = "Starter material, written for this product. Not a published review."
FOOT = "Written for the Practice Reflection Assistant as starter material. Not a published review."
FICTIONAL = "The child, family and places are fictional."
DETAILS = {"kind": "Kind", "rests on": "Rests on", "pseudonyms": "Pseudonyms", "themes": "Themes"}

LEFT, TOP, FOOT_AT = 24.0, 22.0, 275.0  # millimetres, as all lengths here
WIDTH = 210.0 - 2 * LEFT
BOTTOM = 266.0
LINE, SMALL_LINE = 5.3, 4.7
INDENT, LABEL, CELL = 6.0, 36.0, 44.0  # a label needs a wide gap behind it: else it reads on into the text
INK, SOFT, DEEP, RULE, BAND = (29, 35, 38), (84, 88, 89), (13, 74, 88), (200, 192, 178), (245, 241, 233)


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a document: `kind` is heading, item, table or paragraph; a table has rows of (label, text)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A document's words: its details by name, and its parts in order."""

    name: str
    details: dict[str, str]
    parts: tuple[Part, ...]

    @property
    def fictional(self) -> bool:
        """Whether it tells of an invented case."""
        return self.name.startswith("case-")


def sources() -> list[Path]:
    """The files that hold the words."""
    return sorted((STARTER / "source").glob("*.md"))


def read(path: Path) -> Written:
    """The words of one document. Raises ValueError, with the file and the line, where a detail has no name."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    details: dict[str, str] = {}
    for number, line in enumerate(head.splitlines(), 1):
        name, colon, value = line.partition(": ")
        if not colon:
            raise ValueError(f"{path.name}, line {number}: write a detail as “title: ...”, or leave an empty line before the text.")
        details[name] = value.strip()
    return Written(path.stem, details, tuple(_parts(body.splitlines())))


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    rows: list[tuple[str, str]] = []
    for line in [*lines, ""]:
        if line.startswith("| "):
            label, _, text = line[2:].partition(" | ")
            rows.append((label.strip(), text.strip()))
            continue
        if rows:
            yield Part("table", rows=tuple(rows))
            rows = []
        if line.startswith("## "):
            yield Part("heading", line[3:].strip())
        elif line.startswith("- "):
            yield Part("item", line[2:].strip())
        elif line.strip():
            yield Part("paragraph", line.strip())


class Document(FPDF):
    """A document being laid out: what belongs together is never parted by the end of a page."""

    def __init__(self, written: Written) -> None:
        super().__init__()
        self.written = written
        self.set_auto_page_break(False)
        self.set_margins(LEFT, TOP, LEFT)
        for family, style, file in (
            ("sans", "", "source-sans-3-latin-400-normal"),
            ("sans", "B", "source-sans-3-latin-600-normal"),
            ("serif", "", "source-serif-4-latin-400-normal"),
        ):
            self.add_font(family, style, _truetype(file))
        title = written.details["title"]
        self.set_title(title)
        self.set_author(PUBLISHER)
        self.set_subject(written.details["kind"])
        self.set_keywords(written.details["themes"])
        self.set_creator(PUBLISHER)
        self.set_producer(PUBLISHER)
        self.set_lang("en-GB")
        self.set_creation_date(MADE)
        self.set_display_mode("fullwidth")
        self.alias_nb_pages("{pages}")
        self.add_page()
        self._opening(title)
        for i, part in enumerate(written.parts):
            following = written.parts[i + 1] if i + 1 < len(written.parts) else None
            self._part(part, following)

    def footer(self) -> None:
        """What every page says of itself."""
        self.set_draw_color(*RULE)
        self.line(LEFT, FOOT_AT, LEFT + WIDTH, FOOT_AT)
        self._font("sans", 8.5, SOFT)
        self.set_xy(LEFT, FOOT_AT + 2)
        self.cell(WIDTH - 30, 4, FOOT)
        self.set_xy(LEFT + WIDTH - 30, FOOT_AT + 2)
        self.cell(30, 4, f"Page {self.page_no()} of {{pages}}", align="R")
        if self.written.fictional:
            self.set_xy(LEFT, FOOT_AT + 6)
            self.cell(WIDTH, 4, FICTIONAL)

    def _font(self, family: str, size: float, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font(family, style, size)
        self.set_text_color(*colour)

    def _opening(self, title: str) -> None:
        """The title, and what the document says of itself."""
        self.set_fill_color(*DEEP)
        self.rect(0, 0, 210, 7, style="F")
        self._font("sans", 22, DEEP, "B")
        self.set_xy(LEFT, TOP)
        self.multi_cell(WIDTH, 9.5, title, align="L", new_x="LMARGIN", new_y="NEXT")
        self.set_y(self.get_y() + 3)
        self._font("sans", 9.5, SOFT)
        known = {"Publisher": PUBLISHER, "Date": self.written.details["date"]}
        known |= {shown: self.written.details[name] for name, shown in DETAILS.items() if name in self.written.details}
        for line in (PRINTED, *(f"{name}: {value}" for name, value in known.items())):
            self.multi_cell(WIDTH, 4.6, line, align="L", new_x="LMARGIN", new_y="NEXT")
            full = self.get_string_width(line) > 0.75 * WIDTH
            self.set_y(self.get_y() + (3.3 if full else 1.7))  # a full line closer to the next one reads on into it
        self.line(LEFT, self.get_y() + 1.5, LEFT + WIDTH, self.get_y() + 1.5)
        self.set_y(self.get_y() + 4)

    def _part(self, part: Part, following: Part | None) -> None:
        needed = self._height(part) + (self._height(following) if part.kind == "heading" and following else 0.0)
        if self.get_y() + needed > BOTTOM:
            self.add_page()
            self.set_y(TOP)
        if part.kind == "heading":
            self._font("sans", 14, DEEP, "B")
            self.set_y(self.get_y() + (5 if self.get_y() > TOP else 0))
            self.multi_cell(WIDTH, 6.4, part.text, align="L", new_x="LMARGIN", new_y="NEXT")
            self.set_y(self.get_y() + 1.8)
        elif part.kind == "table":
            self._table(part.rows)
        else:
            self._text(part)

    def _text(self, part: Part) -> None:
        indent = INDENT if part.kind == "item" else 0.0
        self._font("serif", 10.5, INK)
        if indent:
            self.set_x(LEFT + 0.8)
            self.cell(indent, LINE, "•")
        self.set_x(LEFT + indent)
        self.multi_cell(WIDTH - indent, LINE, part.text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.set_y(self.get_y() + (1.9 if indent else 3.2))

    def _table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Rows with the label in a column of its own, a rule above each and one below the last."""
        self.set_draw_color(*RULE)
        self.set_y(self.get_y() + 1)
        for label, text in rows:
            height = self._row_height(label, text)
            top = self.get_y()
            self.set_fill_color(*BAND)
            self.rect(LEFT, top, CELL - 2, height, style="F")
            self.line(LEFT, top, LEFT + WIDTH, top)
            self._font("sans", 9.5, DEEP, "B")
            self.set_xy(LEFT + 1, top + 1.9)
            self.multi_cell(LABEL, SMALL_LINE, label, align="L")
            self._font("sans", 9.5, INK)
            self.set_xy(LEFT + CELL, top + 1.9)
            self.multi_cell(WIDTH - CELL, SMALL_LINE, text, align="L")
            self.set_y(top + height)
        self.line(LEFT, self.get_y(), LEFT + WIDTH, self.get_y())
        self.set_y(self.get_y() + 4)

    def _row_height(self, label: str, text: str) -> float:
        self._font("sans", 9.5, DEEP, "B")
        first = self._lines(LABEL, label)
        self._font("sans", 9.5, INK)
        return SMALL_LINE * max(first, self._lines(WIDTH - CELL, text)) + 3.8

    def _height(self, part: Part) -> float:
        """The height that a part takes."""
        if part.kind == "table":
            return 1 + sum(self._row_height(*row) for row in part.rows)
        if part.kind == "heading":
            self._font("sans", 14, DEEP, "B")
            return 6.8 + 6.4 * self._lines(WIDTH, part.text)
        self._font("serif", 10.5, INK)
        return LINE * self._lines(WIDTH - (INDENT if part.kind == "item" else 0), part.text)

    def _lines(self, width: float, text: str) -> int:
        lines = self.multi_cell(width, 5, text, align="L", dry_run=True, output="LINES")
        assert isinstance(lines, list), lines
        return len(lines)


@cache
def _truetype(name: str) -> Path:
    """One of the page's fonts without its web wrapping, which PDF has no use for."""
    font = TTFont(FONTS / f"{name}.woff2", recalcTimestamp=False)
    font.flavor = None
    unpacked = Path(tempfile.mkdtemp()) / f"{name}.ttf"
    font.save(unpacked)
    atexit.register(shutil.rmtree, unpacked.parent, ignore_errors=True)
    return unpacked


def made(path: Path) -> bytes:
    """The PDF file of one source."""
    return bytes(Document(read(path)).output())


def main() -> None:
    """Make every file anew, and take out those that have no source any more."""
    for path in sources():
        content = made(path)
        (STARTER / f"{path.stem}.pdf").write_bytes(content)
        print(f"{path.stem}.pdf: {len(content):,} bytes")
    for old in set(STARTER.glob("*.pdf")) - {STARTER / f"{path.stem}.pdf" for path in sources()}:
        old.unlink()


if __name__ == "__main__":
    main()
