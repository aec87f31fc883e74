from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from grievances.actions import intake, people
from grievances.models import Case, Conflict, Route, SeatOffer
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.grievances.views.cost import cost

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

TYPED = {"version": "0", "saw": "A cat was chased.", "danger": "no", "wish": "way", "named": "Robin"}


def at(case: Case, page: str = "draft/") -> str:
    return f"/cases/{case.reference}/{page}"


def saved(cast: Cast, case: Case) -> tuple[int, dict[str, str]]:
    draft = intake.draft_of(case)
    return (draft.version, dict(read_one(draft, by=cast["member"]))) if draft else (0, {})


def typed_in(page: Any, *names: str) -> list[object]:
    return [page.context["form"][name].value() for name in names]


# Raising


def test_raising_a_concern_is_for_who_is_logged_in(client: Client, cast: Cast) -> None:
    assert client.get("/raise/").headers["Location"] == "/accounts/login/?next=/raise/"
    browser = cast.browser("member")
    assert browser.get("/raise/").status_code == 200
    assert browser.put("/raise/").status_code == 405
    assert Case.objects.count() == 0


@pytest.mark.parametrize("route", Route.values)
def test_each_door_begins_a_draft_and_first_asks_who_must_not_serve(cast: Cast, route: str) -> None:
    answer = cast.browser("member").post("/raise/", {"route": route})
    begun = Case.objects.get()
    assert answer.headers["Location"] == at(begun, "conflicts/")
    assert begun.route == route


@pytest.mark.parametrize("route", ["", "made-up", "\x00"])
def test_no_door_is_named_and_begins_nothing(cast: Cast, route: str) -> None:
    page = cast.browser("member").post("/raise/", {"route": route})
    assert (page.status_code, list(page.context["form"].errors), Case.objects.count()) == (422, ["route"], 0)


# Who must not serve


def offered_names(page: Any) -> list[str]:
    return [label for _handle, label in page.context["form"].fields["people"].choices]


def test_everybody_who_could_serve_is_asked_about_by_serving_name(cast: Cast) -> None:
    cast.all()
    case = walk(cast, "begun").case
    page = cast.browser("member").get(at(case, "conflicts/"))
    others = [f"Server mediator{number}" for number in (2, 3, 4, 5)]
    assert offered_names(page) == ["Server intake", "Server mediator", *others]
    assert "Somebody" not in page.content.decode()


def test_a_mediator_who_raises_a_concern_is_not_asked_about_themselves(cast: Cast) -> None:
    cast.all()
    case = intake.begin(Route.HARMED, by=cast["mediator"])
    page = cast.browser("mediator").get(at(case, "conflicts/"))
    assert offered_names(page) == ["Server intake", *[f"Server mediator{number}" for number in (2, 3, 4, 5)]]


def test_who_is_ticked_must_not_serve_and_then_the_draft_follows(cast: Cast) -> None:
    cast.all()
    case = walk(cast, "begun").case
    chosen = cast.user("mediator")
    answer = cast.browser("member").post(at(case, "conflicts/"), {"people": [chosen.handle]})
    assert answer.headers["Location"] == at(case, "draft/questions/")
    said = Conflict.objects.filter(case=case, source=Conflict.Source.REPORTER)
    assert [conflict.user for conflict in said] == [chosen]


def test_nobody_is_an_answer(cast: Cast) -> None:
    cast.all()
    case = walk(cast, "begun").case
    assert cast.browser("member").post(at(case, "conflicts/"), {"nobody": "on"}).status_code == 302
    case.refresh_from_db()
    assert case.conflicts_answered is True


@pytest.mark.parametrize("typed", [{}, {"people": ["made-up"]}, {"people": ["\x00"]}])
def test_no_answer_or_a_made_up_one_is_named_and_answers_nothing(cast: Cast, typed: dict[str, list[str]]) -> None:
    cast.all()
    case = walk(cast, "begun").case
    page = cast.browser("member").post(at(case, "conflicts/"), typed)
    case.refresh_from_db()
    assert (page.status_code, case.conflicts_answered) == (422, False)


def test_somebody_and_nobody_at_once_is_asked_again_with_both_kept(cast: Cast) -> None:
    cast.all()
    case = walk(cast, "begun").case
    handle = cast.user("mediator").handle
    page = cast.browser("member").post(at(case, "conflicts/"), {"people": [handle], "nobody": "on"})
    assert (page.status_code, typed_in(page, "people", "nobody")) == (422, [[handle], True])


def test_more_people_can_be_added_after_filing_and_what_they_hold_ends(cast: Cast) -> None:
    case = walk(cast, "filed").case
    browser = cast.browser("member")
    answer = browser.post(at(case, "conflicts/"), {"people": [cast.user("intake").handle]})
    assert answer.headers["Location"] == at(case, "")
    assert SeatOffer.objects.get(case=case).state == SeatOffer.State.ENDED
    page = browser.get(at(case, "conflicts/"))
    assert (page.context["said"], "Server intake" in offered_names(page)) == (["Server intake"], False)


def test_where_nobody_could_serve_the_page_says_so(cast: Cast) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").get(at(case, "conflicts/"))
    assert "people" not in page.context["form"].fields
    assert page.content.decode().count("Nobody holds these parts now.") == 1


def test_only_the_reporter_says_who_must_not_serve(cast: Cast) -> None:
    case = walk(cast, "told").case
    assert [cast.browser(login).get(at(case, "conflicts/")).status_code for login in ("stranger", "respondent")] == [
        404,
        403,
    ]


# The draft


def test_a_draft_begins_with_what_to_know_before_writing(cast: Cast) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").get(at(case)).content.decode()
    assert page.index("Before you write") < page.index("What I saw or heard")
    assert page.count("First say who must not serve.") == 1


def test_saving_needs_nothing_to_be_filled(cast: Cast) -> None:
    case = walk(cast, "begun").case
    answer = cast.browser("member").post(at(case), {"version": "0", "save": "yes"})
    assert (answer.headers["Location"], saved(cast, case)[0]) == (at(case), 1)


def test_every_answer_comes_back(cast: Cast) -> None:
    case = walk(cast, "begun").case
    browser = cast.browser("member")
    typed = {**TYPED, "effect": "It hurt.\r\nA lot. 🐌", "clauses": ["3.3", "5.4"], "keep_back": "on", "save": "yes"}
    browser.post(at(case), typed)
    page = browser.get(at(case))
    assert typed_in(page, "version", "saw", "effect", "danger", "wish", "named", "clauses", "keep_back") == [
        1,
        "A cat was chased.",
        "It hurt.\nA lot. 🐌",
        "no",
        "way",
        "Robin",
        ["3.3", "5.4"],
        "yes",
    ]
    assert [article.is_open for article in page.context["articles"]].count(True) == 2


def test_danger_shows_emergency_help_at_once(cast: Cast) -> None:
    case = walk(cast, "begun").case
    browser = cast.browser("member")
    title = "If anyone is in danger now</p>"
    assert title not in browser.get(at(case)).content.decode()
    saved_page = browser.post(at(case), {**TYPED, "danger": "yes", "save": "yes"}, follow=True)
    unsaved_page = browser.post(at(case), {**TYPED, "danger": "yes", "saw": "\x00", "save": "yes"})
    assert [title in page.content.decode() for page in (saved_page, unsaved_page)] == [True, True]


def test_what_filing_needs_is_named_and_what_was_typed_is_saved(cast: Cast) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").post(at(case), {"version": "0", "named": "Robin", "file": "yes"})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"saw", "danger", "wish"})
    assert typed_in(page, "version", "named") == ["1", "Robin"]
    assert saved(cast, case)[1]["named"] == "Robin"


def test_a_complete_draft_is_saved_and_led_on_to_be_checked(cast: Cast) -> None:
    case = walk(cast, "begun").case
    answer = cast.browser("member").post(at(case), {**TYPED, "file": "yes"})
    assert answer.headers["Location"] == at(case, "s01/")
    assert saved(cast, case)[1]["saw"] == "A cat was chased."


@pytest.mark.parametrize("text", ["x" * 100_000, "a\x00b", "a\x07b", "a\u202eb", "a\u2066b", "a\ufffdb"])
def test_a_text_that_cannot_be_kept_is_named_and_nothing_typed_is_lost(cast: Cast, text: str) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").post(at(case), {**TYPED, "effect": text, "save": "yes"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["effect"])
    assert typed_in(page, "effect", "saw", "danger", "wish") == [text, "A cat was chased.", "no", "way"]
    assert page.content.decode().count('id="id_effect_error"') == 1


def test_half_a_surrogate_pair_is_named_too(cast: Cast) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").post(
        at(case), "version=0&saw=a%ED%A0%80b&need=Calm", content_type="application/x-www-form-urlencoded"
    )
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["saw"])
    assert typed_in(page, "need") == ["Calm"]


def test_a_draft_saved_in_two_windows_keeps_both_texts_until_one_is_chosen(cast: Cast) -> None:
    case = walk(cast, "begun").case
    browser = cast.browser("member")
    browser.post(at(case), {**TYPED, "saw": "The first window.", "save": "yes"})
    page = browser.post(at(case), {**TYPED, "saw": "The second window.", "save": "yes"})
    assert (page.status_code, typed_in(page, "saw", "version")) == (409, ["The second window.", "1"])
    assert page.context["differences"] == [("What I saw or heard", "The first window.")]
    again = browser.post(at(case), {**TYPED, "saw": "The second window.", "version": "1", "save": "yes"})
    assert (again.status_code, saved(cast, case)[1]["saw"]) == (302, "The second window.")


def test_a_draft_filed_in_another_window_says_so_and_keeps_the_text(cast: Cast) -> None:
    case = walk(cast, "filed").case
    browser = cast.browser("member")
    page = browser.post(at(case), {**TYPED, "version": "1", "save": "yes"})
    assert (page.status_code, page.context["refusal"].clause) == (409, "4.0")
    assert typed_in(page, "saw") == ["A cat was chased."]
    assert browser.get(at(case)).headers["Location"] == at(case, "")


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "\x00"])
def test_a_version_that_is_none_saves_nothing_and_loses_nothing(cast: Cast, version: str) -> None:
    case = walk(cast, "begun").case
    page = cast.browser("member").post(at(case), {**TYPED, "version": version, "save": "yes"})
    assert (page.status_code, typed_in(page, "saw"), saved(cast, case)[0]) == (422, ["A cat was chased."], 0)


def test_a_locked_session_loses_nothing_that_was_typed(cast: Cast) -> None:
    case = walk(cast, "begun").case
    browser = cast.browser("member")
    del browser.cookies["caracol-unlock"]
    page = browser.post(at(case), {**TYPED, "save": "yes"})
    assert dict(page.context["carried"]) == {**TYPED, "save": "yes"}


def test_nobody_else_reads_or_writes_a_draft(cast: Cast) -> None:
    cast.all()
    begun, filed = walk(cast, "begun").case, walk(cast, "told").case
    for login in ("stranger", "mediator", "steering", "secretary", "respondent"):
        assert cast.browser(login).get(at(begun)).status_code == 404
    assert cast.browser("respondent").post(at(filed), {**TYPED, "save": "yes"}).status_code == 403
    assert cast.browser("member").put(at(begun)).status_code == 405


def test_what_is_saved_is_what_a_step_files(cast: Cast) -> None:
    for server in ("intake", "mediator"):
        cast[server]
    going = walk(cast, "begun")
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    cast.browser("member").post(at(going.case), {**TYPED, "clauses": ["3.3"], "one_mediator": "on", "file": "yes"})
    filed = going.take(Step.FILE, "member")
    assert (filed.wish, filed.one_mediator_agreed) == ("way", True)
    assert [citation.clause.address for citation in filed.citations.all()] == ["3.3"]


def test_one_or_three_drafts_cost_the_same(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    one = cost(cast.browser("member"), at(going.case))
    for _more in range(2):
        walk(cast, "begun").written()
    assert cost(cast.browser("member"), at(going.case)) == one


def test_the_answers_are_checked_on_one_page_and_filed_from_it(cast: Cast) -> None:
    cast["intake"]
    case = walk(cast, "begun").case
    people.say_who_must_not_serve(case, [], by=cast["member"])
    browser = cast.browser("member")
    checked = browser.post(at(case), {**TYPED, "file": "yes"}, follow=True)
    words = checked.content.decode()
    assert [words.count(each) for each in ("A cat was chased.", "Robin", "Not answered yet")] == [1, 1, 0]
    typed = {name: checked.context["form"][name].value() for name in ("version", "draft_version")}
    assert browser.post(at(case, "s01/"), typed).headers["Location"] == at(case, "")
    case.refresh_from_db()
    assert case.stage == "intake"


@pytest.mark.parametrize("page", ["draft/", "conflicts/", "draft/discard/"])
def test_a_case_that_is_not_there_and_one_that_is_not_yours_read_the_same(cast: Cast, page: str) -> None:
    case = walk(cast, "begun").case
    browser = cast.browser("stranger")
    hidden, unknown = browser.get(at(case, page)), browser.get(f"/cases/no-such-case/{page}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert len(hidden.content) == len(unknown.content)


# Destroying


def test_a_draft_is_destroyed_after_asking_once(cast: Cast) -> None:
    going = walk(cast, "begun")
    going.written()
    browser = cast.browser("member")
    assert browser.get(at(going.case, "draft/discard/")).status_code == 200
    assert browser.post(at(going.case, "draft/discard/")).headers["Location"] == "/concerns/"
    assert not Case.objects.filter(pk=going.case.pk).exists()
    assert browser.get(at(going.case)).status_code == 404


def test_a_filed_concern_is_not_destroyed(cast: Cast) -> None:
    case = walk(cast, "filed").case
    browser = cast.browser("member")
    assert browser.get(at(case, "draft/discard/")).headers["Location"] == at(case, "")
    assert browser.post(at(case, "draft/discard/")).status_code == 403
    assert Case.objects.filter(pk=case.pk).exists()


def test_nobody_destroys_the_draft_of_another(cast: Cast) -> None:
    case = walk(cast, "told").case
    assert [
        cast.browser(login).post(at(case, "draft/discard/")).status_code for login in ("stranger", "respondent")
    ] == [
        404,
        403,
    ]


@pytest.mark.parametrize(("ticked", "recovery"), [({}, True), ({"leave_recovery_out": "on"}, False)])
def test_the_reporter_may_leave_the_emergency_key_out(cast: Cast, ticked: dict[str, str], *, recovery: bool) -> None:
    going = walk(cast, "begun")
    people.say_who_must_not_serve(going.case, [], by=cast["member"])
    member = cast.browser("member")
    assert "Leave the emergency key out" in member.get(at(going.case)).content.decode()
    member.post(at(going.case), {**TYPED, **ticked, "file": "yes"})
    assert going.take(Step.FILE, "member").recovery is recovery
