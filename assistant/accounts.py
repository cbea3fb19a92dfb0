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
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import AfterValidator, model_validator
from zxcvbn import zxcvbn

from knowledge.data_file import Data, Mistake, load_toml, refuse_repeats
from knowledge.errors import SettingsError

ROLES = ("reader", "editor")
SHORTEST, LONGEST = 12, 128  # characters of a password
STRONG_ENOUGH = 3  # of zxcvbn's 0 to 4: safe from guessing where each guess is slow
JUDGED = 72  # characters that zxcvbn looks at
NAME = re.compile(r"[\w.@-]{1,60}")
ENTRY = '[[user]]\nname = "{name}"\nrole = "{role}"\npassword = "{password}"\n'
HASHED = ("$argon2id$", "scrypt$")
NOBODY_LEFT = "this file has no users. Add one with `reflect user NAME --accounts FILE`."


def _as_written(kind: Callable[[str], bool]) -> AfterValidator:
    """For what `reflect user` writes: anything else there was changed by hand."""

    def check(text: str) -> str:
        if not kind(text):
            raise Mistake("this [[user]] needs a name and a password as `reflect user` writes it.")
        return text

    return AfterValidator(check)


class User(Data):
    """A person who may sign in; `password` is a hash (see `hash_password`)."""

    name: Annotated[str, _as_written(lambda text: bool(NAME.fullmatch(text)))]
    role: Literal["reader", "editor"]
    password: Annotated[str, _as_written(lambda text: text.startswith(HASHED))]


class People(Data):
    """An accounts file."""

    user: tuple[User, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> People:
        names = [user.name for user in self.user]
        refuse_repeats(names, lambda name: f"{name} is in this file twice. Remove one of the two entries.", lambda n: ("user", n, "name"))
        return self


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
    users = _users(path)
    if not users:
        raise SettingsError(f"{path.name}: {NOBODY_LEFT}")
    return users


def put_user(path: Path, name: str, role: str, password: str) -> None:
    """Write a person into the file, in place of an entry of the same name. Raises SettingsError where that cannot be."""
    check_name(name)
    if role not in ROLES:
        raise SettingsError(f"{role} is not a role. Choose one of {', '.join(ROLES)}.")
    check_strength(name, password)
    others = [user for user in _users(path).values() if user.name != name]
    _write(path, [*others, User.model_validate({"name": name, "role": role, "password": hash_password(password)})])


def remove_user(path: Path, name: str) -> None:
    """Take a person out of the file: a running page signs them out at once. Raises SettingsError where they are not in it."""
    users = _users(path)
    if name not in users:
        raise SettingsError(f"{path.name} has no user {name}. Check the name.")
    _write(path, [user for user in users.values() if user.name != name])


def check_name(name: str) -> None:
    """Refuse a name that nobody can sign in with, with a SettingsError."""
    if not NAME.fullmatch(name):
        raise SettingsError(f"{name} cannot be a name to sign in with. Use only letters, digits, and . - _ @")


def check_strength(name: str, password: str) -> None:
    """Refuse a password that is short, long, common or easily guessed, with a SettingsError that says why."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise SettingsError(f"A password must have {SHORTEST} to {LONGEST} characters. Three or four unrelated words make a good one.")
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


def _users(path: Path) -> dict[str, User]:
    """The people in a file, none where there is no file."""
    return {user.name: user for user in load_toml(People, path).user} if path.exists() else {}


def _write(path: Path, users: Sequence[User]) -> None:
    """Write the file aside and put it in place in one step; only its owner may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(path.name + ".new")
        made.touch(mode=0o600)
        made.write_text("\n".join(ENTRY.format(**user.model_dump()) for user in users), "utf-8")
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
