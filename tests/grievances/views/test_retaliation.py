from __future__ import annotations

import pytest

from grievances.models import Case, Retaliation
from tests.grievances.cast import Cast, walk
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import at, same_as_unknown, text_of
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_retaliation_is_reported_from_the_case_page_and_becomes_a_draft(cast: Cast) -> None:
    going = walk(cast, "told")
    respondent = Visitor.logged_in("respondent")
    address = at(going, "retaliation/")
    assert address in respondent.open(at(going))
    begun = Case.objects.get(reference=respondent.done(address, route="harmed").split("/")[2])
    assert Retaliation.objects.get(case=begun).about == going.case
    said = f"This is about retaliation against somebody who took part in {going.case.reference}."
    assert said in text_of(respondent.client.get(f"/cases/{begun.reference}/"))
    assert begun.reference not in text_of(cast.browser("member").get(at(going)))


def test_which_of_the_two_it_is_has_to_be_said(cast: Cast) -> None:
    going = walk(cast, "told")
    answer = cast.browser("member").post(at(going, "retaliation/"), {"route": "caused"})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"route": ["Please choose one of these."]})


def test_without_a_seat_there_is_no_such_page(cast: Cast) -> None:
    going = walk(cast, "told")
    for login in ("stranger", "mediator3", "secretary"):
        assert same_as_unknown(cast.browser(login), at(going, "retaliation/"))


def test_a_draft_offers_it_nowhere(cast: Cast) -> None:
    going = walk(cast, "begun")
    browser = cast.browser("member")
    assert "Report retaliation" not in text_of(browser.get(at(going)))
    assert browser.post(at(going, "retaliation/"), {"route": "harmed"}).status_code == 403


def test_a_guest_of_one_seat_is_shown_the_way_by_a_receipt(cast: Cast) -> None:
    going = walk(cast, "told")
    guest = cast.user("respondent")
    browser = cast.browser("respondent")
    guest.kind = "seat"
    guest.save(update_fields=["kind"])
    page = browser.get(at(going, "retaliation/"))
    assert "With a receipt you can raise a concern of your own." in text_of(page)
    assert browser.post(at(going, "retaliation/"), {"route": "harmed"}).status_code == 403
    assert Retaliation.objects.count() == 0


def test_a_case_that_follows_another_costs_its_page_no_more_than_five_queries(cast: Cast) -> None:
    going = walk(cast, "told")
    browser = cast.browser("member")
    plain = cost(browser, at(going))
    Retaliation.objects.create(case=going.case, about=walk(cast, "filed").case)
    assert cost(browser, at(going)) <= plain + 5
