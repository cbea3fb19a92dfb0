"""What a briefing says about itself: title, publisher, date and its basis, kind of review, guidance, contacts.

Nothing is guessed: what is not found stays open, a date that is read from the content or
the file's name says so, and every detail keeps where it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.dates import date_of
from ingest.document_kind import FoundKind, kinds_of, nation_of_kinds
from ingest.front import OPENING
from ingest.lines import MONTHS
from ingest.publisher import board_called, board_of, is_publisher, publisher_of
from ingest.reading.source import Source
from ingest.title import NAMED, title_of
from ingest.words import CLOSING, EMAIL, LINK, PHONE, Words
from knowledge.briefing import Details
from knowledge.kinds import kinds as all_kinds

GUIDANCE = re.compile(r"Working Together(?:\s+to\s+Safeguard(?:\s+and\s+Promote[\w\s]*)?\s+Children)?\W{0,4}((?:19|20)\d\d)", re.IGNORECASE)
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
    re.compile(rf"\b((?:Child|Baby|Family|Adult|Young Person)\s+(?!(?:{NOT_A_CASE})\b)[A-Z](?:\d{{1,2}}|[A-Z]\d?)?)\b(?!\s?&)"),
    re.compile(r"\b([A-Z][a-z]{2,})\s+\((?:a pseudonym|not (?:her|his|their) real name)\)"),
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
STARTER = re.compile(r"starter (?:briefing|material), written for this product", re.IGNORECASE)
SHORT_LINE = 60


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
    title = told("title", title_of(words, is_publisher))
    board = board_called(*named["publisher"]) if "publisher" in named else board_of(words)
    kinds = [] if starter else kinds_of(words, title, board.nation)
    publisher = publisher_of(words, board, kinds[0].kind.nature if kinds else None)
    kinds = kinds or [FoundKind(kind, publisher.origin) for kind in all_kinds() if kind.name == publisher.publishes]
    authors = _split(told("author", ("", ""))) or _split(told("authors", ("", ""))) or _gathered("authors", _authors(words), origins)
    if "author" in origins:
        origins["authors"] = origins.pop("author")
    if starter:
        named.setdefault("publisher", ("Practice Reflection Assistant", words.place(starter)))
        named.setdefault("kind", ("starter material", words.place(starter)))
    elif publisher.area:
        origins["short_name"] = publisher.area_origin
    printed = told("publisher", (publisher.name, publisher.origin))
    nation = (publisher.nation, f"the publisher: {printed}") if publisher.nation else nation_of_kinds(kinds)
    kind = told("kind", (_joined([one.kind.name for one in kinds]), kinds[0].origin if kinds else ""))
    return Found(
        Details(
            title=title,
            publisher=printed,
            short_name=f"{title} (starter)" if starter else publisher.area,
            date=date_of(words, title, named.get("date", ("", ""))[0], GUIDANCE, origins),
            kind=kind,
            guidance=_gathered("guidance", _guidance(words), origins),
            pseudonyms=pseudonyms,
            acronyms=acronyms("\n".join(block.text for block in words.blocks)),
            people=_people(words),
            rests_on=told("rests on", ("", "")),
            nation=told("nation", nation),
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
        if sum(char.isupper() for char in short) < 2 or not short.upper().rstrip("S"):
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
