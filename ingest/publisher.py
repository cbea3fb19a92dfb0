"""Who published a briefing and the area it comes from: as printed, or left open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.reading.source import Block
from ingest.words import Words

NAME = r"[A-Z](?=[\w’'-]*[a-z])[\w’'-]++"  # possessive: without it a page of capitals takes half a minute
AREA = rf"{NAME}(?:(?:,? and |,? & |, | upon | on | of | with | )(?:the )?{NAME}){{0,6}}"
BODY = (
    r"(?:(?:Local|Regional)\s+)?Safeguarding\s+(?:Children(?:[’']s)?\s+)?(?:and\s+Adults?\s+)?(?:Board|Partnership|Partners)\b"
    r"|L?SC[BP]\b|Child Protection Committee\b"
)
BOARD = re.compile(rf"\b({AREA})\s+({BODY})")
NORTHERN_IRELAND = re.compile(r"\bSafeguarding Board for Northern Ireland\b")
OWN_ABBREVIATION = re.compile(r"\b([A-KM-Z][A-Z]{0,2}SC[BP])\b")  # MSCB; a plain LSCB is anybody's
LSCB = re.compile(r"\bLSCBs?\b|\bLocal Safeguarding Children Boards?\b")
NOT_AN_AREA = re.compile(
    r"^(?:(?:The|This|These|Each|All|Any|Every|One|An?|Our|Your|Their|In|On|At|By|For|From|With|When|Where|If|And|Of|To|As|Local|Regional|"
    r"Independent|National|Joint|Serious|Case|Reviews?|Learning|Chair|Manager|Report|Children|Safeguarding|Adults?|Board|Business|Former|"
    r"Other|Both|Neighbouring|Neighboring|Published|Produced|Issued|Briefing|Paper)\b[\s,]*)+"
)
FILE_NAME_STOPS = re.compile(
    r"^(?:learning|lessons?|guide|practitioners?|briefings?|reviews?|scr|silp|from|the|for|and|of|newsletter|report|final|case|"
    r"child|baby|family|serious|local|safeguarding|board|children|lscb|lcspr|cpr|practice|summary|executive|overview|rapid)$"
)
AGENCIES = r"(?:agenc|council|borough|county|city|children|famil|police|hospital|l?scb|scp|safeguarding|schools?\b|services\b)"
UNITARY = re.compile(r"\s*(?:&|,? and)\s*")


@dataclass(frozen=True, slots=True)
class Publisher:
    """The publisher as printed, the area that answers call it by, and where both were read; empty where open."""

    name: str = ""
    area: str = ""
    origin: str = ""
    area_origin: str = ""


@dataclass(frozen=True, slots=True)
class _Board:
    area: str
    body: str
    origin: str
    prominent: bool


def publisher_of(words: Words, pseudonyms: Sequence[str] = ()) -> Publisher:
    """Find the publisher.

    A board that is printed with its area is taken first; else its own abbreviation ("MSCB"); else, where the file's
    name gives an area that the text confirms and the text speaks of its "LSCB", the two together. A board that
    is only mentioned, as another area's, is not taken.
    """
    area, area_origin = _area_of_file_name(words, pseudonyms)
    boards = list(_boards(words))
    printed = _own(boards, area)
    if printed:
        name = " ".join(f"{printed.area} {printed.body}".split())
        return Publisher(name, area or printed.area, printed.origin, area_origin or printed.origin)
    for match, block in words.finds(NORTHERN_IRELAND, words.ends):
        return Publisher(match.group(), area or "Northern Ireland", words.place(block, match), area_origin or words.place(block, match))
    if abbreviated := _abbreviation(words, area):
        name, origin = abbreviated
        return Publisher(f"{name} ({area})" if area else name, area, origin, area_origin)
    found = list(words.finds(LSCB))
    if area and len(found) >= 2:
        return Publisher(f"{area} LSCB", area, f"{area_origin}; {words.place(found[0][1], found[0][0])}", area_origin)
    return Publisher("", area, "", area_origin)


def _boards(words: Words) -> Iterator[_Board]:
    ends = {id(block) for block in words.ends}
    running = [Block("paragraph", text) for text in words.source.running]
    for match, block in [*words.finds(BOARD), *words.finds(BOARD, running)]:
        area = NOT_AN_AREA.sub("", match[1]).strip(" ,")
        if area and not area.isupper():
            origin = "the running head: “" + block.text + "”" if block in running else words.place(block, match)
            yield _Board(area, match[2], origin, id(block) in ends or block in running)


def _own(boards: Sequence[_Board], area: str) -> _Board | None:
    """The board that publishes, among those that are printed with an area."""
    if area:
        own = [board for board in boards if _same(board.area, area)]
    else:
        prominent = [board for board in boards if board.prominent] or (list(boards) if len(boards) >= 2 else [])
        own = prominent if len({_key(board.area) for board in prominent}) == 1 else []
    if not own:
        return None
    counts = Counter(board.body for board in own)
    return max(own, key=lambda board: (" " in board.body, counts[board.body]))


def _key(area: str) -> str:
    return UNITARY.sub(" and ", area).replace(",", "").lower()


def _same(one: str, other: str) -> bool:
    return _key(one) == _key(other)


def _abbreviation(words: Words, area: str) -> tuple[str, str] | None:
    """A board's own abbreviation, where it is the only one and belongs to the area."""
    found = [(m, b) for m, b in words.finds(OWN_ABBREVIATION) if not area or m[1][0] == area[0]]
    names = Counter(match[1] for match, _ in found)
    if len(names) != 1 or len(found) < (2 if area else 3):
        return None
    match, block = found[-1]
    return match[1], words.place(block, match)


def _area_of_file_name(words: Words, pseudonyms: Sequence[str]) -> tuple[str, str]:
    """The area at the start of the file's name, where the text speaks of it as a place."""
    parts: list[str] = []
    for token in re.split(r"[\W_]+", Path(words.file_name).stem.lower()):
        name = token.capitalize()
        if not token or token.isdigit() or FILE_NAME_STOPS.match(token) or name in pseudonyms:
            break
        if not re.search(rf"\b{name}\b", words.prose) or re.search(rf"\b{token}\b", words.prose):
            break
        parts.append(name)
    for count in range(len(parts), 0, -1):
        area, place = _in_text(words, parts[:count])
        if area:
            return area, f"the file's name, and {place}"
    return "", ""


def _in_text(words: Words, parts: Sequence[str]) -> tuple[str, str]:
    """Where the text speaks of these as a place ("in Medway", "Solihull agencies"), as it joins them; empty where nowhere."""
    one = "(" + r"(?:\s+|,? and |\s?& ?|, )".join(map(re.escape, parts)) + ")"
    about = re.compile(
        rf"\b(?:[Ii]n|[Aa]cross|[Ww]ithin|[Tt]hroughout)\s+{one}\b(?!\s+et al)|\b{one}\s+(?i:{AGENCIES})"
        rf"|\b{one},? (?:and|&) {NAME}|\b{one}, {NAME},? (?:and|&) {NAME}"
    )
    for pattern in (about, re.compile(rf"\b{one}\b")) if len(parts) > 1 else (about,):
        for match, block in words.finds(pattern):
            named = next(group for group in match.groups() if group)
            return re.sub(r"\s*&\s*", " and ", " ".join(named.split())), words.place(block, match)
    return "", ""
