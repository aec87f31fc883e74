from __future__ import annotations

import re

import pytest
from django.test import Client

from caracol.ledger.checkpoints import latest
from tests.grievances.cast import Cast, walk
from tests.grievances.views.cost import cost
from tests.grievances.views.pages import text_of
from tests.ledger.writer import night

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def read(steering: Client) -> str:
    return text_of(steering.get("/checkpoints/"))


def test_before_the_first_night_there_is_none(cast: Cast) -> None:
    assert "There is none yet: the first is made tonight." in read(cast.browser("steering"))


def test_steering_reads_the_date_and_the_seal_of_each_night_the_newest_first(cast: Cast) -> None:
    night(0)
    night(1)
    second, first = latest(2)
    said = read(cast.browser("steering"))
    assert re.findall(r"Nov\S* \d+, \d{4} [0-9a-f ]{39}", said) == [
        f"Nov. 3, 2026 {second.shown}",
        f"Nov. 2, 2026 {first.shown}",
    ]


def test_nobody_else_finds_it(cast: Cast) -> None:
    for login in ("secretary", "mediator", "intake", "member"):
        assert cast.browser(login).get("/checkpoints/").status_code == 404, login


def test_a_night_on_which_a_case_was_filed_reads_like_a_quiet_one(cast: Cast) -> None:
    steering = cast.browser("steering")
    walk(cast, "filed")
    night(0)
    busy = _without_seals(read(steering))
    night(1)
    quiet = _without_seals(read(steering))
    assert quiet == busy.replace("Nov. 2, 2026 SEAL", "Nov. 3, 2026 SEAL Nov. 2, 2026 SEAL")


def _without_seals(page: str) -> str:
    return re.sub(r"(?<=, 2026) [0-9a-f]{4}(?: [0-9a-f]{4}){7}", " SEAL", page)


def test_a_month_of_nights_costs_what_one_does(cast: Cast) -> None:
    steering = cast.browser("steering")
    night(0)
    one = cost(steering, "/checkpoints/")
    for number in range(1, 40):
        night(number)
    assert cost(steering, "/checkpoints/") == one
    assert _without_seals(read(steering)).count("SEAL") == 31
