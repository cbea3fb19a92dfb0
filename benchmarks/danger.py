"""How well danger is heard in three levels, with intervals, and what other thresholds would give.

usage: python -m benchmarks.danger [FILE...] [--ordinary FOLDER] [--library FOLDER]

Each FILE holds a message a line (message, level: now or 999, today, none; history where it has earlier messages). Without one the
messages of `training/danger` that were held back are read. --ordinary also counts the alarms on what nobody should be alarmed by: the
product's own questions and themes, and, under FOLDER, passages (.jsonl with text) and documents (.txt and .md, a paragraph each);
--library on the passages of a library. Intervals are of 95 %, by bootstrap over the messages (Efron 1979; 2,000 draws).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.guards.danger import Alarm, Level
from assistant.guards.guards import Guards
from assistant.page.welcome import examples
from knowledge.danger_reader import DangerReader, joined
from knowledge.embedding import SentenceEmbedder
from knowledge.library import Library
from knowledge.themes import themes
from training.danger_levels import is_held_back
from training.data import dangers

DRAWS = 2000
LEVELS = {"none": Level.NONE, "today": Level.TODAY, "now": Level.NOW, "999": Level.NOW}
CURVE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
FEWEST_WORDS = 5  # of a paragraph that says anything


@dataclass(frozen=True, slots=True)
class Message:
    """A message, those before it, and the level that people gave it."""

    message: str
    level: Level
    history: tuple[str, ...] = ()


def of_file(path: Path) -> list[Message]:
    """The messages of a file."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return [Message(row["message"], LEVELS[row["level"]], tuple(row.get("history") or ())) for row in rows]


def held() -> list[Message]:
    """The messages of `training/danger` that nothing was trained on."""
    each = ((name, one) for name, some in dangers().items() for one in some)
    return [Message(one.message, LEVELS[one.level], one.history) for name, one in each if is_held_back(name, one)]


def share(of: Sequence[bool]) -> str:
    """A share with its interval."""
    if not len(of):
        return "none of that level"
    values = np.asarray(of, dtype=float)
    drawn = np.random.default_rng(1).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return f"{values.mean():.3f} ({low:.3f} to {high:.3f}, n = {len(values)})"


def figures(messages: Sequence[Message], alarms: Sequence[Alarm]) -> Iterator[str]:
    """What the thresholds that are set give."""
    pairs = [(one.level, alarm.level) for one, alarm in zip(messages, alarms, strict=True)]
    yield f"now, as now             {share([got is Level.NOW for level, got in pairs if level is Level.NOW])}"
    yield f"now, as now or today    {share([got is not Level.NONE for level, got in pairs if level is Level.NOW])}"
    yield f"today, as today or now  {share([got is not Level.NONE for level, got in pairs if level is Level.TODAY])}"
    yield f"none, as now            {share([got is Level.NOW for level, got in pairs if level is Level.NONE])}"
    yield f"none, as today          {share([got is Level.TODAY for level, got in pairs if level is Level.NONE])}"


def curve(messages: Sequence[Message], reader: DangerReader) -> Iterator[str]:
    """What the model alone gives at other thresholds of now, and of now or today together."""
    heard = [reader.hear(joined(one.message, one.history)) for one in messages]
    levels = np.array([one.level for one in messages])
    now, either = np.array([h.now for h in heard]), np.array([h.now + h.today for h in heard])
    yield f"{'threshold':>10}{'now, as now':>14}{'none, as now':>14}{'now, at all':>14}{'today, at all':>15}{'none, at all':>14}"
    for least in CURVE:
        columns = [now[levels == 2], now[levels == 0], either[levels == 2], either[levels == 1], either[levels == 0]]
        found = [float((values >= least).mean()) if len(values) else float("nan") for values in columns]
        yield f"{least:10.2f}{found[0]:14.3f}{found[1]:14.3f}{found[2]:14.3f}{found[3]:15.3f}{found[4]:14.3f}"


def own_texts() -> list[str]:
    """The product's own questions and themes."""
    found = [question for way in examples().ways for question in way.examples]
    return found + [text for theme in themes() for text in (theme.name, theme.about, theme.next, *(q.ask for q in theme.questions)) if text]


def passages_of(folder: Path) -> list[str]:
    """The passages of a library."""
    library = Library(folder, SentenceEmbedder())
    return [stored.passage.text for briefing in library.briefings() for stored in library.catalogue.passages(briefing.id)]


def texts_under(folder: Path) -> list[str]:
    """The passages and paragraphs of the files under a folder."""
    found = [
        row["text"] for path in sorted(folder.rglob("passages*.jsonl")) for row in map(json.loads, path.read_text("utf-8").splitlines())
    ]
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".md"))
    return found + [text for path in files for text in _paragraphs(path)]


def _paragraphs(path: Path) -> list[str]:
    parts = (" ".join(part.split()) for part in path.read_text("utf-8").split("\n\n"))
    return [part for part in parts if len(part.split()) >= FEWEST_WORDS]


def alarms_on(guards: Guards, texts: Sequence[str], name: str) -> Iterator[str]:
    """How many texts that should alarm nobody do, and which."""
    alarms = [guards.danger(text) for text in texts]
    for level in (Level.NOW, Level.TODAY):
        found: NDArray[np.int_] = np.flatnonzero([alarm.level is level for alarm in alarms])
        yield f"{name}, as {level.name.lower()}: {len(found)} of {len(texts):,}"
        yield from (f"    {texts[i][:160]}  [{alarms[i].words}]" for i in found[:20])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--ordinary", type=Path)
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    guards, reader = Guards(), DangerReader()
    for name, messages in [(str(path), of_file(path)) for path in options.files] or [("held back", held())]:
        guards.danger("warm")
        took, alarms = [], []
        for one in messages:
            began = time.perf_counter()
            alarms.append(guards.danger(one.message, one.history))
            took.append((time.perf_counter() - began) * 1000)
        print(f"{name}\n" + "\n".join(figures(messages, alarms)))
        print(f"a message took {np.median(took):.1f} ms at the median, {np.percentile(took, 95):.1f} at the 95th percentile\n")
        print("\n".join(curve(messages, reader)) + "\n")
    if options.ordinary:
        print("\n".join(alarms_on(guards, own_texts(), "the product's own texts")))
        print("\n".join(alarms_on(guards, texts_under(options.ordinary), str(options.ordinary))))
    if options.library:
        print("\n".join(alarms_on(guards, passages_of(options.library), str(options.library))))


if __name__ == "__main__":
    main()
