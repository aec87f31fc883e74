"""What lies in a case, asked at once: what is said to be lacking is lacking, and nothing else is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grievances import overview
from grievances.facts import Facts
from grievances.models import (
    Availability,
    Consent,
    Notice,
    Retaliation,
    RoomGrant,
    Space,
)
from grievances.overview import KINDS, Asked, lacking
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.grievances.cast import STRETCHES, Cast, Walk, walk

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

READERS = ("member", "respondent", "mediator", "mediator2", "intake", "mediator3", "stranger")


def asked(going: Walk, login: str) -> Asked:
    return Asked(going.case, going.cast.user(login), timezone.now())


def full(cast: Cast) -> Walk:
    """Return a case with something of every kind for the respondent. Its rows are made: no case comes to them all."""
    going = walk(cast, "mediation")
    mine, mediates = (going.case.seats.get(user=cast.user(login)) for login in ("respondent", "mediator"))
    now = timezone.now()
    later = now + dt.timedelta(days=1)
    going.case.offers.create(
        user=cast.user("mediator3"), asked_by=mediates.user, part=Part.MEDIATOR, asked_at=now, lapses_at=later
    )
    Consent.objects.filter(to=Consent.To.ONE_ON_ONE).update(withdrawn_at=now)
    going.case.decisions.create(step=Step.DISTINGUISH, made_by=mediates.user, made_at=now, contested_at=now)
    going.case.proposals.create(
        step=Step.AGREE, case_version=1, proposed_by=mediates.user, proposed_at=now, lapses_at=later
    )
    going.case.spaces.create(offered_by=mediates, offered_to=mine, channel=Space.Channel.CALL)
    going.case.planned_sessions.create(form="joint", channel=Space.Channel.CALL, meets_at=later)
    Retaliation.objects.create(case=going.case, about=walk(cast, "filed").case)
    Notice.objects.create(user=mine.user, case=going.case, step=Step.AGREE, told_at=now)
    RoomGrant.objects.filter(content_object__seat=mine).delete()
    Availability.objects.create(user=mediates.user, busy=True)
    return going


@pytest.mark.parametrize("until", [stretch.__name__ for stretch in STRETCHES])
def test_all_along_the_way_just_what_is_lacking_is_said_to_be(until: str, cast: Cast) -> None:
    going = walk(cast, until)
    for login in READERS:
        on = asked(going, login)
        assert lacking(on) == {kind for kind in KINDS if not kind(on).exists()}


def test_of_a_case_that_has_everything_nothing_is_lacking(cast: Cast) -> None:
    assert lacking(asked(full(cast), "respondent")) == frozenset()


def test_another_case_beside_a_full_one_has_nothing_of_it(cast: Cast) -> None:
    going, full_one = walk(cast, "begun"), full(cast)
    on = asked(going, "respondent")
    assert going.case != full_one.case
    assert {kind for kind in KINDS if kind not in lacking(on)} == {kind for kind in KINDS if kind(on).exists()}


def test_what_was_offered_to_another_is_not_the_readers(cast: Cast) -> None:
    going = full(cast)
    assert {overview.spaces, overview.unread} <= lacking(asked(going, "stranger"))
    assert not {overview.spaces, overview.unread} & lacking(asked(going, "respondent"))


def test_an_offer_that_has_lapsed_is_lacking(cast: Cast) -> None:
    going = full(cast)
    on = asked(going, "mediator")
    later = Asked(on.case, on.user, on.now + dt.timedelta(days=2))
    assert (overview.offers in lacking(on), overview.offers in lacking(later)) == (False, True)


def test_it_takes_one_query(cast: Cast) -> None:
    on = asked(walk(cast, "filed"), "member")
    lacking(on)
    with CaptureQueriesContext(connection) as queries:
        lacking(on)
    assert len(queries) == 1


def test_nothing_is_asked_twice_once_it_was_looked_over(cast: Cast) -> None:
    facts = Facts(walk(cast, "begun").case, cast.user("member"))
    facts.look_over()
    with CaptureQueriesContext(connection) as queries:
        found = [facts.rows(kind) for kind in KINDS if not facts.any_of(kind)]
    assert (len(queries), found) == (0, [[]] * len(found))
    assert len(found) > len(KINDS) / 2


@pytest.mark.parametrize("login", ["member", "respondent", "mediator"])
def test_looked_over_or_not_a_case_is_the_same(login: str, cast: Cast) -> None:
    going = full(cast)
    plain, over = Facts(going.case, cast.user(login)), Facts(going.case, cast.user(login))
    over.look_over()
    assert [over.rows(kind) for kind in KINDS] == [plain.rows(kind) for kind in KINDS]
    assert (over.barred_by_contest(), going.case.stage) == (plain.barred_by_contest(), Stage.MEDIATION)
