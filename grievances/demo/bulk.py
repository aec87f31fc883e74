"""Cases in bulk, spread over the whole way: sealed and recorded like any other, for trying and for measuring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from caracol.accounts.actor import Actor
from caracol.accounts.contacts import names_of
from caracol.accounts.models import SiteRole
from caracol.accounts.people import by_login
from grievances import codenames
from grievances.demo import words
from grievances.demo.cast import Figure, join_all, with_keys
from grievances.demo.courses import COURSES, Course, People
from grievances.demo.made import Batch, Made
from grievances.models import Case, Route
from grievances.statistics import releases
from grievances.statistics.counting import count_matters
from grievances.statistics.periods import Half

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


def add(count: int, mediators: Sequence[Actor] = (), courses: Sequence[Course] = COURSES) -> None:
    """
    Add this many cases to a site on which the demo was built, or on which these mediators serve.

    They take these courses in turn. Raises User.DoesNotExist without the demo's mediators.
    """
    make(count, crowd(), mediators or list(with_keys(*MEDIATORS).values()), courses)


def make(count: int, crowd: Sequence[Actor], mediators: Sequence[Actor], courses: Sequence[Course]) -> None:
    """Make this many cases among these people, with their keys in hand."""
    names = names_of(each.user for each in crowd)
    for start in range(0, count, CASES_AT_ONCE):
        with transaction.atomic():
            batch, cases = Batch(), []
            for number, reference in enumerate(codenames.draw_many(min(CASES_AT_ONCE, count - start)), start):
                who = _people(number, crowd, mediators, names)
                cases.append(_add_one(batch, reference, number, courses[number % len(courses)], who))
            batch.write()
            _count(cases)


def crowd() -> list[Actor]:
    """Return the members of whom the stories say nothing, made where they are not there yet."""
    joined = by_login(CROWD[0].login)
    people = with_keys(*(figure.login for figure in CROWD)) if joined else join_all(CROWD)
    return list(people.values())


def _people(number: int, crowd: Sequence[Actor], mediators: Sequence[Actor], names: dict[int, str]) -> People:
    reporter = crowd[number % len(crowd)]
    return People(
        reporter=reporter,
        respondent=crowd[(number + 1) % len(crowd)],
        first=mediators[number % len(mediators)],
        second=mediators[(number + 1) % len(mediators)],
        reporters_name=names[reporter.user.pk],
        concern=CONCERNS[number % len(CONCERNS)],
    )


def _count(cases: list[Case]) -> None:
    """
    Count the closed ones as any other, each in the half-year in which it closed.

    What is released stays as released: one that would fall into it came too late, and is counted nowhere.
    """
    released = {half for each in releases.frozen() for half in each.published.halves}
    halves = {case: Half.of(timezone.localdate(case.closed_at)) for case in cases if case.closed_at}
    count_matters({case: half for case, half in halves.items() if half not in released})


def _add_one(batch: Batch, reference: str, number: int, course: Course, people: People) -> Case:
    age = dt.timedelta(days=YOUNGEST + number * 37 % (OLDEST - YOUNGEST))
    begun = timezone.now() - age
    case = Case(
        pk=batch.number(Case),
        reference=reference,
        route=Route.HARMED,
        begun_on=timezone.localdate(begun),
        moved_at=begun,
    )
    made = Made(batch, case, begun)
    for stretch in course:
        stretch(made, people)
        made.now += age / len(course)
    made.finish()
    return case
