"""The words of a question as the library writes them: solid, with a hyphen or apart, in British or American spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.language.wording import POSSESSIVE, WORD, wording, words_of
from assistant.query.spelling import Speller
from knowledge.word_forms import DIVISIONS, HYPHENS, NUMBER, divisions, figures, indexed_under, plain_letters

PARTED = re.compile(rf"[a-z0-9]+(?:[{HYPHENS}][a-z0-9]+)+")
UNIT = re.compile(rf"(?:{'|'.join(DIVISIONS)}) {NUMBER}(?![\w%])|{PARTED.pattern}|{WORD.pattern}")
SHORTEST_PART, SHORTEST_SOLID = 2, 4  # letters


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, in order, as the library writes them.

    `changed` pairs what was typed with what is searched for where the letters differ; `respelled` where only the
    writing does ("xray", "x-ray"); `also` are further forms of a word that the library prints.
    """

    words: tuple[str, ...]
    changed: tuple[tuple[str, str], ...] = ()
    respelled: tuple[tuple[str, str], ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Vocabulary:
    """How a library writes its words.

    `texts` are its passages; `printed` counts those that print a phrase; `known` words need no mending.
    """

    def __init__(self, texts: Iterable[str], printed: Callable[[str], int], known: Collection[str] = ()) -> None:
        counts: Counter[str] = Counter()
        compounds: dict[str, Counter[str]] = {}
        for text in texts:
            counts.update(words_of(text))
            for parted in PARTED.findall(plain_letters(text)):
                compounds.setdefault("".join(WORD.findall(parted)), Counter())["-".join(WORD.findall(parted))] += 1
        self.counts: Mapping[str, int] = counts
        self.speller = Speller(counts, known)
        self._known = frozenset(known)
        self._compounds = {solid: found.most_common(1)[0][0] for solid, found in compounds.items()}
        self._spelled = {indexed_under(word): word for word, _ in reversed(counts.most_common())}
        self._printed = printed  # what it is asked was typed, so nothing of it is kept

    def read(self, text: str) -> Words:
        """The words of a text in lower case."""
        typed = UNIT.findall(POSSESSIVE.sub("", divisions(figures(plain_letters(text)))))
        words: list[str] = []
        changed: dict[str, str] = {}
        respelled: dict[str, str] = {}
        also: dict[str, tuple[str, ...]] = {}
        place = 0
        while place < len(typed):
            parts = WORD.findall(typed[place])
            pair = typed[place : place + 2]
            if " " in typed[place]:
                words.append(typed[place])
            elif len(parts) > 1:
                words.extend(self._of_parts(parts, also))
            elif found := self._of_pair(pair, also):
                words.extend(found)
                place += 1
            else:
                words.append(self._of_one(typed[place], changed, respelled))
            place += 1
        for word in words:
            if forms := self.forms(word)[1:]:
                also[word] = tuple(dict.fromkeys((*also.get(word, ()), *forms)))
        return Words(tuple(words), tuple(changed.items()), tuple(respelled.items()), also)

    def forms(self, word: str) -> tuple[str, ...]:
        """A word or phrase and the other ways in which the library writes it."""
        parts = WORD.findall(word)
        solid = "".join(parts)
        if len(parts) > 1:
            return (word, solid) if solid in self.counts and not any(part.isdigit() for part in parts) else (word,)
        return (word, *self._parted(word))

    def _of_parts(self, parts: Sequence[str], also: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        """A word typed with hyphens: one word where a part of it means nothing alone, else its parts, each found in the solid word too."""
        solid = "".join(parts)
        if any(_empty(part) for part in parts) and not all(part.isdigit() for part in parts):
            if solid in self.counts:
                return (solid,)
            if solid in self._compounds or self._printed(" ".join(parts)):
                return ("-".join(parts),)
        if solid in self.counts:
            also.update({part: (*also.get(part, ()), solid) for part in parts})
        return tuple(parts)

    def _of_pair(self, pair: Sequence[str], also: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Two words that the library may write as one; empty where it does not."""
        solid = "".join(pair)
        if len(pair) < 2 or not solid.isalpha() or (pair[0] in wording().stop and solid not in self._compounds):
            return ()
        if solid in self.counts or solid in self._compounds:
            return self._of_parts(pair, also)
        return ()

    def _of_one(self, word: str, changed: dict[str, str], respelled: dict[str, str]) -> str:
        """A word typed solid: as it stands where the library prints it, else as the library writes it, else mended."""
        if word in self.counts or word in self._known or word in wording().stop or not word.isalpha():
            return word
        if parted := self._parted(word):
            respelled[word] = self._compounds.get(word, parted[0])
            return respelled[word]
        right = self._spelled.get(indexed_under(word)) or self.speller.mend(word)
        if right != word:
            changed[word] = right
        return right

    def _parted(self, word: str) -> tuple[str, ...]:
        """How the library writes a solid word in parts; nothing where it does not."""
        if len(word) < SHORTEST_SOLID or not word.isalpha():
            return ()
        if word in self._compounds:
            return (self._compounds[word],)
        if word in wording().stop or (word in self.counts and self.speller.is_english(word)):
            return ()
        cuts = [(word[:n], word[n:]) for n in range(1, len(word) - SHORTEST_PART + 1)]
        parted = [" ".join(cut) for cut in cuts if all(part in self.counts for part in cut) and cut[0] not in wording().stop]
        return tuple(phrase for phrase in parted if self._printed(phrase))


def _empty(part: str) -> bool:
    """Whether a part of a word says nothing alone."""
    return len(part) < SHORTEST_PART or part in wording().stop
