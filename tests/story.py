"""One concern as its people carry it: each stretch of the way, page by page, whatever they browse with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from django.utils import timezone

from grievances.models import Case, EntryKind
from grievances.roles import SIDES
from grievances.workflow import Step
from tests.grievances.cast import Cast

STATEMENT = "He shouted at me in front of everybody."
ACCOUNT = "At the June meeting a member was shouted at, and it hurt them."
PROMISE = "A letter of apology, read out by its writer."
WAITS = {"who": "National", "why": "The agreement was broken.", "what": "The packet.", "needed": "All of it."}


class Visits(Protocol):
    """Somebody at a browser of whatever kind, logged in."""

    def open(self, path: str) -> str:
        """Return the page at `path`, which must be there."""

    def done(self, path: str, **answers: str | list[str]) -> str:
        """Fill in and send the form at `path`, and return where it leads; it must be taken."""

    def press(self, path: str, **hidden: str) -> None:
        """Press the button on the page at `path` whose form carries these hidden answers."""


@dataclass
class Story:
    """One concern and the people who carry it, each in a browser of their own."""

    cast: Cast
    visit: Callable[[str], Visits]
    reference: str = ""
    visitors: dict[str, Visits] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Visits:
        if login not in self.visitors:
            self.cast[login]
            self.visitors[login] = self.visit(login)
        return self.visitors[login]

    @property
    def case(self) -> Case:
        return Case.objects.get(reference=self.reference)

    @property
    def path(self) -> str:
        return f"/cases/{self.reference}/"

    def handle(self, login: str) -> str:
        return self.cast.user(login).handle

    def take(self, step: Step, login: str, **answers: str | list[str]) -> None:
        self[login].done(f"{self.path}{step}/", **answers)

    def agree(self, to: str, *logins: str) -> None:
        for login in logins:
            self[login].press(f"{self.path}consents/", to=to, deed="give")

    def confirm(self, login: str) -> None:
        waiting = re.search(rf'href="({self.path}s[0-9]+/confirm/[a-z0-9]+/)"', self[login].open(self.path))
        assert waiting is not None
        self[login].done(waiting[1])

    def filed(self, *, route: str = "harmed", **draft: str | list[str]) -> None:
        for server in ("intake", "mediator", "mediator2"):
            self.cast[server]
        member = self["member"]
        self.reference = member.done("/raise/", route=route).split("/")[2]
        member.done(f"{self.path}conflicts/", nobody="on")
        answers: dict[str, str | list[str]] = {
            "saw": STATEMENT,
            "danger": "no",
            "wish": "way",
            "named": "Robin",
            "clauses": ["3.3", "5.4"],
        }
        filing = member.done(f"{self.path}draft/", **{**answers, **draft}, file="yes")
        member.done(filing)

    def served(self) -> None:
        """Intake takes it in and asks two mediators, who look at the names and accept."""
        self["intake"].done(f"/asked/{self.reference}/names/reporter/", answer="accept")
        self.take(Step.ACKNOWLEDGE, "intake")
        for login in ("mediator", "mediator2"):
            self.take(Step.ASK, "intake", who=self.handle(login))
            assert "Robin" in self[login].open(f"/asked/{self.reference}/names/")
            self[login].done(f"/asked/{self.reference}/names/reporter/", answer="accept")

    def distinguished(self, nature: str = "interpersonal") -> None:
        self.take(Step.DISTINGUISH, "mediator", nature=nature, text="It is about how somebody was treated.")

    def told(self, text: str = ACCOUNT) -> None:
        self["mediator"].done(f"{self.path}papers/account/", person_told=self.handle("respondent"), text=text)
        self.agree("paper", "member")
        self.take(Step.TELL, "mediator", paper=self.case.papers.get().token)

    def under_way(self) -> None:
        """Go as far as the person named being told."""
        self.filed()
        self.served()
        self.distinguished()
        self.told()

    def one_on_one(self, how: str) -> None:
        self.agree("one_on_one", "member", "respondent")
        self.take(Step.BEGIN_ONE_ON_ONE, "mediator")
        self.take(Step.OFFER_SPACE, "member", channel="call", to=self.case.seats.get(respondent=True).token)
        space = self.case.spaces.get().token
        self["respondent"].done(f"{self.path}spaces/{space}/", answer="accepted" if how == "held" else "declined")
        self.take(Step.RECORD_ONE_ON_ONE, "mediator2", one_on_one=how)

    def mediated(self, *, place: str = "The room above the library.") -> None:
        self.agree("mediation", "member", "respondent")
        self.agree("joint", "member", "respondent")
        self.take(Step.BEGIN_MEDIATION, "mediator")
        session = self.planned(place)
        everybody = [seat.token for seat in self.case.seats.filter(left_at=None)]
        today = timezone.localdate().isoformat()
        held: dict[str, str | list[str]] = {"form": "joint", "held_on": today, "attended": everybody}
        self.take(Step.RECORD_SESSION, "mediator", **held, planned=[session], ground_rules="on")

    def planned(self, place: str) -> str:
        """Plan a session for tomorrow, to which both sides say yes; return its token."""
        tomorrow = timezone.localtime() + dt.timedelta(days=1)
        sides = [seat.token for seat in self.case.seats.filter(left_at=None) if seat.parts & SIDES]
        plan = {"meets_at": tomorrow.strftime("%Y-%m-%dT%H:%M"), "channel": "in_person", "place": place}
        self["mediator"].done(f"{self.path}sessions/new/", form="joint", invited=sides, **plan)
        session = self.case.planned_sessions.get(ended_at=None).token
        for login in ("member", "respondent"):
            self[login].done(f"{self.path}sessions/{session}/", said="accepted")
        return session

    def agreed(self, text: str = "We will talk before we write.", words: str = PROMISE) -> None:
        line = {
            "amends-0-words": words,
            "amends-0-facet": "apology",
            "amends-0-owner": self.case.seats.get(respondent=True).token,
            "amends-0-due_on": (timezone.localdate() + dt.timedelta(days=30)).isoformat(),
        }
        self["mediator2"].done(f"{self.path}papers/agreement/", text=text, **line)
        self.agree("paper", "member", "respondent")
        self.take(Step.AGREE, "mediator")

    def packed(self, text: str = "What National needs to know.") -> None:
        told = self.case.rooms.get(seat__reporter=True).entries.get(kind=EntryKind.STATEMENT)
        chosen = {f"take-{told.token}-saw": "on", "take-step-s01": "on"}
        page = f"{self.path}packet/"
        self["mediator"].done(page, filer="The reporter", why_now=text, deed="lay", **chosen)
        self.agree("paper", "member")

    def packed_and_referred(self) -> None:
        self.packed()
        until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
        self.take(Step.REFER, "mediator", **WAITS, recipient="national", until=until)
        self.confirm("mediator2")
