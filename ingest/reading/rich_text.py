"""Rich text (RTF): striprtf's tables of control words and encodings, walked so that headings, lists and tables stay.

striprtf's own `rtf_to_text` gives words alone: it prints the addresses behind links into the text and
loses headings, footnotes and text boxes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from striprtf.striprtf import charset_map, destinations, font_table_group, remove_pict_groups, specialchars

from ingest.reading.glyphs import in_font
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.raised import WITHOUT_MARKS, opening_sign, raised, standing, without_marks
from ingest.reading.shape import Cell, Paragraph, rows, shaped
from ingest.reading.source import Source
from knowledge.errors import FileRefused, NoText

WITHOUT_PICTURES: Callable[[str], str] = remove_pict_groups
FONT_TABLE: Callable[[str], str] = font_table_group
FONT = re.compile(r"\\f(\d{1,6})\b[^;{}]{0,120}?\\fcharset(\d{1,3})")
FONT_NAME = re.compile(r"\{\\f(\d{1,6})\b(?:[^{};]|\{[^{}]*\})*?[ }]([A-Za-z][\w ]*);")
TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
PICTURE, DRAWN_AGAIN = re.compile(r"\{\\pict\b"), re.compile(r"\{\\nonshppict\b")
EMBEDDED, COMMENT = re.compile(r"\{\\\*\\objdata\b"), re.compile(r"\{\\\*\\annotation\b")
STYLE = re.compile(r"\{\\s(\d+)\b([^{}]*)")
HEADING = re.compile(r"\\outlinelevel(\d)|\bheading (\d)", re.IGNORECASE)
SILENT = (destinations | {"fonttbl", "colortbl", "nonesttables", "shprslt", "xmlopen"}) - {"pntext", "footnote", "shptxt", "dptxbxtext"}
TICK_BOX, UNDECIDED = 1, 25  # a form field's kind, and the result that leaves it at its default
ENDS = {"par", "sect", "page"}
CHARSETS = {**charset_map, 2: "latin-1"}  # a symbol font's signs have their bytes' numbers
ENCODINGS = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
LONGEST_LABEL = 80  # a bold first row with longer cells is text, not column heads


@dataclass(frozen=True, slots=True)
class _State:
    """What holds until the group ends: `target` is where words go ("body", "marker", "note", or "" for nowhere)."""

    target: str = "body"
    bold: bool = False
    hidden: bool = False
    struck: bool = False
    deleted: bool = False
    raised: bool = False
    size: float = 12.0
    font: str = ""
    skip: int = 1
    level: int = 0
    in_table: bool = False


@dataclass
class _Row:
    cells: list[tuple[str, bool]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    merging: str = ""
    head: bool = False


def read_rich_text(path: Path) -> Source:
    """Read an RTF file. Raises NoText where it holds no words, FileRefused where it is not RTF."""
    content = path.read_bytes()
    if not content.lstrip().startswith(b"{\\rtf"):
        raise FileRefused(f"{path.name} is damaged or not rich text. Open it in Word, save it as .docx again and add the new file.")
    left_out = LeftOut()
    blocks = shaped(paragraphs_of(content, left_out))
    if not any(char.isalnum() for block in blocks for char in block.text):
        raise NoText(f"{path.name} holds no words. Check that it is the right file.")
    return Source(blocks, sheets=1, paged=False, reader="striprtf", warnings=left_out.sentences())


def paragraphs_of(content: bytes, left_out: LeftOut) -> list[Paragraph]:
    """The paragraphs and table rows of rich text, in order."""
    text = content.decode("latin-1")
    pictures = len(PICTURE.findall(text)) - len(DRAWN_AGAIN.findall(text))
    left_out.add(Unread.PICTURE, max(pictures, 0))
    left_out.add(Unread.EMBEDDED, len(EMBEDDED.findall(text)))
    left_out.add(Unread.COMMENT, len(COMMENT.findall(text)))
    return list(_Walk(WITHOUT_PICTURES(text), left_out).paragraphs())


class _Walk:
    """One way through a file's tokens."""

    def __init__(self, text: str, left_out: LeftOut) -> None:
        self._text = text
        self._left_out = left_out
        self._skipped: Unread | None = None
        self._told = 0
        self._tick_box: dict[str, int] = {}
        self._symbols = dict(FONT_NAME.findall(text[:200_000]))
        self._fonts = {number: CHARSETS.get(int(charset), "cp1252") for number, charset in FONT.findall(FONT_TABLE(text))}
        sheet = text.find("{\\stylesheet")
        styles = STYLE.findall(text[sheet : sheet + 200_000]) if sheet >= 0 else []
        self._levels = {number: _heading(words) for number, words in styles}
        self._state = _State()
        self._stack: list[_State] = []
        self._code = "cp1252"
        self._bytes = bytearray()
        self._skip = 0
        self._pieces: list[tuple[str, bool, float]] = []
        self._marker: list[str] = []
        self._notes: list[tuple[str, str, list[str]]] = []  # each note's sign, the sign if it was typed, its words
        self._row = _Row()
        self._table: list[list[Cell]] = []

    def paragraphs(self) -> Iterator[Paragraph]:
        """The file's paragraphs and table rows, in order."""
        for match in TOKEN.finditer(self._text):
            word, number, code, sign, brace, words = match.groups()
            if not code:
                self._flush()
            if brace == "{":
                self._stack.append(self._state)
            elif brace:
                yield from self._close()
                if not self._stack:
                    break
            elif code:
                self._byte(int(code, 16))
            elif sign:
                self._sign(sign)
            elif word:
                yield from self._word(word, number)
            elif words:
                self._words(words)
        self._flush()
        yield from self._end(closing=True)

    def _close(self) -> Iterator[Paragraph]:
        left = self._state
        self._state = self._stack.pop() if self._stack else _State()
        self._skip = 0
        if left.target == "box" and self._state.target != "box":
            yield from self._end()

    def _word(self, word: str, number: str | None) -> Iterator[Paragraph]:
        state, value = self._state, int(number) if number else 0
        self._skip = 0
        if word in SILENT:
            self._state = replace(state, target="")
        elif word in ("listtext", "pntext"):
            self._state = replace(state, target="marker")
        elif word == "footnote":
            self._open_note()
        elif word in ("shptxt", "dptxbxtext"):
            yield from self._end()
            self._state = replace(_State(font=state.font), target="box")
        elif word == "u":
            self._put(chr(value & 0xFFFF))
            self._skip = state.skip
        elif word in ("cell", "nestcell", "row", "trowd", "trhdr", "cellx", "clmrg", "clvmrg") or word in ENDS:
            if state.target in ("body", "box"):
                yield from self._layout(word)
        elif word in specialchars:
            self._put(specialchars[word].replace("\n", " "))
        else:
            self._property(word, number, value)

    def _property(self, word: str, number: str | None, value: int) -> None:
        state = self._state
        match word:
            case "b":
                self._state = replace(state, bold=number != "0")
            case "v":
                self._state = replace(state, hidden=number != "0")
            case "deleted":
                self._state = replace(state, deleted=number != "0")
            case "strike" | "striked":
                self._state = replace(state, struck=number != "0")
            case "super" | "up" | "nosupersub":
                self._state = replace(state, raised=word != "nosupersub" and number != "0")
            case "fs":
                self._state = replace(state, size=value / 2)
            case "plain":
                self._state = replace(_State(state.target), font=state.font, skip=state.skip, level=state.level, in_table=state.in_table)
            case "f":
                self._state = replace(state, font=number or "")
            case "uc":
                self._state = replace(state, skip=value)
            case "pard":
                self._state = replace(state, level=0, in_table=False)
            case "intbl":
                self._state = replace(state, in_table=True)
            case "outlinelevel":
                self._state = replace(state, level=value + 1 if value < 9 else 0)
            case "s":
                self._state = replace(state, level=self._levels.get(number or "", 0))
            case "ansicpg":
                self._code = f"cp{value}" if _is_known(f"cp{value}") else "utf-8" if value == 65001 else "cp1252"
            case "fftype":
                self._tick_box = {"ffres": UNDECIDED} if value == TICK_BOX else {}
            case "ffres" | "ffdefres" if self._tick_box:
                self._tick_box[word] = value
            case "fldrslt" if self._tick_box:
                told = self._tick_box["ffres"]
                self._put("☒" if (self._tick_box.get("ffdefres") if told == UNDECIDED else told) else "☐")
                self._tick_box = {}
            case _ if word in ENCODINGS:
                self._code = ENCODINGS[word]
            case _:
                pass

    def _layout(self, word: str) -> Iterator[Paragraph]:
        row = self._row
        match word:
            case "trowd":
                row.merged, row.merging, row.head = [], "", False
            case "trhdr":
                row.head = True
            case "clmrg" | "clvmrg":
                row.merging = word
            case "cellx":
                row.merged.append(row.merging)
                row.merging = ""
            case "nestcell":
                self._put(" ")
            case "cell":
                row.cells.append((self._taken(), self._all_bold()))
                self._clear()
            case "row":
                self._table.append(_cells(row, first=not self._table))
                row.cells = []
            case _:
                if self._state.in_table:
                    self._put(" ")
                else:
                    yield from self._end()

    def _end(self, *, closing: bool = False) -> Iterator[Paragraph]:
        """End the paragraph, and the table before it."""
        text = self._taken()
        if self._table and (text or closing):
            yield from rows(self._table)
            self._table = []
        if text:
            size = max((len(without_marks(piece)), size) for piece, _, size in self._pieces)[1]
            marker = " ".join("".join(self._marker).split())
            shown = marker if any(char.isalnum() for char in marker) and len(marker) > 1 else "•" if marker else ""
            yield Paragraph(text, self._state.level, shown, self._all_bold(), size)
        for sign, typed, words in self._notes if text or closing else ():
            if note := " ".join("".join(words).split()):
                yield Paragraph(note.removeprefix(typed).lstrip(), marker=sign, note=True)
        if text or closing:
            self._notes = []
        self._clear()

    def _clear(self) -> None:
        self._pieces.clear()
        self._marker.clear()

    def _taken(self) -> str:
        text = " ".join("".join(piece for piece, _, _ in self._pieces).split())
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _all_bold(self) -> bool:
        inked = [bold for piece, bold, _ in self._pieces if without_marks(piece).strip()]
        return bool(inked) and all(inked)

    def _open_note(self) -> None:
        """Begin a note, under the mark that was typed just before it, or else the next number."""
        state = self._state
        typed = opening_sign(self._pieces[-1][0]) if self._pieces else ""
        if not typed:
            self._told += 1
            if state.target in ("body", "box") and _unread(state) is None:
                self._pieces.append((standing(str(self._told)), state.bold, state.size))
        self._notes.append((typed or str(self._told), typed, []))
        self._state = replace(state, target="note")

    def _put(self, text: str) -> None:
        text = text.translate(WITHOUT_MARKS)
        state = self._state
        if state.target == "marker":
            self._marker.append(text)
        elif state.target == "note" and self._notes:
            self._notes[-1][2].append(text)
        elif state.target in ("body", "box"):
            if unread := _unread(state):
                self._count(unread, text)
                return
            text = in_font(text, self._symbols.get(state.font, ""))
            text = raised(text, self._pieces[-1][0] if self._pieces else "") if state.raised else text
            self._skipped = None if text.strip() else self._skipped
            self._pieces.append((text, state.bold, state.size))

    def _count(self, kind: Unread, text: str) -> None:
        """Count a passage that is left out: several pieces in a row are one."""
        if text.strip() and self._skipped is not kind:
            self._left_out.add(kind)
            self._skipped = kind

    def _sign(self, sign: str) -> None:
        self._skip = 0
        if sign == "*":
            self._state = replace(self._state, target="")
        elif sign in specialchars:
            self._put(specialchars[sign].replace("\r", " ").replace("\n", " "))

    def _words(self, words: str) -> None:
        words, self._skip = words[self._skip :], max(0, self._skip - len(words))
        if words.isascii():
            self._put(words)
        else:
            self._put(words.encode("latin-1").decode(self._code, errors="replace"))

    def _byte(self, byte: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(byte)

    def _flush(self) -> None:
        """Write the bytes gathered in the encoding of their font: some letters take two."""
        if self._bytes:
            self._put(self._bytes.decode(self._fonts.get(self._state.font, self._code), errors="replace"))
            self._bytes.clear()


def _unread(state: _State) -> Unread | None:
    """Why words in this state are left out, if they are."""
    return Unread.DELETED if state.deleted else Unread.STRUCK_OUT if state.struck else Unread.HIDDEN if state.hidden else None


def _cells(row: _Row, *, first: bool) -> list[Cell]:
    head = row.head or (first and all(bold and len(text) <= LONGEST_LABEL for text, bold in row.cells if text))
    made: list[Cell] = []
    for number, (text, _) in enumerate(row.cells):
        merged = row.merged[number] if number < len(row.merged) else ""
        if merged == "clmrg" and made:
            made[-1] = replace(made[-1], width=made[-1].width + 1)
        else:
            made.append(Cell(text, head, below=merged == "clvmrg"))
    return made


def _heading(style: str) -> int:
    found = HEADING.search(style)
    if not found:
        return 0
    level = int(found[1]) + 1 if found[1] else int(found[2])
    return level if level <= 9 else 0


def _is_known(code: str) -> bool:
    try:
        codecs.lookup(code)
    except LookupError:
        return False
    return True
