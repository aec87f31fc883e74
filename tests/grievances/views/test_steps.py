from __future__ import annotations

from typing import Any

import pytest

from caracol.ledger.chain import entries
from grievances.actions import papers
from grievances.events import Event
from grievances.models import Consent, Purpose
from grievances.roles import Part
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import HOSTILE, at, same_as_unknown, statuses, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

TEXT = "It is about who chased whom."


def step_at(going: Walk, step: Step) -> str:
    return at(going, f"{step.value}/")


def sent(going: Walk, **typed: Any) -> dict[str, Any]:
    return {"version": going.case.version, **typed}


def test_a_step_is_looked_at_or_taken_and_nothing_else(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert cast.browser("member").delete(step_at(going, Step.WITHDRAW)).status_code == 405


def test_no_step_of_a_case_is_known_to_a_stranger(cast: Cast) -> None:
    going = walk(cast, "filed")
    stranger = cast.browser("stranger")
    assert all(same_as_unknown(stranger, step_at(going, step)) for step in (Step.WITHDRAW, Step.ASK))
    assert stranger.post(step_at(going, Step.WITHDRAW), sent(going)).status_code == 404


def test_a_step_that_does_not_exist_is_not_found(cast: Cast) -> None:
    going = walk(cast, "filed")
    assert statuses(cast.browser("member"), at(going, "s99/")) == (404, 404)


def test_another_seats_step_is_refused_with_its_reason_and_the_refusal_is_kept(cast: Cast) -> None:
    going = walk(cast, "served")
    browser = cast.browser("member")
    assert statuses(browser, step_at(going, Step.DISTINGUISH)) == (403, 403)
    assert "This step is for: mediator." in text_of(browser.post(step_at(going, Step.DISTINGUISH)))
    assert len(entries(going.case.chain, Event.REFUSED)) == 2


def test_the_clocks_own_step_is_nobodys(cast: Cast) -> None:
    going = walk(cast, "served")
    assert statuses(cast.browser("mediator"), step_at(going, Step.LAPSE)) == (403, 403)


def test_a_step_that_is_not_open_says_why_with_the_clause_and_has_no_form(cast: Cast) -> None:
    going = walk(cast, "served")
    page = cast.browser("mediator").get(step_at(going, Step.BEGIN_ONE_ON_ONE))
    assert (page.status_code, page.context["form"]) == (200, None)
    assert "First political and interpersonal are distinguished, in writing. Code 3.4" in text_of(page)


def test_a_step_that_is_not_open_keeps_what_was_typed_when_it_is_sent_all_the_same(cast: Cast) -> None:
    going = walk(cast, "mediation")
    page = cast.browser("mediator").post(step_at(going, Step.RECORD_ANSWER), sent(going, text=TEXT))
    assert (page.status_code, page.context["form"]["text"].value()) == (409, TEXT)
    assert "This step belongs to: National. The case stands at: Mediation. Code 4.2" in text_of(page)


def test_taking_a_step_moves_the_case_and_leads_back_to_it(cast: Cast) -> None:
    going = walk(cast, "served")
    typed = sent(going, nature="interpersonal", text=TEXT)
    answer = cast.browser("mediator").post(step_at(going, Step.DISTINGUISH), typed)
    going.case.refresh_from_db()
    assert (answer.status_code, answer["Location"], going.case.nature) == (302, at(going), "interpersonal")


def test_what_was_written_with_a_step_is_read_by_whom_it_is_for(cast: Cast) -> None:
    going = walk(cast, "served")
    cast.browser("mediator").post(step_at(going, Step.DISTINGUISH), sent(going, nature="mixed", text=TEXT))
    reporter = cast.browser("member")
    own = reporter.get(at(going)).context["rooms"][0].room
    assert TEXT in text_of(reporter.get(at(going, f"rooms/{own.token}/")))


@pytest.mark.parametrize(("typed", "said"), HOSTILE)
def test_words_that_cannot_be_kept_are_named_beside_their_field(cast: Cast, typed: str, said: str) -> None:
    going = walk(cast, "served")
    page = cast.browser("mediator").post(step_at(going, Step.DISTINGUISH), sent(going, nature="mixed", text=typed))
    form = page.context["form"]
    assert (page.status_code, form.errors) == (422, {"text": [said]})
    assert (form["text"].value(), form["nature"].value()) == (typed, "mixed")


def test_half_a_character_is_named_too(cast: Cast) -> None:
    going = walk(cast, "served")
    body = f"version={going.case.version}&nature=mixed&text=a%ED%A0%80b"
    browser = cast.browser("mediator")
    page = browser.post(step_at(going, Step.DISTINGUISH), body, content_type="application/x-www-form-urlencoded")
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["text"])


@pytest.mark.parametrize("choice", ["", "sideways", "a\x00b"])
def test_an_answer_that_was_never_offered_is_named_beside_its_field(cast: Cast, choice: str) -> None:
    going = walk(cast, "served")
    page = cast.browser("mediator").post(step_at(going, Step.DISTINGUISH), sent(going, nature=choice, text=TEXT))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["nature"])
    assert page.context["form"]["text"].value() == TEXT


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "9" * 9000])
def test_a_version_nobody_was_shown_keeps_what_was_typed(cast: Cast, version: str) -> None:
    going = walk(cast, "served")
    typed = {"version": version, "nature": "mixed", "text": TEXT}
    page = cast.browser("mediator").post(step_at(going, Step.DISTINGUISH), typed)
    assert (page.status_code, page.context["form"]["text"].value()) == (422, TEXT)


def test_whoever_was_slower_is_told_what_changed_and_can_send_the_same_again(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    browser, seen = cast.browser("mediator2"), going.case.version
    going.agree(Consent.To.ONE_ON_ONE, "member")
    going.take(Step.BEGIN_ONE_ON_ONE, "mediator")
    address = step_at(going, Step.CLOSE_NO_CONTACT)
    page = browser.post(address, {"version": seen, "text": TEXT})
    assert (page.status_code, page.context["form"]["text"].value()) == (409, TEXT)
    changed = page.context["changed"]
    assert (changed.then, changed.now) == ("Intake", "One-on-one")
    assert [line.says for line in changed.happened] == ["Server mediator (mediator) opened the one-on-one."]
    again = browser.post(address, {"version": page.context["form"]["version"].value(), "text": TEXT})
    assert again.status_code == 302


def test_a_step_for_two_waits_for_the_second_mediator_who_sees_the_same(cast: Cast) -> None:
    going = walk(cast, "served")
    answer = cast.browser("mediator").post(step_at(going, Step.CLOSE_OUT_OF_SCOPE), sent(going, text=TEXT))
    proposal = going.case.proposals.get(ended_at=None)
    address = at(going, f"{Step.CLOSE_OUT_OF_SCOPE.value}/confirm/{proposal.token}/")
    second = cast.browser("mediator2")
    shown = second.get(address)
    assert (answer.status_code, shown.context["answers"]) == (302, [("The reason", TEXT)])
    assert second.post(address, sent(going)).status_code == 302
    going.case.refresh_from_db()
    assert going.case.stage == Stage.CLOSED


def test_closed_answers_are_confirmed_by_their_labels(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.DISTINGUISH, "mediator", {"text": TEXT}, nature="political")
    proposal = going.case.proposals.get(ended_at=None)
    page = cast.browser("mediator2").get(at(going, f"{Step.DISTINGUISH.value}/confirm/{proposal.token}/"))
    assert page.context["answers"] == [("What is this about?", "political"), ("The distinction, in writing", TEXT)]


def test_nobody_confirms_what_they_proposed_themselves(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": TEXT})
    proposal = going.case.proposals.get(ended_at=None)
    browser, address = cast.browser("mediator"), at(going, f"s32/confirm/{proposal.token}/")
    assert browser.get(address).context["mine"]
    assert browser.post(address, sent(going)).status_code == 409


def test_only_mediators_confirm(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": TEXT})
    proposal = going.case.proposals.get(ended_at=None)
    address = at(going, f"s32/confirm/{proposal.token}/")
    assert statuses(cast.browser("member"), address) == (403, 403)
    assert same_as_unknown(cast.browser("stranger"), address)
    assert cast.browser("mediator2").put(address).status_code == 405


def test_a_proposal_that_does_not_exist_is_not_found(cast: Cast) -> None:
    going = walk(cast, "served")
    assert statuses(cast.browser("mediator"), at(going, "s32/confirm/nothing/")) == (404, 404)


def test_a_proposal_ends_with_what_it_stood_on(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": TEXT})
    proposal = going.case.proposals.get(ended_at=None)
    going.agree(Consent.To.MEDIATION, "member")
    browser, address = cast.browser("mediator2"), at(going, f"s32/confirm/{proposal.token}/")
    assert not browser.get(address).context["stands"]
    assert browser.post(address, sent(going)).status_code == 409


def test_a_proposal_seen_in_an_older_version_is_not_confirmed(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": TEXT})
    proposal = going.case.proposals.get(ended_at=None)
    page = cast.browser("mediator2").post(at(going, f"s32/confirm/{proposal.token}/"), {"version": 1})
    assert page.status_code == 409


def test_a_referral_asks_the_questions_over_the_text_that_would_be_shared(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    going.packed()
    page = cast.browser("mediator").get(step_at(going, Step.REFER))
    assert list(page.context["form"].fields) == ["version", "who", "why", "what", "needed", "recipient", "until"]
    said = text_of(page)
    assert "The packet." in said
    assert "Two mediators: a second mediator confirms." in said


def test_whoever_steps_back_is_led_away_and_sees_the_case_no_more(cast: Cast) -> None:
    going = walk(cast, "served")
    browser = cast.browser("mediator")
    answer = browser.post(step_at(going, Step.RECUSE), sent(going))
    assert answer["Location"] == "/cases/"
    browser.get("/cases/")
    assert same_as_unknown(browser, at(going))


def test_telling_offers_the_texts_that_were_agreed_to(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    paper = papers.prepare(
        going.case, Purpose.ACCOUNT, {"text": "You."}, by=cast["mediator"],
        person=cast.user("respondent"), part=Part.RESPONDENT,
    )  # fmt: skip
    browser = cast.browser("mediator")
    assert browser.get(step_at(going, Step.TELL)).context["form"] is None
    going.agree_to_paper(paper, "member")
    page = browser.get(step_at(going, Step.TELL))
    assert list(page.context["form"].fields["paper"].choices) == [(paper.token, "Respondent Somebody (person named)")]
    assert "You." in text_of(page)
    assert browser.post(step_at(going, Step.TELL), sent(going, paper=paper.token)).status_code == 302
