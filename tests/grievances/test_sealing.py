"""Sealed words can be neither moved, replayed nor forged, and open to nobody without the keys of their time."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from contextlib import suppress

import pytest

from caracol.accounts.actor import Actor
from caracol.accounts.keys import public_keys
from caracol.vault import box, keystore, ladder
from caracol.vault.box import SealBroken
from caracol.vault.models import StoredKey
from grievances import sealing
from grievances.actions import seats
from grievances.exceptions import NoKey, Unverified
from grievances.models import Case, Conflict, Entry, EntryKind, OfferedKey, Room, RoomEpoch, RoomGrant
from grievances.models.case import new_token
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import opened, room, sql

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def verified(entry: Entry, by: Actor) -> bool:
    """Whether a reader is shown an entry as just what its author wrote."""
    fresh = Entry.objects.filter(pk=entry.pk).select_related("room__case", "author")
    return sealing.read(fresh, by=by)[0].verified


def message(going: Walk, login: str, text: str = "I did not.") -> Entry:
    own = room(going.case, RoomKind.PARTY, going.cast.user(login))
    return sealing.write(own, EntryKind.MESSAGE, {"text": text}, by=going.cast[login])


def test_what_was_written_is_read_by_who_holds_a_key(cast: Cast) -> None:
    going = walk(cast, "told")
    written = message(going, "respondent")
    assert dict(sealing.read_one(written, by=cast["mediator2"])) == {"text": "I did not."}


def test_who_holds_no_key_is_told_so(cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NoKey):
        sealing.read_one(message(going, "respondent"), by=cast["member"])


def test_the_newest_version_of_each_entry_is_chosen(cast: Cast) -> None:
    going = walk(cast, "told")
    first = message(going, "respondent")
    second = sealing.write(
        first.room, EntryKind.MESSAGE, {"text": "I did."}, by=cast["respondent"], token=first.token, version=2
    )
    assert sealing.newest([first, second]) == [second]


# What a writer to the database tries


def test_an_entry_moved_to_another_room_is_not_verified(cast: Cast) -> None:
    going = walk(cast, "told")
    written, other = message(going, "respondent"), room(going.case, RoomKind.PARTY, cast.user("member"))
    before = verified(written, cast["mediator"])
    sql("UPDATE grievances_entry SET room_id = %s WHERE id = %s", other.pk, written.pk)
    assert (before, verified(written, cast["mediator"])) == (True, False)


def test_an_older_version_replayed_as_the_newer_is_not_verified(cast: Cast) -> None:
    going = walk(cast, "told")
    first = message(going, "respondent")
    again = sealing.write(
        first.room, EntryKind.MESSAGE, {"text": "I did."}, by=cast["respondent"], token=first.token, version=2
    )
    sql("UPDATE grievances_entry SET sealed = %s WHERE id = %s", bytes(first.sealed), again.pk)
    assert (verified(first, cast["mediator"]), verified(again, cast["mediator"])) == (True, False)


def test_two_entries_that_changed_places_are_not_verified(cast: Cast) -> None:
    going = walk(cast, "told")
    one, two = message(going, "respondent"), message(going, "respondent", "I did.")
    sql("UPDATE grievances_entry SET sealed = %s WHERE id = %s", bytes(two.sealed), one.pk)
    sql("UPDATE grievances_entry SET sealed = %s WHERE id = %s", bytes(one.sealed), two.pk)
    assert [verified(each, cast["mediator"]) for each in (one, two)] == [False, False]


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "account"), ("version", 2), ("token", "abcdefghijkmnpqrstuvwxyz23"), ("sealed", b"x" * 200)],
)
def test_a_changed_column_is_not_verified(column: str, value: str | int | bytes, cast: Cast) -> None:
    going = walk(cast, "told")
    written = message(going, "respondent")
    sql(f"UPDATE grievances_entry SET {column} = %s WHERE id = %s", value, written.pk)  # noqa: S608 (a column of ours)
    assert not verified(written, cast["mediator"])


def test_an_entry_put_in_another_ones_mouth_is_not_verified(cast: Cast) -> None:
    going = walk(cast, "told")
    written = message(going, "respondent")
    sql("UPDATE grievances_entry SET author_id = %s WHERE id = %s", cast.user("member").pk, written.pk)
    assert not verified(written, cast["mediator"])


def forged(going: Walk, author: str, by: str) -> Entry:
    """Seal words to a room's public key as anybody can, and write the row past the gate."""
    own = room(going.case, RoomKind.PARTY, going.cast.user("respondent"))
    facts = ladder.EntryFacts(own.token, own.epoch, new_token(), 1, going.cast.user(author).handle)
    body = json.dumps({"kind": "message", "words": {"text": "I did it."}}).encode()
    public = bytes(own.epochs.get(number=own.epoch).public_key)
    sealed = ladder.seal_entry(body, facts=facts, author=going.cast[by].keys, room_public=public)
    return Entry.objects.create(
        room=own,
        token=facts.entry,
        kind="message",
        epoch=own.epoch,
        author=going.cast.user(author),
        sealed=sealed,
        written_at=going.case.moved_at,
    )


@pytest.mark.parametrize("by", ["stranger", "respondent"])
def test_an_entry_that_the_ledger_does_not_know_is_not_verified_whoever_signed_it(by: str, cast: Cast) -> None:
    assert not verified(forged(walk(cast, "told"), "respondent", by), cast["mediator"])


def test_a_forged_entry_spoils_no_other(cast: Cast) -> None:
    going = walk(cast, "told")
    forged(going, "respondent", "stranger")
    message(going, "respondent")
    assert ("message", "I did not.") in opened(going.case, cast["mediator"])


def test_nothing_is_sealed_to_a_swapped_room_key(cast: Cast) -> None:
    going = walk(cast, "told")
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    RoomEpoch.objects.filter(room=own).update(public_key=box.new_box_pair().public)
    with pytest.raises(Unverified):
        message(going, "respondent")
    assert not own.entries.filter(kind=EntryKind.MESSAGE).exists()


def test_a_changed_grant_closes_its_room_and_no_other(cast: Cast) -> None:
    going = walk(cast, "told")
    own = room(going.case, RoomKind.PARTY, cast.user("respondent"))
    other = RoomGrant.objects.exclude(content_object=own).filter(content_object__case=going.case)[0]
    RoomGrant.objects.filter(content_object=own, user=cast.user("mediator")).update(sealed_keys=other.sealed_keys)
    read = opened(going.case, cast["mediator"])
    assert ("statement", "The cat was chased off the porch.") in read
    assert not verified(own.entries.all()[0], cast["mediator"])


# Whoever steals copies


def private_keys(thieves: Collection[Actor], stored: Mapping[str, bytes]) -> set[bytes]:
    """Return every private room key that these people get out of a copy of the database, with these stored keys."""
    found = set()
    grants = RoomGrant.objects.select_related("content_object")
    seals = [
        (grant.content_object, int(epoch), base64.b64decode(sealed), "")
        for grant in grants
        for epoch, sealed in grant.sealed_keys.items()
    ]
    offered = OfferedKey.objects.select_related("room", "offer")
    seals += [(key.room, key.epoch, base64.b64decode(key.sealed), key.offer.token) for key in offered]
    for held, epoch, sealed, offer in seals:
        wraps = [stored.get(token, bytes(32)) for token in (held.token, offer) if token]
        for thief in thieves:
            with suppress(SealBroken):
                facts = {"room": held.token, "epoch": epoch, "to": thief.user.handle}
                found.add(ladder.open_room_key(sealed, keys=thief.keys, wraps=wraps, **facts))
    return found


def opens(entry: Entry, keys: Collection[bytes]) -> bool:
    """Whether any of these keys opens an entry, whatever room they are said to be of."""
    facts = ladder.EntryFacts(entry.room.token, entry.epoch, entry.token, entry.version, entry.author.handle)
    sign = public_keys([entry.author])[entry.author_id].sign
    for private in keys:
        with suppress(SealBroken):
            ladder.open_entry(bytes(entry.sealed), facts=facts, author_sign=sign, room_private=private)
            return True
    return False


def store() -> dict[str, bytes]:
    return keystore.keys_of(StoredKey.objects.values_list("token", flat=True))


def everything(case: Case) -> list[Entry]:
    found = Entry.objects.filter(room__case=case, room__destroyed_at=None)
    return list(found.select_related("room", "author"))


def test_a_removed_mediator_opens_nothing_written_later_even_with_every_later_copy(cast: Cast) -> None:
    """The one who removes is a worker without a key; the mediator kept every key they ever had."""
    going = walk(cast, "told")
    kept = private_keys([cast["mediator"]], store())
    before = everything(going.case)
    seats.bar(going.case, cast.user("mediator"), Conflict.Source.REPORTER)
    later = [message(going, login) for login in ("member", "respondent")]
    later.append(sealing.write(room(going.case, RoomKind.MEDIATORS), EntryKind.NOTE, {"a": "b"}, by=cast["mediator2"]))
    kept |= private_keys([cast["mediator"]], store())
    assert [opens(entry, kept) for entry in later] == [False, False, False]
    assert all(opens(entry, kept) for entry in before)
    stays = private_keys([cast["mediator2"]], store())
    assert [opens(entry, stays) for entry in later] == [True, True, True]


def test_who_recused_opens_nothing_written_later_even_with_every_later_copy(cast: Cast) -> None:
    going = walk(cast, "filed")
    held = sealing.keys_to([room(going.case, RoomKind.NAMES)], cast["intake"])
    kept = {private for keys in held.values() for private in keys.values()}
    going.take(Step.RECUSE, "intake")
    later = message(going, "member")
    kept |= private_keys([cast["intake"]], store())
    assert (opens(later, kept), opens(later, private_keys([cast["member"]], store()))) == (False, True)


def test_the_database_with_every_password_opens_no_entry_without_the_key_store(cast: Cast) -> None:
    going = walk(cast, "amends")
    message(going, "respondent")
    people = list(cast.actors.values())
    entries = everything(going.case)
    with_keys, without = private_keys(people, store()), private_keys(people, {})
    assert [opens(entry, with_keys) for entry in entries] == [True] * len(entries)
    assert (without, [opens(entry, without) for entry in entries]) == (set(), [False] * len(entries))


def test_a_destroyed_room_stays_shut_to_every_password_and_todays_key_store(cast: Cast) -> None:
    going = Walk.begin(cast)
    going.written()
    draft = Room.objects.get(case=going.case, kind=RoomKind.DRAFT)
    written = list(draft.entries.select_related("room", "author"))
    before = private_keys([cast["member"]], store())
    today = {token: key for token, key in store().items() if token != draft.token}
    assert [opens(entry, before) for entry in written] == [True]
    assert [opens(entry, private_keys([cast["member"]], today)) for entry in written] == [False]
