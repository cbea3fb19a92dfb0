"""Who may sign in to a shared page, and what each may do: readers ask, editors change the library as well.

They stand in one TOML file, which `reflect user` writes. Passwords are kept as scrypt hashes (RFC 7914) with a salt each.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SettingsError
from knowledge.toml_file import TomlFile

ROLES = ("reader", "editor")
COST, BLOCK, PARALLEL = 2**14, 8, 1  # some 50 ms and 16 MB a try
SALT = 16  # bytes
SHORTEST = 10  # letters of a password
NAME = re.compile(r"[\w.@-]{1,60}")
ENTRY = '[[user]]\nname = "{name}"\nrole = "{role}"\npassword = "{password}"\n'


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in; `password` is a hash (see `hashed`)."""

    name: str
    role: str
    password: str


class Accounts:
    """The people of an accounts file."""

    def __init__(self, users: tuple[User, ...]) -> None:
        self._users = {user.name: user for user in users}
        self._nobody = hashed(base64.b64encode(os.urandom(SALT)).decode())

    @property
    def names(self) -> tuple[str, ...]:
        """Everyone's names."""
        return tuple(self._users)

    def signs_in(self, name: str, password: str) -> bool:
        """Whether this is the person's password. It takes as long for a name that nobody has."""
        user = self._users.get(name)
        right = matches(password, user.password if user else self._nobody)
        return right and user is not None

    def may_edit(self, name: str | None) -> bool:
        """Whether this person may change the library."""
        user = self._users.get(name or "")
        return user is not None and user.role == "editor"


def read_accounts(path: Path) -> Accounts:
    """The people in a file. Raises SettingsError that names the line that is wrong, or says that nobody stands in it."""
    file = TomlFile(path)
    file.only(file.data, ("user",))
    users = []
    for number, entry in enumerate(file.data.get("user", []), 1):
        file.only(entry, ("name", "role", "password"), "user", number)
        if entry.get("role") not in ROLES:
            file.wrong(f"role must be one of {', '.join(ROLES)}.", "user", number, "role")
        if not NAME.fullmatch(str(entry.get("name", ""))) or not str(entry.get("password", "")).startswith("scrypt$"):
            file.wrong("this [[user]] needs a name and a password as `reflect user` writes it.", "user", number)
        users.append(User(entry["name"], entry["role"], entry["password"]))
    if not users:
        file.wrong("nobody stands in this file. Add somebody with `reflect user NAME --accounts FILE`.")
    return Accounts(tuple(users))


def put_user(path: Path, name: str, role: str, password: str) -> None:
    """Write a person into the file, in place of an entry of the same name. Raises SettingsError where that cannot be."""
    if not NAME.fullmatch(name):
        raise SettingsError(f"{name} cannot be a name to sign in with. Use letters, digits, and . - _ @ alone.")
    if role not in ROLES:
        raise SettingsError(f"{role} is no role. Choose one of {', '.join(ROLES)}.")
    if len(password) < SHORTEST:
        raise SettingsError(
            f"That password is too short. Take {SHORTEST} letters or more, such as three words that do not belong together."
        )
    others = [] if not path.exists() else [e for e in TomlFile(path).data.get("user", []) if e.get("name") != name]
    entries = [ENTRY.format(**entry) for entry in [*others, {"name": name, "role": role, "password": hashed(password)}]]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(path.name + ".new")
        made.touch(mode=0o600)
        made.write_text("\n".join(entries), "utf-8")
        made.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}). Check the folder.") from error


def hashed(password: str) -> str:
    """The password as it is kept: "scrypt$cost$block$parallel$salt$hash", the last two in base64."""
    salt = os.urandom(SALT)
    parts = (salt, _key(password, salt, COST, BLOCK, PARALLEL))
    return "$".join(["scrypt", str(COST), str(BLOCK), str(PARALLEL), *(base64.b64encode(part).decode() for part in parts)])


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept."""
    try:
        _, cost, block, parallel, salt, key = kept.split("$")
        found = _key(password, base64.b64decode(salt), int(cost), int(block), int(parallel))
        return hmac.compare_digest(found, base64.b64decode(key))
    except ValueError:
        return False


def _key(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=2**26)
