"""Accordions, tabs and folded sections of a saved page, opened: what a click would show is the page's own words, under what is clicked."""

from __future__ import annotations

import re
from typing import Any

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FOLDED = re.compile(r"accordion|collaps|tab-?(?:pane|panel|content)|panel|expand|toggle|disclos|reveal|(?:show|read)-?more", re.IGNORECASE)
OVERLAY = re.compile(r"modal|pop-?up|lightbox|off-?canvas|drop-?down|menu|search|cookie", re.IGNORECASE)
SWITCH = re.compile(r"(?:(?:show|hide|open|close|expand|collapse|read|view|see)\b.{0,30}|more|menu|search|[^\w]*)", re.IGNORECASE)
UNSEEN = re.compile(r"\b(?:sr-only|visually-?hidden|screen-reader(?:-text)?)\b", re.IGNORECASE)
LONGEST_LABEL = 120


def open_sections(root: Any) -> frozenset[str]:
    """Make headings of what opens a section; returns the ids of the sections that are opened so, to be kept although they are hidden."""
    ids = {element.get("id"): element for element in root.iter() if isinstance(element.tag, str) and element.get("id")}
    opened: set[str] = set()
    for element in [e for e in root.iter() if isinstance(e.tag, str)]:
        target = ids.get(_controls(element))
        if target is not None:
            opened.add(target.get("id", ""))
            if _is_tab(element):
                _head(target, words_of(element))
                element.drop_tree()
                continue
        if element.tag == "summary" and element.find(".//*[@role='heading']") is None and not _holds_heading(element):
            _as_heading(element, "h4")
        elif element.tag == "button" or element.get("role") == "button":
            _button(element, target)
    return frozenset(opened)


def is_folded(element: Any, opened: frozenset[str]) -> bool:
    """Whether a hidden element is a section that a click opens, and no dialog or menu."""
    named = names_of(element)
    if (element.get("role") or "").lower() in ("dialog", "alertdialog", "menu") or OVERLAY.search(named):
        return False
    if (element.get("hidden") or "").lower() == "until-found" or (element.get("role") or "").lower() == "tabpanel":
        return True
    return element.get("id") in opened or bool(FOLDED.search(named))


def names_of(element: Any) -> str:
    """An element's id and classes, with hyphens."""
    return f"{element.get('id') or ''} {element.get('class') or ''}".replace("_", "-")


def words_of(element: Any) -> str:
    """An element's words as seen: without its signs for open and closed, and what is for screen readers alone."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not UNSEEN.search(child.get("class") or ""):
            inner = words_of(child)
            parts.append("" if SWITCH.fullmatch(inner) else f" {inner} " if child.tag == "div" else inner)
        parts.append(child.tail or "")
    return " ".join("".join(parts).split())


def _controls(element: Any) -> str:
    """The id of what an element opens, empty for none."""
    for name in ("aria-controls", "data-bs-target", "data-target"):
        if told := (element.get(name) or "").strip().lstrip("#"):
            return str(told)
    href = element.get("href") or ""
    return (
        str(href[1:]) if href.startswith("#") and (_is_tab(element) or element.get("data-toggle") or element.get("data-bs-toggle")) else ""
    )


def _is_tab(element: Any) -> bool:
    toggles = element.get("data-toggle") or element.get("data-bs-toggle") or ""
    named = re.search(r"(?<![a-z])tabs?(?:-?(?:link|button|label)|--?tab)?(?![a-z-])", names_of(element), re.IGNORECASE)
    return (element.get("role") or "").lower() == "tab" or toggles in ("tab", "pill") or (element.tag == "a" and bool(named))


def _button(button: Any, target: Any) -> None:
    """A button's words stay where it stands in a heading, or is the heading of what it opens."""
    label = words_of(button)
    if next(button.iterancestors(*HEADINGS, "summary"), None) is not None:
        _keep(button, label, "span")
        return
    follows = button.getnext()
    opens = target is not None or (bool(FOLDED.search(names_of(button))) and follows is not None and follows.tag in ("div", "section"))
    if opens and label and len(label) <= LONGEST_LABEL and not SWITCH.fullmatch(label) and not OVERLAY.search(names_of(button)):
        _keep(button, label, "h4")


def _keep(element: Any, words: str, tag: str) -> None:
    """Put plain words in the place of an element."""
    tail = element.tail
    for child in list(element):
        element.remove(child)
    element.tag, element.text, element.tail = tag, words, tail
    element.attrib.pop("role", None)


def _as_heading(element: Any, tag: str) -> None:
    words = words_of(element)
    if len(words) <= LONGEST_LABEL:
        _keep(element, words, tag)


def _head(panel: Any, label: str) -> None:
    """Put a tab's words over its panel, unless they stand there."""
    inner = [int(element.tag[1]) for element in panel.iter(*HEADINGS)]
    if not label or any(words_of(element) == label for element in panel.iter(*HEADINGS)):
        return
    heading = panel.makeelement(f"h{max(2, min(inner) - 1) if inner else 3}")
    heading.text, heading.tail = label, panel.text
    panel.text = None
    panel.insert(0, heading)


def _holds_heading(element: Any) -> bool:
    return next(element.iter(*HEADINGS), None) is not None
