from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.mail.utils import DNS_NAME


class LettersConfig(AppConfig):
    """E-mails that carry nothing: when somebody wants them, and those that wait to be sent."""

    name = "caracol.letters"
    label = "letters"

    def ready(self) -> None:
        # How the mail server is greeted: by the name letters come from, not by this machine's.
        DNS_NAME._fqdn = settings.LETTERS_FROM.rpartition("@")[2]  # noqa: SLF001
