"""Somebody with a receipt walks the way: the same pages, without a name, and without the list of who serves."""

from __future__ import annotations

import pytest
from django.test import Client

from caracol.accounts import keys, passphrase, people, receipts, roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import Kind, SiteRole
from caracol.accounts.receipts import Receipt
from caracol.accounts.roles import RoleRefused
from grievances import access
from grievances.actions import intake, seats
from grievances.actions import people as serving
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Case, Conflict, Entry, EntryKind, Room, Route
from grievances.rooms import RoomKind
from grievances.sealing import keys_to, read
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WORDS = "a canary on the wall"
NOT_THEM = "Not Robin, please."


def actor_with(receipt: Receipt) -> Actor:
    return Actor(receipt.user, keys.unlock(receipt.user, receipt.secret))


def browser_with(receipt: Receipt) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": receipt.shown, "password": ""}).status_code == 302
    return client


@pytest.fixture
def receipt(cast: Cast) -> Receipt:
    """A receipt, whose holder raises the concern of every walk."""
    made = receipts.issue()
    cast.actors["member"] = actor_with(made)
    return made


@pytest.fixture
def guest(receipt: Receipt) -> Client:
    return browser_with(receipt)


@pytest.fixture
def known(cast: Cast) -> None:
    """The caucus has a passphrase."""
    passphrase.change(WORDS, by=cast.user("secretary"))


def conflicts_page(guest: Client) -> str:
    """Begin a concern, and return the page that asks who must not serve."""
    answer = guest.post("/raise/", {"route": "harmed"})
    assert answer.status_code == 302
    return answer["Location"]


def barred_words(case: Case, by: Actor) -> list[str]:
    lying = Entry.objects.filter(room__case=case, kind=EntryKind.BARRED, room__destroyed_at=None)
    opened = read(lying.select_related("room__case", "author"), by=by)
    return [each.words["text"] for each in opened if each.words]


# The way, without a name


def test_a_guest_walks_the_whole_way(receipt: Receipt, cast: Cast) -> None:
    assert walk(cast, "closed").case.outcome != ""


def test_the_pages_are_those_of_a_member(guest: Client, cast: Cast) -> None:
    going = walk(cast, "served")
    pages = ["/", "/raise/", "/concerns/", "/accounts/", "/accounts/sessions/"]
    case = f"/cases/{going.case.reference}/"
    parts = ["", "consents/", "history/", "conflicts/", "support/", "leave/"]
    assert {guest.get(page).status_code for page in [*pages, *(case + part for part in parts)]} == {200}


def test_whoever_is_asked_reads_no_name_of_a_guest(receipt: Receipt, cast: Cast) -> None:
    going = walk(cast, "taken_in")
    names = Entry.objects.filter(room__case=going.case, room__kind=RoomKind.NAMES, kind=EntryKind.IDENTITY)
    opened = read(names.select_related("room__case", "author"), by=cast["intake"])
    assert [each.words for each in opened] == [{"text": "Somebody who came with a receipt"}]


# Who must not serve


def test_a_guest_is_not_shown_who_serves(guest: Client, cast: Cast, known: None) -> None:
    cast.all()
    page = guest.get(conflicts_page(guest))
    assert page.status_code == 200
    assert "Server" not in page.content.decode()
    assert "caucus passphrase" in page.content.decode()


def test_with_the_passphrase_they_choose_from_the_list(guest: Client, cast: Cast, known: None) -> None:
    mediator = cast.user("mediator")
    address = conflicts_page(guest)
    assert guest.post(address, {"caucus-words": " A Canary on the  wall"})["Location"] == address
    assert "Server mediator" in guest.get(address).content.decode()
    assert guest.post(address, {"people": [mediator.handle]}).status_code == 302
    assert Conflict.objects.filter(user=mediator, source=Conflict.Source.REPORTER).exists()


def test_a_passphrase_that_was_changed_is_asked_anew(guest: Client, cast: Cast, known: None) -> None:
    cast["mediator"]
    address = conflicts_page(guest)
    guest.post(address, {"caucus-words": WORDS})
    passphrase.change("another canary, another wall", by=cast.user("secretary"))
    assert "Server" not in guest.get(address).content.decode()


@pytest.mark.parametrize("typed", ["", "a canary", "\x00"])
def test_a_wrong_passphrase_shows_nothing(guest: Client, cast: Cast, known: None, typed: str) -> None:
    cast["mediator"]
    page = guest.post(conflicts_page(guest), {"caucus-words": typed})
    assert page.status_code == 422
    assert "Server" not in page.content.decode()


def test_the_passphrase_can_be_guessed_so_often_and_no_more(guest: Client, known: None) -> None:
    address = conflicts_page(guest)
    assert [guest.post(address, {"caucus-words": f"guess {n}"}).status_code for n in range(6)] == [422] * 5 + [429]


def test_a_posted_handle_bars_nobody_without_the_passphrase(guest: Client, cast: Cast, known: None) -> None:
    mediator = cast.user("mediator")
    assert guest.post(conflicts_page(guest), {"people": [mediator.handle]}).status_code == 422
    assert not Conflict.objects.filter(user=mediator).exists()


def test_without_it_they_write_who_must_not_serve_and_intake_reads_it(guest: Client, cast: Cast) -> None:
    cast["intake"]
    address = conflicts_page(guest)
    assert guest.post(address, {"text": NOT_THEM}).status_code == 302
    going = Walk(cast, Case.objects.get())
    assert barred_words(going.case, cast["member"]) == [NOT_THEM]
    intake.save_draft(going.case, DRAFT, by=cast["member"])
    going.take(Step.FILE, "member")
    going.taken_in()
    assert barred_words(going.case, cast["intake"]) == [NOT_THEM]


def test_after_filing_more_can_be_written(guest: Client, cast: Cast) -> None:
    going = walk(cast, "taken_in")
    assert guest.post(f"/cases/{going.case.reference}/conflicts/", {"text": NOT_THEM}).status_code == 302
    assert barred_words(going.case, cast["intake"]) == [NOT_THEM]


def test_who_must_not_serve_is_no_draft(receipt: Receipt, cast: Cast) -> None:
    going = walk(cast, "begun")
    serving.say_in_words_who_must_not_serve(going.case, NOT_THEM, by=cast["member"])
    assert intake.draft_of(going.case) is None
    with pytest.raises(NotOpen):
        going.take(Step.FILE, "member")


def test_the_question_takes_one_answer(guest: Client) -> None:
    address = conflicts_page(guest)
    assert guest.post(address, {"text": ""}).status_code == 422
    assert guest.post(address, {"text": NOT_THEM, "nobody": "on"}).status_code == 422
    assert guest.post(address, {"nobody": "on"}).status_code == 302
    assert Case.objects.get().conflicts_answered


def test_only_the_reporter_writes_who_must_not_serve(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    with pytest.raises(NotYours):
        serving.say_in_words_who_must_not_serve(going.case, NOT_THEM, by=cast["intake"])


def test_no_menu_shows_a_guest_who_serves(guest: Client, cast: Cast) -> None:
    cast.all()
    going = walk(cast, "taken_in")
    pages = [guest.get(f"/cases/{going.case.reference}/{part}") for part in (f"{Step.ASK.value}/", "recovery/")]
    assert {page.status_code for page in pages} == {200}
    assert [page for page in pages if "Server mediator" in page.content.decode()] == []


# Somebody beside them


def test_a_guests_support_person_is_another_guest_by_their_handle(guest: Client, cast: Cast) -> None:
    going = walk(cast, "filed")
    friend = receipts.issue()
    address = f"/cases/{going.case.reference}/support/"
    typed = {"version": going.case.version, "handle": receipts.in_groups(friend.user.handle), "known_as": "no-account"}
    assert guest.post(address, typed).status_code == 302
    assert going.case.seats.get(user=friend.user).support
    assert browser_with(friend).get(f"/cases/{going.case.reference}/").status_code == 200


def test_a_guest_is_shown_no_member(guest: Client, cast: Cast) -> None:
    cast.all()
    going = walk(cast, "filed")
    page = guest.get(f"/cases/{going.case.reference}/support/")
    assert "Somebody" not in page.content.decode().replace("Somebody who", "")
    assert "person" not in page.context["form"].fields


@pytest.mark.parametrize("typed", ["", "abcd-efgh-jkmn-pqrs", "member"])
def test_a_handle_that_nobody_has_is_refused(guest: Client, cast: Cast, typed: str) -> None:
    going = walk(cast, "filed")
    answer = guest.post(f"/cases/{going.case.reference}/support/", {"version": going.case.version, "handle": typed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["handle"])


def test_a_whole_receipt_is_refused(guest: Client, cast: Cast) -> None:
    going = walk(cast, "filed")
    whole = {"version": going.case.version, "handle": receipts.issue().shown}
    assert guest.post(f"/cases/{going.case.reference}/support/", whole).status_code == 422


def test_a_guest_can_not_have_a_member_beside_them(receipt: Receipt, cast: Cast) -> None:
    going = walk(cast, "filed")
    with pytest.raises(NotOpen):
        seats.invite_support(going.case, cast.user("friend"), by=cast["member"])


def test_a_member_may_have_a_guest_beside_them(cast: Cast) -> None:
    going = walk(cast, "filed")
    friend = receipts.issue().user
    address = f"/cases/{going.case.reference}/support/"
    typed = {"version": going.case.version, "person": "", "handle": friend.handle}
    asked = cast.browser("member").post(address, typed)
    assert (asked.status_code, list(asked.context["form"].errors)) == (422, ["known_as"])
    known = {**typed, "known_as": cast.user("mediator3").handle}
    assert cast.browser("member").post(address, known).status_code == 302
    assert going.case.seats.get(user=friend).support
    assert cast.user("mediator3").pk in access.conflicted(going.case)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, ["known_as"]),
        ({"known_as": "account"}, ["in_words"]),
        ({"known_as": "no-account", "in_words": "Jo"}, ["in_words"]),
        ({"known_as": "a-handle"}, ["known_as"]),
    ],
)
def test_a_guest_says_whether_who_stands_by_them_has_an_account(
    guest: Client, cast: Cast, said: dict[str, str], wrong: list[str]
) -> None:
    going, friend = walk(cast, "filed"), receipts.issue().user
    typed = {"version": going.case.version, "handle": friend.handle, **said}
    answer = guest.post(f"/cases/{going.case.reference}/support/", typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, wrong)
    assert not going.case.seats.filter(support=True).exists()


def test_a_guest_names_an_account_in_words_for_those_who_serve(guest: Client, cast: Cast) -> None:
    going, friend = walk(cast, "taken_in"), receipts.issue().user
    typed = {"version": going.case.version, "handle": friend.handle, "known_as": "account", "in_words": "Jo"}
    assert guest.post(f"/cases/{going.case.reference}/support/", typed).status_code == 302
    assert barred_words(going.case, cast["intake"]) == ["Jo"]


# Somebody knows their receipt


def test_with_a_new_receipt_the_case_stays_theirs_and_turns_for_whoever_has_the_old_one(
    receipt: Receipt, guest: Client, cast: Cast
) -> None:
    going = walk(cast, "served")
    own = going.case.rooms.get(kind=RoomKind.PARTY)
    address = f"/cases/{going.case.reference}/rooms/{own.token}/"
    assert guest.post(address, {"text": "Before."}).status_code == 302
    known = "/accounts/receipt/known/"
    form = guest.get(known).context["form"]
    sent = {name: form[name].value() for name in ("secret", "mark")}
    sent |= {"last": form.receipt.last_group, "old": receipt.shown}
    assert guest.post(known, sent).status_code == 302
    assert guest.post(address, {"text": "After."}).status_code == 302
    # Both were written on one day, of which no hour is kept: with the old keys, and with the new ones.
    for reader in (guest, cast.browser("mediator")):
        page = reader.get(address).content.decode()
        assert [text for text in ("Before.", "After.") if text in page] == ["Before.", "After."]
    turned = Room.objects.get(pk=own.pk)
    assert turned.epoch > own.epoch
    with_old_keys = keys_to([turned], cast["member"])[turned.pk]
    assert set(with_old_keys) < set(range(1, turned.epoch + 1))


# What stays closed


def test_concerns_are_begun_so_often_and_no_more(guest: Client) -> None:
    assert [guest.post("/raise/", {"route": "harmed"}).status_code for _ in range(6)] == [302] * 5 + [429]
    assert Case.objects.count() == 5


def test_another_guests_case_is_not_there(guest: Client, cast: Cast) -> None:
    going = walk(cast, "served")
    other = browser_with(receipts.issue())
    parts = ["", "consents/", "history/", "conflicts/", "support/", "draft/"]
    assert {other.get(f"/cases/{going.case.reference}/{part}").status_code for part in parts} == {404}
    assert going.case.reference not in other.get("/concerns/").content.decode()


def test_a_guest_is_given_no_role_and_is_on_no_menu(receipt: Receipt, cast: Cast) -> None:
    for role in SiteRole:
        with pytest.raises(RoleRefused):
            roles.give(role, to=receipt.user, by=None)
    assert [role for role in SiteRole if receipt.user in roles.holders(role)] == []


def test_a_guest_in_one_seat_raises_nothing(cast: Cast) -> None:
    seated = people.join_as_guest(Kind.SEAT, password="a snail climbs slowly")
    with pytest.raises(NotYours):
        intake.begin(Route.HARMED, by=Actor(seated, keys.unlock(seated, "a snail climbs slowly")))
