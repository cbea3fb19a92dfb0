"""The page on which people sign in, where a page is shared: our own, as Gradio's has no title, no heading and other words than ours."""

from __future__ import annotations

from assistant.page.first import TITLE

SIGN_IN_PAGE = f"""<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in – {TITLE}</title>
<link rel="stylesheet" href="look/style.css"><script src="look/signin.js" defer></script></head>
<body class="sign-in">
<main>
<h1>{TITLE}</h1>
<p>Sign in to read and to ask. If you have no name and password, ask whoever runs this page.</p>
<form>
<p id="refused" class="refused" role="alert"></p>
<p><label for="name">Name</label><input id="name" name="username" autocomplete="username" autocapitalize="none" spellcheck="false"
required autofocus></p>
<p><label for="word">Password</label><input id="word" name="password" type="password" autocomplete="current-password" required></p>
<p><button class="action">Sign in</button></p>
</form>
</main>
</body>
</html>
"""
