"""How a job goes through what is due: each by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

logger = logging.getLogger(__name__)
T = TypeVar("T")


def each(due: Iterable[T], do: Callable[[T], bool]) -> int:
    """Do one thing with each, and return how often; what fails is logged (kind and place only) and stops nothing."""
    done = 0
    for one in due:
        try:
            done += do(one)
        except Exception:
            logger.exception("A job failed in one case.")
    return done
