"""The command line, `reflect`: for people, scripts and measurements."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ConfigDict

from assistant.cli.backup import add_rebuild, backup, restore
from assistant.cli.check import ReadText, add_check
from assistant.cli.doctor import add_doctor
from assistant.cli.explain import explain
from assistant.cli.intake import Intake, printable, take_out_older, wanted
from assistant.cli.library import Name, list_briefings, part, passages, show
from assistant.cli.options import (
    AsJson,
    CrossEncoder,
    Fetch,
    LibraryFolder,
    Model,
    SettingsFile,
    close_libraries,
    err,
    open_library,
    open_reranker,
    open_settings,
    out,
    record_change,
)
from assistant.cli.serve import add_serve_commands
from assistant.cli.session import add_session
from assistant.cli.terminal import answer_lines, print_json, styled
from assistant.cli.upgrade import UpgradeOf, add_upgrade
from knowledge.briefing import Briefing
from knowledge.certificate import lines
from knowledge.data_file import Data, load_json_lines
from knowledge.disk_errors import finds_no_temporary, temporary_at_fault
from knowledge.embedding import DEFAULT_MODEL
from knowledge.errors import ReflectionError
from knowledge.library import Library
from knowledge.security_log import Event
from knowledge.temporary import Terminated, put_away_at_the_end

NOT_TEXT = "The text you typed is not valid UTF-8. Type it again, or copy it from `reflect list`."
PACKAGE = "practice-reflection-assistant"
INTERRUPTED = 130  # what a shell gives for a program that Ctrl-C ended

TakeIn = Callable[..., Generator[Any, None, None]]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"reflect {version(PACKAGE)}")
        raise typer.Exit


def commands(
    take_in: TakeIn,
    starter: Callable[[], list[Path]],
    expand: Callable[[Sequence[Path]], list[Path]],
    serve: Callable[..., None],
    upgrade_of: UpgradeOf | None = None,
    read_text: ReadText | None = None,
) -> typer.Typer:
    """The command line. What lies outside this package is handed in: reading files in, the page, and reading in again."""
    app = typer.Typer(
        name="reflect",
        help="Learn from reviews of serious child-safeguarding cases, in their own words.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,  # a question stands among them
        callback=_first,
    )
    _ingest_command(app, take_in, starter, expand)
    add_rebuild(app, take_in)
    if upgrade_of is not None:
        add_upgrade(app, upgrade_of)
    add_doctor(app, upgrade_of)
    if read_text is not None:
        add_check(app, read_text)
    for command in (ask, explain, passages, show, correct, part, withdraw, backup, restore, delete, verify, themes):
        app.command()(command)
    app.command("list")(list_briefings)
    add_session(app)
    add_serve_commands(app, serve)
    return app


def _first(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)] = False,
) -> None:
    context.call_on_close(close_libraries)


def run(app: typer.Typer, arguments: list[str] | None = None) -> None:
    """Run the command line; what goes wrong is told in one sentence."""
    try:
        app(arguments)
    except UnicodeEncodeError:
        err.print(styled(NOT_TEXT, "bold red"), soft_wrap=True)
        raise SystemExit(1) from None
    except (ReflectionError, OSError) as error:
        if isinstance(error, OSError) and not finds_no_temporary(error):
            raise
        told = temporary_at_fault(error) if isinstance(error, OSError) else str(error)
        err.print(styled(printable(told), "bold red"), soft_wrap=True)
        raise SystemExit(1) from None


def _ingest_command(
    app: typer.Typer, take_in: TakeIn, starter: Callable[[], list[Path]], expand: Callable[[Sequence[Path]], list[Path]]
) -> None:
    @app.command()
    def ingest(
        paths: Annotated[list[Path] | None, typer.Argument(help="Files, or folders or ZIPs of files.")] = None,
        library: LibraryFolder = None,
        starters: Annotated[bool, typer.Option("--starter", help="Put in the briefings that come with the product.")] = False,
        password: Annotated[str, typer.Option("--password", help="Opens encrypted files.", show_default=False)] = "",
        json_: AsJson = False,
        model: Model = DEFAULT_MODEL,
    ) -> None:
        """Take briefings into the library: a row per file, added, unchanged, replaced or refused (why)."""
        if not paths and not starters:
            raise typer.BadParameter("Name files or folders to take in, or use --starter.")
        opened = open_library(library, model)
        intake = Intake(out, err, as_json=json_)
        try:
            with put_away_at_the_end():
                for files, ours in ((expand(paths or []), False), (wanted(opened, starter()) if starters else [], True)):
                    intake.show(take_in(opened, files, starter=ours, password=password), files)
        except (KeyboardInterrupt, Terminated) as stopped:
            err.print("Stopped. Finished files are kept. Run the same command again to continue.", highlight=False)
            raise typer.Exit(stopped.status if isinstance(stopped, Terminated) else INTERRUPTED) from None
        _record_taken(opened, intake)
        if starters:
            older = take_out_older(opened, {path.name for path in starter()})
            if older:
                err.print(f"Removed, because an earlier version added them: {', '.join(older)}.", highlight=False, soft_wrap=True)
            opened.catalogue.set_setting("starters", " ".join(path.name for path in starter()))
        if intake.results and all(result.status == "refused" for result in intake.results):
            raise typer.Exit(1)
        if any(result.status == "added" for result in intake.results):
            from assistant.assistant import prepare

            prepare(opened)


def _record_taken(library: Library, intake: Intake) -> None:
    """Write down which briefings came in."""
    events = {"added": Event.ADDED, "replaced": Event.REPLACED}
    taken = [(events[result.status], result.file) for result in intake.results if result.status in events]
    held = {briefing.file_name: briefing.sha256 for briefing in library.briefings()} if taken else {}
    for event, name in taken:
        if name in held:
            record_change(library, event, held[name])


class AskedLine(Data):
    """A line of `ask --jsonl`: a question, with the user's earlier messages; other keys are left alone."""

    model_config = ConfigDict(extra="ignore")

    question: str
    history: tuple[str, ...] = ()
    id: str | int | None = None


def ask(
    question: Annotated[str, typer.Argument(help="A question, in your own words.")] = "",
    library: LibraryFolder = None,
    jsonl: Annotated[Path | None, typer.Option("--jsonl", help='A file with one {"id", "question", "history"} a line.')] = None,
    json_: AsJson = False,
    model: Model = DEFAULT_MODEL,
    cross_encoder: CrossEncoder = "",
    fetch: Fetch = False,
    settings: SettingsFile = None,
) -> None:
    """Ask the library."""
    from assistant.answering.markdown import as_markdown
    from assistant.assistant import Assistant

    if not question and jsonl is None:
        raise typer.BadParameter("Give a question, or a file of questions with --jsonl.")
    safety = open_settings(settings).safety
    assistant = Assistant(open_library(library, model), safety, open_reranker(cross_encoder, fetch=fetch))
    if jsonl is not None:
        for asked in load_json_lines(AskedLine, jsonl):
            print_json(answer_as_json(assistant, asked.question, asked.history, asked.id))
    elif json_:
        print_json(answer_as_json(assistant, question, [], None))
    else:
        reply = assistant.reply(question)
        for part in answer_lines(as_markdown(reply)):
            out.print(part)
        if reply.prompts:
            out.print(styled("\nQuestions to sit with", "bold"))
        for prompt in reply.prompts:
            raised = f"  raised by [{prompt.citation + 1}]" if prompt.citation is not None else ""
            out.print(styled(f"  {prompt.question}").append(raised, "dim"))


def answer_as_json(assistant: Any, question: str, history: Sequence[str], question_id: str | int | None) -> dict[str, Any]:
    """The answer in the form of the command line's contract."""
    from assistant.answering.markdown import as_markdown

    reply = assistant.reply(question, history)
    return {
        "id": question_id,
        "abstained": reply.abstained,
        "notices": [{"kind": notice.kind, "text": notice.text} for notice in reply.notices],
        "answer": as_markdown(reply),
        "citations": [citation.as_json() for citation in reply.citations],
        "prompts": [{"theme": p.theme, "question": p.question, "citation": p.citation} for p in reply.prompts],
        "near": [citation.as_json() for citation in reply.near],
    }


def correct(
    name: Name,
    field: Annotated[str, typer.Argument(help="title, publisher, short_name, date, kind, nation, period, authors, guidance, pseudonyms.")],
    value: Annotated[str, typer.Argument(help='What is right, or "unknown"; separate several with commas.')] = "",
    library: LibraryFolder = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the correction back.")] = False,
) -> None:
    """Correct a detail. The correction is kept apart from what was read, also when the file is replaced."""
    opened = open_library(library)
    briefing = opened.uncorrect(name, field) if undo else opened.correct(name, field, value)
    record_change(opened, Event.CORRECTED, briefing.sha256)
    told = dict(lines(opened.certificate(briefing.id)))[field.strip().lower().replace("_", " ").replace("-", " ")]
    out.print(f"{briefing.file_name}, {field}: {told}", highlight=False, markup=False, soft_wrap=True)


def withdraw(
    name: Name,
    library: LibraryFolder = None,
    who: Annotated[str, typer.Option(help="Who withdraws it.")] = "",
    why: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Keep a briefing out of every answer, visibly withdrawn."""
    opened = open_library(library)
    briefing = opened.withdraw(name, who=who, why=why)
    record_change(opened, Event.WITHDRAWN, briefing.sha256)
    out.print(f"{briefing.file_name} is {briefing.withdrawn}.", highlight=False, soft_wrap=True)


def delete(name: Name, library: LibraryFolder = None) -> None:
    """Delete a briefing: its file, its text and its vectors."""
    opened = open_library(library)
    briefing = opened.delete(name)
    record_change(opened, Event.DELETED, briefing.sha256)
    out.print(f"{briefing.file_name} is deleted.", highlight=False, soft_wrap=True)
    if opened.files.set_aside_files():
        err.print(
            f"Files set aside in {opened.files.aside} were not checked: see whether they contain this briefing.",
            highlight=False,
            soft_wrap=True,  # a path is one word
        )


def verify(
    name: Annotated[str, typer.Argument(help="One briefing; without it, all.")] = "",
    page: Annotated[int | None, typer.Option(min=1, help="With --quote: the file's page that has the words, counted from 1.")] = None,
    quote: Annotated[str | None, typer.Option(help="Check these words alone, of the briefing NAME.")] = None,
    library: LibraryFolder = None,
    json_: AsJson = False,
) -> None:
    """Check every passage, or one quotation: the file is unchanged and, in a PDF, a second reader finds the same words on the page.

    Letters and digits are compared. What both readers may miss, such as ink over a word, only a look at the page can show.
    """
    from knowledge.second_reader import doubts_about

    opened = open_library(library)
    if page is not None or quote is not None:
        if not name or page is None or not (quote or "").strip():
            raise typer.BadParameter('one quotation needs all three: reflect verify NAME --page 2 --quote "the words".')
        _verify_words(opened, name, page, quote or "", json_)
        return
    briefings = [opened.briefing(name)] if name else opened.briefings()
    failed = 0
    for briefing in briefings:
        doubts = doubts_about(opened, briefing)
        failed += len(doubts)
        if json_:
            told = [{"page": d.page, "why": d.why} for d in doubts]
            print_json({"document": briefing.file_name, "passages": briefing.passages, "doubts": told})
            continue
        found = f"{len(doubts)} not confirmed." if doubts else f"all {_confirmed(briefing, 'on their pages')}."
        out.print(f"{briefing.file_name}: {briefing.passages} passages, {found}", highlight=False, soft_wrap=True)
        for doubt in doubts:
            out.print(f"  page {doubt.page}: {doubt.why}" if doubt.page else f"  {doubt.why}", highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def _confirmed(briefing: Briefing, where: str) -> str:
    """What is known of words that are where the catalogue says, in a file that has not changed."""
    if briefing.file_name.lower().endswith(".pdf"):
        return f"found {where} and double-checked"
    return "in the text taken from the file (we can only double-check PDFs)"


def _verify_words(library: Library, name: str, page: int, quote: str, json_: bool) -> None:
    """Tell whether one quotation is proven; exit status 1 where it is not."""
    from knowledge.second_reader import doubts_about_words

    briefing = library.briefing(name)
    doubts = doubts_about_words(library, briefing, page, quote)
    told = [{"page": d.page, "why": d.why} for d in doubts]
    if json_:
        print_json({"document": briefing.file_name, "page": page, "quote": quote, "doubts": told})
    else:
        why = " ".join(d.why for d in doubts) or f"these words are {_confirmed(briefing, 'on the page')}."
        out.print(f"{briefing.file_name}, page {page}: {why}", highlight=False, markup=False, soft_wrap=True)
    if doubts:
        raise typer.Exit(1)


def themes(json_: AsJson = False, settings: SettingsFile = None) -> None:
    """List the themes, with their questions to sit with."""
    from knowledge.themes import themes as all_themes

    open_settings(settings)
    for theme in all_themes():
        if json_:
            print_json({"id": theme.id, "name": theme.name, "questions": [q.ask for q in theme.questions]})
            continue
        out.print(styled(theme.name, "bold"))
        for question in theme.questions:
            out.print(f"  {question.ask}", highlight=False)
