"""What the templates of a pack's files see: a pack in words, every quotation with its marks and its reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.documents.sheet import OLDER, Kept, cautions, day, label, labels, quoted, source
from assistant.models.reply import READ_BY_OCR, Citation
from assistant.packs.pack import Ask, Extract, Pack, Stage
from assistant.packs.plan import Part, plan_of
from assistant.packs.words import Audience, words
from knowledge.briefing import Briefing
from knowledge.guidance import cited_by, superseded
from knowledge.text import listed

SLIDE_WORDS = 62  # of a quotation on one slide
BOX_WORDS = 40  # of a quotation in a box of the seven-minute briefing
NEWSLETTER_WORDS = 150
ITEM_WORDS = 30  # of a quotation in it
SHORTENED = "shortened"
NO_GUIDANCE = "No edition of statutory guidance was found in it."


@dataclass(frozen=True, slots=True)
class ExtractView:
    """An extract as it is set: a quotation a line, marked as one where it is published, and where it stands."""

    lines: tuple[str, ...]
    reference: str
    cautions: tuple[str, ...]
    distressing: bool
    slides: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage: `name` is "Stage 2", `heading` the same with its date."""

    name: str
    heading: str
    minutes: int
    extract: ExtractView
    asks: tuple[Ask, ...]
    distressing: bool

    @property
    def notes(self) -> str:
        """What stands in the notes of the slide with the questions."""
        why = [f"{one.question} Why: {one.why}" for one in self.asks if one.why]
        return "\n".join([f"About {self.minutes} minutes. One point from each group.", *why])


@dataclass(frozen=True, slots=True)
class SourceView:
    """A document that is quoted: its line in a list, and all that is known of it."""

    called: str
    line: str
    publisher: str
    date: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where an extract stands."""

    what: str
    document: str
    where: str


@dataclass(frozen=True, slots=True)
class Seven:
    """The boxes of the seven-minute briefing, each a paragraph a line."""

    why: str
    story: str
    found: str
    helped: str
    elsewhere: str
    questions: str
    sources: str


@dataclass(frozen=True, slots=True)
class Newsletter:
    """The newsletter item: two quotations and what stands around them."""

    opening: str
    quotations: tuple[ExtractView, ...]
    closing: str

    @property
    def words(self) -> int:
        """How many words it has."""
        quoted = [text for one in self.quotations for text in (*one.lines, one.reference, *one.cautions)]
        return sum(len(text.split()) for text in (self.opening, *quoted, self.closing))


class PackView:
    """A pack in words."""

    def __init__(self, pack: Pack, today: date | None = None) -> None:
        self._pack = pack
        self._today = today or date.today()
        self._kind = pack.choice.kind
        self.called: Mapping[str, str] = labels(Kept(one.whole[0]) for one in pack.extracts)
        self.title = pack.title
        self.audience: Audience = words().for_audience(pack.audience)
        self.length = length_in_words(pack.minutes)
        self.starter = all(one.starter for one in pack.extracts)
        self.plan: tuple[Part, ...] = plan_of(pack)
        self.stages = tuple(self._stage(number, stage) for number, stage in enumerate(pack.stages, 1))
        self.asks = tuple(stage.asks[0] for stage in pack.stages if stage.asks)
        self.found, self.helped = self._extracts(pack.found), self._extracts(pack.helped)
        self.advice, self.elsewhere = self._extracts(pack.advice), self._extracts(pack.elsewhere)
        self.of_a_case = self._kind == "case"
        self.part = words().part.of(self._kind).lower()
        self.found_heading = words().found.of(self._kind)
        self.story_heading = "What happened" if self.of_a_case else "From the documents"
        numbers = ", ".join(map(str, pack.distressing))
        self.marked = f"{self.part}{'s' if len(pack.distressing) > 1 else ''} {numbers}" if numbers else ""

    @property
    def shape(self) -> str:
        """What the session is built on: "the case of Robyn, told in 5 stages"."""
        count = f"{len(self.stages)} {self.part}{'s' if len(self.stages) > 1 else ''}"
        documents = len({one.briefing.id for one in self._pack.extracts})
        from_them = "one document" if documents == 1 else f"{documents} documents"
        told = f"the case of {self._pack.choice.name}, told in {count}" if self.of_a_case else count
        return f"{told}; {from_them} quoted in all"

    @property
    def plan_in_short(self) -> tuple[Part, ...]:
        """The plan with all stages that follow one another as one part: what a slide has room for."""
        short: list[Part] = []
        for part in self.plan:
            if short and part.stage and short[-1].stage:
                last = short.pop()
                part = Part(last.begins, last.minutes + part.minutes, part.intention, "", "", last.stage)
            short.append(part)
        return tuple(short)

    def _stage(self, number: int, stage: Stage) -> StageView:
        name = f"{words().part.of(self._kind)} {number}"
        dated = f": {stage.extract.when[:1].upper()}{stage.extract.when[1:]}" if stage.extract.when else ""
        minutes = next(part.minutes for part in self.plan if part.stage == number)
        return StageView(name, name + dated, minutes, self.extract(stage.extract), stage.asks, stage.extract.distressing)

    def _extracts(self, extracts: Iterable[Extract]) -> tuple[ExtractView, ...]:
        return tuple(map(self.extract, extracts))

    def extract(self, one: Extract) -> ExtractView:
        """An extract as it is set."""
        lines = tuple(map(str if one.starter else quoted, one.lines))
        called = self.called.get(one.briefing.id, label(one.briefing))
        old = listed([g.name for g in superseded(one.briefing)])
        ours = (one.whole[0].beside or "starter material") if one.starter else ""
        marks = (ours, SHORTENED if one.shortened else "", f"cites {old}, replaced since" if old else "")
        where = ", ".join(part for part in (called, where_of(one), *marks) if part)
        beside = tuple(text for text in cautions(one.whole[0]) if not text.startswith(OLDER))  # that stands in the reference
        return ExtractView(lines, where, beside, one.distressing, tuple(_in_parts(lines, SLIDE_WORDS)))

    @property
    def seven(self) -> Seven:
        """The seven boxes: one minute each."""
        pack = self._pack
        story = [one.extract.fitted(BOX_WORDS) for one in pack.stages]
        nothing = "Nothing was chosen for this box. Ask what the group thinks."
        both = [story[0], story[-1]] if len(story) > 1 else story
        return Seven(
            f"Documents like these are published so that others can learn. This page goes with a session on {self.shape}.",
            self._box(both, 2) or nothing,
            self._box(pack.found, 2) or nothing,
            self._box(pack.helped, 1) or nothing,
            self._box(pack.elsewhere, 1) or nothing,
            "\n".join(one.question for one in self.asks[:3]),
            "\n".join([*(one.called for one in self.sources), "Read the whole document, and today’s guidance, before you rely on it."]),
        )

    def _box(self, extracts: Sequence[Extract], most: int) -> str:
        shown = [self.extract(one.fitted(BOX_WORDS)) for one in extracts[:most]]
        return "\n".join(text for one in shown for text in (*one.lines, f"({one.reference})"))

    @property
    def newsletter(self) -> Newsletter:
        """The item: of each quotation as many sentences as fit."""
        pack = self._pack
        pool = [*pack.found, *pack.helped, *pack.elsewhere, *(stage.extract for stage in pack.stages)]
        chosen = sorted(pool, key=lambda one: one.words > ITEM_WORDS)[:2]  # those that fit whole come first
        opening = (
            "A worry that is hard to put into words is easier to share when others have put it into words before us. "
            "Two extracts to read aloud in your next team meeting:"
        )
        closing = (
            "What would we have noticed, whom would we have asked, and what would have made that hard? A learning pack goes with this "
            "item: extracts, questions, slides and an action plan. Ask your safeguarding lead. If you are worried about a child today, "
            "do not wait: follow your local procedures."
        )
        item = Newsletter(opening, tuple(self.extract(one.fitted(1)) for one in chosen), closing)
        for most in (40, 30, 24, 18):
            longer = Newsletter(opening, tuple(self.extract(one.fitted(most)) for one in chosen), closing)
            if longer.words <= NEWSLETTER_WORDS:
                return longer
        return item

    @property
    def sources(self) -> tuple[SourceView, ...]:
        """The documents that are quoted, in the order of the session."""
        briefings = {one.briefing.id: one.briefing for one in self._pack.extracts}
        return tuple(self._source(one) for one in briefings.values())

    def _source(self, briefing: Briefing) -> SourceView:
        details = briefing.details
        called = self.called[briefing.id]
        rows = (
            ("Title", details.title),
            ("Publisher", details.publisher or "not found in the document"),
            ("Date", str(details.date)),
            ("Kind", details.kind if not briefing.starter else f"{details.kind or 'starter material'}; not a published review"),
            ("File", briefing.file_name),
            ("SHA-256", briefing.sha256),
            ("Accessed", day(self._today)),
            ("Guidance", " ".join(f"Cites {g.name}: {g.note}." for g in cited_by(briefing)) or NO_GUIDANCE),
        )
        line = source(briefing, called).replace(f"{called}: {called}. ", f"{called}. ")  # a starter document goes by its title
        return SourceView(called, line, details.publisher, str(details.date), tuple((name, value) for name, value in rows if value))

    @property
    def places(self) -> tuple[PlaceView, ...]:
        """Where each extract stands, in the order of the session."""
        return tuple(PlaceView(what, self.called[one.briefing.id], where_of(one)) for what, one in self._named())

    def _named(self) -> Iterator[tuple[str, Extract]]:
        pack = self._pack
        yield from ((view.name, stage.extract) for view, stage in zip(self.stages, pack.stages, strict=True))
        parts = (
            (self.found_heading, pack.found),
            ("What helped", pack.helped),
            ("What the document asks for", pack.advice),
            ("What other documents say", pack.elsewhere),
        )
        for name, extracts in parts:
            yield from ((f"{name}, {number}", one) for number, one in enumerate(extracts, 1))


def length_in_words(minutes: int) -> str:
    """ "90 minutes", "2 hours"."""
    hours, rest = divmod(minutes, 60)
    if rest or hours < 2:
        return f"{minutes} minutes"
    return f"{hours} hours"


def where_of(one: Extract) -> str:
    """Where an extract stands, as it is shown: "p. 2, under “Background”", "paragraphs 14 to 16"."""
    first, last = one.citations[0], one.citations[-1]
    places = list(dict.fromkeys(_place(c) for c in one.citations))
    place = places[0]
    if len(places) > 1 and not one.briefing.paged:
        place = f"paragraphs {first.paragraph} to {last.paragraph}"
    elif len(places) > 1:
        place = f"{places[0]} to {places[-1]}"
    under = f", under “{first.under}”" if first.under else ""
    return f"{place}{READ_BY_OCR if first.quotation.page.recognised else ''}{under}"


def _place(citation: Citation) -> str:
    return citation.place.removesuffix(READ_BY_OCR)


def _in_parts(lines: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """The lines in order, together as long as they come to no more than so many words."""
    part: list[str] = []
    for line in lines:
        if part and sum(len(one.split()) for one in (*part, line)) > most:
            yield tuple(part)
            part = []
        part.append(line)
    if part:
        yield tuple(part)
