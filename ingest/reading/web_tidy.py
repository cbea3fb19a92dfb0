"""What of a saved page is not its own text: navigation, notices, scripts, hidden and struck-out words. All that held words is counted.

A class or an id alone takes no words away: "consent" and "sidebar" stand in the headings of reviews too. A notice about cookies has to
speak of them, and what stands beside the text has to be links.

Chosen by measuring on 17 pages with folded sections, such names, and navigation around (sentences of the page's own kept, of 35; foreign
phrases kept, of 14): these rules 35 and 0; trafilatura 2.3.1 33 and 6, with or without favour for recall; readability-lxml 0.9 23 and 13.
Neither names what it left out.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ingest.reading.glyphs import in_font, is_symbol_font
from ingest.reading.left_out import LeftOut, Unread
from ingest.reading.web_sections import UNSEEN, is_folded, names_of

SILENT_NAMES = "script style noscript template svg math canvas head map rp rt input select textarea datalist option button"
SILENT = frozenset(SILENT_NAMES.split())
EMBEDDED = frozenset(("iframe", "object", "embed", "audio", "video"))
AROUND = {"nav": "navigation", "header": "the site's head", "footer": "the site's foot"}
ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar"}
CONSENT = re.compile(r"cookie|consent|gdpr|onetrust|cmp|privacy", re.IGNORECASE)
OF_COOKIES = re.compile(r"\bcookies?\b|\baccept all\b|\btracking technolog", re.IGNORECASE)
BESIDE = re.compile(
    r"\b(?:nav(?:bar|igation|-?menu)?|breadcrumbs?|skip-?(?:link|to-content|nav)|(?:social|share)(?:-?(?:links?|buttons?|bar|icons?))?|"
    r"site-?(?:header|footer)|page-?footer|sidebar|main-?menu|related-?(?:links|posts|content)|pagination|back-to-top)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]+)", re.IGNORECASE)
CONTENTS = re.compile(r"\bMsoToc(?:\d|Heading)\b")
MOST_NOTICE = 400  # words of a notice at most
SENTENCE = re.compile(r"\w\w[.!?][\"'”’)]*(?:\s|$)")
ICON = 60  # pixels: a picture no larger than this is an icon


def tidy(root: Any, left_out: LeftOut, opened: frozenset[str]) -> None:
    """Take out of a page what is not its own. `opened` are the ids of sections that a click opens."""
    words: Counter[str] = Counter()
    queue = [root]
    while queue:
        element = queue.pop()
        if element.tag not in ("html", "body", "main", "article") and _is_dropped(element, left_out, opened, words):
            element.drop_tree()
            continue
        _signs(element)
        queue.extend(child for child in reversed(element) if isinstance(child.tag, str))
    for what, count in words.items():
        left_out.tell(f"Left out of the page: {what} ({count:,} {'word' if count == 1 else 'words'}).")


def _is_dropped(element: Any, left_out: LeftOut, opened: frozenset[str], words: Counter[str]) -> bool:
    if (kind := _unread(element, opened)) is not None:
        left_out.add(kind, bool(word_count(element)) or kind is Unread.EMBEDDED)
        return True
    if CONTENTS.search(element.get("class") or ""):
        left_out.tell("The table of contents was left out.")
        return True
    what = _foreign(element)
    if what and (count := word_count(element)):
        words[what] += count
    return what is not None


def _unread(element: Any, opened: frozenset[str]) -> Unread | None:
    """Why words of the page are not read that a reader does not see, or sees struck out; None where they are read."""
    style = element.get("style") or ""
    if element.tag in ("del", "s", "strike") or STRUCK.search(style) or "msoDel" in (element.get("class") or ""):
        return Unread.STRUCK_OUT
    if "mso-element:comment" in style.replace(" ", "") or "msocom" in (element.get("class") or "").lower():
        return Unread.COMMENT
    if element.get("showingplchdr"):
        return Unread.EMPTY_FIELD
    if element.tag in EMBEDDED:
        return Unread.EMBEDDED
    unseen = element.get("hidden") is not None or HIDDEN.search(style) or UNSEEN.search(names_of(element))
    return Unread.HIDDEN if unseen and element.tag not in SILENT and not is_folded(element, opened) else None


def _foreign(element: Any) -> str | None:
    """What an element is that does not belong to the page's text: its name, empty if not worth telling; None if it belongs."""
    tag = str(element.tag)
    if tag in SILENT:
        return None if tag == "button" and SENTENCE.search(" ".join(element.itertext())) else ""
    named = names_of(element)
    if CONSENT.search(named) and word_count(element) < MOST_NOTICE and OF_COOKIES.search(" ".join(element.itertext())):
        return "a cookie notice"
    if tag in AROUND and not (tag != "nav" and _inside(element, ("main", "article", "section"))):
        return AROUND[tag] if not (tag == "header" and element.find(".//h1") is not None) else None
    role = (element.get("role") or "").lower()
    if role in ROLES or tag == "dialog":
        return "navigation or a notice"
    beside = role == "complementary" or (tag in ("div", "ul", "ol", "aside", "section", "a", "span", "p") and bool(BESIDE.search(named)))
    return "navigation or links beside the text" if beside and word_count(element) < MOST_NOTICE and not _is_prose(element) else None


def _is_prose(element: Any) -> bool:
    """Whether an element says something in sentences, and is not mostly links."""
    free = " ".join(element.xpath(".//text()[not(ancestor::a or ancestor::button)]"))
    return bool(SENTENCE.search(free)) and len(free.split()) > word_count(element) / 2


def _signs(element: Any) -> None:
    """Letters of symbol fonts become the signs that they show."""
    found = FONT.search(element.get("style") or "")
    font = found[1].strip() if found else element.get("face") or ""
    if is_symbol_font(font):
        element.text = in_font(element.text or "", font)


def pictures(element: Any) -> int:
    """How many pictures stand in an element: without icons, and what is marked as decoration."""
    return sum(not _is_icon(picture) for picture in element.iter("img"))


def _is_icon(picture: Any) -> bool:
    sizes = [int(size) for name in ("width", "height") if (size := (picture.get(name) or "").removesuffix("px")).isdecimal()]
    return picture.get("alt") == "" or picture.get("role") in ("presentation", "none") or any(size <= ICON for size in sizes)


def _inside(element: Any, tags: tuple[str, ...]) -> bool:
    return next(element.iterancestors(*tags), None) is not None


def word_count(element: Any) -> int:
    """How many words stand in an element."""
    return len(" ".join(element.itertext()).split())
