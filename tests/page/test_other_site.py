"""In Chromium, behind nginx with TLS as docs/running.md has it: a page on another site reads nothing and changes nothing."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from playwright.sync_api import Browser, Page, expect

import app
from ingest.pipeline import steps
from tests.browser import ARGUMENTS
from tests.page.conftest import Scripted, ScriptedGuide
from tests.page.driving import QUIET, ask
from tests.page.shared_page import PEOPLE, Shared, shared_page

pytestmark = [*QUIET, pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")]
OWN, EVIL = "reflect.example.org", "evil.example.net"
DOCS = Path(__file__).parents[2] / "docs" / "running.md"
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {documented}
  server {{
    listen {evil_port} ssl; server_name {evil}; ssl_certificate {folder}/evil.pem; ssl_certificate_key {folder}/evil.pem;
    location / {{ default_type text/html; return 200 "<!doctype html><title>elsewhere</title><body></body>"; }}
  }}
}}
"""


@dataclass(frozen=True)
class Behind:
    """The page behind its proxy, and another site beside it."""

    page: Shared
    own: str
    evil: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    for name, host in (("own", OWN), ("evil", EVIL)):
        authority.issue_cert(host).private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
    with shared_page(folder, names=[OWN]) as page:
        own_port, evil_port = free_port(), free_port()
        (example,) = re.findall(r"```nginx\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
        for was, now in (
            ("listen 443", f"listen {own_port}"),
            ("/etc/ssl/reflect.example.org.pem", f"{folder}/own.pem"),
            ("/etc/ssl/reflect.example.org.key", f"{folder}/own.pem"),
            ("127.0.0.1:7860", f"127.0.0.1:{page.served.blocks.server_port}"),
        ):
            assert was in example
            example = example.replace(was, now)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, documented=example, evil=EVIL, evil_port=evil_port), "utf-8")
        subprocess.run(["nginx", "-t", "-c", folder / "nginx.conf"], check=True, capture_output=True)
        proxy = subprocess.Popen(["nginx", "-c", folder / "nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Behind(page, f"https://{OWN}:{own_port}/", f"https://{EVIL}:{evil_port}/")
        finally:
            proxy.terminate()
            proxy.wait(timeout=20)


@pytest.fixture(scope="module")
def mapped(browser: Browser) -> Iterator[Browser]:
    """A browser for which every name is this machine."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    arguments = [*ARGUMENTS, "--host-resolver-rules=MAP * 127.0.0.1"]
    other = browser.browser_type.launch(executable_path=found, args=arguments)
    yield other
    other.close()


@pytest.fixture
def lead(mapped: Browser, behind: Behind) -> Iterator[Page]:
    """An editor who has signed in through the proxy."""
    context = mapped.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 860})
    window = context.new_page()
    for _ in range(50):  # nginx may need a moment
        try:
            window.goto(behind.own)
            break
        except Exception:
            window.wait_for_timeout(100)
    window.get_by_label("Name").fill("lead")
    window.get_by_label("Password").fill(PEOPLE["lead"][1])
    window.get_by_role("button", name="Sign in").click()
    expect(window.locator("#question textarea")).to_be_visible()
    yield window
    context.close()


def test_the_page_works_behind_the_documented_proxy(lead: Page, behind: Behind) -> None:
    ask(lead, "What about fathers?")
    lead.locator("#chat .cite").first.click()
    expect(lead.locator("#source h2")).to_be_visible()
    (cookie,) = lead.context.cookies()
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, True, "Strict", "/")
    assert cookie["name"].startswith("__Host-")
    assert lead.evaluate("document.cookie") == ""
    told = lead.evaluate("fetch('look/alive').then(answer => answer.headers.get('strict-transport-security'))")
    assert "max-age" in told
    assert "127.0.0.1" in behind.page.logged()


TRIED = """async ([own, briefing]) => {
  const said = {};
  const tries = {
    read: [own + "files/" + briefing, {}],
    page: [own, {}],
    join: [own + "gradio_api/queue/join", {method: "POST", headers: {"content-type": "application/json"}, body: "{}"}],
    plain: [own + "gradio_api/component_server/", {method: "POST", headers: {"content-type": "text/plain"},
      body: JSON.stringify({data: {}, component_id: 1, fn_name: "x", session_hash: "abcdef"})}],
    out: [own + "sign-out", {method: "POST"}],
    upload: [own + "gradio_api/upload", {method: "POST", body: new FormData()}],
  };
  for (const [name, [url, how]] of Object.entries(tries)) {
    for (const mode of ["cors", "no-cors"]) {
      try {
        const answer = await fetch(url, {credentials: "include", mode, ...how});
        said[name + " " + mode] = answer.type + " " + answer.status + " " + (await answer.text()).slice(0, 20);
      } catch (error) { said[name + " " + mode] = "failed"; }
    }
  }
  said.image = await new Promise((done) => {
    const image = new Image(); image.onload = () => done("shown"); image.onerror = () => done("failed");
    image.src = own + "look/alive";
  });
  said.frame = await new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
      let seen = "closed";
      try { seen = frame.contentDocument.title || "nothing"; } catch { /* another origin's */ }
      done(seen);
    };
    frame.src = own;
    document.body.append(frame);
  });
  return said;
}"""


SENT_BY_ITSELF = """own => {
  const form = Object.assign(document.createElement("form"), {method: "POST", action: own + "sign-out"});
  document.body.append(form);
  form.submit();
}"""


def test_another_site_gets_nothing_and_changes_nothing(lead: Page, behind: Behind) -> None:
    briefing = behind.page.library.briefings()[0]
    elsewhere = lead.context.new_page()
    elsewhere.goto(behind.evil)
    said: dict[str, Any] = elsewhere.evaluate(TRIED, [behind.own, briefing.id])
    readable = {
        name: what for name, what in said.items() if what not in ("failed", "closed", "nothing") and not what.startswith("opaque 0 ")
    }
    assert readable == {}
    assert behind.page.library.briefing(briefing.id).withdrawn == ""
    # A form that sends itself is a navigation: it reaches the page without the cookie, and is refused.
    elsewhere.evaluate(SENT_BY_ITSELF, behind.own)
    expect(elsewhere.locator("body")).to_contain_text("This is not allowed.")
    assert lead.evaluate("fetch('look/alive').then(answer => answer.status)") == 204  # still signed in
    elsewhere.close()


def test_a_link_from_another_site_leads_in(lead: Page, behind: Behind) -> None:
    elsewhere = lead.context.new_page()
    elsewhere.goto(behind.evil)
    elsewhere.evaluate(
        "own => { const a = document.createElement('a'); a.href = own; a.textContent = 'in'; document.body.append(a); }", behind.own
    )
    elsewhere.get_by_role("link", name="in").click()
    expect(elsewhere.locator("#question textarea")).to_be_visible()
    elsewhere.close()


def test_a_foreign_name_that_leads_to_a_page_on_this_machine_is_refused(mapped: Browser, behind: Behind) -> None:
    from assistant.page import page

    library = behind.page.library
    blocks = page(library, Scripted(library), ScriptedGuide(library), steps)
    served = app.open_page(blocks, library)
    port = blocks.server_port
    window = mapped.new_page()
    window.goto(f"http://rebound.example.net:{port}/")
    expect(window.locator("body")).to_contain_text("cannot be opened at that address")
    status = window.evaluate("fetch('/files/ashby').then(answer => answer.status)")
    assert status == 421
    window.goto(f"http://localhost:{port}/")
    expect(window.locator("#question textarea")).to_be_visible()
    window.close()
    served.close()
