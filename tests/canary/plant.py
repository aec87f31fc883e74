"""Planting: the canary in every field that somebody writes in, by the real pages, wherever there is a form."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import timezone

import caracol
import conduct
import grievances
from caracol.accounts.forms import TypedField
from grievances.forms.fields import WordsField
from grievances.forms.step import VersionField
from grievances.workflow import Step
from tests.canary.looks import CANARY
from tests.matrix.undo import undone
from tests.story import Story
from tests.visitor import IN_THE_FRAME, PageForm, forms_on

# What somebody can write anything in.
WRITTEN = (WordsField, TypedField, forms.CharField)
NOT_WRITTEN = (VersionField, forms.SlugField, forms.UUIDField)
Field = tuple[str, str]
# What no page of these walks asks, or nobody writes: where it is tried stands beside it.
UNSHOWN: set[Field] = {
    ("JoinForm", "token"),  # hidden: the link itself
    ("UnlockForm", "next"),  # hidden: where one was going
    ("CeremonyForm", "code"),  # asked once there is a kit: tests/grievances/views/test_recovery.py
    ("CodeForm", "code"),  # asked of who has a second factor: tests/accounts/second_factor
    ("KeyForm", "answer"),  # hidden: what a browser says of a security key
    ("NewKeyForm", "answer"),  # hidden: the same, of a new one
    ("NewReceiptForm", "mark"),  # hidden: the new receipt itself, until it is typed back
    ("NewReceiptForm", "secret"),
}


def whole_way(story: Story) -> None:
    """Walk to National and to closing, writing the canary wherever words are asked for."""
    said = {name: f"{name} {CANARY}" for name in ("saw", "effect", "need")} | {"named": f"Robin {CANARY}"}
    story.filed(**said)
    story.served()
    letters = {"when": "daily", "address": f"{CANARY}@example.net", "hour": "8", "zone": "UTC"}
    story["member"].done("/accounts/letters/", **letters)
    story.take(Step.DISTINGUISH, "mediator", nature="interpersonal", text=f"distinction {CANARY}")
    story.take(Step.CONTEST, "member", text=f"contest {CANARY}")
    story.take(Step.DISTINGUISH, "mediator2", nature="interpersonal", text=f"anew {CANARY}")
    story.told(text=f"account {CANARY}")
    for login in ("member", "respondent", "mediator"):
        room = story.case.rooms.get(seat__user=story.cast.user("member" if login == "mediator" else login)).token
        story[login].done(f"{story.path}rooms/{room}/", text=f"message {CANARY}")
    mediator = story.cast.user("mediator").handle
    story["respondent"].done(f"{story.path}objection/", who=mediator, text=f"objection {CANARY}")
    notes = story.case.rooms.get(kind="mediators").token
    story["mediator"].done(f"{story.path}rooms/{notes}/", text=f"note {CANARY}")
    story["mediator"].done(f"{story.path}hand-over/", text=f"hand over {CANARY}")
    clock = story.case.clocks.get(kind="resolve")
    later = {"deed": "move", "due_on": clock.due_on.isoformat(), "text": f"reason {CANARY}"}
    story["mediator"].done(f"{story.path}dates/{clock.number}/", **later)
    story.one_on_one("declined")
    story.mediated(place=f"place {CANARY}")
    story.agreed(text=f"agreement {CANARY}", words=f"promise {CANARY}")
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed(text=f"packet {CANARY}")
    waits = {name: f"{name} {CANARY}" for name in ("who", "why", "what", "needed")}
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    story.take(Step.REFER, "mediator", **waits, recipient="national", until=until)
    story.confirm("mediator2")
    story.take(Step.RECORD_ANSWER, "mediator", text=f"answer {CANARY}")


# Whatever forms there are


def filled(form: PageForm) -> dict[str, list[str]]:
    """Return answers to a form: the canary wherever one writes, the first choice, today's date."""
    said = dict(form.fields)
    for name, kind in form.types.items():
        if kind in {"textarea", "text", "password"}:
            said[name] = [f"{form.fields.get(name, [''])[0]} {CANARY}".strip()]
        elif kind == "email":
            said[name] = [f"{CANARY}@example.org"]
        elif kind == "datetime-local":
            said[name] = [(timezone.now() + dt.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")]
        elif kind == "date":
            said[name] = [timezone.localdate().isoformat()]
    for name, choices in form.choices.items():
        said.setdefault(name, [next((choice for choice in choices if choice), "")])
    return said


def plant(client: Client, address: str) -> list[Any]:
    """Fill in each form on the page at `address` and send it; return the answers. What they did is undone."""
    with undone(client):
        page = client.get(address)
    return plant_in(client, page, address)


def plant_in(client: Client, page: Any, address: str = "") -> list[Any]:
    """Fill in each form on a page and send it; return the answers. What they did is undone."""
    answers = []
    for form in _forms(page):
        with undone(client):
            answers.append(client.post(form.action or address, filled(form)))
    return answers


def _forms(page: Any) -> list[PageForm]:
    if page.streaming or "html" not in page.headers.get("Content-Type", ""):
        return []
    return [form for form in forms_on(page.content.decode()) if form.action not in IN_THE_FRAME]


@contextmanager
def noting_fields(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Field]]:
    """Collect the fields, by form, in which a form was given the canary."""
    planted: set[Field] = set()
    clean = forms.BaseForm.full_clean

    def noted(form: forms.BaseForm) -> None:
        clean(form)
        for name in form.fields if form.is_bound else ():
            if CANARY in str(form[name].value()):
                planted.update((each.__name__, name) for each in type(form).__mro__)

    with monkeypatch.context() as patch:
        patch.setattr(forms.BaseForm, "full_clean", noted)
        yield planted


def fields_written_in() -> set[Field]:
    """Return every field of every form of the project in which somebody can write anything, by form."""
    for top in (caracol, conduct, grievances):
        _load(top)
    return {
        (form.__name__, name)
        for form in _kinds_of(forms.BaseForm)
        if form.__module__.startswith(("caracol", "conduct", "grievances"))
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, WRITTEN) and not isinstance(field, NOT_WRITTEN)
    }


def _load(top: ModuleType) -> None:
    for found in pkgutil.walk_packages(top.__path__, f"{top.__name__}."):
        if ".forms" in found.name:
            importlib.import_module(found.name)


def _kinds_of(kind: type[Any]) -> Iterator[type[Any]]:
    each: type[Any]
    for each in kind.__subclasses__():
        yield each
        yield from _kinds_of(each)
