"""
Sending the letters that are due: the same words to everybody who reads the same language, each in its own e-mail.

A letter is claimed by putting off its next try, sent, and then forgotten: no row keeps the minute in which it went.
Whoever dies between sending and forgetting lets it be sent once more, under the same Message-ID, by which mail systems
drop a repeat. The database is the only list of what is due: a broker that forgets everything loses no letter.
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
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models import User
from caracol.letters.cadences import address_of
from caracol.letters.models import Letter
from caracol.watch import done

logger = logging.getLogger(__name__)

SUBJECT = _("You have a message")
BODY = _("There is something new for you.")

AT_MOST = 100
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=5), dt.timedelta(hours=1)
# How long the mail server may go on refusing one letter before it is given up, and its owner is told so afterwards.
PATIENCE = dt.timedelta(days=7)
KEPT = dt.timedelta(days=7)

SERVER_ANSWERED = "mail_server"

StillTrue = Callable[[Letter], bool]


class ServerAway(Exception):
    """The mail server does not answer: no other letter is tried now."""


def words_for(user: User) -> tuple[str, str]:
    """Return the subject and the text of every letter, in the language that somebody chose for their account."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        return str(SUBJECT), f"{BODY}\n\n{settings.SITE_URL}\n"


def message(letter: Letter, address: str) -> EmailMessage:
    """Return a letter as it is sent: beside its language, nothing in it depends on who is told, or of what."""
    domain = settings.LETTERS_FROM.rpartition("@")[2]
    headers = {"Message-ID": f"<{letter.token}@{domain}>", "Auto-Submitted": "auto-generated"}
    subject, body = words_for(letter.user)
    return EmailMessage(subject, body, settings.LETTERS_FROM, [address], headers=headers)


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


def ask_server() -> None:
    """
    Ask the mail server whether it answers, and note that it did; raises OSError where it does not.

    Asked by the clock, letters or none: seen only when a letter fails, it would tell that somebody was to get one.
    """
    connection = get_connection()
    try:
        connection.open()
    finally:
        _part(connection)
    done.note(SERVER_ANSWERED)


def sweep() -> int:
    """Delete what was given up a week ago, and what stands for the duty letters of past days; returns how many."""
    now = timezone.now()
    # Until its hour comes, the duty letter of yesterday is the last one due.
    yesterday = timezone.localdate(now) - dt.timedelta(days=1)
    past = Q(undeliverable=False, duty_on__lt=yesterday) | Q(ended_at__lt=now - KEPT)
    return Letter.objects.filter(past).exclude(ended_at=None).delete()[0]


def last_was_undeliverable(user: User) -> bool:
    """Return whether a letter to somebody was given up, and none has reached them since."""
    return Letter.objects.filter(user=user, undeliverable=True).exclude(ended_at=None).exists()


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
            Letter.objects.filter(pk=letter.pk).update(ended_at=timezone.now(), undeliverable=True)
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
    _forget(letter, reached=bool(address))
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


@transaction.atomic
def _forget(letter: Letter, *, reached: bool) -> None:
    """Delete a letter that was sent, or is not needed; of the day's duty letter it stays known that it was written."""
    if reached:
        Letter.objects.filter(user=letter.user_id, undeliverable=True).exclude(pk=letter.pk).delete()
    if letter.duty_on:
        Letter.objects.filter(pk=letter.pk).update(ended_at=timezone.now())
    else:
        Letter.objects.filter(pk=letter.pk).delete()
