from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from caracol.accounts.actor import CONFIRMED_AT
from caracol.ledger.chain import entries, first_fault
from caracol.vault.recovery import ShareForeign, ShareMistyped, ShareRepeated, new_kit
from grievances.actions import people as serving
from grievances.events import Event
from grievances.forms.recovery import NOT_TOGETHER, REFUSALS
from grievances.models import Case, RecoveryRequest, SeatOffer
from grievances.organisation import CEREMONY_HELD, CHAIN
from grievances.workflow import Step
from tests.grievances.actions.test_renewed import invited_anew
from tests.grievances.cast import DRAFT, PASSWORD, Cast, Walk, walk
from tests.grievances.kit import HOLDERS, Stewards, lose_all_keys, stewards
from tests.grievances.views.pages import at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

HERE = "/recovery/"
SIDES = ("member", "respondent")


@pytest.fixture
def kept(cast: Cast) -> Stewards:
    return stewards(cast)


@pytest.fixture
def going(cast: Cast, kept: Stewards) -> Walk:
    return walk(cast, "taken_in")


def ask(browser: Client, going: Walk, *logins: str) -> Any:
    handles = [going.cast.user(login).handle for login in logins]
    return browser.post(at(going, "recovery/"), {"mediators": handles})


def code_on(page: Any) -> str:
    [code] = re.findall(r"<code>([a-z0-9-]+)</code>", page.content.decode())
    return str(code)


def typed(kept: Stewards, code: str, **other: str) -> dict[str, str]:
    """Return the ceremony's form as it is filled in, with the first two shares; `other` is typed otherwise."""
    filled = {"code": code}
    for number, (login, share) in enumerate(zip(HOLDERS[:2], kept.made.shares, strict=False), start=1):
        filled |= {f"login_{number}": login, f"password_{number}": PASSWORD, f"share_{number}": share}
    return {**filled, **other}


@pytest.mark.everywhere
def test_from_kit_to_key_by_the_pages_alone(cast: Cast, kept: Stewards) -> None:
    """A concern is filed, every key to it is lost, two stewards type their shares, and a mediator reads it again."""
    going = walk(cast, "taken_in")
    lose_all_keys(going)
    code = code_on(ask(cast.browser("member"), going, "mediator"))

    done = cast.browser("steering").post(HERE, typed(kept, code), follow=True)
    assert "The people named in the request have been asked." in text_of(done)

    mediator = cast.browser("mediator")
    assert "Robin" in text_of(mediator.get(f"/asked/{going.case.reference}/names/"))
    version = going.case.version
    answered = mediator.post(f"/asked/{going.case.reference}/answer/", {"answer": "accept", "version": version})
    assert answered.headers["Location"] == at(going)
    room = going.case.rooms.get(kind="party")
    assert DRAFT["saw"] in text_of(mediator.get(at(going, f"rooms/{room.token}/")))

    reporter = text_of(cast.browser("member").get("/"))
    assert "The case was offered to somebody by recovery." in reporter


def test_after_it_the_new_mediator_gives_each_party_back_what_they_lost(cast: Cast, kept: Stewards) -> None:
    """Everybody loses everything: the reporter the keys' rows, the person named and both mediators their passwords."""
    going = walk(cast, "one_on_one")
    rooms = {login: going.case.rooms.get(kind="party", seat__user=cast.user(login)) for login in SIDES}
    for login, room in rooms.items():
        cast.browser(login).post(at(going, f"rooms/{room.token}/"), {"text": f"Before, by {login}."})
    table = going.case.rooms.get(kind="table")
    for login in ("mediator", "mediator2", "respondent"):
        invited_anew(cast, login)
    lose_all_keys(going)

    cast["mediator3"]
    code = code_on(ask(cast.browser("member"), going, "mediator3"))
    cast.browser("steering").post(HERE, typed(kept, code))
    mediator = cast.browser("mediator3")
    version = Case.objects.get(pk=going.case.pk).version
    mediator.post(f"/asked/{going.case.reference}/answer/", {"answer": "accept", "version": version})

    assert text_of(mediator.get(at(going))).count("give access back") == 2
    for login, room in rooms.items():
        mediator.post(at(going, f"access/{going.seat_token(login)}/"))
        party = cast.browser(login)
        assert f"Before, by {login}." in text_of(party.get(at(going, f"rooms/{room.token}/")))
        assert party.get(at(going, f"rooms/{table.token}/")).status_code == 200
    assert "give access back" not in text_of(mediator.get(at(going)))
    assert [entry.event for entry in entries(going.case.chain)].count(Event.ACCESS_RETURNED) == 2
    assert first_fault() is None


# Asking


def test_the_code_is_shown_once(cast: Cast, going: Walk) -> None:
    browser = cast.browser("member")
    code = code_on(ask(browser, going, "mediator"))
    assert code not in browser.get(at(going, "recovery/")).content.decode()


def test_asking_wants_a_mediator_named(cast: Cast, going: Walk) -> None:
    page = ask(cast.browser("member"), going)
    assert (page.status_code, "Please choose one or two." in text_of(page)) == (422, True)


def test_a_mediator_in_conflict_is_not_on_the_list_and_cannot_be_sent(cast: Cast, going: Walk) -> None:
    barred = cast.user("mediator")
    serving.say_who_must_not_serve(going.case, [barred], by=cast["member"])
    browser = cast.browser("member")
    assert barred.handle not in browser.get(at(going, "recovery/")).content.decode()
    assert ask(browser, going, "mediator").status_code == 422
    assert not RecoveryRequest.objects.exists()


def test_too_many_named_is_refused_with_what_was_chosen_kept(cast: Cast, going: Walk) -> None:
    cast["mediator3"]
    page = ask(cast.browser("member"), going, "mediator", "mediator2", "mediator3")
    assert (page.status_code, page.content.decode().count("checked")) == (409, 3)


def test_where_recovery_was_left_out_the_page_says_so_and_asks_nothing(cast: Cast, kept: Stewards) -> None:
    cast["intake"], cast["mediator"]
    going = Walk.begin(cast)
    going.written(leave_recovery_out="yes")
    going.take(Step.FILE, "member")
    browser = cast.browser("member")
    assert "it was left out" in text_of(browser.get(at(going, "recovery/")))
    assert ask(browser, going, "mediator").status_code == 409


@pytest.mark.parametrize("login", ["stranger", "steering", "secretary", "mediator2"])
def test_to_a_stranger_the_page_does_not_exist(cast: Cast, going: Walk, login: str) -> None:
    assert same_as_unknown(cast.browser(login), at(going, "recovery/"))


def test_the_person_named_may_not_ask(cast: Cast, kept: Stewards) -> None:
    going = walk(cast, "told")
    assert statuses(cast.browser("respondent"), at(going, "recovery/")) == (403, 403)


def test_asking_wants_the_password_where_it_was_typed_long_ago(cast: Cast, going: Walk) -> None:
    browser = cast.browser("member")
    session = browser.session
    session[CONFIRMED_AT] -= 600
    session.save()
    page = ask(browser, going, "mediator")
    assert (page.status_code, RecoveryRequest.objects.count()) == (403, 0)


# The ceremony


@pytest.mark.parametrize("login", ["member", "mediator", "secretary", "stranger"])
def test_only_the_steering_committee_finds_the_ceremony(cast: Cast, kept: Stewards, login: str) -> None:
    browser = cast.browser(login)
    assert statuses(browser, HERE) == (404, 404)
    assert text_of(browser.get(HERE)) == text_of(browser.get("/no-such-page/"))


def test_a_steward_finds_no_case(cast: Cast, going: Walk) -> None:
    browser = cast.browser("steering")
    code_on(ask(cast.browser("member"), going, "mediator"))
    assert same_as_unknown(browser, at(going))
    assert going.case.reference not in browser.get(HERE).content.decode() + browser.get("/").content.decode()


def test_before_there_is_a_kit_the_page_says_so(cast: Cast) -> None:
    assert "There is no recovery kit yet." in text_of(cast.browser("steering").get(HERE))


def refused(cast: Cast, going: Walk, kept: Stewards, **other: str) -> Any:
    code = code_on(ask(cast.browser("member"), going, "mediator"))
    page = cast.browser("steering").post(HERE, typed(kept, code, **other))
    assert page.status_code == 422
    assert not going.case.offers.filter(user=cast.user("mediator")).exists()
    assert not entries(CHAIN, CEREMONY_HELD)
    return page


def test_a_mistyped_share_is_named_and_nothing_of_it_is_shown(cast: Cast, going: Walk, kept: Stewards) -> None:
    page = refused(cast, going, kept, share_2="academic acid acne")
    assert str(REFUSALS[ShareMistyped]) in text_of(page)
    assert "academic" not in page.content.decode()


def test_the_same_share_twice_is_refused(cast: Cast, going: Walk, kept: Stewards) -> None:
    assert str(REFUSALS[ShareRepeated]) in text_of(refused(cast, going, kept, share_2=kept.made.shares[0]))


def test_a_share_of_another_organisation_is_refused(cast: Cast, going: Walk, kept: Stewards) -> None:
    foreign = new_kit()
    while foreign.kit.mark == kept.made.kit.mark:
        foreign = new_kit()
    page = refused(cast, going, kept, share_2=foreign.shares[1])
    assert str(REFUSALS[ShareForeign]) in text_of(page)
    assert str(NOT_TOGETHER) not in text_of(page)


def test_a_wrong_password_is_refused_like_an_unknown_login(cast: Cast, going: Walk, kept: Stewards) -> None:
    wrong = text_of(refused(cast, going, kept, password_2="not my password"))
    unknown = text_of(refused(cast, going, kept, login_2="nobody"))
    assert wrong.count("do not fit together") == unknown.count("do not fit together") > 0


def test_two_shares_by_one_person_are_refused(cast: Cast, going: Walk, kept: Stewards) -> None:
    assert "Each share is typed by another person." in text_of(refused(cast, going, kept, login_2=HOLDERS[0]))


def test_a_share_typed_by_somebody_who_is_not_on_steering_is_refused(cast: Cast, going: Walk, kept: Stewards) -> None:
    assert "another member of the steering committee" in text_of(refused(cast, going, kept, login_2="member"))


def test_a_missing_share_is_asked_for(cast: Cast, going: Walk, kept: Stewards) -> None:
    assert "This field is required." in text_of(refused(cast, going, kept, share_2=""))


def test_a_code_can_be_used_once(cast: Cast, going: Walk, kept: Stewards) -> None:
    code = code_on(ask(cast.browser("member"), going, "mediator"))
    browser = cast.browser("steering")
    assert browser.post(HERE, typed(kept, code)).status_code == 302
    again = browser.post(HERE, typed(kept, code))
    assert (again.status_code, "There is nothing to carry out for this code." in text_of(again)) == (422, True)
    assert going.case.offers.filter(user=cast.user("mediator"), state=SeatOffer.State.OPEN).count() == 1


@pytest.mark.parametrize("name", ["share_1", "password_1"])
def test_no_share_or_password_is_sent_back(cast: Cast, going: Walk, kept: Stewards, name: str) -> None:
    filled = typed(kept, "abcd-efgh")
    page = cast.browser("steering").post(HERE, filled)
    assert (page.status_code, filled[name] in page.content.decode()) == (422, False)


@pytest.mark.parametrize("odd", ["a\x00b", "\ufffd", "x" * 100_000, "<script>"])
def test_whatever_is_typed_is_refused_and_nothing_breaks(cast: Cast, kept: Stewards, odd: str) -> None:
    browser = cast.browser("steering")
    for name in ("code", "login_1", "password_1", "share_1"):
        answer = browser.post(HERE, {**typed(kept, "abcd"), name: odd})
        assert answer.status_code == 422


def test_passwords_are_not_tried_without_end_and_the_page_that_says_so_holds_no_share(
    cast: Cast, kept: Stewards
) -> None:
    browser = cast.browser("steering")
    filled = typed(kept, "abcd", password_2="not my password")
    answers = [browser.post(HERE, filled) for _try in range(12)]
    assert (answers[0].status_code, answers[-1].status_code) == (422, 429)
    shown = answers[-1].content.decode()
    assert [text for name, text in filled.items() if name[:5] in {"share", "passw"} and text in shown] == []
