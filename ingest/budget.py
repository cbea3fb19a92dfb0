"""What an archive, or one upload, may take in all: every file in it may be just within its own limits, and there may be hundreds."""

from __future__ import annotations

import threading


class Budget:
    """Seconds of reading (embedding included) and of text recognition, for many files together; counted down as they are used.

    `of` is what they are the files of, in words for a user. Any thread may spend.
    """

    def __init__(self, of: str, reading_seconds: float, ocr_seconds: float) -> None:
        self.of = of
        self.reading_left, self.ocr_left = reading_seconds, ocr_seconds
        self._whole = {"reading": reading_seconds, "recognition": ocr_seconds}
        self._spending = threading.Lock()

    def spend(self, reading: float = 0.0, ocr: float = 0.0) -> None:
        """Count these seconds as used."""
        with self._spending:
            self.reading_left -= reading
            self.ocr_left -= ocr

    @property
    def spent(self) -> str:
        """Why no more is read, as a clause; empty while there is time left."""
        if self.ocr_left <= 0:
            return f"recognising the scans of {self.of} took longer than {_minutes(self._whole['recognition'])}"
        if self.reading_left <= 0:
            return f"reading the files of {self.of} took longer than {_minutes(self._whole['reading'])}"
        return ""


def _minutes(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} {'second' if round(seconds) == 1 else 'seconds'}"
    return f"{seconds / 60:.0f} minutes"
