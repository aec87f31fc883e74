from __future__ import annotations

import pytest

from grievances import picture
from grievances.facts import Facts
from grievances.models import Consent
from grievances.picture import Place
from grievances.workflow import Needs, Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def drawn(going: Walk, reader: str) -> dict[Stage, Place]:
    facts = Facts(going.case, going.cast.user(reader))
    return {stop.stage: stop.place for stop in picture.way_through(facts)}


def waits_for(going: Walk, reader: str) -> list[Needs]:
    onward = picture.onward(Facts(going.case, going.cast.user(reader)))
    assert onward is not None
    return onward.waits_for


def test_the_picture_tells_what_lies_behind_where_we_are_and_what_opens_next(cast: Cast) -> None:
    assert drawn(walk(cast, "mediation"), "member") == {
        Stage.DRAFT: Place.PASSED,
        Stage.INTAKE: Place.PASSED,
        Stage.ONE_ON_ONE: Place.PASSED,
        Stage.MEDIATION: Place.HERE,
        Stage.AMENDS: Place.NEXT,
        Stage.NATIONAL: Place.ASIDE,
        Stage.CLOSED: Place.AHEAD,
    }


def test_a_case_that_closed_early_shows_what_it_never_came_to(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.WITHDRAW, "member")
    assert drawn(going, "member") == {
        Stage.DRAFT: Place.PASSED,
        Stage.INTAKE: Place.PASSED,
        Stage.ONE_ON_ONE: Place.LEFT_OUT,
        Stage.MEDIATION: Place.LEFT_OUT,
        Stage.AMENDS: Place.LEFT_OUT,
        Stage.NATIONAL: Place.LEFT_OUT,
        Stage.CLOSED: Place.HERE,
    }
    assert picture.onward(Facts(going.case, cast.user("member"))) is None


def test_the_person_named_sees_the_way_and_not_where_the_case_stands(cast: Cast) -> None:
    going = walk(cast, "mediation")
    assert set(drawn(going, "respondent").values()) == {Place.UNTOLD}
    assert picture.onward(Facts(going.case, cast.user("respondent"))) is None
    page = text_of(cast.browser("respondent").get(at(going)))
    assert [words for words in ("You are here", "Done", "It opens when") if words in page] == []


def test_to_who_is_not_told_where_it_stands_what_is_theirs_comes_before_the_way(cast: Cast) -> None:
    going = walk(cast, "mediation")
    named, reporter = (cast.browser(login).get(at(going)).content.decode() for login in ("respondent", "member"))
    assert named.index('id="told"') < named.index('id="steps"') < named.index('<ol class="way')
    assert reporter.index('<ol class="way') < reporter.index('id="steps"')


def test_a_mediator_reads_what_still_lacks(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    assert waits_for(going, "mediator") == [Needs.ONE_ON_ONE_CONSENT]
    going.agree(Consent.To.ONE_ON_ONE, "member")
    assert waits_for(going, "mediator") == []


def test_a_consent_reads_the_same_to_the_others_whether_it_was_given_or_not(cast: Cast) -> None:
    going = walk(cast, "distinguished")
    before = waits_for(going, "member")
    going.agree(Consent.To.ONE_ON_ONE, "member")
    assert waits_for(going, "member") == before == [Needs.ONE_ON_ONE_CONSENT]


@pytest.mark.parametrize(
    ("here", "onward"),
    [
        (Stage.DRAFT, Step.FILE),
        (Stage.INTAKE, Step.BEGIN_ONE_ON_ONE),
        (Stage.ONE_ON_ONE, Step.BEGIN_MEDIATION),
        (Stage.MEDIATION, Step.AGREE),
        (Stage.AMENDS, Step.COMPLETE_AMENDS),
        (Stage.NATIONAL, Step.RECORD_ANSWER),
    ],
)
def test_the_next_stop_is_the_usual_one(cast: Cast, here: Stage, onward: Step) -> None:
    case = walk(cast, "filed").case
    case.stage = here
    found = picture.onward(Facts(case, None))
    assert found is not None
    assert found.rule.step is onward
