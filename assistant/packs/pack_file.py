"""A pack kept as a file, `pack.json` in its ZIP, and opened again: every quotation is proven anew, and what is lost is said."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationError

from assistant.documents.found_again import cited
from assistant.models.reply import Citation
from assistant.packs.build import LONGEST, SHORTEST, TITLE_LETTERS
from assistant.packs.desk import Desk
from assistant.packs.pack import Ask, Choice, Extract, Pack, PackError, Stage
from assistant.packs.words import words
from knowledge.briefing import Briefing, Page
from knowledge.data_file import Data
from knowledge.library import Library
from knowledge.themes import themes

PACK_FILE = "pack.json"
LARGEST = 2_000_000  # bytes of pack.json
LARGEST_ZIP = 50_000_000
MOST = 300  # extracts of each part
NO_PACK = "This file cannot be opened as a pack. Choose the ZIP that this tool saved, or the pack.json in it."
WITHDRAWN, GONE, REPLACED, CHANGED = "withdrawn", "gone", "replaced", "changed"

Short = Annotated[str, Field(max_length=1000)]
Few = Annotated[tuple[Short, ...], Field(max_length=100)]
Place = Annotated[int, Field(ge=0, le=10_000_000)]


class _Kept(Data):
    model_config = ConfigDict(extra="ignore", frozen=True)


class KeptPassage(_Kept):
    """A passage of an extract: where it was found, and its words."""

    start: Place
    end: Place
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class KeptExtract(_Kept):
    """An extract: of which file, which page and which passages, and what is shown of them."""

    file: Short
    sha256: Short
    page: Place
    passages: Annotated[tuple[KeptPassage, ...], Field(min_length=1, max_length=50)]
    first: Place = 0
    last: Place = 0
    case: Short = ""
    when: Short = ""
    themes: Few = ()
    distressing: bool = False


class KeptAsk(_Kept):
    """A question at a stop."""

    question: Short
    why: Short = ""
    theme: Short = ""
    own: bool = False


class KeptStage(_Kept):
    """A stage."""

    extract: KeptExtract
    asks: Annotated[tuple[KeptAsk, ...], Field(max_length=10)] = ()


Stages = Annotated[tuple[KeptStage, ...], Field(max_length=MOST)]
Extracts = Annotated[tuple[KeptExtract, ...], Field(max_length=MOST)]


class KeptPack(_Kept):
    """The whole file. `files` are the sha256 of the files that the choice covers."""

    format: Literal["reflect-pack-1"] = "reflect-pack-1"
    kind: Literal["case", "theme", "document"]
    name: Short
    files: Few = ()
    audience: Short
    minutes: Annotated[int, Field(ge=SHORTEST, le=LONGEST)]
    title: Annotated[str, Field(max_length=TITLE_LETTERS)]
    stages: Stages
    found: Extracts = ()
    helped: Extracts = ()
    advice: Extracts = ()
    elsewhere: Extracts = ()
    spare: Stages = ()
    dropped: Annotated[tuple[Short, ...], Field(max_length=1000)] = ()
    themes: Few = ()
    made: date


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of a quotation of a pack that was opened.

    `why` is one of "withdrawn" or "gone" (its document is no longer to be quoted), "changed" (a newer file does not print it) and
    "replaced" (the newer file prints it too: it stays).
    """

    why: str
    file: str
    text: str

    def __str__(self) -> str:
        words = self.text if len(self.text) <= 80 else f"{self.text[:80].rsplit(' ', 1)[0]} …"
        return {
            WITHDRAWN: f"{self.file} has been withdrawn. Taken out: {words}",
            GONE: f"{self.file} is not in this library. Taken out: {words}",
            CHANGED: f"{self.file} has been replaced, and the newer file does not print this. Taken out: {words}",
            REPLACED: f"{self.file} has been replaced; the newer file prints the same words. Kept: {words}",
        }[self.why]


def saved(pack: Pack) -> str:
    """The pack as the text of pack.json."""
    files = dict.fromkeys(one.briefing.sha256 for one in pack.extracts if one.briefing.id in pack.choice.documents)
    kept = KeptPack(
        kind=pack.choice.kind,
        name=pack.choice.name,
        files=tuple(files),
        audience=pack.audience,
        minutes=pack.minutes,
        title=pack.title,
        stages=_stages(pack.stages),
        found=_extracts(pack.found),
        helped=_extracts(pack.helped),
        advice=_extracts(pack.advice),
        elsewhere=_extracts(pack.elsewhere),
        spare=_stages(pack.spare),
        dropped=pack.dropped,
        themes=pack.themes,
        made=pack.made,
    )
    return kept.model_dump_json(indent=1)


def _stages(stages: Sequence[Stage]) -> tuple[KeptStage, ...]:
    return tuple(
        KeptStage(extract=_kept(one.extract), asks=tuple(KeptAsk(**dataclasses.asdict(ask)) for ask in one.asks)) for one in stages
    )


def _extracts(extracts: Iterable[Extract]) -> tuple[KeptExtract, ...]:
    return tuple(map(_kept, extracts))


def _kept(one: Extract) -> KeptExtract:
    return KeptExtract(
        file=one.briefing.file_name,
        sha256=one.briefing.sha256,
        page=one.whole[0].quotation.page.number,
        passages=tuple(KeptPassage(start=c.quotation.start, end=c.quotation.end, text=c.quotation.text) for c in one.whole),
        first=one.first,
        last=one.end,
        case=one.case,
        when=one.when,
        themes=one.themes,
        distressing=one.distressing,
    )


def read(data: bytes) -> KeptPack:
    """What a ZIP, or a pack.json, holds of a pack. Raises PackError where it is none, or too large."""
    try:
        return KeptPack.model_validate_json(_json(data))
    except ValidationError as error:
        raise PackError(NO_PACK) from error


def _json(data: bytes) -> bytes:
    if len(data) > LARGEST_ZIP:
        raise PackError(f"This file is too big to be a pack (limit {LARGEST_ZIP // 1_000_000} MB). Choose the ZIP that this tool saved.")
    if not data.startswith(b"PK"):
        return data[: LARGEST + 1]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(PACK_FILE) as file:
            text = file.read(LARGEST + 1)
    except Exception as error:  # zipfile lets through whatever a broken file raises
        raise PackError(NO_PACK) from error
    if len(text) > LARGEST:
        raise PackError("The pack.json in this file is too big to be a pack. Choose the ZIP that this tool saved.")
    return text


def opened(desk: Desk, data: bytes) -> tuple[Pack, tuple[Loss, ...]]:
    """The pack that a file holds, every quotation proven in the library now, and what became of those that are not what they were.

    Raises PackError where the file is no pack, where nothing of its stages is left, or where it was made for themes or an audience that
    are not known here.
    """
    return restored(desk, read(data))


def restored(desk: Desk, kept: KeptPack) -> tuple[Pack, tuple[Loss, ...]]:
    """The same for a pack that has been read."""
    finder = _Finder(desk.library)
    known = {theme.id for theme in themes()}
    if kept.kind == "theme" and kept.name not in known:
        raise PackError(f"This pack is on a theme that is not known here: {kept.name}. Choose another file.")
    stages = tuple(finder.stages(kept.stages))
    if not stages:
        raise PackError("Nothing that this pack’s stages quote is in this library and in use any more. Make a new pack.")
    losses = list(finder.losses)
    parts = {name: tuple(finder.extracts(getattr(kept, name))) for name in ("found", "helped", "advice", "elsewhere")}
    losses = list(finder.losses)
    spare = tuple(finder.stages(kept.spare))
    held = {b.sha256: b.id for b in desk.briefings()}
    documents = [*(held[sha] for sha in kept.files if sha in held), *(s.extract.briefing.id for s in stages if kept.kind != "theme")]
    pack = Pack(
        Choice(kept.kind, kept.name, tuple(dict.fromkeys(documents))),
        words().for_audience(kept.audience).id,
        kept.minutes,
        kept.title,
        stages,
        spare=spare,
        dropped=kept.dropped,
        themes=tuple(theme for theme in kept.themes if theme in known),
        made=kept.made,
        **parts,
    )
    return pack, tuple(losses)


class _Finder:
    """Finds extracts in a library again, and keeps what became of those that are not as they were."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._briefings = library.briefings()
        self.losses: list[Loss] = []

    def stages(self, stages: Iterable[KeptStage]) -> Iterator[Stage]:
        """The stages whose words are found."""
        for one in stages:
            extract = self._found(one.extract)
            if extract is not None:
                yield Stage(extract, tuple(Ask(a.question, a.why, a.theme, a.own) for a in one.asks))

    def extracts(self, extracts: Iterable[KeptExtract]) -> Iterator[Extract]:
        """The extracts whose words are found."""
        yield from (found for one in extracts if (found := self._found(one)) is not None)

    def _found(self, kept: KeptExtract) -> Extract | None:
        same = [b for b in self._briefings if b.sha256 == kept.sha256]
        newer = [b for b in self._briefings if b.file_name == kept.file]
        briefing = next(iter(sorted(same, key=lambda b: bool(b.withdrawn)) + newer), None)
        words = " ".join(" ".join(p.text for p in kept.passages).split())
        if briefing is None or briefing.withdrawn:
            self.losses.append(Loss(WITHDRAWN if briefing else GONE, kept.file, words))
            return None
        cited_again = self._cited(briefing, kept)
        if not cited_again:
            self.losses.append(Loss(CHANGED, kept.file, words))
            return None
        if briefing.sha256 != kept.sha256:
            self.losses.append(Loss(REPLACED, kept.file, words))
        known = {theme.id for theme in themes()}
        found = Extract(
            cited_again, case=kept.case, when=kept.when, themes=tuple(t for t in kept.themes if t in known), distressing=kept.distressing
        )
        last = min(kept.last, len(found.sentences) - 1)
        return found.shown(min(kept.first, last), last)

    def _cited(self, briefing: Briefing, kept: KeptExtract) -> tuple[Citation, ...]:
        """All passages of an extract, one after another on one page; none where one of them is not found."""
        pages = self._library.catalogue.pages(briefing.id)
        for page in sorted(pages, key=lambda page: page.number != kept.page):
            spans = list(_spans(page, kept.passages))
            if len(spans) == len(kept.passages):
                return tuple(cited(self._library, briefing, page, start, end) for start, end in spans)
        return ()


def _spans(page: Page, passages: Iterable[KeptPassage]) -> Iterator[tuple[int, int]]:
    """Where the passages stand on a page: at their own place, else wherever it prints them, each after the one before it."""
    at = 0
    for one in passages:
        if page.text[one.start : one.end] == one.text and one.start >= at:
            found: tuple[int, int] | None = (one.start, one.end)
        else:
            match = re.compile(r"\s+".join(map(re.escape, one.text.split()))).search(page.text, at)
            found = match.span() if match and match.end() > match.start() else None
        if found is None:
            return
        at = found[1]
        yield found
