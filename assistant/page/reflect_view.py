"""Guided reflection as HTML: the start, a step, the sheet. Everything that was written is escaped on its way in."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.prompts import ALWAYS
from assistant.documents.sheet import (
    ACTIONS,
    CHALLENGES,
    EMPTY_ROWS,
    HEADS,
    LEARNED,
    NO_REVIEW,
    NOT_FOUND,
    STARTER,
    TAKEN,
    Action,
    Kept,
    cautions,
    in_order,
    label,
)
from assistant.models.reply import Detail, Notice
from assistant.page import sheet_fields
from assistant.page.answer import ADVICE, today
from assistant.page.links import button, keep, source_of
from assistant.page.state import SHORT, Sat, Written
from assistant.page.text import attributes, in_paragraphs, on_one_line, set_off, shown, with_details_marked
from assistant.reflection.frameworks import Box, Section, models

BOX = 4000  # letters that can be typed into a box
PRIVATE = "What you write stays in this window and is not saved unless you save the sheet. Leave out names, dates of birth and addresses."
NOTHING_FITS = "Nothing in this library matches what you have written so far. Add a little more about what happened, or carry on."
NOTHING_WRITTEN = (
    "You have not written anything yet. Go back to the first step and describe what happened, so we can find what reviews say."
)


def start() -> str:
    """The ways of reflecting to choose from, and a saved sheet to open."""
    ways = "".join(_way(model.id, model.name, model.about, model.source, len(model.steps)) for model in models().models)
    return (
        '<div class="reflect-start"><h2 tabindex="-1">Reflect step by step</h2>'
        "<p>Think a situation through before supervision. At each step there are questions to sit with; later, you will see what "
        "reviews say about similar situations. At the end you have a sheet to take with you.</p>"
        f'<p class="private">{PRIVATE}</p>'
        f'<h3>Choose a model of reflection</h3><div class="models">{ways}</div>'
        f"<h3>Continue a saved sheet</h3><p>Open a sheet that you saved from this page as a Word file.</p>{_opener()}</div>"
    )


def _way(model_id: str, name: str, about: str, source: str, steps: int) -> str:
    inner = f"<strong>{shown(name)}</strong><span>{shown(about)} {steps} steps.</span><small>{shown(source)}</small>"
    return button("reflect-choose", model_id, inner, "model")


def _opener() -> str:
    return '<p><label class="opener">Open a sheet<input type="file" name="sheet" accept=".docx" class="unseen-file"></label></p>'


def step(written: Written, notices: Sequence[Notice], kept: Sequence[Kept], held: str = "") -> str:
    """A step: where one is, what the guards say, questions to sit with, what reviews say, and boxes to write in."""
    here = written.way.steps[written.step]
    parts = [
        _head(written),
        f'<h2 tabindex="-1">{shown(here.ask)}</h2>',
        held,
        _notices(notices),
        _questions(written.sat.get(str(written.step), [])),
    ]
    if here.reviews:
        parts.append(_learned(kept, written))
    if here.actions:
        parts.append(_actions(written.actions))
    parts += [*(_box(f, written.texts.get(f.fills, "")) for f in here.fields), _moves(written)]
    return f'<div class="reflect-step">{"".join(parts)}</div>'


def sheet(written: Written, notices: Sequence[Notice], kept: Sequence[Kept], held: str = "") -> str:
    """The sheet, all of it to be edited, and what can be done with it."""
    parts = [_head(written), '<h2 tabindex="-1">My sheet</h2>', held, _notices(notices)]
    parts.append("<p>You can edit everything here. Save it as a Word file to hand over or to continue another day, or print it.</p>")
    parts.append(sheet_fields.head(written.particulars))
    for section in models().sections:
        if section.id == LEARNED:
            parts.append(f"<h3>{shown(section.name)}</h3>{_quotations(kept, written)}")
        parts.append(_box(_field(section), written.texts.get(section.id, "")))
    parts += [
        _actions(written.actions),
        sheet_fields.end(written.particulars),
        sheet_fields.choices(leave_out_empty=written.leave_out_empty),
    ]
    return f'<div class="reflect-step sheet-edit">{"".join(parts)}{_exports()}</div>'


def _field(section: Section) -> Box:
    label = TAKEN if section.id == LEARNED else section.name
    return Box(fills=section.id, label=label, hint=section.hint)


def _head(written: Written) -> str:
    names = [*(s.name for s in written.way.steps), "My sheet"]
    items = "".join(_stage(place, name, here=place == written.step) for place, name in enumerate(names))
    leave = button("reflect-leave", "leave", "Come back later", "plain") + button("reflect-afresh", "afresh", "Clear this sheet", "plain")
    return (
        f'<div class="reflect-head"><p class="label">{shown(written.way.name)}</p><p>{leave}</p></div>'
        f'<nav class="trail" aria-label="Steps"><ol>{items}</ol></nav>'
    )


def _stage(place: int, name: str, *, here: bool) -> str:
    values: dict[str, object] = {"type": "button", "name": "reflect-go", "value": place, "class": "stage"}
    if here:
        values["aria-current"] = "step"
    return f"<li><button{attributes(values)}>{shown(name)}</button></li>"


def _moves(written: Written) -> str:
    names = [*(s.name for s in written.way.steps), "My sheet"]
    back = button("reflect-go", written.step - 1, "Back", "way") if written.step else ""
    on = button("reflect-go", written.step + 1, f"Next: {shown(names[written.step + 1])}", "action")
    return f'<p class="moves">{back}{on}<span>You can leave any box blank.</span></p>'


def _box(box: Box, text: str) -> str:
    hint = f"hint-{box.fills}"
    values = {"id": f"box-{box.fills}", "name": box.fills, "rows": 3, "maxlength": BOX, "aria-describedby": hint, "autocomplete": "off"}
    return (
        f'<div class="box"><label for="box-{shown(box.fills)}">{shown(box.label)}</label>'
        f'<p class="hint" id="{shown(hint)}">{shown(box.hint)}</p>'
        f"<textarea{attributes(values)}>\n{shown(text)}</textarea></div>"
    )


def _questions(put: Sequence[Sat]) -> str:
    """The questions put at this step, and the one that is always within reach."""
    always = "" if any(sat.ask == ALWAYS for sat in put) else f'<li class="always"><p class="question">{ALWAYS}</p>{keep(ALWAYS)}</li>'
    items = "".join(_question(sat) for sat in put)
    return f'<section class="questions"><h3>Questions to sit with</h3><ol>{items}{always}</ol></section>'


def _question(sat: Sat) -> str:
    unseen = '<span class="unseen">, open the source</span>'
    raised = button("source", {**sat.source, "number": 0}, on_one_line(sat.reference) + unseen, "cite") if sat.source else ""
    why = " ".join(part for part in (on_one_line(sat.why), f"Raised by {raised}" if raised else "") if part)
    return f'<li><p class="question">{on_one_line(sat.ask)}</p><p class="why">{why}</p>{keep(sat.ask)}</li>'


def _learned(kept: Sequence[Kept], written: Written) -> str:
    nothing = "" if kept else f"<p>{NOTHING_FITS if any(t.strip() for t in written.texts.values()) else NOTHING_WRITTEN}</p>"
    if kept and all(one.starter for one in kept) and not written.lost:
        nothing = f"<p>{NO_REVIEW}</p>"
    return f'<section class="evidence"><h3>What reviews say</h3>{nothing}{_quotations(kept, written)}</section>'


def _quotations(kept: Sequence[Kept], written: Written) -> str:
    """The quotations of the sheet, each to be opened or left out; then those that a sheet brought and the library does not hold."""
    quotations = [(one.starter, _quotation(one, place)) for place, one in enumerate(in_order(kept), 1)]
    lost = "".join(
        f'<figure class="words"><blockquote><p>{on_one_line(one.text)}</p></blockquote><figcaption>{on_one_line(one.reference)} '
        f'<span class="caution">{NOT_FOUND}</span> {button("reflect-lose", place, "Remove", "plain")}</figcaption></figure>'
        for place, one in enumerate(written.lost)
    )
    starters = "".join(html for starter, html in quotations if starter)
    apart = f'<section class="starters"><h4>{STARTER}</h4>{starters}</section>' if starters else ""
    return "".join(html for starter, html in quotations if not starter) + lost + apart


def _quotation(one: Kept, number: int) -> str:
    citation, source = one.citation, source_of(one.citation.quotation, number)
    lead = f'<p class="challenge">{CHALLENGES}</p>' if one.challenges else ""
    under = f'<span class="under">under “{on_one_line(citation.under)}”</span>' if citation.under else ""
    opens = (
        f'<b>[{number}]</b> {shown(f"{label(citation.quotation.briefing)}, {citation.place}")}<span class="unseen">, open the source</span>'
    )
    notes = "".join(f'<span class="caution">{on_one_line(caution)}</span>' for caution in cautions(citation))
    out = button("reflect-drop", source, f'Remove<span class="unseen"> quotation {number}</span>', "plain")
    return lead + set_off(citation, f"{button('source', source, opens, 'cite')}{under}{notes}{out}")


def _actions(actions: Sequence[Action]) -> str:
    rows = [*actions, *([Action("")] * max(1, EMPTY_ROWS - len(actions)))]
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    body = "".join(_action(n, action) for n, action in enumerate(rows, 1))
    return (
        f'<div class="box actions"><h3 id="actions-name">{ACTIONS}</h3><table aria-labelledby="actions-name">'
        f"<thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>{button('reflect-row', 'row', 'Add a row', 'plain')}</div>"
    )


def _action(number: int, action: Action) -> str:
    cells = zip(HEADS, ("what", "who", "by"), (action.what, action.who, action.by), strict=True)
    filled = (f'<td data-label="{head}">{_cell(f"{head}, action {number}", key, text)}</td>' for head, key, text in cells)
    return f"<tr>{''.join(filled)}</tr>"


def _cell(label: str, key: str, text: str) -> str:
    values = {"type": "text", "name": key, "aria-label": label, "value": text, "maxlength": SHORT, "autocomplete": "off"}
    return f"<input{attributes(values)}>"


def _exports() -> str:
    save = button("reflect-save", "docx", "Save as a Word file", "action")
    page = button("reflect-print", "page", "Open print version", "way")
    return f'<p class="moves">{save}{page}<span class="saved" role="status"></span></p>'


def _notices(notices: Sequence[Notice]) -> str:
    bands = "".join(today(notice, "alert") for notice in notices if notice.kind == "today")
    return bands + "".join(
        f'<section class="note {notice.kind}"><h3>{ADVICE[notice.kind]}</h3>{in_paragraphs(notice.text)}</section>'
        for notice in notices
        if notice.kind in ADVICE
    )


def danger(notice: Notice) -> str:
    """Somebody may be in danger now: that, whom to call, and a way to go on once all are safe."""
    on = button("reflect-safe", "safe", "Everyone is safe now: go on", "ask")
    return f'<div class="danger" role="alert">{in_paragraphs(notice.text)}<p>{on}</p></div>'


def personal(notice: Notice, marked: Sequence[tuple[str, Sequence[Detail], str]]) -> str:
    """Details that may identify somebody, marked where they stand, and one press to go on without them."""
    found = "".join(
        f'<p class="masked"><span class="label">What you wrote, with details highlighted</span> {with_details_marked(text, details)}</p>'
        for text, details, _ in marked
    )
    without = "".join(
        f'<p class="masked"><span class="label">Without these details</span> {on_one_line(masked)}</p>' for _, _, masked in marked
    )
    on = button("reflect-without", "without", "Continue without these details", "action")
    return (
        '<section class="note personal" role="alert"><h3>Details that may identify somebody</h3>'
        f"{in_paragraphs(notice.text)}{found}{without}<p>{on}</p></section>"
    )
