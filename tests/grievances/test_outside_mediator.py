"""Where too few people here could serve, the reporter offers a seat to a mediator from outside, by a one-time link."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from caracol.accounts import keys, receipts, roles
from caracol.accounts import people as accounts
from caracol.accounts.actor import Actor
from caracol.accounts.models import Invitation, Kind, SiteRole, User
from grievances import access
from grievances.actions import serving
from grievances.exceptions import NotOpen
from grievances.models import Conflict, SeatOffer
from grievances.workflow import Step
from tests.grievances.cast import DRAFT, Cast, Walk, walk
from tests.grievances.moves import barring, doors, opened
from tests.grievances.views.pages import at, same_as_unknown, text_of
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

OWN = "a wall climbs no snail"
ASK = f"{Step.ASK.value}/"
SERVERS = ("intake", "mediator", "mediator2", "mediator3")
NOBODY = "Nobody here can work on this now"


def link_shown(page: str) -> str:
    """Return the secret of the link that a page shows."""
    found = re.search(r"/accounts/invitation/([^/\s\"<]+)/", html.unescape(page))
    assert found is not None
    return found[1]


def came_in(token: str, login: str = "outsider") -> Visitor:
    """Somebody who uses a link, chooses a password and is logged in."""
    chosen = {"token": token, "login": login, "new": OWN, "again": OWN}
    assert Client().post("/accounts/invitation/accept/", chosen).status_code == 302
    client = Client()
    assert client.post("/accounts/login/", {"login": login, "password": OWN}).status_code == 302
    return Visitor(client)


def asked_from_outside(going: Walk, known_as: str = "no-account") -> str:
    """Let the reporter ask somebody from outside on the page; returns the link's secret."""
    reporter = Visitor.logged_in("member")
    page = reporter.send(at(going, ASK), who=serving.FROM_OUTSIDE, known_as=known_as)
    assert page.status_code == 200
    return link_shown(page.content.decode())


def test_whoever_bars_everybody_is_told_at_once_and_again_before_and_after_filing(cast: Cast) -> None:
    for login in SERVERS:
        cast[login]
    cast["member"]
    member = Visitor.logged_in("member")
    reference = member.done("/raise/", route="harmed").split("/")[2]
    everybody = [cast.user(login).handle for login in SERVERS]
    onward = member.done(f"/cases/{reference}/conflicts/", people=everybody)
    assert "Nobody is left to take it in." in member.client.get(onward, follow=True).content.decode()
    draft = {"saw": "It was loud.", "danger": "no", "wish": "way", "named": "Robin"}
    filing = member.done(f"/cases/{reference}/draft/", **draft, file="yes")
    assert NOBODY in member.open(filing)
    case = member.done(filing)
    page = member.open(case)
    assert NOBODY in page
    assert "chapter’s grievance officer or to National at any time" in page
    assert not SeatOffer.objects.exists()


def test_nothing_of_it_is_said_where_somebody_can_take_it_in(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert NOBODY not in Visitor.logged_in("member").open(at(going))


def test_a_mediator_from_outside_sees_the_names_first_then_serves(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    visitor = came_in(asked_from_outside(going))
    asked = f"/asked/{going.case.reference}/"
    assert going.case.reference in visitor.open("/")
    assert "Robin" in visitor.open(f"{asked}names/")
    assert same_as_unknown(visitor.client, at(going))
    assert visitor.done(f"{asked}names/reporter/", answer="accept") == at(going)
    assert DRAFT["saw"] in " ".join(visitor.open(f"{at(going)}rooms/{token}/") for token in tokens(going, visitor))
    assert going.case.reference in visitor.open("/concerns/")


def tokens(going: Walk, visitor: Visitor) -> list[str]:
    return sorted(set(re.findall(rf"{at(going)}rooms/([a-z0-9]+)/", visitor.open(at(going)))))


def test_a_mediator_from_outside_walks_the_case_on(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    came_in(asked_from_outside(going))
    guest = User.objects.get(kind=Kind.SEAT)
    cast.actors["outsider"] = Actor(guest, keys.unlock(guest, OWN))
    going.take(Step.ACCEPT, "outsider")
    going.take(Step.ACKNOWLEDGE, "outsider")
    going.take(Step.DISTINGUISH, "outsider", {"text": "It is about a chase."}, nature="interpersonal")
    assert (going.case.nature, ("distinction", "It is about a chase.") in opened(going.case, cast["member"])) == (
        "interpersonal",
        True,
    )


def test_a_mediator_from_outside_steps_back_and_sees_nothing_more(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    visitor = came_in(asked_from_outside(going))
    visitor.done(f"/asked/{going.case.reference}/", answer="recuse")
    visitor.client.get("/")
    assert same_as_unknown(visitor.client, f"/asked/{going.case.reference}/")
    assert NOBODY in Visitor.logged_in("member").open(at(going))


def test_a_mediator_from_outside_is_shown_no_list_of_members_and_names_one(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    visitor = came_in(asked_from_outside(going))
    visitor.done(f"/asked/{going.case.reference}/names/reporter/", answer="accept")
    cast["respondent"]
    account = at(going, "papers/account/")
    page = visitor.open(account)
    assert [name for name in ("Stranger Somebody", "Respondent Somebody", "Server") if name in page] == []
    unknown = visitor.send(account, person_told="Nobody Somebody", text="You are told.")
    assert "No member has this name" in text_of(unknown)
    visitor.done(account, person_told=" respondent  SOMEBODY", text="You are told.")
    assert going.case.papers.get().person == cast.user("respondent")


def test_somebody_without_an_account_is_named_by_an_empty_name(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    visitor = came_in(asked_from_outside(going))
    visitor.done(f"/asked/{going.case.reference}/names/reporter/", answer="accept")
    visitor.done(at(going, "papers/account/"), text="You are told.")
    person = going.case.papers.get().person
    assert person is not None
    assert person.kind == Kind.SEAT


def test_the_account_that_they_have_all_the_same_is_barred(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    asked_from_outside(going, known_as=cast.user("friend").handle)
    assert Conflict.objects.get(case=going.case, user=cast.user("friend")).source == Conflict.Source.PARTY


@pytest.mark.parametrize("login", ["mediator", "steering", "secretary"])
def test_nobody_in_conflict_and_no_overseer_comes_in_by_a_link(cast: Cast, login: str) -> None:
    going = barring(cast, *SERVERS)
    cast["steering"]
    roles.give(SiteRole.MEMBER, to=cast.user("steering"), by=cast.user("secretary"))
    reporter = Visitor.logged_in("member")
    answers = {"who": serving.FROM_OUTSIDE, "known_as": cast.user(login).handle, "version": str(going.case.version)}
    page = reporter.client.post(at(going, ASK), answers)
    assert page.status_code in {409, 422}
    assert (SeatOffer.objects.count(), Invitation.objects.count()) == (0, 0)


def test_the_question_which_account_they_have_is_asked_first(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    page = Visitor.logged_in("member").send(at(going, ASK), who=serving.FROM_OUTSIDE)
    assert page.status_code == 422
    assert "Please answer this for somebody from outside" in page.content.decode()
    assert not User.objects.filter(kind=Kind.SEAT).exists()


def test_where_two_people_here_could_serve_nobody_comes_from_outside(cast: Cast) -> None:
    going = barring(cast, "intake", "mediator")
    form = Visitor.logged_in("member").client.get(at(going, ASK)).context["form"]
    assert serving.FROM_OUTSIDE not in dict(form.fields["who"].choices)
    with pytest.raises(NotOpen, match="can't be asked"):
        going.take(Step.ASK, "member", who=serving.FROM_OUTSIDE)


@pytest.mark.parametrize("login", ["intake", "mediator"])
def test_only_the_reporter_offers_a_seat_to_somebody_from_outside(cast: Cast, login: str) -> None:
    going = barring(cast, "mediator2", "mediator3")
    going.take(Step.ACCEPT, "intake")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    form = cast.browser(login).get(at(going, ASK)).context["form"]
    assert (serving.FROM_OUTSIDE in dict(form.fields["who"].choices), "known_as" in form.fields) == (False, False)
    with pytest.raises(NotOpen):
        going.take(Step.ASK, login, who=serving.FROM_OUTSIDE)


def test_a_reporter_with_a_receipt_offers_it_too_and_is_shown_no_list(cast: Cast) -> None:
    made = receipts.issue()
    cast.actors["member"] = Actor(made.user, keys.unlock(made.user, made.secret))
    going = barring(cast, "intake")
    client = Client()
    assert client.post("/accounts/login/", {"login": made.shown, "password": ""}).status_code == 302
    form = client.get(at(going, ASK)).context["form"]
    menus = {name: [value for value, _label in form.fields[name].choices] for name in ("who", "known_as")}
    assert menus == {"who": ["", serving.FROM_OUTSIDE], "known_as": ["", "no-account"]}
    page = Visitor(client).send(at(going, ASK), who=serving.FROM_OUTSIDE, known_as="no-account")
    came_in(link_shown(page.content.decode()))
    assert doors(going.case, User.objects.get(kind=Kind.SEAT)) == {"names"}


def test_a_link_that_nobody_used_ends_the_request(cast: Cast) -> None:
    going = barring(cast, *SERVERS)
    asked_from_outside(going)
    guest = User.objects.get(kind=Kind.SEAT)
    assert access.rooms_held_by(guest).count() == 1
    accounts.close(guest)
    assert (SeatOffer.objects.get().state, access.rooms_held_by(guest).count()) == ("ended", 0)
