from __future__ import annotations

from django.db import models
from django.db.models import Q

from grievances.models.case import Case, new_token
from grievances.models.seat import Seat
from grievances.rooms import OUTSIDE_ANY_CASE, RoomKind


class Room(models.Model):
    """
    A place inside a case with its own door and key; an agenda item's and a talk's stand outside any case.

    `token` names its shred key in the key store; `epoch` counts how often its keys were turned.
    """

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="rooms")
    kind = models.CharField(max_length=12, choices=RoomKind)
    seat = models.ForeignKey(Seat, null=True, on_delete=models.CASCADE, related_name="rooms")
    token = models.CharField(max_length=26, unique=True, default=new_token)
    epoch = models.PositiveIntegerField(default=1)
    destroyed_at = models.DateTimeField(null=True)
    # The day on which it is destroyed, where that is before its case, or it has none.
    expunge_on = models.DateField(null=True, db_index=True)

    class Meta:
        permissions = (("open_room", "Can open the room"),)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "kind"),
                condition=~Q(kind=RoomKind.PARTY) & Q(case__isnull=False, destroyed_at__isnull=True),
                name="room_one_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=("seat",), condition=Q(kind=RoomKind.PARTY, destroyed_at__isnull=True), name="room_one_per_seat"
            ),
            models.CheckConstraint(
                name="room_party_has_a_seat",
                condition=Q(kind=RoomKind.PARTY, seat__isnull=False) | (~Q(kind=RoomKind.PARTY) & Q(seat__isnull=True)),
            ),
            models.CheckConstraint(
                name="room_outside_has_no_case",
                condition=Q(kind__in=OUTSIDE_ANY_CASE, case__isnull=True)
                | (~Q(kind__in=OUTSIDE_ANY_CASE) & Q(case__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.token}"

    @property
    def chain(self) -> str:
        """The ledger chain in which the room's keys, grants and entries stand: its case's, or its own."""
        return self.case.chain if self.case else f"room/{self.token}"


class RoomEpoch(models.Model):
    """One turn of a room's keys: the public half. The private half is nowhere but sealed in grants."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="epochs")
    number = models.PositiveIntegerField()
    public_key = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "number"), name="epoch_once"),)

    def __str__(self) -> str:
        return f"{self.room} epoch {self.number}"
