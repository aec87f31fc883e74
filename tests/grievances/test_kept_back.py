"""A name kept back: nobody else reads it on any page, all along the way, nor finds it by a gap in a menu."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from caracol.accounts import roles
from caracol.accounts.models import SiteRole
from grievances.actions import seats
from grievances.models import Case, Purpose, Route
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import invited
from tests.grievances.views.pages import at
from tests.story import STATEMENT, Story
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

STARTS = ("/", "/cases/", "/cases/?closed", "/asked/", "/intake/", "/concerns/", "/concerns/?closed", "/agenda/")
ELSEWHERE = ("/accounts/", "/code/", "/safety/", "/leave/", "/static/", "/raise/")
HREF = re.compile(r'(?:href|action)="(/[^"#]*)')
# A menu of all members names everybody; what must not show is whether somebody is missing from it.
MENU = re.compile(r"<select.*?</select>", re.DOTALL)


def pages(browser: Client) -> Iterator[tuple[str, str]]:
    """Yield every page that somebody reaches by the links and forms on their pages, without its menus of members."""
    waiting, seen = list(STARTS), set(STARTS)
    while waiting:
        path = waiting.pop()
        answer = browser.get(path)
        page = answer.content.decode()
        yield path, MENU.sub("", page)
        found = {each for each in HREF.findall(page) if not each.startswith(ELSEWHERE)} - seen
        seen |= found
        assert len(seen) < 200
        waiting += sorted(found)


def told_by(story: Story, who: str, secrets: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return where somebody reads any of `secrets`."""
    browser = story[who].client  # type: ignore[attr-defined]  # visitors of this test have a client
    return [(who, path, secret) for path, page in pages(browser) for secret in secrets if secret in page]


def secrets(cast: Cast) -> tuple[str, ...]:
    return ("Member Somebody", "member@example.org", cast.user("member").handle)


def kept_back(cast: Cast, route: Route = Route.HARMED) -> Walk:
    going = walk(cast, "begun", route=route)
    going.written(keep_back="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    return going


def test_the_name_is_on_no_page_of_anybody_else_all_along_the_way(cast: Cast) -> None:
    story = Story(cast, Visitor.logged_in)
    story.filed(keep_back="on")
    found = told_by(story, "intake", secrets(cast)) + told_by(story, "stranger", secrets(cast))
    story.served()
    found += told_by(story, "mediator", secrets(cast))
    for stretch in (_told, _agreed, _referred):
        stretch(story)
        found += told_by(story, "mediator", secrets(cast))
        for who in ("respondent", "friend", "witness"):
            found += told_by(story, who, (*secrets(cast), STATEMENT))
    assert found == []


def _told(story: Story) -> None:
    """Go as far as the person named, with somebody beside them, and a witness."""
    story.distinguished()
    story.told()
    cast = story.cast
    going = Walk(cast, story.case)
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"], reads=True)
    invited(going, "witness", Part.WITNESS)


def _agreed(story: Story) -> None:
    story.one_on_one("declined")
    story.mediated()
    story.agreed()


def _referred(story: Story) -> None:
    story.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    story.packed_and_referred()


def test_the_search_finds_a_name_that_was_not_kept_back(cast: Cast) -> None:
    story = Story(cast, Visitor.logged_in)
    story.filed()
    assert ("intake", f"/asked/{story.reference}/names/reporter/", "Member Somebody") in told_by(
        story, "intake", secrets(cast)
    )


@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("purpose", [Purpose.ACCOUNT, Purpose.INVITATION])
def test_a_menu_of_members_has_no_gap_where_the_reporter_is(cast: Cast, route: Route, purpose: Purpose) -> None:
    cast.all()
    going = kept_back(cast, route)
    page = cast.browser("mediator").get(at(going, f"papers/{purpose.value}/"))
    field = page.context["form"].fields["person_told" if purpose == Purpose.ACCOUNT else "person_invited"]
    offered = {handle for handle, _name in field.choices[2:]}
    known = {cast.user(login).handle for login in ("mediator", "mediator2")}
    assert offered == {user.handle for user in roles.holders(SiteRole.MEMBER)} - known


@pytest.mark.parametrize("route", list(Route))
def test_choosing_the_reporter_from_it_tells_nobody(cast: Cast, route: Route) -> None:
    going = kept_back(cast, route)
    answers = set()
    for login in ("member", "stranger"):
        typed = {"version": 0, "person_told": cast.user(login).handle, "known_as": "", "text": "You were there."}
        answer = cast.browser("mediator").post(at(going, "papers/account/"), typed)
        answers.add((answer.status_code, answer.headers["Location"]))
    assert answers == {(302, at(going))}
    assert Case.objects.get(pk=going.case.pk).seats.filter(respondent=True).count() == (route == Route.CAUSED)
