from __future__ import annotations

import pytest

from grievances.exceptions import NotOpen
from grievances.models import Actioned
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.mark.parametrize("state", ["kept", "late"])
def test_settled_amends_close_the_case_without_asking_for_forgiveness(state: str, cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state=state)
    case = going.take(Step.COMPLETE_AMENDS, "mediator", heard="silent")
    assert (case.stage, case.outcome, case.harmed_heard) == (Stage.CLOSED, "amends_kept", "silent")


def test_open_amends_do_not_complete(cast: Cast) -> None:
    with pytest.raises(NotOpen):
        walk(cast, "amends").take(Step.COMPLETE_AMENDS, "mediator", heard="heard")


def test_a_broken_item_counts_as_actioned_and_never_completes(cast: Cast) -> None:
    going = walk(cast, "amends")
    case = going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    assert case.actioned_how == Actioned.BROKEN
    with pytest.raises(NotOpen):
        going.take(Step.COMPLETE_AMENDS, "mediator", heard="heard")


@pytest.mark.parametrize(("item", "state"), [("1", "open"), ("2", "kept")])
def test_an_item_is_settled_as_kept_late_or_broken(item: str, state: str, cast: Cast) -> None:
    with pytest.raises(NotOpen):
        walk(cast, "amends").take(Step.CHECK_IN, "mediator", item=item, state=state)


def test_an_item_is_settled_once(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    with pytest.raises(NotOpen):
        going.take(Step.CHECK_IN, "mediator", item="1", state="broken")


def test_a_broken_agreement_leads_back_to_mediation_and_a_new_one(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    assert going.take(Step.RETURN_TO_MEDIATION, "mediator").stage == Stage.MEDIATION
    going.amends()
    assert going.case.stage == Stage.AMENDS
    going.take(Step.CHECK_IN, "mediator", item="1", state="kept")
    assert going.take(Step.COMPLETE_AMENDS, "mediator", heard="heard").outcome == "amends_kept"


def test_a_broken_agreement_closes_with_a_reason(cast: Cast) -> None:
    going = walk(cast, "amends")
    going.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    assert going.take(Step.CLOSE_BROKEN, "mediator", {"text": "Not kept."}).outcome == "broken"


def test_an_agreement_in_force_is_not_called_broken(cast: Cast) -> None:
    going: Walk = walk(cast, "amends")
    for step in (Step.CLOSE_BROKEN, Step.RETURN_TO_MEDIATION):
        with pytest.raises(NotOpen):
            going.take(step, "mediator", {"text": "So."})
