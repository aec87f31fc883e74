from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.core.exceptions import ImproperlyConfigured

from caracol import checks
from caracol.celery import app as celery_app

__all__ = ["CaracolConfig", "celery_app"]


class CaracolConfig(AppConfig):
    name = "caracol"

    def ready(self) -> None:
        """Refuse to start where it would be unsafe: the web server and the workers run no system checks."""
        register(checks.no_old_key_copies)
        for refusal in checks.refusals():
            raise ImproperlyConfigured(refusal)
