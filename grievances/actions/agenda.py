"""Taking a text along to a Caucus meeting: it leaves word for word, and the record says that it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from grievances import access
from grievances.actions import designation
from grievances.actions.designation import Shareable
from grievances.actions.rooms import hold_room
from grievances.actions.waits import Answers, note_shared
from grievances.attest import attested
from grievances.exceptions import NoKey, NotOpen, NotYours, Unverified
from grievances.models import AgendaItem, EntryKind, Recipient, Thing
from grievances.sealing import newest, read_one


def shareable(item: AgendaItem) -> Shareable:
    """Return what is designated of a text for a meeting."""
    return Shareable(Thing.AGENDA, item.room.token, 1, item.room.chain)


@transaction.atomic
def designate(item: AgendaItem, whom: Recipient, until: dt.date, *, by: Actor) -> None:
    """Designate a text that one carries to a meeting; two do, or one who carries it alone. Raises Refused."""
    room = hold_room(item.room)
    carry = access.holders(room, attested(room.chain))
    if by.user.pk not in {grant.user_id for grant in carry}:
        raise NotYours(_("Those who carry a text to the meeting designate it."), "7.3")
    designation.designate(shareable(item), whom, until, by=by.user, alone=len(carry) == 1)


@transaction.atomic
def take_along(item: AgendaItem, answers: Answers, *, by: Actor) -> Mapping[str, str]:
    """Return the words of a text for a meeting, and record that they leave. Raises NotOpen; then nothing has left."""
    stands = designation.standing(shareable(item))
    if stands is None or stands.recipient != answers.who:
        raise NotOpen(designation.NOT_DESIGNATED, "7.3")
    written = item.room.entries.filter(kind=EntryKind.AGENDA).select_related("room__case", "author")
    try:
        words = read_one(newest(written)[0], by=by)
    except (IndexError, NoKey, Unverified):
        raise NotOpen(_("This text does not open, or it is not what its writer sealed. Nothing has left.")) from None
    note_shared(item.room, Thing.AGENDA, answers, by=by)
    return words
