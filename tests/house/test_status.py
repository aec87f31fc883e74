from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from caracol import status
from caracol.ledger import triggers
from caracol.ledger.chain import record
from caracol.letters import sending
from caracol.letters.models import Letter
from caracol.watch import done
from caracol.watch.models import JobDone
from tests.grievances.cast import Cast

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

ALL = ["Work in the background", "Letters", "Backup of the database", "Backup of the keys", "The record"]


def late() -> list[str]:
    return [str(part.title) for part, is_late in status.parts() if is_late]


def all_done() -> None:
    call_command("work", "--once", skip_checks=True)
    done.note(status.BACKUP)
    done.note(status.BACKUP_OF_KEYS)


def shown(browser: Client) -> dict[str, str]:
    """Return each part as the page says it is."""
    page = browser.get("/accounts/members/status/").content.decode()
    return dict(re.findall(r"<h2>([^:<]*): (late|healthy)</h2>", page))


def test_a_new_site_is_late_with_all_that_was_never_done() -> None:
    assert late() == ALL


def test_where_all_was_done_all_is_healthy(cast: Cast) -> None:
    all_done()
    browser = Client()
    browser.force_login(cast.user("secretary"))
    assert shown(browser) == dict.fromkeys(ALL, "healthy")


@pytest.mark.parametrize(
    ("name", "part", "in_time"),
    [
        ("caracol.limits.tasks.sweep", "Work in the background", dt.timedelta(minutes=16)),
        ("backup", "Backup of the database", dt.timedelta(hours=30)),
        ("backup_keys", "Backup of the keys", dt.timedelta(hours=30)),
        ("mail_server", "Letters", dt.timedelta(minutes=80)),
        ("ledger", "The record", dt.timedelta(hours=30)),
    ],
)
def test_what_was_not_done_in_its_time_is_late(name: str, part: str, in_time: dt.timedelta) -> None:
    all_done()
    JobDone.objects.filter(name=name).update(at=timezone.now() - in_time)
    assert late() == []
    JobDone.objects.filter(name=name).update(at=timezone.now() - in_time - dt.timedelta(minutes=20))
    assert late() == [part]


def test_a_record_that_was_changed_is_not_healthy_from_then_on() -> None:
    record("case/1", "concern:filed")
    all_done()
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'p9'")
    with pytest.raises(CommandError):
        call_command("verify_ledger")
    assert late() == ["The record"]


class Away(EmailBackend):
    def open(self) -> bool:
        raise ConnectionRefusedError


def test_a_mail_server_that_is_away_shows_in_the_same_way_whether_letters_wait_or_not(
    cast: Cast, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    with time_machine.travel(timezone.now() - dt.timedelta(hours=2), tick=False):
        done.note(sending.SERVER_ANSWERED)
    seen = []
    for waits in (False, True):
        if waits:
            Letter.objects.create(user=cast.user("respondent"))
        with pytest.raises(SystemExit):
            call_command("work", "--once", skip_checks=True)
        seen.append(late())
    assert seen == [["Work in the background", "Letters", *ALL[2:4]]] * 2


def test_the_page_holds_no_number_and_no_moment(cast: Cast) -> None:
    all_done()
    browser = Client()
    browser.force_login(cast.user("secretary"))
    body = browser.get("/accounts/members/status/").content.decode().split('<ul class="plain">')[1].split("</ul>")[0]
    assert re.findall(r"\d", re.sub(r"<[^>]*>", "", body)) == []
    assert "<time" not in body
