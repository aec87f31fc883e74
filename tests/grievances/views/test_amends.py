from __future__ import annotations

import pytest

from grievances.events import Event
from grievances.models import Entry, EntryKind, Notice
from grievances.rooms import RoomKind
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import room
from tests.grievances.views.pages import HOSTILE, at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

SAID = {"how": "partly", "text": "The letter came, the rota did not change."}


def own_room(going: Walk, login: str) -> str:
    return at(going, f"rooms/{room(going.case, RoomKind.PARTY, going.cast.user(login)).token}/")


def test_the_person_harmed_says_how_the_amends_go_and_the_mediators_read_it(cast: Cast) -> None:
    going = walk(cast, "amends")
    answer = cast.browser("member").post(at(going, "voice/"), SAID)
    assert answer.headers["Location"] == at(going)
    page = text_of(cast.browser("mediator2").get(own_room(going, "member")))
    assert [page.count(each) for each in ("partly", SAID["text"])] == [1, 1]
    told = Notice.objects.filter(event=Event.HARMED_SPOKE).values_list("user", flat=True)
    assert set(told) == {cast.user("mediator").pk, cast.user("mediator2").pk}


def test_the_other_side_learns_neither_what_was_said_nor_that_it_was(cast: Cast) -> None:
    going = walk(cast, "amends")
    before = text_of(cast.browser("respondent").get(at(going, "history/")))
    cast.browser("member").post(at(going, "voice/"), SAID)
    respondent = cast.browser("respondent")
    assert text_of(respondent.get(at(going, "history/"))) == before
    assert [SAID["text"] in text_of(respondent.get(each)) for each in (at(going), own_room(going, "respondent"))] == [
        False,
        False,
    ]
    assert same_as_unknown(respondent, own_room(going, "member"))
    assert statuses(respondent, at(going, "voice/")) == (403, 403)


@pytest.mark.parametrize("said", [{"how": "not"}, {"text": "It helps."}])
def test_an_answer_or_a_few_words_are_enough(cast: Cast, said: dict[str, str]) -> None:
    going = walk(cast, "amends")
    assert cast.browser("member").post(at(going, "voice/"), said).status_code == 302
    assert Entry.objects.filter(kind=EntryKind.VOICE).count() == 1


def test_nothing_at_all_is_asked_for_again(cast: Cast) -> None:
    going = walk(cast, "amends")
    page = cast.browser("member").post(at(going, "voice/"), {"how": "", "text": " "})
    assert (page.status_code, Entry.objects.filter(kind=EntryKind.VOICE).count()) == (422, 0)


@pytest.mark.parametrize(("text", "complaint"), HOSTILE[1:])
def test_what_cannot_be_kept_is_named_and_stays_on_the_page(cast: Cast, text: str, complaint: str) -> None:
    going = walk(cast, "amends")
    page = cast.browser("member").post(at(going, "voice/"), {"how": "partly", "text": text})
    assert (page.status_code, page.context["form"].errors["text"]) == (422, [complaint])
    assert page.context["form"]["how"].value() == "partly"


def test_before_and_after_amends_the_page_says_that_there_are_none(cast: Cast) -> None:
    going = walk(cast, "mediation")
    page = cast.browser("member").post(at(going, "voice/"), SAID)
    assert (page.status_code, page.context["form"]["text"].value()) == (409, SAID["text"])
    assert "There are no amends under way." in text_of(page)
