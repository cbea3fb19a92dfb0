"""Text on its way into HTML: everything that is shown passes through here."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from assistant.models.reply import Citation, Detail
from knowledge.characters import for_terminal

LONGEST_NAME = 120


def shown(text: str) -> str:
    """The text escaped for HTML, between tags or inside quoted attributes, without losing a character."""
    return html.escape(text, quote=True)


def on_one_line(text: str) -> str:
    """The text escaped, its line breaks and tabs turned into single spaces."""
    return shown(re.sub(r"\s*[\n\r\t]\s*", " ", text))


def set_off(citation: Citation, caption: str) -> str:
    """The words of a citation over their caption: a review's as a quotation, our starter library's as plain text."""
    text = citation.quotation.text
    if citation.starter:
        return f'<figure class="words ours"><p>{on_one_line(text)}</p><figcaption>{caption}</figcaption></figure>'
    own = " own-marks" if text[0] in "“\"‘'" else ""
    return f'<figure class="words{own}"><blockquote><p>{on_one_line(text)}</p></blockquote><figcaption>{caption}</figcaption></figure>'


def in_paragraphs(text: str) -> str:
    """Words of our own, escaped, a paragraph a line; blank lines are dropped."""
    return "".join(f"<p>{shown(line.strip())}</p>" for line in text.splitlines() if line.strip())


def with_details_marked(text: str, details: Iterable[Detail]) -> str:
    """The text, each detail marked and followed by what it is, in words that are also read aloud."""
    out, at = [], 0
    for d in details:
        out += [on_one_line(text[at : d.start]), f"<mark>{on_one_line(text[d.start : d.end])}</mark>"]
        out += [f' <span class="kind">({shown(d.called)})</span>']
        at = d.end
    return "".join([*out, on_one_line(text[at:])])


def attributes(values: Mapping[str, object]) -> str:
    """Attributes for a tag: text as it stands, anything else as JSON, both escaped."""
    return "".join(f' {name}="{shown(value if isinstance(value, str) else json.dumps(value))}"' for name, value in values.items())


def file_name(name: str) -> str:
    """A file's name as a person may see it: no folders, no invisible or direction-turning characters, of bearable length."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")).strip()
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > LONGEST_NAME and dot:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"[:LONGEST_NAME]
    return seen[:LONGEST_NAME] or "unnamed file"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its word: "1 passage", "5 passages"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def typed(sent: object, longest: int) -> str:
    """A line that the browser sent, of so many letters at most, without characters that are not seen; empty where it sent no text."""
    return " ".join(for_terminal(sent[: 4 * longest]).split())[:longest] if isinstance(sent, str) else ""
