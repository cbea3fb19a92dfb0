"""Names of people in a message: by lists of first names, by the words around a capital, and with spaCy's help.

A name is marked when a word for a person stands before it ("her partner Darren"), a title, "called", what belongs to
it ("Jayden's mum"), or when it is a first name wherever it stands. Capitals mean little at the start of a sentence and
nothing in a message all in small letters, so lists in pii.toml and context carry more than the model does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from assistant.guards.phrases import one_slip

_PERSON = frozenset({"PERSON", "PER"})
PARTICLES = frozenset({"van", "von", "de", "der", "den", "ter", "du", "di", "da", "la", "le", "el", "al", "bin", "ibn", "bint"})
_SPACE, _BREAK = r"\ ", r"[\s_-]+"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_NAMELIKE = re.compile(r"(?:[^\W\d_a-z]['\u2019]|Ma?c)?[^\W\d_a-z][^\W\d_A-Z]+(?:['\u2019-][^\W\d_]+)*")
_AGE = re.compile(
    r"[\s,(]*(?:(?:is|who is|who's|aged?|and is|he's|she's)\s)*(?:"
    r"(?:1[0-7]|[1-9])(?=\s*(?:[),.;:]|and\b|years?\b|yrs?\b|yo\b|months?\b|weeks?\b|days?\b|$))"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:years?|months?|weeks?|days?)\b"
    r"|in (?:year|reception|nursery|y)\s?\d*)",
    re.IGNORECASE,
)


class Known:
    """Names that are public: those that the library publishes, and those of published inquiries and authors.

    A first name on its own is not public because somebody of that name wrote a briefing.
    """

    def __init__(self, allowed: Iterable[str], known: Iterable[str], given: Collection[str]) -> None:
        published = {plain(p) for p in known} - {""}
        people = {p for p in published if len(p.split()) in (2, 3) and p.split()[0] in given}
        published -= {p.split()[0] for p in people}
        self._published = published | {p.split()[-1] for p in people}
        self._allowed = {plain(p) for p in allowed}
        phrases = published - people
        self.words = {word for p in phrases for word in p.split() if len(word) > 3 and word not in given}
        ordered = sorted(map(re.escape, self._published | self._allowed), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(p.replace(_SPACE, _BREAK) for p in ordered)})(?!\w)")

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the message says one of them."""
        return [m.span() for m in self._pattern.finditer(same_length(text))]

    def is_public(self, name: str, of_somebody: bool = False) -> bool:
        """Whether the whole of a name is public, its initials aside.

        `of_somebody`: the message gives it to a person ("her partner Duncan"), so that only the library's own count.
        """
        bare = " ".join(w for w in plain(name).split() if len(w) > 1)
        return bare in self._published or (bare in self._allowed and not of_somebody)


@lru_cache(maxsize=8)
def known_names(allowed: tuple[str, ...], known: frozenset[str], given: frozenset[str]) -> Known:
    """Known, kept for the library's last few states."""
    return Known(allowed, known, given)


def plain(text: str) -> str:
    """Small letters without accents, full stops or a possessive, one space between words."""
    return " ".join(re.sub(r"['\u2019]s\b", "", same_length(text)).replace(".", " ").split())


def same_length(text: str) -> str:
    """Small letters without accents, a character for a character."""
    return "".join((unicodedata.normalize("NFKD", c)[:1] or c).lower()[:1] or c for c in text)


class Name(NamedTuple):
    """Where a name stands, and whether the message says that it is a child's."""

    start: int
    end: int
    child: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the message."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """In small letters, without accents or a possessive."""
        return same_length(self.bare)

    @property
    def bare(self) -> str:
        """As it is written, without a possessive."""
        return re.sub(r"['\u2019]s$", "", self.text)

    @property
    def owns(self) -> bool:
        """Whether it has a possessive."""
        return self.bare != self.text

    @property
    def capital(self) -> bool:
        """Whether it is written as names are: Jenna, O'Neill, Poppy-Mae, McCoy; not DSL, DfE."""
        return bool(_NAMELIKE.fullmatch(self.bare))


def words_of(text: str) -> list[Word]:
    """The words of a text, with where they stand."""
    return [Word(m.group(), *m.span()) for m in _WORD.finditer(text)]


class Names:
    """Looks for names in one message; `lists` are the word lists of [names] in pii.toml."""

    def __init__(self, lists: Mapping[str, frozenset[str]], text: str, known: Known) -> None:
        self.lists, self.text, self.known = lists, text, known
        self.words = words_of(text)
        self.public = known.spans(text)
        self.model: dict[int, str] = {}
        self.vocabulary: Collection[str] = ()

    def seen_by(self, spans: Iterable[tuple[int, int, str]], vocabulary: Collection[str]) -> None:
        """Takes in what the model made of the message."""
        self.vocabulary = vocabulary
        for start, end, label in spans:
            self.model |= {i: label for i, w in enumerate(self.words) if start <= w.start and w.end <= end + 2}

    def find(self) -> Iterator[Name]:
        """The names that are not public, in order."""
        i, listed, child = 0, False, False  # listed: the last name may be followed by more ("..., ... and ...")
        while i < len(self.words):
            another = listed and self._goes_on(i) and self._may_be_listed(i)
            if not (another or self._begins(i)):
                listed = listed and self.words[i].low in {"and", "or"}
                i += 1
                continue
            last = self._last(i)
            listed = not self._is_public(i, last)
            if listed:
                child = (another and child) or self._is_child(i, last)
                yield Name(self.words[i].start, self._end(last), child)
            i = last + 1

    def _is_public(self, i: int, last: int) -> bool:
        start, end = self.words[i].start, self._end(last)
        if any(s <= start and end <= e and e - s > end - start for s, e in self.public):
            return True
        of_somebody = bool(self._role(i)) or self._low(i - 1) in {"mr", "mrs", "ms", "miss"}
        return self.known.is_public(self.text[start:end], of_somebody) or self._published(i, last)

    # what may begin a name

    def _begins(self, i: int) -> bool:
        word = self.words[i]
        if self._titled(i):
            return True
        if len(word.bare) < 2:
            return False
        if self._no_name(word):
            return word.capital and self._named_after_all(i)
        rules = (
            self._after_role,
            self._called,
            self._owner,
            self._family,
            self._the_smiths,
            self._also_a_word,
            self._acts,
            self._by_model,
        )
        return self._is_given(word) or any(rule(i) for rule in rules)

    def _named_after_all(self, i: int) -> bool:
        """A first name that is also an ordinary or a published word, of a person or with a surname ("Robyn Oddly")."""
        word, after = self.words[i], self.words[i + 1] if self._gap(i + 1) == " " else None
        first_names = self.lists["given"] | self.lists["given_too"]
        surname = after is not None and after.capital and not self._no_name(after) and after.low not in first_names
        if word.low in self.lists["given_too"] and bool(self._role(i)):
            return True
        return surname and not word.owns and (word.low in self.lists["given_too"] or self.known.is_public(word.low, True))

    def _is_given(self, word: Word) -> bool:
        parts = word.low.split("-")
        return word.low in self.lists["given"] or (len(parts) > 1 and parts[0] in self.lists["given"])

    def _no_name(self, word: Word) -> bool:
        low = word.low
        return low in self.lists["no_names"] or low in self.known.words or low in self.lists["roles"]

    def _gap(self, i: int) -> str:
        """What stands between word i - 1 and word i; a full stop where there is no word i or i - 1."""
        if not 0 < i < len(self.words):
            return "."
        return self.text[self.words[i - 1].end : self.words[i].start]

    def _low(self, i: int) -> str:
        return self.words[i].low if 0 <= i < len(self.words) else ""

    def _titled(self, i: int) -> bool:
        word, before = self.words[i], self.words[i - 1] if i else None
        if before is None or self._gap(i) not in {" ", ". "} or len(word.bare) < 2:
            return False
        if word.capital and before.bare in self.lists["capital_titles"]:
            return word.low not in self.lists["roles"] and word.low not in {"and", "practitioner", "manager"}
        return before.low in self.lists["titles"] and not self._no_name(word) and word.low not in self.lists["doings"]

    def _role(self, i: int) -> str:
        """The word for a person that the word i is said of ("her partner ...", "mum is ...", "the boy, ...")."""
        gap = self._gap(i).strip()
        if gap in {"", ",", "(", ":", "-", ", (", "/"} and self._low(i - 1) in self.lists["roles"]:
            return self._low(i - 1)
        linked = gap == "" and self._low(i - 1) in {"is", "are", "called", "named", "was"}
        return self._low(i - 2) if linked and self._low(i - 2) in self.lists["roles"] else ""

    def _after_role(self, i: int) -> bool:
        word, initial = self.words[i], i > 1 and len(self.words[i - 1].bare) == 1 and self._gap(i) in {" ", ". "}
        role = self._role(i - 1 if initial and self.words[i - 1].text.isupper() else i)
        return word.capital and bool(role) and not self.words[i - 1].owns and not self._in_heading(i)

    def _called(self, i: int) -> bool:
        word, before = self.words[i], self._low(i - 1)
        if self._gap(i).strip(" :") or not (word.capital or word.text.islower()):
            return False
        if before in {"name", "surname"} or (before == "is" and self._low(i - 2) in {"name", "surname"}):
            return word.capital or not word.low.endswith(("ed", "ing", "s"))
        if before not in {"called", "named"}:
            return False
        near = {self._low(j) for j in range(i - 5, i - 1)} & (self.lists["roles"] | {"he", "she", "who", "i"})
        return bool(near) and (word.capital or word.low in self.lists["given_too"] or word.low not in self.vocabulary)

    def _owner(self, i: int) -> bool:
        word = self.words[i]
        if self._low(i + 1) not in self.lists["belongings"] or self._gap(i + 1) != " ":
            return False
        if not word.owns:
            return word.low.endswith("s") and word.low[:-1] in self.lists["given"]
        return word.capital and (not self._opens(i) or word.low in self.lists["given_too"] or i in self.model)

    def _family(self, i: int) -> bool:
        word = self.words[i]
        if self._low(i - 1) != "the" or self._low(i + 1) not in self.lists["family_words"]:
            return False
        return word.capital or word.low in self.lists["surnames"] or ("'" in word.text and not word.owns)

    def _the_smiths(self, i: int) -> bool:
        word = self.words[i]
        if self._low(i - 1) != "the" or not word.capital or not word.low.endswith("s") or word.owns:
            return False
        return any(part in self.lists["surnames"] for part in word.low[:-1].split("-")) or ("-" in word.low and self._strange(word))

    def _also_a_word(self, i: int) -> bool:
        """A first name that is also a word, before something that people do, or before a surname."""
        word = self.words[i]
        if not word.capital or word.low not in self.lists["given_too"]:
            return False
        if self._low(i - 1) in {"in", "since", "by", "until", "last", "next", "during"}:
            return False
        after = self.words[i + 1] if i + 1 < len(self.words) and self._gap(i + 1) == " " else None
        if after and (after.low in self.lists["doings"] or (after.capital and not self._no_name(after))):
            return True
        return self.model.get(i) in _PERSON and not self._opens(i) and not self._in_heading(i)

    def _acts(self, i: int) -> bool:
        """An unheard-of word that does something ("Abdirahman interprets"), or one with an age or a role ("Lakeisha (14)")."""
        word = self.words[i]
        if not word.capital:
            return False
        age = _AGE.match(self.text[word.end :])
        if (age and age.group().lstrip()[:1] in {"(", ","}) or self._role_in_brackets(i):
            return True
        last = self._last(i)
        verb = self._low(last + 1) if self._gap(last + 1) == " " else ""
        does = verb in {"is", "has", "was"} or (verb.endswith("s") and verb in self.vocabulary)
        return does and self._strange(word) and word.bare not in self.vocabulary

    def _role_in_brackets(self, i: int) -> bool:
        """ "Bronagh (mum, 24)"; "Mum (mother)" and "PLO (parents)" are no names."""
        return self._gap(i + 1).strip() == "(" and self._is_role(i + 1) and not self._in_heading(i)

    def _strange(self, word: Word) -> bool:
        """Whether it is no word that the model has met, nor one of the field's with a slip of the keyboard."""
        if not self.vocabulary or word.low in self.vocabulary or self._no_name(word):
            return False
        return not any(one_slip(word.low, known) for known in self.lists["no_names"] | self.known.words)

    def _by_model(self, i: int) -> bool:
        word = self.words[i]
        if not word.capital or self._opens(i) or i not in self.model:
            return False
        if self._in_heading(i):
            return False
        return self.model[i] in _PERSON or self._low(i - 1) in {"met", "told", "asked", "rang", "phoned", "texted"}

    def _in_heading(self, i: int) -> bool:
        """Whether an ordinary word with a capital stands beside it: "Key Findings"."""
        beside = [j for j, gap in ((i - 1, self._gap(i)), (i + 1, self._gap(i + 1))) if gap == " "]
        return any(self.words[j].capital and self._no_name(self.words[j]) for j in beside if not self._is_role(j))

    def _is_role(self, i: int) -> bool:
        return self._low(i) in self.lists["roles"]

    def _opens(self, i: int) -> bool:
        """Whether the word stands first in its sentence, where a capital means nothing."""
        return i == 0 or any(c in '.?!\n:|*"\u201c' for c in self._gap(i))

    # how far it goes

    def _last(self, i: int) -> int:
        last = i
        while last + 1 < len(self.words) and last - i < 4 and not self.words[last].owns and self._joins(last + 1, i):
            last += 1
        return last

    def _joins(self, i: int, first: int) -> bool:
        word, gap = self.words[i], self._gap(i)
        if gap not in {" ", ". "} or (gap == ". " and len(self.words[i - 1].bare) > 1):
            return False
        if len(word.bare) == 1:
            return word.text.isupper() and word.text not in {"I", "A"}
        if word.capital:
            return not self._no_name(word) or word.low in self.lists["surnames"]
        if gap == " " and word.low in PARTICLES and i + 1 < len(self.words) and self.words[i + 1].capital:
            return True
        if self.words[first].capital or gap != " ":
            return False
        plainly = word.low in self.lists["surnames"] and word.low not in self.lists["no_names"]
        return plainly or (not re.search(r"(?:s|ed|ing|ly|n't)$", word.low) and self._strange(word))

    def _end(self, last: int) -> int:
        word = self.words[last]
        end = word.start + len(word.bare)
        return end + 1 if len(word.bare) == 1 and self.text[end : end + 1] == "." else end

    def _goes_on(self, i: int) -> bool:
        gap = self._gap(i).strip()
        return gap in {",", "&", "/", "+"} or (gap == "" and self._low(i - 1) in {"and", "or"})

    def _may_be_listed(self, i: int) -> bool:
        word = self.words[i]
        return word.capital and len(word.bare) > 1 and not self._no_name(word)

    # what it is

    def _published(self, i: int, last: int) -> bool:
        """ "the Pelka review", "the Soham inquiry": published, so no secret."""
        after = self._low(last + 1)
        if after in {"serious", "case", "practice", "safeguarding", "child", "local"}:
            after = next((w.low for w in self.words[last + 2 : last + 6] if w.low in self.lists["review_words"]), "")
        return self._low(i - 1) == "the" and after in self.lists["review_words"]

    def _is_child(self, i: int, last: int) -> bool:
        if self._role(i) in self.lists["child_words"] or self._low(i - 1) in {"little", "wee"}:
            return True
        if self._low(i - 1) in {"called", "named"} and {self._low(j) for j in range(i - 4, i)} & self.lists["child_words"]:
            return True
        if _AGE.match(self.text[self._end(last) :]):
            return True
        return self.words[last].owns and self._low(last + 1) in self.lists["parents"]
