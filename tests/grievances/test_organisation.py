from __future__ import annotations

import pytest
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from caracol.ledger import triggers
from caracol.ledger.chain import Tampered
from caracol.ledger.models import Entry as LedgerEntry
from caracol.vault import box, keystore, recovery
from caracol.vault.recovery import NewKit, new_kit
from grievances.actions import people as serving
from grievances.actions import take
from grievances.exceptions import NotOpen
from grievances.models import Case, RecoverySeal, RoomEpoch
from grievances.organisation import CHAIN, KEYS_MADE, kit_in_force, state_kit
from grievances.rooms import ROOMS, RoomKind
from grievances.workflow import Needs, Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def made(db: None) -> NewKit:
    fresh = new_kit()
    state_kit(fresh.kit)
    return fresh


def sealed_kinds(case: Case) -> list[str]:
    return sorted(set(RecoverySeal.objects.filter(room__case=case).values_list("room__kind", flat=True)))


def lift_the_triggers_and(change: str) -> None:
    """Change the ledger as somebody would who writes to the database and has dropped its triggers."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(change)


def test_before_there_is_a_kit_none_is_in_force() -> None:
    assert kit_in_force() is None


def test_the_newest_kit_is_in_force(made: NewKit) -> None:
    newer = new_kit(3, 5).kit
    state_kit(newer)
    assert kit_in_force() == newer


def test_the_kit_costs_one_query(made: NewKit, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        kit_in_force()


def test_a_kit_swapped_in_the_database_is_noticed(made: NewKit) -> None:
    facts = LedgerEntry.objects.get(chain=CHAIN, event=KEYS_MADE).facts.replace(f'"mark":{made.kit.mark}', '"mark":1')
    lift_the_triggers_and(f"UPDATE ledger_entry SET facts = '{facts}' WHERE chain = '{CHAIN}'")  # noqa: S608
    with pytest.raises(Tampered):
        kit_in_force()


def test_the_table_says_which_rooms_can_be_recovered() -> None:
    assert {kind for kind, rule in ROOMS.items() if rule.recovery} == {
        RoomKind.NAMES,
        RoomKind.PARTY,
        RoomKind.TABLE,
        RoomKind.MEDIATORS,
    }


def test_from_filing_on_the_rooms_of_the_table_are_sealed_and_no_others(cast: Cast, made: NewKit) -> None:
    going = Walk.begin(cast)
    assert sealed_kinds(going.case) == []
    cast["intake"], cast["mediator"], cast["mediator2"]
    going.written(keep_back="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    assert sealed_kinds(going.case) == ["mediators", "names", "party", "table"]
    assert "identity" in going.case.rooms.values_list("kind", flat=True)


def test_every_seal_holds_the_private_key_of_its_epoch(cast: Cast, made: NewKit) -> None:
    case = walk(cast, "served").case
    private = recovery.combine(made.shares[1:], made.kit)
    seals = list(RecoverySeal.objects.filter(room__case=case).select_related("room"))
    opened = {
        (seal.room_id, seal.epoch): recovery.open_room_key(
            bytes(seal.sealed),
            room=seal.room.token,
            epoch=seal.epoch,
            private=private,
            shred=keystore.key_of(seal.room.token),
        )
        for seal in seals
    }
    stated = {
        (epoch.room_id, epoch.number): bytes(epoch.public_key)
        for epoch in RoomEpoch.objects.filter(room__case=case, room__destroyed_at=None)
    }
    assert {at: box.box_public(key) for at, key in opened.items()} == stated
    assert len(opened) > 4


def test_a_turn_seals_the_new_epoch_too(cast: Cast, made: NewKit) -> None:
    going = walk(cast, "served")
    before = RecoverySeal.objects.filter(room__case=going.case).count()
    going.take(Step.RECUSE, "mediator2")
    rooms = going.case.rooms.filter(destroyed_at=None)
    assert RecoverySeal.objects.filter(room__case=going.case).count() == before + rooms.count()


def test_left_out_at_filing_nothing_is_ever_sealed(cast: Cast, made: NewKit) -> None:
    going = Walk.begin(cast)
    cast["intake"], cast["mediator"], cast["mediator2"]
    going.written(leave_recovery_out="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    going.take(Step.RECUSE, "mediator2")
    assert (going.case.recovery, sealed_kinds(going.case)) == (False, [])


def test_a_column_changed_in_the_database_brings_no_recovery_back(cast: Cast, made: NewKit) -> None:
    going = Walk.begin(cast)
    cast["intake"], cast["mediator"]
    going.written(leave_recovery_out="yes")
    going.take(Step.FILE, "member")
    Case.objects.filter(pk=going.case.pk).update(recovery=True)
    serving.say_who_must_not_serve(going.case, [cast.user("intake")], by=cast["member"])
    assert sealed_kinds(going.case) == []


def test_outside_a_demo_no_concern_is_filed_before_there_is_a_kit(cast: Cast, settings: Settings) -> None:
    going = Walk.begin(cast)
    going.written()
    settings.DEMO = False
    with pytest.raises(NotOpen) as refused:
        take(Step.FILE, going.case, by=cast["member"])
    assert refused.value.reason == Needs.RECOVERY_READY.reason
    state_kit(new_kit().kit)
    assert take(Step.FILE, going.case, by=cast["member"]).case.filed_at is not None
