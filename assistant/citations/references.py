"""Where a text refers to a briefing: by title, board, case, file name, year and page; and which of it belongs to which quotation."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.citations.models import Paragraph, Quoted
from assistant.citations.words import Word, form_of, words_of
from knowledge.briefing import Briefing

MentionKind = Literal["title", "board", "case"]

PAGE = re.compile(
    r"\b(?:pages?|pp?|pgs?|sheets?)(?:\.\s*|\s+|(?=\d))([ivxl]+\b|\d{1,4})(?:\s*(?:-|–|—|to|and|,|&)\s*(\d{1,4})(?!\d))?", re.IGNORECASE
)
YEAR = re.compile(r"(?<![\d/])(?:19|20)\d\d(?![\d/])")
CITATION = re.compile(r"\s*[.,;:]?\s*[(\[]([^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*)[)\]]")
PARENTHESIS = re.compile(r"[(\[]([^()\[\]]*\d[^()\[\]]*)[)\]]")
SENTENCE_END = re.compile(r"(?<![.\s]p)(?<!\spp)(?<!\sno)(?<!\sNo)[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z])")
LEADS_ON = re.compile(r"[:,]\s*$")
ATTRIBUTION = re.compile(r"^\s*[(\[—–-]")
IBID = re.compile(r"\bibid\b", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?$")
NAME = re.compile(r"\b[A-Z][\w'’]*[a-z][\w'’]*")
FEWEST_IN_PART = 3  # words of a part of a title that stands for the whole
CERTAIN_TITLE = 5  # words of a title from which on its capitals do not matter
YEAR_AFTER, YEAR_BEFORE = 4, 1  # words between a name and the year that belongs to it
SHORT_ATTRIBUTION = 40  # words
SHORTEST_LINK = 2  # words between two quotations that share a citation ("and", "and then")


@dataclass(frozen=True, slots=True)
class Mention:
    """A briefing, or several that go by one name, as named in a text."""

    kind: MentionKind
    text: str
    start: int
    end: int
    briefings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text says a quotation is from. `pages` are ranges as printed; `citation` are the words in brackets beside it.

    `strangers` are names in the citation that no briefing here goes by. `before` and `after` are the words around the quotation.
    """

    mentions: tuple[Mention, ...] = ()
    years: tuple[int, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    citation: str = ""
    strangers: tuple[str, ...] = ()
    before: str = ""
    after: str = ""

    def briefings(self, kind: MentionKind) -> frozenset[str]:
        """The briefings that it names in one way."""
        return frozenset().union(*(mention.briefings for mention in self.mentions if mention.kind == kind))

    @property
    def named(self) -> frozenset[str]:
        """All briefings that it may mean."""
        return frozenset().union(*(mention.briefings for mention in self.mentions))

    @property
    def text(self) -> str:
        """The reference as the text has it, for a reader."""
        if self.citation and (self.pages or self.years or self.mentions):
            return " ".join(self.citation.split())
        names = dict.fromkeys(mention.text for mention in self.mentions)
        pages = [f"p. {first}" + (f"-{last}" if last != first else "") for first, last in self.pages]
        return ", ".join([*names, *map(str, self.years), *pages])


@dataclass(slots=True)
class Names:
    """What the briefings of a library go by."""

    forms: dict[tuple[str, ...], tuple[MentionKind, set[str]]] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, briefings: Sequence[Briefing]) -> Names:
        """The names of these briefings."""
        names = cls()
        for briefing in briefings:
            details = briefing.details
            for case in details.pseudonyms:
                names._add("case", case, briefing.id)
            for board in (details.short_name, details.publisher):
                names._add("board", board, briefing.id)
            parts = [part for part in re.split(r":|\s[–—-]\s", details.title)[:2] if len(part.split()) >= FEWEST_IN_PART]
            for title in (details.title, *parts):
                names._add("title", title, briefing.id)
            names.files.setdefault(briefing.file_name, set()).add(briefing.id)
            names.files.setdefault(Path(briefing.file_name).stem, set()).add(briefing.id)
        return names

    def _add(self, kind: MentionKind, name: str, briefing: str) -> None:
        form = tuple(_plain(word) for word in words_of(name) if word.form != "and")
        if form:
            held = self.forms.setdefault(form, (kind, set()))
            held[1].add(briefing)

    def is_title(self, text: str) -> bool:
        """Whether a text is the title of a briefing, and nothing else."""
        held = self.forms.get(tuple(_plain(word) for word in words_of(text) if word.form != "and"))
        return held is not None and held[0] == "title"

    def mentions(self, text: str) -> list[Mention]:
        """The briefings that a text names, in order; of names within names the longest."""
        words = [word for word in words_of(text) if word.form != "and"]
        longest = max(map(len, self.forms), default=0)
        found: list[Mention] = []
        place = 0
        while place < len(words):
            mention = self._mention(text, words, place, longest)
            if mention is None:
                place += 1
                continue
            found.append(mention)
            place = next((n for n in range(place, len(words)) if words[n].start >= mention.end), len(words))
        for name, briefings in self.files.items():
            at = text.find(name) if "-" in name or "." in name else -1
            if at >= 0 and not any(m.kind == "title" and m.briefings == briefings for m in found):
                found.append(Mention("title", name, at, at + len(name), frozenset(briefings)))
        return found

    def _mention(self, text: str, words: Sequence[Word], place: int, longest: int) -> Mention | None:
        forms = [_plain(word) for word in words[place : place + longest]]
        for length in range(len(forms), 0, -1):
            held = self.forms.get(tuple(forms[:length]))
            if held is None:
                continue
            start, end = words[place].start, words[place + length - 1].end
            if text[start].isupper() or (held[0] == "title" and length >= CERTAIN_TITLE):
                shown = POSSESSIVE.sub("", text[start:end])
                return Mention(held[0], shown, start, end, frozenset(held[1]))
        return None


def _plain(word: Word) -> str:
    """A word's form without the ending of a possessive."""
    return word.form.removesuffix("'s").removesuffix("'")


def reference_of(
    paragraphs: Sequence[Paragraph], quotations: Sequence[Quoted], number: int, names: Names, last: Reference | None = None
) -> Reference:
    """What the text says that its quotation of this number is from; `last` is what the one before is from, for "ibid"."""
    before, citation, after = _around(paragraphs, quotations, number)
    if last is not None and IBID.search(citation):
        citation = f"{PAGE.sub('', last.citation) if _pages(citation) else last.citation} {IBID.sub('', citation)}"
    near = f"{after}\n{before}"
    inside = names.mentions(citation)
    beside = names.mentions(near)
    mentions = [*inside, *(m for m in beside if not any(m.kind == own.kind for own in inside) and not (inside and m.kind != "case"))]
    years = [int(year) for year in YEAR.findall(_without(citation, inside))] or _years_beside(near, beside)
    pages = _pages(citation) or _pages(near)
    known = {_plain(word) for mention in inside for word in words_of(mention.text)}
    strangers = () if inside or not (years or pages) else tuple(n for n in NAME.findall(citation) if form_of(n) not in known)
    return Reference(tuple(mentions), tuple(years), tuple(pages), citation.strip(), strangers, before, after)


def _pages(text: str) -> list[tuple[str, str]]:
    return [(first.lower(), (last or first).lower()) for first, last in PAGE.findall(text)]


def _without(text: str, mentions: Sequence[Mention]) -> str:
    """The text without the names in it: a title's year is no date."""
    for mention in mentions:
        if mention.kind == "title":
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _years_beside(text: str, mentions: Sequence[Mention]) -> list[int]:
    """The years that stand so near to a board or a title that they belong to it."""
    found = []
    for match in YEAR.finditer(text):
        for mention in mentions:
            if mention.kind == "case" or mention.start <= match.start() < mention.end:
                continue
            after = match.start() >= mention.end
            between = text[mention.end : match.start()] if after else text[match.end() : mention.start]
            if "\n" not in between and len(between.split()) <= (YEAR_AFTER if after else YEAR_BEFORE) + between.startswith(("’", "'")):
                found.append(int(match[0]))
    return found


def _around(paragraphs: Sequence[Paragraph], quotations: Sequence[Quoted], number: int) -> tuple[str, str, str]:
    """The words before a quotation in its sentence, its citation in brackets, and the words after it in its sentence."""
    quoted = quotations[number]
    text = paragraphs[quoted.paragraph].text
    following = quotations[number + 1] if number + 1 < len(quotations) else None
    earlier = quotations[number - 1] if number else None
    low = earlier.outer[1] if earlier and earlier.paragraph == quoted.paragraph else 0
    high = following.outer[0] if following and following.paragraph == quoted.paragraph else len(text)
    before = text[low : quoted.outer[0]]
    if low and (own := CITATION.match(before)):
        before = before[own.end() :]
    before = before[_last_end(before) :]
    if not before.strip() and not low and quoted.paragraph:
        before = _leading_paragraph(paragraphs, quoted)
    citation, after = _trailing(text[quoted.outer[1] : high], quoted)
    if following and following.paragraph == quoted.paragraph and not citation and len(after.split()) <= SHORTEST_LINK:
        citation, after = _trailing(text[following.outer[1] :], following)
    if not citation and quoted.set_off:
        citation = _attribution(paragraphs, quoted)
    return before, citation, after


def _last_end(text: str) -> int:
    """Where the last sentence of a text begins."""
    return max((match.end() for match in SENTENCE_END.finditer(text)), default=0)


def _trailing(text: str, quoted: Quoted) -> tuple[str, str]:
    """The citation after a quotation, and the words that follow in its sentence."""
    found = CITATION.match(text)
    citation = found[1] if found else ""
    rest = text[found.end() :] if found else text
    ended = quoted.text.rstrip("\"'”’ ").endswith((".", "!", "?")) and not found
    if rest.lstrip()[:1] in (".", "!", "?") or (ended and rest.lstrip()[:1].isupper()):
        return citation, ""
    end = SENTENCE_END.search(rest)
    rest = rest[: end.start()] if end else rest
    if not citation and (later := PARENTHESIS.search(rest)):
        citation = later[1]
    return citation, rest


def _leading_paragraph(paragraphs: Sequence[Paragraph], quoted: Quoted) -> str:
    """The last sentence of the paragraph before, where it leads to a quotation that begins a paragraph."""
    text = paragraphs[quoted.paragraph - 1].text
    leads = quoted.set_off or LEADS_ON.search(text)
    return text[_last_end(text) :] if leads and not paragraphs[quoted.paragraph - 1].set_off else ""


def _attribution(paragraphs: Sequence[Paragraph], quoted: Quoted) -> str:
    """The source of a block quotation: after it in its paragraph, or in a short paragraph of its own below."""
    own = paragraphs[quoted.paragraph].text[quoted.outer[1] :].strip(" .()[]—–-")
    if own or quoted.paragraph + 1 >= len(paragraphs):
        return own
    text = paragraphs[quoted.paragraph + 1].text
    return text.strip(" .()[]—–-") if ATTRIBUTION.match(text) and len(text.split()) <= SHORT_ATTRIBUTION else ""


def is_mostly(text: str, mentions: Sequence[Mention], fewest: int = 6) -> bool:
    """Whether a sentence is little but a reference, as in a list of sources."""
    rest = PAGE.sub("", YEAR.sub("", text))
    for mention in mentions:
        rest = rest.replace(mention.text, "")
    return len([word for word in words_of(rest) if word.form.isalpha()]) < fewest


def strange(names: Collection[str], forms: Collection[str]) -> list[str]:
    """Of the names in a citation those that a briefing does not print at all."""
    return [name for name in names if form_of(name).removesuffix("'s") not in forms]
