"""A receiver on this machine, for tests: answers well, or in one of the ways that go wrong."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Heard:
    """One request, and how it was answered."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    how: str


class Receiver:
    """Listens on a port of this machine, any free one unless it is given, under `tls` when it is
    given. `answers`: ok, fails, redirect, huge or drip; or a function of the body that gives one
    of them."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.heard: list[Heard] = []
        self.answers: object = "ok"
        self._over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # its sender died in the middle of it
                    self.close_connection = True
                    return
                asked = outer.answers
                how = asked(body) if callable(asked) else str(asked)
                outer.heard.append(Heard(self.path, dict(self.headers), body, how))
                outer._answer(self, how)

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, to: BaseHTTPRequestHandler, how: str) -> None:
        try:
            to.send_response({"ok": 200, "fails": 500, "redirect": 302}.get(how, 200))
            if how == "redirect":
                to.send_header("Location", self.url)
            if how not in ("huge", "drip"):
                to.send_header("Content-Length", "2")
            to.end_headers()
            if how == "huge":
                for _ in range(160):
                    to.wfile.write(b"x" * 65536)
            elif how == "drip":
                while not self._over.wait(0.02):
                    to.wfile.write(b"x")
            else:
                to.wfile.write(b"ok")
        except OSError:
            to.close_connection = True  # the client has had enough
