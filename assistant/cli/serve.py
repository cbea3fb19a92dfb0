"""`reflect serve` and `reflect user`: the page, and who may sign in to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import (
    CrossEncoder,
    Fetch,
    LibraryFolder,
    Model,
    SettingsFile,
    default_folder,
    err,
    open_reranker,
    open_settings,
    out,
)
from knowledge.embedding import DEFAULT_MODEL
from knowledge.errors import SettingsError
from knowledge.temporary import uploads_put_away

FIRST_PORT = 7860
OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
OPEN_TO_ALL = "Anyone who can reach this address can ask questions and change the library. Use --auth to have people sign in."
Names = Annotated[
    list[str] | None, typer.Option("--name", help="A host name that people open the page by, such as reflect.example.org; may be repeated.")
]
Proxies = Annotated[
    list[str] | None, typer.Option("--proxy", help="The address of a proxy in front of the page; may be repeated. This machine's is known.")
]
IdleMinutes = Annotated[float, typer.Option("--idle-minutes", min=1, help="Sign people out after so many minutes without doing anything.")]
LongestHours = Annotated[float, typer.Option("--longest-hours", min=0.1, help="Sign people out after so many hours in any case.")]


def add_serve_commands(app: typer.Typer, serve: Callable[..., None]) -> None:
    """Add both commands; `serve` starts the page and returns when it is stopped."""

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
        name: Names = None,
        proxy: Proxies = None,
        idle_minutes: IdleMinutes = 30,
        longest_hours: LongestHours = 12,
    ) -> None:
        """Start the page."""
        from assistant.accounts import Accounts
        from assistant.serving import Serving
        from knowledge.security_log import LOG_NAME, SecurityLog

        accounts = Accounts(auth) if auth else None
        if accounts is None and host not in OWN_MACHINE:
            err.print(OPEN_TO_ALL, highlight=False)
        own = open_settings(settings)
        reranker = open_reranker(cross_encoder, fetch=fetch)
        folder = library or default_folder()
        serving = Serving(
            host=host,
            port=port,
            accounts=accounts,
            names=name or (),
            proxies=("127.0.0.1", "::1", *(proxy or ())),
            idle=idle_minutes * 60,
            longest=longest_hours * 3600,
            log=SecurityLog(folder / LOG_NAME),
        )
        with uploads_put_away():
            serve(folder, serving, model=model, reranker=reranker, settings=own)

    app.command()(user)


def user(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    accounts: Annotated[Path, typer.Option(help="The file of those who may sign in; it is made where there is none.")],
    role: Annotated[str, typer.Option(help="reader: asks; editor: changes the library as well.")] = "reader",
    remove: Annotated[bool, typer.Option("--remove", help="Remove this person; a running page signs them out at once.")] = False,
) -> None:
    """Let somebody sign in to a shared page, change their password or role, or remove them."""
    from assistant.accounts import check_name, check_strength, put_user, remove_user

    if remove:
        remove_user(accounts, name)
        out.print(f"{name} can no longer sign in.", highlight=False)
        return
    check_name(name)
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        check_strength(name, password)
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from error
    put_user(accounts, name, role, password)
    out.print(f"{name} can sign in as {role}. Start the page with --auth {accounts}.", highlight=False)
