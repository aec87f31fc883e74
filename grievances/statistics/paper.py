"""A release as a PDF of two pages, tagged for screen readers (PDF/UA), for those it is shared with."""

from __future__ import annotations

import json

import typst
from django.conf import settings
from django.utils.translation import get_language, gettext

from grievances.statistics.reading import BAR, Bar, Reading, at_least, read
from grievances.statistics.releases import Stored

PAGES = settings.BASE_DIR / "templates" / "papers" / "release.typ"


def paper_of(release: Stored) -> bytes:
    """Return the pages of a release. The same release gives the same words, and no day or hand of its making."""
    told = json.dumps(_told(release))
    return typst.compile(PAGES, format="pdf", pdf_standards="ua-1", sys_inputs={"told": told}, timestamp=0)


def _told(release: Stored) -> dict[str, object]:
    period = {"period": release.period}
    least = at_least(release.published)
    lead = gettext("At least %(least)d concerns were closed.") % {"least": least} if least else ""
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "title": gettext("Concerns closed in %(period)s") % period,
        "lead": lead,
        "columns": [gettext("Kind"), gettext("Picture"), gettext("Number")],
        "tables": [_table(each) for each in read(release.published)],
        "how": gettext("What these numbers can say, and what they cannot"),
        "lines": _lines(release.published.threshold),
        "foot": gettext("Designated for sharing. SHA-256 of its sheet: %(digest)s") % {"digest": release.digest},
    }


def _table(reading: Reading) -> dict[str, object]:
    bars = [_bar(bar) for bar in reading.bars]
    return {"title": str(reading.table.says), "finding": reading.finding, "bars": bars}


def _bar(bar: Bar) -> dict[str, object]:
    wide = {"sure": 100 * bar.sure // BAR, "maybe": 100 * bar.maybe // BAR}
    return {"label": str(bar.label), "says": bar.says, "hidden": bar.hidden, **wide}


def _lines(threshold: int) -> list[str]:
    few = gettext("“Too few to show” means fewer than %(few)d concerns, or fewer than %(few)d different people.")
    return [
        gettext("Each number is rounded to five."),
        few % {"few": threshold},
        gettext("Every table leaves some concerns out, and never says how many. Nothing adds up to a total."),
        gettext("They say nothing about people, nor about concerns that nobody raised."),
    ]
