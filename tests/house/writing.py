"""People who write all the time, whatever happens, and what they were told of each thing they sent."""

from __future__ import annotations

import html
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.house.browser import Answered, Browser, logged_in
from tests.house.site import Site
from tests.services import until
from tests.visitor import PageForm

PAUSE_SECONDS = 0.05
AWAY = "The site can’t answer just now"


@dataclass
class Writer:
    """Somebody who sends one message after another to a room, each once."""

    browser: Browser
    room: str
    form: PageForm
    kept: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    refusals: list[Answered] = field(default_factory=list)

    @classmethod
    def begin(cls, site: Site, login: str, room: str) -> Writer:
        browser = logged_in(login, site.port)
        [form] = [form for form in browser.visitor().forms(room) if "text" in form.names]
        return cls(browser, room, form)

    def write(self) -> None:
        word = f"m{secrets.token_hex(8)}"
        said = self.browser.post(self.room, {**self.form.fields, "text": word})
        if said.status_code == 302:
            self.kept.append(word)
        else:
            self.unsure.append(word)
            self.refusals.append(said)

    def goes_on(self) -> None:
        """Wait until three more messages were taken."""
        so_far = len(self.kept)
        until(lambda: len(self.kept) >= so_far + 3)


def _until_told(writer: Writer, ending: threading.Event) -> None:
    while not ending.wait(PAUSE_SECONDS):
        writer.write()


@contextmanager
def writing(site: Site, room: str) -> Iterator[list[Writer]]:
    """Have the reporter and a mediator write in a room meanwhile, and look afterwards at what came of it."""
    writers = [Writer.begin(site, login, room) for login in ("member", "mediator")]
    ending = threading.Event()
    threads = [threading.Thread(target=_until_told, args=(writer, ending)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        for writer in writers:
            writer.goes_on()
        yield writers
        for writer in writers:
            writer.goes_on()
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    _all_of_it_is_there_once(site, room, writers)


def _all_of_it_is_there_once(site: Site, room: str, writers: list[Writer]) -> None:
    """Nothing acknowledged is lost, nothing is there twice, the ledger verifies, and no error says anything."""
    page = logged_in("member", site.port).get(room).content.decode()
    shown = re.findall(r"\bm[0-9a-f]{16}\b", page)
    kept = [word for writer in writers for word in writer.kept]
    unsure = {word for writer in writers for word in writer.unsure}
    assert len(shown) == len(set(shown))
    assert set(kept) <= set(shown) <= {*kept, *unsure}
    for refusal in (each for writer in writers for each in writer.refusals):
        assert refusal.status_code in {0, 503}
        said = html.unescape(refusal.content.decode())
        assert (AWAY in said) == (refusal.status_code == 503)
        assert not re.search(r"\bm[0-9a-f]{16}\b|Error|Traceback|127\.0\.0\.1", said)
    site.run("manage.py", "verify_ledger")
