"""What a briefing says about itself: title, publisher, date and its basis, kind of review, guidance, contacts.

Nothing is guessed: what is not found stays open, a date that is read from the content or
the file's name says so, and every detail keeps where it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.lines import MONTHS, is_date_line
from ingest.publisher import BOARD, publisher_of
from ingest.reading.source import Source
from ingest.words import CLOSING, EMAIL, LINK, OPENING, PHONE, Words
from knowledge.briefing import Date, DateBasis, Details

PRINTED_DATE = re.compile(rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTHS})\s+)?(?:19|20)\d\d", re.IGNORECASE)
NAMED = re.compile(r"^(title|publisher|date|rests on|themes|pseudonyms|authors?|period|nation|kind):\s*(.+)$", re.IGNORECASE)
GUIDANCE = re.compile(
    r"(?:Working Together(?:\s+to\s+Safeguard(?:\s+and\s+Promote[\w\s]*)?\s+Children)?|\bWT(?:SC)?)\W{0,4}((?:19|20)\d\d)", re.IGNORECASE
)
OTHER_GUIDANCE = re.compile(
    r"\b(Keeping Children Safe in Education|Safeguarding Children Who May (?:Be|Have Been) Trafficked|"
    r"Framework for the Assessment of Children in Need and Their Families|What to Do If You[’']re Worried a Child Is Being Abused|"
    r"National Guidance for Child Protection in Scotland|Wales Safeguarding Procedures|"
    r"Safeguarding Children in Whom Illness Is Fabricated or Induced)"
    r"(?:\W{1,3}((?:19|20)\d\d))?",
    re.IGNORECASE,
)
NOT_A_CASE = "GP|CP|HV|SW|IT|UK|NI|MP|PC|QC|KC|AE|HM"
PSEUDONYM = (
    re.compile(r"\b(?:[Rr]eview|[Cc]ase)\s+[-–—:]\s+([A-Z][a-z]{2,})\b(?!\s+[A-Z])"),
    re.compile(r"^([A-Z][a-z]{2,})\s+[-–—,]\s*(?:was\s+)?aged\b"),
    re.compile(rf"\b((?:Child|Baby|Family|Adult|Young Person)\s+(?!(?:{NOT_A_CASE})\b)[A-Z](?:\d{{1,2}}|[A-Z]\d?)?)\b(?!\s?&)"),
    re.compile(r"\b([A-Z][a-z]{2,})\s+\((?:a pseudonym|not (?:her|his|their) real name)\)"),
)
# The kind, its pattern in full, its abbreviation (which counts only where the full name is printed too), its nation.
# "Learning review" is Scotland's name since 2021, and elsewhere a newsletter's: it says nothing alone.
KINDS = (
    ("serious case review", r"serious\s+case\s+review", r"\bSCRs?\b", "England"),
    ("local child safeguarding practice review", r"local\s+child\s+safeguarding\s+practice\s+review", r"\bLCSPRs?\b", "England"),
    ("child practice review", r"(?<!safeguarding )\bchild\s+practice\s+review", r"\bCPRs?\b", "Wales"),
    ("single unified safeguarding review", r"single\s+unified\s+safeguarding\s+review", r"\bSUSRs?\b", "Wales"),
    ("case management review", r"case\s+management\s+review", r"\bCMRs?\b", "Northern Ireland"),
    ("rapid review", r"\brapid\s+review", "", "England"),
    ("significant case review", r"significant\s+case\s+review", r"\bSCRs?\b", "Scotland"),
    ("initial case review", r"initial\s+case\s+review", r"\bICRs?\b", "Scotland"),
    ("lessons learned review", r"lessons[\s-]+learn(?:ed|t)[”\"’']?\s+review", "", ""),
    ("significant incident learning process", r"s(?:ignificant|erious)\s+incident\s+learning\s+process", r"\bSILPs?\b", ""),
)
PUBLISHERS_NATION = (
    ("Scotland", r"Child Protection Committee|Scotland|Scottish"),
    ("Northern Ireland", r"Northern Ireland"),
    ("Wales", r"Wales|Welsh|Cymru|Regional Safeguarding (?:Children )?Board"),
    ("England", r"Safeguarding Children(?:[’']s)? Part(?:nership|ners)|England"),
)
MONTH_YEAR = rf"(?:(?:{MONTHS})\s+)?(?:19|20)\d\d"
PERIOD = re.compile(
    r"\b(?:in|during|between|from|period|of)\s+(?:(?P<start>(?:19|20)\d\d)\s?[-–—/]\s?(?P<end>\d{1,2}|(?:19|20)\d\d)\b(?!\s?[-–—/])"
    rf"|(?P<first>{MONTH_YEAR})\s+(?:and|to|until)\s+(?P<last>{MONTH_YEAR}))",
    re.IGNORECASE,
)
REVIEWED = re.compile(r"\b(?:reviews?|audits?)\b", re.IGNORECASE)
ANOTHERS = re.compile(r"biennial|triennial|analysis|research|ofsted|national|et al", re.IGNORECASE)
PERSON = r"[A-Z][a-z]+(?:-[A-Z][a-z]+)?(?: [A-Z]\.?)? (?:Mc|Mac|O[’'])?[A-Z][\w’'-]+"
NOT_A_PERSON = re.compile(
    r"\b(?:Board|Council|Safeguarding|Partnership|Children|Child|Report|Reviews?|Learning|Information|Contact|Next|Steps|Case|Serious|"
    r"Family|Practice|Key|Findings|Further|Reading|Useful|Links|University|Service|Services|Police|Health|Trust|Local|Street|Road)\b"
)
ROLE = re.compile(
    r"\b(?:Manager|Officer|Chair|Chairman|Chairperson|Lead|Director|Co-?ordinator|Reviewer|Author|Head|Advis[eo]r|Consultant|Nurse|Doctor|Trainer)\b"
)
WRITTEN_BY = re.compile(
    rf"\b(?:[Aa]uthors?:|[Ww]ritten by|[Pp]repared by|[Rr]eport by|[Bb]riefing by)\s+({PERSON}(?:(?:,| and| &) {PERSON})*)"
)
CONFIDENCE = re.compile(r"(?:strictly |private and )?confidential\b|official\b", re.IGNORECASE)
STARTER = re.compile(r"starter (?:briefing|material), written for this product", re.IGNORECASE)
SHORT_LINE = 60
TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Found:
    """A briefing's details, and where each was read: the detail's name to "page 2: “...”". What is open has no origin."""

    details: Details
    origins: dict[str, str]


def details_of(source: Source, file_name: str) -> Details:
    """Read the details from the blocks and the file's name; what neither tells is left open."""
    return details_with_origins(source, file_name).details


def details_with_origins(source: Source, file_name: str) -> Found:
    """The details, each with where it was read."""
    words = Words(source, file_name)
    origins: dict[str, str] = {}
    named = {match[1].lower(): (match[2].strip(), words.place(block)) for match, block in words.finds(NAMED, words.opening)}
    starter = next((block for block in words.blocks[:6] if STARTER.match(block.text)), None)

    def told(name: str, found: tuple[str, str]) -> str:
        value, origin = named.get(name, found)
        if value:
            origins[name] = origin
        return value

    pseudonyms = _split(told("pseudonyms", ("", ""))) or _gathered("pseudonyms", _pseudonyms(words), origins)
    publisher = publisher_of(words, pseudonyms)
    title = told("title", _title(words))
    kinds = [] if starter else _kinds(words, title)
    authors = _split(told("author", ("", ""))) or _split(told("authors", ("", ""))) or _gathered("authors", _authors(words), origins)
    if "author" in origins:
        origins["authors"] = origins.pop("author")
    if starter:
        named.setdefault("publisher", ("Practice Reflection Assistant", words.place(starter)))
        named.setdefault("kind", ("starter material", words.place(starter)))
    elif publisher.area:
        origins["short_name"] = publisher.area_origin
    printed = told("publisher", (publisher.name, publisher.origin))
    kind = told("kind", (_joined([name for name, _, _ in kinds]), kinds[0][2] if kinds else ""))
    return Found(
        Details(
            title=title,
            publisher=printed,
            short_name=f"{title} (starter)" if starter else publisher.area,
            date=_date(named.get("date", ("", ""))[0], words, origins),
            kind=kind,
            guidance=_gathered("guidance", _guidance(words), origins),
            pseudonyms=pseudonyms,
            acronyms=acronyms("\n".join(block.text for block in words.blocks)),
            people=_people(words),
            rests_on=told("rests on", ("", "")),
            nation=told("nation", _nation(kinds, printed)),
            period=told("period", _period(words)),
            authors=authors,
            contacts=_contacts(words, origins),
        ),
        {{"rests on": "rests_on"}.get(name, name): origin for name, origin in origins.items()},
    )


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _gathered(name: str, found: Iterator[tuple[str, str]], origins: dict[str, str]) -> tuple[str, ...]:
    """The values, each once, in order; the first place where each stands goes to the origins."""
    places: dict[str, str] = {}
    for value, origin in found:
        places.setdefault(value, origin)
    if places:
        origins[name] = "; ".join(dict.fromkeys(places.values()))
    return tuple(sorted(places) if name == "guidance" else places)


def _title(words: Words) -> tuple[str, str]:
    if not words.blocks:
        return "", ""
    first = words.blocks[0]
    welcome = re.search(r"\bissue of (?:the )?([A-Z][^.]{5,80})\.", first.text)
    if welcome:
        return welcome[1], words.place(first, welcome)
    stored = " ".join(words.source.title.split())
    if _is_title(stored, words):
        return stored, "the file's own properties, and its first page"
    for block in words.blocks[:5]:
        if block.kind == "heading" and not _is_label(block.text):
            return block.text.rstrip("."), words.place(block)
        if block.kind == "paragraph" and len(block.text) > TITLE_LENGTH and block is not first:
            break
        if block is first and block.kind != "heading" and len(block.text) <= TITLE_LENGTH and not _is_label(block.text):
            return block.text.rstrip("."), words.place(block)
    return "", ""


def _is_title(stored: str, words: Words) -> bool:
    """Whether the title in a file's properties is one: printed near the start, and no file name or program's default."""
    if len(stored) < 4 or " " not in stored:
        return False
    squeezed = [re.sub(r"\W+", "", text).lower() for text in (stored, *(block.text for block in words.opening))]
    return any(squeezed[0] in text for text in squeezed[1:]) or squeezed[0] in "".join(squeezed[1:])


def _is_label(text: str) -> bool:
    """A quotation, a date, a board's name, a contact or a mark of confidence, which may stand over a title."""
    if text.startswith(("“", '"', "‘")) or is_date_line(text) or EMAIL.search(text) or LINK.search(text) or NAMED.match(text):
        return True
    board = BOARD.search(text)
    return bool(board and len(board.group()) > 0.8 * len(text)) or bool(CONFIDENCE.match(text))


def _date(named: str, words: Words, origins: dict[str, str]) -> Date:
    if named and (m := PRINTED_DATE.search(named)):
        origins["date"] = next(words.place(block) for block in words.opening if block.text.lower().startswith("date"))
        return Date(named, int(m.group()[-4:]), DateBasis.PRINTED)
    for block in words.ends:
        if is_date_line(block.text) and (m := PRINTED_DATE.search(block.text)):
            origins["date"] = words.place(block)
            return Date(m.group(), int(m.group()[-4:]), DateBasis.PRINTED)
    year = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", Path(words.file_name).stem)
    if year is None:
        return Date()
    for match, block in words.finds(re.compile(rf"\b{year[1]}\b")):
        if not any(cited.start() <= match.start() < cited.end() for cited in GUIDANCE.finditer(block.text)):
            origins["date"] = f"the file's name, and {words.place(block, match)}"
            return Date(year[1], int(year[1]), DateBasis.CONTENT)
    origins["date"] = "the file's name alone"
    return Date(year[1], int(year[1]), DateBasis.FILE)


def _kinds(words: Words, title: str) -> list[tuple[str, str, str]]:
    """The kinds of review that the title names, else the one that the text speaks of far more than of any other.

    Each with its nation and where it was read.
    """
    printed = [kind for kind in KINDS if re.search(kind[1], words.prose, re.IGNORECASE)]
    in_title = [kind for kind in printed if re.search(kind[1], title, re.IGNORECASE) or (kind[2] and re.search(kind[2], title))]
    chosen = in_title
    if not chosen:
        counts = {kind: len(_mentions(words, kind)) for kind in printed}
        ranked = sorted(counts, key=lambda kind: -counts[kind])
        if ranked and counts[ranked[0]] >= 3 and (len(ranked) == 1 or counts[ranked[0]] >= 2 * counts[ranked[1]]):
            chosen = ranked[:1]
    return [(name, nation, next(iter(_mentions(words, (name, full, short, nation))))) for name, full, short, nation in chosen]


def _mentions(words: Words, kind: tuple[str, str, str, str]) -> list[str]:
    _, full, short, _ = kind
    pattern = re.compile(rf"(?i:{full})" + (rf"|{short}" if short else ""))
    return [words.place(block, match) for match, block in words.finds(pattern)]


def _nation(kinds: Sequence[tuple[str, str, str]], publisher: str) -> tuple[str, str]:
    """The nation by the publisher's kind of body, else by the kind of review, where that is one nation's own."""
    for nation, pattern in PUBLISHERS_NATION:
        if re.search(pattern, publisher):
            return nation, f"the publisher: {publisher}"
    nations = {nation for _, nation, _ in kinds if nation}
    if len(nations) != 1:
        return "", ""
    named = next(name for name, nation, _ in kinds if nation)
    return nations.pop(), f"the kind of review: {named}"


def _guidance(words: Words) -> Iterator[tuple[str, str]]:
    for match, block in words.finds(GUIDANCE):
        yield f"Working Together {match[1]}", words.place(block, match)
    for match, block in words.finds(OTHER_GUIDANCE):
        yield match[1] + (f" {match[2]}" if match[2] else ""), words.place(block, match)


def _period(words: Words) -> tuple[str, str]:
    """The time that the reviews cover, as the opening tells it ("commissioned in 2012-3")."""
    for match, block in words.finds(PERIOD, words.blocks[:8]):
        near = block.text[max(0, match.start() - 80) : match.end() + 80]
        if ANOTHERS.search(block.text) or not REVIEWED.search(near):
            continue
        if match["first"]:
            return f"{match['first']} to {match['last']}", words.place(block, match)
        start, end = match["start"], match["end"]
        last = int(start[: 4 - len(end)] + end)
        if int(start) < last <= int(start) + 15:
            return f"{start}-{end if len(end) == 4 else str(last)[2:]}", words.place(block, match)
    return "", ""


def _pseudonyms(words: Words) -> Iterator[tuple[str, str]]:
    for block in words.blocks:
        for pattern in PSEUDONYM:
            for match in pattern.finditer(block.text):
                yield match[1], words.place(block, match)


def _authors(words: Words) -> Iterator[tuple[str, str]]:
    """Those who sign: a name over an office or before one at the end, or "written by"."""
    for match, block in words.finds(WRITTEN_BY, words.ends):
        for name in re.findall(PERSON, match[1]):
            yield name, words.place(block, match)
    closing = words.blocks[-CLOSING:] if len(words.blocks) > OPENING else words.blocks[OPENING // 2 :]
    for i, block in enumerate(closing):
        signed = re.match(rf"({PERSON})(?:,\s+(.+))?$", block.text)
        if signed is None or len(block.text) >= 2 * SHORT_LINE or NOT_A_PERSON.search(signed[1]):
            continue
        office = signed[2] or (closing[i + 1].text if i + 1 < len(closing) and len(closing[i + 1].text) < SHORT_LINE else "")
        if ROLE.search(office):
            yield signed[1], words.place(block) + (f", {office}" if not signed[2] else "")


def _people(words: Words) -> tuple[str, ...]:
    """Names that the briefing prints itself: its signature, and "Professor ..."."""
    found = dict.fromkeys(re.findall(r"\b(?:Professor|Prof\.?|Dr\.?|Lord|Sir|Dame)\s+([A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)", words.text))
    for block in words.blocks[-CLOSING:]:
        if len(block.text) < SHORT_LINE and re.fullmatch(r"[A-Z][a-z]+(?: [A-Z]\.?)? [A-Z][\w’'-]+", block.text):
            found[block.text] = None
    return tuple(found)


def _contacts(words: Words, origins: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Telephone numbers, e-mail addresses and links, as printed. They are of the briefing's time."""
    found: dict[tuple[str, str], str] = {}
    for block in words.blocks:
        for kind, pattern in (("phone", PHONE), ("email", EMAIL), ("link", LINK)):
            for match in pattern.finditer(LINK.sub(" ", block.text) if kind == "phone" else block.text):
                found.setdefault((kind, match.group().strip()), f"page {block.sheet}" if words.source.paged else "the text")
    if found:
        origins["contacts"] = ", ".join(dict.fromkeys(found.values()))
    return tuple(found)


def acronyms(text: str) -> tuple[tuple[str, str], ...]:
    """Acronyms with what the text itself prints before them in full: ("LLR", "Leicester, Leicestershire and Rutland")."""
    found: dict[tuple[str, str], None] = {}
    for match in re.finditer(r"\(([A-Z][A-Za-z]{1,6})(?:[’']?s)?\)", text):
        short = match[1]
        if sum(char.isupper() for char in short) < 2:
            continue
        words = list(re.finditer(r"[\w’'-]+", text[max(0, match.start() - 120) : match.start()]))
        letters = list(short.upper().rstrip("S") if short.endswith("s") else short.upper())
        i = len(words)
        while letters and i:
            i -= 1
            if words[i].group()[0].upper() == letters[-1]:
                letters.pop()
            elif words[i].group().lower() not in ("and", "of", "for", "the", "in", "to", "on"):
                break
        if not letters:
            full = text[max(0, match.start() - 120) : match.start()][words[i].start() :].strip()
            found[short, " ".join(full.split())] = None
    return tuple(found)
