from __future__ import annotations

from django.db import models

from grievances.models.case import Case


class Retaliation(models.Model):
    """
    That a concern is about retaliation against somebody who took part in another case.

    It is known in the new case alone: nobody in the other one is told, or finds it there.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="retaliation")
    about = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.case}: about retaliation"
