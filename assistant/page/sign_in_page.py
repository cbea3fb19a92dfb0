"""The pages on which people sign in and change their password: our own, as Gradio's has no title and no heading."""

from __future__ import annotations

from assistant.page.views import view
from assistant.page.welcome import TITLE

SIGN_IN_PAGE = view(
    "sign_in",
    title=TITLE,
    name="Sign in",
    about="Sign in to read and to ask. If you have no name and password, ask whoever runs this page.",
    to="sign-in",
    boxes=[("password", "Password", "current-password")],
)
PASSWORD_PAGE = view(
    "sign_in",
    title=TITLE,
    name="Change password",
    about="A password has 12 characters or more. Three or four unrelated words make a good one. Other browsers in which you are signed in "
    "will be signed out.",
    to="password",
    boxes=[
        ("password", "Current password", "current-password"),
        ("new", "New password", "new-password"),
        ("again", "New password once more", "new-password"),
    ],
)
