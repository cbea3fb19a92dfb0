"""From words laid against a source to what is true of the quotation: differences, what was cut, what an ellipsis hides, whose words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.citations.alignment import equal
from assistant.citations.locate import Document, Hit
from assistant.citations.meaning import are_contraries, is_negation, meaning, negation_count, numbers_in
from assistant.citations.models import Difference, Fault, Quoted, Verdict
from assistant.citations.quotes import marked_spans
from assistant.citations.references import Reference
from assistant.citations.words import Word, form_of, quoted_words, words_of, written
from knowledge.briefing import Page
from knowledge.text import sentences

FEWEST_CUT = 4  # words of a quotation from which on what it leaves out beside it counts
NEGATIVE_LOST = "A negative word (such as “not”) is missing from this quotation."
NEGATIVE_ADDED = "A negative word (such as “not”) was added to this quotation, or a word was replaced by its opposite."
SHARE_FOUND = 0.6  # of a quotation's words that must stand in the source, one after the other more or less
RUN = 3  # words in one run that must stand there
LONGEST_SKIP = 120  # words that an ellipsis may stand for; more are two places
LAST_WORDS = 2  # of a sentence: a negation among them denies the whole
TAIL = 3  # words before a quotation among which a negation denies it
NAME = re.compile(r"\b[A-Z]\w{2,}")
HYPHENS = frozenset("-‐‑–\u00ad")


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring words in which quotation and source differ; either side may be empty.

    `at` is where it stands in the source, `goes` where words that are missing would go in the quotation, before a word of its own.
    """

    quoted: tuple[Word, ...]
    source: tuple[Word, ...]
    at: int
    goes: int

    @property
    def marked(self) -> bool:
        """Whether the text says by [brackets] that these words are not the source's."""
        return any(word.inserted for word in self.quoted)


@dataclass(frozen=True, slots=True)
class Own:
    """A quotation's words; ellipses before its first and after its last are left out and told apart."""

    text: str
    words: tuple[Word, ...]
    cut_before: bool = False
    cut_after: bool = False

    @classmethod
    def of(cls, text: str) -> Own:
        """The words of a quotation."""
        words = quoted_words(text)
        real = [n for n, word in enumerate(words) if not word.gap]
        if not real:
            return cls(text, ())
        return cls(text, tuple(words[real[0] : real[-1] + 1]), real[0] > 0, real[-1] < len(words) - 1)

    @property
    def has_gaps(self) -> bool:
        """Whether an ellipsis stands within it."""
        return any(word.gap for word in self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """A quotation read against one place: its words, the place, and the groups of words that differ."""

    own: Own
    hit: Hit
    groups: tuple[Group, ...]

    @property
    def text(self) -> str:
        """The quotation as written."""
        return self.own.text

    @property
    def words(self) -> tuple[Word, ...]:
        """The quotation's words."""
        return self.own.words

    @property
    def errors(self) -> int:
        """How many words differ without a mark."""
        return sum(max(len(g.quoted), len(g.source)) for g in self.groups if not g.marked)

    @property
    def found(self) -> bool:
        """Whether it is this place that was quoted, however badly."""
        own = [n for n, word in enumerate(self.words) if not (word.gap or word.inserted)]
        wrong = sum(len([w for w in g.quoted if not w.inserted]) for g in self.groups)
        allowed = 0 if len(own) <= 3 else 1 if len(own) == 4 else (1 - SHARE_FOUND) * len(own)
        return bool(own) and wrong <= allowed and (_longest_run(self) >= min(RUN, len(own)))


def read_against(own: Own, hit: Hit) -> Reading:
    """The quotation against a place: what differs, without what only typography parts or joins."""
    words, source = own.words, hit.document.words
    groups: list[Group] = []
    quoted: list[Word] = []
    missing: list[Word] = []
    at, goes = hit.alignment.first, 0

    def close() -> None:
        if (quoted or missing) and not _is_typography(quoted, missing, own.text, hit.document.page_of(min(at, len(source) - 1)).text):
            groups.append(Group(tuple(quoted), tuple(missing), at, goes))
        quoted.clear()
        missing.clear()

    for pair in hit.alignment.pairs:
        one = words[pair.quoted] if pair.quoted >= 0 else None
        other = source[pair.source] if pair.source >= 0 else None
        if one and other and equal(one, other):
            goes = one.start
            close()
        else:
            quoted += [one] if one else []
            missing += [other] if other and not other.optional else []
        at = pair.source if pair.source >= 0 else at
    close()
    return Reading(own, hit, tuple(groups))


def _is_typography(quoted: Sequence[Word], source: Sequence[Word], text: str, page: str) -> bool:
    """Whether both sides are the same letters, parted or joined at a hyphen: "multi-agency" and "multiagency"."""
    if "".join(word.form for word in quoted) != "".join(word.form for word in source):
        return False
    words, within = (quoted, text) if len(quoted) > len(source) else (source, page)
    return bool(words) and all(HYPHENS & set(within[one.end : other.start]) for one, other in pairwise(words))


def _longest_run(reading: Reading) -> int:
    """The most words in one run that are the same in both."""
    best = run = 0
    for pair in reading.hit.alignment.pairs:
        same = pair.quoted >= 0 and pair.source >= 0 and reading.words[pair.quoted].form == reading.hit.document.words[pair.source].form
        run = run + 1 if same else 0
        best = max(best, run)
    return best


# -- what differs -------------------------------------------------------------------------------------


def differences(reading: Reading) -> tuple[Difference, ...]:
    """The words that differ without a mark, each side as it is written."""
    return tuple(_shown(reading, group) for group in reading.groups if not group.marked)


def _shown(reading: Reading, group: Group) -> Difference:
    source = ""
    if group.source:
        page = _page_with(reading.hit.document, group)
        source = written(page.text, group.source) if page else " ".join(word.form for word in group.source)
    start, end = (group.quoted[0].start, group.quoted[-1].end) if group.quoted else (group.goes, group.goes)
    return Difference(written(reading.text, group.quoted), source, start, end)


def _page_with(document: Document, group: Group) -> Page | None:
    """The page that a group's words stand on; None where they run over to another."""
    near = min(group.at, len(document.words) - 1)
    for number in dict.fromkeys((document.page_number(near), *range(len(document.pages)))):
        page: Page = document.pages[number]
        if all(form_of(page.text[word.start : word.end]) == word.form for word in group.source):
            return page
    return None


def word_faults(reading: Reading) -> list[Fault]:
    """What the words that differ come to: negation, numbers, words."""
    faults: list[Fault] = []
    groups = reading.groups
    ours = [word.form for group in groups for word in group.quoted]
    theirs = [word.form for group in groups for word in group.source]
    if negation_count(ours) != negation_count(theirs) or _turned(groups):
        lost = negation_count(ours) < negation_count(theirs)
        faults.append(Fault(Verdict.NEGATION, NEGATIVE_LOST if lost else NEGATIVE_ADDED))
    open_ = [group for group in groups if not group.marked]
    ours_n = numbers_in(word.form for group in open_ for word in group.quoted)
    theirs_n = numbers_in(word.form for group in open_ for word in group.source)
    hidden = any(numbers_in(w.form for w in g.source) - numbers_in(w.form for w in g.quoted) for g in groups if g.marked)
    if ours_n != theirs_n or hidden:
        faults.append(Fault(Verdict.NUMBERS_DIFFER, "The source has another number."))
    cut = [group for group in open_ if not group.quoted and _limits(group.source)]
    if cut:
        faults.append(Fault(Verdict.SHORTENED, "Qualifying words were left out without an ellipsis."))
    if any(group not in cut for group in open_):
        faults.append(Fault(Verdict.ALTERED, "The words are not the source's."))
    return faults


def _turned(groups: Sequence[Group]) -> bool:
    """Whether a word was replaced by its contrary."""
    return any(
        len(group.quoted) == len(group.source)
        and any(are_contraries(a.form, b.form) for a, b in zip(group.quoted, group.source, strict=True))
        for group in groups
    )


def _limits(words: Sequence[Word]) -> bool:
    """Whether these words begin with one that limits what went before."""
    return len(words) > 1 and words[0].form in (*meaning().limits, *meaning().limits_at_once)


# -- what was cut -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edges:
    """What the source's sentence has before and after the quotation, and what its whole paragraph has."""

    lead: str
    rest: str
    before: str
    after: str
    sentence: tuple[int, int]


def edges(page: Page, start: int, end: int) -> Edges:
    """What stands around page.text[start:end], in its sentence and in its line."""
    text = page.text.replace("\t", "\n")  # a cell of a table is a block of its own
    first = text.rfind("\n", 0, start) + 1
    last = _line_end(text, end)
    opens, closes = first, last
    for a, b, _ in sentences(text[first : _line_end(text, start)]):
        if first + a <= start < first + b:
            opens = first + a
    tail = text.rfind("\n", 0, end) + 1
    for a, b, _ in sentences(text[tail:last]):
        if tail + a < end <= tail + b:
            closes = tail + b
    closes = max(closes, end)
    return Edges(page.text[opens:start], page.text[end:closes], page.text[first:start], page.text[end:last], (opens, closes))


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found


def cut_faults(reading: Reading, around: Edges, reference: Reference) -> list[Fault]:
    """Whether the quotation lost an opening or a condition that its sentence has in the source, and its own text does not give."""
    if len([word for word in reading.words if not word.gap]) < FEWEST_CUT:
        return []
    faults = []
    if (lost := _lost_opening(around.lead)) and not _given(lost, reference.before):
        kind = Verdict.ELLIPSIS_HIDES if reading.own.cut_before else Verdict.SHORTENED
        faults.append(Fault(kind, f"Its sentence begins “{_end_of(around.lead)}” in the source, and that is left out."))
    rest = [word.form for word in words_of(around.rest)]
    if rest and is_negation(rest[0]) and len(rest) <= LAST_WORDS:
        faults.append(Fault(Verdict.NEGATION, f"The source continues “{_begin_of(around.rest)}”, which changes the meaning."))
    elif (lost := _lost_condition(around.rest)) and lost not in {word.form for word in words_of(reference.after)[:3]}:
        kind = Verdict.ELLIPSIS_HIDES if reading.own.cut_after else Verdict.SHORTENED
        faults.append(Fault(kind, f"The source continues “{_begin_of(around.rest)}”, and that is left out."))
    return faults


def _lost_opening(lead: str) -> str:
    """The word before a quotation that denies or doubts it; empty for none."""
    clause = re.split(r"[;:]|\s[–—-]\s|,(?=\s(?:and|but|so)\b)", lead)[-1]
    words = [word.form for word in words_of(clause)]
    if not words:
        return ""
    tail = words[-TAIL:]
    after_comma = [word.form for word in words_of(re.split(r",", clause)[-1])]
    denied = next((form for form in reversed(tail) if is_negation(form) and form in after_comma), "")
    if denied:
        return denied
    opening = next((form for form in reversed(words) if form in meaning().openings), "")
    leads = words[-1] in ("that", "the", "a", "an", "to") or words[-1] == opening or words[0] == opening
    return opening if opening and leads else ""


def _given(word: str, before: str) -> bool:
    """Whether the text itself denies or doubts before the quotation, as the source does."""
    forms = [found.form for found in words_of(before)]
    return any(form == word or form in meaning().openings or is_negation(form) for form in forms)


def _lost_condition(rest: str) -> str:
    """The word after a quotation, in its sentence, that limits it; empty for none."""
    words = words_of(rest)
    if not words:
        return ""
    at_once = words[0].form
    if is_negation(at_once) or at_once in (*meaning().limits, *meaning().limits_at_once):
        return at_once
    for one, other in pairwise(words):
        if other.form in meaning().limits and re.search(r"[,;:–—]", rest[one.end : other.start]):
            return other.form
    return ""


def _begin_of(text: str, most: int = 12) -> str:
    words = text.split()
    return " ".join(words[:most]).lstrip(",;: ") + (" …" if len(words) > most else "")


def _end_of(text: str, most: int = 12) -> str:
    words = text.split()
    return ("… " if len(words) > most else "") + " ".join(words[-most:])


def ellipsis_faults(reading: Reading) -> list[Fault]:
    """What the ellipses within a quotation stand for, where that matters; or that they join two places."""
    document = reading.hit.document
    for first, last in reading.hit.alignment.skipped:
        hidden = document.words[first:last]
        if len(hidden) > LONGEST_SKIP:
            return [Fault(Verdict.SPLICED, f"The ellipsis stands for {len(hidden):,} words: these are two places of the source.")]
        if what := _hidden(document, first, last):
            return [Fault(Verdict.ELLIPSIS_HIDES, f"The ellipsis leaves out “{what}”.")]
    return []


def _hidden(document: Document, first: int, last: int) -> str:
    """The words that an ellipsis stands for, where they deny, limit or doubt what is quoted; empty where they do not.

    Whole sentences that are left out say something of their own, unless they begin by limiting what went before.
    """
    page = document.page_of(first)
    if document.page_number(last - 1) != document.page_number(first):
        return ""
    start, end = document.words[first].start, document.words[last - 1].end
    pieces = sentences(page.text[start:end]) if "\n" not in page.text[start:end] else [(0, end - start, page.text[start:end])]
    before = page.text[:start].rstrip()[-1:]
    after = page.text[end : end + 2].strip()[:1]
    whole = before in '.!?”’"' and after in ".!?"
    told = [words_of(piece) for _, _, piece in pieces]
    if whole:
        matters = any(words and words[0].form in meaning().limits for words in told)
    else:
        inner = [told[0], told[-1]]
        matters = any(is_negation(w.form) or w.form in meaning().limits or w.form in meaning().openings for words in inner for w in words)
        matters = matters or bool(told[0] and told[0][0].form in meaning().limits_at_once)
    return _begin_of(page.text[start:end], 20) if matters else ""


# -- whose words --------------------------------------------------------------------------------------


def second_hand(page: Page, start: int, end: int, quoted: Quoted, reference: Reference) -> tuple[str, str]:
    """Where words stand within quotation marks in their source: the sentence that leads to them there, and what to say; else empty."""
    first = page.text.rfind("\n", 0, start) + 1
    last = page.text.find("\n", end)
    line = page.text[first : len(page.text) if last < 0 else last]
    if len(words_of(page.text[start:end])) < FEWEST_CUT:
        return "", ""
    for a, b in marked_spans(line):
        if first + a <= start and end <= first + b:
            lead = " ".join(line[:a].rstrip("“\"'‘« ").split())
            lead = lead[max((m for m, _, _ in sentences(lead)), default=0) :]
            context = f"{reference.before} {reference.after}"
            names = {form_of(name) for name in NAME.findall(lead)} & {form_of(name) for name in NAME.findall(reference.before)}
            known = {form_of(word) for mention in reference.mentions for word in mention.text.split()}
            nested = bool(marked_spans(quoted.text.strip()))
            if nested or names - known or any(f" {sign} " in f" {context.lower()} " for sign in meaning().second_hand):
                return lead, ""
            return lead, "The source itself quotes these words: they are somebody else's."
    return "", ""


def exact_letters(quoted: str, source: str) -> bool:
    """Whether two texts are the same but for white space and for what stands before the first and after the last word."""
    inner = [text[found[0].start : found[-1].end] if (found := words_of(text)) else text for text in (quoted, source)]
    return inner[0].split() == inner[1].split()
