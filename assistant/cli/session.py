"""`reflect session`: prepare a session for a group, from a case, a theme or a document, as one ZIP of files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from assistant.cli.options import AsJson, LibraryFolder, SettingsFile, err, open_library, open_settings, out
from assistant.cli.terminal import print_json, styled
from knowledge.settings import Settings

if TYPE_CHECKING:
    from assistant.packs.desk import Desk
    from assistant.packs.pack import Pack

LENGTH = re.compile(r"(?:(?P<hours>\d+)\s*h(?:ours?)?)?\s*(?:(?P<minutes>\d+)\s*(?:m(?:in(?:ute)?s?)?)?)?", re.IGNORECASE)
NAMED_LENGTHS = {"a day": 360, "day": 360, "half a day": 180, "half day": 180}

PackPath = Annotated[Path, typer.Argument(help="A pack that this tool saved: the ZIP, or the pack.json in it.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="The ZIP to write.", show_default=False)]
Who = Annotated[str, typer.Option("--audience", help="new-staff, multi-agency, managers, schools or health.")]
Length = Annotated[str, typer.Option("--length", help='"90", "2h" or "a day".')]
Forms = Annotated[list[str] | None, typer.Option("--form", help="Make this file alone, such as slides; again for another.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Add each file as PDF; needs LibreOffice.")]
Title = Annotated[str, typer.Option("--title", help="What the pack is called.", show_default=False)]
Numbers = Annotated[list[int] | None, typer.Option("--drop", help="Take out the stage with this number; again for another.")]


def add_session(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    session = typer.Typer(help="Prepare a session for a group: a case in stages, questions, guide, slides and forms.", no_args_is_help=True)
    session.command("list")(list_held)
    session.command()(make)
    session.command("open")(open_pack)
    session.command()(edit)
    app.add_typer(session, name="session")


def list_held(library: LibraryFolder = None, json_: AsJson = False) -> None:
    """List what a session can be built on: cases, themes and documents."""
    from assistant.packs.holdings import held_cases, held_themes

    desk = _desk(library, None)[0]
    cases, themes = held_cases(desk), held_themes(desk)
    if json_:
        for case in cases:
            files = [b.file_name for b in case.documents]
            print_json({"case": case.name, "documents": files, "passages": case.passages, "pages": case.pages, "themes": list(case.themes)})
        for held in themes:
            print_json(
                {"theme": held.theme.id, "name": held.theme.name, "passages": sum(held.passages.values()), "documents": len(held.passages)}
            )
        for briefing in desk.briefings():
            print_json({"document": briefing.file_name, "title": briefing.details.title, "passages": briefing.passages})
        return
    rows = [(c.name, f"{_count(c.passages, 'passage')}: {', '.join(b.file_name for b in c.documents)}") for c in cases]
    _print("Case", "Source documents", rows)
    _print(
        "Theme",
        "Found in",
        [(h.theme.name, f"{_count(sum(h.passages.values()), 'passage')} of {_count(len(h.passages), 'document')}") for h in themes],
    )
    _print("Document", "Title", [(b.file_name, b.details.title) for b in desk.briefings()])


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _print(first: str, second: str, rows: Sequence[tuple[str, str]]) -> None:
    table = Table(first, second, box=None, pad_edge=False, title_justify="left")
    for row in rows:
        table.add_row(*row)
    out.print(table)
    out.print("")


def make(
    case: Annotated[str, typer.Option("--case", help="A case, by the name that its review gives the child.", show_default=False)] = "",
    theme: Annotated[str, typer.Option("--theme", help="A theme, over all documents.", show_default=False)] = "",
    document: Annotated[
        str,
        typer.Option("--document", help="A document's file name; with --case, the one that the case is taken from.", show_default=False),
    ] = "",
    audience: Who = "multi-agency",
    length: Length = "90",
    form: Forms = None,
    pdf: Pdf = False,
    title: Title = "",
    to: Out = None,
    library: LibraryFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Make a pack: a ZIP with a facilitator's guide, a learner version, slides, briefings and forms."""
    from assistant.packs.build import build
    from assistant.packs.holdings import choose_case, choose_document, choose_theme

    if bool(case) + bool(theme) + bool(document and not case) != 1:
        raise typer.BadParameter("Name one of --case, --theme or --document.")
    minutes = minutes_of(length)
    desk, own = _desk(library, settings)
    choice = choose_case(desk, case, document) if case else choose_theme(theme) if theme else choose_document(desk, document)
    pack = build(desk, choice, audience, minutes, title)
    _write(pack, to or Path(f"{_file_name(pack.title)}.zip"), form or (), own, pdf=pdf)
    _tell(pack)


def open_pack(file: PackPath, library: LibraryFolder = None, json_: AsJson = False) -> None:
    """Open a pack again: shows its stages, and says what has been withdrawn or replaced since."""
    pack, losses = _opened(_desk(library, None)[0], file)
    if json_:
        print_json(_as_json(pack, [str(loss) for loss in losses]), indent=2)
    else:
        _say_losses(losses)
        _tell(pack)


def edit(
    file: PackPath,
    to: Out = None,
    title: Title = "",
    drop: Numbers = None,
    move: Annotated[list[str] | None, typer.Option("--move", help="3:1 makes the third stage the first.")] = None,
    keep: Annotated[list[str] | None, typer.Option("--keep", help="2:1-3 shows sentences 1 to 3 of the second stage.")] = None,
    replace: Annotated[list[str] | None, typer.Option("--replace", help="2:4 puts the fourth spare stage in the second's place.")] = None,
    ask: Annotated[list[str] | None, typer.Option("--ask", help='"2:What would you ask?" gives the second stage a question.')] = None,
    audience: Annotated[str, typer.Option("--audience", help="Make it again for this audience.", show_default=False)] = "",
    length: Annotated[str, typer.Option("--length", help="Make it again for this length.", show_default=False)] = "",
    form: Forms = None,
    pdf: Pdf = False,
    library: LibraryFolder = None,
    settings: SettingsFile = None,
) -> None:
    """Change a pack and write it again. Numbers are those that `reflect session open` shows."""
    from assistant.packs import edit as edits

    desk, own = _desk(library, settings)
    pack, losses = _opened(desk, file)
    keys, spare = [stage.key for stage in pack.stages], [stage.key for stage in pack.spare]
    if title:
        pack = edits.retitle(desk, pack, title)
    for number in drop or ():
        pack = edits.drop(pack, _key(keys, number))
    for number, to_place in (_pair(one, "--move 3:1") for one in move or ()):
        pack = edits.move(pack, _key(keys, number), int(to_place) - 1 if to_place.isdigit() else _wrong(to_place, "--move 3:1"))
    for number, span in (_pair(one, "--keep 2:1-3") for one in keep or ()):
        first, _, last = span.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            _wrong(span, "--keep 2:1-3")
        pack = edits.shorten(pack, _key(keys, number), int(first) - 1, int(last or first) - 1)
    for number, other in (_pair(one, "--replace 2:4") for one in replace or ()):
        pack = edits.put_instead(desk, pack, _key(keys, number), _key(spare, int(other) if other.isdigit() else 0, "spare stage"))
    asked: dict[str, list[str]] = {}
    for number, question in (_pair(one, '--ask "2:What would you ask?"') for one in ask or ()):
        asked.setdefault(_key(keys, number), []).append(question)
    for key, questions in asked.items():
        pack = edits.ask(desk, pack, key, questions)
    if audience or length:
        pack = edits.made_again(desk, pack, audience=audience, minutes=minutes_of(length) if length else 0)
    _say_losses(losses)
    _write(pack, to or file.with_suffix(".zip"), form or (), own, pdf=pdf)
    _tell(pack)


def minutes_of(length: str) -> int:
    """The minutes of "90", "90 minutes", "2h", "1 h 30" or "a day". Raises PackError for anything else."""
    from assistant.packs.pack import PackError

    text = length.strip().casefold()
    if text in NAMED_LENGTHS:
        return NAMED_LENGTHS[text]
    found = LENGTH.fullmatch(text)
    if not found or not text or not any(found.groups()):
        raise PackError(f'{length} is not a valid length. Give minutes ("90"), hours ("2h") or "a day".')
    return int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)


def _desk(library: Path | None, settings: Path | None) -> tuple[Desk, Settings]:
    from assistant.assistant import Assistant
    from assistant.packs.desk import Desk

    own = open_settings(settings)
    return Desk(Assistant(open_library(library), own.safety)), own


def _opened(desk: Desk, file: Path) -> tuple[Pack, Sequence[object]]:
    from assistant.packs.pack import PackError
    from assistant.packs.pack_file import opened

    try:
        data = file.read_bytes()
    except OSError as error:
        raise PackError(f"{file} cannot be read ({error.strerror}). Name a pack that this tool saved.") from error
    return opened(desk, data)


def _write(pack: Pack, to: Path, forms: Sequence[str], own: Settings, *, pdf: bool) -> None:
    """Write the ZIP; where it was to hold PDF files and none can be made, say why and write it without."""
    from assistant.packs.files import files_of, with_pdf, zipped
    from assistant.packs.pack import PackError

    made = files_of(pack, forms, own.pack_templates_folder)
    made, why_not = with_pdf(made) if pdf else (made, "")
    data = zipped(pack, made)
    if why_not:
        err.print(styled(why_not), soft_wrap=True)
    try:
        to.write_bytes(data)
    except OSError as error:
        raise PackError(f"{to} cannot be written ({error.strerror}). Name another place with --out.") from error
    out.print(f"{pack.title}: {to}", soft_wrap=True)


def _tell(pack: Pack) -> None:
    """The stages, numbered, with sentences that can be left out; then what stands ready."""
    for number, stage in enumerate(pack.stages, 1):
        marks = ", ".join(m for m in (stage.extract.when, "may be distressing" if stage.extract.distressing else "") if m)
        out.print(styled(f"{number}. {marks}", "bold"), soft_wrap=True)
        for place, sentence in enumerate(stage.extract.sentences):
            left_out = "" if stage.extract.first <= place <= stage.extract.end else " (left out)"
            out.print(f"   {place + 1}  {sentence.text}{left_out}", soft_wrap=True)
        for one in stage.asks:
            out.print(styled(f"      {one.question}", "dim"), soft_wrap=True)
    if pack.spare:
        out.print(styled("Spare stages", "bold"))
    for number, stage in enumerate(pack.spare, 1):
        out.print(f"   {number}  {' '.join(stage.extract.lines)[:100]}", soft_wrap=True)


def _say_losses(losses: Sequence[object]) -> None:
    for loss in losses:
        err.print(styled(str(loss)), soft_wrap=True)


def _as_json(pack: Pack, losses: Sequence[str]) -> dict[str, Any]:
    return {
        "title": pack.title,
        "kind": pack.choice.kind,
        "name": pack.choice.name,
        "audience": pack.audience,
        "minutes": pack.minutes,
        "stages": [
            {
                "when": stage.extract.when,
                "distressing": stage.extract.distressing,
                "citations": [citation.as_json() for citation in stage.extract.citations],
                "questions": [ask.question for ask in stage.asks],
            }
            for stage in pack.stages
        ],
        "losses": list(losses),
    }


def _pair(text: str, example: str) -> tuple[int, str]:
    number, mark, rest = text.partition(":")
    if not mark or not number.strip().isdigit() or not rest.strip():
        _wrong(text, example)
    return int(number), rest.strip()


def _wrong(text: str, example: str) -> int:
    from assistant.packs.pack import PackError

    raise PackError(f"{text} is not understood. Write it like {example}.")


def _key(keys: Sequence[str], number: int, what: str = "stage") -> str:
    from assistant.packs.pack import PackError

    if not 1 <= number <= len(keys):
        raise PackError(f"There is no {what} {number}: this pack has {len(keys)}.")
    return keys[number - 1]


def _file_name(title: str) -> str:
    return "-".join(re.findall(r"\w+", title.casefold()))[:60] or "pack"
