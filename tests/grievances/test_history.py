"""Every event has words and a rule of who reads it; nobody else reads it."""

from __future__ import annotations

import string

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caracol.ledger.chain import entries
from grievances.actions import seats, words
from grievances.actions.refusals import note
from grievances.events import _OPEN, EVENTS, Event
from grievances.facts import Facts
from grievances.history import Happened, history
from grievances.models import Pseudonym
from grievances.presenters import People
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import invited, room

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

# Who reads of what, once the whole way was walked: the letters stand for the readers below, in their order.
READERS = {"R": "member", "N": "respondent", "W": "witness", "S": "friend", "M": "mediator", "O": "mediator2"}
READ_BY = {
    Event.BEGUN: "R",
    Event.CONFLICT_NOTED: "R",
    Event.FILED: "RMO",
    Event.ASKED: "RMO",
    Event.ACCEPTED: "RMO",
    Event.ACKNOWLEDGED: "RMO",
    Event.DISTINGUISHED: "RMO",
    Event.INVITED: "RMO",
    Event.TOLD: "RNMO",
    Event.ONE_ON_ONE_BEGUN: "RNMO",
    Event.ONE_ON_ONE_RECORDED: "RNMO",
    Event.MEDIATION_BEGUN: "RNMO",
    Event.SESSION_RECORDED: "RNMO",
    Event.AGREED: "RNMO",
    Event.CHECKED_IN: "RNMO",
    Event.PROPOSED: "MO",
    Event.REFERRED: "RMO",
    Event.DESIGNATED: "RMO",
    Event.ANSWERED: "RNWSMO",
    Event.REFUSED: "RMO",
    Event.CONSENT_GIVEN: "RMO",
    Event.PAPER_LAID: "RMO",
    Event.ROOM_BUILT: "RMO",
    Event.ROOM_TURNED: "RMO",
    Event.ROOM_GRANTED: "RMO",
    Event.ROOM_OFFERED: "RMO",
    Event.ROOM_WITHDRAWN: "RMO",
    Event.ROOM_OPENED: "RMO",
    Event.ROOM_REFUSED: "RMO",
    Event.ROOM_DESTROYED: "RMO",
    Event.SEATED: "",
    Event.BARRED: "",
    Event.ENTRY_WRITTEN: "",
}


def log(going: Walk, login: str) -> list[Happened]:
    facts = Facts(going.case, going.cast.user(login))
    return history(facts, People(facts))


def says(going: Walk, login: str) -> list[str]:
    return [line.says for line in log(going, login)]


def the_whole_way(cast: Cast) -> Walk:
    going = walk(cast, "distinguished")
    invited(going, "witness", Part.WITNESS)
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    going.told()
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    words.note_opening(own, cast["mediator"])
    note(going.case, cast.user("respondent"))
    note(going.case, cast.user("witness"), event=Event.ROOM_REFUSED, room=own.token)
    for stretch in (Walk.one_on_one, Walk.mediation, Walk.amends, Walk.national, Walk.closed):
        stretch(going)
    return going


def test_what_the_whole_way_tells_is_read_by_those_who_may_and_by_no_one_else(cast: Cast) -> None:
    going = the_whole_way(cast)
    happened = {Event(told.event) for told in entries(going.case.chain)}
    logs = {letter: {line.event for line in log(going, login)} for letter, login in READERS.items()}
    read_by = {event: "".join(letter for letter in READERS if event in logs[letter]) for event in happened}
    assert read_by == READ_BY


def test_no_line_of_anybody_s_log_names_a_party_or_a_token(cast: Cast) -> None:
    going = the_whole_way(cast)
    names = [f"{login.title()} Somebody" for login in going.cast.actors]
    tokens = [each.token for each in going.case.rooms.all()]
    pseudonyms = [row.name for row in Pseudonym.objects.all()]
    handles = [actor.user.handle for actor in going.cast.actors.values()]
    for login in READERS.values():
        page = "\n".join(says(going, login))
        assert page
        assert not [word for word in [*names, *tokens, *pseudonyms, *handles, "{", "RoomKind"] if word in page], login


@pytest.mark.parametrize("event", Event)
def test_every_event_has_words_that_stand_by_themselves(event: Event) -> None:
    rule = EVENTS[event]
    asked = {name for _text, name, _spec, _conversion in string.Formatter().parse(str(rule.says)) if name}
    assert asked <= set(_OPEN)
    assert rule.say()[0].isupper()
    assert rule.say().endswith(".")


def test_the_reporter_reads_who_opened_which_room_and_who_was_asked(cast: Cast) -> None:
    going = walk(cast, "served")
    words.note_opening(room(going.case, RoomKind.NAMES), cast["intake"])
    words.note_opening(room(going.case, RoomKind.PARTY, cast.user("member")), cast["mediator2"])
    lines = says(going, "member")
    assert [line for line in lines if " opened " in line] == [
        "Server intake (intake person) opened a room: Names.",
        "Server mediator2 (mediator) opened a room: Your own room.",
    ]
    assert [line for line in lines if " asked " in line and "key" not in line] == [
        "Server intake (intake person) asked Server mediator (mediator) to serve.",
        "Server intake (intake person) asked Server mediator2 (mediator) to serve.",
    ]


def test_whoever_was_asked_and_never_sat_goes_by_the_name_they_serve_by(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    assert says(going, "member")[-1] == "Server intake (intake person) asked Server mediator to serve."


def test_somebody_with_a_receipt_reads_no_name_of_those_who_were_only_asked(cast: Cast) -> None:
    going = walk(cast, "filed")
    reporter = cast.user("member")
    before = [line for line in says(going, "member") if "Server" in line]
    reporter.kind = "receipt"
    reporter.save(update_fields=["kind"])
    facts = Facts(going.case, reporter)
    after = [line.says for line in history(facts, People(facts)) if "Server" in line.says]
    assert (len(before), after) == (2, [])


def test_the_intake_person_is_no_name_to_the_person_named(cast: Cast) -> None:
    going = walk(cast, "told")
    facts = Facts(going.case, cast.user("respondent"))
    assert "Server intake" not in "\n".join(line.says for line in history(facts, People(facts)))


def test_a_name_given_to_somebody_else_in_the_database_is_nobody_s(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    Pseudonym.objects.filter(user=cast.user("intake")).update(user=cast.user("stranger"))
    assert "Somebody acknowledged the concern." in says(going, "member")


def test_a_long_log_costs_as_many_queries_as_a_short_one(cast: Cast) -> None:
    counts = []
    going = walk(cast, "served")
    log(going, "member")  # what is looked up once and remembered
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            log(going, "member")
        counts.append(len(queries))
        for each in range(5):
            note(going.case, cast.user("mediator"), step="s06")
            words.note_opening(room(going.case, RoomKind.NAMES), cast["mediator" if each % 2 else "mediator2"])
    assert counts[0] == counts[1]
