from __future__ import annotations

import pytest
from django.db import connection

from caracol.ledger.chain import entries
from grievances.actions import seats
from grievances.events import Event
from grievances.models import Entry, EntryKind, Opening, Room
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import ACCOUNT, DRAFT, Cast, Walk, walk
from tests.grievances.views.pages import HOSTILE, at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WORDS = "Could we talk on Monday?"


def room_of(going: Walk, login: str) -> str:
    room = going.case.rooms.get(kind=RoomKind.PARTY, seat__user=going.cast.user(login))
    return at(going, f"rooms/{room.token}/")


def room_named(going: Walk, kind: RoomKind) -> str:
    return at(going, f"rooms/{going.case.rooms.get(kind=kind, destroyed_at=None).token}/")


def test_a_room_is_read_and_written_in_and_nothing_else(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert cast.browser("member").put(room_of(going, "member")).status_code == 405


def test_a_room_without_a_key_is_no_room_at_all(cast: Cast) -> None:
    going = walk(cast, "told")
    respondent, stranger = cast.browser("respondent"), cast.browser("stranger")
    hidden = [room_of(going, "member"), room_named(going, RoomKind.NAMES), room_named(going, RoomKind.MEDIATORS)]
    assert all(same_as_unknown(respondent, address) for address in [*hidden, at(going, "rooms/nothing/")])
    assert all(same_as_unknown(stranger, address) for address in hidden)
    assert respondent.post(hidden[0], {"text": WORDS}).status_code == 404


def test_a_room_of_another_case_is_not_found_under_this_one(cast: Cast) -> None:
    going, other = walk(cast, "filed"), walk(cast, "filed")
    room = other.case.rooms.get(kind=RoomKind.PARTY)
    assert same_as_unknown(cast.browser("member"), at(going, f"rooms/{room.token}/"))


def test_the_draft_is_read_where_it_is_written(cast: Cast) -> None:
    going = walk(cast, "begun")
    answer = cast.browser("member").get(room_named(going, RoomKind.DRAFT))
    assert (answer.status_code, answer["Location"]) == (302, at(going, "draft/"))


def test_the_reporters_words_stand_under_their_questions(cast: Cast) -> None:
    going = walk(cast, "filed")
    page = cast.browser("member").get(room_of(going, "member"))
    assert [each.lines for each in page.context["entries"]] == [
        [
            ("What happened", DRAFT["saw"]),
            ("What it did to them", DRAFT["effect"]),
            ("What they need", DRAFT["need"]),
            ("Is anyone in danger?", "no"),
        ]
    ]


def test_authors_are_called_by_their_part(cast: Cast) -> None:
    going = walk(cast, "told")
    authors = {
        login: [each.author for each in cast.browser(login).get(room_of(going, "respondent")).context["entries"]]
        for login in ("respondent", "mediator", "mediator2")
    }
    assert authors == {"respondent": ["a mediator"], "mediator": ["you"], "mediator2": ["a mediator"]}


def test_a_respondent_reads_what_they_were_told_and_nothing_else(cast: Cast) -> None:
    going = walk(cast, "told")
    page = cast.browser("respondent").get(room_of(going, "respondent"))
    assert [each.lines for each in page.context["entries"]] == [[("", ACCOUNT)]]


def test_a_message_is_read_by_the_other_side_of_the_door(cast: Cast) -> None:
    going = walk(cast, "told")
    address = room_of(going, "respondent")
    answer = cast.browser("respondent").post(address, {"text": WORDS})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert WORDS in text_of(cast.browser("mediator").get(address))


def test_among_mediators_a_message_is_a_note(cast: Cast) -> None:
    going = walk(cast, "served")
    cast.browser("mediator").post(room_named(going, RoomKind.MEDIATORS), {"text": WORDS})
    assert Entry.objects.get(room__kind=RoomKind.MEDIATORS).kind == EntryKind.NOTE


def test_both_sides_write_on_the_table(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    table = room_named(going, RoomKind.TABLE)
    for login in ("member", "respondent", "mediator"):
        assert cast.browser(login).post(table, {"text": WORDS}).status_code == 302
    assert len(cast.browser("member").get(table).context["entries"]) == 3


def test_where_nobody_writes_there_is_no_form_and_a_message_is_refused(cast: Cast) -> None:
    going = walk(cast, "served")
    names, browser = room_named(going, RoomKind.NAMES), cast.browser("member")
    assert browser.get(names).context["form"] is None
    assert browser.post(names, {"text": WORDS}).status_code == 403


def test_a_support_person_reads_in_the_room_of_whom_they_support_and_writes_in_their_own(cast: Cast) -> None:
    going = walk(cast, "served")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    friend = cast.browser("friend")
    beside = friend.get(room_of(going, "member"))
    assert (beside.status_code, beside.context["form"]) == (200, None)
    assert DRAFT["saw"] in text_of(beside)
    assert friend.post(room_of(going, "member"), {"text": WORDS}).status_code == 403
    assert friend.post(room_of(going, "friend"), {"text": WORDS}).status_code == 302


def test_intake_writes_to_the_reporter_until_two_mediators_serve(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    intake = cast.browser("intake")
    assert intake.post(room_of(going, "member"), {"text": WORDS}).status_code == 302
    going.served()
    assert statuses(intake, room_of(going, "member")) == (404, 404)


@pytest.mark.parametrize(("typed", "said"), HOSTILE)
def test_a_message_that_cannot_be_kept_is_named_beside_its_field(cast: Cast, typed: str, said: str) -> None:
    going = walk(cast, "filed")
    page = cast.browser("member").post(room_of(going, "member"), {"text": typed})
    form = page.context["form"]
    assert (page.status_code, form.errors, form["text"].value()) == (422, {"text": [said]}, typed)


@pytest.mark.usefixtures("within_an_hour")
def test_an_opening_is_recorded_once_for_each_reader_room_and_hour(cast: Cast) -> None:
    going = walk(cast, "filed")
    browser, address = cast.browser("member"), room_of(going, "member")
    for _time in range(3):
        browser.get(address)
    assert Opening.objects.count() == 1
    said = [entry.details for entry in entries(going.case.chain, Event.ROOM_OPENED)]
    room = Room.objects.get(kind=RoomKind.PARTY)
    assert said == [{"room": room.token, "kind": "party"}]


def test_reading_a_text_that_waits_is_an_opening_too(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    going.packed()
    cast.browser("mediator2").get(at(going, f"{Step.REFER.value}/"))
    opened = Opening.objects.filter(user=cast.user("mediator2"), room__kind=RoomKind.PACKET)
    assert opened.count() == 1


def test_what_is_not_its_authors_is_marked_and_not_shown(cast: Cast) -> None:
    going = walk(cast, "filed")
    entry = Entry.objects.get(room__kind=RoomKind.PARTY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE grievances_entry SET sealed = %s WHERE id = %s", [b"forged", entry.pk])
    said = text_of(cast.browser("member").get(room_of(going, "member")))
    assert "This could not be verified" in said
    assert DRAFT["saw"] not in said


def test_the_notes_are_gone_when_the_case_closes(cast: Cast) -> None:
    going = walk(cast, "served")
    notes = room_named(going, RoomKind.MEDIATORS)
    browser = cast.browser("mediator")
    browser.post(notes, {"text": WORDS})
    going.take(Step.WITHDRAW, "member")
    assert statuses(browser, notes) == (404, 404)


def test_only_the_newest_version_of_a_text_lies_in_a_room(cast: Cast) -> None:
    going = walk(cast, "amends")
    table = cast.browser("respondent").get(room_named(going, RoomKind.TABLE))
    assert [each.kind for each in table.context["entries"]] == ["Agreement"]
    assert "Say sorry to the cat. (apology; by you, until" in text_of(table)


def test_what_the_two_agreed_is_written_on_the_table_and_stands_out(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    table = room_named(going, RoomKind.TABLE)
    sent = cast.browser("respondent").post(table, {"text": "We sweep the porch in turns.", "agreed": "on"})
    assert sent.status_code == 302
    [written] = Entry.objects.filter(room__kind=RoomKind.TABLE, room__case=going.case)
    assert written.kind == EntryKind.AGREED
    assert text_of(cast.browser("member").get(table)).count("What we agreed, in our own words") == 1


def test_nothing_is_agreed_in_a_room_of_ones_own(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    own = room_of(going, "member")
    assert "This is what we agreed" not in text_of(cast.browser("member").get(own))
    cast.browser("member").post(own, {"text": WORDS, "agreed": "on"})
    assert Entry.objects.filter(kind=EntryKind.AGREED).count() == 0
