"""
What people do in a case. `take` is the one gate for the steps of the way; each stretch of the way has its file.

Importing the stretches here is what fills the gate's register of effects.
"""

from grievances.actions import amends, closing, intake, mediation, national, one_on_one, people, serving
from grievances.actions.gate import Taken, confirm, stands, take

__all__ = [
    "Taken",
    "amends",
    "closing",
    "confirm",
    "intake",
    "mediation",
    "national",
    "one_on_one",
    "people",
    "serving",
    "stands",
    "take",
]
