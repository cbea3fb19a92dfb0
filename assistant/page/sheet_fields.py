"""The fields around the sheet's text as HTML: whose sheet it is, what was decided, and how it is saved."""

from __future__ import annotations

from datetime import date

from assistant.documents.sheet import DECISION, Particulars, day
from assistant.page.views import view

SHORT = 300  # letters in a field
LONG = 4000  # and in the decision
STAFF = "The names of staff stay on the sheet as they are typed. Leave out the names of children and families everywhere."
HINTS = {
    "reference": "Your own reference number. Do not use the child’s name, date of birth or NHS number.",
    "next_date": "Date of your next supervision.",
}
NAMES = {"worker": "Worker", "supervisor": "Supervisor", "reference": "Reference", "date": "Date", "next_date": "Next date"}


def head(said: Particulars) -> str:
    """Worker, supervisor, reference and dates."""
    values = {name: getattr(said, name) for name in NAMES}
    values["date"] = values["date"] or day(date.today())
    return view("sheet_fields", part="head", staff=STAFF, names=NAMES, values=values, hints=HINTS, short=SHORT)


def end(said: Particulars) -> str:
    """What was decided, and who agreed it."""
    told = {"legend": DECISION, "decision": said.decision, "agreed_by": said.agreed_by}
    return view("sheet_fields", part="end", short=SHORT, long=LONG, **told)


def choices(*, leave_out_empty: bool) -> str:
    """How the sheet is saved and printed."""
    return view("sheet_fields", part="choices", leave_out_empty=leave_out_empty)
