"""Asks a served page as the page in a browser does, without one: signs in, sends a question, reads the stream until the answer is whole."""

from __future__ import annotations

import json
import secrets
import threading
from types import TracebackType
from typing import Any

import httpx

CONFIG = "window.gradio_config = "


class Caller:
    """One open page. `heartbeat` holds the connection that a page holds; close it when done."""

    def __init__(self, address: str, name: str = "", password: str = "", *, heartbeat: bool = False, verify: Any = True) -> None:
        self.http = httpx.Client(base_url=address, timeout=120, verify=verify)
        self.session = secrets.token_hex(6)
        if name:
            self.http.post("sign-in", data={"username": name, "password": password}).raise_for_status()
        page = self.http.get("").raise_for_status().text
        start = page.index(CONFIG) + len(CONFIG)
        self.config: dict[str, Any] = json.JSONDecoder().raw_decode(page[start:])[0]
        self._gone = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)
        if heartbeat:
            self._beating.start()

    def event(self, name: str) -> int:
        """The number of the page's event of this name."""
        return int(next(one["id"] for one in self.config["dependencies"] if one.get("api_name") == name))

    def join(self, **changed: Any) -> httpx.Response:
        """Send a question as the page does, or with something else about it."""
        body = {"data": ["", None, None, ""], "event_data": None, "fn_index": self.event("ask"), "trigger_id": 1}
        return self.http.post("gradio_api/queue/join", json={**body, "session_hash": self.session, **changed})

    def ask(self, question: str) -> str:
        """The answer, as the page is sent it."""
        self.join(data=[question, None, None, ""]).raise_for_status()
        whole = ""
        with self.http.stream("GET", "gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    message = json.loads(line[6:])
                    whole += line
                    if message["msg"] == "process_completed":
                        return whole
        raise AssertionError(f"no answer: {whole[-300:]}")

    def add(self, path: str, name: str) -> httpx.Response:
        """Have the page take a file in: `path` is where the server has it."""
        box = next(one["id"] for one in self.config["components"] if one["props"].get("elem_id") == "upload")
        event = next(one for one in self.config["dependencies"] if box in one["inputs"])
        file = {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
        answer = self.join(fn_index=event["id"], data=[[file], *[None] * (len(event["inputs"]) - 1)], trigger_id=box)
        if answer.status_code == 200:
            self.http.get("gradio_api/queue/data", params={"session_hash": self.session})
        return answer

    def upload(self, name: str, content: bytes) -> httpx.Response:
        """Upload a file and have the page take it in."""
        (path,) = self.http.post("gradio_api/upload", files={"files": (name, content)}).raise_for_status().json()
        return self.add(path, name)

    def close(self) -> None:
        """Close the page."""
        self._gone.set()
        self.http.close()

    def _beat(self) -> None:
        try:
            with self.http.stream("GET", f"gradio_api/heartbeat/{self.session}") as stream:
                for _ in stream.iter_lines():
                    if self._gone.is_set():
                        return
        except (httpx.HTTPError, RuntimeError):
            return

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
