"""Signing in and staying signed in: cookies, growing waits, time-outs, changed people, and whose an open page is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event

import pytest

from assistant.accounts import put_user, remove_user
from assistant.page.attempts import FREE_TRIES, FREE_TRIES_OF_ADDRESS, FREE_TRIES_OF_NAME, NAME_WAIT, TOLD_AGAIN, Attempts
from tests.page.caller import Caller
from tests.page.driving import QUIET
from tests.page.shared_page import PEOPLE, Clock, Shared, shared_page

pytestmark = QUIET
MINUTE = 60.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_page(tmp_path_factory.mktemp("signin"), idle=30 * MINUTE, longest=8 * 60 * MINUTE) as page:
        yield page


@pytest.fixture
def page(served: Shared) -> Shared:
    """The page, an hour after whatever the test before did: failures are forgotten, people signed out."""
    served.clock.now += 10 * 3600
    for name, (role, password) in PEOPLE.items():
        put_user(served.people, name, role, password)
    return served


def test_the_cookie_is_for_this_page_alone(page: Shared) -> None:
    with page.client() as nobody:
        cookie = page.sign_in(nobody, "worker").headers["set-cookie"]
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Secure" not in cookie  # plain HTTP; behind TLS see below
        assert "Domain" not in cookie
        over_tls = page.sign_in(nobody, "worker", headers={"x-forwarded-proto": "https"}).headers["set-cookie"]
        assert over_tls.startswith("__Host-")
        assert "Secure" in over_tls


def test_a_word_too_much_is_refused_alike_for_names_that_exist_and_others(page: Shared) -> None:
    with page.client() as nobody:
        answers = [
            page.sign_in(nobody, "worker", "wrong"),
            page.sign_in(nobody, "nobody at all", "wrong"),
            page.sign_in(nobody, "", "x" * 900),
        ]
    assert [a.status_code for a in answers] == [401, 401, 401]
    assert len({a.text for a in answers}) == 1


def test_tries_wait_longer_and_longer_and_the_right_password_has_to_wait_too(page: Shared) -> None:
    with page.client() as nobody:
        for _ in range(FREE_TRIES):
            assert page.sign_in(nobody, "worker", "wrong").status_code == 401
        waits = []
        for _ in range(4):
            held = page.sign_in(nobody, "worker")
            assert held.status_code == 429
            waits.append(int(held.headers["retry-after"]))
            page.clock.now += waits[-1]
            assert page.sign_in(nobody, "worker", "wrong").status_code == 401
        assert waits == [2, 4, 8, 16]
        assert "Wait 32 seconds" in page.sign_in(nobody, "worker").json()["told"]
        page.clock.now += 32
        assert page.sign_in(nobody, "worker").status_code == 200
        assert page.sign_in(nobody, "worker").status_code == 200


def test_nobody_is_shut_out_for_long_by_somebody_who_only_knows_the_name() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for n in range(5000):
        attempts.failed("lead", f"192.0.2.{n % 250}")
    assert 0 < attempts.wait("lead", "198.51.100.1") <= NAME_WAIT
    clock.now += NAME_WAIT
    assert attempts.wait("lead", "198.51.100.1") == 0


def test_many_names_from_one_address_wait_as_well() -> None:
    attempts = Attempts(Clock())
    for n in range(FREE_TRIES_OF_ADDRESS):
        assert attempts.wait(f"name{n}", "192.0.2.1") == 0
        attempts.failed(f"name{n}", "192.0.2.1")
    assert attempts.wait("another", "192.0.2.1") > 0
    assert attempts.wait("another", "192.0.2.2") == 0
    assert FREE_TRIES < FREE_TRIES_OF_NAME < FREE_TRIES_OF_ADDRESS


def test_a_flood_of_tries_is_held_back_and_does_not_flood_the_log(page: Shared) -> None:
    with page.client() as nobody:
        for n in range(FREE_TRIES_OF_ADDRESS):
            assert page.sign_in(nobody, f"name{n}", "wrong").status_code == 401
        before = len(page.logged())
        assert {page.sign_in(nobody, f"name{n}", "wrong").status_code for n in range(50)} == {429}
        page.clock.now += TOLD_AGAIN  # the wait for this address is shorter: this try is looked at, the next one is not
        assert page.sign_in(nobody, "another", "wrong").status_code == 401
        assert page.sign_in(nobody, "another", "wrong").status_code == 429
    lines = [json.loads(line) for line in page.logged()[before:].splitlines()]
    assert [(line["event"], line.get("tries")) for line in lines] == [
        ("sign-in refused: too many tries", "1"),
        ("sign-in refused", None),
        ("sign-in refused: too many tries", "50"),
    ]


def test_what_happened_is_in_the_log_with_who_and_when_and_no_word_of_a_secret(page: Shared) -> None:
    before = len(page.logged())
    with page.client() as nobody:
        page.sign_in(nobody, "worker", "a secret guess")
        page.sign_in(nobody, "my password typed as a name", "x")
        page.sign_in(nobody, "worker")
        nobody.post("/gradio_api/upload")
        nobody.post("/sign-out")
    lines = [json.loads(line) for line in page.logged()[before:].splitlines()]
    assert [(line["event"], line.get("who", "")) for line in lines] == [
        ("sign-in refused", "worker"),
        ("sign-in refused", ""),
        ("signed in", "worker"),
        ("not allowed", "worker"),
        ("signed out", "worker"),
    ]
    assert all(line["address"] == "127.0.0.1" and line["at"].startswith("20") for line in lines)
    for secret in ("secret guess", "typed as a name", PEOPLE["worker"][1]):
        assert secret not in page.logged()
    assert page.log.path.stat().st_mode & 0o077 == 0


def test_who_does_nothing_is_signed_out_and_what_the_page_asks_by_itself_does_not_count(page: Shared) -> None:
    with page.client("worker") as person:
        for _ in range(3):
            page.clock.now += 20 * MINUTE
            assert person.post("/look/active").status_code == 204  # somebody types
        for _ in range(3):
            page.clock.now += 9 * MINUTE
            assert person.get("/look/alive").status_code == 204
        page.clock.now += 9 * MINUTE
        assert person.get("/look/alive").status_code == 401
        assert person.get("/files/ashby").status_code == 401
        assert "Sign in" in person.get("/").text


def test_nobody_stays_signed_in_for_ever(page: Shared) -> None:
    with page.client("worker") as person:
        for _ in range(8 * 3):
            page.clock.now += 20 * MINUTE
            last = person.post("/look/active").status_code
            assert last == 204
        page.clock.now += MINUTE
        assert person.post("/look/active").status_code == 401


def test_a_person_who_is_removed_changed_or_made_a_reader_is_so_at_once(page: Shared) -> None:
    with page.client("lead") as lead, page.client("worker") as worker, page.client("other") as other:
        assert lead.post("/gradio_api/upload", files={"files": ("a.txt", b"words")}).status_code == 200
        put_user(page.people, "worker", "reader", "quite another teapot")
        remove_user(page.people, "other")
        text = page.people.read_text("utf-8")
        page.people.write_text(text.replace('name = "lead"\nrole = "editor"', 'name = "lead"\nrole = "reader"'), "utf-8")
        assert lead.post("/gradio_api/upload", files={"files": ("a.txt", b"words")}).status_code == 403
        assert lead.get("/files/ashby").status_code == 200  # still signed in, as a reader
        assert worker.get("/look/alive").status_code == 401
        assert other.get("/look/alive").status_code == 401


def test_who_knows_the_password_changes_it_and_other_browsers_are_signed_out(page: Shared) -> None:
    new = "walnut ferry cobweb"
    with page.client("worker") as here, page.client("worker") as elsewhere:
        assert "Repeat new password" in here.get("/password").text

        def change(now: str, chosen: str, again: str) -> tuple[int, str]:
            answer = here.post("/password", data={"password": now, "new": chosen, "again": again})
            return answer.status_code, answer.json().get("told", "")

        now = PEOPLE["worker"][1]
        assert change("wrong", new, new) == (422, "The current password is incorrect. Try again.")
        assert change(now, new, new + "s")[0] == 422
        assert "too easy to guess" in change(now, "password1234", "password1234")[1]
        assert elsewhere.get("/look/alive").status_code == 204
        assert change(now, new, new)[0] == 200
        assert here.get("/look/alive").status_code == 204
        assert elsewhere.get("/look/alive").status_code == 401
        assert page.sign_in(elsewhere, "worker").status_code == 401
        assert page.sign_in(elsewhere, "worker", new).status_code == 200
    assert "password changed" in page.logged()
    assert new not in page.logged()


def test_nobody_is_in_while_the_accounts_file_has_a_mistake(page: Shared) -> None:
    with page.client("lead") as lead:
        text = page.people.read_text("utf-8")
        page.people.write_text(text + "\n[[user]]\nname = 7\n", "utf-8")
        assert lead.get("/look/alive").status_code == 401
        held = page.sign_in(lead, "lead")
        assert held.status_code == 503
        assert "list of users has a mistake" in held.json()["told"]
        page.people.write_text(text, "utf-8")
        assert page.sign_in(lead, "lead").status_code == 200
    assert "accounts file has a mistake" in page.logged()


def test_an_open_page_belongs_to_the_browser_that_opened_it_and_goes_when_it_signs_out(page: Shared) -> None:
    with Caller(page.address, "worker", PEOPLE["worker"][1]) as caller:
        assert "What reviews say" in caller.ask("What about fathers?")
        with page.client("lead") as lead, page.client("worker") as elsewhere:
            for other in (lead, elsewhere):
                query = {"session_hash": caller.session}
                assert other.get("/gradio_api/queue/data", params=query).status_code == 403
                assert other.get(f"/gradio_api/heartbeat/{caller.session}").status_code == 403
                body = {"data": ["a", None, None, ""], "fn_index": 0, "trigger_id": 1, **query}
                assert other.post("/gradio_api/queue/join", json=body).status_code == 403
        assert caller.session in kept(page)
        caller.http.post("sign-out")
        assert caller.join().status_code == 401
    gone(page, caller.session)
    with page.client("lead") as lead:  # a new page under the same name holds nothing of the old one
        body = {"data": ["What about fathers?", None, None, ""], "fn_index": 0, "trigger_id": 1, "session_hash": caller.session}
        assert lead.post("/gradio_api/queue/join", json=body).status_code == 200
        assert "What reviews say" in lead.get("/gradio_api/queue/data", params={"session_hash": caller.session}).text


def kept(page: Shared) -> set[str]:
    """Every open page that the server keeps anything of."""
    gradio, queue = page.served.gradio, page.served.gradio.get_blocks()._queue
    return {*gradio.state_holder.session_data, *queue.pending_messages_per_session, *queue.pending_event_ids_session}


def gone(page: Shared, session: str) -> None:
    """Wait until the server has dropped a page; it looks each second."""
    waiting = Event()
    for _ in range(100):
        if session not in kept(page):
            return
        waiting.wait(0.1)
    raise AssertionError("the page is still kept")


def test_a_page_that_is_closed_goes_and_one_that_is_lost_goes_after_a_while(page: Shared) -> None:
    with Caller(page.address, "worker", PEOPLE["worker"][1]) as closed, Caller(page.address, "worker", PEOPLE["worker"][1]) as lost:
        for caller in (closed, lost):
            caller.ask("What about fathers?")
        with page.client("lead") as other:
            other.post("/look/left", content=lost.session)  # somebody else cannot close it
        closed.http.post("look/left", content=closed.session)
        gone(page, closed.session)
        assert lost.session in kept(page)
        page.clock.now += 121
        gone(page, lost.session)
