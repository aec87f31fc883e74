"""
Turns at Argon2: a few at once in each process, so that a storm of logins can exhaust neither memory nor cores.

Whoever is known keeps a share: strangers together leave one turn free (where there are two or more) and stand
in a line of their own. Both lines are short and nobody stands in them for long, since whoever waits holds a
thread of the web server.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Asks whether whoever needs a turn now is known. Outside a web request (a command, a worker) everybody is.
IS_KNOWN: ContextVar[Callable[[], bool]] = ContextVar("IS_KNOWN", default=lambda: True)
PATIENCE_SECONDS = 5.0


class Busy(Exception):
    """No turn came free in time; nothing was done, and the same can be asked again in `seconds`."""

    seconds = 5


class Turns:
    """At most `at_once` at a time. At most twice as many wait in each line, each at most `patience` seconds."""

    def __init__(self, at_once: int, *, patience: float = PATIENCE_SECONDS) -> None:
        self.at_once, self.patience = at_once, patience
        self._changed = threading.Condition()
        self._lines: dict[bool, deque[object]] = {True: deque(), False: deque()}
        self._running = {True: 0, False: 0}

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one turn. Raises Busy when the line is full, or when none comes free in time."""
        known = IS_KNOWN.get()()
        self._wait(known)
        try:
            yield
        finally:
            with self._changed:
                self._running[known] -= 1
                self._changed.notify_all()

    def _wait(self, known: bool) -> None:  # noqa: FBT001 -- private
        line, mine = self._lines[known], object()
        with self._changed:
            if len(line) >= 2 * self.at_once:
                raise Busy
            line.append(mine)
            try:
                if not self._changed.wait_for(lambda: line[0] is mine and self._is_free(known), self.patience):
                    raise Busy
                self._running[known] += 1
            finally:
                line.remove(mine)
                self._changed.notify_all()

    def _is_free(self, known: bool) -> bool:  # noqa: FBT001 -- private
        for_strangers = max(1, self.at_once - 1)
        return sum(self._running.values()) < self.at_once and (known or self._running[False] < for_strangers)


# The process's own; the vault's app sets `at_once` from settings.ARGON2_AT_ONCE.
argon2 = Turns(at_once=2)
