"""English words, from the list that pyspellchecker carries, and words whose joined letters a file calls something else, mended with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from knowledge.word_forms import indexed_under

JOINED = ("ti", "tt", "ft", "fi", "fl", "ff", "tti", "ffi", "ffl", "tf", "fft", "th", "fj", "ct", "st")
"""Letters that fonts draw as one sign. Word's Calibri joins ti, tt and ft, and calls them U+019F, U+01A9 and U+014C."""
ODD = "\u0100-\u024f\ue000-\uf8ff\ufffd"
WITH_ODD = re.compile(rf"(?<![^\W\d_])[A-Za-z{ODD}]*[{ODD}][A-Za-z{ODD}]*")
SHARE = 0.8  # of the words with a sign that have to become English ones
LONGEST = 30  # letters of a word


@cache
def _words() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.words())


def is_english(word: str) -> bool:
    """Whether the list has the word, in small letters, in British or American spelling."""
    return word in _words() or indexed_under(word) in _words()


def joined_letters(texts: Iterable[str]) -> dict[str, str]:
    """The words in which one sign stands for two or three letters, each with what it shows; empty where there are none.

    A sign is taken for the letters that make English words of most words with it, so that foreign names stay as they are.
    """
    words = {word for text in texts for word in WITH_ODD.findall(text) if len(word) <= LONGEST}
    if not words:
        return {}
    signs = {sign for word in words for sign in re.findall(f"[{ODD}]", word)}
    meanings = {sign: meaning for sign in signs if (meaning := _meaning(sign, words))}
    mended = {word: "".join(meanings.get(letter, letter) for letter in word) for word in words}
    return {word: whole for word, whole in mended.items() if whole != word}


def _meaning(sign: str, words: Iterable[str]) -> str:
    """What a sign stands for; empty where that cannot be told."""
    alone = [word for word in words if sign in word and len(set(re.findall(f"[{ODD}]", word))) == 1 and len(word) > 2]
    counts = Counter(letters for letters in JOINED for word in alone if is_english(word.replace(sign, letters).lower()))
    if not counts:
        return ""
    letters, count = counts.most_common(1)[0]
    return letters if count >= SHARE * len(alone) else ""


def with_joined_letters(text: str, mended: dict[str, str]) -> str:
    """The text with these words as they are shown."""
    return WITH_ODD.sub(lambda found: mended.get(found[0], found[0]), text) if mended else text
