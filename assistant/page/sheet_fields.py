"""The fields around the sheet's text as HTML: whose sheet it is, what was decided, and how it is saved."""

from __future__ import annotations

from datetime import date

from assistant.documents.sheet import DECISION, Particulars, day
from assistant.page.text import attributes, shown

SHORT = 300  # letters in a field
LONG = 4000  # and in the decision
STAFF = "The names of staff stay on the sheet as they are typed. Leave out the names of children and families everywhere."
HINTS = {"reference": "A number of your own. Not the child’s name, date of birth or NHS number.", "next_date": "When you meet next."}
NAMES = {"worker": "Worker", "supervisor": "Supervisor", "reference": "Reference", "date": "Date", "next_date": "Next date"}


def head(said: Particulars) -> str:
    """Worker, supervisor, reference and dates."""
    values = {name: getattr(said, name) for name in NAMES}
    values["date"] = values["date"] or day(date.today())
    fields = "".join(_field(name, called, values[name], HINTS.get(name, "")) for name, called in NAMES.items())
    return f'<fieldset class="particulars"><legend>About this supervision</legend><p class="hint">{STAFF}</p><div>{fields}</div></fieldset>'


def end(said: Particulars) -> str:
    """What was decided, and who agreed it."""
    values = {"id": "said-decision", "name": "decision", "rows": 3, "maxlength": LONG, "autocomplete": "off"}
    return (
        f'<fieldset class="particulars"><legend>{DECISION}</legend><p class="hint">Leave this empty to write it by hand in supervision.</p>'
        f'<p><label for="said-decision">Decision</label><textarea{attributes(values)}>\n{shown(said.decision)}</textarea></p>'
        f"<div>{_field('agreed_by', 'Agreed by', said.agreed_by)}</div></fieldset>"
    )


def choices(*, leave_out_empty: bool) -> str:
    """How the sheet is saved and printed."""
    values = {"type": "checkbox", "name": "leave_out_empty", **({"checked": "checked"} if leave_out_empty else {})}
    return f'<p class="choice"><label><input{attributes(values)}> Leave out empty sections when I save or print</label></p>'


def _field(name: str, called: str, text: str, hint: str = "") -> str:
    values = {"type": "text", "id": f"said-{name}", "name": name, "value": text, "maxlength": SHORT, "autocomplete": "off"}
    told = ""
    if hint:
        values["aria-describedby"] = f"hint-said-{name}"
        told = f'<span class="hint" id="hint-said-{name}">{shown(hint)}</span>'
    return f'<p><label for="said-{name}">{shown(called)}</label>{told}<input{attributes(values)}></p>'
