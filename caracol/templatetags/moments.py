"""When something happened, as it was kept: `{{ moment|kept }}`."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from caracol.moments import is_day_alone

register = template.Library()


@register.filter
def kept(moment: dt.datetime) -> str:
    """Return the day and the time; or the day, where it alone was kept."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT" if is_day_alone(moment) else "DATETIME_FORMAT")


@register.filter
def kept_for_machines(moment: dt.datetime) -> str:
    """Return the same as a `time` element wants it."""
    here = timezone.localtime(moment)
    return here.date().isoformat() if is_day_alone(moment) else here.isoformat()
