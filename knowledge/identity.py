"""What tells one file from another: where it came from, and which words it holds.

The same place with other words is a newer version. The same name at another place is another file, kept beside the first under
a name that tells them apart. The same words under two names are one briefing, which is counted once.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from knowledge.briefing import Page
from knowledge.word_forms import plain_letters

UPLOAD, STARTER, INSIDE = "upload:", "starter:", "!"
FEWEST = 8  # words that a file must hold to be told from others by them
RELATED = 0.5  # the share of runs of three words that two versions of one file have in common at least
MISREAD, LENGTHS = 0.95, 0.03  # the words that a scan and its original share, and by how much their counts may differ


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file came from: a place that stays the same, empty where that is not known, and the folders around it, nearest first."""

    source: str = ""
    folders: tuple[str, ...] = ()

    def inside(self, archive: str, member: str) -> Origin:
        """The origin of a file in this archive."""
        return Origin(f"{self.source}{INSIDE}{one_name(member)}", (one_name(Path(archive).stem), *self.folders))


UNKNOWN = Origin()


def new_id(name: str, taken_from: Callable[[str], Collection[str]]) -> str:
    """An id for a briefing of this name; `taken_from` gives the ids that begin with a stem."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:60] or "briefing"
    taken = taken_from(stem)
    return next(i for i in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if i not in taken)


def one_name(name: str) -> str:
    """The name in one form (NFC): names that look alike are one."""
    return unicodedata.normalize("NFC", name)


def origin_of(path: Path) -> Origin:
    """The origin of a file on this machine: its place, links followed."""
    place = path.resolve()
    named = Path(one_name(str(place)))
    alike = named != place and named.exists() and not named.samefile(place)  # two files of names that look alike lie side by side
    source = os.fsdecode(os.fsencode(place)) if alike else str(named)
    return Origin(source.encode("utf-8", "replace").decode(), tuple(one_name(p.name) for p in place.parents if p.name))


def origins_of_uploads(names: Sequence[str]) -> list[Origin]:
    """The origins of files that are uploaded together: all that is known of each is its name, and which of that name it is."""
    seen: Counter[str] = Counter()
    found = []
    for name in map(one_name, names):
        seen[name] += 1
        found.append(Origin(f"{UPLOAD}{name}" + (f"#{seen[name]}" if seen[name] > 1 else "")))
    return found


def given_name(source: str, file_name: str) -> str:
    """The name that a file had where it came from."""
    if not source:
        return file_name
    name = PurePosixPath(source.rsplit(INSIDE, 1)[-1].removeprefix(UPLOAD).removeprefix(STARTER).replace("\\", "/")).name
    return re.sub(r"#\d+$", "", name) if source.startswith(UPLOAD) else name


def is_lasting(source: str) -> bool:
    """Whether a place is still there and says by itself which file lies there: a name that was uploaded does not."""
    if not source or source.startswith(UPLOAD):
        return False
    return source.startswith(STARTER) or Path(source.split(INSIDE, 1)[0]).exists()


def told_apart(name: str, folders: Sequence[str], taken: Callable[[str], bool]) -> str:
    """A name that no other briefing has: "briefing.md", else "briefing (south).md", else "briefing (2).md"."""
    path = PurePosixPath(name)
    beside = [f"{path.stem} ({', '.join(reversed(folders[:depth]))}){path.suffix}" for depth in range(1, min(3, len(folders)) + 1)]
    for candidate in (name, *beside):
        if len(candidate.encode()) <= 240 and not taken(candidate):
            return candidate
    number = 2
    while taken(f"{path.stem} ({number}){path.suffix}"):
        number += 1
    return f"{path.stem} ({number}){path.suffix}"


def words_of(texts: Iterable[str]) -> list[str]:
    """The words of some pages, in plain letters. A letter by itself is left out: many are bullets and labels of lists."""
    return re.findall(r"[^\W_]{2,}|\d", plain_letters("\n".join(texts)))


def same_words(texts: Iterable[str]) -> str:
    """What two files have in common that hold the same words, whatever their format and order: "1552:9f86d0...". Empty for very few."""
    words = sorted(words_of(texts))
    if len(words) < FEWEST:
        return ""
    return f"{len(words)}:{hashlib.sha256(' '.join(words).encode()).hexdigest()}"


def may_be_scan_of(one: str, other: str) -> bool:
    """Whether two files, by what `same_words` says of them, may hold the same words but for what text recognition misread."""
    if not (one and other):
        return False
    first, second = (int(of.split(":")[0]) for of in (one, other))
    return abs(first - second) <= LENGTHS * max(first, second)


def is_scan_of(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two files' pages hold the same words but for what text recognition misread. Their numbers must be the same."""
    first, second = Counter(words_of(one)), Counter(words_of(other))
    numbers = [{word: n for word, n in words.items() if word.isdigit()} for words in (first, second)]
    return numbers[0] == numbers[1] and (first & second).total() >= MISREAD * (first | second).total()


def is_version_of(one: Sequence[Page], other: Sequence[Page]) -> bool:
    """Whether two files of one name are versions of one text rather than two texts."""
    runs = []
    for pages in (one, other):
        words = words_of(page.text for page in pages)
        runs.append(set(zip(words, words[1:], words[2:], strict=False)))
    return len(runs[0] & runs[1]) >= RELATED * max(1, min(map(len, runs)))
