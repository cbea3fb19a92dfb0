"""Where archives are unpacked: in the program's temporary one, made when the first archive comes, gone at the end."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ingest.budget import Budget
from ingest.child import Reader
from knowledge.disk_errors import temporary_at_fault
from knowledge.errors import FileRefused
from knowledge.temporary import temporary_folder


class Unpacked(ExitStack):
    """Gives each archive a folder of its own. One thread may unpack; leave it once that has ended."""

    def __init__(self) -> None:
        super().__init__()
        self._whole: Path | None = None

    def members(
        self, reader: Reader, path: Path, name: str, number: int, password: str, budgets: Sequence[Budget] = ()
    ) -> tuple[Path, list[tuple[Path, str]]]:
        """Have an archive unpacked that is shown as `name`: its folder, and the place and name of each file.

        Raises FileRefused, or one of its kinds, where it cannot be; nothing of it is left then.
        """
        folder = None
        try:
            folder = self._folder() / str(number)
            folder.mkdir()
            return folder, reader.members(path, name, folder, password, budgets)
        except BaseException as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError) and (told := temporary_at_fault(error)):
                raise FileRefused(f"{name} was not unpacked. {told}") from error
            raise

    def _folder(self) -> Path:
        if self._whole is None:
            self._whole = self.enter_context(temporary_folder("unpacked"))
        return self._whole
