from __future__ import annotations

from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

from grievances.models.case import Case
from grievances.models.room import Room


class CaseGrant(UserObjectPermissionBase):
    """
    That a person may serve, or take part, in a case.

    `live` (1 or 0: a small integer, since SQLite cannot use a bare boolean as an index key) and
    `last_activity_at` are copied from the case, so that a reader's list needs no look at the case table.
    """

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")
    live = models.PositiveSmallIntegerField(default=1)
    last_activity_at = models.DateTimeField()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        indexes = (
            models.Index(
                "user",
                "permission",
                "live",
                models.F("last_activity_at").desc(),
                "content_object",
                name="case_grant_list",
            ),
        )

    def __str__(self) -> str:
        return f"{self.permission_id} on {self.content_object_id}"


class RoomGrant(UserObjectPermissionBase):
    """
    That a person may open a room, with the key that opens it: the permission is the key.

    `sealed_keys` maps each epoch to the room's private key of that epoch, sealed to the person and wrapped
    under the room's shred key. `owed` is 1 while earlier epochs wait for another holder to hand them on.
    """

    content_object = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="grants")
    sealed_keys = models.JSONField()
    owed = models.PositiveSmallIntegerField(default=0)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        constraints = (models.CheckConstraint(name="room_grant_carries_a_key", condition=~Q(sealed_keys={})),)
        indexes = (models.Index(fields=("owed", "content_object"), name="room_grant_owed", condition=Q(owed=1)),)

    def __str__(self) -> str:
        return f"{self.permission_id} on {self.content_object_id}"
