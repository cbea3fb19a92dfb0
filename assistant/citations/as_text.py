"""A check in plain lines, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.citations.models import Checked, Difference, Place, Report, Statement, Verdict

NOT_A_QUOTATION = "not a quotation: check it yourself"


def summary(report: Report) -> str:
    """One sentence on the whole."""
    stands = sum(checked.verdict.stands for checked in report.checked)
    unchecked = sum(checked.verdict is Verdict.NOT_CHECKED for checked in report.checked)
    wrong = len(report.checked) - stands - unchecked
    if not report.checked and not report.statements:
        return "No quotation and no reference to a briefing was found in this text, so nothing was checked."
    total = len(report.checked)
    parts = [f"{stands} {'is' if stands == 1 else 'are'} quoted correctly", f"{wrong} {'is' if wrong == 1 else 'are'} not"]
    parts += [f"{unchecked} could not be checked"] if unchecked else []
    told = [f"{total} {'quotation' if total == 1 else 'quotations'}: {', '.join(parts)}."] if total else ["No quotation was found."]
    if read := len(report.statements):
        refers, them = ("statement refers", "it") if read == 1 else ("statements refer", "them")
        told.append(f"{read} {refers} to a briefing without quoting it: check {them} yourself.")
    return " ".join(told)


def report_lines(report: Report) -> Iterator[tuple[str, str]]:
    """The report, a line at a time, each with what it is: verdict, faults, quotation, detail, summary."""
    for number, checked in enumerate(report.checked, 1):
        yield f"{number}. {checked.verdict.told.upper()}", "stands" if checked.verdict.stands else "fault"
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


def difference_told(one: Difference) -> str:
    """A sentence on words that differ."""
    if not one.quoted:
        return f"The text leaves out “{one.source}”."
    return f"The text has “{one.quoted}”; the source {f'has “{one.source}”' if one.source else 'does not'}."


def where(place: Place) -> str:
    """Where words stand, in one line."""
    details = place.briefing.details
    return ", ".join(part for part in (details.title or place.briefing.file_name, str(details.date), place.label) if part)


def _details(checked: Checked) -> Iterator[str]:
    yield from checked.reasons
    for one in checked.differences:
        yield difference_told(one)
    if checked.place:
        nearest = checked.verdict is Verdict.NOT_FOUND
        yield f"{'Nearest' if nearest else 'Found in'}: {where(checked.place)}" + (
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
