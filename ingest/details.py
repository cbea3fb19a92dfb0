"""What a briefing says about itself: title, publisher, date and its basis, kind of review, guidance.

Nothing is guessed: what is not found stays open, and a date that is read from the
content alone says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ingest.lines import MONTHS, is_date_line
from ingest.reading.source import Block, Source
from knowledge.briefing import Date, DateBasis, Details

PRINTED_DATE = re.compile(rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTHS})\s+)?(?:19|20)\d\d", re.IGNORECASE)
NAMED = re.compile(r"^(title|publisher|date|rests on|themes|pseudonyms):\s*(.+)$", re.IGNORECASE)
BOARD = re.compile(
    r"((?:[A-Z][\w’'-]+(?:,? and |,? & |, | upon | of )?)+?)\s*"
    r"(L?SCB\b|Local Safeguarding Children Board|Safeguarding Children Board|Safeguarding Children Partnership|Safeguarding Partnership)"
)
GUIDANCE = re.compile(r"Working Together(?:\s+to\s+Safeguard(?:\s+and\s+Promote[\w\s]*)?\s+Children)?\W{0,4}((?:19|20)\d\d)", re.IGNORECASE)
PSEUDONYM = (
    re.compile(r"\b(?:[Rr]eview|[Cc]ase)\s+[-–—:]\s+([A-Z][a-z]{2,})\b(?!\s+[A-Z])"),
    re.compile(r"^([A-Z][a-z]{2,})\s+[-–—,]\s*(?:was\s+)?aged\b"),
    re.compile(r"\b((?:Child|Baby|Family|Adult|Young Person)\s+[A-Z][A-Z0-9]{0,2})\b"),
)
KINDS = (
    ("serious case review", r"serious case review|\bSCRs?\b"),
    ("local child safeguarding practice review", r"local child safeguarding practice review|\bLCSPRs?\b"),
    ("child practice review", r"child practice review|\bCPRs?\b"),
    ("case management review", r"case management review|\bCMRs?\b"),
    ("rapid review", r"rapid review"),
    ("significant case review", r"significant case review"),
    ("lessons learned review", r"lessons learned review"),
)
FILE_NAME_STOPS = re.compile(
    r"^(?:learning|lessons?|guide|practitioners?|briefings?|reviews?|scr|silp|from|the|for|and|newsletter|report|final|case)$"
)
STARTER = "starter briefing, written for this product"
SHORT_LINE = 60


def details_of(source: Source, file_name: str) -> Details:
    """Read the details from the blocks and the file's name; what neither tells is left open."""
    blocks = source.blocks
    text = "\n".join(block.text for block in blocks)
    named = {m[1].lower(): m[2].strip() for block in blocks[:12] if (m := NAMED.match(block.text))}
    starter = any(block.text.lower().startswith(STARTER) for block in blocks[:6])
    place = _place(file_name, text)
    title = named.get("title") or _title(source)
    return Details(
        title=title,
        publisher="Practice Reflection Assistant (starter briefing)" if starter else named.get("publisher") or _publisher(place, text),
        short_name=f"{title} (starter)" if starter else place,
        date=_date(named.get("date", ""), blocks, file_name, text),
        kind="starter briefing, written for this product" if starter else _kind(text),
        guidance=tuple(sorted({f"Working Together {m[1]}" for m in GUIDANCE.finditer(text)})),
        pseudonyms=tuple(n.strip() for n in named["pseudonyms"].split(",")) if "pseudonyms" in named else _pseudonyms(blocks),
        acronyms=acronyms(text),
        people=_people(blocks, text),
        rests_on=named.get("rests on", ""),
    )


def _title(source: Source) -> str:
    welcome = re.search(r"\bissue of (?:the )?([A-Z][^.]{5,80})\.", source.blocks[0].text) if source.blocks else None
    if welcome:
        return welcome[1]
    if source.title and not source.title.lower().endswith((".doc", ".docx", ".pdf")):
        return source.title
    first = source.blocks[0]
    if first.kind != "heading" and len(first.text) <= 120 and not first.text.startswith(("“", '"')):
        return first.text.rstrip(".")
    return next((block.text.rstrip(".") for block in source.blocks[:5] if block.kind == "heading"), "")


def _place(file_name: str, text: str) -> str:
    """The area the briefing comes from: named at the start of its file's name and in its text, or before "LSCB"."""
    parts: list[str] = []
    for token in re.split(r"[\W_]+", Path(file_name).stem.lower()):
        if not token or token.isdigit() or FILE_NAME_STOPS.match(token):
            break
        if not re.search(rf"\b{token.capitalize()}\b", text):
            break
        parts.append(token.capitalize())
    if parts:
        return _listed(parts)
    boards = Counter(m[1].strip(" ,") for m in BOARD.finditer(text) if not re.match(r"(?:The|Local|This|Each|All|One|An?)\b", m[1]))
    named = [(name, count) for name, count in boards.most_common(2) if not name.isupper()]
    return named[0][0] if named else ""


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _publisher(place: str, text: str) -> str:
    if not place:
        return ""
    printed = re.search(rf"\b{re.escape(place)}\s+((?:Local\s+)?Safeguarding\s+(?:Children\s+)?(?:Board|Partnership))", text)
    if printed:
        return f"{place} {' '.join(printed[1].split())}"
    if re.search(r"\b[LM]?SCBs?\b|Local Safeguarding Children Board", text):
        return f"{place} Local Safeguarding Children Board"
    return f"{place} Safeguarding Children Partnership" if re.search(r"Safeguarding (?:Children )?Partnership", text) else ""


def _date(named: str, blocks: Sequence[Block], file_name: str, text: str) -> Date:
    if named and (m := PRINTED_DATE.search(named)):
        return Date(named, int(m.group()[-4:]), DateBasis.PRINTED)
    for block in [*blocks[:12], *blocks[-6:]]:
        if is_date_line(block.text) and (m := PRINTED_DATE.search(block.text)):
            return Date(m.group(), int(m.group()[-4:]), DateBasis.PRINTED)
    year = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", Path(file_name).stem)
    if year and re.search(rf"\b{year[1]}\b", text):
        return Date(year[1], int(year[1]), DateBasis.CONTENT)
    return Date()


def _kind(text: str) -> str:
    counts = {kind: len(re.findall(pattern, text, re.IGNORECASE)) for kind, pattern in KINDS}
    best = max(counts, key=lambda kind: counts[kind])
    return best if counts[best] >= 2 else ""


def _pseudonyms(blocks: Sequence[Block]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for block in blocks:
        for pattern in PSEUDONYM:
            found.update(dict.fromkeys(pattern.findall(block.text)))
    return tuple(found)


def _people(blocks: Sequence[Block], text: str) -> tuple[str, ...]:
    """Names that the briefing prints itself: its signature, and "Professor ..."."""
    found = dict.fromkeys(re.findall(r"\b(?:Professor|Prof\.?|Dr\.?|Lord|Sir|Dame)\s+([A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)", text))
    for block in blocks[-6:]:
        if len(block.text) < SHORT_LINE and re.fullmatch(r"[A-Z][a-z]+(?: [A-Z]\.?)? [A-Z][\w'’-]+", block.text):
            found[block.text] = None
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
