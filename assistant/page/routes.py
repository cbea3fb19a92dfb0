"""Every address that the page answers, with who may call it; whatever is not listed here is not there (404)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

KB, MB = 1024, 1024**2
GET, POST = ("GET", "HEAD"), ("POST",)
API = "/gradio_api"


class Who(Enum):
    """Who may call an address where people sign in; where they do not, everybody is an editor."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    EDITOR = "editor"


class Body(Enum):
    """What a call carries, and how it is checked before it is passed on."""

    NONE = "nothing"
    FORM = "a form"
    FILES = "files"
    EVENT = "an event of the page, in JSON"
    SERVER_CALL = "a call of one of the page's functions, in JSON"


@dataclass(frozen=True, slots=True)
class Rule:
    """An address and what holds for it.

    `most` is the bytes that a body may have. `uses` says that it shows a person at work, which keeps them signed in; `navigated`
    that a link on another site may lead there. A group `session` in the pattern, or a parameter `session_hash`, names a
    session of the page.
    """

    pattern: str
    methods: tuple[str, ...] = GET
    who: Who = Who.SIGNED_IN
    body: Body = Body.NONE
    most: int = 0
    uses: bool = True
    navigated: bool = False


SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/password"
ALIVE, ACTIVE, LEFT = "/look/alive", "/look/active", "/look/left"
ANSWERS = API + "/queue/data"
HEARTBEAT = API + r"/heartbeat/(?P<session>[A-Za-z0-9]{4,64})"
RULES = (
    Rule("/", who=Who.ANYBODY, navigated=True),
    Rule(r"/favicon\.ico|/robots\.txt", who=Who.ANYBODY, uses=False),
    Rule(r"/look/(?:style\.css|signin\.js|fonts/[\w.-]+)", who=Who.ANYBODY, uses=False),
    Rule(SIGN_IN, POST, Who.ANYBODY, Body.FORM, 4 * KB, uses=False),
    Rule(SIGN_OUT, POST, Who.ANYBODY, Body.FORM, 4 * KB, uses=False),
    Rule(PASSWORD),
    Rule(PASSWORD, POST, body=Body.FORM, most=4 * KB),
    Rule(ALIVE, uses=False),
    Rule(ACTIVE, POST, body=Body.FORM, most=KB),
    Rule(LEFT, POST, body=Body.FORM, most=KB, uses=False),
    Rule(r"/look/[a-z]+\.js", uses=False),
    Rule(r"/files/(?P<briefing>[^/]+)"),
    # Gradio's: its own files, and the calls that the page makes of it.
    Rule(r"/(?:assets|static|svelte)/.+|/theme\.css|/manifest\.json|/pwa_icon(?:/\d+)?|/gradio_api/theme\.css", uses=False),
    Rule(API + "/queue/join", POST, body=Body.EVENT, most=512 * KB),
    Rule(ANSWERS, uses=False),
    Rule(API + "/component_server/?", POST, body=Body.SERVER_CALL, most=16 * MB),
    Rule(API + "/upload", POST, Who.EDITOR, Body.FILES, 500 * MB),
    Rule(API + "/upload_progress", who=Who.EDITOR, uses=False),
    Rule(HEARTBEAT, uses=False),
)


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    return tuple((re.compile(rule.pattern), rule) for rule in RULES)


def rule_for(method: str, path: str) -> tuple[Rule, dict[str, str]] | None:
    """The rule for a call, with what the path names; None where there is no such address."""
    for pattern, rule in _compiled():
        if method in rule.methods and (found := pattern.fullmatch(path)):
            return rule, {name: value for name, value in found.groupdict().items() if value}
    return None
