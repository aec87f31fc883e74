from __future__ import annotations

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """How often a door can be knocked at."""

    name = "caracol.limits"
    label = "limits"
