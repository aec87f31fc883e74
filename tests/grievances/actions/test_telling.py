from __future__ import annotations

import pytest
from django.utils import timezone

from grievances.actions import one_on_one, papers, seats, telling
from grievances.events import Event
from grievances.models import Consent, Notice, Purpose, Space
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.moves import account

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def told(cast: Cast, event: Event) -> list[str]:
    """Return who is told of an event, once for each time."""
    people = {actor.user.pk: login for login, actor in cast.actors.items()}
    return sorted(people[notice.user_id] for notice in Notice.objects.filter(event=event))


def test_whose_consent_a_text_waits_for_is_told_and_the_person_it_names_is_not(cast: Cast) -> None:
    account(walk(cast, "distinguished"))
    assert told(cast, Event.PAPER_LAID) == ["member"]


def test_an_agreement_is_laid_before_both_sides(cast: Cast) -> None:
    going = walk(cast, "mediation")
    Notice.objects.all().delete()
    papers.prepare(going.case, Purpose.AGREEMENT, {"text": "We agree.", "amends": "[]"}, by=cast["mediator"])
    assert told(cast, Event.PAPER_LAID) == ["member", "respondent"]


def test_mediators_are_told_of_a_yes_and_of_a_yes_that_is_taken_back(cast: Cast) -> None:
    going = walk(cast, "told")
    Notice.objects.all().delete()
    given = papers.consent(going.case, Consent.To.ONE_ON_ONE, by=cast["member"])
    papers.withdraw_consent(going.case, given, by=cast["member"])
    assert told(cast, Event.CONSENT_GIVEN) == told(cast, Event.CONSENT_WITHDRAWN) == ["mediator", "mediator2"]


def test_who_offered_a_talk_and_the_mediators_are_told_of_the_answer(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    going.take(Step.OFFER_SPACE, "member", to=going.seat_token("respondent"), channel="call", meets_at="")
    one_on_one.answer(going.case, Space.objects.get(), accepts=True, by=cast["respondent"])
    assert told(cast, Event.SPACE_ANSWERED) == ["mediator", "mediator2", "member"]


def test_who_serves_is_told_that_somebody_left_and_no_side_is(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.leave(going.case, by=cast["respondent"])
    assert told(cast, Event.SEAT_LEFT) == ["mediator", "mediator2"]


def test_the_same_is_told_again_only_once_it_was_read(cast: Cast) -> None:
    going, member = walk(cast, "served"), cast.user("member").pk
    for _ in range(2):
        telling.tell_once(going.case, {member}, Event.PAPER_LAID, at=timezone.now())
    assert told(cast, Event.PAPER_LAID) == ["member"]
    Notice.objects.update(read_at=timezone.now())
    telling.tell_once(going.case, {member}, Event.PAPER_LAID, at=timezone.now())
    assert told(cast, Event.PAPER_LAID) == ["member", "member"]
