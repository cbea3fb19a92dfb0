"""A briefing's words as details are looked for in them: block by block, each find with where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from ingest.front import OPENING, Front
from ingest.reading.source import Block, Source

CLOSING = 6  # blocks at the end where a briefing speaks of itself, as in OPENING at its start
NEAR_START, NEAR_END = 40, 15  # blocks where a longer document says who issued it, when and as what
NEAR_SHEETS = 5
EXCERPT = 90

PHONE = re.compile(r"(?<![\w./-])(?:\+44[\s-]?(?:\(0\))?[\s-]?|\(?0)\d(?:[\s()-]{0,2}\d){8,9}(?!\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"“”]*[^\s<>\"“”.,;:)\]]", re.IGNORECASE)


class Words:
    """The blocks of a file, and the file's name."""

    def __init__(self, source: Source, file_name: str) -> None:
        self.source = source
        self.file_name = file_name
        self.blocks = source.blocks

    @cached_property
    def text(self) -> str:
        """All that is printed, a block a line, running heads last."""
        return "\n".join([*(block.text for block in self.blocks), *self.source.running])

    @cached_property
    def prose(self) -> str:
        """The text without telephone numbers, e-mail addresses and links."""
        return LINK.sub(" ", EMAIL.sub(" ", self.text))

    @property
    def opening(self) -> tuple[Block, ...]:
        """The first blocks."""
        return self.blocks[:OPENING]

    @property
    def ends(self) -> tuple[Block, ...]:
        """The first blocks and the last, each once: where a briefing prints who wrote it and when."""
        return self.blocks if len(self.blocks) <= OPENING + CLOSING else (*self.blocks[:OPENING], *self.blocks[-CLOSING:])

    @cached_property
    def front(self) -> Front:
        """The first sheet, line by line."""
        return Front(self.source)

    @cached_property
    def near_start(self) -> tuple[Block, ...]:
        """The blocks of the first sheets."""
        return tuple(block for block in self.blocks[:NEAR_START] if block.sheet <= NEAR_SHEETS)

    @cached_property
    def both_ends(self) -> tuple[Block, ...]:
        """The blocks of the first sheets and the last ones, each once."""
        rest = self.blocks[len(self.near_start) :]
        return (*self.near_start, *rest[-NEAR_END:])

    def finds(self, pattern: re.Pattern[str], blocks: Iterable[Block] | None = None) -> Iterator[tuple[re.Match[str], Block]]:
        """Every place where the pattern is printed, in reading order."""
        for block in self.blocks if blocks is None else blocks:
            for match in pattern.finditer(block.text):
                yield match, block

    def place(self, block: Block, match: re.Match[str] | None = None) -> str:
        """Where a detail was read: 'page 2: “September 2011”', the words around it where it is part of a longer text."""
        text = block.text
        if match is not None and len(text) > EXCERPT:
            start, end = max(0, match.start() - 30), min(len(text), match.end() + 30)
            start = text.find(" ", start, match.start()) + 1 if start else 0
            cut = text.rfind(" ", match.end(), end)
            end = len(text) if end == len(text) else cut if cut > 0 else end
            text = ("…" if start else "") + text[start:end] + ("…" if end < len(block.text) else "")
        elif len(text) > EXCERPT:
            text = text[:EXCERPT].rsplit(" ", 1)[0] + "…"
        return f"{f'page {block.sheet}' if self.source.paged else 'the text'}: “{text}”"

    def place_on_front(self, text: str) -> str:
        """Where words of the first sheet stand that may be several lines."""
        if len(text) > EXCERPT:
            text = text[:EXCERPT].rsplit(" ", 1)[0] + "…"
        return f"{'page 1' if self.source.paged else 'the text'}: “{text}”"
