"""The people of a case, and the case itself, walked by the real actions as far as a test needs it."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

import conduct
from caracol.accounts import keys, people, roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from grievances.actions import confirm, intake, papers, take
from grievances.actions import people as serving
from grievances.models import Case, Consent, Nature, Paper, Purpose, Route
from grievances.packet.contents import Group, Item, Packet
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.remembered import once

PASSWORD = "a snail climbs slowly"
DRAFT = {
    "saw": "The cat was chased off the porch.",
    "effect": "It hurt.",
    "need": "Calm.",
    "danger": "no",
    "named": "Robin",
    "wish": "way",
    "clauses": "3.3 5.4",
}
ACCOUNT = "You chased the cat off the porch."
# Who a test may want, with the site roles they hold; the secretary comes first, to give the others theirs.
ROLES = {
    "secretary": (SiteRole.SECRETARY,),
    "steering": (SiteRole.STEERING,),
    "mediator": (SiteRole.MEMBER, SiteRole.MEDIATOR),
    "mediator2": (SiteRole.MEMBER, SiteRole.MEDIATOR),
    "mediator3": (SiteRole.MEMBER, SiteRole.MEDIATOR),
    "mediator4": (SiteRole.MEMBER, SiteRole.MEDIATOR),
    "mediator5": (SiteRole.MEMBER, SiteRole.MEDIATOR),
    "intake": (SiteRole.MEMBER, SiteRole.INTAKE),
    "member": (SiteRole.MEMBER,),
    "respondent": (SiteRole.MEMBER,),
    "respondent2": (SiteRole.MEMBER,),
    "witness": (SiteRole.MEMBER,),
    "friend": (SiteRole.MEMBER,),
    "stranger": (SiteRole.MEMBER,),
}


@dataclass
class Cast:
    """People by login name, each made with their keys when first asked for."""

    actors: dict[str, Actor] = field(default_factory=dict)
    known: bool = True

    def __getitem__(self, login: str) -> Actor:
        """Return this person, with keys in hand."""
        if login not in self.actors:
            self.known = False
            self.actors[login] = self._join(login)
        return self.actors[login]

    def user(self, login: str) -> User:
        """Return this person's account."""
        return self[login].user

    def all(self) -> list[Actor]:
        """Return everybody, with every role given."""
        return [self[login] for login in ROLES]

    def browser(self, login: str) -> Client:
        """Return a browser in which this person has logged in by the page itself, so that their keys are in hand."""
        self[login]
        client = Client()
        answer = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    def _join(self, login: str) -> Actor:
        name = f"{login.title()} Somebody"
        user = people.join(
            login=login, name=name, email=f"{login}@example.org", password=PASSWORD, serving_name=f"Server {login}"
        )
        for role in ROLES.get(login, (SiteRole.MEMBER,)):
            self._give(role, user)
        return Actor(user, keys.unlock(user, PASSWORD))

    def _give(self, role: SiteRole, user: User) -> None:
        holders = roles.holders(role)
        by = self.user("secretary") if holders else None
        roles.give(role, to=user, by=by, second=holders[0] if holders else None)


def load_the_code() -> None:
    call_command("load_code", Path(conduct.__file__).with_name("code.toml"), stdout=io.StringIO())


def the_code() -> None:
    """Load the Caucus's Code, which every concern is filed under."""
    once("the Code", Cast(), load_the_code)


@dataclass
class Walk:
    """A case on its way: each method takes it one stretch further, by the people who may."""

    cast: Cast
    case: Case

    @classmethod
    def begin(cls, cast: Cast, route: Route = Route.HARMED) -> Walk:
        return cls(cast, intake.begin(route, by=cast["member"]))

    def take(self, step: Step, login: str, words: dict[str, str] | None = None, **choices: object) -> Case:
        """Take one step as this person, and keep the case as it stands then."""
        self.case = take(step, self.case, by=self.cast[login], choices=choices, words=words).case
        return self.case

    def agree(self, to: Consent.To, *logins: str) -> None:
        for login in logins:
            papers.consent(self.case, to, by=self.cast[login])

    def agree_to_paper(self, paper: Paper, *logins: str) -> None:
        for login in logins:
            papers.consent(self.case, Consent.To.PAPER, by=self.cast[login], paper=paper, version=paper.version)

    def seat_token(self, login: str) -> str:
        return self.case.seats.get(user=self.cast.user(login)).token

    def written(self, **more: str) -> None:
        """Answer who must not serve, about everybody who could by then, and write a draft."""
        for server in ("intake", "mediator", "mediator2", "mediator3"):
            self.cast[server]
        serving.say_who_must_not_serve(self.case, [], by=self.cast["member"])
        intake.save_draft(self.case, {**DRAFT, **more}, by=self.cast["member"])

    def filed(self) -> None:
        self.written()
        self.take(Step.FILE, "member")

    def taken_in(self) -> None:
        self.take(Step.ACCEPT, "intake")
        self.take(Step.ACKNOWLEDGE, "intake")

    def served(self) -> None:
        for mediator in ("mediator", "mediator2"):
            self.take(Step.ASK, "intake", who=self.cast.user(mediator).handle)
            self.take(Step.ACCEPT, mediator)

    def distinguished(self, nature: Nature = Nature.INTERPERSONAL) -> None:
        self.take(Step.DISTINGUISH, "mediator", {"text": "It is about a chase."}, nature=nature.value)
        if not self.case.nature:
            self.confirmed()

    def told(self, login: str = "respondent") -> None:
        account = papers.prepare(
            self.case,
            Purpose.ACCOUNT,
            {"text": ACCOUNT},
            by=self.cast["mediator"],
            person=self.cast.user(login),
            part=Part.RESPONDENT,
        )
        self.agree_to_paper(account, "member")
        self.take(Step.TELL, "mediator", paper=account.token)

    def one_on_one(self) -> None:
        self.agree(Consent.To.ONE_ON_ONE, "member", "respondent")
        self.take(Step.BEGIN_ONE_ON_ONE, "mediator")

    def mediation(self) -> None:
        self.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="declined")
        self.agree(Consent.To.MEDIATION, "member", "respondent")
        self.take(Step.BEGIN_MEDIATION, "mediator")

    def amends(self) -> None:
        today = timezone.localdate()
        self.take(
            Step.RECORD_SESSION, "mediator", form="shuttle", held_on=today.isoformat(), attended=[], ground_rules=True
        )
        promise = {
            "owner": self.seat_token("respondent"),
            "facet": "apology",
            "due_on": (today + dt.timedelta(days=7)).isoformat(),
            "words": "Say sorry to the cat.",
        }
        words = {"text": "We agree.", "amends": json.dumps([promise])}
        agreement = papers.prepare(self.case, Purpose.AGREEMENT, words, by=self.cast["mediator"])
        self.agree_to_paper(agreement, "member", "respondent")
        self.take(Step.AGREE, "mediator")

    def packed(self) -> None:
        words = Packet((Item(Group.HISTORY, "why_now", "Why now", "The packet."),)).as_words()
        laid = papers.prepare(self.case, Purpose.PACKET, words, by=self.cast["mediator"])
        self.agree_to_paper(laid, "member")

    def national(self) -> None:
        self.take(Step.CHECK_IN, "mediator", item="1", state="broken")
        self.packed()
        waits = {"who": "National", "why": "It was broken.", "what": "The packet.", "needed": "Yes."}
        until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
        self.take(Step.REFER, "mediator", waits, recipient="national", until=until)
        self.confirmed()

    def confirmed(self, login: str = "mediator2") -> None:
        """Let the second mediator confirm what waits for them."""
        waiting = self.case.proposals.select_related("case", "proposed_by").get(ended_at=None)
        self.case = confirm(waiting, by=self.cast[login]).case

    def closed(self) -> None:
        self.take(Step.RECORD_ANSWER, "mediator", {"text": "They will look into it."})


STRETCHES: tuple[Callable[[Walk], None], ...] = (
    Walk.filed,
    Walk.taken_in,
    Walk.served,
    Walk.distinguished,
    Walk.told,
    Walk.one_on_one,
    Walk.mediation,
    Walk.amends,
    Walk.national,
    Walk.closed,
)


def walk(cast: Cast, until: str, *, route: Route = Route.HARMED) -> Walk:
    """Walk a new case until the stretch of this name is done ("begun", "filed", … "closed"), in the usual way."""
    return once(("walk", until, route), cast, lambda: _walked(cast, until, route))


def _walked(cast: Cast, until: str, route: Route) -> Walk:
    """Walk the stretch of this name from where the one before it ends."""
    if until == "begun":
        return Walk.begin(cast, route)
    names = ["begun", *(stretch.__name__ for stretch in STRETCHES)]
    going = walk(cast, names[names.index(until) - 1], route=route)
    getattr(going, until)()
    return going
