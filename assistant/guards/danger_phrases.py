"""Phrases that a trainer can write and read, and the few signs of danger now that are made of them.

The phrases stand in guards.toml. A phrase is words with spaces between, and:

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
from dataclasses import dataclass

from assistant.guards.guards_data import DangerData
from knowledge.errors import SettingsError

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


class Phrases:
    """Compiles phrases; `groups` are the lists that {name} stands for. Raises SettingsError for an unknown group."""

    def __init__(self, groups: Mapping[str, Sequence[str]], where: str) -> None:
        self._groups = groups
        self._where = where
        self._built: dict[str, str] = {}

    def compile(self, phrases: Iterable[str]) -> re.Pattern[str]:
        """One pattern for any of the phrases, to be searched for in plain words."""
        alternatives = "|".join(self._phrase(p) for p in phrases)
        return re.compile(f"(?<= )(?:{alternatives})" if alternatives else r"(?!)")

    def _phrase(self, phrase: str) -> str:
        return "".join(self._token(token, phrase) for token in _PIECES.findall(phrase.lower()))

    def _token(self, token: str, phrase: str) -> str:
        if token in _SPECIAL:
            return _SPECIAL[token]
        bare = token.removesuffix("?")
        if bare.startswith("("):
            pattern = "|".join(self._phrase(inner) for inner in bare.strip("()").split("|"))
        else:
            pattern = "|".join(self._word(word, phrase) for word in bare.split("|"))
        return f"(?:{pattern})?" if token != bare else f"(?:{pattern})"

    def _word(self, word: str, phrase: str) -> str:
        if word.startswith("{"):
            return self._group(word.strip("{}"), phrase)
        return re.escape(word).replace(r"\*", "[a-z0-9]*") + " "

    def _group(self, name: str, phrase: str) -> str:
        if name not in self._groups:
            raise SettingsError(f'{self._where}: the phrase "{phrase}" uses {{{name}}}, which [groups] does not have.')
        if name not in self._built:
            self._built[name] = "(?:" + "|".join(self._phrase(p) for p in self._groups[name]) + ")"
        return self._built[name]


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of danger: what is said, and what takes it back."""

    says: re.Pattern[str]
    unless: re.Pattern[str] | None


class Danger:
    """Tells whether a message speaks of danger now, not of history, a general question or training material."""

    def __init__(self, data: DangerData, phrases: Phrases, words: Words) -> None:
        self._words = words
        frames = {name: phrases.compile(said) for name, said in data.frames}
        self._training, self._general = frames["training"], frames["general"]
        self._past, self._habit = frames["past"], frames["habit"]
        self._turn, self._now = frames["turn"], frames["now"]
        self._denied = re.compile(frames["denied"].pattern + r"(?:[^ .,]+ ){0,2}$")
        self._was = re.compile(frames["was"].pattern + r"(?:[^ .,]+ )?$")
        self._signs = [_Sign(phrases.compile(sign.says), phrases.compile(sign.unless) if sign.unless else None) for sign in data.signs]

    def now(self, message: str) -> bool:
        """Whether somebody may be in danger now, by what is said."""
        text = self._words.plain(message)
        if self._training.search(text):
            return False
        sentences = [f" {s.strip()} " for s in text.split(" . ") if s.strip(" .")]
        return any(self._speaks(sign, sentence) for sentence in sentences for sign in self._signs)

    def _speaks(self, sign: _Sign, sentence: str) -> bool:
        if sign.unless and sign.unless.search(sentence):
            return False
        return any(self._present(sentence, hit) for hit in sign.says.finditer(sentence))

    def _present(self, sentence: str, hit: re.Match[str]) -> bool:
        before = sentence[: hit.start()]
        if self._denied.search(before) or self._is_framed(before, hit.group()):
            return False
        clause = _clause(sentence, hit)
        if self._now.search(clause):
            return True
        return not (self._was.search(before) or self._habit.search(clause) or self._past.search(sentence))

    def _is_framed(self, before: str, hit: str) -> bool:
        """Whether the words stand inside a general question ("what do reviews say about ..."), not after it."""
        frames = list(self._general.finditer(before + hit))
        return bool(frames) and not self._turn.search((before + hit)[frames[-1].end() - 1 :])


def _clause(sentence: str, hit: re.Match[str]) -> str:
    """The sentence from the comma before the hit to the comma after it."""
    start = sentence.rfind(" , ", 0, hit.start() + 1)
    end = sentence.find(" , ", hit.end() - 1)
    return sentence[max(start, 0) : end + 1 if end >= 0 else len(sentence)]
