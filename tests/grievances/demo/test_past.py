from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.ledger.chain import first_fault
from grievances.demo import past
from grievances.models import Tally
from grievances.statistics import releases
from tests.grievances.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_steering_finds_the_last_three_releases_of_a_made_up_past(cast: Cast) -> None:
    past.release_it(cast.actors | {login: cast[login] for login in ("mediator", "intake")})
    newest, *older = releases.frozen()
    first = older[-1].published.halves[0]
    assert [each.name for each in reversed(older)] == [str(first), str(first.next)]
    assert newest.published.halves == (first.next.next,)
    assert newest.published.halves[-1].ends + dt.timedelta(days=60) < timezone.localdate()
    assert not Tally.objects.exists()
    assert releases.due() == []
    assert first_fault() is None


@pytest.mark.parametrize("day", [dt.date(2026, 3, 1), dt.date(2026, 3, 2), dt.date(2026, 8, 29), dt.date(2026, 8, 30)])
def test_whatever_the_day_they_are_old_enough(monkeypatch: pytest.MonkeyPatch, cast: Cast, day: dt.date) -> None:
    actors = {login: cast[login] for login in ("mediator", "intake")}
    monkeypatch.setattr(timezone, "localdate", lambda *_: day)
    past.release_it(actors)
    assert len(releases.frozen()) == 3
