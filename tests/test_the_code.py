"""
The Code, clause by clause, where the app itself keeps it: each test is named for its clause.

What is only cited (2.1, say) has no test here; letters, WAITS and designations that a clause asks for are tested where
they are made too.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from caracol.accounts.models import User
from caracol.ledger.chain import entries
from grievances.actions import papers
from grievances.events import Event
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.forms.questions import QUESTIONS
from grievances.forms.steps import FORMS
from grievances.guards import refusals
from grievances.models import (
    AgendaItem,
    Case,
    Consent,
    Designation,
    EntryKind,
    Nature,
    OneOnOne,
    Outcome,
    Purpose,
    Route,
    Space,
)
from grievances.rooms import RoomKind
from grievances.sealing import read
from grievances.workflow import WAY, Stage, Step
from tests.grievances import kit
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.moves import WAITS, laid, room
from tests.grievances.packets import SHARED, packed, referred
from tests.grievances.statistics.made import FIRST
from tests.grievances.statistics.test_releases import released
from tests.grievances.views.pages import at, text_of
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


DESIGNATED = {"recipient": "members", "until": (timezone.localdate() + dt.timedelta(days=7)).isoformat()}


def closed_reasons(going: Walk, login: str, step: Step) -> list[str]:
    return [str(refusal) for refusal in refusals(step, Facts(going.case, going.cast.user(login)))]


def test_1_3_members_are_invited_one_at_a_time(cast: Cast) -> None:
    cast.all()
    before = User.objects.count()
    secretary = Visitor.logged_in("secretary")
    [form] = [form for form in secretary.forms("/accounts/members/invite/") if "name" in form.names]
    assert [name for name in form.names if "file" in name] == []
    secretary.send("/accounts/members/invite/", name="Ada\nBea\nCleo", email="ada@example.org")
    assert User.objects.count() <= before + 1


def test_2_3_a_draft_is_seen_by_nobody_else(cast: Cast) -> None:
    cast.all()
    going = walk(cast, "begun")
    going.written()
    for login in ("intake", "mediator", "steering", "secretary", "admin"):
        assert cast.browser(login).get(at(going, "draft/")).status_code == 404
        assert going.case.reference not in cast.browser(login).get("/").content.decode()


def test_2_4_what_was_seen_its_effect_and_what_is_needed_are_asked_apart_and_no_motive_is() -> None:
    asked = [question.fields for question in QUESTIONS]
    assert [("saw",) in asked, ("effect",) in asked, ("need",) in asked] == [True] * 3
    names = {name for form in FORMS.values() for name in form.base_fields} | {name for each in asked for name in each}
    assert [name for name in names if "motive" in name or "intent" in name or name == "why_they"] == []


@pytest.mark.parametrize("how", OneOnOne.values)
def test_3_0_each_of_five_ways_satisfies_the_one_on_one(cast: Cast, how: str) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.MEDIATION, "member")
    first = "First it is recorded how the one-on-one went; declined or unsafe is an answer."
    assert first in closed_reasons(going, "mediator", Step.BEGIN_MEDIATION)
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one=how)
    assert closed_reasons(going, "mediator", Step.BEGIN_MEDIATION) == []


@pytest.mark.parametrize("channel", Space.Channel.values)
def test_3_2_a_private_space_is_offered_by_a_channel_and_answered(cast: Cast, channel: str) -> None:
    going = walk(cast, "one_on_one")
    going.take(
        Step.OFFER_SPACE,
        "member",
        to=going.seat_token("respondent"),
        channel=channel,
        meets_at="2030-05-01T18:00+00:00",
    )
    offered = Space.objects.get()
    visitor = Visitor.logged_in("respondent")
    visitor.done(at(going, f"spaces/{offered.token}/"), answer="declined")
    offered.refresh_from_db()
    assert (offered.channel, offered.answer, going.case.stage) == (channel, "declined", Stage.ONE_ON_ONE)


def test_3_3_a_private_talk_is_kept_without_a_case_and_a_repeat_leads_to_a_concern(cast: Cast) -> None:
    cast["member"]
    member = Visitor.logged_in("member")
    talk = member.done("/conversations/new/", whom="Robin", about="A joke at somebody's cost.", went="talked")
    assert "You can raise a concern" not in member.open(talk)
    member.done(talk, went="repeat")
    assert "You can raise a concern" in member.open(talk)
    assert Case.objects.count() == 0


def test_3_4_the_distinction_is_written_and_the_reporter_reads_and_contests_it(cast: Cast) -> None:
    going = walk(cast, "served")
    unwritten = Visitor.logged_in("mediator").send(at(going, "s06/"), nature="interpersonal", text="")
    assert (unwritten.status_code, going.case.nature) == (422, "")
    going.distinguished()
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    assert "It is about a chase." in text_of(cast.browser("member").get(at(going, f"rooms/{own.token}/")))
    going.take(Step.CONTEST, "member", {"text": "It is about more."})
    assert going.case.nature == ""


def test_3_4_political_alone_takes_a_second_mediator(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.DISTINGUISH, "mediator", {"text": "It is about goals."}, nature="political")
    assert going.case.nature == ""
    going.confirmed()
    assert going.case.nature == "political"


def test_3_5_the_political_half_goes_on_without_names_and_without_the_case(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.MIXED)
    today = timezone.localdate().isoformat()
    going.take(Step.SPLIT, "mediator", {"text": "Who speaks for us?"}, meeting_on=today)
    item = AgendaItem.objects.select_related("room").get()
    assert (item.room.case_id, item.room.seat_id) == (None, None)
    [told] = read(item.room.entries.select_related("room__case", "author"), by=cast["mediator"])
    assert told.words == {"text": "Who speaks for us?"}
    assert going.case.reference not in text_of(cast.browser("mediator").get("/agenda/")).replace("My cases", "")


def test_4_0_nothing_is_closed_without_a_recorded_outcome(cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=going.case.pk).update(stage=Stage.CLOSED, closed_at=timezone.now())
    case = going.take(Step.WITHDRAW, "member")
    assert (case.stage, case.outcome) == (Stage.CLOSED, Outcome.WITHDRAWN)


def test_4_1_a_political_question_goes_to_a_meeting_in_the_very_words_consented_to(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.POLITICAL)
    assert closed_reasons(going, "mediator", Step.REDIRECT) == [
        "First the reporter consents to the very text that goes to the meeting."
    ]
    laid(going, Purpose.AGENDA, text="How do we decide on endorsements?")
    going.take(Step.REDIRECT, "mediator", meeting_on=timezone.localdate().isoformat())
    going.confirmed()
    assert (going.case.outcome, AgendaItem.objects.count()) == (Outcome.REDIRECTED, 1)


def test_4_2_national_opens_once_mediation_has_been_actioned(cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.packed()
    actioned = "National referral opens once Caucus mediation has been actioned."
    assert closed_reasons(going, "mediator", Step.REFER) == [actioned]
    going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "It is unsafe."}, actioned_how="unsafe")
    assert closed_reasons(going, "mediator", Step.REFER) == []


@pytest.mark.parametrize("page", ["/", "/code/", "/concerns/", "/accounts/", "/guides/1/"])
def test_4_2_binds_no_member_and_every_page_says_so(cast: Cast, page: str) -> None:
    says = "As a member you may go to a chapter’s grievance officer or to National at any time."
    assert says in text_of(cast.browser("member").get(page))


def test_5_3_a_session_begins_with_ground_rules(cast: Cast) -> None:
    going = walk(cast, "mediation")
    with pytest.raises(NotOpen, match="ground rules"):
        going.take(Step.RECORD_SESSION, "mediator", form="shuttle", held_on="2026-11-20", attended=[])


def test_5_6_forgiving_is_asked_of_nobody_and_gates_nothing(cast: Cast) -> None:
    names = {name for form in FORMS.values() for name in form.base_fields}
    assert [name for name in names if "forgiv" in name] == []
    assert [need for rule in WAY.values() for need in rule.needs if "FORGIV" in need.name] == []
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    assert going.take(Step.COMPLETE_AMENDS, "mediator", heard="silent").outcome == Outcome.AMENDS_KEPT


def test_5_6_who_wants_to_make_amends_goes_no_further_than_advice_without_the_person_harmed(cast: Cast) -> None:
    going = walk(cast, "distinguished", route=Route.CAUSED)
    assert closed_reasons(going, "mediator", Step.BEGIN_ONE_ON_ONE) == [
        "First the reporter and the person harmed consent to a one-on-one."
    ]
    assert closed_reasons(going, "mediator", Step.CLOSE_ADVISED) == []


def test_6_3_disagreement_about_goals_is_offered_the_meeting_and_not_a_case(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written(clauses="6.1 6.2")
    assert "To disagree about goals is never a violation" in text_of(cast.browser("member").get(at(going, "s01/")))


def test_7_1_neither_title_nor_address_says_what_a_case_is_about(cast: Cast) -> None:
    going = walk(cast, "told")
    pages = [cast.browser("member").get(at(going, rest)).content.decode() for rest in ("", "history/", "consents/")]
    titles = {re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].strip() for page in pages}  # type: ignore[index]  # each page has a title
    links = re.findall(r'href="([^"]*)"', " ".join(pages))
    assert titles == {"Caracol"}
    assert [link for link in links if any(word in link for word in ("harm", "mediat", "grievan", "victim"))] == []


def test_7_2_a_referral_says_who_why_what_and_whether_all_of_it_is_needed(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    going.packed()
    mediator = Visitor.logged_in("mediator")
    asked = {**WAITS, "recipient": "national", "until": timezone.localdate().isoformat()}
    for left_out in WAITS:
        answer = mediator.send(at(going, "s25/"), **{**asked, left_out: ""})
        assert (answer.status_code, going.case.proposals.count()) == (422, 0)
    mediator.done(at(going, "s25/"), **asked)
    going.confirmed()
    kept = room(going.case, RoomKind.PACKET).entries.filter(kind=EntryKind.WAITS)
    assert kept.count() == 1


def test_7_3_a_packet_leaves_only_in_the_version_that_was_agreed_to(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    packet = laid(going, Purpose.PACKET, text="The packet.")
    papers.prepare(going.case, Purpose.PACKET, packed("More."), by=cast["mediator"], paper=packet)
    assert closed_reasons(going, "mediator", Step.REFER) == [
        "First the reporter and the person harmed consent to this version of the packet."
    ]


def test_7_2_nothing_that_can_be_taken_away_is_the_answer_to_a_get(cast: Cast) -> None:
    going = referred(cast)
    released(FIRST)
    kit.steering(cast)
    for login in ("steering", "steering2"):
        cast.browser(login).post("/statistics/2024-H1/designate/", DESIGNATED)
    paths = [("member", at(going, f"packet/{number}/")) for number in (1, 2)]
    paths += [("steering", f"/statistics/2024-H1/{thing}/") for thing in ("paper", "sheet")]
    for login, path in paths:
        asked = cast.browser(login).get(path)
        assert (asked.status_code, asked.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "Why am I sharing?" in asked.content.decode()
        assert "checked" not in asked.content.decode()


def test_7_3_without_a_designation_that_stands_nothing_leaves(cast: Cast) -> None:
    going = referred(cast)
    mediator, answers = cast.browser("mediator"), {**SHARED, "what": "packet"}
    assert mediator.post(at(going, "packet/1/"), answers).headers["Content-Type"] == "application/pdf"
    Designation.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert mediator.post(at(going, "packet/1/"), answers).status_code == 409
    assert len(entries(going.case.chain, Event.SHARED)) == 1


def test_nothing_a_stranger_reads_quotes_a_concern(cast: Cast) -> None:
    walk(cast, "told")
    assert DRAFT["saw"] not in Client().get("/").content.decode()
