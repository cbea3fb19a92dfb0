"""Who may sign in, and what each may do."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.accounts import hashed, matches, put_user, read_accounts
from assistant.cli import commands
from ingest.pipeline import expanded, starter_briefings, steps
from knowledge.errors import SettingsError


def test_a_password_is_kept_as_a_hash_and_signs_in(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    put_user(file, "lead", "editor", "harbour lantern seven")
    put_user(file, "worker", "reader", "another long password")
    accounts = read_accounts(file)
    assert accounts.names == ("lead", "worker")
    assert "lantern" not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0
    assert accounts.signs_in("lead", "harbour lantern seven")
    for name, password in (("lead", "harbour lantern"), ("worker", "harbour lantern seven"), ("nobody", ""), ("lead", "")):
        assert not accounts.signs_in(name, password)
    assert [accounts.may_edit(name) for name in ("lead", "worker", "nobody", None)] == [True, False, False, False]


def test_the_same_name_again_changes_password_and_role(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    put_user(file, "lead", "reader", "harbour lantern seven")
    put_user(file, "lead", "editor", "a newer password here")
    accounts = read_accounts(file)
    assert accounts.names == ("lead",)
    assert accounts.may_edit("lead")
    assert not accounts.signs_in("lead", "harbour lantern seven")


def test_two_of_one_password_are_kept_differently() -> None:
    one, other = hashed("harbour lantern seven"), hashed("harbour lantern seven")
    assert one != other
    assert matches("harbour lantern seven", one)
    assert not matches("harbour lantern seven", "scrypt$nonsense")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[user]]\nname = "a"\nrole = "boss"\npassword = "scrypt$"', "line 3: role must be one of reader, editor"),
        ('[[user]]\nname = "a"\nrole = "reader"\npassword = "plain"', "line 1: .*`reflect user`"),
        ('[[user]]\nnam = "a"', "line 2: nam is nothing that is known here. Did you mean name"),
        ("", "nobody stands in this file"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "people.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=told):
        read_accounts(tmp_path / "people.toml")


def test_the_command_line_asks_for_the_password_and_refuses_a_short_one(tmp_path: Path) -> None:
    app = commands(steps, starter_briefings, expanded, lambda *_: None)
    file = tmp_path / "people.toml"
    short = CliRunner().invoke(app, ["user", "lead", "--accounts", str(file)], input="short\nshort\n")
    assert "too short" in str(short.exception) + short.output
    assert not file.exists()
    made = CliRunner().invoke(
        app, ["user", "lead", "--role", "editor", "--accounts", str(file)], input="harbour lantern\nharbour lantern\n"
    )
    assert made.exit_code == 0, made.output
    assert "harbour" not in made.output
    assert read_accounts(file).may_edit("lead")


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_a_page_that_is_open_to_all_says_so(tmp_path: Path, host: str, warned: bool) -> None:
    app = commands(steps, starter_briefings, expanded, lambda *_, **__: None)
    ran = CliRunner().invoke(app, ["serve", "--host", host, "--library", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    assert ("may change the library. Use --auth" in " ".join(ran.output.split())) is warned
