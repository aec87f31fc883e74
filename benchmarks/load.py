"""
A mixed load of the real roles on a whole site of its own: the highest rate it holds, then a soak at that rate.

    make load MINUTES=10

Requests come at moments drawn beforehand, whether or not the ones before them were answered, and each counts from the
moment at which it was due: a site that falls behind shows it. Pages must be answered within 300 ms in 95 of 100 cases.
Whoever asks runs on the same machine and takes its share of it.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.load_people import Person, come_in, deeds
from benchmarks.load_site import Site, site_of_its_own

GOAL_SECONDS = 0.3
ROUND_SECONDS = 15
# The first rate, in requests a second, and how many times the one before it each next one is.
FIRST, STEP = 3.0, 1.3
ASKING = 64
SAMPLE_SECONDS = 5
SEED = 20261123


@dataclass
class Round:
    """What came of one rate, held for some seconds: how long each kind of request took, and what went wrong."""

    rate: float
    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float, problem: str) -> None:
        with self.lock:
            self.took.setdefault(kind, []).append(seconds)
            if problem:
                self.wrong.append(problem)

    @property
    def pages(self) -> list[float]:
        """Every request but logins, which take as long as Argon2 is meant to."""
        return [seconds for kind, all_of in self.took.items() if kind != "log in" for seconds in all_of]

    @property
    def holds(self) -> bool:
        return not self.wrong and share(self.pages, 95) <= GOAL_SECONDS


def share(took: list[float], percent: int) -> float:
    """Return the seconds within which so many in a hundred were answered."""
    return quantiles(took, n=100, method="inclusive")[percent - 1] if len(took) > 1 else took[0]


def moments(rate: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """Yield when requests are due, as people come: independently of one another."""
    at = 0.0
    while (at := at + chance.expovariate(rate)) < seconds:
        yield at


def hold(people: list[Person], rate: float, seconds: float) -> Round:
    """Ask at a rate for so long."""
    chance = random.Random(SEED)  # noqa: S311 - the same people at the same moments in every run
    came, began = Round(rate), time.monotonic()
    with ThreadPoolExecutor(ASKING) as asking:
        for due in moments(rate, seconds, chance):
            time.sleep(max(0.0, began + due - time.monotonic()))
            asking.submit(ask, came, chance.choice(people), chance.random(), began + due)
    return came


def ask(came: Round, person: Person, drawn: float, due: float) -> None:
    """Do one thing as a person does, and note how long it took from the moment at which it was due."""
    kind, problem = deeds(person, drawn)
    came.note(kind, time.monotonic() - due, problem)


def highest(people: list[Person], say: Callable[[Round], None]) -> float:
    """Return the highest rate that holds, of those tried one after another until one does not hold twice."""
    best, rate = 0.0, FIRST
    while True:
        rounds = [hold(people, rate, ROUND_SECONDS)]
        say(rounds[-1])
        if not rounds[-1].holds:
            rounds.append(hold(people, rate, ROUND_SECONDS))
            say(rounds[-1])
        if not rounds[-1].holds:
            return best
        best, rate = rate, rate * STEP


def sampled(site: Site, ending: threading.Event, into: list[int]) -> None:
    """Note the memory of all web processes together, in KiB, every few seconds."""
    while not ending.wait(SAMPLE_SECONDS):
        into.append(site.web_kibibytes())


def soak(site: Site, people: list[Person], rate: float, minutes: float) -> tuple[Round, list[int]]:
    """Hold a rate for minutes, and sample memory meanwhile."""
    ending, memory = threading.Event(), [site.web_kibibytes()]
    watching = threading.Thread(target=sampled, args=(site, ending, memory))
    watching.start()
    try:
        return hold(people, rate, minutes * 60), memory
    finally:
        ending.set()
        watching.join()


def line(came: Round) -> str:
    took = came.pages
    shares = "  ".join(f"p{percent} {share(took, percent) * 1000:6.0f}" for percent in (50, 95, 99))
    return f"{came.rate:6.1f} a second  {len(took):6} pages  {shares} ms  {len(came.wrong)} wrong"


def told(came: Round, memory: list[int]) -> Iterator[str]:
    """Yield the lines that say what came of a soak."""
    yield line(came)
    for kind, took in sorted(came.took.items()):
        yield f"  {kind:<12} {len(took):6}  p50 {share(took, 50) * 1000:6.0f}  p95 {share(took, 95) * 1000:6.0f} ms"
    for problem in sorted(set(came.wrong)):
        yield f"  {came.wrong.count(problem)} times: {problem}"
    third = max(1, len(memory) // 3)
    parts = [median(memory[at : at + third]) / 1024 for at in (0, third, len(memory) - third)]
    yield "memory of the web processes, by thirds: " + ", ".join(f"{part:.0f} MiB" for part in parts)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--minutes", type=float, default=1.0)
    given.add_argument("--cases", type=int, default=300)
    given.add_argument("--rate", type=float, default=0.0, help="soak at this rate, and look for none")
    asked = given.parse_args()
    # Told to end, it leaves no site and no database behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended before it was done."))
    with ExitStack() as stack:
        site = stack.enter_context(site_of_its_own(asked.cases))
        people = come_in(site.port)
        hold(people, FIRST, 5)
        rate = asked.rate or highest(people, lambda came: say(line(came)))
        if not rate:
            sys.exit("It holds not even the first rate: something else keeps the machine busy.")
        say(f"{rate:.1f} requests a second. Now for {asked.minutes:g} minutes:")
        for each in told(*soak(site, people, rate, asked.minutes)):
            say(each)


if __name__ == "__main__":
    main()
