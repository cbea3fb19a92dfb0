"""What signs of symbol fonts look like: Word writes Symbol and Wingdings as letters of the private use area.

Source: the tables of both fonts as Microsoft publishes them ("Recommended character to Unicode mapping for symbol fonts" of The Unicode
Consortium); the signs are those that reports print as bullets, ticks and arrows.
"""

from __future__ import annotations

BULLET = "•"
LINE_END_HYPHEN = 2  # PDFium's stand-in for a hyphen at a line's end
SYMBOL_CODES = (0xF000, 0xF0FF)  # where Word puts the signs of symbol fonts
SPACES = (0x09, 0x0B, 0x0C)
WINGDINGS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "◆", 0x74: "◆", 0x75: "◆", 0x76: "❖",
    0x77: "◆", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA2: "○", 0xA7: "▪", 0xA8: "☐", 0xAB: "★", 0xB2: "✦", 0xD8: "➢", 0xDC: "➲",
    0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE7: "←", 0xE8: "→", 0xE9: "↑", 0xEA: "↓", 0xEF: "⇦", 0xF0: "⇨",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x4A: "☺", 0x4C: "☹", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x46: "☞", 0x36: "⌛",
}  # fmt: skip
SYMBOL = {
    0xA3: "≤", 0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: BULLET, 0xB9: "≠",
    0xA8: "♦", 0xA7: "♣", 0xA9: "♥", 0xAA: "♠", 0xBB: "≈", 0xBC: "…", 0xB8: "÷", 0xDE: "⇒", 0x2D: "−", 0xF0: "", 0xD6: "√",
}  # fmt: skip


WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xA2: "■", 0xA3: "☐"}
WINGDINGS_3 = {0x66: "←", 0x67: "→", 0x68: "↑", 0x69: "↓", 0x70: "▲", 0x71: "▼", 0x74: "◄", 0x75: "►", 0x7D: "▶"}
WEBDINGS = {0x34: "▶", 0x61: "✓", 0x63: "☐", 0x67: "■", 0x6E: "●", 0x72: "✗"}
FONTS = {"wingdings": WINGDINGS, "wingdings 2": WINGDINGS_2, "wingdings 3": WINGDINGS_3, "webdings": WEBDINGS, "symbol": SYMBOL}


def is_symbol_font(font: str) -> bool:
    """Whether a font shows signs in place of letters."""
    return font.casefold().strip() in FONTS


def in_font(text: str, font: str) -> str:
    """The text as a symbol font shows it; signs that are not known become bullets, spaces stay. Other fonts: the text itself."""
    table = FONTS.get(font.casefold().strip())
    if table is None:
        return text
    return "".join(char if char.isspace() else _sign(ord(char) & 0xFF, table) for char in text)


def _sign(code: int, table: dict[int, str]) -> str:
    return table.get(code) or (chr(code) if table is SYMBOL and 0x20 <= code < 0x40 else BULLET)


def private_signs() -> dict[int, str]:
    """What the private use letters of symbol fonts show, as a table for `str.translate`."""
    return {code: shown(code, symbol=False) for code in range(SYMBOL_CODES[0], SYMBOL_CODES[1] + 1)}


def shown(code: int, symbol: bool) -> str:
    """What a character of the private use area, or one that is none, shows; `symbol`: in the Symbol font.

    It is a bullet where nothing is known.
    """
    if code == LINE_END_HYPHEN:
        return chr(code)
    if code < 0xA0:
        return " " if code in SPACES else BULLET
    if not symbol and not SYMBOL_CODES[0] <= code <= SYMBOL_CODES[1]:
        return chr(code)  # joined letters, perhaps: `knowledge.english` tells
    sign = code & 0xFF
    if symbol and sign not in SYMBOL and 0x20 <= sign < 0x40:
        return chr(sign)
    first, second = (SYMBOL, WINGDINGS) if symbol or sign in (0xB7, 0x2D) else (WINGDINGS, SYMBOL)
    return first.get(sign, second.get(sign, BULLET))
