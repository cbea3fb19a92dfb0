"""The page's HTML: a template a view, in `templates/`. What is handed in is escaped; HTML that is made already comes as `ready`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assistant.documents.templates import HtmlTemplates, Markup
from assistant.page.links import button
from assistant.page.text import attributes, count, on_one_line

__all__ = ["ready", "view"]


def ready(html: str) -> Markup:
    """HTML that is escaped already, and stands in a template as it is."""
    return Markup(html)


@cache
def _templates() -> HtmlTemplates:
    helpers = {
        "attributes": lambda values: Markup(attributes(values)),
        "button": lambda does, what, inner, look: Markup(button(does, what, str(Markup.escape(inner)), look)),
        "count": count,
        "line": lambda text: Markup(on_one_line(text)),
    }
    return HtmlTemplates(Path(__file__).parent / "templates", helpers)


def view(name: str, /, **values: object) -> str:
    """The view `name`, filled in."""
    return str(_templates().fill(name, **values))
