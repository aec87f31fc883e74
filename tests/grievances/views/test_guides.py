from __future__ import annotations

import pytest

from grievances.actions import papers
from grievances.models import Purpose
from grievances.roles import Part
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

TALK, MEDIATION = "/guides/1/", "/guides/2/"


@pytest.mark.parametrize("page", [TALK, MEDIATION])
def test_both_sides_read_the_same_words(cast: Cast, page: str) -> None:
    walk(cast, "told")
    mains = [
        text_of(cast.browser(login).get(page)).split("Before", 1)[1] for login in ("member", "respondent", "mediator")
    ]
    assert mains == [mains[0]] * 3


@pytest.mark.parametrize(("until", "guide"), [("one_on_one", TALK), ("mediation", MEDIATION)])
def test_the_case_page_leads_to_the_guide_of_what_comes_now(cast: Cast, until: str, guide: str) -> None:
    going = walk(cast, until)
    for login in ("member", "respondent", "mediator"):
        page = cast.browser(login).get(at(going)).content.decode()
        assert [page.count(f'href="{each}"') for each in (TALK, MEDIATION)] == [
            int(each == guide) for each in (TALK, MEDIATION)
        ]


def test_a_guide_does_not_tell_a_witness_where_the_case_stands(cast: Cast) -> None:
    going = walk(cast, "told")
    asked, mediator, witness = {"text": "Please tell us what you saw."}, cast["mediator"], cast.user("witness")
    paper = papers.prepare(going.case, Purpose.INVITATION, asked, by=mediator, person=witness, part=Part.WITNESS)
    going.agree_to_paper(paper, "member")
    going.take(Step.INVITE, "mediator", paper=paper.token)
    going.one_on_one()
    pages = [cast.browser(login).get(at(going)).content.decode() for login in ("witness", "respondent")]
    assert [TALK in page for page in pages] == [False, True]


def test_whoever_records_a_session_has_the_ground_rules_before_their_eyes(cast: Cast) -> None:
    going = walk(cast, "mediation")
    page = text_of(cast.browser("mediator").get(at(going, f"{Step.RECORD_SESSION.value}/")))
    assert page.count("Turns are equal, and nobody interrupts.") == 1


def cited(cast: Cast, clauses: str) -> Walk:
    going = walk(cast, "begun")
    going.written(clauses=clauses)
    return going


@pytest.mark.parametrize(("clauses", "offered"), [("6.1 6.3", 1), ("6.1 5.4", 0), ("", 0)])
def test_a_concern_about_goals_alone_is_offered_the_meeting(cast: Cast, clauses: str, offered: int) -> None:
    going = cited(cast, clauses)
    says = "This is about goals alone"
    checked = text_of(cast.browser("member").get(at(going, f"{Step.FILE.value}/")))
    going.take(Step.FILE, "member")
    going.taken_in()
    going.served()
    drawn = text_of(cast.browser("mediator").get(at(going, f"{Step.DISTINGUISH.value}/")))
    assert [checked.count(says), drawn.count(says)] == [offered, offered]
