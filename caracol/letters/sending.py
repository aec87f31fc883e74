"""
Sending the letters that are due: the same words to everybody, each in its own e-mail.

A letter is claimed by putting off its next try, sent, and then marked as sent. Whoever dies between sending and
marking lets it be sent once more, under the same Message-ID, by which mail systems drop a repeat. The database is
the only list of what is due: a broker that forgets everything loses no letter.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from caracol.accounts.models import User
from caracol.letters.cadences import address_of
from caracol.letters.models import Letter

logger = logging.getLogger(__name__)

SUBJECT = "You have a message"
BODY = "There is something new for you.\n\n{site}\n"

AT_MOST = 100
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=5), dt.timedelta(hours=1)
# How long the mail server may go on refusing one letter before it is given up.
PATIENCE = dt.timedelta(days=7)
KEPT = dt.timedelta(days=7)

StillTrue = Callable[[Letter], bool]


class ServerAway(Exception):
    """The mail server does not answer: no other letter is tried now."""


def message(letter: Letter, address: str) -> EmailMessage:
    """Return a letter as it is sent: nothing in it depends on who is told, or of what."""
    domain = settings.LETTERS_FROM.rpartition("@")[2]
    headers = {"Message-ID": f"<{letter.token}@{domain}>", "Auto-Submitted": "auto-generated"}
    body = BODY.format(site=settings.SITE_URL)
    return EmailMessage(SUBJECT, body, settings.LETTERS_FROM, [address], headers=headers)


def send_due(still_true: StillTrue) -> int:
    """Send the letters that are due and of which `still_true` holds; returns how many were sent."""
    waiting = Letter.objects.filter(ended_at=None, next_try_at__lte=timezone.now())
    connection, sent = get_connection(), 0
    try:
        for letter in waiting.select_related("user").order_by("next_try_at", "pk")[:AT_MOST]:
            sent += _try(letter, connection, still_true)
    except ServerAway:
        logger.exception("The mail server does not answer.")
    finally:
        _part(connection)
    return sent


def sweep() -> int:
    """Delete the letters that ended a week ago; returns how many."""
    return Letter.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()[0]


def last_was_undeliverable(user: User) -> bool:
    """Return whether the last letter to somebody was given up."""
    last = Letter.objects.filter(user=user).exclude(ended_at=None).order_by("-ended_at").first()
    return last is not None and last.undeliverable


def _try(letter: Letter, connection: BaseEmailBackend, still_true: StillTrue) -> bool:
    """Try one letter, unless another worker has it; what fails is tried again later and stops no other."""
    if not _claim(letter):
        return False
    try:
        return _send(letter, connection, still_true)
    except ServerAway:
        raise
    except Exception as fault:
        logger.exception("A letter was not sent.")
        _part(connection)
        if isinstance(fault, SMTPException) and timezone.now() - letter.made_at > PATIENCE:
            _end(letter, undeliverable=True)
        return False


def _claim(letter: Letter) -> bool:
    """Put off the next try: of several workers one does, and has the letter until then."""
    pause = min(FIRST_PAUSE * 2 ** min(letter.tries, 10), LONGEST_PAUSE)
    waiting = Letter.objects.filter(pk=letter.pk, ended_at=None, next_try_at=letter.next_try_at)
    return bool(waiting.update(next_try_at=timezone.now() + pause, tries=letter.tries + 1))


def _send(letter: Letter, connection: BaseEmailBackend, still_true: StillTrue) -> bool:
    address = address_of(letter.user) if letter.user.is_active and still_true(letter) else ""
    if address:
        _open(connection)
        connection.send_messages([message(letter, address)])
    _end(letter)
    return bool(address)


def _open(connection: BaseEmailBackend) -> None:
    """Open the connection here: sending would close it again, and could fail after the letter has gone."""
    try:
        connection.open()
    except OSError as fault:
        raise ServerAway from fault


def _part(connection: BaseEmailBackend) -> None:
    """Close the connection; what the server says at parting changes nothing of what was sent."""
    with suppress(OSError):
        connection.close()


def _end(letter: Letter, *, undeliverable: bool = False) -> None:
    Letter.objects.filter(pk=letter.pk).update(ended_at=timezone.now(), undeliverable=undeliverable)
