"""What every format's text is cleaned of: ligature letters, soft hyphens, marks without width and private letters of symbol fonts.

Quotes, dashes and letters stay as printed.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.reading.glyphs import private_signs
from ingest.reading.source import Block, Source, carried

LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
WITHOUT_WIDTH = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF), "")
CLEAN = str.maketrans({**LIGATURES, **WITHOUT_WIDTH, **private_signs()})


def clean(text: str) -> str:
    """The text with ligatures as letters, without soft hyphens and marks that have no width, signs as shown."""
    return text.translate(CLEAN)


def cleaned(source: Source) -> Source:
    """The source with every text cleaned, and the places in it moved along."""
    blocks = (_cleaned(block) for block in source.blocks)
    return replace(source, blocks=tuple(block for block in blocks if block.text.strip()), title=clean(source.title))


def _cleaned(block: Block) -> Block:
    text = clean(block.text)
    if text == block.text and not block.heads:
        return block
    turn = block.next_sheet_from
    return replace(
        block,
        text=text,
        cells=tuple(map(clean, block.cells)),
        heads=tuple(map(clean, block.heads)),
        next_sheet_from=None if turn is None else len(clean(block.text[:turn])),
        marks=carried(block.marks, block.text, clean),
    )
