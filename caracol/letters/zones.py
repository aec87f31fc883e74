"""The time zones that a person can choose from: those of the Caucus's members, and the office's own."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

_ZONES = {
    "America/New_York": _("Eastern time"),
    "America/Chicago": _("Central time"),
    "America/Denver": _("Mountain time"),
    "America/Phoenix": _("Mountain time, Arizona"),
    "America/Los_Angeles": _("Pacific time"),
    "America/Anchorage": _("Alaska"),
    "Pacific/Honolulu": _("Hawaii"),
    "America/Puerto_Rico": _("Puerto Rico"),
    "Europe/London": _("London"),
    "Europe/Berlin": _("Berlin, Madrid, Paris, Rome"),
    "Asia/Kolkata": _("India"),
    "Asia/Manila": _("Manila"),
    "Asia/Tokyo": _("Japan"),
    "UTC": _("UTC"),
}


def zones() -> list[tuple[str, object]]:
    """Return the names of the time zones with their labels, the office's among them."""
    offered = _ZONES if settings.TIME_ZONE in _ZONES else {settings.TIME_ZONE: settings.TIME_ZONE, **_ZONES}
    return list(offered.items())
