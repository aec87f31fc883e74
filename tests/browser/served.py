"""One page as the site answered it, put where a browser can fetch it, with the files it asks for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

STATIC = Path(__file__).parents[2] / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Shelf(ThreadingHTTPServer):
    """A site of one page, `answer`, at /page."""

    daemon_threads = True
    answer: HttpResponseBase

    @property
    def site(self) -> str:
        """The address of it, as far as a path."""
        return f"http://localhost:{self.server_port}"


class _Hand(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shelf

    def do_GET(self) -> None:
        path = STATIC / self.path.removeprefix("/static/")
        if self.path == "/page":
            self._give(content(self.server.answer), dict(self.server.answer.items()))
        elif path.is_file():
            self._give_file(path)
        elif self.headers["Sec-Fetch-Dest"] == "image":
            # A picture that the site draws for each person: one like it.
            self._give_file(STATIC / "mark.svg")
        else:
            self.send_error(404)

    def _give_file(self, path: Path) -> None:
        self._give(path.read_bytes(), {"Content-Type": KINDS[path.suffix], "Cache-Control": "max-age=3600"})

    def _give(self, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, said in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, said)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def shelf() -> Iterator[Shelf]:
    """Let a browser of this machine fetch one page after the other."""
    with Shelf(("localhost", 0), _Hand) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


def content(answer: HttpResponseBase) -> bytes:
    """Return the whole of a page."""
    assert isinstance(answer, HttpResponse)
    return bytes(answer.content)
