"""A check as one self-contained web page: no script, nothing fetched, every word escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.citations.as_text import NOT_A_QUOTATION, summary, where
from assistant.citations.models import Report, Verdict
from assistant.citations.redline import entries, redline

HERE = Path(__file__).parent
TEMPLATE = "report.html.j2"


def report_templates(*folders: Path) -> Environment:
    """The templates that show reports, and those of other folders that build on them; all that is put into them is escaped."""
    environment = Environment(
        loader=FileSystemLoader([HERE, *folders]), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        where=where,
        redline=redline,
        entries=entries,
        summary=summary,
        on_one_line=lambda text: " ".join(text.split()),
        not_a_quotation=NOT_A_QUOTATION,
        not_found=Verdict.NOT_FOUND,
        not_checked=Verdict.NOT_CHECKED,
    )
    return environment


def report_as_html(report: Report) -> str:
    """The report as HTML."""
    return report_templates().get_template(TEMPLATE).render(report=report)
