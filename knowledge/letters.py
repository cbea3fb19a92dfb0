"""What two readings of a page have in common, and two printings of a sentence: their letters and digits."""

from __future__ import annotations

import unicodedata


def letters_of(text: str) -> str:
    """Letters and digits alone, in one form and in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
