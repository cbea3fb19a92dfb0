"""Makes `knowledge/spellings.tsv` from VarCon, the list of spellings that SCOWL's dictionaries are made from.

usage: python -m docs.spellings varcon.txt

Left out: possessives, words that are hardly ever met, spellings that VarCon calls wrong, and spellings that are one
word in one sense only (a cheque is no check).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

MADE = Path(__file__).parent.parent / "knowledge" / "spellings.tsv"
HARDLY_MET = 80  # SCOWL's level from which a word may not be in a dictionary
SHORTEST = 4  # letters: shorter spellings are words of their own as well
LEVEL = re.compile(r"\(level (\d+)\)")
SENSE = re.compile(r"\|\s*(?!<(?:N|V|Adj|Adv)>\s*$)\S")
SPELLING = re.compile(r"(?P<tags>[^:]+): (?P<word>[a-z]+)")
HEAD = """\
# Spellings of one word: a spelling, and the one that it is indexed under. Nobody is shown the second.
# Made by docs/spellings.py from VarCon 2020.12.07 (part of SCOWL, github.com/en-wl/wordlist), which comes with this notice:
# Copyright 2000-2020 by Kevin Atkinson and Benjamin Titze. Permission to use, copy, modify, distribute and sell this array, the
# associated software, and its documentation for any purpose is hereby granted without fee, provided that the above copyright
# notice appears in all copies and that both that copyright notice and this permission notice appear in supporting
# documentation. Kevin Atkinson makes no representations about the suitability of this array for any purpose. It is
# provided "as is" without express or implied warranty.
"""


def pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each spelling with the one it is indexed under: the American, whose endings are the regular ones (learned, labeled)."""
    met = False
    for line in lines:
        if line.startswith("#"):
            met = not ((level := LEVEL.search(line)) and int(level[1]) >= HARDLY_MET) if "level" in line else met
        elif met and not SENSE.search(line):
            spelled = [m for part in line.split("|")[0].split(" / ") if (m := SPELLING.fullmatch(part.strip()))]
            right = [(m["tags"].split(), m["word"]) for m in spelled if not all(tag[-1] in "-x" for tag in m["tags"].split())]
            first = next((word for tags, word in right if "A" in tags or "_" in tags), None)
            yield from ((word, first) for _, word in right if first and word != first)


def main() -> None:
    """Write the table."""
    found: dict[str, str] = {}
    for word, first in pairs(Path(sys.argv[1]).read_text("utf-8", "replace").splitlines()):
        found.setdefault(word, first)
    chained = set(found) & set(found.values())
    settled = {word: first for word, first in found.items() if len(word) >= SHORTEST and not {word, first} & chained}
    MADE.write_text(HEAD + "".join(f"{word}\t{first}\n" for word, first in sorted(settled.items())), "utf-8")


if __name__ == "__main__":
    main()
