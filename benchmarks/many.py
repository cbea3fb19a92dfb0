"""Passages by the hundred thousand, made for measuring: sentences in our own words, with vectors.

The first DISTINCT passages are embedded for real. Later ones are the same sentences told of other reviews, and their
vectors are those of the first turned a little at random: what an index has to tell apart, without days of embedding.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.made import DID, HEADS, SO, WHEN, WHO
from knowledge.briefing import Date, DateBasis, Details, Page, Passage, PassageKind
from knowledge.embedding import SentenceEmbedder, embedded_text, sha256_of
from knowledge.new_briefing import NewBriefing
from knowledge.themes import themes

DISTINCT = 5000
TURN = 0.35  # the length of what is added to a vector of length 1: a cosine of about .94 to what it was
EACH, A_PAGE = 60, 6  # passages a briefing and a page
BLOCK = 1000  # vectors turned at once, each block by its own seed
FIRST = ("Ash", "Birch", "Cold", "Dun", "Elm", "Fen", "Garth", "Hazel", "Ingle", "Lark", "Marsh", "North")
LAST = ("bourne", "bury", "combe", "dale", "field", "ford", "ham", "hurst", "mere", "stead", "ton", "wick")
CASES = ("Aiden", "Bea", "Callum", "Dara", "Esme", "Finn", "Gwen", "Harley", "Imogen", "Jude", "Keira", "Leo")


def sentence(number: int) -> str:
    """The passage of this number, from 0; no two are alike."""
    words = random.Random(number % DISTINCT)
    theme = words.choice(themes())
    who, did, when, so = (words.choice(list_) for list_ in (WHO, DID, WHEN, SO))
    if words.random() < 0.5:
        text = f"{who[0].upper()}{who[1:]} {did} {words.choice(theme.review_words)} {when}, {so} ({number % DISTINCT})."
    else:
        text = f"“{words.choice(theme.said_as)}”, {who} was told {when}, {so} ({number % DISTINCT})."
    return text if number < DISTINCT else f"In review {number // DISTINCT + 1}: {text}"


def heading(number: int) -> str:
    """The heading that the passage of this number hangs from."""
    return HEADS[number % DISTINCT // A_PAGE % len(HEADS)]


def embedded() -> NDArray[np.float32]:
    """The real vectors of the first DISTINCT passages, a row each."""
    texts = [embedded_text(sentence(n), heading(n)) for n in range(DISTINCT)]
    return np.asarray(SentenceEmbedder().embed_documents(texts), dtype=np.float32)


def turned(base: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
    """The vectors of the passages from `first` to before `last`, rows of length 1."""
    wanted = [_block(base, n)[max(first - n * BLOCK, 0) : last - n * BLOCK] for n in range(first // BLOCK, (last - 1) // BLOCK + 1)]
    return np.concatenate(wanted)


def _block(base: NDArray[np.float32], number: int) -> NDArray[np.float32]:
    start = number * BLOCK
    rows = base[np.arange(start, start + BLOCK) % len(base)]
    if start < len(base):
        return rows
    turn = np.random.default_rng(number).standard_normal(rows.shape, dtype=np.float32)
    rows = rows + TURN * turn / np.linalg.norm(turn, axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def briefings(passages: int, folder: Path) -> Iterator[tuple[NewBriefing, int]]:
    """Briefings of EACH passages, with the number of the first; each one's file is written to `folder`."""
    for first in range(0, passages, EACH):
        path = folder / f"made-{first // EACH}.txt"
        pages = [
            _page(n, range(start, min(start + A_PAGE, passages)))
            for n, start in enumerate(range(first, min(first + EACH, passages), A_PAGE), 1)
        ]
        path.write_text("\n\n".join(page.text for page, _ in pages), "utf-8")
        yield (
            NewBriefing(
                path=path,
                sha256=sha256_of(path),
                details=_details(first // EACH),
                paged=True,
                starter=False,
                pages=tuple(page for page, _ in pages),
                passages=tuple(passage for _, found in pages for passage in found),
                certificate={},
            ),
            first,
        )
        path.unlink()


def _page(number: int, passages: range) -> tuple[Page, list[Passage]]:
    texts = [sentence(n) for n in passages]
    starts = [sum(len(text) + 1 for text in texts[:i]) for i in range(len(texts))]
    made = [
        Passage(number, start, start + len(text), text, heading(n), PassageKind.FINDING, ordinal=n % EACH + 1)
        for n, start, text in zip(passages, starts, texts, strict=True)
    ]
    return Page(number, "\n".join(texts)), made


def _details(number: int) -> Details:
    place = FIRST[number % len(FIRST)] + LAST[number // len(FIRST) % len(LAST)]
    year = 2005 + number % 20
    return Details(
        title=f"What {place} learned",
        publisher=f"{place} Safeguarding Board",
        short_name=place,
        date=Date(str(year), year, DateBasis.PRINTED),
        pseudonyms=(CASES[number % len(CASES)],),
    )
