"""A check in plain lines, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.citations.models import Checked, Place, Report, Statement, Verdict

NOT_A_QUOTATION = "not a quotation: read it"


def summary(report: Report) -> str:
    """One sentence on the whole."""
    stands = sum(checked.verdict.stands for checked in report.checked)
    unchecked = sum(checked.verdict is Verdict.NOT_CHECKED for checked in report.checked)
    wrong = len(report.checked) - stands - unchecked
    if not report.checked and not report.statements:
        return "No quotation and no reference to a briefing was found in this text, so nothing was checked."
    total = len(report.checked)
    parts = [f"{stands} {'stands' if stands == 1 else 'stand'} as quoted", f"{wrong} {'does' if wrong == 1 else 'do'} not"]
    parts += [f"{unchecked} could not be checked"] if unchecked else []
    told = [f"{total} {'quotation' if total == 1 else 'quotations'}: {', '.join(parts)}."] if total else ["No quotation was found."]
    if read := len(report.statements):
        told.append(f"{read} {'statement refers' if read == 1 else 'statements refer'} to a briefing and quote{'s' * (read == 1)} nothing: to be read.")
    return " ".join(told)


def report_lines(report: Report) -> Iterator[tuple[str, str]]:
    """The report, a line at a time, each with what it is: verdict, faults, quotation, detail, summary."""
    for number, checked in enumerate(report.checked, 1):
        yield f"{number}. {checked.verdict.value.upper()}", "stands" if checked.verdict.stands else "fault"
        yield f"“{' '.join(checked.quoted.text.split())}”", "quotation"
        yield from ((line, "detail") for line in _details(checked))
        yield "", "detail"
    for statement in report.statements:
        yield NOT_A_QUOTATION.upper(), "fault"
        yield " ".join(statement.text.split()), "quotation"
        yield from ((line, "detail") for line in _near(statement))
        yield "", "detail"
    for note in report.notes:
        yield note, "detail"
    yield summary(report), "summary"


def where(place: Place) -> str:
    """Where words stand, in one line."""
    details = place.briefing.details
    return ", ".join(part for part in (details.title or place.briefing.file_name, str(details.date), place.label) if part)


def _details(checked: Checked) -> Iterator[str]:
    for fault in checked.faults:
        yield fault.why
    for one in checked.differences:
        yield f"here: {one.quoted or '(nothing)'} · source: {one.source or '(nothing)'}"
    if checked.place:
        nearest = checked.verdict is Verdict.NOT_FOUND
        yield f"{'Nearest' if nearest else 'Stands in'}: {where(checked.place)}" + (
            f": “{' '.join(checked.place.quotation.text.split())}”" if nearest else ""
        )
        if not nearest:
            yield from (f"{name}: {told}" for name, told in _around(checked.place))
    if checked.reference:
        yield f"The text says: {checked.reference}"
    if checked.whose:
        yield f"Whose words: {checked.whose}"
    yield from (f"Guidance: {told}" for told in checked.guidance)
    yield from checked.cautions
    if checked.corrected and not checked.verdict.stands:
        yield f"To copy: {checked.corrected}"


def _around(place: Place) -> tuple[tuple[str, str], ...]:
    told = (("Under", place.heading), ("Before it", " ".join(place.before.split())), ("After it", " ".join(place.after.split())))
    return tuple((name, text) for name, text in told if any(map(str.isalnum, text)))  # not the bullet alone


def _near(statement: Statement) -> Iterator[str]:
    yield f"It refers to: {statement.reference}"
    yield from (f"Near: “{' '.join(place.quotation.text.split())}” ({where(place)})" for place in statement.near)
