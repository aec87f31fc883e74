from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from grievances.actions import confirm, papers
from grievances.actions.words import say
from grievances.exceptions import NotOpen, Refused
from grievances.models import Case, Consent, Purpose
from grievances.rooms import RoomKind
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import WAITS, opened, room
from tests.grievances.packets import packed, put_together

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def ready(cast: Cast) -> Walk:
    going = walk(cast, "amends")
    going.packed()
    return going


def test_a_referral_waits_for_the_second_mediator(cast: Cast) -> None:
    going = ready(cast)
    going.take(Step.REFER, "mediator", WAITS)
    before = going.case.stage
    going.confirmed()
    assert (before, going.case.stage) == (Stage.AMENDS, Stage.NATIONAL)


def test_a_packet_consent_withdrawn_between_the_two_stops_the_referral(cast: Cast) -> None:
    going = ready(cast)
    going.take(Step.REFER, "mediator", WAITS)
    papers.withdraw_consent(going.case, Consent.objects.get(paper__purpose=Purpose.PACKET), by=cast["member"])
    with pytest.raises(Refused):
        going.confirmed()
    assert Case.objects.get(pk=going.case.pk).stage == Stage.AMENDS


def test_a_new_version_of_the_packet_between_the_two_stops_the_referral(cast: Cast) -> None:
    going = ready(cast)
    going.take(Step.REFER, "mediator", WAITS)
    packet = going.case.papers.get(purpose=Purpose.PACKET)
    papers.prepare(going.case, Purpose.PACKET, packed("More."), by=cast["mediator2"], paper=packet, version=1)
    with pytest.raises(Refused):
        going.confirmed()


def test_the_reasons_for_sharing_lie_beside_the_packet_in_the_confirmers_hand(cast: Cast) -> None:
    going = walk(cast, "national")
    read = opened(going.case, cast["member"])
    assert {("waits", "It was broken."), ("waits", "National")} <= read
    assert ["The packet." in text for kind, text in read if kind == "packet"] == [True]


def test_the_person_named_reads_nothing_of_the_packet(cast: Cast) -> None:
    going = walk(cast, "national")
    assert {kind for kind, _text in opened(going.case, cast["respondent"])} == {"account", "agreement"}


def test_what_national_sends_back_returns_to_mediation_without_any_broken_promise(cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.take(Step.RECORD_SESSION, "mediator", form="shuttle", held_on="2026-11-20", attended=[], ground_rules=True)
    going.packed()
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    going.take(Step.REFER, "mediator", WAITS, recipient="national", until=until)
    going.confirmed()
    assert (going.case.stage, going.take(Step.RETURN_TO_MEDIATION, "mediator").stage) == (
        Stage.NATIONAL,
        Stage.MEDIATION,
    )


def test_a_packet_is_handed_over_once(cast: Cast) -> None:
    going = walk(cast, "national")
    going.take(Step.RETURN_TO_MEDIATION, "mediator")
    with pytest.raises(NotOpen):
        going.take(Step.REFER, "mediator", WAITS)


def test_nationals_answer_closes_the_case_and_the_reporter_reads_it(cast: Cast) -> None:
    going = walk(cast, "closed")
    assert (going.case.outcome, ("answer", "They will look into it.") in opened(going.case, cast["member"])) == (
        "national",
        True,
    )


def test_a_packet_that_the_member_did_not_file_closes_the_case(cast: Cast) -> None:
    assert walk(cast, "national").take(Step.RECORD_NOT_FILED, "mediator").outcome == "not_filed"


def test_no_case_stands_at_national_without_its_reason_even_by_hand(cast: Cast) -> None:
    going = walk(cast, "mediation")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=going.case.pk).update(stage=Stage.NATIONAL)


def test_a_proposal_of_a_referral_is_not_confirmed_by_who_left_since(cast: Cast) -> None:
    going = ready(cast)
    going.take(Step.REFER, "mediator", WAITS)
    waiting = going.case.proposals.select_related("case", "proposed_by").get(ended_at=None)
    going.take(Step.RECUSE, "mediator2")
    with pytest.raises(Refused):
        confirm(waiting, by=cast["mediator2"])


def test_an_answer_whose_consent_was_taken_back_is_not_handed_over(cast: Cast) -> None:
    going = walk(cast, "amends")
    say(room(going.case, RoomKind.PARTY, cast.user("respondent")), {"text": "My answer."}, by=cast["respondent"])
    going.agree(Consent.To.PACKET, "respondent")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    put_together(going)
    papers.withdraw_consent(going.case, Consent.objects.get(to=Consent.To.PACKET), by=cast["respondent"])
    with pytest.raises(NotOpen, match="A consent to something in this packet was taken back"):
        going.take(Step.REFER_BY_EXCEPTION, "mediator", WAITS, exception_reason="urgent_risk")
    assert Case.objects.get(pk=going.case.pk).stage == Stage.AMENDS
