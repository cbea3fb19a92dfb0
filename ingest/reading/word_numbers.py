"""The numbers and bullets that Word shows before paragraphs: they stand in no text, they are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
BULLETS = ("•", "–", "·")
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    pattern: str
    start: int


class Numbering:
    """Counts a document's lists, in the order in which `mark` is asked. `root` is the numbering part's root, or None."""

    def __init__(self, root: Any) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        self.level_of_style: dict[tuple[str, str], int] = {}
        if root is not None:
            self._read(root)

    def mark(self, number_id: str, level: int) -> str:
        """What stands before the next paragraph of this list and level: "3.", "4.12", "(b)", "•", or nothing."""
        if number_id not in self._lists:
            return ""
        abstract, starts = self._lists[number_id]
        levels = self._levels.get(abstract, {})
        level = min(max(level, 0), DEEPEST)
        here = levels.get(level)
        if here is None or here.kind == "none":
            return ""
        if here.kind == "bullet":
            return BULLETS[min(level, len(BULLETS) - 1)]
        counts = self._counts.setdefault(abstract, {})
        if number_id not in self._begun:
            self._begun.add(number_id)
            counts.update({n: start - 1 for n, start in starts.items()})
        counts[level] = counts.get(level, here.start - 1) + 1
        for deeper in [n for n in counts if n > level and n not in starts]:
            del counts[deeper]
        text = here.pattern
        for n, above in levels.items():
            if f"%{n + 1}" in text:
                text = text.replace(f"%{n + 1}", written(counts.get(n, above.start), above.kind))
        return text.strip()

    def _read(self, root: Any) -> None:
        linked: dict[str, str] = {}
        links: dict[str, str] = {}
        for abstract in root.findall(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId", "")
            self._levels[key] = dict(_level(level) for level in abstract.findall(f"{W}lvl"))
            for level in abstract.findall(f"{W}lvl"):
                if (style := _value(level, "pStyle")) is not None:
                    self.level_of_style[key, style] = _int(level.get(f"{W}ilvl"), 0)
            if (style := _value(abstract, "styleLink")) is not None:
                linked[style] = key
            if (style := _value(abstract, "numStyleLink")) is not None:
                links[key] = style
        for number in root.findall(f"{W}num"):
            abstract = _value(number, "abstractNumId") or ""
            abstract = linked.get(links.get(abstract, ""), abstract)
            starts = {
                _int(change.get(f"{W}ilvl"), 0): _int(start, 1)
                for change in number.findall(f"{W}lvlOverride")
                if (start := _value(change, "startOverride")) is not None
            }
            self._lists[number.get(f"{W}numId", "")] = (abstract, starts)

    def level_for(self, number_id: str, style: str) -> int:
        """The level that a list keeps for a paragraph style; 0 where it keeps none."""
        return self.level_of_style.get((self._lists.get(number_id, ("", {}))[0], style), 0)


def _level(element: Any) -> tuple[int, _Level]:
    kind = _value(element, "numFmt") or "decimal"
    return _int(element.get(f"{W}ilvl"), 0), _Level(kind, _value(element, "lvlText") or "", _int(_value(element, "start"), 1))


def _value(element: Any, name: str) -> str | None:
    found = element.find(f"{W}{name}")
    value = found.get(f"{W}val") if found is not None else None
    return None if value is None else str(value)


def _int(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def written(number: int, kind: str) -> str:
    """A number from 1 as Word writes it in a form of counting (`w:numFmt`)."""
    match kind:
        case "lowerLetter" | "upperLetter" if number > 0:
            text = "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * ((number - 1) // 26 + 1)
            return text.upper() if kind == "upperLetter" else text
        case "lowerRoman" | "upperRoman" if number > 0:
            return roman(number).upper() if kind == "upperRoman" else roman(number)
        case "decimalZero":
            return f"{number:02}"
        case _:
            return str(number)


def roman(number: int) -> str:
    """A number above 0 in small Roman numerals."""
    text = ""
    for value, letters in ROMAN:
        while number >= value:
            text, number = text + letters, number - value
    return text + ROMAN_ONES[number]
