"""The process that opens the library's PDFs for the page and for proofs: see `knowledge.pdf_work`, which starts it."""

from __future__ import annotations

from pathlib import Path

from knowledge.child_process import serve
from knowledge.page_drawing import Drawn, drawn


def main() -> None:
    """Serve requests from standard input until it ends."""
    serve({"draw": _draw, "texts": _texts})


def _draw(path: str, sheet: int, with_letters: bool) -> Drawn | None:
    return drawn(Path(path), sheet, with_letters=with_letters)


def _texts(path: str, sheets: list[int]) -> dict[int, str] | None:
    from knowledge.pypdf_door import page_texts

    return page_texts(Path(path), sheets=sheets)
