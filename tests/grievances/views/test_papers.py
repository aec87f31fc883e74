from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from grievances.actions import papers
from grievances.models import Paper, Purpose
from grievances.roles import Part
from tests.grievances.cast import ACCOUNT, Cast, Walk, walk
from tests.grievances.views.pages import HOSTILE, at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

TEXT = "The texts of the case."


def account(going: Walk) -> Paper:
    """A mediator's text for the person named, that waits for the reporter."""
    return papers.prepare(
        going.case,
        Purpose.ACCOUNT,
        {"text": ACCOUNT},
        by=going.cast["mediator"],
        person=going.cast.user("respondent"),
        part=Part.RESPONDENT,
    )


def promise(going: Walk, line: int = 0, **other: str) -> dict[str, str]:
    due = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    typed = {"words": "Say sorry.", "facet": "apology", "owner": going.seat_token("respondent"), "due_on": due}
    return {f"amends-{line}-{name}": value for name, value in {**typed, **other}.items()}


LINES = {"amends-TOTAL_FORMS": "3", "amends-INITIAL_FORMS": "0"}


def test_texts_are_put_before_people_by_mediators(cast: Cast) -> None:
    going = walk(cast, "served")
    address = at(going, "papers/agenda/")
    assert statuses(cast.browser("member"), address) == (403, 403)
    assert same_as_unknown(cast.browser("stranger"), address)
    browser = cast.browser("mediator")
    assert browser.delete(address).status_code == 405
    assert statuses(browser, at(going, "papers/poem/")) == (404, 404)
    assert statuses(browser, at(going, "papers/agenda/nothing/")) == (404, 404)


def test_a_text_is_written_and_laid_before_those_who_are_asked(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    typed = {"version": 0, "person_told": cast.user("respondent").handle, "text": ACCOUNT}
    answer = cast.browser("mediator").post(at(going, "papers/account/"), typed)
    paper = Paper.objects.get()
    assert (answer["Location"], paper.person, paper.part) == (at(going), cast.user("respondent"), "respondent")
    assert ACCOUNT in text_of(cast.browser("member").get(at(going, "consents/")))


def test_who_serves_or_is_a_side_already_is_not_in_the_menu(cast: Cast) -> None:
    cast.all()
    going = walk(cast, "told")
    page = cast.browser("mediator").get(at(going, "papers/invitation/"))
    form = page.context["form"]
    offered = {handle for handle, _name in form.fields["person_invited"].choices}
    out = {cast.user(login).handle for login in ("member", "respondent", "mediator", "mediator2")}
    assert (offered & out, cast.user("witness").handle in offered) == (set(), True)
    assert [part for part, _label in form.fields["invited_as"].choices] == ["witness"]


@pytest.mark.parametrize(("typed", "said"), HOSTILE)
def test_a_text_that_cannot_be_kept_is_named_beside_its_field(cast: Cast, typed: str, said: str) -> None:
    going = walk(cast, "served")
    page = cast.browser("mediator").post(at(going, "papers/agenda/"), {"version": 0, "text": typed})
    form = page.context["form"]
    assert (page.status_code, form.errors, form["text"].value()) == (422, {"text": [said]}, typed)


def test_a_text_that_waits_is_changed_and_not_written_beside(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = papers.prepare(going.case, Purpose.AGENDA, {"text": TEXT}, by=cast["mediator"])
    browser, address = cast.browser("mediator2"), at(going, f"papers/agenda/{paper.token}/")
    assert browser.get(at(going, "papers/agenda/"))["Location"] == address
    form = browser.get(address).context["form"]
    assert (form["text"].value(), form["version"].value()) == (TEXT, 1)
    assert browser.post(address, {"version": 1, "text": "Shorter."}).status_code == 302
    paper.refresh_from_db()
    assert paper.version == 2


def test_whoever_was_slower_sees_the_newer_text_and_loses_nothing(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = papers.prepare(going.case, Purpose.AGENDA, {"text": TEXT}, by=cast["mediator"])
    papers.prepare(going.case, Purpose.AGENDA, {"text": "Theirs."}, by=cast["mediator2"], paper=paper, version=1)
    browser, address = cast.browser("mediator"), at(going, f"papers/agenda/{paper.token}/")
    page = browser.post(address, {"version": 1, "text": "Mine."})
    form = page.context["form"]
    assert (page.status_code, form["text"].value(), form["version"].value()) == (409, "Mine.", "2")
    assert page.context["stands"].lines == [("", "Theirs.")]
    again = {"version": form["version"].value(), "text": form["text"].value()}
    assert browser.post(page.context["address"], again).status_code == 302


def test_of_two_first_versions_the_second_follows_the_first(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = papers.prepare(going.case, Purpose.AGENDA, {"text": "Theirs."}, by=cast["mediator2"])
    page = cast.browser("mediator").post(at(going, "papers/agenda/"), {"version": 0, "text": "Mine."})
    assert (page.status_code, page.context["form"]["text"].value()) == (409, "Mine.")
    assert page.context["address"] == at(going, f"papers/agenda/{paper.token}/")


def test_a_text_that_was_used_stays_as_it_is(cast: Cast) -> None:
    going = walk(cast, "told")
    paper = Paper.objects.get(purpose=Purpose.ACCOUNT)
    browser, address = cast.browser("mediator"), at(going, f"papers/account/{paper.token}/")
    assert browser.get(address).status_code == 403
    assert browser.post(address, {"version": 1, "text": "Else."}).status_code == 409


def agreement(cast: Cast, going: Walk, **typed: Any) -> Any:
    sent = {"version": 0, "text": "We agree.", **LINES, **typed}
    return cast.browser("mediator").post(at(going, "papers/agreement/"), sent)


def test_an_agreement_carries_its_dated_amends(cast: Cast) -> None:
    going = walk(cast, "mediation")
    assert agreement(cast, going, **promise(going), **promise(going, 2, words="Listen.")).status_code == 302
    said = text_of(cast.browser("respondent").get(at(going, "consents/")))
    assert "Say sorry. (apology; by you, until" in said
    assert "Listen. (apology; by you, until" in said


def test_an_agreement_without_amends_keeps_what_was_typed(cast: Cast) -> None:
    going = walk(cast, "mediation")
    page = agreement(cast, going)
    assert (page.status_code, page.context["form"]["text"].value()) == (422, "We agree.")
    assert "An agreement needs at least one line of amends, with its date." in text_of(page)


@pytest.mark.parametrize(
    ("name", "typed"), [("due_on", "2020-01-01"), ("due_on", "soon"), ("owner", "nobody"), ("words", "a\x00b")]
)
def test_a_line_of_amends_is_named_where_it_is_wrong(cast: Cast, name: str, typed: str) -> None:
    going = walk(cast, "mediation")
    page = agreement(cast, going, **promise(going, 0, **{name: typed}))
    line = page.context["promises"].forms[0]
    assert (page.status_code, list(line.errors), line[name].value()) == (422, [name], typed)


def test_the_amends_of_an_agreement_can_be_changed_and_left_out(cast: Cast) -> None:
    going = walk(cast, "mediation")
    agreement(cast, going, **promise(going), **promise(going, 1, words="Listen."))
    paper = Paper.objects.get(purpose=Purpose.AGREEMENT)
    browser, address = cast.browser("mediator"), at(going, f"papers/agreement/{paper.token}/")
    shown = browser.get(address).context["promises"]
    assert [line["words"].value() for line in shown] == ["Say sorry.", "Listen.", None, None, None]
    sent = {"version": 1, "text": "We agree.", **LINES, **promise(going, 0, words="Listen.")}
    assert browser.post(address, sent).status_code == 302
    said = papers.text_of(Paper.objects.get(pk=paper.pk), by=cast["mediator"])
    assert said is not None
    assert said["amends"].count("words") == 1
