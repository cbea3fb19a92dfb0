"""The commands that keep a library safe: `reflect backup`, `restore` and `rebuild`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.intake import Intake, printable
from assistant.cli.options import LibraryFolder, Model, default_folder, err, open_library, out, record_change
from knowledge.backup import ENDING, back_up, is_backup, put_back
from knowledge.embedding import DEFAULT_MODEL, SentenceEmbedder
from knowledge.errors import ReflectionError
from knowledge.rebuild import rebuilding
from knowledge.security_log import Event

TakeIn = Callable[..., Iterator[Any]]


def backup(
    file: Annotated[Path, typer.Argument(help=f"The file to write, outside the library: library{ENDING}, for example.")],
    library: LibraryFolder = None,
) -> None:
    """Back up the library into one file, also while it is in use. `reflect restore FILE` puts it back."""
    made = back_up(open_library(library), file)
    _say(f"{_briefings(made.briefings)} backed up in {file}, and every file in it compared with its sha256.")
    if made.left_out:
        _warn(f"Not in it, because the library does not have them as they were added: {_listed(made.left_out)}. Add these files again.")
        raise typer.Exit(1)


def restore(
    name: Annotated[str, typer.Argument(help="A briefing's file name, as `reflect list` shows it; or a backup file.")],
    library: LibraryFolder = None,
    model: Model = DEFAULT_MODEL,
) -> None:
    """Put a withdrawn briefing back into use; or, where NAME is a file that `reflect backup` wrote, restore that library.

    What the library holds is then set aside first, and what was withdrawn since stays withdrawn.
    """
    file = Path(name)
    if not is_backup(file) and not name.endswith(ENDING):
        opened = open_library(library)
        briefing = opened.restore(name)
        record_change(opened, Event.RESTORED, briefing.sha256)
        _say(f"{briefing.file_name} will be used in answers again.")
        return
    if not file.is_file():
        raise ReflectionError(f"There is no backup file {file}. Check the path.")
    folder = library or default_folder()
    restored = put_back(file, folder, SentenceEmbedder(model))
    _say(f"{_briefings(restored.backup.briefings)} restored to {folder}, as backed up at {restored.backup.made}.")
    if restored.aside:
        _say(f"What the library held before is in {restored.aside}. Delete that when you no longer need it.")
    if restored.withdrawn:
        _warn(f"Withdrawn since that backup, and still withdrawn: {_listed(restored.withdrawn)}.")
    if restored.backup.left_out:
        _warn(f"Without a file, because the backup had none: {_listed(restored.backup.left_out)}. Add these files again.")
    open_library(folder, model).ready()
    _say("`reflect verify` proves every quotation.")


def add_rebuild(app: typer.Typer, take_in: TakeIn) -> None:
    """Add `reflect rebuild`; reading files in is handed to it."""

    @app.command()
    def rebuild(
        library: LibraryFolder = None,
        password: Annotated[str, typer.Option("--password", help="Opens encrypted files.", show_default=False)] = "",
        model: Model = DEFAULT_MODEL,
    ) -> None:
        """Read every file that the library keeps again, where its catalogue is lost or damaged. The old catalogue is set aside."""
        folder = library or default_folder()
        intake = Intake(out, err, as_json=False)
        with rebuilding(folder, SentenceEmbedder(model)) as work:
            intake.show(work.read(take_in, password), work.files, work.names)
            rebuilt = work.finish()
        _say(f"{_briefings(rebuilt.briefings)} in the new catalogue of {folder}.")
        refused = [result.file for result in intake.results if result.status == "refused"]
        if rebuilt.aside:
            _say(f"Set aside: {_listed([str(place) for place in rebuilt.aside])}.")
        if work.changed:
            _warn(f"Not read, because they were changed on disk: {_listed(work.changed)}. Add these files again.")
        if refused:
            _warn(f"Not read, for the reasons above: {_listed(refused)}.")
        if rebuilt.unknown:
            _warn(
                f"Nothing is known of these but their text, so they stay out of answers: {_listed(rebuilt.unknown)}. "
                "Look at each; `reflect restore NAME` puts it into use."
            )
        open_library(folder, model).ready()
        if refused or work.changed:
            raise typer.Exit(1)


def _briefings(number: int) -> str:
    return "1 briefing is" if number == 1 else f"{number:,} briefings are"


def _listed(names: Sequence[str]) -> str:
    return printable(", ".join(names))


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def _warn(text: str) -> None:
    err.print(text, highlight=False, markup=False, soft_wrap=True)
