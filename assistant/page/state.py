"""What a person has written in a guided reflection, as the browser keeps it and sends it with each call.

Nothing of it is kept here: it comes with the call and goes with the answer. Nothing in it is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from assistant.documents.found_again import cited
from assistant.documents.sheet import Action, Kept, Lost, Particulars, Sheet, reference
from assistant.documents.sheet_reader import LONGEST
from assistant.models.reply import Citation
from assistant.page.links import LARGEST, source_of, whole_number
from assistant.reflection.frameworks import Model, models
from knowledge.characters import with_whole_characters
from knowledge.errors import ReflectionError
from knowledge.library import Library

SHORT = 300  # letters in a cell, a question, a name
MOST = 1000  # entries in any list: more than anybody writes, and a bound on what a browser may send
Source = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """A quotation on the sheet by where it stands; `guided` where the guide put it there, and not the person.

    `text` and `reference` are what it was when it was last proven, for the case that the library loses it.
    """

    source: Source
    challenges: bool = False
    guided: bool = False
    text: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Sat:
    """A question that was put at a step, why, and the quotation that raises it: where it stands and how it is named."""

    ask: str
    why: str = ""
    source: Source | None = None
    reference: str = ""


@dataclass(slots=True)
class Written:
    """The whole of it. `step` counts from 0; the one after the last is the sheet. An empty `model`: none is chosen yet.

    `sat` are the questions put at each step and `sat_for` what was written when they were, `asked` all that were ever put;
    `safe` are texts of which the user said that everyone is safe now; `names` is who is which letter; `left_out` are
    sources that the user took off the sheet; `particulars` and `leave_out_empty` are the sheet's own (see `sheet.Sheet`).
    """

    model: str = ""
    step: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    kept: list[KeptPlace] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    left_out: list[Source] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    sat: dict[str, list[Sat]] = field(default_factory=dict)
    sat_for: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    safe: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    particulars: Particulars = field(default_factory=Particulars)
    leave_out_empty: bool = True

    @property
    def way(self) -> Model:
        """The model that was chosen, or the first."""
        return models().model(self.model)

    def as_json(self) -> dict[str, Any]:
        """For the browser."""
        return asdict(self)


def from_browser(said: object) -> Written:
    """What the browser sent, with everything that cannot be taken out. Raises nothing: what makes no sense is not there."""
    data = _mapping(said)
    known = {section.id for section in models().sections}
    chosen = data.get("model")
    written = Written(
        model=chosen if isinstance(chosen, str) and chosen in {model.id for model in models().models} else "",
        texts={key: text for key, text in _texts(data.get("texts")).items() if key in known},
        kept=[_kept(entry) for entry in _each(data.get("kept"))],
        lost=[Lost(_text(k.get("text")), _text(k.get("reference"))) for k in _each(data.get("lost"))],
        left_out=[_source(source) for source in _each(data.get("left_out"))],
        actions=[Action(*(_text(a.get(key)) for key in ("what", "who", "by"))) for a in _each(data.get("actions"))],
        sat={_text(str(step), SHORT): [_sat(s) for s in _each(put)] for step, put in list(_mapping(data.get("sat")).items())[:MOST]},
        sat_for=_texts(data.get("sat_for"), LONGEST * 4),
        asked=[_text(ask, SHORT) for ask in _list(data.get("asked"))],
        safe=[_text(text) for text in _list(data.get("safe"))],
        names=_texts(data.get("names"), SHORT),
        particulars=_particulars(data.get("particulars")),
        leave_out_empty=data.get("leave_out_empty") is not False,
    )
    step = data.get("step")
    written.step = min(max(step, 0), len(written.way.steps)) if isinstance(step, int) else 0
    written.actions = [action for action in written.actions if action.what or action.who or action.by]
    return written


def prove(written: Written, library: Library) -> list[Kept]:
    """Prove every quotation anew; one that the library no longer holds as it was, or has withdrawn, goes to those that are lost."""
    held: list[KeptPlace] = []
    proven: list[Kept] = []
    for place in written.kept:
        if any(same(place.source, other.source) for other in held):
            continue
        citation = citation_at(library, place.source)
        if citation and not citation.quotation.briefing.withdrawn:
            held.append(replace(place, text=citation.quotation.text, reference=reference(citation)))
            proven.append(Kept(citation, place.challenges))
        elif place.text:
            written.lost.append(Lost(" ".join(place.text.split()), place.reference))
    written.kept = held
    return proven


def sheet_of(written: Written, library: Library, organisation: str = "", marking: str = "", today: str = "") -> Sheet:
    """The sheet, every quotation proven anew; `today` is what may need action on this day."""
    return Sheet(
        dict(written.texts),
        tuple(prove(written, library)),
        tuple(written.lost),
        tuple(written.actions),
        organisation=organisation,
        marking=marking,
        model=written.model,
        particulars=written.particulars,
        leave_out_empty=written.leave_out_empty,
        today=today,
    )


def from_sheet(sheet: Sheet) -> Written:
    """A sheet that was opened, to go on with, in the model of reflection that it was made with."""
    written = Written(sheet.model or models().models[0].id)
    written.step = len(written.way.steps)
    written.texts, written.actions, written.lost = dict(sheet.texts), list(sheet.actions), list(sheet.lost)
    written.kept = [KeptPlace(dict(source_of(one.citation.quotation, 0)), one.challenges) for one in sheet.kept]
    written.particulars, written.leave_out_empty = sheet.particulars, sheet.leave_out_empty
    return written


def citation_at(library: Library, source: Mapping[str, Any]) -> Citation | None:
    """The quotation that a button or a sheet stands for, proven; None where the library does not hold it as it was quoted."""
    try:
        briefing = library.briefing(str(source["briefing"]))
        page = library.page(briefing.id, whole_number(source["page"]))
        citation = cited(library, briefing, page, whole_number(source["start"]), whole_number(source["end"]))
    except (ReflectionError, KeyError, TypeError, ValueError):
        return None
    return citation if source.get("file") == source_of(citation.quotation, 0)["file"] else None


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two sources are the same words of the same file."""
    return all(one.get(key) == other.get(key) for key in ("briefing", "file", "page", "start", "end"))


def _mapping(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _list(said: object) -> list[Any]:
    return said[:MOST] if isinstance(said, list) else []


def _each(said: object) -> Iterable[Mapping[str, Any]]:
    return [entry for entry in _list(said) if isinstance(entry, Mapping)]


def _text(said: object, longest: int = LONGEST) -> str:
    return with_whole_characters(said[: 2 * longest].replace("\r\n", "\n")[:longest]) if isinstance(said, str) else ""


def _texts(said: object, longest: int = LONGEST) -> dict[str, str]:
    return {_text(str(key), SHORT): _text(text, longest) for key, text in list(_mapping(said).items())[: 4 * MOST]}


def _particulars(said: object) -> Particulars:
    data = _mapping(said)
    longest = {one.name: LONGEST if one.name == "decision" else SHORT for one in fields(Particulars)}
    return Particulars(**{name: _text(data.get(name), most).strip() for name, most in longest.items()})


def _source(said: object) -> Source:
    source = _mapping(said)
    places = {key: source[key] for key in ("page", "start", "end") if isinstance(source.get(key), int) and 0 <= source[key] <= LARGEST}
    return {key: _text(source[key], SHORT) for key in ("briefing", "file") if isinstance(source.get(key), str)} | places


def _kept(said: Mapping[str, Any]) -> KeptPlace:
    own = (_text(said.get("text")), _text(said.get("reference")))
    return KeptPlace(_source(said.get("source")), said.get("challenges") is True, said.get("guided") is True, *own)


def _sat(said: Mapping[str, Any]) -> Sat:
    source = said.get("source")
    where = (_source(source), _text(said.get("reference"), SHORT)) if source else (None, "")
    return Sat(_text(said.get("ask"), SHORT), _text(said.get("why"), SHORT), *where)
