"""Planting: the canary wherever somebody writes, the whole way long, by the real pages."""

from __future__ import annotations

from django.utils import timezone

from grievances.workflow import Step
from tests.canary.looks import CANARY
from tests.story import Story
from tests.visitor import PageForm


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
    story.mediated()
    story.agreed(text=f"agreement {CANARY}", words=f"promise {CANARY}")
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed(text=f"packet {CANARY}")
    waits = {name: f"{name} {CANARY}" for name in ("who", "why", "what", "needed")}
    story.take(Step.REFER, "mediator", **waits)
    story.confirm("mediator2")
    story.take(Step.RECORD_ANSWER, "mediator", text=f"answer {CANARY}")


def filled(form: PageForm) -> dict[str, list[str]]:
    """Return answers to a form, whatever it asks: the canary wherever one writes, the first choice, today's date."""
    said = dict(form.fields)
    for name, kind in form.types.items():
        if kind in {"textarea", "text", "password"}:
            said[name] = [f"{form.fields.get(name, [''])[0]} {CANARY}".strip()]
        elif kind == "email":
            said[name] = [f"{CANARY}@example.org"]
        elif kind == "date":
            said[name] = [timezone.localdate().isoformat()]
    for name, choices in form.choices.items():
        said.setdefault(name, [next((choice for choice in choices if choice), "")])
    return said
