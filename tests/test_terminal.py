"""The terminal shows titles, names and questions as they stand: none is markup, none steers it, none ends a command."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from assistant.cli.terminal import PlainConsole, answer_lines, as_json_text, styled
from tests import forked
from tests.prepared import prepared

NAME = "odd [bold] \x1b[45m name.md"
TITLE = "Looking back [/x] at [final] :smile: \x1b[45mred\x1b]8;;http://x\x07 \x9b5m \u202eturned **bold** <b>kept</b>"
SHOWN = ("[/x]", "[final]", ":smile:", "**bold**", "<b>kept</b>")


def reflect(library: Path, *arguments: str | bytes, terminal: bool = False) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "400", **({"FORCE_COLOR": "1", "TERM": "xterm-256color"} if terminal else {})}
    return forked.reflect(*arguments, "--library", str(library), env=environment)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A briefing with a hostile title, publisher and name."""
    folder = tmp_path_factory.mktemp("terminal")
    file = folder / NAME
    file.write_text(f"# {TITLE}\n\nNobody [/i] had [bold]asked the grandmother what she had seen, the panel found\x1b[2J.\n", "utf-8")
    ran = reflect(prepared(folder / "library"), "ingest", str(file))
    assert (ran.returncode, steering(ran.stdout + ran.stderr)) == (0, []), ran.stderr
    for field in ("title", "publisher"):
        ran = reflect(folder / "library", "correct", file.name, field, TITLE)
        assert (ran.returncode, steering(ran.stdout + ran.stderr)) == (0, []), ran.stderr
    return folder / "library"


def steering(text: str) -> list[str]:
    """What of the briefing's would steer a terminal."""
    return [sign for sign in ("\x1b[45m", "\x1b]8", "\x07", "\x9b", "\x1b[2J", "\u202e") if sign in text]


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("show", NAME),
        ("ask", "Was the grandmother asked what she had seen? [/x]"),
        ("explain", "Was the grandmother asked what she had seen? [/x]"),
        ("withdraw", NAME, "--who", "[/x]", "--why", "[/x]\x1b[45m"),
        ("restore", NAME),
        ("verify",),
        ("verify", NAME, "--page", "1", "--quote", "[/x]\x1b[45m"),
        ("show", "no [/x] \x1b[45m such"),
        ("ask", "--jsonl", "no [/x] such"),
        ("show", NAME, "--no-such [/x]"),
        ("doctor",),
    ],
    ids=lambda command: " ".join(command)[:24],
)
def test_no_command_reads_a_title_as_markup_or_lets_it_steer_the_terminal(library: Path, command: tuple[str, ...], terminal: bool) -> None:
    ran = reflect(library, *command, terminal=terminal)
    told = ran.stdout + ran.stderr
    assert "Traceback" not in told
    assert ran.returncode in (0, 1, 2)
    assert steering(told) == []
    if command in (("list",), ("show", NAME)):
        assert [sign for sign in SHOWN if sign not in told] == []
    if command[0] in ("ask", "explain") and ran.returncode == 0:
        assert "Nobody [/i] had [bold]asked" in told


def test_bytes_that_are_no_text_are_told_in_a_sentence(library: Path, tmp_path: Path) -> None:
    ran = reflect(library, "show", b"\xff.md")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "holds no briefing named \ufffd.md" in ran.stderr
    assert reflect(library, "withdraw", NAME, "--why", b"\xff why").returncode in (0, 1)
    for command in (("withdraw", NAME, "--why"), ("verify", NAME, "--page", "1", "--quote"), ("correct", NAME, "title"), ("show",)):
        ran = reflect(library, *command, b"bad \xff bytes")
        assert "Traceback" not in ran.stderr
        assert ran.returncode in (0, 1)
    assert reflect(library, "list").returncode == 0
    odd = os.fsencode(tmp_path) + b"/\xffodd.md"
    Path(os.fsdecode(odd)).write_text("# Odd\n\nThe panel found that the plan had not been shared.\n", "utf-8")
    ran = reflect(tmp_path / "library", "ingest", odd, "--json")
    assert [json.loads(line)["file"] for line in ran.stdout.splitlines()] == ["\ufffdodd.md"], ran.stderr
    assert json.loads(reflect(tmp_path / "library", "list", "--json").stdout)["document"] == "\ufffdodd.md"
    asked = reflect(library, "ask", b"Was the \xff grandmother asked?")
    assert (asked.returncode, "Traceback" in asked.stderr) == (0, False)


def printed(*parts: object) -> str:
    console = PlainConsole()
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return captured.get()


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_whatever_a_string_holds_it_is_printed_and_steers_nothing(text: str) -> None:
    table = Table("head")
    table.add_row(text)
    table.add_row(Text(text))
    told = printed(text, Text(text), styled(text, "bold"), table, *answer_lines(f"> {text}\n\n**{text}**"))
    assert not set(told) & {"\x1b", "\x9b", "\x07", "\x7f", "\u202e"}
    told.encode()
    as_json_text(text).encode()
    assert json.loads(as_json_text({"a": text})) == {"a": text}
