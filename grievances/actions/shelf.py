"""
What happens on the shelf when a room or a file goes: the order stands in the database, and is carried out after it.

A file whose deletion fails stays ordered and is tried again; its key is gone by then, so that nobody opens it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from caracol.files import shelf
from caracol.vault import keystore
from grievances.models import Room, SealedFile


def give_up(files: QuerySet[SealedFile]) -> int:
    """Delete these files, and their keys, once the caller's transaction has committed; returns how many."""
    tokens = list(files.values_list("token", flat=True))
    ordered = files.update(room=None)
    if ordered:
        keystore.destroy_later(*tokens)
        # Robust: the caller's deed is done by then, and the order stays.
        transaction.on_commit(clear_due, robust=True)
    return ordered


def clear_due() -> int:
    """Delete every file whose deletion was ordered, then the order; returns how many."""
    due = list(SealedFile.objects.filter(room=None).values_list("token", flat=True))
    shelf.clear(due)
    SealedFile.objects.filter(room=None, token__in=due).delete()
    return len(due)


def sweep() -> int:
    """Delete the files of uploads that came to nothing, a day and more ago; returns how many."""
    # Beside an empty database every file looks like an orphan: somebody has set the wrong one.
    if not Room.objects.exists():
        return 0
    return shelf.sweep(known=_known, before=timezone.now() - dt.timedelta(days=1))


def _known(tokens: Collection[str]) -> set[str]:
    return set(SealedFile.objects.filter(token__in=tokens).values_list("token", flat=True))
