"""A file per format; `read` chooses by the file's ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.reading.source import Source
from knowledge.errors import UnknownFormat


def _pdf(path: Path) -> Source:
    from ingest.reading.pdf import read_pdf

    return read_pdf(path)


def _word(path: Path) -> Source:
    from ingest.reading.word import read_word

    return read_word(path)


def _markdown(path: Path) -> Source:
    from ingest.reading.marked import read_markdown

    return read_markdown(path)


def _text(path: Path) -> Source:
    from ingest.reading.plain import read_text

    return read_text(path)


READERS: dict[str, Callable[[Path], Source]] = {
    ".pdf": _pdf,
    ".docx": _word,
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
}


def read(path: Path) -> Source:
    """Read a file. Raises FileRefused, or one of its kinds, with a sentence for the user."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        hint = "Save it as .docx in Word, then add that." if path.suffix.lower() == ".doc" else f"Give one of {', '.join(sorted(READERS))}."
        raise UnknownFormat(f"{path.name}: files that end in {path.suffix or 'nothing'} are not read. {hint}")
    return reader(path)
