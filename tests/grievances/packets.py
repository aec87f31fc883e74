"""Packets for National, as tests need them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from grievances.actions import packet as packets
from grievances.facts import Facts
from grievances.models import Paper
from grievances.packet.contents import Group, Item, Packet
from grievances.packet.offers import on_offer
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk

WHY = "So that National can look at it."
# The answers with which somebody takes a packet out.
SHARED = {"waits": "1", "who": "national", "why": WHY, "needed": "yes", "age": ""}
WAITS = {"who": "National", "why": "It was broken.", "what": "The packet.", "needed": "Yes."}


def packed(text: str = "The packet.") -> dict[str, str]:
    """Return the words of a packet that holds one thing, written for it."""
    return Packet((Item(Group.HISTORY, "why_now", "Why it goes to National now", text),)).as_words()


def offered(going: Walk, login: str = "mediator") -> list[Item]:
    """Return what somebody could put into a packet now."""
    return on_offer(Facts(going.case, going.cast.user(login)), going.cast[login])


def put_together(going: Walk, *keys: str, **texts: str) -> Paper:
    """Lay a packet of everything on offer (or of what ends with these), and let the reporter agree to it."""
    chosen = {item.key: item.text for item in offered(going) if not keys or item.key.endswith(keys)}
    facts, by = Facts(going.case, going.cast.user("mediator")), going.cast["mediator"]
    written = {"filer": "The reporter", "why_now": "The agreement was broken."}
    paper = packets.lay(facts, packets.compose(facts, {**chosen, **texts}, written, by=by), by=by)
    going.agree_to_paper(paper, "member")
    return paper


def referred(cast: Cast, *keys: str, broken: Walk | None = None) -> Walk:
    """Go on until a packet is handed over, and designated for National for thirty days."""
    going = broken or walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    put_together(going, *keys)
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    going.take(Step.REFER, "mediator", WAITS, recipient="national", until=until)
    going.confirmed()
    return going
