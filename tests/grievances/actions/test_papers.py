from __future__ import annotations

import pytest

from grievances.actions import papers, rooms
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.facts import Facts
from grievances.models import Consent, Purpose, Route
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.grievances.cast import ACCOUNT, Cast, walk
from tests.grievances.moves import account, doors, invited, laid, opened
from tests.grievances.packets import packed

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_the_person_named_reads_the_very_words_that_were_agreed_to_and_no_others(cast: Cast) -> None:
    going = walk(cast, "told")
    assert opened(going.case, cast["respondent"]) == {("account", ACCOUNT)}


def test_a_new_version_voids_the_consent_to_the_one_before(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = account(going, "member")
    papers.prepare(
        going.case,
        Purpose.ACCOUNT,
        {"text": "Worse."},
        by=cast["mediator"],
        part=Part.RESPONDENT,
        paper=paper,
        version=1,
    )
    with pytest.raises(NotOpen):
        going.take(Step.TELL, "mediator", paper=paper.token)


def test_consent_to_an_older_version_is_too_late(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = account(going, "member")
    papers.prepare(
        going.case, Purpose.ACCOUNT, {"text": "Worse."}, by=cast["mediator"], part=Part.RESPONDENT, paper=paper
    )
    with pytest.raises(SomebodyWasFaster):
        papers.consent(going.case, Consent.To.PAPER, by=cast["member"], paper=paper, version=1)


def test_a_new_version_over_an_unseen_one_is_too_late(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = laid(going, Purpose.AGENDA)
    papers.prepare(going.case, Purpose.AGENDA, {"text": "Second."}, by=cast["mediator2"], paper=paper, version=1)
    with pytest.raises(SomebodyWasFaster):
        papers.prepare(going.case, Purpose.AGENDA, {"text": "Third."}, by=cast["mediator"], paper=paper, version=1)


def test_there_is_one_agenda_text_at_a_time(cast: Cast) -> None:
    going = walk(cast, "served")
    laid(going, Purpose.AGENDA)
    with pytest.raises(SomebodyWasFaster):
        laid(going, Purpose.AGENDA)


def test_a_withdrawn_consent_stops_the_telling(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = account(going, "member")
    papers.withdraw_consent(going.case, Consent.objects.get(), by=cast["member"])
    with pytest.raises(NotOpen):
        going.take(Step.TELL, "mediator", paper=paper.token)
    assert not going.case.seats.filter(respondent=True).exists()


def test_nobody_withdraws_another_ones_consent(cast: Cast) -> None:
    going = walk(cast, "served")
    account(going, "member")
    with pytest.raises(NotYours):
        papers.withdraw_consent(going.case, Consent.objects.get(), by=cast["mediator"])
    assert Consent.objects.get().withdrawn_at is None


@pytest.mark.parametrize("login", ["respondent", "mediator", "witness", "stranger", "intake"])
def test_nobody_consents_to_a_text_that_is_not_theirs(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    invited(going, "witness", Part.WITNESS)
    packet = papers.prepare(going.case, Purpose.PACKET, packed("Packet."), by=cast["mediator"])
    with pytest.raises(NotYours):
        papers.consent(going.case, Consent.To.PAPER, by=cast[login], paper=packet, version=1)


def test_a_text_of_another_case_takes_no_consent(cast: Cast) -> None:
    here, there = walk(cast, "served"), walk(cast, "served")
    paper = account(there, "member")
    with pytest.raises(NotYours):
        papers.consent(here.case, Consent.To.PAPER, by=cast["member"], paper=paper, version=1)
    with pytest.raises(NotYours):
        papers.prepare(here.case, Purpose.AGENDA, {"text": "Mine."}, by=cast["mediator"], paper=paper)


def test_a_text_of_another_case_tells_nobody(cast: Cast) -> None:
    here, there = walk(cast, "served"), walk(cast, "served")
    account(here, "member")
    with pytest.raises(NotOpen):
        here.take(Step.TELL, "mediator", paper=account(there, "member").token)


def test_saying_yes_twice_is_one_yes(cast: Cast) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.MEDIATION, "member", "member")
    assert Consent.objects.filter(to=Consent.To.MEDIATION).count() == 1


def test_a_yes_after_a_no_counts_again(cast: Cast) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.MEDIATION, "member")
    papers.withdraw_consent(going.case, Consent.objects.get(to=Consent.To.MEDIATION), by=cast["member"])
    going.agree(Consent.To.MEDIATION, "member")
    assert Facts(going.case, None).harm_side_consented(Consent.To.MEDIATION)


def test_only_the_person_harmed_says_that_it_is_resolved(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    with pytest.raises(NotYours):
        going.agree(Consent.To.RESOLVED, "respondent")


def test_a_closed_case_takes_no_consent_but_gives_one_back(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    going.take(Step.WITHDRAW, "member")
    with pytest.raises(NotOpen):
        going.agree(Consent.To.MEDIATION, "member")
    given = Consent.objects.get(to=Consent.To.ONE_ON_ONE, seat__user=cast.user("member"))
    papers.withdraw_consent(going.case, given, by=cast["member"])
    given.refresh_from_db()
    assert given.withdrawn_at is not None


@pytest.mark.parametrize("login", ["member", "respondent", "stranger", "intake"])
def test_only_a_mediator_of_the_case_puts_texts_before_people(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotYours):
        papers.prepare(going.case, Purpose.PACKET, packed("Mine."), by=cast[login])


@pytest.mark.parametrize("purpose", [Purpose.ACCOUNT, Purpose.INVITATION])
def test_a_text_that_brings_somebody_in_says_whom(purpose: Purpose, cast: Cast) -> None:
    part = Part.RESPONDENT if purpose == Purpose.ACCOUNT else Part.WITNESS
    with pytest.raises(NotOpen):
        papers.prepare(walk(cast, "served").case, purpose, {"text": "You."}, by=cast["mediator"], part=part)


def test_nobody_is_invited_as_the_person_named_or_to_serve(cast: Cast) -> None:
    case = walk(cast, "served").case
    for part in set(Part) - papers.INVITED:
        with pytest.raises(NotOpen):
            papers.prepare(
                case, Purpose.INVITATION, {"text": "You."}, by=cast["mediator"], person=cast.user("friend"), part=part
            )


def test_an_agreement_waits_for_every_person_named(cast: Cast) -> None:
    going = walk(cast, "told")
    going.told("respondent2")
    going.mediation()
    paper = papers.prepare(going.case, Purpose.AGREEMENT, {"text": "We agree.", "amends": "[]"}, by=cast["mediator"])
    going.agree_to_paper(paper, "member", "respondent")
    before = Facts(going.case, None).ready(paper)
    going.agree(Consent.To.MEDIATION, "respondent2")
    with pytest.raises(NotOpen, match="has not been laid before you"):
        going.agree_to_paper(paper, "respondent2")
    rooms.complete_due(actor=cast["mediator"])
    going.agree_to_paper(paper, "respondent2")
    assert (before, Facts(going.case, None).ready(paper)) == (False, True)


def test_who_does_not_sit_at_the_table_agrees_to_nothing_on_it(cast: Cast) -> None:
    going = walk(cast, "told")
    going.told("respondent2")
    going.mediation()
    paper = papers.prepare(going.case, Purpose.AGREEMENT, {"text": "We agree.", "amends": "[]"}, by=cast["mediator"])
    with pytest.raises(NotOpen, match="has not been laid before you"):
        going.agree_to_paper(paper, "respondent2")


def test_a_text_is_agreed_to_by_who_can_read_it_only(cast: Cast) -> None:
    """The person harmed came in after it was laid before the reporter alone."""
    going = walk(cast, "served", route=Route.SAW)
    packet = papers.prepare(
        going.case,
        Purpose.ACCOUNT,
        {"text": ACCOUNT},
        by=cast["mediator"],
        person=cast.user("respondent"),
        part=Part.RESPONDENT,
    )
    invited(going, "friend", Part.HARMED)
    with pytest.raises(NotOpen, match="has not been laid before you"):
        going.agree_to_paper(packet, "friend")


def test_agreeing_to_take_part_opens_the_table(cast: Cast) -> None:
    going = walk(cast, "told")
    before = doors(going.case, cast.user("respondent"))
    going.agree(Consent.To.ONE_ON_ONE, "respondent")
    assert doors(going.case, cast.user("respondent")) - before == {"table"}


def test_no_mediator_becomes_a_party(cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotOpen):
        papers.prepare(
            going.case,
            Purpose.ACCOUNT,
            {"text": ACCOUNT},
            by=cast["mediator"],
            person=cast.user("mediator2"),
            part=Part.RESPONDENT,
        )


# Who reported what somebody else suffered


def test_before_the_person_harmed_is_there_nothing_but_advice_is_open(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    going.distinguished()
    going.agree(Consent.To.ONE_ON_ONE, "member")
    going.agree(Consent.To.MEDIATION, "member")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="declined")
    paper = account(going, "member")
    packet = laid(going, Purpose.PACKET)
    for step, about in (
        (Step.TELL, {"paper": paper.token}),
        (Step.BEGIN_ONE_ON_ONE, {}),
        (Step.BEGIN_MEDIATION, {}),
        (Step.REFER_BY_EXCEPTION, {"exception_reason": "urgent_risk", "paper": packet.token}),
    ):
        with pytest.raises(NotOpen):
            going.take(step, "mediator", {"text": "Now."}, **about)
    assert going.take(Step.CLOSE_ADVISED, "mediator", {"text": "Talk to them."}).stage == Stage.CLOSED


def test_the_person_harmed_leads_once_they_are_there(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    going.distinguished()
    invited(going, "friend", Part.HARMED)
    going.agree(Consent.To.ONE_ON_ONE, "member")
    with pytest.raises(NotOpen):
        going.take(Step.BEGIN_ONE_ON_ONE, "mediator")
    going.agree(Consent.To.ONE_ON_ONE, "friend")
    assert going.take(Step.BEGIN_ONE_ON_ONE, "mediator").stage == Stage.ONE_ON_ONE


def test_the_person_harmed_reads_their_own_room_and_not_the_reporters(cast: Cast) -> None:
    going = walk(cast, "served", route=Route.SAW)
    invited(going, "friend", Part.HARMED)
    assert opened(going.case, cast["friend"]) == {("invitation", "The text.")}
