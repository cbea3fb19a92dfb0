"""Templates of HTML: files beside the code that fills them in, everything escaped unless it is HTML already."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["HtmlTemplates", "Markup"]
BETWEEN_LINES = re.compile(r"\n\s*")


class OnOneLine(FileSystemLoader):
    """Reads templates without their line breaks and indents, which stand there for whoever reads the file."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """A template's source on one line, where it lies, and whether it is still as it was read."""
        source, path, unchanged = super().get_source(environment, template)
        return BETWEEN_LINES.sub("", source), path, unchanged


class HtmlTemplates:
    """The templates in a folder, with the functions that they may call.

    What they make has no line break of its own, as Gradio's Markdown wants it.
    """

    def __init__(self, folder: Path, helpers: Mapping[str, object] | None = None) -> None:
        self._environment = Environment(loader=OnOneLine(folder), autoescape=True, undefined=StrictUndefined, auto_reload=False)
        self._environment.globals.update(helpers or {})

    def fill(self, name: str, /, **values: object) -> Markup:
        """The template `name` with these values; those that are no Markup are escaped."""
        return Markup(self._environment.get_template(f"{name}.html.j2").render(values))
