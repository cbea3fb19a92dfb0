"""Views are templates: what is handed in is escaped, and what they make is one line, as Gradio's Markdown wants it."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from assistant.documents.sheet import Particulars, Sheet
from assistant.documents.sheet_page import printable
from assistant.documents.templates import HtmlTemplates, Markup
from assistant.page import sheet_fields, welcome
from knowledge.settings import Settings

HOSTILE = '<img src=x onerror=alert(1)> "it\'s" {{ 7 * 7 }}'


def test_words_are_escaped_and_html_that_is_ready_is_not(tmp_path: Path) -> None:
    (tmp_path / "one.html.j2").write_text("<ul>\n  {% for word in words %}\n    <li>{{ word }}</li>\n  {% endfor %}\n</ul>\n", "utf-8")
    made = HtmlTemplates(tmp_path).fill("one", words=["a < b", Markup("<b>c</b>"), "two\nlines"])
    assert made == "<ul><li>a &lt; b</li><li><b>c</b></li><li>two\nlines</li></ul>"


def test_a_word_that_is_not_handed_in_is_an_error_and_no_gap(tmp_path: Path) -> None:
    (tmp_path / "one.html.j2").write_text("<p>{{ missing }}</p>", "utf-8")
    with pytest.raises(UndefinedError, match="missing"):
        HtmlTemplates(tmp_path).fill("one")


def test_nothing_that_somebody_typed_becomes_a_tag_in_any_view() -> None:
    hostile = Particulars(*[HOSTILE] * 6)
    views = [
        welcome.masthead(HOSTILE, Settings(), HOSTILE, empty=True),
        sheet_fields.head(hostile),
        sheet_fields.end(hostile),
        printable(Sheet({"purpose": HOSTILE}, (), organisation=HOSTILE, marking=HOSTILE, particulars=hostile)),
    ]
    for view in views:
        assert "<img" not in view
        assert "&lt;img src=x onerror=alert(1)&gt;" in view
        assert "{{ 7 * 7 }}" in view
    assert not any("\n" in view for view in views[:2])
