"""One form for the ways in which a word is written, for the index and for the question: the printed text stays as it is."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

VERSION = "1"  # raise it with every change to what `normal` gives: libraries then index their text again
HYPHENS = r"\-\u2010\u2011\u2043\uff0d"  # for a class of characters
SOFT_HYPHEN = "\u00ad"
LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "Æ": "AE", "Œ": "OE", "ß": "ss", "ø": "o", "Ø": "O"})
# As statutes are cited: s 47, s.47, ss 17 and 47, sec. 20, reg. 44, art 8, sch 2, para 3.4 (OSCOLA's short forms).
DIVISIONS = {
    "section": "sections?|sect|secs?|ss?|§§?",
    "article": "articles?|arts?",
    "regulation": "regulations?|regs?",
    "schedule": "schedules?|schs?",
    "paragraph": "paragraphs?|paras?",
    "chapter": "chapters?|chs?",
}
NUMBER = r"\d{1,3}[a-z]{0,2}"
PLURAL = re.compile(r"\w{2,}s|ss|§§", re.IGNORECASE)
DIVISION = re.compile(
    rf"(?<![\w'’.])(?:{'|'.join(f'(?P<{name}>{short})' for name, short in DIVISIONS.items())})\.?[\s{HYPHENS}]?"
    rf"(?P<first>{NUMBER})(?P<further>(?:\s*(?:,|/|&|\band\b|\bor\b)\s*{NUMBER})*)(?![\w%])",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
PER_CENT = re.compile(r"(?<=\d)\s?%|\s?\bper cent\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")


def figures(text: str) -> str:
    """The text with its figures in one form: "12,000" as "12000", "67%" and "67 per cent" as "67 percent"."""
    return PER_CENT.sub(" percent", THOUSANDS.sub("", text))


def divisions(text: str, joint: str = " ") -> str:
    """The text with each numbered part of a statute written out, one number a time: "s.17/47" as "section 17, section 47"."""

    def written(match: re.Match[str]) -> str:
        name = next(name for name in DIVISIONS if match[name])
        listed = match["further"] and (PLURAL.fullmatch(match[name]) or set(match["further"]) <= set("/0123456789"))
        numbers = [match["first"], *(re.findall(NUMBER, match["further"], re.IGNORECASE) if listed else [])]
        return ", ".join(f"{name}{joint}{number.lower()}" for number in numbers) + ("" if listed else match["further"])

    return DIVISION.sub(written, text)


def plain_letters(text: str) -> str:
    """The text without accents, ligatures and soft hyphens, in lower case."""
    parted = unicodedata.normalize("NFKD", text.replace(SOFT_HYPHEN, "").translate(LETTERS))
    return "".join(char for char in parted if not unicodedata.combining(char)).lower()


def normal(text: str) -> str:
    """The text as it is searched, in the same order: all spellings of a word are one, and so are all ways to cite a section."""
    lowered = divisions(figures(plain_letters(text)), joint="")
    return WORD.sub(lambda word: indexed_under(word[0]), lowered)


def indexed_under(word: str) -> str:
    """The spelling that a word is indexed under; the word itself where it has but one."""
    return _spellings().get(word, word)


@cache
def _spellings() -> dict[str, str]:
    lines = (files("knowledge") / "spellings.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
