"""How words look, where that decides what is read of them."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.reading.glyphs import in_font
from ingest.reading.left_out import Unread
from ingest.reading.raised import raised


@dataclass(frozen=True, slots=True)
class Look:
    """How words look: `size` in points, `symbols` the symbol font that they are set in, empty for letters."""

    bold: bool = False
    size: float = 0.0
    struck: bool = False
    hidden: bool = False
    raised: bool = False
    symbols: str = ""

    @property
    def unread(self) -> Unread | None:
        """Why words that look so are left out, if they are."""
        return Unread.STRUCK_OUT if self.struck else Unread.HIDDEN if self.hidden else None

    def shown(self, text: str, before: str) -> str:
        """What words that look so show: signs of symbol fonts, and no marks of notes. `before` is what stands before them."""
        text = in_font(text, self.symbols)
        return raised(text, before) if self.raised else text
