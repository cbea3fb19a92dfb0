"""What a check of a text finds: quotations, references, where words stand, and one verdict each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.briefing import Briefing, Page, Quotation


class Verdict(StrEnum):
    """What is true of a quotation, best first; where several are, the worst counts."""

    EXACT = "exact"
    SAME_WORDS = "same words"
    SECOND_HAND = "somebody else's words"
    WRONG_PLACE = "right words, wrong place"
    SHORTENED = "shortened"
    ELLIPSIS_HIDES = "ellipsis hides what matters"
    SPLICED = "spliced"
    ALTERED = "altered"
    NUMBERS_DIFFER = "numbers differ"
    NEGATION = "negation lost or added"
    NOT_FOUND = "not found in this library"
    NOT_CHECKED = "not checked"

    @property
    def told(self) -> str:
        """The verdict as a reader sees it; its value is what JSON holds."""
        return "negative word missing or added" if self is Verdict.NEGATION else self.value

    @property
    def severity(self) -> int:
        """How bad it is, from 0."""
        return list(Verdict).index(self)

    @property
    def stands(self) -> bool:
        """Whether the quotation can stay as it is."""
        return self in (Verdict.EXACT, Verdict.SAME_WORDS)


class Outcome(StrEnum):
    """What a check as a whole came to."""

    ALL_STAND = "all stand"
    SOME_DO_NOT = "something does not stand"
    NOT_ALL_CHECKED = "something could not be checked"

    @property
    def exit_status(self) -> int:
        """0, 1 or 2, as the command line gives it."""
        return list(Outcome).index(self)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text that is checked. `heading` says that it heads others, `set_off` that it is set as a block quotation."""

    text: str
    heading: bool = False
    set_off: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation as the text has it: `text` is what stands within the marks, from `start` to `end` in its paragraph.

    `outer` is the same with the marks themselves. `closed` is False where its mark is never closed.
    """

    paragraph: int
    start: int
    end: int
    text: str
    outer: tuple[int, int]
    set_off: bool = False
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that the text has and the source does not, and the other way round; one of both may be empty.

    `start` and `end` are where the words stand in the quotation's text, or, where they are missing from it, where they would go.
    """

    quoted: str
    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand in the library, with what stands before and after in the same paragraph, and the headings above.

    `quotation` is proven on its page; `label` is how a reader finds it ("p. 2"). `also` are further parts that a spliced quotation
    was put together from.
    """

    quotation: Quotation
    label: str
    before: str = ""
    after: str = ""
    heading: str = ""
    case: str = ""
    also: tuple[Quotation, ...] = ()

    @property
    def briefing(self) -> Briefing:
        """The briefing that the words stand in."""
        return self.quotation.briefing

    @property
    def page(self) -> Page:
        """The page that the words stand on, or begin on."""
        return self.quotation.page

    @property
    def parts(self) -> tuple[Quotation, ...]:
        """The words that stand here, and the further parts, in order."""
        return (self.quotation, *self.also)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is true of a quotation, with a sentence on it for a reader."""

    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A quotation with its verdict and all that a reader needs to judge it.

    `faults` are all that hold, worst first; the first is the verdict. `whose` says whose words they are, `guidance` what the briefing
    rests on and whether that stands, `cautions` what else to know. `corrected` is a quotation to copy, with its reference.
    """

    quoted: Quoted
    faults: tuple[Fault, ...]
    differences: tuple[Difference, ...] = ()
    place: Place | None = None
    reference: str = ""
    whose: str = ""
    guidance: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    corrected: str = ""

    @property
    def verdict(self) -> Verdict:
        """The worst that is true."""
        return self.faults[0].verdict

    @property
    def why(self) -> str:
        """A sentence on the verdict."""
        return self.faults[0].why

    @property
    def reasons(self) -> tuple[str, ...]:
        """A sentence on each fault for a reader, without the one that words differ, where another says which."""
        return tuple(fault.why for n, fault in enumerate(self.faults) if not (n and fault.verdict is Verdict.ALTERED))


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that refers to a briefing and quotes nothing: somebody has to read it. `near` are the passages nearest to it."""

    paragraph: int
    start: int
    end: int
    text: str
    reference: str
    near: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A text as checked: its paragraphs, its quotations in order, and the statements that are to be read.

    `notes` say what of the file was not read, a sentence each; `briefings` how many the library holds.
    """

    name: str
    paragraphs: tuple[Paragraph, ...]
    checked: tuple[Checked, ...]
    statements: tuple[Statement, ...] = ()
    briefings: int = 0
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Nothing that was not checked counts as passed: a text without a quotation, too, could not be checked."""
        verdicts = {checked.verdict for checked in self.checked}
        if any(not verdict.stands and verdict is not Verdict.NOT_CHECKED for verdict in verdicts):
            return Outcome.SOME_DO_NOT
        if not verdicts or Verdict.NOT_CHECKED in verdicts or self.statements:
            return Outcome.NOT_ALL_CHECKED
        return Outcome.ALL_STAND


def worst_first(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults, each kind in its order, worst first."""
    return tuple(sorted(faults, key=lambda fault: -fault.verdict.severity))
