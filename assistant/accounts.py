"""Who may sign in to a shared page, and what each may do: readers ask, editors change the library as well.

They stand in one TOML file, which `reflect user` writes and a running page reads again as soon as it changes. Passwords are kept as
Argon2id hashes (RFC 9106) with the parameters that the OWASP Password Storage Cheat Sheet gives as its minimum.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from knowledge.errors import SettingsError
from knowledge.toml_file import TomlFile

ROLES = ("reader", "editor")
SHORTEST, LONGEST = 12, 128  # characters of a password
STRONG_ENOUGH = 3  # of zxcvbn's 0 to 4: safe from guessing where each guess is slow
JUDGED = 72  # characters that zxcvbn looks at
NAME = re.compile(r"[\w.@-]{1,60}")
ENTRY = '[[user]]\nname = "{name}"\nrole = "{role}"\npassword = "{password}"\n'
HASHED = ("$argon2id$", "scrypt$")
NOBODY_LEFT = "this file has no users. Add one with `reflect user NAME --accounts FILE`."


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in; `password` is a hash (see `hash_password`)."""

    name: str
    role: str
    password: str


class Accounts:
    """The people of an accounts file, read again whenever the file changes. Safe to use from several threads.

    Where the file cannot be read or has a mistake, nobody is known, so nobody signs in and nobody stays signed in, until it
    is right again; `mistake` says what is wrong.
    """

    def __init__(self, path: Path) -> None:
        """Read the file. Raises SettingsError where it has a mistake."""
        self.path = path
        self.mistake = ""
        self._lock = threading.Lock()
        self._seen = _state_of(path)
        self._users = read_users(path)

    def users(self) -> Mapping[str, User]:
        """Everyone as the file has them now, by name."""
        with self._lock:
            now = _state_of(self.path)
            if now != self._seen:
                try:
                    self._users, self.mistake = read_users(self.path), ""
                except SettingsError as error:
                    self._users, self.mistake = {}, str(error)
                self._seen = now
            return self._users

    def user(self, name: str | None) -> User | None:
        """The person of this name, as the file has them now."""
        return self.users().get(name or "")

    def verify(self, name: str, password: str) -> User | None:
        """The person, where this is their password. It takes as long for a name that nobody has."""
        user = self.user(name)
        right = password_matches(password, user.password if user else _nobody())
        return user if right else None

    def may_edit(self, name: str | None) -> bool:
        """Whether this person may change the library."""
        user = self.user(name)
        return user is not None and user.role == "editor"


def read_users(path: Path) -> dict[str, User]:
    """The people in a file, by name. Raises SettingsError that names the line that is wrong, or says that the file has no users."""
    file = TomlFile(path)
    file.only(file.data, ("user",))
    users: dict[str, User] = {}
    for number, entry in enumerate(file.data.get("user", []), 1):
        file.only(entry, ("name", "role", "password"), "user", number)
        if entry.get("role") not in ROLES:
            file.wrong(f"role must be one of {', '.join(ROLES)}.", "user", number, "role")
        if not NAME.fullmatch(str(entry.get("name", ""))) or not str(entry.get("password", "")).startswith(HASHED):
            file.wrong("this [[user]] needs a name and a password as `reflect user` writes it.", "user", number)
        if entry["name"] in users:
            file.wrong(f"{entry['name']} is in this file twice. Remove one of the two entries.", "user", number, "name")
        users[entry["name"]] = User(entry["name"], entry["role"], entry["password"])
    if not users:
        file.wrong(NOBODY_LEFT)
    return users


def put_user(path: Path, name: str, role: str, password: str) -> None:
    """Write a person into the file, in place of an entry of the same name. Raises SettingsError where that cannot be."""
    check_name(name)
    if role not in ROLES:
        raise SettingsError(f"{role} is not a role. Choose one of {', '.join(ROLES)}.")
    check_strength(name, password)
    kept = [e for e in _entries(path) if e.get("name") != name]
    _write(path, [*kept, {"name": name, "role": role, "password": hash_password(password)}])


def remove_user(path: Path, name: str) -> None:
    """Take a person out of the file: a running page signs them out at once. Raises SettingsError where they are not in it."""
    entries = _entries(path)
    kept = [e for e in entries if e.get("name") != name]
    if len(kept) == len(entries):
        raise SettingsError(f"{path.name} has no user {name}. Check the name.")
    _write(path, kept)


def check_name(name: str) -> None:
    """Refuse a name that nobody can sign in with, with a SettingsError."""
    if not NAME.fullmatch(name):
        raise SettingsError(f"{name} cannot be a name to sign in with. Use only letters, digits, and . - _ @")


def check_strength(name: str, password: str) -> None:
    """Refuse a password that is short, long, common or easily guessed, with a SettingsError that says why."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise SettingsError(f"A password has {SHORTEST} to {LONGEST} characters. Three or four unrelated words make a good one.")
    judged = zxcvbn(password[:JUDGED], user_inputs=[name])
    if judged["score"] < STRONG_ENOUGH:
        raise SettingsError("That password is too easy to guess. Choose another: three or four unrelated words make a good one.")


def hash_password(password: str) -> str:
    """The password as it is kept: an Argon2id hash with its parameters and a salt of its own."""
    return _hasher().hash(password)


def password_matches(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept."""
    if kept.startswith("scrypt$"):
        return _matches_scrypt(password, kept)
    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


@cache
def _hasher() -> PasswordHasher:
    """OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB of memory, 2 passes, 1 lane; some 30 ms a try."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return hash_password(base64.b64encode(os.urandom(24)).decode())


def _matches_scrypt(password: str, kept: str) -> bool:
    """Files of versions before Argon2id hold "scrypt$cost$block$parallel$salt$hash" (RFC 7914)."""
    try:
        _, cost, block, parallel, salt, key = kept.split("$")
        given = (password.encode(), base64.b64decode(salt))
        found = hashlib.scrypt(given[0], salt=given[1], n=int(cost), r=int(block), p=int(parallel), maxmem=2**26)
        return hmac.compare_digest(found, base64.b64decode(key))
    except ValueError:
        return False


def _entries(path: Path) -> list[dict[str, str]]:
    return list(TomlFile(path).data.get("user", [])) if path.exists() else []


def _write(path: Path, entries: list[dict[str, str]]) -> None:
    """Write the file aside and put it in place in one step; only its owner may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(path.name + ".new")
        made.touch(mode=0o600)
        made.write_text("\n".join(ENTRY.format(**entry) for entry in entries), "utf-8")
        made.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}). Check the folder.") from error


def _state_of(path: Path) -> tuple[int, ...]:
    """What changes when the file does; all zero where it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
