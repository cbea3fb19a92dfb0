"""The pages on which people sign in and change their password: our own, as Gradio's has no title and no heading."""

from __future__ import annotations

from assistant.page.welcome import TITLE

PAGE = """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{name} – {title}</title>
<link rel="stylesheet" href="look/style.css"><script src="look/signin.js" defer></script></head>
<body class="sign-in">
<main>
<h1>{title}</h1>
<p>{about}</p>
<form action="{to}" method="post">
<p id="refused" class="refused" role="alert"></p>
{boxes}
<p><button class="action">{name}</button></p>
</form>
{after}</main>
</body>
</html>
"""
NAME_BOX = """<p><label for="name">Name</label><input id="name" name="username" autocomplete="username" autocapitalize="none"
spellcheck="false" required autofocus></p>"""
BOX = """<p><label for="{id}">{label}</label><input id="{id}" name="{name}" type="password" autocomplete="{fills}" maxlength="128"
required></p>"""


def _box(number: int, name: str, label: str, fills: str) -> str:
    return BOX.format(id=f"word-{number}", name=name, label=label, fills=fills)


SIGN_IN_PAGE = PAGE.format(
    title=TITLE,
    name="Sign in",
    about="Sign in to read and to ask. If you have no name and password, ask whoever runs this page.",
    to="sign-in",
    boxes=f"{NAME_BOX}\n{_box(1, 'password', 'Password', 'current-password')}",
    after="",
)
PASSWORD_PAGE = PAGE.format(
    title=TITLE,
    name="Change password",
    about="A password has 12 characters or more. Three or four unrelated words make a good one. Other browsers in which you are signed in "
    "will be signed out.",
    to="password",
    boxes="\n".join(
        (
            _box(1, "password", "Current password", "current-password"),
            _box(2, "new", "New password", "new-password"),
            _box(3, "again", "New password once more", "new-password"),
        )
    ),
    after='<p><a href="./">Back to the page</a></p>\n',
)
