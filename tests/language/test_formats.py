"""Days, counts and lists, as each language puts them; what a form takes is the same in both."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from caracol.lists import listed
from caracol.templatetags.moments import kept
from grievances.events import EVENTS, Event
from grievances.forms.one_on_one import OfferSpaceForm
from grievances.forms.step import DayField

DAY = dt.date(2026, 5, 3)


@pytest.mark.parametrize(("language", "said"), [("en", "May 3, 2026"), ("es", "3 de mayo de 2026")])
def test_a_day_in_words(language: str, said: str) -> None:
    with translation.override(language):
        assert date_format(DAY) == said


@pytest.mark.parametrize(
    ("language", "said"), [("en", "May 3, 2026, 6:30 p.m."), ("es", "3 de mayo de 2026 a las 18:30")]
)
def test_a_moment_is_the_same_by_the_office_s_clock(language: str, said: str) -> None:
    moment = dt.datetime(2026, 5, 3, 22, 30, tzinfo=dt.UTC)
    with translation.override(language), timezone.override("America/New_York"):
        assert kept(moment) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 preocupaciones esperan"), (1, "1 preocupación espera"), (2, "2 preocupaciones esperan")]
)
def test_one_is_one_and_nothing_is_many(count: int, said: str) -> None:
    with translation.override("es"):
        words = ngettext("%(number)s concern waits to be taken in", "%(number)s concerns wait to be taken in", count)
        assert words % {"number": count} == f"{said} que alguien la{'' if count == 1 else 's'} reciba"


@pytest.mark.parametrize(
    ("names", "in_english", "in_spanish"),
    [
        ([], "", ""),
        (["Ana"], "Ana", "Ana"),
        (["Ana", "Luis"], "Ana and Luis", "Ana y Luis"),
        (["Ana", "Luis", "Eva"], "Ana, Luis and Eva", "Ana, Luis y Eva"),
        (["Ana", "Inés"], "Ana and Inés", "Ana e Inés"),
        (["Eva", "Hilda"], "Eva and Hilda", "Eva e Hilda"),
        (["agua", "hielo"], "agua and hielo", "agua y hielo"),
    ],
)
def test_a_list_ends_as_it_is_spoken(names: list[str], in_english: str, in_spanish: str) -> None:
    for language, said in (("en", in_english), ("es", in_spanish)):
        with translation.override(language):
            assert listed(names) == said


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_day_is_typed_and_shown_the_same_way_in_both(language: str) -> None:
    """3/5 is a day in March to one and in May to the other, so that neither is taken."""
    with translation.override(language):
        field = DayField(label="")
        assert field.clean("2026-05-03") == DAY
        assert 'value="2026-05-03"' in field.widget.render("day", DAY)
        for typed in ("03/05/2026", "3.5.2026", "May 3, 2026"):
            with pytest.raises(Exception, match="2026-11-30"):
                field.clean(typed)


@pytest.mark.parametrize("language", ["en", "es"])
def test_so_is_a_moment(language: str) -> None:
    field = OfferSpaceForm.base_fields["meets_at"]
    with translation.override(language), timezone.override("UTC"):
        moment = dt.datetime(2026, 5, 3, 18, 0, tzinfo=dt.UTC)
        assert field.clean("2026-05-03T18:00") == field.clean("2026-05-03 18:00") == moment
        with pytest.raises(Exception, match="18:00"):
            field.clean("03/05/2026 18:00")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "Se pidió atender el caso a: alguien."),
        ({"who": "tú", "whom": "Vera"}, "Se pidió atender el caso a: Vera — tú."),
    ],
)
def test_who_did_something_stands_at_the_end_or_not_at_all(told: dict[str, str], said: str) -> None:
    with translation.override("es"):
        assert EVENTS[Event.ASKED].say(**told) == said
    assert EVENTS[Event.ASKED].say() == "Somebody asked somebody to serve."
