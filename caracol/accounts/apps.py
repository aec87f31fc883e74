from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.signals import request_finished
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "caracol.accounts"
    label = "accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        from caracol.accounts import failed, open_sessions, receipts
        from caracol.accounts.second_factor import gate
        from caracol.accounts.signals import unlocked

        user_logged_in.connect(open_sessions.begin, dispatch_uid="accounts.begin_session")
        user_logged_in.connect(gate.begin, dispatch_uid="accounts.ask_second_factor")
        unlocked.connect(receipts.note_use, dispatch_uid="accounts.note_use")
        request_finished.connect(failed.record_waiting, dispatch_uid="accounts.record_failed_tries")
