from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from grievances.statistics.program import Bounds, Program

SMALL = st.integers(0, 3)


def test_it_finds_a_world_and_keeps_to_every_line() -> None:
    program = Program()
    one, other, whole = program.number(), program.number(high=3), program.number(low=10, high=12)
    program.line([one, other], [whole])
    world = program.world({other: (2, 2)})
    assert world is not None
    assert world[one] + 2 == world[whole]
    assert 10 <= world[whole] <= 12


def test_what_fractions_alone_could_do_is_no_world() -> None:
    program = Program()
    half = program.number(high=1)
    program.line([half, half], low=1, high=1)
    assert program.world({}) is None


def test_asking_leaves_no_trace_in_the_next_answer() -> None:
    program = Program()
    one = program.number(high=5)
    assert program.world({one: (4, 4)}) == [4]
    assert program.world({one: (6, None)}) is None
    assert program.world({one: (0, 0)}) == [0]


@given(
    highs=st.lists(SMALL, min_size=2, max_size=4),
    lines=st.lists(
        st.tuples(st.lists(st.integers(0, 3), max_size=4), st.lists(st.integers(0, 3), max_size=2), SMALL, SMALL),
        max_size=4,
    ),
    asked=st.tuples(st.integers(0, 3), SMALL),
)
def test_it_answers_as_trying_every_number_would(
    highs: list[int], lines: list[tuple[list[int], list[int], int, int]], asked: tuple[int, int]
) -> None:
    program, count = Program(), len(highs)
    for high in highs:
        program.number(high=high)
    for plus, minus, low, wide in lines:
        program.line([at % count for at in plus], [at % count for at in minus], low, low + wide)
    place, value = asked[0] % count, asked[1]
    narrowed: dict[int, Bounds] = {place: (value, value)}
    tried = (
        world
        for world in product(*(range(high + 1) for high in highs))
        if world[place] == value
        and all(
            low <= sum(sign * world[at] for at, sign in terms.items()) <= (high or 0)
            for terms, low, high in program.lines
        )
    )
    assert (program.world(narrowed) is not None) == (next(tried, None) is not None)
