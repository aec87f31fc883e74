from __future__ import annotations

import pytest

from grievances import codenames
from grievances.models import Codename

pytestmark = pytest.mark.django_db


def test_a_codename_is_three_plain_words() -> None:
    first, second, third = codenames.draw().split("-")
    assert (first in codenames.FIRST, second in codenames.SECOND, third in codenames.THIRD) == (True, True, True)


def test_a_codename_stays_taken() -> None:
    name = codenames.draw()
    assert list(Codename.objects.values_list("name", flat=True)) == [name]


def test_many_codenames_are_drawn_at_once_each_once() -> None:
    drawn = [*codenames.draw_many(300), *codenames.draw_many(300)]
    assert len(set(drawn)) == 600
    assert set(Codename.objects.values_list("name", flat=True)) == set(drawn)
