"""Who published a document and the area it comes from: as printed, or left open.

A name counts by where it stands and by what the document is: a letter of inspectors is the inspectorates', however many boards it is
addressed to, and statutory guidance a department's. Places and national bodies are known (`publishers.toml`); a board of a place that
is not among them counts only on a line of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.places import Body, bodies, nation_of, place_ending, places_opening
from ingest.words import Words
from knowledge.kinds import Nature

WHOM = r"(?:Child(?:ren)?(?:[’']s)?|Adults?(?:[’']s?)?|Children(?:[’']s)?\s+(?:and|&)\s+Adults?|Adults?\s+(?:and|&)\s+Children(?:[’']s)?)"
BODY = re.compile(
    rf"(?:(?:(?:Local|Regional|Multi-?\s?Agency|Strategic)\s+)?(?:{WHOM}\s+)?(?:Community\s+Safety\s+(?:and|&)\s+)?Safeguarding\s+(?:{WHOM}\s+)?"
    r"(?:(?:Assurance|Executive|Multi-?\s?Agency|Strategic)\s+)?(?:Partnership(?:\s+Board)?|Board|Partners)|Child(?:ren)?\s+Protection\s+Committee|Adult\s+(?:Support\s+and\s+)?Protection\s+(?:Committee|Partnership)"
    r"|(?:Public\s+Protection|Community\s+Safety|Safer\s+Communities)\s+(?:Partnership|Committee|Board)|L?SC[BP]|SA[BP]|CSP)\b",
    re.IGNORECASE,
)
HINT = re.compile(r"[Ss]afeguard|SAFEGUARD|Protection|PROTECTION|Saf(?:er|ety)|SAF(?:ER|ETY)|SC[BP]\b|SA[BP]\b|CSP\b")
SAFER = re.compile(
    r"\bSafer?\s+((?:[A-Z][\w’'-]+\s+(?:(?:and|&|upon|on|of|with)\s+)?){1,5})(?:Community\s+Safety\s+)?Partnership\b(?:\s+Board)?"
)
ISSUED_BY = re.compile(
    r"\b(?:published|commissioned|produced|issued|undertaken|conducted|prepared|carried out|written)\b[^.]*$"
    r"|\b(?:on behalf of|for)\s[^.]{0,60}$",
    re.IGNORECASE,
)
NAME = r"[A-Z](?=[\w’'-]*[a-z])[\w’'-]++"  # possessive: without it a page of capitals takes half a minute
NO_PLACE = r"(?!(?:The|This|Our|Your|Dear|Chair|Each|All|Any|Every|Local|Regional|National|Independent|Joint|Learning|Report|Former)\b)"
UNKNOWN_PLACE = re.compile(rf"(?:The\s+)?({NO_PLACE}{NAME}(?:(?:,? and |,? & | upon | on | of | with |, | ){NAME}){{0,5}})\s+$")
OWN_ABBREVIATION = re.compile(r"\b([A-KM-Z][A-Z]{0,2}SC[BP])\b")  # MSCB; a plain LSCB is anybody's
LSCB = re.compile(r"\bLSCBs?\b|\bLocal Safeguarding Children Boards?\b")
COMMITTEE = re.compile(r"\b((?:[A-Z][\w’'-]+,?\s+(?:and\s+|on\s+|of\s+|the\s+)*){1,6}(?:Select\s+)?Committee)\b")
HOUSE = re.compile(r"\bhouse\s+of\s+(commons|lords)\b", re.IGNORECASE)
CORONER = re.compile(
    r"\b(?P<office>(?i:(?:(?:HM|H\.M\.|(?:His|Her)\s+Majesty[’']s)\s+)?(?:(?:senior|area|assistant|acting)\s+){0,2}coroner)),?\s+(?:for|in)\s+"
    r"(?i:(?:the\s+)?(?:(?:coroner\s+)?(?:area|district|jurisdiction)\s+of\s+)?(?:the\s+)?)"
    r"(?P<area>(?:(?:City|County)\s+of\s+)?[A-Z][\w’'-]*(?:,?\s+(?:(?:and|&|of|the|upon|on|with|in)\s+){0,2}\(?[A-Z][\w’')-]*){0,10})"
)
INQUIRY = re.compile(
    r"\b(?:The\s+)?((?:[A-Z][\w’'-]+\s+(?:(?:of|the|and|into|to)\s+)*){1,8}Inquiry(?:\s+into\s+(?:[A-Z][\w’'-]+\s*|(?:of|the|and|in|at)\s+){1,8})?)"
)
AFTER = re.compile(r"\s+(?:for|of)\s+(?:the\s+)?([A-Z][\w’'-]+(?:(?:,? and |,? & |, | upon | on | of | )[A-Z][\w’'-]+){0,4})")
LINE_OF_ITS_OWN = 90
SIGNATURE = 15  # blocks at the end
ALONE = 0.8  # of a line's letters: it says nothing else
MANY = 3  # mentions that stand for a name on the front


@dataclass(frozen=True, slots=True)
class Publisher:
    """The publisher as printed, the area that answers call it by, its nation, and where both were read; empty where open."""

    name: str = ""
    area: str = ""
    origin: str = ""
    area_origin: str = ""
    nation: str = ""
    publishes: str = ""  # the kind of its documents that do not say what they are


@dataclass(frozen=True, slots=True)
class _Board:
    area: str
    name: str
    origin: str
    rank: int  # 3 on the front or as running head, 2 at either end, 1 elsewhere

    @property
    def in_full(self) -> bool:
        """Whether it is more than an abbreviation: "Anyshire SCB"."""
        return not re.search(r"\b[A-Z]{2,}$", self.name)


def publisher_of(words: Words, board: Publisher, nature: Nature | None = None) -> Publisher:
    """Find the publisher of a document of this nature; `board` is what `board_of` found."""
    match nature:
        case Nature.INSPECTION:
            return _bodies(words, "inspectorate", several=True)
        case Nature.DUTY:
            found = _bodies(words, "government")
            return found if found.name else board
        case Nature.INQUIRY:
            return _committee(words) or _inquiry(words) or _bodies(words, "national")
        case Nature.CORONER:
            return _coroner(words)
    return board if board.name else _national(words, board)


def is_publisher(text: str) -> bool:
    """Whether a line only names a board, a national body or a council."""
    if any(
        (found := body.prints.search(text)) and len(found.group()) >= ALONE * len(text)
        for body in bodies("inspectorate", "government", "national")
    ):
        return True
    board = next(_boards_in(text, alone=True), None)
    return board is not None and len(board[1]) >= ALONE * len(text)


def _bodies(words: Words, *roles: str, several: bool = False) -> Publisher:
    """National bodies: those that the first sheet names and, of several, those that sign; else the one that either end names most."""
    front = [run.text for run in words.front.runs] if words.source.front else [block.text for block in words.near_start]
    first, near = "\n".join(front), "\n".join(block.text for block in words.both_ends)
    signature = [block.text for block in words.blocks[-SIGNATURE:] if len(block.text) <= LINE_OF_ITS_OWN] if several else []
    on_front: dict[int, tuple[str, Body]] = {}
    signing: list[tuple[str, Body]] = []
    elsewhere: list[tuple[int, str, Body]] = []
    for body in bodies(*roles):
        if printed := list(body.prints.finditer(first)):
            on_front[printed[0].start()] = (_fullest(body, printed, first), body)
        elif signed := [match for text in signature if (match := body.prints.search(text))]:
            signing.append((_fullest(body, signed, near), body))
        elif mentions := [*body.prints.finditer(near)]:
            elsewhere.append((len(mentions), _fullest(body, mentions, near), body))
        elif any(site in near.lower() for site in body.sites):
            elsewhere.append((0, body.name, body))
    named = [one for _, one in sorted(on_front.items())] + signing
    if not named and elsewhere:
        named = [max(elsewhere, key=lambda one: one[0])[1:]]
    if not named:
        return Publisher()
    named = named if several else named[:1]
    nations = {body.nation for _, body in named} - {""}
    nation = nations.pop() if len(nations) == 1 else ""
    return Publisher(", ".join(name for name, _ in named), "", _where(words, named[0][1]), "", nation)


def _fullest(body: Body, printed: Sequence[re.Match[str]], text: str) -> str:
    """The fullest form of a name that a text prints, with what its abbreviation says beyond that; for an abbreviation alone the body's."""
    name = max((" ".join(match.group().split()) for match in printed), key=len)
    if name.isupper() and len(name) < len(body.name) / 3:
        return body.name
    for short, more in body.full:
        if re.search(rf"\b{short}\b", text) and more.split()[-1] not in name:
            name += f" {more}"
    return name


def _where(words: Words, body: Body) -> str:
    for match, block in words.finds(body.prints, words.both_ends):
        return words.place(block, match)
    for block in words.both_ends:
        if any(site in block.text.lower() for site in body.sites):
            return words.place(block)
    return "page 1"


def _committee(words: Words) -> Publisher | None:
    """A committee of Parliament: "Home Affairs Committee, House of Commons"."""
    house = next(words.finds(HOUSE, words.near_start), None)
    named = next((m for run in words.front.runs if (m := COMMITTEE.fullmatch(run.text))), None)
    if house is None or named is None:
        return None
    return Publisher(f"{named[1]}, House of {house[0][1].title()}", "", words.place(house[1], house[0]))


def _inquiry(words: Words) -> Publisher | None:
    """A public inquiry, which publishes itself."""
    for run in words.front.headlines:
        if match := INQUIRY.search(run.text):
            return Publisher(match[1].strip(), "", f"page 1: “{run.text}”")
    return None


def _coroner(words: Words) -> Publisher:
    """A coroner's office and area: "Senior Coroner for Inner North London"."""
    for match, block in words.finds(CORONER, words.both_ends):
        area = " ".join(match["area"].split()).rstrip(" ,.")
        office = " ".join(word if word.isupper() else word.capitalize() for word in match["office"].split())
        place = words.place(block, match)
        return Publisher(f"{office} for {area}", area, place, place, nation_of(area) or "England")
    return Publisher()


def _national(words: Words, board: Publisher) -> Publisher:
    """A national body in the front's headlines, in the running head or on a line of its own there, an inspectorate in any short line."""
    heads = [(run.text, 0.5) for run in words.front.headlines] + [(text, 0.5) for text in words.source.running]
    lines = [line for line in words.front.lines if len(line) <= LINE_OF_ITS_OWN]
    for body in bodies("national", "government", "inspectorate"):
        for text, share in (*heads, *((line, 0 if body.role == "inspectorate" else ALONE) for line in lines)):
            if (match := body.prints.search(text)) and len(match.group()) >= share * len(text):
                nation = body.nation or board.nation
                return Publisher(body.name, board.area, f"page 1: “{text}”", board.area_origin, nation, body.publishes)
    return board


def board_of(words: Words) -> Publisher:
    """The board, partnership or committee whose document it is; a board that is only mentioned, as another area's, is not taken.

    One that is printed with its area is taken first; else its own abbreviation ("MSCB"); else, where the file's
    name gives an area that the text speaks of its "LSCB", the two together.
    """
    area, area_origin = _area_of_file_name(words)
    own = _own(list(_boards(words)), area)
    if own:
        return Publisher(own.name, area or own.area, own.origin, area_origin or own.origin, nation_of(own.area))
    if abbreviated := _abbreviation(words, area):
        name, origin = abbreviated
        return Publisher(f"{name} ({area})" if area else name, area, origin, area_origin, nation_of(area))
    lscb = list(words.finds(LSCB))
    if area and len(lscb) >= 2:
        return Publisher(f"{area} LSCB", area, f"{area_origin}; {words.place(lscb[0][1], lscb[0][0])}", area_origin, nation_of(area))
    return Publisher("", area, "", area_origin, nation_of(area))


def board_called(name: str, origin: str) -> Publisher:
    """The board that a document's own "Publisher:" line names; empty where that is no board's name."""
    found = next(_boards_in(name, alone=True), None)
    return Publisher(found[1], found[0], origin, origin, nation_of(found[0])) if found else Publisher()


def _boards(words: Words) -> Iterator[_Board]:
    """Every board that is printed with its area; the front is read in one piece as well, for names over two lines."""
    whole = " ".join(run.text for run in words.front.runs) if words.front.cover else ""
    site = re.split(r"\s[|–—-]\s", words.source.title)[1:]  # "Learning from reviews | Anyshire Safeguarding Children Partnership"
    for text in (*(run.text for run in words.front.headlines), *words.source.running, *filter(is_publisher, site)):
        for area, name in _boards_in(text, alone=len(text) <= LINE_OF_ITS_OWN):
            yield _Board(area, name, f"page 1 or the running head: “{text}”", 3)
    for area, name in _boards_in(whole, alone=False):
        yield _Board(area, name, "page 1", 3)
    ends = {id(block) for block in words.ends}
    for match, block in words.finds(BODY, (block for block in words.blocks if HINT.search(block.text))):
        if match.group()[0].isupper() and (named := _named(block.text, match, alone=len(block.text) <= LINE_OF_ITS_OWN)):
            said = len(block.text) <= LINE_OF_ITS_OWN or ISSUED_BY.search(block.text[: match.start()])
            yield _Board(*named, words.place(block, match), 2 if said and id(block) in ends else 1)


def _boards_in(text: str, *, alone: bool) -> Iterator[tuple[str, str]]:
    for match in BODY.finditer(text):
        if match.group()[0].isupper() and (named := _named(text, match, alone=alone)):
            yield named
    for match in SAFER.finditer(text):
        if nation_of(match[1]):
            yield match[1], " ".join(match.group().split())


def _named(text: str, match: re.Match[str], *, alone: bool) -> tuple[str, str] | None:
    """The area before a board's kind, or after it, and the board's name; of a place unknown to us on a line of its own."""
    before, body = text[: match.start()], " ".join(match.group().split())
    area = place_ending(before)
    if not area and alone and (unknown := UNKNOWN_PLACE.fullmatch(before)):
        area = unknown[1]
    if area:
        if area.isupper() and " " in body:
            area, body = _in_small(area), _in_small(body)
        return area, f"{area} {body}"
    after = AFTER.match(text, match.end())
    return (after[1], f"{body} for {after[1]}") if after and nation_of(after[1]) else None


def _in_small(capitals: str) -> str:
    """A name that is printed in capitals as it is written."""
    return re.sub(r"\b(And|Of|Upon|On|With|For|The)\b", lambda word: word.group().lower(), capitals.title())


def _own(boards: Sequence[_Board], area: str) -> _Board | None:
    """The board that publishes, among those that are printed with an area: of the file's own area, else of the most prominent one."""
    if not area:
        rank = max((board.rank for board in boards), default=0)
        best = [board for board in boards if board.rank == rank]
        areas = {_key(board.area) for board in best}
        if not best or (rank == 1 and len(best) < 2) or (len(areas) > 1 and rank < 3):
            return None
        area = best[0].area
    own = [board for board in boards if _key(board.area) == _key(area)]
    counts = Counter(board.name for board in own)
    return max(own, key=lambda board: (board.in_full, board.rank, counts[board.name]), default=None)


def _key(area: str) -> str:
    return re.sub(r"\s*(?:&|,? and)\s*", " and ", area).replace(",", "").lower()


def _abbreviation(words: Words, area: str) -> tuple[str, str] | None:
    """A board's own abbreviation, where it is the only one and belongs to the area."""
    found = [(m, b) for m, b in words.finds(OWN_ABBREVIATION) if not area or m[1][0] == area[0]]
    names = Counter(match[1] for match, _ in found)
    if len(names) != 1 or len(found) < (2 if area else MANY):
        return None
    match, block = found[-1]
    return match[1], words.place(block, match)


def _area_of_file_name(words: Words) -> tuple[str, str]:
    """The places that the file's name begins with, where the text names them, as it joins them."""
    places = places_opening([token for token in re.split(r"[\W_]+", Path(words.file_name).stem.lower()) if token])
    for count in range(len(places), 0, -1):
        one = r"(?:\s+|,? and |\s?& ?|, )".join(re.escape(place).replace(r"\ ", r"[\s-]") for place in places[:count])
        for match, block in words.finds(re.compile(rf"\b(?i:{one})\b")):
            if match.group()[0].isupper():
                return re.sub(r"\s*&\s*", " and ", " ".join(match.group().split())), f"the file's name, and {words.place(block, match)}"
    return "", ""
