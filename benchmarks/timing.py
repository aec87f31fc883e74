"""Figures that mean something on a machine that drifts: variants taken in turn, and ratios of neighbours in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median

Deed = Callable[[], object]


def interleaved(variants: Mapping[str, Deed], rounds: int, warm: int = 2) -> dict[str, list[float]]:
    """Return the seconds each variant took in each round: A B C, then B C A, and so on; the first ones are left out."""
    names, taken = list(variants), {name: list[float]() for name in variants}
    for number in range(-warm, rounds):
        for name in names:
            begun = time.perf_counter()
            variants[name]()
            if number >= 0:
                taken[name].append(time.perf_counter() - begun)
        names = names[1:] + names[:1]
    return taken


def ratio(taken: Mapping[str, list[float]], name: str, floor: str) -> float:
    """Return how many times as long one variant takes as its floor: the median over the rounds."""
    return median(one / other for one, other in zip(taken[name], taken[floor], strict=True))


def milliseconds(taken: Mapping[str, list[float]], name: str) -> float:
    """Return a variant's median in milliseconds."""
    return median(taken[name]) * 1000


def table(
    title: str, taken: Mapping[str, list[float]], floor: str, goals: Mapping[str, str] | None = None
) -> list[str]:
    """Return lines of Markdown: each variant's median, and how many times the floor's it is."""
    lines = [f"| {title} | median ms | times the floor | goal |", "|---|---|---|---|"]
    for name in taken:
        goal = (goals or {}).get(name, "")
        lines.append(f"| {name} | {milliseconds(taken, name):.3g} | {ratio(taken, name, floor):.2f} | {goal} |")
    return [*lines, ""]
