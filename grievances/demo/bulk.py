"""Cases in bulk, spread over the whole way: sealed and recorded like any other, for trying and for measuring."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from caracol.accounts.actor import Actor
from caracol.accounts.contacts import names_of
from caracol.accounts.models import SiteRole
from caracol.accounts.people import by_login
from grievances import codenames
from grievances.demo import words
from grievances.demo.cast import Figure, join_all, with_keys
from grievances.demo.courses import COURSES, People
from grievances.demo.made import Batch, Made
from grievances.models import Case, Route

CASES_AT_ONCE = 250
MEDIATORS = ("mediator", "mediator2", "mediator3")
# Members of whom the cast's own stories say nothing.
CROWD = tuple(
    Figure(f"crowd{number}", name, (SiteRole.MEMBER,), "")
    for number, name in enumerate(
        (
            "Ottoline Vandermeer",
            "Ezequiel Strandvik",
            "Nkechi Halloran",
            "Ludmila Ferrisse",
            "Tobias Okonkwo",
            "Ximena Raskovic",
        ),
        start=1,
    )
)
CONCERNS = (words.MINUTES, words.KITCHEN, words.CARPOOL, words.LEAFLET, words.MEGAPHONE, words.GARDEN, words.KEYS)
# Days since the youngest and the oldest were begun: none is old enough to lapse.
YOUNGEST, OLDEST = 20, 320


def add(count: int) -> None:
    """Add this many cases to a site on which the demo was built. Raises User.DoesNotExist without its mediators."""
    mediators = list(with_keys(*MEDIATORS).values())
    crowd = _crowd()
    names = names_of(each.user for each in crowd)
    for start in range(0, count, CASES_AT_ONCE):
        batch = Batch()
        for number, reference in enumerate(codenames.draw_many(min(CASES_AT_ONCE, count - start)), start):
            _add_one(batch, number, reference, _people(number, crowd, mediators, names))
        batch.write()


def _crowd() -> list[Actor]:
    joined = by_login(CROWD[0].login)
    people = with_keys(*(figure.login for figure in CROWD)) if joined else join_all(CROWD)
    return list(people.values())


def _people(number: int, crowd: list[Actor], mediators: list[Actor], names: dict[int, str]) -> People:
    reporter = crowd[number % len(crowd)]
    return People(
        reporter=reporter,
        respondent=crowd[(number + 1) % len(crowd)],
        first=mediators[number % len(mediators)],
        second=mediators[(number + 1) % len(mediators)],
        reporters_name=names[reporter.user.pk],
        concern=CONCERNS[number % len(CONCERNS)],
    )


def _add_one(batch: Batch, number: int, reference: str, people: People) -> None:
    course = COURSES[number % len(COURSES)]
    age = dt.timedelta(days=YOUNGEST + number * 37 % (OLDEST - YOUNGEST))
    begun = timezone.now() - age
    case = Case(reference=reference, route=Route.HARMED, begun_on=timezone.localdate(begun), moved_at=begun)
    made = Made(batch, case, begun)
    for stretch in course:
        stretch(made, people)
        made.now += age / len(course)
    made.finish()
