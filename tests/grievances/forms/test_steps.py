from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from caracol.accounts.actor import Actor
from grievances.deadlines import today
from grievances.facts import Facts
from grievances.forms.fields import WordsField
from grievances.forms.step import StepForm
from grievances.forms.steps import FORMS
from grievances.models import Consent
from grievances.workflow import WAY, Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

SOON = (timezone.localdate() + dt.timedelta(days=7)).isoformat()
WAITS = {"who": "National", "why": "It was broken.", "what": "The packet.", "needed": "Yes."}


def filled(going: Walk, login: str, step: Step, **typed: Any) -> StepForm:
    """Return a step's form as this person sends it, with the version they saw."""
    actor: Actor = going.cast[login]
    facts = Facts(going.case, actor.user)
    form = FORMS[step]({"version": going.case.version, **typed}, facts=facts, actor=actor)
    form.is_valid()
    return form


def test_every_step_that_a_person_takes_has_its_form() -> None:
    assert set(FORMS) == {step for step, rule in WAY.items() if rule.by or rule.asked}


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        (Step.DISTINGUISH, {"nature": "mixed"}),
        (Step.SPLIT, {"meeting_on": SOON}),
        (Step.REDIRECT, {"meeting_on": SOON}),
        (Step.RECORD_ONE_ON_ONE, {"one_on_one": "unsafe"}),
        (Step.SET_MEDIATION_ASIDE, {"actioned_how": "declined"}),
        (Step.COMPLETE_AMENDS, {"heard": "heard"}),
        (
            Step.REFER_BY_EXCEPTION,
            {"recipient": "national", "until": SOON, "exception_reason": "urgent_risk"},
        ),
        (Step.ACKNOWLEDGE, {}),
        (Step.REOPEN, {}),
    ],
)
def test_answers_are_closed_and_can_stand_in_the_clear_and_words_are_apart(
    cast: Cast, step: Step, typed: dict[str, str]
) -> None:
    going = walk(cast, "served")
    blank = FORMS[step](facts=Facts(going.case, cast.user("mediator")), actor=cast["mediator"])
    words = {name: "A word." for name, field in blank.fields.items() if isinstance(field, WordsField)}
    form = filled(going, "mediator", step, **typed, **words)
    assert (form.errors, form.choices(), form.words()) == ({}, typed, words)
    assert json.loads(json.dumps(form.choices())) == typed


def test_every_field_of_a_step_that_asks_for_something_is_asked_for(cast: Cast) -> None:
    going = walk(cast, "mediation")
    optional = {"version", "meets_at"}
    for step in FORMS:
        if step is not Step.FILE:
            form = filled(going, "mediator", step)
            assert set(form.errors) == set(form.fields) - optional, step


def test_who_may_be_asked_is_chosen_by_the_name_they_serve_by(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    form = filled(going, "intake", Step.ASK, who=cast.user("mediator").handle)
    assert form.choices() == {"who": cast.user("mediator").handle}
    assert [label for _handle, label in form.fields["who"].choices] == [  # type: ignore[attr-defined]
        "Please choose",
        "Server mediator",
        "Server mediator2",
        "Server mediator3",
    ]


def test_a_respondent_offers_a_space_to_the_harm_side_alone(cast: Cast) -> None:
    going = walk(cast, "told")
    going.told("respondent2")
    going.one_on_one()
    offered = {
        login: [label for _token, label in filled(going, login, Step.OFFER_SPACE).fields["to"].choices]  # type: ignore[attr-defined]
        for login in ("member", "respondent", "mediator")
    }
    assert offered == {
        "member": ["The person named 1", "The person named 2"],
        "respondent": ["The reporter"],
        "mediator": ["The reporter", "The person named 1", "The person named 2"],
    }


def test_a_space_has_a_time_with_its_zone_or_none(cast: Cast) -> None:
    going = walk(cast, "one_on_one")
    to = going.seat_token("respondent")
    timed = filled(going, "member", Step.OFFER_SPACE, to=to, channel="call", meets_at="2026-12-01T18:00")
    meets_at = dt.datetime.fromisoformat(str(timed.choices()["meets_at"]))
    assert meets_at == timezone.make_aware(dt.datetime(2026, 12, 1, 18))  # noqa: DTZ001 - as the browser sends it
    untimed = filled(going, "member", Step.OFFER_SPACE, to=to, channel="call", meets_at="")
    assert untimed.choices() == {"to": to, "channel": "call", "meets_at": ""}


def test_a_session_was_held_on_a_day_that_has_come(cast: Cast) -> None:
    going = walk(cast, "mediation")
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    answers: dict[str, Any] = {
        "form": "shuttle",
        "attended": [going.seat_token("member"), going.seat_token("mediator")],
        "ground_rules": "on",
    }
    form = filled(going, "mediator", Step.RECORD_SESSION, held_on=tomorrow, **answers)
    assert form.errors == {"held_on": ["This day is yet to come."]}
    held = filled(going, "mediator", Step.RECORD_SESSION, held_on=today().isoformat(), **answers)
    assert held.choices() == {**answers, "held_on": today().isoformat(), "ground_rules": True}


def test_a_meeting_is_on_a_day_that_is_not_over(cast: Cast) -> None:
    going = walk(cast, "served")
    form = filled(going, "mediator", Step.SPLIT, meeting_on="2020-01-01", text="A question.")
    assert form.errors == {"meeting_on": ["This day is over."]}


def test_only_what_is_open_is_checked_in_on(cast: Cast) -> None:
    going = walk(cast, "amends")
    form = filled(going, "mediator", Step.CHECK_IN, item="1", state="open")
    assert list(form.errors) == ["state"]
    going.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    assert list(filled(going, "mediator", Step.CHECK_IN, item="1", state="kept").errors) == ["item"]


def test_the_agreement_is_read_before_it_is_entered_and_when_it_is_checked_in_on(cast: Cast) -> None:
    going = walk(cast, "amends")
    assert [paper.purpose for paper in filled(going, "mediator", Step.CHECK_IN).texts()] == ["agreement"]
    assert filled(going, "mediator", Step.AGREE).texts() == []


def test_the_text_of_a_referral_is_the_packet_that_waits(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.packed()
    until = timezone.localdate().isoformat()
    form = filled(going, "mediator", Step.REFER, **WAITS, recipient="national", until=until)
    assert form.choices() == {"recipient": "national", "until": until}
    assert ([paper.purpose for paper in form.texts()], form.words()) == (["packet"], WAITS)


def test_answers_are_shown_as_they_were_labelled(cast: Cast) -> None:
    going = walk(cast, "served")
    form = filled(going, "mediator", Step.REFER_BY_EXCEPTION)
    shown = form.answers({"exception_reason": "urgent_risk"}, {"reason": "Tonight."})
    assert shown == [("Which exception?", "urgent risk"), ("Why by exception?", "Tonight.")]
    meeting = filled(going, "mediator", Step.REDIRECT).answers({"meeting_on": "2026-12-05"}, {})
    assert meeting == [("On which day is the meeting?", "Dec. 5, 2026")]


def test_consents_do_not_change_what_is_asked(cast: Cast) -> None:
    going = walk(cast, "served")
    going.agree(Consent.To.ONE_ON_ONE, "member")
    assert filled(going, "mediator", Step.BEGIN_ONE_ON_ONE).errors == {}
