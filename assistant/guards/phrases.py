"""Phrases that a trainer can write and read, as they stand in `danger.toml` and `scope.toml`.

A phrase is words with spaces between, and:

    a|b        either word                   word?    the word, or nothing
    (a b|c d)  either, where they have       {group}  any phrase of that group under [groups]
               more than one word            word*    any ending
    ..  ...    up to two / five other words of the same sentence, none of them "not" or "never"
    ^          here a sentence, or a part of one, begins    $   here a sentence ends

They are matched against plain words: lower case, no accents, "isn't" read as "is not", commas and the like as ",",
the end of a sentence as ".", common slips of the keyboard put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

_TOKEN = re.compile(r"\d+[.:]\d+|[a-z0-9]+|[.!?;\n,:()]|(?<= )-+(?= )|[\u2013\u2014]")
_PIECES = re.compile(r"\([^)]*\)\??|\S+")
_STOPS = ".!?;\n"
_SPECIAL = {
    "..": r"(?:(?!not |never )[^ .]+ ){0,2}",
    "...": r"(?:(?!not |never )[^ .]+ ){0,5}",
    "^": r"(?:(?<=\A )|(?<= [,.] )|(?<= (?:or|so|me|if) )|(?<= (?:and|but|now) )|(?<= (?:just|then) )|(?<= please ))",
    "$": r"\Z",
}
_NOT = re.compile(r"(?<=[a-z])n't\b")
_ENDINGS = {"'re": " are", "'ll": " will", "'ve": " have", "'m": " am"}


class Words:
    """Reads a message as plain words; `spelling` gives what a word stands for, `key_words` those worth a guess."""

    def __init__(self, spelling: Mapping[str, str], key_words: Iterable[str]) -> None:
        self._spelling = dict(spelling)
        self._key_words = tuple(key_words)

    def plain(self, message: str) -> str:
        """The message as tokens, each followed by one space, with a space before the first."""
        text = unicodedata.normalize("NFKD", message.lower())
        text = "".join(c for c in text if not unicodedata.combining(c))
        text = re.sub("[\u2018\u2019\u02bc`]", "'", text)
        text = text.replace("won't", "will not").replace("can't", "can not").replace("shan't", "shall not")
        text = _NOT.sub(" not", text)
        for short, long in _ENDINGS.items():
            text = text.replace(short, long)
        text = re.sub(r"(?<=\d)(?=(?:yo|yrs?|mths?|wks?|y o)\b)", " ", text)
        return " " + "".join(f"{self._word(token)} " for token in _TOKEN.findall(text))

    def _word(self, token: str) -> str:
        if not token[0].isalnum():
            return "." if token in _STOPS else ","
        if token in self._spelling:
            return self._spelling[token]
        return self._guess(token) if len(token) > 5 and token.isalpha() else token

    def _guess(self, token: str) -> str:
        if token in self._key_words:
            return token
        return next((k for k in self._key_words if k[0] == token[0] and one_slip(token, k)), token)


def one_slip(a: str, b: str) -> bool:
    """Whether one letter left out, added, changed or swapped with its neighbour turns `a` into `b`."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[start:], b[start:]
    return x[1:] == y or x == y[1:] or x[1:] == y[1:] or (x[:2] == y[1::-1] and x[2:] == y[2:])


def sentences_of(plain: str) -> list[str]:
    """The sentences of plain words that say something, each between two spaces."""
    return [f" {s.strip()} " for s in plain.split(" . ") if s.strip(" .")]


class PhraseCompiler:
    """Makes patterns of phrases; `groups` are the lists that {name} stands for: the data files are read only where all are known."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._groups = groups
        self._built: dict[str, str] = {}

    def compile(self, phrases: Iterable[str]) -> re.Pattern[str]:
        """One pattern for any of the phrases, to be searched for in plain words."""
        alternatives = "|".join(self._phrase(p) for p in phrases)
        return re.compile(f"(?<= )(?:{alternatives})" if alternatives else r"(?!)")

    def _phrase(self, phrase: str) -> str:
        return "".join(self._token(token) for token in _PIECES.findall(phrase.lower()))

    def _token(self, token: str) -> str:
        if token in _SPECIAL:
            return _SPECIAL[token]
        bare = token.removesuffix("?")
        if bare.startswith("("):
            pattern = "|".join(self._phrase(inner) for inner in bare.strip("()").split("|"))
        else:
            pattern = "|".join(self._word(word) for word in bare.split("|"))
        return f"(?:{pattern})?" if token != bare else f"(?:{pattern})"

    def _word(self, word: str) -> str:
        if word.startswith("{"):
            return self._group(word.strip("{}"))
        return re.escape(word).replace(r"\*", "[a-z0-9]*") + " "

    def _group(self, name: str) -> str:
        if name not in self._built:
            self._built[name] = "(?:" + "|".join(self._phrase(p) for p in self._groups[name]) + ")"
        return self._built[name]
