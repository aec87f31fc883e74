"""Two at once, on PostgreSQL: one wins, the other is told, and the ledger's chain holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from caracol.ledger.chain import entries, first_fault
from grievances import access
from grievances.actions import Taken, confirm, papers, people, rooms, seats, sessions, take
from grievances.actions.words import note_opening, say
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.models import Case, Consent, Entry, Invited, Notice, Purpose, Room, Seat, SeatOffer, Space
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import keys_to
from grievances.workflow import Stage, Step
from tests.grievances.at_once import AtOnce
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import doors, laid, opened, planned, replaced, room
from tests.grievances.views.pages import at, text_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

HELD: dict[str, Any] = {"one_on_one": "held"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[AtOnce]:
    """Whatever happened at once: afterwards no chain of the ledger has a fault."""
    assert connection.vendor == "postgresql"
    yield AtOnce(monkeypatch)
    assert first_fault() is None


def said(going: Walk, event: Event) -> int:
    return len(entries(going.case.chain, event))


def now(going: Walk) -> Case:
    return Case.objects.get(pk=going.case.pk)


def kinds(results: list[Any]) -> set[type]:
    assert len(results) == 2
    return {type(result) for result in results}


# Steps


def test_of_two_mediators_who_take_the_same_step_one_does(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "one_on_one")
    version = now(going).version
    results = at_once(
        *(
            lambda login=login: take(Step.RECORD_ONE_ON_ONE, going.case, by=cast[login], version=version, choices=HELD)
            for login in ("mediator", "mediator2")
        )
    )
    assert kinds(results) == {Taken, SomebodyWasFaster}
    assert (now(going).version, said(going, Event.ONE_ON_ONE_RECORDED)) == (version + 1, 1)


def test_of_two_opposite_steps_one_is_taken(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.ONE_ON_ONE, "member", "respondent")
    version = now(going).version
    results = at_once(
        lambda: take(Step.BEGIN_ONE_ON_ONE, going.case, by=cast["mediator"], version=version),
        lambda: take(Step.WITHDRAW, going.case, by=cast["member"], version=version),
    )
    assert kinds(results) == {Taken, SomebodyWasFaster}
    assert said(going, Event.ONE_ON_ONE_BEGUN) + said(going, Event.WITHDRAWN) == 1
    assert (now(going).stage == Stage.CLOSED) == bool(said(going, Event.WITHDRAWN))


def test_who_closes_and_who_proposes_at_once_do_not_both(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "mediation")
    version = now(going).version
    results = at_once(
        lambda: take(Step.CLOSE_OUT_OF_SCOPE, going.case, by=cast["mediator"], version=version, words={"text": "No."}),
        lambda: take(
            Step.CLOSE_WITHOUT_AGREEMENT, going.case, by=cast["mediator2"], version=version, words={"text": "Not so."}
        ),
    )
    closed = now(going)
    assert closed.outcome == "no_agreement"
    assert not closed.proposals.filter(ended_at=None).exists()
    assert [type(result) for result in results] in ([Taken, Taken], [SomebodyWasFaster, Taken])


def test_a_proposal_is_confirmed_or_taken_back_by_a_recusal_and_never_both(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "Not ours."})
    waiting = going.case.proposals.select_related("case", "proposed_by").get(ended_at=None)
    results = at_once(
        lambda: confirm(waiting, by=cast["mediator2"]),
        lambda: take(Step.RECUSE, going.case, by=cast["mediator"]),
    )
    assert Taken in kinds(results)
    taken = [isinstance(result, Taken) for result in results]
    assert (said(going, Event.OUT_OF_SCOPE), said(going, Event.RECUSED)) == tuple(int(each) for each in taken)


def test_a_consent_is_withdrawn_before_the_text_is_told_or_after_it(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "distinguished")
    account = laid(going, Purpose.ACCOUNT, person=cast.user("respondent"), part=Part.RESPONDENT)
    consent = Consent.objects.get(paper=account)
    results = at_once(
        lambda: take(Step.TELL, going.case, by=cast["mediator"], choices={"paper": account.token}),
        lambda: papers.withdraw_consent(going.case, consent, by=cast["member"]),
    )
    told = Seat.objects.filter(case=going.case, respondent=True).exists()
    assert (isinstance(results[0], Taken), said(going, Event.TOLD)) == (told, int(told))


# Filing


def twice(browser: Client) -> list[Client]:
    """The same browser, clicking twice."""
    again = Client()
    again.cookies = browser.cookies
    return [browser, again]


def test_a_double_click_files_once_and_the_other_page_is_calm(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "begun")
    going.written()
    typed = {"version": now(going).version, "draft_version": 1}
    pages: list[Any] = at_once(
        *(lambda click=click: click.post(at(going, f"{Step.FILE}/"), typed) for click in twice(cast.browser("member")))
    )
    pages.sort(key=lambda page: page.status_code)
    assert [page.status_code for page in pages] == [302, 409]
    assert "Somebody" in text_of(pages[1]) or "filed" in text_of(pages[1])
    assert (said(going, Event.FILED), going.case.offers.count()) == (1, 1)
    standing = Room.objects.filter(case=going.case, destroyed_at=None)
    assert sorted(standing.values_list("kind", flat=True)) == [RoomKind.NAMES, RoomKind.PARTY]


def test_two_mediators_press_the_same_button_and_one_is_told_what_changed(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "one_on_one")
    typed = {"version": now(going).version, **HELD}
    browsers = [cast.browser(login) for login in ("mediator", "mediator2")]
    pages: list[Any] = at_once(
        *(lambda browser=browser: browser.post(at(going, f"{Step.RECORD_ONE_ON_ONE}/"), typed) for browser in browsers)
    )
    pages.sort(key=lambda page: page.status_code)
    assert [page.status_code for page in pages] == [302, 409]
    assert "recorded how the one-on-one went" in text_of(pages[1])


# Keys and seats


def test_who_accepts_while_the_reporter_bars_them_ends_without_a_key(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    at_once(
        lambda: take(Step.ACCEPT, going.case, by=cast["mediator"]),
        lambda: people.say_who_must_not_serve(going.case, [cast.user("mediator")], by=cast["member"]),
    )
    barred = cast.user("mediator")
    assert barred.pk in access.conflicted(going.case)
    assert (doors(going.case, barred), opened(going.case, cast["mediator"])) == (set(), set())
    assert not going.case.seats.filter(user=barred, left_at=None).exists()
    assert not SeatOffer.objects.filter(user=barred, state=SeatOffer.State.OPEN).exists()


def test_of_two_who_accept_the_last_free_seat_one_sits_down(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "taken_in")
    for login in ("mediator", "mediator2", "mediator3"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    going.take(Step.ACCEPT, "mediator")
    results = at_once(
        lambda: take(Step.ACCEPT, going.case, by=cast["mediator2"]),
        lambda: take(Step.ACCEPT, going.case, by=cast["mediator3"]),
    )
    assert kinds(results) in ({Taken, NotYours}, {Taken, NotOpen})
    assert going.case.seats.filter(mediator=True, left_at=None).count() == 2
    assert sum(len(doors(going.case, cast.user(login))) > 0 for login in ("mediator2", "mediator3")) == 1


def test_one_person_is_asked_once_by_two(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "taken_in")
    who = {"who": cast.user("mediator").handle}
    results = at_once(
        lambda: take(Step.ASK, going.case, by=cast["intake"], choices=who),
        lambda: take(Step.ASK, going.case, by=cast["member"], choices=who),
    )
    assert kinds(results) == {Taken, NotOpen}
    assert going.case.offers.filter(user=cast.user("mediator")).count() == 1
    assert Notice.objects.filter(user=cast.user("mediator"), step=Step.ASK).count() == 1


def test_who_steps_back_in_one_tab_takes_no_step_in_the_other_afterwards(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "one_on_one")
    results = at_once(
        lambda: take(Step.RECUSE, going.case, by=cast["mediator"]),
        lambda: take(Step.RECORD_ONE_ON_ONE, going.case, by=cast["mediator"], choices=HELD),
    )
    assert isinstance(results[0], Taken)
    assert isinstance(results[1], Taken | NotYours)
    assert entries(going.case.chain, Event.RECUSED, Event.ONE_ON_ONE_RECORDED)[-1].event == Event.RECUSED
    assert doors(going.case, cast.user("mediator")) == set()


def test_what_is_written_while_somebody_steps_back_is_read_by_who_stays(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "told")
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    copied = keys_to([own], cast["mediator"])[own.pk]

    def answers() -> Entry:
        at_once.meet()
        return say(own, {"text": "I did not."}, by=cast["respondent"])

    at_once(lambda: take(Step.RECUSE, going.case, by=cast["mediator"]), answers)
    for stays in ("respondent", "mediator2"):
        assert ("message", "I did not.") in opened(going.case, cast[stays])
    written = own.entries.get(kind="message")
    removed_first = written.epoch == room(going.case, RoomKind.PARTY, cast.user("respondent")).epoch
    assert (written.epoch in copied) is not removed_first


def test_keys_that_are_handed_on_while_a_room_turns_are_not_lost(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "told")
    replaced(going)
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))

    def logs_in() -> None:
        at_once.meet()
        rooms.complete_due(actor=cast["respondent"])

    at_once(lambda: take(Step.RECUSE, going.case, by=cast["mediator"]), logs_in)
    rooms.complete_due(actor=cast["respondent"])
    own.refresh_from_db()
    assert set(keys_to([own], cast["mediator3"])[own.pk]) == set(range(1, own.epoch + 1))
    assert own.grants.get(user=cast.user("mediator3")).owed == 0


def test_an_account_is_closed_while_its_holder_accepts(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    at_once(
        lambda: take(Step.ACCEPT, going.case, by=cast["mediator"]),
        lambda: seats.withdraw_everything(None, cast.user("mediator")),
    )
    assert not access.rooms_held_by(cast.user("mediator")).exists()


def test_a_room_is_opened_while_a_step_writes_in_it(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "served")
    own = room(going.case, RoomKind.PARTY, cast.user("member"))

    def opens() -> None:
        at_once.meet()
        note_opening(own, cast["member"])

    words, nature = {"text": "It is about a chase."}, {"nature": "interpersonal"}
    results = at_once(
        lambda: take(Step.DISTINGUISH, going.case, by=cast["mediator"], words=words, choices=nature), opens
    )
    assert [type(result) for result in results] == [Taken, type(None)]
    assert said(going, Event.ROOM_OPENED) == 1


def test_a_session_is_answered_as_it_was_or_changed_and_never_accepted_unseen(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "mediation")
    session = planned(going, "respondent", form="shuttle")
    later = sessions.Plan(Space.Channel.CALL, session.meets_at + dt.timedelta(days=1))
    results = at_once(
        lambda: sessions.answer(going.case, session, Invited.Answer.ACCEPTED, seen=1, by=cast["respondent"]),
        lambda: sessions.change(going.case, session, later, seen=1, where_was="", by=cast["mediator"]),
    )
    assert kinds(results) in ({type(None)}, {SomebodyWasFaster, type(None)})
    session.refresh_from_db()
    assert (session.version, Invited.objects.get().answer) == (2, "")


def test_of_two_mediators_who_change_a_session_one_does(cast: Cast, at_once: AtOnce) -> None:
    going = walk(cast, "mediation")
    session = planned(going, "respondent", form="shuttle")
    later = sessions.Plan(Space.Channel.CALL, session.meets_at + dt.timedelta(days=1))
    results = at_once(
        lambda: sessions.change(going.case, session, later, seen=1, where_was="", by=cast["mediator"]),
        lambda: sessions.call_off(going.case, session, seen=1, by=cast["mediator2"]),
    )
    assert SomebodyWasFaster in kinds(results) or NotOpen in kinds(results)
    assert said(going, Event.SESSION_CHANGED) + said(going, Event.SESSION_CALLED_OFF) == 1
