"""A check as JSON, versioned: within one version nothing is taken out and nothing changes its meaning."""

from __future__ import annotations

from typing import Any

from assistant.citations.models import Checked, Place, Report, Statement
from knowledge.briefing import Quotation

VERSION = 1


def report_as_json(report: Report) -> dict[str, Any]:
    """The report in the form of the command line's contract. Places count characters of the paragraph, from 0."""
    verdicts = [checked.verdict.value for checked in report.checked]
    return {
        "version": VERSION,
        "file": report.name,
        "outcome": report.outcome.value,
        "briefings": report.briefings,
        "counts": {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)},
        "quotations": [_checked(checked) for checked in report.checked],
        "statements": [_statement(statement) for statement in report.statements],
        "notes": list(report.notes),
    }


def _checked(checked: Checked) -> dict[str, Any]:
    quoted = checked.quoted
    return {
        "quotation": quoted.text,
        "paragraph": quoted.paragraph + 1,
        "start": quoted.start,
        "end": quoted.end,
        "block": quoted.set_off,
        "verdict": checked.verdict.value,
        "stands": checked.verdict.stands,
        "why": checked.why,
        "also": [{"verdict": fault.verdict.value, "why": fault.why} for fault in checked.faults[1:]],
        "differences": [{"quoted": one.quoted, "source": one.source, "start": one.start, "end": one.end} for one in checked.differences],
        "reference": checked.reference,
        "place": _place(checked.place) if checked.place else None,
        "whose": checked.whose,
        "guidance": list(checked.guidance),
        "cautions": list(checked.cautions),
        "corrected": checked.corrected,
    }


def _place(place: Place) -> dict[str, Any]:
    details = place.briefing.details
    return {
        **_part(place.quotation),
        "title": details.title or place.briefing.file_name,
        "publisher": details.publisher,
        "date": str(details.date),
        "kind": details.kind,
        "place": place.label,
        "heading": place.heading,
        "case": place.case,
        "before": place.before,
        "after": place.after,
        "sha256": place.briefing.sha256,
        "withdrawn": place.briefing.withdrawn,
        "starter": place.briefing.starter,
        "also": [_part(part) for part in place.also],
    }


def _part(quotation: Quotation) -> dict[str, Any]:
    briefing = quotation.briefing
    return {
        "document": briefing.file_name,
        "page": quotation.pages[0] if briefing.paged else None,
        "sheet": quotation.page.number,
        "start": quotation.start,
        "end": quotation.end,
        "quote": quotation.text,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "paragraph": statement.paragraph + 1,
        "start": statement.start,
        "end": statement.end,
        "reference": statement.reference,
        "verdict": "not a quotation: read it",
        "near": [_place(place) for place in statement.near],
    }
