"""A visitor who uses pages as people do: opens one, fills in the form that is there, and sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import cast

from django.http import HttpResponse
from django.test import Client

from tests.grievances.cast import PASSWORD

Answer = str | list[str]


@dataclass
class PageForm:
    """A form on a page: where it goes, what it says before anybody changes it, and what it can say (by type)."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms of a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self._open: PageForm | None = None
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            self._open = PageForm(said.get("action", ""))
            self.found.append(self._open)
        elif self._open is None or not (name := said.get("name", self._select)):
            return
        elif tag == "input":
            self._input(self._open, name, said)
        elif tag == "select":
            self._select = name
            self._open.names.add(name)
        elif tag == "option":
            self._open.choices.setdefault(name, []).append(said.get("value", ""))
            if "selected" in said:
                self._open.fields[name] = [said.get("value", "")]
        elif tag == "textarea":
            self._textarea = name
            self._open.names.add(name)
            self._open.types[name] = "textarea"
            self._open.fields[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        self._select = "" if tag == "select" else self._select
        self._textarea = "" if tag == "textarea" else self._textarea

    def handle_data(self, data: str) -> None:
        if self._open and self._textarea:
            self._open.fields[self._textarea][0] += data

    def _input(self, form: PageForm, name: str, said: dict[str, str]) -> None:
        form.names.add(name)
        form.types[name] = said.get("type", "text")
        if form.types[name] == "radio":
            form.choices.setdefault(name, []).append(said.get("value", "on"))
        ticks = said.get("type") in {"radio", "checkbox"}
        if said.get("type") != "submit" and (not ticks or "checked" in said):
            form.fields.setdefault(name, []).append(said.get("value", "on" if ticks else ""))


def forms_on(page: str) -> list[PageForm]:
    """Return the forms on a page that are sent by POST."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


@dataclass
class Visitor:
    """Somebody at a browser without JavaScript, logged in by the page itself."""

    client: Client

    @classmethod
    def logged_in(cls, login: str, client: Client | None = None) -> Visitor:
        visitor = cls(client or Client())
        answer = visitor.send("/accounts/login/", login=login, password=PASSWORD)
        assert answer.status_code == 302, answer.content.decode()
        return visitor

    def open(self, path: str) -> str:
        """Return the page at `path`, which must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def forms(self, path: str) -> list[PageForm]:
        """Return the forms on the page at `path`, whatever its status."""
        return forms_on(self.client.get(path).content.decode())

    def send(self, path: str, **answers: Answer) -> HttpResponse:
        """Fill in and send the form on the page at `path` that asks for all of `answers`, buttons aside."""
        asked = {name for name in answers if name not in BUTTONS}
        fitting = [form for form in self.forms(path) if asked <= form.names and form.action not in IN_THE_FRAME]
        assert fitting, (path, sorted(asked), [sorted(form.names) for form in self.forms(path)])
        return self.post(fitting[0], path, answers)

    def post(self, form: PageForm, path: str, answers: dict[str, Answer]) -> HttpResponse:
        """Send `form` with `answers` in place of what it says."""
        sent = {**form.fields, **{name: [said] if isinstance(said, str) else said for name, said in answers.items()}}
        return cast("HttpResponse", self.client.post(form.action or path, sent))

    def done(self, path: str, **answers: Answer) -> str:
        """Send the form at `path` and return where it leads; it must be taken."""
        answer = self.send(path, **answers)
        assert answer.status_code == 302, (path, answer.status_code, _complaints(answer.content.decode()))
        return answer.headers["Location"]

    def press(self, path: str, **hidden: str) -> None:
        """Press the button on the page at `path` whose form carries these hidden answers."""
        meant = [form for form in self.forms(path) if all(form.fields.get(name) == [hidden[name]] for name in hidden)]
        assert meant, (path, hidden)
        assert self.post(meant[0], path, {}).status_code == 302


# The forms that stand on every page.
IN_THE_FRAME = {"/accounts/logout/", "/language/"}
# Names of submit buttons, which a form need not list among its fields.
BUTTONS = {"save", "file", "answer", "deed"}


def _complaints(page: str) -> list[str]:
    """Return the lines of a page that speak of what is wrong."""
    return [line.strip() for line in page.splitlines() if "Error:" in line or 'class="notice' in line]
