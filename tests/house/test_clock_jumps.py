"""A clock that is set forward or back: what people wrote stays readable, and nobody is shut out for long."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from tests.grievances.cast import Cast, walk
from tests.grievances.views.pages import at

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize("jump", [-DAY, -HOUR, HOUR])
def test_what_is_written_after_a_jump_is_read_before_and_after_the_clock_is_right_again(
    cast: Cast, jump: dt.timedelta
) -> None:
    going = walk(cast, "served")
    room = at(going, f"rooms/{going.case.rooms.get(seat__reporter=True).token}/")
    with time_machine.travel(timezone.now() + jump, tick=True):
        writer = cast.browser("member")
        assert writer.post(room, {"text": "Written meanwhile."}).status_code == 302
        assert "Written meanwhile." in writer.get(room).content.decode()
    for login in ("member", "mediator"):
        assert "Written meanwhile." in cast.browser(login).get(room).content.decode()
    call_command("verify_ledger", stdout=io.StringIO())


def test_whoever_is_logged_in_stays_so_when_the_clock_goes_back(cast: Cast) -> None:
    going = walk(cast, "served")
    browser = cast.browser("member")
    with time_machine.travel(timezone.now() - DAY, tick=True):
        assert browser.get(at(going)).status_code == 200


def test_a_session_never_lives_longer_than_its_day_for_a_clock_set_back(cast: Cast) -> None:
    going = walk(cast, "served")
    with time_machine.travel(timezone.now() - DAY, tick=True):
        browser = cast.browser("member")
    assert browser.get(at(going)).status_code == 302
