"""The words of packs that are ours, read from `words.toml`: headings, instructions, timings and forms."""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from assistant.packs.pack import Kind, PackError
from knowledge.data_file import Data, Mistake, Text, load_toml, refuse_repeats, unknown

FIELDS = frozenset({"name", "stages", "minutes", "title", "documents", "shape", "number", "words"})
MARKS = frozenset('“”"')


def _ours(text: str) -> str:
    """A text of ours: braces hold known fields alone, and nothing stands between quotation marks, which are the documents'."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise Mistake(f"the braces in this text do not match ({error}). Correct it, then start again.") from error
    if strange := names - FIELDS:
        raise Mistake(f"{{{min(strange)}}} cannot be filled in. Known here: {', '.join(sorted(FIELDS))}.")
    if MARKS & set(text):
        raise Mistake("quotation marks are for the documents’ own words. Write this text without them.")
    return text


Ours = Annotated[Text, AfterValidator(_ours)]
Some = Annotated[tuple[Ours, ...], Field(min_length=1)]
Activity_ = Literal["opening", "stage", "found", "helped", "elsewhere", "action", "close"]


class ByKind(Data):
    """A text for each kind of choice."""

    case: Ours
    theme: Ours
    document: Ours

    def of(self, kind: Kind) -> str:
        """The text for this kind."""
        return {"case": self.case, "theme": self.theme, "document": self.document}[kind]


class Headings(ByKind):
    """Headings that several files share."""

    stages_case: Ours
    stages_theme: Ours
    stages_document: Ours
    stage: Ours
    extract: Ours
    helped: Ours
    advice: Ours
    elsewhere: Ours
    questions: Ours
    sources: Ours
    older: Ours


class ContentNotice(Data):
    """What is said of content before anything else."""

    heading: Ours
    text: Ours
    marked: Ours
    unmarked: Ours
    checked: Ours
    stage: Ours


class Guide(Data):
    """The facilitator's guide."""

    heading: Ours
    glance: Ours
    aims_heading: Ours
    aims: Some
    agreement_heading: Ours
    agreement: Some
    wellbeing_heading: Ours
    wellbeing: Some
    plan_heading: Ours
    plan_head: Some
    prepare_heading: Ours
    prepare: Some
    notes_heading: Ours
    show: Ours
    ask: Ours
    listen_heading: Ours
    listen: Some
    why: Annotated[str, AfterValidator(_ours)]
    reveal: Ours
    strengths: Ours
    others: Ours
    nothing_found: Ours
    nothing_helped: Ours
    close: Ours


class Learner(Data):
    """The learner version."""

    heading: Ours
    intro: Ours
    stop: Ours
    notes: Ours
    monday: Ours
    findings_follow: Ours


class Activity(Data):
    """A part of the session: `share` is its share of the time."""

    id: Activity_
    intention: Ours
    content: Ours
    resources: Ours
    share: PositiveInt


class Pause(Data):
    """A break."""

    intention: Ours
    content: Ours
    lunch: Ours


class Audience(Data):
    """Whom a session is for: an aim of their own, who would be involved, what they ask on Monday."""

    id: Text
    name: Ours
    aim: Ours
    people: Some
    monday: Some


class Seven(Data):
    """The seven-minute briefing: always seven boxes."""

    heading: Ours
    about: Ours
    boxes: Annotated[tuple[Ours, ...], Field(min_length=7, max_length=7)]
    why: Ours
    more: Ours
    nothing: Ours


class Practitioner(Data):
    """The briefing for practitioners."""

    heading: Ours
    intro: Ours
    story: Ours
    supervision_heading: Ours
    supervision: Some
    monday_heading: Ours


class Manager(Data):
    """The briefing for managers."""

    heading: Ours
    intro: Ours
    questions_heading: Ours
    questions: Some
    use_heading: Ours
    use: Some


class Newsletter(Data):
    """The newsletter item."""

    heading: Ours
    opening: Ours
    between: Ours
    closing: Ours
    count: Ours


class Debrief(Data):
    """The debriefing guide."""

    heading: Ours
    intro: Ours
    before_heading: Ours
    before: Some
    conversation_heading: Ours
    conversation_head: Some
    conversation: tuple[Some, ...]
    extracts_heading: Ours
    extracts: Ours
    after_heading: Ours
    after: Some


class RoleTable(Data):
    """The role table exercise."""

    heading: Ours
    intro: Ours
    steps_heading: Ours
    steps: Some
    head: Some
    always: Some
    extract_heading: Ours


class Plan(Data):
    """The action-plan form."""

    heading: Ours
    intro: Ours
    fields: Some
    head: Some
    reviewed_heading: Ours
    reviewed_head: Some
    reviewed: Some
    signed_heading: Ours
    signed: Some
    rows: PositiveInt


class Evaluation(Data):
    """The evaluation forms."""

    heading: Ours
    intro: Ours
    now_heading: Ours
    now: Some
    scale_head: Some
    scale: Some
    later_heading: Ours
    later: Some
    later_scale: Some
    role: Ours


class Sources(Data):
    """The list of sources."""

    heading: Ours
    intro: Ours
    head: Some
    fields: Annotated[tuple[Ours, ...], Field(min_length=7, max_length=7)]
    current: Ours
    none: Ours
    places_heading: Ours
    documents_heading: Ours


class Slides(Data):
    """The slides."""

    agreement: Ours
    plan: Ours
    plan_head: Some
    plan_alt: Ours
    talk: Ours
    reveal: Ours
    reveal_text: Some
    monday: Ours
    sources_alt: Ours
    sources_head: Some


class Words(Data):
    """The whole file."""

    own_words: Ours
    starter: Ours
    made_with: Ours
    title: ByKind
    shape: ByKind
    headings: Headings
    notice: ContentNotice
    guide: Guide
    learner: Learner
    activity: tuple[Activity, ...]
    pause: Pause
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)]
    seven: Seven
    practitioner: Practitioner
    manager: Manager
    newsletter: Newsletter
    debrief: Debrief
    roles: RoleTable
    plan: Plan
    evaluation: Evaluation
    sources: Sources
    slides: Slides

    @model_validator(mode="after")
    def _no_repeats(self) -> Words:
        for name, ids in (("activity", [one.id for one in self.activity]), ("audience", [one.id for one in self.audience])):
            refuse_repeats(ids, lambda i: f"{i} stands here twice. Keep one of them.", lambda n, name=name: (name, n, "id"))  # type: ignore[misc]
        return self

    def for_audience(self, name: str) -> Audience:
        """The audience with this id or name. Raises PackError where there is none."""
        wanted = name.strip().casefold()
        found = next((one for one in self.audience if wanted in (one.id, one.name.casefold())), None)
        if found is None:
            known = [one.id for one in self.audience]
            raise PackError(unknown(name, known).replace("Unknown setting", "There is no audience called"))
        return found

    def part(self, name: Activity_) -> Activity:
        """The part of the session with this id. Raises PackError where the file has none."""
        found = next((one for one in self.activity if one.id == name), None)
        if found is None:
            raise PackError(f"words.toml has no [[activity]] with the id {name}. Add it, then start again.")
        return found


def load_words(path: Path) -> Words:
    """Read a file of words. Raises SettingsError that names the line that is wrong."""
    return load_toml(Words, path)


@cache
def words() -> Words:
    """The words that come with the product."""
    return load_words(Path(str(files("assistant.packs") / "words.toml")))
