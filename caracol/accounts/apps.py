from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "caracol.accounts"
    label = "accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        from caracol.accounts import open_sessions
        from caracol.accounts.second_factor import gate

        user_logged_in.connect(open_sessions.begin, dispatch_uid="accounts.begin_session")
        user_logged_in.connect(gate.begin, dispatch_uid="accounts.ask_second_factor")
