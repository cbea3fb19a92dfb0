"""What was trained, put where the product finds it: its sha256 into the list of model files."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from knowledge.model_files import model_files

MODELS = Path(__file__).parent.parent / "knowledge" / "models"


def ship(file: str) -> None:
    """Put the sha256 of a file in `knowledge/models` into `knowledge/models.toml`."""
    sha256 = hashlib.sha256((MODELS / file).read_bytes()).hexdigest()
    listed = MODELS.with_name("models.toml")
    listed.write_text(re.sub(rf'"{re.escape(file)}" = "\w*"', f'"{file}" = "{sha256}"', listed.read_text("utf-8")), "utf-8")
    model_files.cache_clear()  # what is read from here on is the new one
