"""Of what somebody with a receipt does, no hour is kept: in no column, not in the ledger, not in a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import time_machine
from django.apps import apps
from django.db import models, router
from django.test import Client
from django.utils import timezone

from caracol.accounts import keys, receipts
from caracol.accounts.actor import Actor
from caracol.ledger.chain import first_fault
from caracol.limits.models import Bucket, HourSecret
from grievances.workflow import Stage, Step
from tests.canary.watch import as_bytes
from tests.grievances.cast import PASSWORD, Cast
from tests.story import Story, Visits
from tests.visitor import Answer, Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

NOON = dt.datetime(2031, 1, 8, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
# The time of day at which the reporter comes, and nobody else: 19:43 in the world, 14:43 here.
ODD = dt.timedelta(hours=7, minutes=43, seconds=29, microseconds=987_654)
# A moment tells it by its hour, or by that of twelve hours later; a text by any of these.
HOURS = {19, 7}
SIGNS = ["19:43", "14:43", "07:43", "02:43", ":43:29", " 43, 29"]
# Numbers that go by themselves within the hour, under names that nobody can read: see caracol.limits.
PASSING = (Bucket, HourSecret)


@dataclass
class Odd:
    """Somebody who comes at the odd hour, logs in and does one thing; after them it is noon of the next day."""

    clock: time_machine.Traveller
    login: str
    password: str
    came: list[dt.datetime] = field(default_factory=list)

    @contextmanager
    def coming(self) -> Iterator[Visitor]:
        self.clock.shift(ODD)
        self.came.append(timezone.now())
        visitor = Visitor(Client())
        visitor.done("/accounts/login/", login=self.login, password=self.password)
        yield visitor
        self.clock.shift(DAY - ODD)

    def open(self, path: str) -> str:
        with self.coming() as visitor:
            return visitor.open(path)

    def done(self, path: str, **answers: Answer) -> str:
        with self.coming() as visitor:
            return visitor.done(path, **answers)

    def press(self, path: str, **hidden: str) -> None:
        with self.coming() as visitor:
            visitor.press(path, **hidden)


@dataclass
class Told:
    """A story whose reporter comes at odd hours, and who that is."""

    story: Story
    odd: Odd

    def rows_that_tell(self) -> set[str]:
        """Return the kinds of rows, in both databases, that tell at what hour the reporter came."""
        seconds = [str(int(moment.timestamp()))[:8] for moment in self.odd.came]
        return {row._meta.label for row in every_row() if tells(row, [*SIGNS, *seconds])}


def every_row() -> Iterator[models.Model]:
    for model in apps.get_models():
        if model not in PASSING:
            yield from model._base_manager.using(router.db_for_read(model)).all()


def tells(row: models.Model, signs: list[str]) -> bool:
    values = [getattr(row, column.attname) for column in row._meta.concrete_fields]
    hours = {value.astimezone(dt.UTC).hour for value in values if isinstance(value, dt.datetime)}
    told = " ".join(as_bytes(value).decode("latin-1") for value in values if not isinstance(value, dt.datetime))
    return bool(hours & HOURS) or any(sign in told for sign in signs)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def by_a_guest(cast: Cast, clock: time_machine.Traveller) -> Told:
    for server in ("intake", "mediator", "mediator2"):
        cast[server]
    clock.shift(ODD)
    made = receipts.issue()
    clock.shift(DAY - ODD)
    cast.actors["member"] = Actor(made.user, keys.unlock(made.user, made.secret))
    return told(cast, Odd(clock, made.shown, ""))


@pytest.fixture
def by_a_member(cast: Cast, clock: time_machine.Traveller) -> Told:
    return told(cast, Odd(clock, "member", PASSWORD))


def told(cast: Cast, odd: Odd) -> Told:
    """Walk a concern as far as mediation; then its reporter writes a message, asks for a recovery, and withdraws."""

    def visit(login: str) -> Visits:
        return odd if login == "member" else Anew(login)

    story = Story(cast, visit)
    story.under_way()
    story.one_on_one("held")
    room = story.case.rooms.get(kind="party", seat__reporter=True).token
    odd.done(f"{story.path}rooms/{room}/", text="One more thing.")
    story.agree("mediation", "member", "respondent")
    odd.press(f"{story.path}consents/", to="mediation", deed="withdraw")
    story.take(Step.WITHDRAW, "member")
    odd.open(f"{story.path}history/")
    return Told(story, odd)


@dataclass
class Anew:
    """Somebody who logs in for each thing they do, since a day has passed."""

    login: str

    def open(self, path: str) -> str:
        return Visitor.logged_in(self.login).open(path)

    def done(self, path: str, **answers: Answer) -> str:
        return Visitor.logged_in(self.login).done(path, **answers)

    def press(self, path: str, **hidden: str) -> None:
        Visitor.logged_in(self.login).press(path, **hidden)


def test_nothing_tells_at_what_hour_a_guest_came(by_a_guest: Told) -> None:
    assert len(by_a_guest.odd.came) > 10
    assert by_a_guest.story.case.stage == Stage.CLOSED
    assert first_fault() is None
    assert by_a_guest.rows_that_tell() == set()


def test_of_a_member_it_would_be_found(by_a_member: Told) -> None:
    assert {
        "accounts.OpenSession",
        "grievances.Case",
        "grievances.Consent",
        "grievances.Entry",
        "grievances.Notice",
        "grievances.Opening",
        "grievances.SeatOffer",
        "ledger.Entry",
    } <= by_a_member.rows_that_tell()
