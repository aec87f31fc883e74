"""
What is counted: the tables of a release, the coarse categories of each, and what is never published.

Each table sorts the same matters once over, and no matter stands in two of its categories. Beside the categories that
are published each has one that never is, into which any matter can fall: whoever raised a concern and whoever mediates
it may say, table by table, that it is not counted there. Of a hidden number nothing can be worked out because of it
(`docs/statistics.md` has the proof).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The category that is in every table and in no release.
UNPUBLISHED = "other"
# How the line at the foot of a table is called; no category is called so.
TOTAL = "total"


class Population(StrEnum):
    """What a table counts. Tables of one population count the very same matters."""

    MATTERS = "matters"
    CONVERSATIONS = "conversations"
    ANSWERS = "answers"


@dataclass(frozen=True)
class Table:
    """
    One table: its name, what it counts, the categories it publishes, and in words what falls outside of them.

    `rest` is None only in tables made up to show that the auditor refuses them.
    """

    # Its words say something else in each language: known by its name alone, a table is the same in all of them.
    name: str
    says: str | Promise = field(hash=False)
    of: Population
    categories: Mapping[str, str | Promise] = field(hash=False)
    rest: str | Promise | None = field(hash=False)


# fmt: off
# The table of tables is laid out to be read as one.
OUTCOME = Table(
    "outcome", _("How it ended"), Population.MATTERS,
    {
        "resolved": _("resolved one-on-one"),
        "amends_kept": _("agreement and amends kept"),
        "broken": _("agreement broken"),
        "no_agreement": _("closed without agreement"),
        "national": _("handed over for National"),
        "redirected": _("redirected to a Caucus meeting"),
        "withdrawn": _("withdrawn"),
        "recorded_or_advised": _("recorded or advice only"),
    },
    rest=_("out of scope, no contact, lapsed, or not counted here"),
)
ARTICLE = Table(
    "article", _("Article of the Code first cited"), Population.MATTERS,
    {
        "article_1": _("1: caucus work in DSA spaces"),
        "article_2": _("2: good faith"),
        "article_3": _("3: one-on-one conversations"),
        "article_4": _("4: official mechanisms"),
        "article_5": _("5: how everyone experiences our spaces"),
        "article_6": _("6: goals and points of unity"),
        "article_7": _("7: security and safety"),
    },
    rest=_("no article cited, or not counted here"),
)
ACKNOWLEDGED = Table(
    "acknowledged", _("Acknowledged"), Population.MATTERS,
    {"in_time": _("in time"), "late": _("late")},
    rest=_("closed before it was due, or not counted here"),
)
DURATION = Table(
    "duration", _("Time from filing to closing"), Population.MATTERS,
    {
        "to_30_days": _("up to 30 days"),
        "to_90_days": _("31 to 90 days"),
        "over_90_days": _("more than 90 days"),
    },
    rest=_("not counted here"),
)
CONVERSATIONS = Table(
    "conversations", _("Private restorative conversations"), Population.CONVERSATIONS,
    {"recorded": _("recorded")},
    rest=_("not counted here"),
)
SURVEY = Table(
    "survey", _("What people said of the process"), Population.ANSWERS,
    {"fair": _("fair"), "partly_fair": _("partly fair"), "unfair": _("not fair")},
    rest=_("no answer, or not counted here"),
)
HEARD = Table(
    "survey_heard", _("Whether people felt heard"), Population.ANSWERS,
    {"heard": _("heard"), "partly_heard": _("partly heard"), "not_heard": _("not heard")},
    rest=_("no answer, or not counted here"),
)
CLEAR = Table(
    "survey_clear", _("Whether people knew what came next"), Population.ANSWERS,
    {"clear": _("clear"), "partly_clear": _("partly clear"), "not_clear": _("not clear")},
    rest=_("no answer, or not counted here"),
)
# fmt: on

# The three questions of how the process was; whoever answers stands once in each table.
SURVEYS = (SURVEY, HEARD, CLEAR)
TABLES = (OUTCOME, ARTICLE, ACKNOWLEDGED, DURATION, CONVERSATIONS, *SURVEYS)
BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
# The tables in which a matter is counted, and of which people may say that theirs is not counted there.
OF_MATTERS = tuple(table for table in TABLES if table.of is Population.MATTERS)
