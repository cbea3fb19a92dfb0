"""A check as one self-contained web page: no script, nothing fetched, every word escaped."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from assistant.citations.as_text import NOT_A_QUOTATION, summary, where
from assistant.citations.models import Report, Verdict

TEMPLATE = "report.html.j2"


def report_as_html(report: Report) -> str:
    """The report as HTML."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(where=where, on_one_line=lambda text: " ".join(text.split()))
    template = environment.from_string((files("assistant.citations") / TEMPLATE).read_text("utf-8"))
    return template.render(report=report, summary=summary(report), not_a_quotation=NOT_A_QUOTATION, not_found=Verdict.NOT_FOUND)
