"""A mail server for tests, on a port of this machine: it keeps what it takes, and can be told to misbehave."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes


@dataclass
class Mailbox:
    """What a mail server took. `before_yes` runs when a whole letter has come, and before it is taken."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    greeted_by: list[str] = field(default_factory=list)
    before_yes: Callable[[], bool] = lambda: True
    after_yes: Callable[[], object] = lambda: None

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each letter, as it came."""
        return [str(message_from_bytes(wire)["Message-ID"]) for wire in self.taken]

    @property
    def to(self) -> list[str]:
        """Whom each letter was for."""
        return [str(message_from_bytes(wire)["To"]) for wire in self.taken]

    @property
    def kept(self) -> set[str]:
        """What a reader has in the end: mail systems keep one of several letters with the same id."""
        return set(self.ids)


class _Talk(socketserver.StreamRequestHandler):
    """One connection, by as much of SMTP as Python's own client speaks."""

    def handle(self) -> None:
        with suppress(ConnectionError):
            self._say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb in {"EHLO", "HELO"}:
                    self.box.greeted_by.append(line.split()[1])
                if verb == "DATA":
                    self._take()
                else:
                    self._say("221 bye" if verb == "QUIT" else "250 yes")

    @property
    def box(self) -> Mailbox:
        return self.server.box  # type: ignore[attr-defined,no-any-return]  # set below

    def _take(self) -> None:
        self._say("354 go on")
        wire = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            wire += line
        if self.box.before_yes():
            self.box.taken.append(wire)
            self.box.after_yes()
            self._say("250 taken")
        else:
            self.connection.close()

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def mail_server(box: Mailbox) -> Iterator[None]:
    """Take letters into `box`, on its port (a free one, if it has none yet), until the end."""
    with _Server(("127.0.0.1", box.port), _Talk) as server:
        box.port = server.server_address[1]
        server.box = box  # type: ignore[attr-defined]  # for _Talk
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()
