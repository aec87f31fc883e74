from __future__ import annotations

import datetime as dt
import smtplib
from email.message import EmailMessage as Parsed

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.utils import DNS_NAME
from django.utils import timezone
from pytest_django.fixtures import Settings

from caracol.accounts import people
from caracol.accounts.models import Kind
from caracol.letters import cadences, sending
from caracol.letters.models import Cadence, Letter
from tests.grievances.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

WIRE = (
    b'Content-Type: text/plain; charset="utf-8"\r\n'
    b"MIME-Version: 1.0\r\n"
    b"Content-Transfer-Encoding: 7bit\r\n"
    b"Subject: You have a message\r\n"
    b"From: no-reply@localhost\r\n"
    b"To: member@example.org\r\n"
    b"Date: Mon, 02 Nov 2026 13:00:00 -0000\r\n"
    b"Message-ID: <%s@localhost>\r\n"
    b"Auto-Submitted: auto-generated\r\n"
    b"\r\n"
    b"There is something new for you.\r\n"
    b"\r\n"
    b"http://127.0.0.1:8000/\r\n"
)


@pytest.fixture(autouse=True)
def from_here(settings: Settings) -> None:
    settings.LETTERS_FROM = "no-reply@localhost"
    settings.SITE_URL = "http://127.0.0.1:8000/"


IN_SPANISH = WIRE.replace(b"You have a message", b"Tienes un mensaje").replace(
    b"There is something new for you.", b"Hay algo nuevo para ti."
)


def letter_to(cast: Cast, login: str = "member") -> Letter:
    return Letter.objects.create(user=cast.user(login))


def send() -> int:
    return sending.send_due(lambda _letter: True)


def later(letter: Letter, **ago: float) -> None:
    """Let the pause before the next try be over."""
    Letter.objects.filter(pk=letter.pk).update(next_try_at=timezone.now(), **ago)


class Away(EmailBackend):
    """A mail server that does not answer."""

    def open(self) -> bool | None:
        raise ConnectionRefusedError


class Refusing(EmailBackend):
    """A mail server that takes no letter."""

    def send_messages(self, _messages: object) -> int:
        raise smtplib.SMTPRecipientsRefused({"member@example.org": (550, b"no such user")})


def server(settings: Settings, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


@pytest.mark.parametrize(("chosen", "expected"), [("", WIRE), ("en", WIRE), ("es", IN_SPANISH)])
def test_a_letter_to_the_byte_in_the_language_its_reader_chose(cast: Cast, chosen: str, expected: bytes) -> None:
    cast.user("member").language = chosen
    letter = letter_to(cast)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.mail.message.formatdate", lambda **_: "Mon, 02 Nov 2026 13:00:00 -0000")
        wire = sending.message(letter, "member@example.org").message().as_bytes().replace(b"\n", b"\r\n")
    assert wire == expected % letter.token.encode()


def test_letters_to_different_people_differ_in_address_and_id_alone(cast: Cast) -> None:
    wires = []
    for login in ("member", "intake"):
        letter = letter_to(cast, login)
        text = sending.message(letter, f"{login}@example.org").message().as_string()
        wires.append(text.replace(letter.token, "TOKEN").replace(login, "SOMEBODY"))
    assert _but_date(wires[0]) == _but_date(wires[1])


def _but_date(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("Date:")]


def test_a_letter_is_named_by_nothing_but_a_random_token_and_the_sites_own_name(cast: Cast) -> None:
    parsed: Parsed = sending.message(letter_to(cast), "member@example.org").message()
    local, domain = parsed["Message-ID"].strip("<>").split("@")
    assert (len(local), domain) == (16, "localhost")
    assert DNS_NAME.get_fqdn() == "localhost"


def test_what_is_due_is_sent_once(cast: Cast) -> None:
    letter_to(cast)
    assert [send(), send()] == [1, 0]
    assert [message.to for message in mail.outbox] == [["member@example.org"]]


def test_each_letter_goes_alone(cast: Cast) -> None:
    letter_to(cast), letter_to(cast, "intake")
    assert send() == 2
    assert sorted(message.recipients() for message in mail.outbox) == [["intake@example.org"], ["member@example.org"]]


def test_what_is_not_true_any_more_is_not_sent_then_or_later(cast: Cast) -> None:
    letter = letter_to(cast)
    assert sending.send_due(lambda _letter: False) == 0
    later(letter)
    assert (send(), mail.outbox) == (0, [])


def test_nobody_writes_to_a_closed_account(cast: Cast) -> None:
    cast["secretary"]
    letter_to(cast)
    people.deactivate(cast.user("member"), by=cast.user("secretary"))
    assert (send(), mail.outbox) == (0, [])


def test_nobody_writes_to_a_guest_without_an_address(cast: Cast) -> None:
    guest = people.join_as_guest(Kind.RECEIPT, password="a snail climbs slowly")
    Letter.objects.create(user=guest)
    assert (send(), mail.outbox) == (0, [])
    assert Letter.objects.filter(ended_at=None).count() == 0


def test_while_the_mail_server_is_away_everything_waits_and_nothing_is_lost(cast: Cast, settings: Settings) -> None:
    letters = [letter_to(cast), letter_to(cast, "intake")]
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Away"
    assert send() == 0
    # Only the first was tried: there is no use in knocking for each.
    assert sorted(Letter.objects.values_list("tries", flat=True)) == [0, 1]
    settings.EMAIL_BACKEND = kept
    for letter in letters:
        later(letter)
    assert (send(), len(mail.outbox)) == (2, 2)


def test_pauses_grow_up_to_an_hour(cast: Cast, settings: Settings) -> None:
    letter = letter_to(cast)
    server(settings, Away)
    pauses = []
    for _ in range(6):
        before = timezone.now()
        send()
        letter.refresh_from_db()
        pauses.append(round((letter.next_try_at - before) / dt.timedelta(minutes=1)))
        later(letter)
    assert pauses == [5, 10, 20, 40, 60, 60]


def test_a_month_without_a_mail_server_gives_up_no_letter(cast: Cast, settings: Settings) -> None:
    letter = letter_to(cast)
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Away"
    Letter.objects.update(made_at=timezone.now() - dt.timedelta(days=30), tries=700)
    send()
    settings.EMAIL_BACKEND = kept
    later(letter)
    assert send() == 1


def test_a_letter_that_is_refused_stops_no_other_and_is_given_up_after_a_week(cast: Cast, settings: Settings) -> None:
    letter, other = letter_to(cast), letter_to(cast, "intake")
    server(settings, Refusing)
    send()
    assert sorted(Letter.objects.values_list("tries", "ended_at")) == [(1, None), (1, None)]
    Letter.objects.filter(pk=letter.pk).update(made_at=timezone.now() - dt.timedelta(days=8))
    for each in (letter, other):
        later(each)
    send()
    letter, other = Letter.objects.order_by("pk")
    assert (letter.ended_at is None, letter.undeliverable, other.ended_at) == (False, True, None)
    assert sending.last_was_undeliverable(cast.user("member"))
    assert not sending.last_was_undeliverable(cast.user("intake"))


def test_who_is_reached_again_is_told_of_no_old_failure(cast: Cast) -> None:
    Letter.objects.create(user=cast.user("member"), undeliverable=True, ended_at=timezone.now())
    assert sending.last_was_undeliverable(cast.user("member"))
    letter_to(cast)
    send()
    assert not sending.last_was_undeliverable(cast.user("member"))
    assert not Letter.objects.exists()


def test_of_a_letter_that_was_sent_no_row_stays_and_of_the_days_duty_letter_only_that_it_was(cast: Cast) -> None:
    letter_to(cast)
    duty = Letter.objects.create(user=cast.user("intake"), duty_on=timezone.localdate())
    assert (send(), list(Letter.objects.all())) == (2, [duty])


def test_of_two_workers_one_has_a_letter(cast: Cast) -> None:
    letter = letter_to(cast)
    same = Letter.objects.get(pk=letter.pk)
    assert [sending._claim(letter), sending._claim(same)] == [True, False]


def test_who_died_before_marking_lets_the_same_letter_go_again_under_the_same_name(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = letter_to(cast)
    with monkeypatch.context() as dying:
        dying.setattr(sending, "_forget", lambda *_, **__: 1 / 0)
        send()
    later(letter)
    assert send() == 1
    ids = {message.message()["Message-ID"] for message in mail.outbox}
    assert (len(mail.outbox), len(ids)) == (2, 1)


def test_the_logs_name_nobody_when_an_address_is_refused(
    cast: Cast, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    letter_to(cast)
    server(settings, Refusing)
    send()
    assert "member@example.org" not in "".join(capfd.readouterr())


def test_what_was_given_up_is_forgotten_after_a_week_and_a_duty_letter_after_its_day(cast: Cast) -> None:
    now = timezone.now()
    old, young = letter_to(cast), letter_to(cast)
    for letter, days in ((old, 8), (young, 6)):
        ended = now - dt.timedelta(days=days)
        Letter.objects.filter(pk=letter.pk).update(ended_at=ended, undeliverable=True)
    for days in (1, 2):
        day = timezone.localdate() - dt.timedelta(days=days)
        Letter.objects.create(user=cast.user("intake"), duty_on=day, ended_at=now)
    waiting = Letter.objects.create(user=cast.user("intake"), duty_on=timezone.localdate() - dt.timedelta(days=3))
    assert sending.sweep() == 2
    yesterday = Letter.objects.get(duty_on=timezone.localdate() - dt.timedelta(days=1))
    assert set(Letter.objects.all()) == {young, waiting, yesterday}


def test_a_choice_of_an_address_counts_for_what_waits(cast: Cast) -> None:
    letter_to(cast)
    cadences.choose(cast.user("member"), Cadence.When.AT_ONCE, address="new@example.net", hour=8, zone="UTC")
    send()
    assert [message.to for message in mail.outbox] == [["new@example.net"]]
