"""A person's sessions: how long they last, which ones there are, and ending them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.cache import caches
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from caracol import moments
from caracol.accounts.chains import SESSION_ENDED, chain_of
from caracol.accounts.models import OpenSession, User
from caracol.accounts.models.user import today
from caracol.accounts.session_store import BEGUN_ON, ENDS_AT, cache_key_of, end_in_cache, tag_of
from caracol.ledger.chain import record


def begin(*, request: HttpRequest, user: User, **_kwargs: object) -> None:
    """
    Give a session its end as somebody logs in: settings.SESSION_COOKIE_AGE later at most, whatever they do in it.

    Its row is to tell less: it goes by a full hour, and a guest's by the end that any session of that day may have.
    """
    longest = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    hour = (timezone.now() + longest).replace(minute=0, second=0, microsecond=0)
    request.session.set_expiry(moments.today_began() + moments.DAY + longest if user.is_guest else hour)
    request.session[BEGUN_ON] = today().isoformat()
    request.session[ENDS_AT] = int(time.time()) + settings.SESSION_COOKIE_AGE


def tag_here(request: HttpRequest) -> str:
    """Return the tag of the session this request came in."""
    return tag_of(request.session.session_key or "")


def sessions_of(user: User) -> QuerySet[OpenSession]:
    """Return the sessions of this person that still live, the latest day first."""
    return user.open_sessions.filter(expire_date__gt=timezone.now())


@transaction.atomic
def end_one(user: User, tag: str) -> bool:
    """
    End the session of this tag if it is this person's, and record that; return whether it was.

    Raises where the cache does not answer: it might serve the session again.
    """
    # Looked for here and not by the database, since `tag` may be any text that somebody sent.
    if tag not in user.open_sessions.values_list("session_key", flat=True):
        return False
    end_in_cache(tag)
    _forget(user.open_sessions.filter(session_key=tag))
    record(chain_of(user), SESSION_ENDED, actor=user.handle)
    return True


@transaction.atomic
def end_all(user: User, *, but: HttpRequest | None = None) -> None:
    """
    End every session of a person; the one of the request `but` goes on, under a new name.

    No copy of a session outlives it, in a cache or a backup: each carries the count that is raised here.
    """
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    user.refresh_from_db(fields=["sessions_ended"])
    here = "" if but is None else tag_here(but)
    _forget(user.open_sessions.exclude(session_key=here))
    if but is not None:
        update_session_auth_hash(but, user)


def _forget(rows: QuerySet[OpenSession]) -> None:
    tags = list(rows.values_list("session_key", flat=True))
    rows.filter(session_key__in=tags).delete()
    # After the commit: until then somebody could read the row and put it back into the cache.
    transaction.on_commit(lambda: _drop(tags))


def _drop(tags: Iterable[str]) -> None:
    caches[settings.SESSION_CACHE_ALIAS].delete_many([cache_key_of(tag) for tag in tags])
