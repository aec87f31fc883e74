from __future__ import annotations

import pytest

from grievances.actions.objections import object_to
from grievances.exceptions import NotYours
from grievances.models import Notice
from grievances.roles import May
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.moves import opened
from tests.grievances.views.pages import HOSTILE, at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WHY = "We shared a flat, and did not part well."


def test_the_person_named_objects_and_every_mediator_is_told_and_reads_why(cast: Cast) -> None:
    going = walk(cast, "told")
    typed = {"who": cast.user("mediator").handle, "text": WHY}
    assert cast.browser("respondent").post(at(going, "objection/"), typed).headers["Location"] == at(going)
    told = set(Notice.objects.filter(event="case:conflict:objected").values_list("user_id", flat=True))
    assert told == {cast.user("mediator").pk, cast.user("mediator2").pk}
    reads = {
        login: ("objection", WHY) in opened(going.case, cast[login]) for login in ("respondent", "mediator2", "member")
    }
    assert reads == {"respondent": True, "mediator2": True, "member": False}
    said = text_of(cast.browser("member").get(at(going, "history/")))
    assert "The person named objected to Server mediator (mediator) serving." in said


def test_the_mediators_find_it_on_the_page_of_the_case_until_the_one_who_is_meant_is_gone(cast: Cast) -> None:
    going, line = walk(cast, "told"), "The person named objected to Server mediator serving"
    assert line not in text_of(cast.browser("mediator2").get(at(going)))
    object_to(going.case, cast.user("mediator").handle, {"text": WHY}, by=cast["respondent"])
    pages = {login: text_of(cast.browser(login).get(at(going))) for login in ("mediator", "mediator2", "member")}
    assert {login: line in page for login, page in pages.items()} == {
        "mediator": True,
        "mediator2": True,
        "member": False,
    }
    assert WHY not in "".join(pages.values())
    going.take(Step.RECUSE, "mediator")
    assert line not in text_of(cast.browser("mediator2").get(at(going)))


def test_nobody_is_removed_by_an_objection_alone(cast: Cast) -> None:
    going = walk(cast, "told")
    object_to(going.case, cast.user("mediator").handle, {"text": WHY}, by=cast["respondent"])
    assert going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="declined").one_on_one == "declined"
    going.take(Step.RECUSE, "mediator")
    assert same_as_unknown(cast.browser("mediator"), at(going))


def test_the_menu_holds_those_who_serve_by_the_names_they_serve_by(cast: Cast) -> None:
    going = walk(cast, "told")
    form = cast.browser("respondent").get(at(going, "objection/")).context["form"]
    assert [name for _handle, name in form.fields["who"].choices[1:]] == ["Server mediator", "Server mediator2"]


@pytest.mark.parametrize("login", ["mediator", "witness", "stranger", "intake"])
def test_nobody_else_objects(login: str, cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotYours):
        object_to(going.case, cast.user("mediator").handle, {"text": WHY}, by=cast[login])


def test_the_page_is_for_the_sides(cast: Cast) -> None:
    going = walk(cast, "told")
    assert statuses(cast.browser("mediator"), at(going, "objection/")) == (403, 403)
    assert same_as_unknown(cast.browser("stranger"), at(going, "objection/"))
    assert May.OBJECT.name.lower() in cast.browser("respondent").get(at(going)).context["may"]


@pytest.mark.parametrize(("typed", "said"), HOSTILE)
def test_words_that_cannot_be_kept_are_named_and_not_lost(cast: Cast, typed: str, said: str) -> None:
    going = walk(cast, "told")
    sent = {"who": cast.user("mediator").handle, "text": typed}
    page = cast.browser("respondent").post(at(going, "objection/"), sent)
    form = page.context["form"]
    assert (page.status_code, form.errors, form["text"].value()) == (422, {"text": [said]}, typed)
