"""Buttons that `page.js` acts on, and what they send back."""

from __future__ import annotations

from assistant.page.text import attributes
from knowledge.briefing import Quotation

LARGEST = 2**31  # more letters than a page can hold


def button(does: str, with_what: object, inner: str, look: str) -> str:
    """A button that `page.js` acts on. Name and value pass Gradio's sanitiser, which takes data and aria attributes away."""
    values = {"type": "button", "name": does, "value": with_what, "class": look}
    return f"<button{attributes(values)}>{inner}</button>"


def source_of(quotation: Quotation, number: int) -> dict[str, str | int]:
    """What the browser sends back to open a source: which words of which file, and the number they were cited under."""
    briefing = quotation.briefing
    words = {"page": quotation.page.number, "start": quotation.start, "end": quotation.end}
    return {"briefing": briefing.id, "file": briefing.sha256[:16], **words, "number": number}


def keep(what: str | Quotation) -> str:
    """The button that puts a question or a quotation on the sheet; `reflect.js` shows there whether it stands on it."""
    value: dict[str, object] = {"ask": what} if isinstance(what, str) else {"source": source_of(what, 0)}
    return button("keep", value, "Add to my sheet", "plain keep")


def whole_number(sent: object) -> int:
    """A number that the browser sent, where it may count pages or letters. Raises ValueError or TypeError where it is none."""
    if isinstance(sent, float) and not sent.is_integer():
        raise ValueError("Pages and letters are counted in whole numbers.")
    if not isinstance(sent, int | float | str):
        raise TypeError("A page or a letter is counted by a number.")
    number = int(sent)
    if not 0 <= number <= LARGEST:
        raise ValueError("No page and no letter has such a number.")
    return number
