"""What the reporter is shown before filing agrees with the keys that are then handed out."""

from __future__ import annotations

import pytest

from grievances.actions import people
from grievances.actions.seats import invite_support
from grievances.facts import Facts
from grievances.models import Case, Route
from grievances.preview import Preview, When, preview
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

READERS = {
    "member": "You",
    "intake": "Whoever takes it in",
    "mediator": "A mediator",
    "respondent": "The person named",
    "friend": "Your support person",
}


def shown(going: Walk, **said: str) -> Preview:
    return preview(Facts(going.case, going.cast.user("member")), {**DRAFT, **said}, with_names=True)


def cells(plan: Preview, who: str) -> dict[str, When]:
    """Return what is said of one reader: room by room."""
    column = [reader.who for reader in plan.readers].index(who)
    return {line.room.name: line.cells[column] for line in plan.lines}


def keys_of(case: Case) -> dict[tuple[str, str], set[int]]:
    """Return who holds a key, by kind of room and owner."""
    rooms = case.rooms.filter(destroyed_at=None).select_related("seat")
    return {
        (room.kind, _owner(room.seat.parts_ever) if room.seat else ""): set(
            room.grants.values_list("user_id", flat=True)
        )
        for room in rooms
    }


def _owner(parts: frozenset[Part]) -> str:
    return "mine" if Part.REPORTER in parts else min(part.value for part in parts)


def begun(cast: Cast, route: Route = Route.HARMED) -> Walk:
    going = walk(cast, "begun", route=route)
    going.written()
    return going


def test_each_room_says_from_when_on_each_person_opens_it(cast: Cast) -> None:
    plan = shown(begun(cast))
    assert cells(plan, "You") == {
        "Names": When.FROM_THE_START,
        "Your own room": When.FROM_THE_START,
        "The room of the person named": When.NEVER,
        "Shared table": When.WHEN_YOU_AGREE,
        "Mediators' notes": When.NEVER,
        "Packet for National": When.WHEN_BUILT,
    }
    assert cells(plan, "Whoever takes it in") == {
        **dict.fromkeys(cells(plan, "You"), When.NEVER),
        "Names": When.AS_SOON_AS_FILED,
        "Your own room": When.WHEN_TAKEN_IN,
    }
    assert cells(plan, "A mediator") == {
        **dict.fromkeys(cells(plan, "You"), When.ONCE_SERVING),
        "Names": When.WHEN_ASKED,
    }
    assert cells(plan, "The person named")["Your own room"] == When.NEVER


def test_what_is_said_never_to_open_is_never_opened_on_the_whole_way(cast: Cast) -> None:
    going = begun(cast)
    plan = shown(going)
    going.take(Step.FILE, "member")
    held: dict[tuple[str, str], set[int]] = {}
    for stretch in (
        Walk.taken_in,
        Walk.served,
        Walk.distinguished,
        Walk.told,
        _beside,
        Walk.one_on_one,
        Walk.mediation,
        Walk.amends,
        Walk.national,
    ):
        stretch(going)
        for place, users in keys_of(going.case).items():
            held.setdefault(place, set()).update(users)
    for line in plan.lines:
        place = (line.room.kind.value, "mine" if Part.REPORTER in line.room.owner else min(line.room.owner, default=""))
        for login, who in READERS.items():
            opened = cast.user(login).pk in held[place]
            assert opened is (cells(plan, who)[line.room.name] != When.NEVER), (who, line.room.name)


def _beside(going: Walk) -> None:
    invite_support(going.case, going.cast.user("friend"), by=going.cast["member"], reads=True)


def test_a_name_kept_back_is_a_room_of_its_own(cast: Cast) -> None:
    plan = shown(begun(cast), keep_back="yes")
    says = {reader.who: cells(plan, reader.who)["Identity"] for reader in plan.readers}
    assert says == {
        **dict.fromkeys(says, When.NEVER),
        "You": When.FROM_THE_START,
        "A mediator": When.BY_YOUR_HAND,
    }
    assert "Identity" not in cells(shown(begun(cast)), "You")


def test_who_is_barred_stands_in_no_column_and_is_named_below(cast: Cast) -> None:
    going = begun(cast)
    people.say_who_must_not_serve(going.case, [cast.user("mediator2"), cast.user("intake")], by=cast["member"])
    plan = shown(going)
    named = {reader.who: reader.names for reader in plan.readers if reader.names}
    assert named == {"A mediator": ("Server mediator", "Server mediator3")}
    assert plan.barred == ["Server intake", "Server mediator2"]


def test_the_emergency_key_is_a_column_unless_it_was_left_out(cast: Cast) -> None:
    going = begun(cast)
    kept = cells(shown(going), "Steering members")
    assert {room for room, says in kept.items() if says == When.BY_RECOVERY} == {
        room for room in kept if room != "Packet for National"
    }
    assert [reader.who for reader in shown(going, leave_recovery_out="yes").readers][-1] != "Steering members"


def test_a_bystander_sees_that_the_person_harmed_has_a_room_of_their_own(cast: Cast) -> None:
    plan = shown(begun(cast, Route.SAW))
    assert cells(plan, "You")["The room of the person harmed"] == When.NEVER
    assert cells(plan, "The person harmed")["Your own room"] == When.NEVER


def test_the_preview_stands_beside_the_answers_to_be_checked(cast: Cast) -> None:
    going = begun(cast)
    said = text_of(cast.browser("member").get(at(going, "s01/")))
    for each in (
        "Who will see what",
        "Server mediator, Server mediator2, Server mediator3",
        str(When.WHEN_TAKEN_IN.label),
    ):
        assert each in said


def test_once_filed_there_is_no_preview_any_more(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert "Who will see what" not in text_of(cast.browser("member").get(at(going, "s01/")))


def test_more_people_who_serve_cost_no_more_queries(cast: Cast) -> None:
    going = begun(cast)
    people.say_who_must_not_serve(going.case, [cast.user("mediator3")], by=cast["member"])
    few = cost(cast.browser("member"), at(going, "s01/"))
    for more in ("mediator4", "mediator5"):
        cast[more]
    people.say_who_must_not_serve(going.case, [cast.user("mediator5")], by=cast["member"])
    assert cost(cast.browser("member"), at(going, "s01/")) == few
