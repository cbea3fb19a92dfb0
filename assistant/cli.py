"""The command line, `reflect`: for people, scripts and measurements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.text import Text

from assistant.doctor import doctor
from assistant.explain import explain
from assistant.intake import Intake, printable
from assistant.library_commands import Name, list_briefings, part, show
from assistant.options import (
    AsJson,
    CrossEncoder,
    Fetch,
    LibraryFolder,
    Model,
    SettingsFile,
    default_folder,
    err,
    open_library,
    open_reranker,
    open_settings,
    out,
)
from assistant.safekeeping import add_rebuild, backup, restore
from knowledge.certificate import lines
from knowledge.embedding import DEFAULT_MODEL
from knowledge.errors import ReflectionError
from knowledge.library import Library
from knowledge.room import finds_no_temporary, temporary_at_fault

FIRST_PORT = 7860
OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
OPEN_TO_ALL = "Everybody who reaches this address may ask, and may change the library. Use --auth to have people sign in."
INTERRUPTED = 130  # what a shell gives for a program that Ctrl-C ended

TakeIn = Callable[..., Iterator[Any]]


def commands(
    take_in: TakeIn, starter: Callable[[], list[Path]], expand: Callable[[Sequence[Path]], list[Path]], serve: Callable[..., None]
) -> typer.Typer:
    """The command line. What lies outside this package is handed in: reading files in, and the page."""
    app = typer.Typer(
        name="reflect",
        help="Learn from reviews of serious child-safeguarding cases, in their own words.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,  # a question stands among them
    )
    _ingest_command(app, take_in, starter, expand)
    add_rebuild(app, take_in)
    _serve_command(app, serve)
    for command in (ask, explain, show, correct, part, withdraw, backup, restore, delete, verify, themes, user, doctor):
        app.command()(command)
    app.command("list")(list_briefings)
    return app


def run(app: typer.Typer, arguments: list[str] | None = None) -> None:
    """Run the command line; what goes wrong is told in one sentence."""
    try:
        app(arguments)
    except (ReflectionError, OSError) as error:
        if isinstance(error, OSError) and not finds_no_temporary(error):
            raise
        told = temporary_at_fault(error) if isinstance(error, OSError) else str(error)
        err.print(Text(printable(told), style="bold red"), soft_wrap=True)
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
            for files, ours in ((expand(paths or []), False), (_wanted(opened, starter()) if starters else [], True)):
                intake.show(take_in(opened, files, starter=ours, password=password), files)
        except KeyboardInterrupt:
            err.print("Stopped. What was finished is kept: the same command goes on from there.", highlight=False)
            raise typer.Exit(INTERRUPTED) from None
        if starters:
            opened.catalogue.set_setting("starters", " ".join(path.name for path in starter()))
        if intake.results and all(result.status == "refused" for result in intake.results):
            raise typer.Exit(1)
        if any(result.status == "added" for result in intake.results):
            from assistant.conversation import Assistant

            Assistant(opened).prepare()


def _wanted(library: Library, files: Iterable[Path]) -> list[Path]:
    """The starter briefings to put in: not those that were offered before and deleted since."""
    offered = set(library.catalogue.setting("starters").split())
    held = {briefing.file_name for briefing in library.briefings()}
    return [path for path in files if path.name in held or path.name not in offered]


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
    from assistant.conversation import Assistant, as_markdown

    if not question and jsonl is None:
        raise typer.BadParameter("Give a question, or a file of questions with --jsonl.")
    contacts = open_settings(settings).contacts
    assistant = Assistant(open_library(library, model), contacts, open_reranker(cross_encoder, fetch=fetch))
    if jsonl is not None:
        for line in _questions(jsonl):
            print(
                json.dumps(answer_as_json(assistant, line["question"], line.get("history", []), line.get("id")), ensure_ascii=False),
                flush=True,
            )
    elif json_:
        print(json.dumps(answer_as_json(assistant, question, [], None), ensure_ascii=False))
    else:
        reply = assistant.reply(question)
        out.print(Markdown(as_markdown(reply)))
        if reply.prompts:
            out.print("\n[bold]Questions to sit with[/]")
        for prompt in reply.prompts:
            raised = f"  [dim]raised by [{prompt.citation + 1}][/]" if prompt.citation is not None else ""
            out.print(f"  {prompt.question}{raised}", highlight=False)


def _questions(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise ReflectionError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry: dict[str, Any] = json.loads(line)
            entry["question"]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ReflectionError(f'{path.name}, line {number} is no question. Give one {{"id", "question", "history"}} a line.') from error
        yield entry


def answer_as_json(assistant: Any, question: str, history: Sequence[str], question_id: str | None) -> dict[str, Any]:
    """The answer in the form of the command line's contract."""
    from assistant.conversation import as_markdown

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
    value: Annotated[str, typer.Argument(help='What is right, or "unknown"; several are parted by commas.')] = "",
    library: LibraryFolder = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the correction back.")] = False,
) -> None:
    """Put a detail right by hand. It is kept apart from what was read, also when the file is replaced."""
    opened = open_library(library)
    briefing = opened.uncorrect(name, field) if undo else opened.correct(name, field, value)
    told = dict(lines(opened.certificate(briefing.id)))[field.strip().lower().replace("_", " ").replace("-", " ")]
    out.print(f"{briefing.file_name}, {field}: {told}", highlight=False, markup=False, soft_wrap=True)


def withdraw(
    name: Name,
    library: LibraryFolder = None,
    who: Annotated[str, typer.Option(help="Who withdraws it.")] = "",
    why: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Keep a briefing out of every answer, visibly withdrawn."""
    briefing = open_library(library).withdraw(name, who=who, why=why)
    out.print(f"{briefing.file_name} is {briefing.withdrawn}.", highlight=False)


def delete(name: Name, library: LibraryFolder = None) -> None:
    """Delete a briefing: its file, its text and its vectors."""
    opened = open_library(library)
    out.print(f"{opened.delete(name).file_name} is deleted.", highlight=False)
    if opened.files.set_aside_files():
        err.print(f"What was set aside in {opened.files.aside} was not looked at: see whether it holds this briefing.", highlight=False)


def verify(
    name: Annotated[str, typer.Argument(help="One briefing; without it, all.")] = "",
    page: Annotated[int | None, typer.Option(min=1, help="With --quote: the sheet the words stand on, counted from 1.")] = None,
    quote: Annotated[str | None, typer.Option(help="Prove these words alone, of the briefing NAME.")] = None,
    library: LibraryFolder = None,
    json_: AsJson = False,
) -> None:
    """Prove every passage, or one quotation: the file is unchanged, the words are on the page, a second reader finds them there."""
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
            print(
                json.dumps(
                    {
                        "document": briefing.file_name,
                        "passages": briefing.passages,
                        "doubts": [{"page": d.page, "why": d.why} for d in doubts],
                    },
                    ensure_ascii=False,
                )
            )
            continue
        out.print(
            f"{briefing.file_name}: {briefing.passages} passages, " + ("all proven." if not doubts else f"{len(doubts)} not proven."),
            highlight=False,
        )
        for doubt in doubts:
            out.print(f"  page {doubt.page}: {doubt.why}" if doubt.page else f"  {doubt.why}", highlight=False)
    if failed:
        raise typer.Exit(1)


def _verify_words(library: Library, name: str, page: int, quote: str, json_: bool) -> None:
    """Tell whether one quotation is proven; exit status 1 where it is not."""
    from knowledge.second_reader import doubts_about_words

    briefing = library.briefing(name)
    doubts = doubts_about_words(library, briefing, page, quote)
    told = [{"page": d.page, "why": d.why} for d in doubts]
    if json_:
        print(json.dumps({"document": briefing.file_name, "page": page, "quote": quote, "doubts": told}, ensure_ascii=False))
    else:
        readers = ", and a second reader finds them there" if briefing.file_name.lower().endswith(".pdf") else ""
        why = " ".join(d.why for d in doubts) or f"proven. The words stand on this page{readers}."
        out.print(f"{briefing.file_name}, page {page}: {why}", highlight=False, markup=False)
    if doubts:
        raise typer.Exit(1)


def themes(json_: AsJson = False, settings: SettingsFile = None) -> None:
    """List the themes, with their questions to sit with."""
    from knowledge.themes import themes as all_themes

    open_settings(settings)
    for theme in all_themes():
        if json_:
            print(json.dumps({"id": theme.id, "name": theme.name, "questions": [q.ask for q in theme.questions]}, ensure_ascii=False))
            continue
        out.print(f"[bold]{theme.name}[/]", highlight=False)
        for question in theme.questions:
            out.print(f"  {question.ask}", highlight=False)


def user(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    accounts: Annotated[Path, typer.Option(help="The file of those who may sign in; it is made where there is none.")],
    role: Annotated[str, typer.Option(help="reader: asks; editor: changes the library as well.")] = "reader",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for, if not given.")] = "",
) -> None:
    """Let somebody sign in to a shared page, or change their password or role."""
    from assistant.accounts import put_user

    put_user(accounts, name, role, password)
    out.print(f"{name} may sign in as {role}: start the page with --auth {accounts}.", highlight=False, markup=False)


def _serve_command(app: typer.Typer, serve: Callable[..., None]) -> None:
    @app.command("serve")
    def serve_page(
        library: LibraryFolder = None,
        host: Annotated[str, typer.Option(help="The address to bind to; 127.0.0.1 keeps it on this machine.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = FIRST_PORT,
        model: Model = DEFAULT_MODEL,
        cross_encoder: CrossEncoder = "",
        fetch: Fetch = False,
        settings: SettingsFile = None,
        auth: Annotated[Path | None, typer.Option(help="A file of people who may sign in, as `reflect user` writes it.")] = None,
    ) -> None:
        """Start the page."""
        from assistant.accounts import read_accounts

        accounts = read_accounts(auth) if auth else None
        if accounts is None and host not in OWN_MACHINE:
            err.print(OPEN_TO_ALL, highlight=False)
        own = open_settings(settings)
        reranker = open_reranker(cross_encoder, fetch=fetch)
        serve(library or default_folder(), host=host, port=port, model=model, reranker=reranker, settings=own, accounts=accounts)
