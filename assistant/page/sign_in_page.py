"""The pages on which people sign in and change their password: our own, as Gradio's has no title and no heading."""

from __future__ import annotations

from assistant.page.views import view
from assistant.page.welcome import TITLE

SIGN_IN_PAGE = view(
    "sign_in",
    title=TITLE,
    name="Sign in",
    about="Sign in to read and to ask. If you do not have a name and password, contact your administrator.",
    to="sign-in",
    boxes=[("password", "Password", "current-password")],
)
PASSWORD_PAGE = view(
    "sign_in",
    title=TITLE,
    name="Change password",
    about="Your password must have at least 12 characters. Three or four unrelated words make a good one. "
    "You will be signed out of any other browsers.",
    to="password",
    boxes=[
        ("password", "Current password", "current-password"),
        ("new", "New password", "new-password"),
        ("again", "Repeat new password", "new-password"),
    ],
)
