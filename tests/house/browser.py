"""A browser that asks real servers over HTTP, each time the next of those it is given."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from itertools import cycle
from typing import Any, cast
from urllib.parse import urlencode

from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.visitor import Visitor

PATIENCE_SECONDS = 60
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answered:
    """What came back; status 0 where nobody answered."""

    status_code: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Browser:
    """Keeps cookies, and says of its forms what a browser says of them. It sends nothing twice by itself."""

    def __init__(self, *ports: int, address: str = "", patience: float = PATIENCE_SECONDS) -> None:
        self.ports: Iterable[int] = cycle(ports)
        self.patience = patience
        self.cookies: SimpleCookie = SimpleCookie()
        self._said = {"Host": "localhost", **({"X-Forwarded-For": address} if address else {})}

    def get(self, path: str) -> Answered:
        return self._ask("GET", path)

    def post(self, path: str, sent: Mapping[str, Any]) -> Answered:
        """Send a form; as one with files if a file is among what is sent."""
        if any(hasattr(value, "read") for value in sent.values()):
            return self._ask("POST", path, encode_multipart(BOUNDARY, dict(sent)), MULTIPART_CONTENT)
        return self._ask("POST", path, urlencode(sent, doseq=True).encode(), FORM)

    def visitor(self) -> Visitor:
        """Return somebody who uses this browser as people do."""
        return Visitor(cast("Client", self))

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answered:
        said = {**self._said, "Cookie": "; ".join(f"{name}={each.value}" for name, each in self.cookies.items())}
        if body:
            said |= {"Content-Type": kind, "Origin": "null", "Sec-Fetch-Site": "same-origin"}
        asking = HTTPConnection("127.0.0.1", next(iter(self.ports)), timeout=self.patience)
        try:
            asking.request(method, path, body or None, said)
            came = asking.getresponse()
            for name, value in came.getheaders():
                if name.lower() == "set-cookie":
                    self.cookies.load(value)
            return Answered(came.status, came.read(), dict(came.getheaders()))
        except (OSError, HTTPException):
            return Answered(0)
        finally:
            asking.close()


def hand_in(browser: Browser, address: str, name: str, content: bytes) -> Answered:
    """Hand in a file by the form on the page of files."""
    [form] = [form for form in browser.visitor().forms(address) if "chosen" in form.names]
    file = io.BytesIO(content)
    file.name = name
    said = {each: values[0] for each, values in form.fields.items() if values}
    return browser.post(address, {**said, "chosen": file})


def logged_in(login: str, *ports: int, **more: Any) -> Browser:
    """Return the browser of somebody who has logged in by the page itself."""
    browser = Browser(*ports, **more)
    Visitor.logged_in(login, cast("Client", browser))
    return browser
