"""A TOML file that people write: what stands in it, and on which line, so that a mistake can be told where it is."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

from knowledge.errors import SettingsError

HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?", re.MULTILINE)


class TomlFile:
    """The file's `data`. Raises SettingsError where it cannot be read, or is not TOML, with the line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._text = path.read_text("utf-8")
            self.data: dict[str, Any] = tomllib.loads(self._text)
        except OSError as error:
            raise SettingsError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
        except UnicodeDecodeError as error:
            raise SettingsError(f"{path.name} is not plain text in UTF-8. Save it as that, then start again.") from error
        except tomllib.TOMLDecodeError as error:
            last = self._text.rstrip().count("\n") + 1
            told = str(error).replace("at end of document", f"at line {last}, the end")
            raise SettingsError(f"{path.name}: {told}. Mend that line, then start again.") from error

    def line(self, table: str = "", number: int = 1, key: str = "") -> int:
        """The line of a key in the n-th table of that name (empty: above all tables), or else of the table's head."""
        heads = [(m.start(2), m[2]) for m in HEADER.finditer(self._text)]
        places = [start for start, name in heads if name == table] if table else [0]
        start = places[min(number, len(places)) - 1] if places else 0
        end = next((place for place, _ in heads if place > start), len(self._text))
        found = re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=", self._text[start:end], re.MULTILINE) if key else None
        at = start + found.end() - 1 if found else start
        return self._text.count("\n", 0, at) + 1

    def wrong(self, what: str, table: str = "", number: int = 1, key: str = "") -> NoReturn:
        """Raise SettingsError for what is wrong there; `what` says it, and what to do."""
        raise SettingsError(f"{self.path.name}, line {self.line(table, number, key)}: {what}")

    def only(self, entry: Mapping[str, Any], known: Collection[str], table: str = "", number: int = 1) -> None:
        """Refuse a key that means nothing here: it is misspelt, or stands in the wrong place."""
        for key in entry:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                advice = f"Did you mean {near[0]}?" if near else f"It may have {', '.join(known)}."
                self.wrong(f"{key} is nothing that is known here. {advice}", table, number, key)
