"""Quotations made by code from the starter library: true ones in every typographic dress, and mutants that are wrong in one way each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.citations.models import Paragraph, Verdict
from knowledge.briefing import Briefing
from knowledge.library import Library
from knowledge.text import sentences

LIMIT = re.compile(r",? (?:but|although|unless|except|while|until|when|where|because|after|before|if|only|than|though|yet|however)\b")
DENIES = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|rarely|if|whether|assumed|suspected|feared)\b|n[’']t", re.I
)
NUMBERS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBER = re.compile(r"\b(?:" + "|".join(NUMBERS) + r"|\d+)\b")
SPOKEN = re.compile(
    rf"(?:{DENIES.pattern}|{NUMBER.pattern}|once|twice|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|thirty|hundred)",
    re.I,
)
IS = re.compile(r"\b(?:was|were|is|are|had|has|could|should|can|did)\b")


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of a briefing: where it stands, and what its page has."""

    briefing: Briefing
    page: int
    text: str
    case: str


@dataclass(frozen=True, slots=True)
class Made:
    """A paragraph that quotes, how it was made, and the verdicts that are right."""

    how: str
    paragraph: Paragraph
    right: frozenset[Verdict]
    words: str


TRUE = frozenset({Verdict.EXACT, Verdict.SAME_WORDS})


def sources(library: Library) -> list[Source]:
    """Sentences of eight words and more, none within quotation marks, each printed once."""
    found: dict[str, list[Source]] = {}
    for briefing in library.briefings():
        for stored in library.catalogue.passages(briefing.id):
            passage = stored.passage
            if "\t" in passage.text or "\n" in passage.text:
                continue
            page = library.page(briefing.id, passage.page)
            for start, end, text in sentences(passage.text):
                parts = page.parts(passage.start + start, passage.start + end)
                if text.rstrip(".") == briefing.details.title or len(parts) > 1:
                    continue
                if len(text.split()) >= 8 and not set('“”‘"') & set(text) and text[0].isalpha():
                    found.setdefault(text, []).append(Source(briefing, parts[0][0], text, passage.case))
    return [listed[0] for listed in found.values() if len(listed) == 1]


def cited(source: Source, number: int, *, page: int | None = None, title: str = "", year: int | None = None) -> str:
    """A reference to a sentence, in one of the ways in which people write them."""
    name = title or source.briefing.details.title
    when = year or source.briefing.details.date.year
    at = source.page if page is None else page
    return (f"({name}, {when}, p. {at})", f"({name}, p.{at})", f"({name} {when}: page {at})", f"({name}, pp. {at}-{at})")[number % 4]


def dressed(source: Source) -> list[tuple[str, str]]:
    """A sentence in every typographic dress, as (which, text with marks)."""
    text = source.text
    words = text.split()
    soft = " ".join(w[:3] + "\u00ad" + w[3:] if len(w) > 6 and w.isalpha() else w for w in words)
    ligature = text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ").replace("ff", "ﬀ")
    straight = text.replace("’", "'").replace("–", "-")
    swapped = text[0].lower() if text[0].isupper() else text[0].upper()
    sic = " ".join([*words[:4], "[sic]", *words[4:]])
    kept = next(
        (n for n in range(len(words) - 2, 5, -1) if not (LIMIT.search(" " + " ".join(words[n:])) or DENIES.search(" ".join(words[n:])))), 0
    )
    cut = " ".join(words[:kept]).rstrip(",;:") if kept else text.rstrip(".")
    return [
        ("curly double marks", f"“{text}”"),
        ("straight double marks", f'"{text}"'),
        ("curly single marks", f"‘{text}’"),
        ("straight single marks", f"'{straight}'"),
        ("guillemets", f"«{text}»"),
        ("single guillemets", f"‹{text}›"),
        ("low marks", f"„{text}“"),
        ("ligatures", f"“{ligature}”"),
        ("no-break spaces", f"“{text.replace(' ', chr(160))}”"),
        ("soft hyphens", f"“{soft}”"),
        ("straight apostrophes, short dashes", f"“{straight}”"),
        ("long dashes", f"“{text.replace('–', '—').replace('-', '‑')}”"),
        ("line breaks", "“" + re.sub(r"((?:\S+ ){6}\S+) ", r"\1\n", text) + "”"),
        ("first letter in brackets", f"“[{swapped}]{text[1:]}”"),
        ("[sic]", f"“{sic}”"),
        ("ellipsis at the end", f"“{cut} …”"),
        ("ellipsis of three dots in brackets at the end", f"“{cut} [...]”"),
        ("sentence, then dots", f"“{text} ...”"),
        ("full stop outside", f"“{text.rstrip('.')}”."),
        ("upper case first letter", f"“{text[0].upper()}{text[1:]}”"),
        ("quotation marks within marks", f"‘{text.replace('’', chr(8217))}’"),
    ]


def true_ones(library: Library, count: int) -> list[Made]:
    """True quotations, each in the next dress, with and without references, before and after, and set off as blocks."""
    made: list[Made] = []
    listed = sources(library)
    number = 0
    while len(made) < count:
        source = listed[(number * 7) % len(listed)]
        dresses = dressed(source)
        how, text = dresses[number % len(dresses)]
        title = source.briefing.details.title
        after = "" if text.endswith(".") else "."
        ways = (
            f"The paper puts it so: {text} {cited(source, number)}.",
            f"It says {text.rstrip('.')}{after}",
            f"As {title} ({source.briefing.details.date.year}) says on p. {source.page}, {text.rstrip('.')}{after}",
            f"{text} {cited(source, number)}",
        )
        made.append(Made(how, Paragraph(ways[(number // len(dresses)) % 4]), TRUE, source.text))
        if number % 12 == 0:
            made.append(Made("block", Paragraph(f"{source.text} {cited(source, number)}", set_off=True), TRUE, source.text))
        number += 1
    return made[:count]


def mutants(library: Library, each: int) -> list[Made]:
    """Quotations that are wrong in one way, so many of each kind at most."""
    listed = sources(library)
    made: list[Made] = []
    for how, right, change in KINDS:
        kept: list[Made] = []
        for number, source in enumerate(listed[len(made) % 5 :: 1]):
            if len(kept) == each:
                break
            changed = change(source, number, listed)
            if changed is not None:
                text, reference = changed
                sentence = f"The paper says: “{text}” {reference or cited(source, number)}."
                kept.append(Made(how, Paragraph(sentence), frozenset(right), text))
        made.extend(kept)
    return made


Change = Callable[[Source, int, Sequence[Source]], tuple[str, str] | None]


def _another_word(source: Source, number: int, listed: Sequence[Source]) -> tuple[str, str] | None:
    words = source.text.split()
    places = [
        n for n, w in enumerate(words) if 0 < n < len(words) - 1 and len(w) > 4 and w.isalpha() and w.islower() and not SPOKEN.fullmatch(w)
    ]
    spare = [w for w in listed[(number * 13 + 5) % len(listed)].text.split() if len(w) > 4 and w.isalpha() and w.islower()]
    spare = [w for w in spare if w not in words and not SPOKEN.fullmatch(w)]
    if not places or not spare:
        return None
    place = places[number % len(places)]
    return " ".join([*words[:place], spare[0], *words[place + 1 :]]), ""


def _word_left_out(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    words = source.text.split()
    places = [n for n, w in enumerate(words) if 1 < n < len(words) - 2 and len(w) > 3 and w.isalpha() and not SPOKEN.fullmatch(w)]
    if not places:
        return None
    place = places[number % len(places)]
    return " ".join([*words[:place], *words[place + 1 :]]), ""


def _another_number(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    found = list(NUMBER.finditer(source.text))
    if not found:
        return None
    match = found[number % len(found)]
    old = match[0]
    new = str(int(old) + 1) if old.isdigit() else NUMBERS[(NUMBERS.index(old) + 1) % len(NUMBERS)]
    return source.text[: match.start()] + new + source.text[match.end() :], ""


def _negation_lost(source: Source, _: int, __: Sequence[Source]) -> tuple[str, str] | None:
    match = re.search(r" (?:not|never|no)\b(?! one| longer)", source.text)
    return (source.text[: match.start()] + source.text[match.end() :], "") if match else None


def _negation_added(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    found = list(IS.finditer(source.text))
    if not found:
        return None
    match = found[number % len(found)]
    return source.text[: match.end()] + " not" + source.text[match.end() :], ""


def _another_order(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    words = source.text.rstrip(".").split()
    if len(words) < 12 or any(NUMBER.fullmatch(w.strip(",")) for w in words):
        return None
    if number % 2:
        half = len(words) // 2
        return " ".join([*words[half:], *words[:half]]), ""
    place = 2 + number % (len(words) - 6)
    if words[place : place + 2] == words[place + 2 : place + 4]:
        return None
    return " ".join([*words[:place], *words[place + 2 : place + 4], *words[place : place + 2], *words[place + 4 :]]), ""


def _spliced(source: Source, number: int, listed: Sequence[Source]) -> tuple[str, str] | None:
    other = listed[(number * 11 + 17) % len(listed)]
    if other.text == source.text or DENIES.search(source.text + other.text):
        return None
    ours, theirs = source.text.rstrip(".").split(), other.text.split()
    joint = (" ", " … ", " [...] ")[number % 3]
    return " ".join(ours[: max(5, len(ours) // 2)]).rstrip(",") + joint + " ".join(theirs[-max(5, len(theirs) // 2) :]), ""


def _another_page(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    return source.text, cited(source, number, page=source.page + 1 + number % 3)


def _another_document(source: Source, number: int, listed: Sequence[Source]) -> tuple[str, str] | None:
    other = listed[(number * 17 + 31) % len(listed)]
    if other.briefing.id == source.briefing.id:
        return None
    return source.text, cited(source, number, title=other.briefing.details.title)


def _another_board(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    board = ("Medway", "Kirklees", "Solihull", "Norfolk")[number % 4]
    if board in source.text:
        return None
    return source.text, f"({board} 2026, p. {source.page})"


def _another_year(source: Source, number: int, _: Sequence[Source]) -> tuple[str, str] | None:
    return source.text, cited(source, (0, 2)[number % 2], year=(source.briefing.details.date.year or 2000) - 1 - number % 9)


def _another_case(source: Source, number: int, listed: Sequence[Source]) -> tuple[str, str] | None:
    names = sorted({one.case for one in listed if one.case} - {source.case})
    return (source.text, f"({names[number % len(names)]}’s case, p. {source.page})") if source.case else None


def _condition_cut(source: Source, _: int, __: Sequence[Source]) -> tuple[str, str] | None:
    match = re.search(r",? (?:but|although|unless|except|until|though)\b", source.text)
    head = source.text[: match.start()] if match else ""
    return (head, "") if len(head.split()) >= 5 else None


def _opening_cut(source: Source, _: int, __: Sequence[Source]) -> tuple[str, str] | None:
    match = re.search(r"\b(?:no one|not|never|nobody|nothing) (?=\w+)", source.text)
    if not match or "," in source.text[match.end() :][:8]:
        return None
    rest = source.text[match.end() :]
    return (rest, "") if len(rest.split()) >= 5 else None


def _ellipsis_hides(source: Source, _: int, __: Sequence[Source]) -> tuple[str, str] | None:
    words = source.text.split()
    place = next((n for n, w in enumerate(words) if 2 < n < len(words) - 5 and re.fullmatch(r"not|never|no|without", w)), -1)
    return (" ".join([*words[:place], "…", *words[place + 2 :]]), "") if place > 0 else None


def _invented(_: Source, number: int, listed: Sequence[Source]) -> tuple[str, str] | None:
    words = [listed[(number * 3 + n * 29) % len(listed)].text.split()[2 + n % 4] for n in range(12)]
    return " ".join(words), ""


V = Verdict
KINDS: tuple[tuple[str, set[Verdict], Change], ...] = (
    ("another word", {V.ALTERED}, _another_word),
    ("a word left out", {V.ALTERED}, _word_left_out),
    ("another number", {V.NUMBERS_DIFFER}, _another_number),
    ("negation lost", {V.NEGATION}, _negation_lost),
    ("negation added", {V.NEGATION}, _negation_added),
    ("another order", {V.ALTERED}, _another_order),
    ("spliced", {V.SPLICED}, _spliced),
    ("another page", {V.WRONG_PLACE}, _another_page),
    ("another document", {V.WRONG_PLACE}, _another_document),
    ("another board", {V.WRONG_PLACE}, _another_board),
    ("another year", {V.WRONG_PLACE}, _another_year),
    ("another case", {V.WRONG_PLACE}, _another_case),
    ("condition cut", {V.SHORTENED}, _condition_cut),
    ("opening cut", {V.SHORTENED}, _opening_cut),
    ("ellipsis hides a negation", {V.ELLIPSIS_HIDES}, _ellipsis_hides),
    ("invented", {V.NOT_FOUND}, _invented),
)


def by_kind(made: Sequence[Made]) -> Iterator[tuple[str, list[Made]]]:
    """The quotations by how they were made."""
    for how in dict.fromkeys(one.how for one in made):
        yield how, [one for one in made if one.how == how]
