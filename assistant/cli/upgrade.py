"""`reflect upgrade`: what an earlier version of the program read is read again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from assistant.cli.intake import Intake, printable
from assistant.cli.options import LibraryFolder, Model, err, open_library, out
from knowledge.briefing import Briefing
from knowledge.embedding import DEFAULT_MODEL
from knowledge.library import Library


class Outdated(Protocol):
    """A briefing that would be read otherwise today; `why` says by what it was read."""

    @property
    def briefing(self) -> Briefing:
        """The briefing."""

    @property
    def why(self) -> str:
        """By what it was read."""


class Upgrade(Protocol):
    """Reading a library's outdated briefings again (`ingest.upgrade`, which this package does not know)."""

    moved: list[str]

    @property
    def waiting(self) -> Sequence[Outdated]:
        """The briefings that are outdated."""

    @property
    def files(self) -> Sequence[tuple[Path, Briefing]]:
        """The kept files that will be read."""

    def read(self, *, password: str = "") -> Generator[Any, None, None]:
        """Read them; yields results."""


UpgradeOf = Callable[[Library], Upgrade]


def add_upgrade(app: typer.Typer, upgrade_of: UpgradeOf) -> None:
    """Add `reflect upgrade`; reading the kept files again is handed to it."""

    @app.command()
    def upgrade(
        library: LibraryFolder = None,
        password: Annotated[str, typer.Option("--password", help="Opens encrypted files.", show_default=False)] = "",
        model: Model = DEFAULT_MODEL,
    ) -> None:
        """After an update: read again what was read by older rules or an older reader, and embed what other weights embedded.

        You can interrupt it at any moment; it continues the next time.
        """
        opened = open_library(library, model)
        work = upgrade_of(opened)
        if not work.waiting:
            opened.ready()
            _say(out, "Every briefing was read by the rules and readers of this version.")
            return
        intake = Intake(out, err, as_json=False)
        intake.show(work.read(password=password), [file for file, _ in work.files], [briefing.file_name for _, briefing in work.files])
        opened.ready()
        if work.moved:
            _say(
                err,
                f"These files now read differently: {printable(', '.join(work.moved))}. If you saved the page and position of a "
                "quotation elsewhere, look it up again: it may have moved. Its words are in the file as before.",
            )
        if any(result.status == "refused" for result in intake.results):
            raise typer.Exit(1)


def _say(console: Any, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
