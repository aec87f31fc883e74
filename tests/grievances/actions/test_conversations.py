from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caracol.accounts.actor import Actor
from caracol.ledger.chain import first_fault
from caracol.vault import keystore
from grievances import access
from grievances.actions import conversations
from grievances.actions.conversations import change, expire, forget, keep, lying_in, of, remind, to_follow_up
from grievances.deadlines import today
from grievances.events import Event
from grievances.exceptions import NotYours, SomebodyWasFaster
from grievances.models import Conversation, Notice, Pseudonym, RecoverySeal, Room
from grievances.sealing import newest, read
from grievances.statistics.tables import UNPUBLISHED
from grievances.waiting import notices_to
from tests.grievances.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "keys"], transaction=True)

WORDS = {"whom": "Robin", "about": "A joke at my cost.", "went": "talked"}


def read_by(conversation: Conversation, reader: Actor) -> list[object]:
    return [opened.words for opened in read(newest(lying_in([conversation])), by=reader)]


def test_nobody_but_who_recorded_it_opens_a_talk(cast: Cast) -> None:
    everybody = cast.all()
    kept = keep(WORDS, by=cast["member"])
    assert {login: read_by(kept, cast[login]) for login in cast.actors if read_by(kept, cast[login])} == {
        "member": [WORDS]
    }
    assert [actor.user for actor in everybody if of(actor.user).exists()] == [cast.user("member")]


def test_who_is_let_read_it_does_and_nobody_else(cast: Cast) -> None:
    cast.all()
    kept = keep(WORDS, by=cast["member"], let_read=cast.user("friend"))
    assert {login for login in cast.actors if read_by(kept, cast[login])} == {"member", "friend"}


@pytest.mark.parametrize("login", ["secretary", "steering"])
def test_only_members_record_and_are_let_read(cast: Cast, login: str) -> None:
    with pytest.raises(NotYours):
        keep(WORDS, by=cast[login])
    with pytest.raises(NotYours):
        keep(WORDS, by=cast["member"], let_read=cast.user(login))
    assert Room.objects.count() == 0


def test_the_organisations_shares_never_open_it(cast: Cast) -> None:
    keep(WORDS, by=cast["member"])
    assert RecoverySeal.objects.count() == 0


def test_what_came_of_it_is_a_new_version(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], follow_up_on=today())
    assert list(to_follow_up(cast.user("member"))) == [kept]
    change(kept, {**WORDS, "went": "repeat"}, by=cast["member"], version=1, follow_up_on=None)
    assert read_by(kept, cast["member"]) == [{**WORDS, "went": "repeat"}]
    assert (list(to_follow_up(cast.user("member"))), remind()) == ([], 0)


def test_nobody_changes_anothers_or_an_older_version(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], let_read=cast.user("friend"))
    with pytest.raises(NotYours):
        change(kept, WORDS, by=cast["friend"], version=1, follow_up_on=None)
    change(kept, WORDS, by=cast["member"], version=1, follow_up_on=None)
    with pytest.raises(SomebodyWasFaster):
        change(kept, WORDS, by=cast["member"], version=1, follow_up_on=None)


def reminded(cast: Cast) -> list[str]:
    """Do what is due, and return who has something to read of a talk, once for each time."""
    remind()
    people = {actor.user.pk: login for login, actor in cast.actors.items()}
    told = Notice.objects.filter(event=Event.TALK_FOLLOW_UP)
    return [people[each.user_id] for each in told if each in notices_to(each.user)]


def test_a_reminder_is_for_who_recorded_it_and_from_its_day_on(cast: Cast) -> None:
    keep(WORDS, by=cast["member"], let_read=cast.user("friend"), follow_up_on=today())
    keep(WORDS, by=cast["member"], follow_up_on=today() + dt.timedelta(days=1))
    assert reminded(cast) == ["member"]
    counts = {login: to_follow_up(cast.user(login)).count() for login in ("member", "friend")}
    assert counts == {"member": 1, "friend": 0}


def test_a_reminder_comes_once_for_each_day_that_was_chosen(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], follow_up_on=today())
    assert [remind(), remind()] == [1, 0]
    change(kept, WORDS, by=cast["member"], version=1, follow_up_on=today() + dt.timedelta(days=1))
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert [remind(), remind()] == [1, 0]


def test_a_reminder_of_what_was_destroyed_is_gone_with_it(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], follow_up_on=today())
    remind()
    forget(kept, by=cast["member"])
    assert not Notice.objects.exists()


def gone(token: str) -> bool:
    return not keystore.keys_of([token]) and not Room.objects.filter(token=token).exists()


def test_who_recorded_it_destroys_it_for_both(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], let_read=cast.user("friend"))
    token = kept.room.token
    forget(kept, by=cast["member"])
    assert gone(token)
    assert Pseudonym.objects.filter(chain=f"room/{token}").count() == 0
    assert first_fault() is None


def test_who_was_let_read_it_gives_their_own_key_back(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"], let_read=cast.user("friend"))
    forget(kept, by=cast["friend"])
    assert read_by(kept, cast["friend"]) == []
    change(kept, WORDS, by=cast["member"], version=1, follow_up_on=None)
    assert access.grants_of(cast.user("friend"), [kept.room]) == {}
    assert read_by(kept, cast["member"]) == [WORDS]


def test_a_talk_is_destroyed_after_a_year_and_not_a_day_before(cast: Cast) -> None:
    kept = keep(WORDS, by=cast["member"])
    assert kept.expires_on == today() + dt.timedelta(days=365)
    Conversation.objects.update(expires_on=today())
    assert expire() == 0
    Conversation.objects.update(expires_on=today() - dt.timedelta(days=1))
    assert (expire(), expire()) == (1, 0)
    assert gone(kept.room.token)


def test_a_talk_adds_one_to_a_number_or_none_as_its_writer_likes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    monkeypatch.setattr(conversations, "tally", lambda _table, category, **_who: counted.append(category))
    keep(WORDS, by=cast["member"])
    keep(WORDS, by=cast["member"], counted=False)
    assert counted == ["recorded", UNPUBLISHED]
