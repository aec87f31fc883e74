from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grievances.models import Policy
from grievances.packet import policy
from grievances.packet.policy import SEEDED, NotAPolicy
from grievances.workflow import Step
from tests.grievances.cast import Cast
from tests.grievances.packets import referred
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

CHECKED = 'checked_on = 2026-11-01\nchecked_by = "the secretary"\n'


def test_what_is_seeded_says_that_nobody_checked_it_since_the_policy_changed() -> None:
    known = policy.current()
    assert known.checked_on is None
    assert known.caution.startswith("Not checked since the National policy changed in 2025")


def test_a_checked_version_is_loaded_and_shown_with_its_day(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    stated = SEEDED.read_text(encoding="utf-8").replace("answer_days = 30", "answer_days = 14") + CHECKED
    file.write_text(stated, encoding="utf-8")
    call_command("load_policy", str(file))
    going = referred(cast)
    page = at(going, "packet/sharing/")
    cast.browser("member").post(page, {"deed": "reached"})
    said = text_of(cast.browser("mediator").get(page))
    assert "Checked on Nov. 1, 2026 by the secretary." in said.replace("November 1, 2026", "Nov. 1, 2026")
    assert "an answer can be expected until" in said


@pytest.mark.parametrize(
    "broken",
    ["name = 3", 'name = "Only a name"', "not toml at all", SEEDED.read_text().replace('age = ""', 'age = "age1x"')],
)
def test_what_states_no_policy_is_refused_and_nothing_changes(broken: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(CommandError, match="The file states no policy"):
        call_command("load_policy", str(file))
    with pytest.raises(NotAPolicy):
        policy.load(broken)
    assert Policy.objects.count() == 0


def test_after_nationals_answer_the_page_says_until_when_an_appeal_can_be_sent(cast: Cast) -> None:
    going = referred(cast)
    page = at(going, "packet/sharing/")
    cast.browser("member").post(page, {"deed": "reached"})
    assert "an appeal can be sent" not in text_of(cast.browser("member").get(page))
    going.take(Step.RECORD_ANSWER, "mediator", {"text": "They will look into it."})
    assert "an appeal can be sent to it until" in text_of(cast.browser("member").get(page))
