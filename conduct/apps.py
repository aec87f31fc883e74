from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConductConfig(AppConfig):
    """The Caucus's Code of Conduct: its versions, what each clause says, and who affirmed it."""

    name = "conduct"
    verbose_name = _("Code of Conduct")
