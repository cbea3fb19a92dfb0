"""A text as the words that are compared: one form for all typography, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

JOINTS = "'’ʼ‘`´\u00ad\u200b\u200c\u200d\u2060"
WORD = re.compile(rf"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:[{JOINTS}]+[^\W\d_]+)*|[%£€$]")
APOSTROPHE = str.maketrans(dict.fromkeys("’ʼ‘`´", "'") | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060"))
LIST_MARKER = re.compile(r"^[ \t]*(?:[•●◦▪–-]\s*)?\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s", re.MULTILINE)
BRACKETED = re.compile(r"\[([^\[\]]*)\]")
ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.\s*\.\s*\.|\.\.)\s*[\])]|…|\.\s?\.\s?\.(?:\s?\.)?")
SIC = re.compile(r"\[\s*sic\s*[.!]?\s*\]|\(\s*sic\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its form (lower case, plain apostrophes, no soft hyphens) and its place in the text.

    `inserted` says that it stands in [brackets]; `kept` are the letters outside them where only a part does, as in "[T]he".
    `optional` says that it is a list's number or letter. `gap` is an ellipsis, which has no form.
    """

    form: str
    start: int
    end: int
    inserted: bool = False
    kept: str = ""
    optional: bool = False
    gap: bool = False


def form_of(text: str) -> str:
    """The form under which a word is compared."""
    return unicodedata.normalize("NFKC", text.translate(APOSTROPHE)).casefold().translate(APOSTROPHE)


def words_of(text: str) -> list[Word]:
    """A source's words in order; what only numbers a list is optional."""
    markers = [match.span() for match in LIST_MARKER.finditer(text)]
    found: list[Word] = []
    at = 0
    for match in WORD.finditer(text):
        while at < len(markers) and markers[at][1] <= match.start():
            at += 1
        optional = at < len(markers) and markers[at][0] <= match.start() and match.end() <= markers[at][1]
        found.append(Word(form_of(match[0]), match.start(), match.end(), optional=optional))
    return found


def quoted_words(text: str) -> list[Word]:
    """A quotation's words in order, with gaps where it has an ellipsis; [sic] is left out, [brackets] are told."""
    blank = SIC.sub(lambda found: " " * len(found[0]), text)
    gaps = [Word("", match.start(), match.end(), gap=True) for match in ELLIPSIS.finditer(blank)]
    blank = ELLIPSIS.sub(lambda found: " " * len(found[0]), blank)
    inside = [False] * len(blank)
    for match in BRACKETED.finditer(blank):
        inside[match.start() : match.end()] = [True] * (match.end() - match.start())
    joined, origin = _without_brackets(blank)
    found: list[Word] = []
    for match in WORD.finditer(joined):
        places = origin[match.start() : match.end()]
        start, end = places[0], places[-1] + 1
        kept = "".join(joined[match.start() + n] for n, place in enumerate(places) if not inside[place])
        found.append(Word(form_of(match[0]), start, end, inserted=not kept, kept=form_of(kept) if len(kept) < len(places) else ""))
    return sorted([*found, *gaps], key=lambda word: word.start)


def _without_brackets(text: str) -> tuple[str, list[int]]:
    """The text without brackets that stand within a word, the others as spaces; and where each character stood."""
    letters: list[str] = []
    origin: list[int] = []
    within = _within_words(text)
    for place, letter in enumerate(text):
        if letter in "[]":
            if place in within:
                continue
            letter = " "
        letters.append(letter)
        origin.append(place)
    return "".join(letters), origin


def _within_words(text: str) -> set[int]:
    """The places of brackets around a part of a word: "[T]he", "report[ed]"."""
    found: set[int] = set()
    for match in BRACKETED.finditer(text):
        touches = text[match.end() : match.end() + 1].isalpha() or (match.start() > 0 and text[match.start() - 1].isalpha())
        if match[1].isalpha() and touches:
            found |= {match.start(), match.end() - 1}
    return found


def written(text: str, words: Sequence[Word]) -> str:
    """The words as the text has them, from the first to the last."""
    return " ".join(text[words[0].start : words[-1].end].split()) if words else ""
