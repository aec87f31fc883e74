from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from caracol.accounts import people
from caracol.accounts.models import User
from tests.grievances.cast import the_code

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def demo(*words: str) -> str:
    out = StringIO()
    call_command("demo", *words, stdout=out, skip_checks=True)
    return out.getvalue()


def join(login: str) -> User:
    return people.join(login=login, name="Somebody", email="somebody@example.org", password="a snail climbs slowly")


def test_beside_real_people_it_runs_only_as_a_demo(settings: Settings) -> None:
    settings.DEMO = False
    join("ana")
    with pytest.raises(CommandError, match="There are people here"):
        demo()
    assert User.objects.count() == 1


def test_it_needs_the_code() -> None:
    with pytest.raises(CommandError, match="Load the Code first"):
        demo()
    assert User.objects.count() == 0


def test_it_takes_no_number_of_cases_below_nothing() -> None:
    with pytest.raises(CommandError, match="from 0 up"):
        demo("--cases", "-1")


def test_where_a_login_is_somebody_elses_it_makes_nothing() -> None:
    the_code()
    join("steering")
    with pytest.raises(CommandError, match="a site of its own"):
        demo()
    assert User.objects.count() == 1
