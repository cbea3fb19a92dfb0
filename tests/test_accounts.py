"""Who may sign in, and what each may do."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.accounts import Accounts, hash_password, password_matches, put_user, remove_user
from assistant.cli.main import commands
from ingest.pipeline import expanded, starter_briefings, steps
from knowledge.errors import SettingsError

LEADS, WORKERS = "harbour lantern seven", "gravel orchid teapot"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An accounts file with an editor and a reader."""
    put_user(tmp_path / "people.toml", "lead", "editor", LEADS)
    put_user(tmp_path / "people.toml", "worker", "reader", WORKERS)
    return tmp_path / "people.toml"


def test_a_password_is_kept_as_a_hash_and_signs_in(file: Path) -> None:
    accounts = Accounts(file)
    assert list(accounts.users()) == ["lead", "worker"]
    assert "lantern" not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0
    person = accounts.verify("lead", LEADS)
    assert person is not None
    assert person.role == "editor"
    for name, password in (("lead", "harbour lantern"), ("worker", LEADS), ("nobody", ""), ("lead", ""), ("lead", "\ud800")):
        assert accounts.verify(name, password) is None
    assert [accounts.may_edit(name) for name in ("lead", "worker", "nobody", None)] == [True, False, False, False]


def test_the_hash_is_argon2id_with_at_least_what_owasp_asks(file: Path) -> None:
    kept = Accounts(file).users()["lead"].password
    assert kept.startswith("$argon2id$v=19$")
    values = dict(pair.split("=") for pair in kept.split("$")[3].split(","))
    assert int(values["m"]) >= 19 * 1024
    assert int(values["t"]) >= 2
    one, other = hash_password(LEADS), hash_password(LEADS)
    assert one != other
    assert password_matches(LEADS, one)
    assert not password_matches(LEADS, "$argon2id$nonsense")


def test_a_password_of_an_earlier_version_still_signs_in(tmp_path: Path) -> None:
    salt = os.urandom(16)
    key = hashlib.scrypt(LEADS.encode(), salt=salt, n=2**14, r=8, p=1, maxmem=2**26)
    kept = "$".join(["scrypt", str(2**14), "8", "1", base64.b64encode(salt).decode(), base64.b64encode(key).decode()])
    (tmp_path / "people.toml").write_text(f'[[user]]\nname = "lead"\nrole = "editor"\npassword = "{kept}"\n', "utf-8")
    accounts = Accounts(tmp_path / "people.toml")
    assert accounts.verify("lead", LEADS) is not None
    assert accounts.verify("lead", WORKERS) is None


def test_the_same_name_again_changes_password_and_role(file: Path) -> None:
    accounts = Accounts(file)
    put_user(file, "worker", "editor", "another orchid window")
    assert accounts.may_edit("worker")  # the file is looked at again by itself
    assert accounts.verify("worker", WORKERS) is None
    assert accounts.verify("worker", "another orchid window") is not None


def test_who_is_removed_is_unknown_at_once(file: Path) -> None:
    accounts = Accounts(file)
    assert accounts.verify("worker", WORKERS) is not None
    remove_user(file, "worker")
    assert accounts.verify("worker", WORKERS) is None
    assert accounts.user("worker") is None
    with pytest.raises(SettingsError, match=r"people\.toml has no user worker"):
        remove_user(file, "worker")


def test_nobody_is_known_while_the_file_has_a_mistake(file: Path) -> None:
    accounts = Accounts(file)
    right = file.read_text("utf-8")
    file.write_text(right.replace('role = "editor"', 'role = "boss"'), "utf-8")
    assert accounts.verify("lead", LEADS) is None
    assert accounts.user("worker") is None
    assert "line 3" in accounts.mistake
    file.write_text(right, "utf-8")
    assert accounts.verify("lead", LEADS) is not None
    assert accounts.mistake == ""


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "12 to 128"),
        ("x" * 129, "12 to 128"),
        ("password1234", "too easy to guess"),
        ("qwertyuiop12", "too easy to guess"),
        ("leadleadlead", "too easy to guess"),
        ("aaaaaaaaaaaaaa", "too easy to guess"),
    ],
)
def test_a_weak_password_is_refused(tmp_path: Path, password: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as raised:
        put_user(tmp_path / "people.toml", "lead", "reader", password)
    assert password not in str(raised.value)
    assert not (tmp_path / "people.toml").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[[user]]\nname = "a"\nrole = "boss"\npassword = "$argon2id$"',
            "line 3: .boss. is not known for role. Choose one of .reader. or .editor.",
        ),
        ('[[user]]\nname = "a"\nrole = "reader"\npassword = "plain"', "line 4: .*`reflect user`"),
        ('[[user]]\nnam = "a"', "line 2: .*nam.*Did you mean name"),
        ("", "this file has no users"),
        (2 * '[[user]]\nname = "a"\nrole = "reader"\npassword = "$argon2id$"\n', "line 6: a is in this file twice"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "people.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=told):
        Accounts(tmp_path / "people.toml")


def test_the_command_line_asks_for_the_password_refuses_a_short_one_and_removes(tmp_path: Path) -> None:
    app = commands(steps, starter_briefings, expanded, lambda *_: None)
    file = tmp_path / "people.toml"
    short = CliRunner().invoke(app, ["user", "lead", "--accounts", str(file)], input="short\nshort\n")
    assert short.exit_code == 2
    assert "12 to 128" in " ".join(short.output.split())
    assert not file.exists()
    for name in ("lead", "worker"):
        made = CliRunner().invoke(app, ["user", name, "--role", "editor", "--accounts", str(file)], input=f"{LEADS}\n{LEADS}\n")
        assert made.exit_code == 0, made.output
        assert "harbour" not in made.output
    assert Accounts(file).may_edit("lead")
    gone = CliRunner().invoke(app, ["user", "lead", "--remove", "--accounts", str(file)])
    assert gone.exit_code == 0, gone.output
    assert list(Accounts(file).users()) == ["worker"]


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_a_page_that_is_open_to_all_says_so(tmp_path: Path, host: str, warned: bool) -> None:
    app = commands(steps, starter_briefings, expanded, lambda *_, **__: None)
    ran = CliRunner().invoke(app, ["serve", "--host", host, "--library", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    assert ("change the library. Use --auth" in " ".join(ran.output.split())) is warned
