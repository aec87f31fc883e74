"""The one door: who finds which case and opens which room, and every trap on the way to it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.conf import settings as guardian_settings

from caracol.accounts.models import User
from grievances import access
from grievances.models import AgendaItem, Case, Conflict, Nature, Room, RoomGrant
from grievances.roles import May, Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import doors, invited

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PERMISSIONS = (access.SERVE, access.TAKE_PART)


def found(user: User, case: Case) -> list[bool]:
    """Every answer there is to whether somebody finds a case: lists and single look-ups."""
    listed = [case in access.cases_of(user, permission) for permission in PERMISSIONS]
    return [
        any(listed),
        access.case_seen_by(user, case.reference) is not None,
        Case.objects.filter(access.visible(user), pk=case.pk).exists(),
        any(access.may(user, deed, case) for deed in May),
        any(seat.user == user for seat in access.who_sees(case)),
    ]


NOTHING = [False] * 5
ALL = [True] * 5


@pytest.mark.parametrize("login", ["member", "respondent", "witness", "mediator", "mediator2"])
def test_who_has_a_seat_finds_the_case_by_every_look_up(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    invited(going, "witness", Part.WITNESS)
    assert found(cast.user(login), going.case) == ALL


@pytest.mark.parametrize("login", ["intake", "mediator3", "secretary", "steering", "stranger"])
def test_who_has_none_finds_it_by_none(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    assert (found(cast.user(login), going.case), doors(going.case, cast.user(login))) == (NOTHING, set())


# Guardian's traps


def test_a_superuser_finds_nothing(cast: Cast) -> None:
    going, strong = walk(cast, "told"), cast.user("stranger")
    strong.is_superuser = strong.is_staff = True
    strong.save()
    assert (found(strong, going.case), doors(going.case, strong)) == (NOTHING, set())
    assert not strong.has_perm("grievances.serve_case", going.case)


def test_a_permission_on_the_whole_model_opens_nothing(cast: Cast) -> None:
    going, user = walk(cast, "told"), cast.user("stranger")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="grievances"))
    user = User.objects.get(pk=user.pk)
    assert (found(user, going.case), doors(going.case, user)) == (NOTHING, set())


def test_a_permission_by_a_group_opens_nothing(cast: Cast) -> None:
    going, user = walk(cast, "told"), cast.user("stranger")
    group = Group.objects.create(name="Everybody")
    group.permissions.set(Permission.objects.filter(content_type__app_label="grievances"))
    user.groups.add(group)
    assert (found(user, going.case), doors(going.case, user)) == (NOTHING, set())


def test_an_inactive_person_finds_nothing_any_more(cast: Cast) -> None:
    going, gone = walk(cast, "told"), cast.user("mediator")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    assert (found(gone, going.case), doors(going.case, gone)) == (NOTHING, set())


def test_guardian_makes_nobody_anonymous_a_user_and_fetches_nothing_beforehand() -> None:
    assert (guardian_settings.ANONYMOUS_USER_NAME, guardian_settings.AUTO_PREFETCH) == (None, False)


def test_a_grant_without_a_key_is_no_grant(cast: Cast) -> None:
    room = walk(cast, "told").case.rooms.filter(destroyed_at=None)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomGrant.objects.create(
            user=cast.user("stranger"),
            permission_id=access.permission_id(access.OPEN),
            content_object=room,
            sealed_keys={},
        )


def test_a_grants_keys_are_not_emptied(cast: Cast) -> None:
    walk(cast, "filed")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomGrant.objects.update(sealed_keys={})


# A conflict beats a grant


@pytest.mark.parametrize("login", ["mediator", "mediator2"])
def test_a_conflict_beats_a_grant_to_serve_everywhere(login: str, cast: Cast) -> None:
    going, user = walk(cast, "told"), cast.user(login)
    Conflict.objects.create(case=going.case, user=user, source=Conflict.Source.REPORTER, since=timezone.now())
    assert (found(user, going.case), doors(going.case, user)) == (NOTHING, set())


def test_a_conflict_hides_nothing_from_a_party(cast: Cast) -> None:
    going = walk(cast, "told")
    assert (
        cast.user("respondent").pk in access.conflicted(going.case),
        found(cast.user("respondent"), going.case),
    ) == (
        True,
        ALL,
    )


def test_a_conflict_in_one_case_hides_no_other(cast: Cast) -> None:
    here, there, user = walk(cast, "told"), walk(cast, "told"), cast.user("mediator")
    Conflict.objects.create(case=here.case, user=user, source=Conflict.Source.RECUSED, since=timezone.now())
    assert list(access.cases_of(user, access.SERVE)) == [there.case]


def test_an_agenda_room_stands_outside_every_case_and_opens_to_its_carriers(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished(Nature.MIXED)
    going.take(Step.SPLIT, "mediator", {"text": "A rule?"}, meeting_on="2026-12-01")
    room = AgendaItem.objects.get().room
    can = {login: room in access.rooms_of(cast.user(login)) for login in ("mediator", "mediator2", "member", "intake")}
    assert can == {"mediator": True, "mediator2": True, "member": False, "intake": False}


# Cost


def test_lists_cost_the_same_for_one_case_as_for_many(cast: Cast) -> None:
    user = cast.user("member")
    walk(cast, "filed")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            cases = list(access.cases_of(user, access.TAKE_PART))
            list(access.rooms_of(user, Room.objects.filter(case__in=cases)))
            list(access.newest_cases(user, access.TAKE_PART))
        return len(seen)

    before = queries()
    for _more in range(3):
        Walk.begin(cast)
    assert (before, queries()) == (3, 3)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_no_list_scans_the_cases(permission: str, cast: Cast) -> None:
    user = cast.user("member")
    assert scans(access.cases_of(user, permission)) == []


def test_no_single_look_up_scans_the_cases(cast: Cast) -> None:
    user = cast.user("member")
    case = Walk.begin(cast).case
    assert scans(Case.objects.filter(access.visible(user), reference=case.reference)) == []
    assert scans(access.rooms_of(user, Room.objects.filter(case=case))) == []


def scans(query: QuerySet[Case] | QuerySet[Room]) -> list[str]:
    """Return the lines of the plan that read the whole table of cases or rooms."""
    tables = ("SCAN grievances_case", "SCAN grievances_room")
    return [
        line
        for line in query.explain().splitlines()
        if line.strip().partition("SCAN")[1] and any(t in line for t in tables) and "USING" not in line
    ]
