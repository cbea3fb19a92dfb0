"""The terminal: what is printed is text as it stands. No title, file name or question is read as markup, and none steers the terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from knowledge.characters import for_terminal

UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\ud800-\udfff\u2028\u2029]")  # beside what JSON escapes anyway


class PlainConsole(Console):
    """A console that takes strings, in tables too, as they stand; our own looks are Text, made with `styled`."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **looks: Any) -> Text:
        """The text, freed of what would steer the terminal, with no markup in it."""
        return super().render_str(for_terminal(text), **{**looks, "markup": False, "emoji": False})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is drawn, freed of what would steer the terminal, whoever made it."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(for_terminal(segment.text), segment.style)


def styled(text: str, style: str = "") -> Text:
    """Text that may come from anywhere, in one of our styles."""
    return Text(for_terminal(text), style=style)


def as_json_text(value: object, indent: int | None = None) -> str:
    """JSON that any terminal and file takes; letters beyond ASCII stand as they are."""
    told = json.dumps(value, ensure_ascii=False, indent=indent)
    return UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", told)


def print_json(value: object, indent: int | None = None) -> None:
    """Print a value as JSON, on a line where no `indent` is given."""
    print(as_json_text(value, indent), flush=True)


def answer_lines(markdown: str) -> list[RenderableType]:
    """An answer for the terminal: quotations set in, headings bold. The words of reviews are no Markdown, so none of it is read as such."""
    lines: list[RenderableType] = []
    for line in markdown.split("\n"):
        if line.startswith(">"):
            lines.append(Padding(styled(line[1:].strip()), (0, 0, 0, 4)))
        elif line.startswith("**") and line.endswith("**") and len(line) > 4:
            lines.append(styled(line[2:-2], "bold"))
        else:
            lines.append(styled(line))
    return lines
