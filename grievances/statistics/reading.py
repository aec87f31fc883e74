"""A release as it is read: what it says in plain words, and the pictures beside the tables. From its lines alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grievances.models.release import Status
from grievances.statistics.disclosure import Cell, Published, highest, lowest
from grievances.statistics.tables import TABLES, TOTAL, Population, Table

# Pictures are drawn in these units, and scaled to the page; beside the longest bar there is room for what it says.
BAR, ROW, LABEL_AT, BAR_AT = 150, 52, 16, 24
HIDDEN_WIDE, GAP = 60, 8


@dataclass(frozen=True)
class Bar:
    """One line of a table: its words, and its bar, of which `sure` is certain and `maybe` comes of rounding."""

    label: str | Promise
    says: str
    hidden: bool
    top: int
    sure: int
    maybe: int

    @property
    def label_at(self) -> int:
        """Where the label stands."""
        return self.top + LABEL_AT

    @property
    def bar_at(self) -> int:
        """Where the bar begins."""
        return self.top + BAR_AT

    @property
    def says_at(self) -> int:
        """Where what it says stands, beside the bar."""
        return self.top + BAR_AT + LABEL_AT - 2

    @property
    def end(self) -> int:
        """How far the bar reaches, with a gap behind it."""
        return (HIDDEN_WIDE if self.hidden else self.sure + self.maybe) + GAP


@dataclass(frozen=True)
class Reading:
    """One table of a release, ready to be put on a page."""

    table: Table
    finding: str
    least: int | None
    bars: list[Bar]

    @property
    def high(self) -> int:
        """How high the picture is."""
        return ROW * len(self.bars)


def read(release: Published, *, scale: int | None = None) -> list[Reading]:
    """
    Return the tables of a release in their order; `scale` is the count at which a bar is as long as can be.

    A table that came later is not in it.
    """
    most = scale or scale_of([release])
    printed = {cell.table for cell in release.cells}
    return [_reading(release, table, most) for table in TABLES if table.name in printed]


def scale_of(releases: Iterable[Published]) -> int:
    """Return the largest count that a number shown in these releases can stand for."""
    shown = [highest(cell.count or 0) for release in releases for cell in _shown(release.cells)]
    return max(shown, default=1)


def at_least(release: Published) -> int | None:
    """Return how many matters were closed at the least: the largest such line of all tables of matters."""
    of_matters = {table.name for table in TABLES if table.of is Population.MATTERS}
    feet = [cell.count for cell in release.cells if cell.category == TOTAL and cell.table in of_matters]
    return max((count for count in feet if count is not None), default=None)


def _reading(release: Published, table: Table, scale: int) -> Reading:
    said = {cell.category: cell for cell in release.cells if cell.table == table.name}
    cells = [said[category] for category in table.categories]
    bars = [_bar(table, cell, release.threshold, scale, place) for place, cell in enumerate(cells)]
    return Reading(table, _finding(table, cells), said[TOTAL].count, bars)


def _bar(table: Table, cell: Cell, threshold: int, scale: int, place: int) -> Bar:
    label, top = table.categories[cell.category], ROW * place
    if cell.count is None:
        return Bar(label, str(Status.HIDDEN.label), hidden=True, top=top, sure=0, maybe=0)
    low, high = lowest(cell.count, threshold), highest(cell.count)
    sure, whole = BAR * low // scale, BAR * high // scale
    says = _("about %(count)d (%(low)d to %(high)d)") % {"count": cell.count, "low": low, "high": high}
    return Bar(label, says, hidden=False, top=top, sure=sure, maybe=whole - sure)


def _finding(table: Table, cells: list[Cell]) -> str:
    shown = sorted(_shown(cells), key=lambda cell: -(cell.count or 0))
    if not shown:
        return _("There were too few of each kind to show.")
    said = [_("Most often: %(what)s, about %(count)d.") % _what(table, shown[0])]
    others = [_("%(what)s, about %(count)d") % _what(table, cell) for cell in shown[1:]]
    if others:
        said.append(_("Then: %(others)s.") % {"others": "; ".join(others)})
    left = len(cells) - len(shown)
    if left:
        hidden = ngettext("One kind had too few to show.", "%(count)d kinds had too few to show.", left)
        said.append(hidden % {"count": left})
    return " ".join(said)


def _what(table: Table, cell: Cell) -> dict[str, object]:
    return {"what": table.categories[cell.category], "count": cell.count}


def _shown(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.status is Status.SHOWN and cell.count is not None]
