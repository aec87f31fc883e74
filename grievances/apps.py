from __future__ import annotations

from django.apps import AppConfig


class GrievancesConfig(AppConfig):
    name = "grievances"
    verbose_name = "Grievances"

    def ready(self) -> None:
        from caracol.accounts.actor import unlocked
        from grievances.actions.rooms import complete_due

        unlocked.connect(complete_due, dispatch_uid="grievances.complete_due")
