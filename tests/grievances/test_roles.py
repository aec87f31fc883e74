"""Seats as a table: no part may do more or less than the design gives it, and a seat may what its parts may."""

from __future__ import annotations

import pytest

from grievances.roles import HARM_SIDE, PARTY, SEATS, SERVING, SIDES, May, Part, may_of

# The table of the design, read the other way round: each thing one may do in a case, and the parts that may.
TABLE = """
SEE                      reporter,harmed,respondent,support,witness,mediator,intake
WRITE                    reporter,harmed,respondent,support,witness,mediator,intake
FOLLOW                   reporter,harmed,respondent,support,witness,mediator,intake
READ_LOG                 reporter,harmed,mediator
CONSENT                  reporter,harmed,respondent,witness
ANSWER                   reporter,harmed,respondent
SAY_WHO_MAY_NOT_SERVE    reporter
ASK                      reporter,mediator,intake
RECOVER                  reporter,harmed,mediator,intake
PLAN                     mediator
MEET                     harmed,respondent,support
SPEAK                    harmed
PREPARE                  mediator
KEEP_TIME                mediator
HAND_OVER                mediator
SUPPORTED                reporter,harmed,respondent
SAY_HOW_IT_WAS           reporter,harmed,respondent,support,witness
OBJECT                   harmed,respondent
LEAVE                    reporter,harmed,respondent,support,witness
REPORT_RETALIATION       reporter,harmed,respondent,support,witness,mediator,intake
HOLD                     reporter,harmed,mediator
COPY                     reporter,harmed
LEAVE_UNCOUNTED          reporter,mediator
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def parts_of(names: str) -> frozenset[Part]:
    return frozenset(Part(name) for name in names.split(","))


@pytest.mark.parametrize(("deed", "parts"), ROWS, ids=[row[0] for row in ROWS])
def test_what_one_may_belongs_to_the_parts_that_the_design_names(deed: str, parts: str) -> None:
    assert {part for part, rule in SEATS.items() if May[deed] in rule.may} == parts_of(parts)


def test_the_design_names_every_deed_once_and_every_part_has_a_row() -> None:
    assert [row[0] for row in ROWS] == [deed.name for deed in May]
    assert set(SEATS) == set(Part)


def test_the_sides_of_a_case_are_as_the_design_has_them() -> None:
    assert parts_of("reporter,harmed,respondent,support,witness") == PARTY
    assert (parts_of("mediator,intake"), frozenset(Part)) == (SERVING, PARTY | SERVING)
    assert (parts_of("reporter,harmed"), parts_of("harmed,respondent")) == (HARM_SIDE, SIDES)


def test_a_seat_of_two_parts_may_what_either_may_and_a_seat_of_none_may_nothing() -> None:
    both = may_of(frozenset({Part.REPORTER, Part.HARMED}))
    assert (both, may_of(frozenset())) == (SEATS[Part.REPORTER].may | SEATS[Part.HARMED].may, frozenset())
