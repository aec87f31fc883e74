from __future__ import annotations

from django.apps import AppConfig


class GrievancesConfig(AppConfig):
    name = "grievances"
    verbose_name = "Grievances"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from caracol.accounts.signals import deactivated, keys_lost, keys_replaced, unlocked
        from caracol.ledger import triggers
        from grievances.actions.renewed import lose_access
        from grievances.actions.rooms import complete_due, reseal
        from grievances.actions.seats import withdraw_everything
        from grievances.statistics.checks import threshold_only_rises, threshold_stands

        triggers.guard("grievances_release", unique=("name",))
        triggers.guard("grievances_releasecell", unique=("release_id", "place"))
        register(threshold_stands)
        register(threshold_only_rises, Tags.database)

        unlocked.connect(complete_due, dispatch_uid="grievances.complete_due")
        keys_replaced.connect(reseal, dispatch_uid="grievances.reseal")
        keys_lost.connect(lose_access, dispatch_uid="grievances.lose_access")
        deactivated.connect(withdraw_everything, dispatch_uid="grievances.withdraw_everything")
