from __future__ import annotations

import pytest
from django.test import Client

from grievances.actions import papers, seats
from grievances.consents import CONSENTS
from grievances.models import Consent, Purpose, Route
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import account, doors, invited, laid
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import at, same_as_unknown, statuses, text_of
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def said_on(browser: Client, going: Walk, rest: str = "consents/") -> str:
    return text_of(browser.get(at(going, rest)))


def test_consents_are_for_the_seats_that_are_asked(cast: Cast) -> None:
    going = walk(cast, "served")
    address = at(going, "consents/")
    assert statuses(cast.browser("mediator"), address) == (403, 403)
    assert same_as_unknown(cast.browser("stranger"), address)
    assert cast.browser("member").delete(address).status_code == 405


def test_a_consent_is_given_and_taken_back_each_with_its_date(cast: Cast) -> None:
    going = walk(cast, "served")
    browser, address = cast.browser("member"), at(going, "consents/")
    typed = {"to": "one_on_one", "paper": "", "version": going.case.version}
    assert browser.post(address, {**typed, "deed": "give"}).status_code == 302
    given = {choice.to.value: bool(choice.given) for choice in browser.get(address).context["choices"]}
    assert given == {"one_on_one": True, "mediation": False, "joint": False, "resolved": False, "one_mediator": False}
    browser.post(address, {**typed, "deed": "withdraw"})
    page = browser.get(address)
    assert [consent.to for consent in page.context["withdrawn"]] == ["one_on_one"]
    kept = Consent.objects.get().wording
    assert kept.startswith("I agree to a one-on-one talk, with support if I want it. A mediator can open")
    assert f"{kept} Given on" in text_of(page)


def test_what_was_agreed_to_in_spanish_is_kept_in_english_and_read_in_either(cast: Cast) -> None:
    """The row is in the clear: it must not tell which language somebody reads."""
    going = walk(cast, "served")
    browser, address = cast.browser("member"), at(going, "consents/")
    browser.post("/language/", {"language": "es"})
    browser.post(address, {"to": "one_on_one", "paper": "", "version": going.case.version, "deed": "give"})
    kept = Consent.objects.get().wording
    assert kept.startswith("I agree to a one-on-one talk")
    assert "Acepto una conversación uno a uno" in text_of(browser.get(address))
    assert kept not in text_of(browser.get(address))
    Consent.objects.update(wording="I agree, in words of before.")
    assert "I agree, in words of before." in text_of(browser.get(address))


def test_a_text_is_agreed_to_in_the_version_that_was_shown(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    paper = account(going)
    browser, address = cast.browser("member"), at(going, "consents/")
    typed = {"deed": "give", "to": "paper", "paper": paper.token, "version": 1}
    assert browser.post(address, typed).status_code == 302
    page = browser.get(address)
    assert (page.context["texts"], [each.paper for each in page.context["to_texts"]]) == ([], [paper])
    browser.post(address, {**typed, "deed": "withdraw"})
    assert [each.paper for each in browser.get(address).context["texts"]] == [paper]


def test_a_yes_to_an_older_version_does_not_count_and_the_newer_one_is_shown(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    paper = account(going)
    papers.prepare(
        going.case, Purpose.ACCOUNT, {"text": "You ran."}, by=cast["mediator2"],
        person=paper.person, part=Part.RESPONDENT, paper=paper, version=1,
    )  # fmt: skip
    typed = {"deed": "give", "to": "paper", "paper": paper.token, "version": 1}
    page = cast.browser("member").post(at(going, "consents/"), typed)
    assert page.status_code == 409
    assert "You ran." in text_of(page)
    assert not Consent.objects.filter(to="paper").exists()


def test_only_the_person_harmed_can_say_that_it_is_resolved(cast: Cast) -> None:
    going = walk(cast, "told")
    browser, address = cast.browser("respondent"), at(going, "consents/")
    assert "resolved" not in [choice.to.value for choice in browser.get(address).context["choices"]]
    typed = {"deed": "give", "to": "resolved", "paper": "", "version": going.case.version}
    assert browser.post(address, typed).status_code == 403


def test_what_no_page_would_send_changes_nothing(cast: Cast) -> None:
    going = walk(cast, "served")
    page = cast.browser("member").post(at(going, "consents/"), {"deed": "shout", "to": "a\x00", "version": "x"})
    assert (page.status_code, Consent.objects.count()) == (422, 0)


def test_a_text_or_a_person_sent_with_another_consent_counts_for_nothing(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    typed = {"deed": "give", "to": "mediation", "paper": account(going).token, "version": 1}
    person = cast.user("mediator").handle
    assert cast.browser("member").post(at(going, "consents/"), {**typed, "person": person}).status_code == 302
    assert (Consent.objects.get().paper, Consent.objects.get().person) == (None, None)


def test_a_closed_case_takes_no_consent_and_says_so(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.WITHDRAW, "member")
    typed = {"deed": "give", "to": "mediation", "paper": "", "version": going.case.version}
    page = cast.browser("member").post(at(going, "consents/"), typed)
    assert page.status_code == 409
    assert "The case is closed." in text_of(page)


def test_each_consent_says_what_it_allows_and_what_taking_it_back_stops(cast: Cast) -> None:
    going = walk(cast, "served")
    said = said_on(cast.browser("member"), going)
    asked = {Consent.To.ONE_ON_ONE, Consent.To.MEDIATION, Consent.To.JOINT, Consent.To.RESOLVED}
    for to in asked | {Consent.To.ONE_MEDIATOR}:
        assert f"{to.label} {CONSENTS[to].allows} If you take it back: {CONSENTS[to].stops}" in said


def test_whose_yes_is_asked_sees_for_whom_the_text_is(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    account(going)
    assert "It is for: Respondent Somebody, as: person named." in said_on(cast.browser("member"), going)


def test_a_text_that_was_told_has_no_button_and_says_that_it_cannot_be_untold(cast: Cast) -> None:
    going = walk(cast, "told")
    said = said_on(cast.browser("member"), going)
    assert "That can’t be taken back." in said
    assert str(CONSENTS[Consent.To.PAPER].stops) not in said


def test_more_texts_and_people_cost_no_more_queries(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["member"])
    one = cost(cast.browser("member"), at(going, "consents/"))
    seats.invite_support(going.case, cast.user("stranger"), by=cast["member"])
    invited(going, "witness", Part.WITNESS)
    assert cost(cast.browser("member"), at(going, "consents/")) == one


# Who stands by somebody


def test_a_support_person_is_sent_home_by_one_button_and_sees_nothing_more(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"])
    friend = cast.browser("friend")
    assert friend.get(at(going)).status_code == 200
    Visitor(cast.browser("respondent")).press(at(going, "consents/"), to="support", deed="withdraw")
    assert same_as_unknown(friend, at(going))
    assert doors(going.case, cast.user("friend")) == set()


def test_who_stands_by_one_is_let_read_and_no_more_by_a_button_each(cast: Cast) -> None:
    going = walk(cast, "told")
    seats.invite_support(going.case, cast.user("friend"), by=cast["respondent"])
    own = {cast.user("friend").handle}
    for deed, opens in (("give", own | {cast.user("respondent").handle}), ("withdraw", own)):
        Visitor(cast.browser("respondent")).press(at(going, "consents/"), to="read", deed=deed)
        assert doors(going.case, cast.user("friend")) == opens


def test_the_page_does_not_tell_who_could_not_come(cast: Cast) -> None:
    """Somebody else named in the case is asked by the person named: the list says of both the same."""
    going = walk(cast, "told")
    going.told("respondent2")
    for login in ("friend", "respondent2"):
        seats.invite_support(going.case, cast.user(login), by=cast["respondent"])
    page = cast.browser("respondent").get(at(going, "consents/"))
    assert [(choice.who, choice.to, bool(choice.given)) for choice in page.context["beside"]] == [
        ("Friend Somebody", Consent.To.SUPPORT, True),
        ("Friend Somebody", Consent.To.READ, False),
        ("Respondent2 Somebody", Consent.To.SUPPORT, True),
        ("Respondent2 Somebody", Consent.To.READ, False),
    ]
    seats.leave(going.case, by=cast["respondent2"])
    page = cast.browser("respondent").get(at(going, "consents/"))
    assert {choice.who for choice in page.context["beside"]} == {"Friend Somebody", "Respondent2 Somebody"}


def test_a_witness_is_sent_home_by_whoever_agreed_to_their_coming(cast: Cast) -> None:
    going = walk(cast, "served")
    invited(going, "witness", Part.WITNESS)
    browser = cast.browser("member")
    assert "The witness’s part ends at once" in said_on(browser, going)
    Visitor(browser).press(at(going, "consents/"), to="paper", deed="withdraw")
    assert same_as_unknown(cast.browser("witness"), at(going))


# The reporter's name


def kept_back(cast: Cast) -> Walk:
    going = walk(cast, "begun")
    going.written(keep_back="yes")
    for stretch in (lambda: going.take(Step.FILE, "member"), going.taken_in, going.served):
        stretch()
    return going


def test_one_mediator_learns_the_name_by_the_reporters_own_button_and_loses_the_key_by_another(cast: Cast) -> None:
    going = kept_back(cast)
    reporter, mediator = cast.browser("member"), cast.browser("mediator")
    handle = cast.user("mediator").handle
    identity = going.case.rooms.get(kind=RoomKind.IDENTITY)
    assert statuses(mediator, at(going, f"rooms/{identity.token}/")) == (404, 404)
    Visitor(reporter).press(at(going, "consents/"), to="name", person=handle, deed="give")
    assert "Member Somebody" in said_on(mediator, going, f"rooms/{identity.token}/")
    assert cast.browser("mediator2").get(at(going, f"rooms/{identity.token}/")).status_code == 404
    assert "Their key ends at once. What they have read, they know." in said_on(reporter, going)
    Visitor(reporter).press(at(going, "consents/"), to="name", person=handle, deed="withdraw")
    assert mediator.get(at(going, f"rooms/{identity.token}/")).status_code == 404


def test_who_did_not_keep_the_name_back_is_asked_nothing_about_it(cast: Cast) -> None:
    going = walk(cast, "served")
    browser = cast.browser("member")
    assert "Your name" not in said_on(browser, going)
    typed = {"deed": "give", "to": "name", "person": cast.user("mediator").handle, "version": 1}
    assert browser.post(at(going, "consents/"), typed).status_code == 409


@pytest.mark.parametrize("login", ["stranger", "mediator3", "respondent", "intake"])
def test_the_name_is_given_to_nobody_who_does_not_mediate_here(login: str, cast: Cast) -> None:
    going = kept_back(cast)
    typed = {"deed": "give", "to": "name", "person": cast.user(login).handle, "version": 1}
    assert cast.browser("member").post(at(going, "consents/"), typed).status_code == 409
    assert "identity" not in doors(going.case, cast.user(login))


def test_nobody_but_the_reporter_gives_the_name(cast: Cast) -> None:
    going = kept_back(cast)
    going.distinguished()
    going.told()
    typed = {"deed": "give", "to": "name", "person": cast.user("mediator").handle, "version": 1}
    assert cast.browser("respondent").post(at(going, "consents/"), typed).status_code == 403


# The person harmed, where somebody else raised it


def brought_in(cast: Cast, route: Route = Route.SAW) -> Walk:
    """Somebody is invited as the person harmed, and has not answered."""
    going = walk(cast, "served", route=route)
    going.distinguished()
    paper = laid(going, Purpose.INVITATION, person=cast.user("friend"), part=Part.HARMED)
    going.take(Step.INVITE, "mediator", paper=paper.token)
    return going


def test_who_is_invited_as_the_person_harmed_is_asked_first_whether_it_should_go_on(cast: Cast) -> None:
    going = brought_in(cast)
    browser = cast.browser("friend")
    page = browser.get(at(going, "consents/"))
    assert [choice.to for choice in page.context["choices"]] == [Consent.To.GO_ON]
    assert "do you want this to go on?" in said_on(browser, going, "")
    Visitor(browser).press(at(going, "consents/"), to="go_on", deed="give")
    assert "do you want this to go on?" not in said_on(browser, going, "")


def test_who_was_harmed_says_no_by_leaving_and_the_concern_stays_where_it_was(cast: Cast) -> None:
    going = brought_in(cast)
    browser = cast.browser("friend")
    assert browser.post(at(going, "leave/")).status_code == 302
    assert browser.get(at(going)).status_code == 404
    assert "left the case." in said_on(cast.browser("member"), going, "history/")


def test_who_raised_it_as_the_person_harmed_is_not_asked_again(cast: Cast) -> None:
    going = walk(cast, "served")
    typed = {"deed": "give", "to": "go_on", "version": 1}
    assert cast.browser("member").post(at(going, "consents/"), typed).status_code == 403
