"""A text that is to be checked, read in a process of its own: it may be as hostile as any file that is taken in."""

from __future__ import annotations

from pathlib import Path

from ingest.child import Reader


def paragraphs_of(path: Path, password: str = "") -> tuple[list[tuple[str, str]], list[str]]:
    """A file's paragraphs, as `ingest.paragraphs` tells them. Raises FileRefused or one of its kinds, or OSError."""
    with path.open("rb"), Reader() as reader:
        return reader.paragraphs(path, path.name, password)
