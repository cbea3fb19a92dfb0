"""Whether the marks on a page lie over the quotation, for quotations drawn at random from real files.

usage: python -m benchmarks.marks [--shared FOLDER] [--quotations N] [--seed N] [--evenly]

Every PDF of the hostile set and of the briefings that can be taken in is taken in. N quotations are drawn from their
passages, one or two sentences each, and marked as the page does. A mark is right where the letters and digits under the
boxes, read apart, are those of the quotation. A quotation that is not marked must say so, which the page does wherever there is no box.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from pathlib import Path

from assistant.page.proof import around, part_on
from ingest.pipeline import ingest
from ingest.reading.pdf import words_on
from knowledge.briefing import Quotation
from knowledge.library import Library
from knowledge.page_drawing import squeezed
from knowledge.page_image import page_image
from tests.library_maker import HashedWords
from tests.marks import text_under, words_under

SENTENCE = re.compile(r"(?<=[.?!;:])\s+")


def drawn(library: Library, wanted: int, chance: random.Random, *, evenly: bool) -> list[Quotation]:
    """So many quotations, each a passage drawn at random or a run of its sentences; `evenly`, the file is drawn first."""
    passages = {b.id: [(b, s.passage) for s in library.catalogue.passages(b.id)] for b in library.briefings()}
    every = [one for of_it in passages.values() for one in of_it]
    found: list[Quotation] = []
    while len(found) < wanted:
        briefing, passage = chance.choice(passages[chance.choice(sorted(passages))] if evenly else every)
        cuts = [0, *(m.end() for m in SENTENCE.finditer(passage.text)), len(passage.text)]
        first = chance.randrange(len(cuts) - 1)
        last = chance.randrange(first + 1, min(first + 3, len(cuts)))
        start, end = passage.start + cuts[first], passage.start + len(passage.text[: cuts[last]].rstrip())
        found.append(library.quote(briefing, passage, start, end))
    return found


def judged(library: Library, quotation: Quotation) -> str:
    """What became of one quotation: marked, not marked, or marked wrongly."""
    file = library.file_of(quotation.briefing)
    for number in quotation.pages:
        page = library.page(quotation.briefing.id, number)
        words = part_on(quotation, page)
        image = page_image(file, number, words.split("\t"), around(quotation, page), words_on)
        if image is None:
            return "not drawn, which is said"
        if not image.boxes:
            return "not marked, which is said"
        under = (
            words_under(words_on(file, number), image.boxes)
            if page.recognised
            else text_under(file, number, image.boxes, alphabetic=squeezed(words).isalnum())
        )
        if under != squeezed(words):
            return "marked wrongly"
    return "marked"


def main() -> None:
    """Draw, mark, compare, count."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    options.add_argument("--quotations", type=int, default=300)
    options.add_argument("--evenly", action="store_true", help="draw the file first, so that a file of one page counts as much as a book")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    files = [path for folder in ("hostile", "briefings") for path in sorted((chosen.shared / folder).rglob("*.pdf"))]
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place) / "library", HashedWords())
        taken = [result for result in ingest(library, files) if result.status in ("added", "replaced")]
        quotations = drawn(library, chosen.quotations, random.Random(chosen.seed), evenly=chosen.evenly)
        fates: Counter[str] = Counter()
        for quotation in quotations:
            fate = judged(library, quotation)
            fates[fate] += 1
            if fate != "marked":
                print(f"{quotation.briefing.file_name}, sheet {quotation.page.number}: {fate}: {' '.join(quotation.text.split())[:90]}")
    print(f"{len(quotations)} quotations from {len(taken)} files: " + ", ".join(f"{fate} {n}" for fate, n in fates.most_common()))
    print(f"share marked rightly {fates['marked'] / len(quotations):.3f}")


if __name__ == "__main__":
    main()
