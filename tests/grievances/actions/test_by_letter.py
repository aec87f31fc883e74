from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from caracol.accounts import roles
from caracol.accounts.models import Role, SiteRole, User
from caracol.letters import cadences
from caracol.letters.models import Cadence, Letter
from grievances.actions import by_letter
from grievances.actions import people as serving
from grievances.actions.conversations import keep, remind
from grievances.deadlines import today
from grievances.exceptions import Refused
from grievances.models import Notice
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

When = Cadence.When
# Ten in the morning in the office.
TEN = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)


def wants(user: User, when: When = When.AT_ONCE, hour: int = 8) -> None:
    cadences.choose(user, when, address="", hour=hour, zone="UTC")


def post() -> list[str]:
    """Write and send what is due, and return who got a letter."""
    before = len(mail.outbox)
    by_letter.write_letters()
    by_letter.send_letters()
    return sorted(message.to[0].partition("@")[0] for message in mail.outbox[before:])


def off_duty(cast: Cast) -> None:
    """Let nobody be on intake duty, so that only chosen letters go."""
    Role.objects.filter(role=SiteRole.INTAKE).update(ended_on=timezone.localdate())


def a_news(cast: Cast) -> Walk:
    """A filed concern whose reporter has just been told that it arrived."""
    going = walk(cast, "filed")
    off_duty(cast)
    wants(cast.user("member"))
    Notice.objects.create(user=cast.user("member"), case=going.case, step=Step.ACKNOWLEDGE, told_at=timezone.now())
    return going


def test_until_somebody_chooses_nobody_is_written_to(cast: Cast) -> None:
    walk(cast, "served")
    off_duty(cast)
    assert Notice.objects.filter(read_at=None).count() > 0
    assert post() == []


def test_news_is_told_by_one_letter_and_never_by_a_second(cast: Cast) -> None:
    a_news(cast)
    assert [post(), post(), post()] == [["member"], [], []]


def test_several_news_make_one_letter(cast: Cast) -> None:
    going = walk(cast, "filed")
    off_duty(cast)
    wants(cast.user("member"))
    for step in (Step.ACKNOWLEDGE, Step.ACCEPT):
        Notice.objects.create(user=cast.user("member"), case=going.case, step=step, told_at=timezone.now())
    assert post() == ["member"]
    assert Notice.objects.exclude(letter="").values("letter").distinct().count() == 1


def test_what_is_told_after_a_letter_makes_another(cast: Cast) -> None:
    going = a_news(cast)
    assert post() == ["member"]
    Notice.objects.create(user=cast.user("member"), case=going.case, step=Step.ACCEPT, told_at=timezone.now())
    assert post() == ["member"]


def test_what_was_read_meanwhile_brings_no_letter(cast: Cast) -> None:
    a_news(cast)
    Notice.objects.update(read_at=timezone.now())
    assert post() == []


def test_what_is_read_while_the_letter_waits_stops_it(cast: Cast) -> None:
    a_news(cast)
    by_letter.write_letters()
    Notice.objects.update(read_at=timezone.now())
    assert (by_letter.send_letters(), mail.outbox) == (0, [])


def test_a_change_to_never_counts_for_the_letter_that_waits(cast: Cast) -> None:
    a_news(cast)
    by_letter.write_letters()
    wants(cast.user("member"), When.NEVER)
    assert (by_letter.send_letters(), mail.outbox) == (0, [])


def test_choosing_letters_brings_none_about_what_was_told_before(cast: Cast) -> None:
    walk(cast, "served")
    off_duty(cast)
    wants(cast.user("member"))
    assert post() == []


def test_a_daily_letter_waits_for_its_hour_and_comes_once(cast: Cast) -> None:
    going = walk(cast, "filed")
    off_duty(cast)
    with time_machine.travel(TEN, tick=False) as clock:
        wants(cast.user("member"), When.DAILY, hour=20)
        Notice.objects.create(user=cast.user("member"), case=going.case, step=Step.ACCEPT, told_at=timezone.now())
        got = []
        for hours in (4.5, 0.5, 0.5, 24):
            clock.shift(dt.timedelta(hours=hours))
            got.append(post())
    assert got == [[], ["member"], [], []]


def test_a_daily_letter_that_nobody_could_send_at_its_hour_comes_later(cast: Cast) -> None:
    going = walk(cast, "filed")
    off_duty(cast)
    with time_machine.travel(TEN, tick=False) as clock:
        wants(cast.user("member"), When.DAILY, hour=20)
        Notice.objects.create(user=cast.user("member"), case=going.case, step=Step.ACCEPT, told_at=timezone.now())
        clock.shift(dt.timedelta(days=3))
        assert [post(), post()] == [["member"], []]


def test_a_step_that_is_taken_back_leaves_no_letter(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    off_duty(cast)
    wants(cast.user("mediator"))
    with transaction.atomic():
        going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
        transaction.set_rollback(True)
    with pytest.raises(Refused):
        going.take(Step.DISTINGUISH, "mediator", {"text": "No."}, nature="mixed")
    assert post() == []


def test_who_is_asked_to_serve_is_written_to_as_long_as_they_can_answer(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    wants(cast.user("mediator"))
    wants(cast.user("mediator2"))
    for login in ("mediator", "mediator2"):
        going.take(Step.ASK, "intake", who=cast.user(login).handle)
    serving.say_who_must_not_serve(going.case, [cast.user("mediator2")], by=cast["member"])
    off_duty(cast)
    assert post() == ["mediator"]


# Intake duty


def on_duty(cast: Cast, login: str) -> User:
    user = cast.user(login)
    roles.give(SiteRole.INTAKE, to=user, by=cast.user("secretary"), second=cast.user("intake"))
    return user


def test_everybody_on_intake_duty_gets_one_letter_a_day_news_or_none(cast: Cast) -> None:
    cast["secretary"], cast["intake"]
    on_duty(cast, "stranger")
    with time_machine.travel(TEN, tick=False) as clock:
        got = [post()]
        for _ in range(4):
            clock.shift(dt.timedelta(hours=12))
            got.append(post())
    assert got == [["intake", "stranger"], [], ["intake", "stranger"], [], ["intake", "stranger"]]


def test_who_is_barred_from_a_concern_gets_the_same_letters_as_who_is_asked(cast: Cast) -> None:
    cast["secretary"], cast["intake"]
    barred = on_duty(cast, "stranger")
    for user in (cast.user("intake"), barred):
        wants(user)
    got = []
    with time_machine.travel(TEN, tick=False) as clock:
        post()
        going = Walk.begin(cast)
        serving.say_who_must_not_serve(going.case, [barred], by=cast["member"])
        going.filed()
        assert Notice.objects.filter(user=cast.user("intake")).exists()
        for _ in range(26):
            clock.shift(dt.timedelta(hours=1))
            got += post()
    assert sorted(got) == ["intake", "stranger"]


def test_on_duty_ones_own_news_comes_with_the_daily_letter(cast: Cast) -> None:
    going = walk(cast, "filed")
    cast["secretary"]
    reporter = on_duty(cast, "member")
    wants(reporter)
    with time_machine.travel(TEN, tick=False) as clock:
        assert "member" in post()
        Notice.objects.create(user=reporter, case=going.case, step=Step.ACCEPT, told_at=timezone.now())
        assert post() == []
        clock.shift(dt.timedelta(days=1))
        assert "member" in post()
        off_duty(cast)
        assert post() == []


def test_who_leaves_duty_gets_the_letter_that_waits_no_more(cast: Cast) -> None:
    cast["intake"]
    by_letter.write_letters()
    off_duty(cast)
    assert (by_letter.send_letters(), mail.outbox) == (0, [])


# Workers


def test_of_two_workers_one_writes_the_letter_of_the_day(cast: Cast) -> None:
    cast["intake"]
    assert [by_letter.write_letters(), by_letter.write_letters()] == [1, 0]
    assert Letter.objects.count() == 1


def test_a_site_without_a_mail_server_writes_no_letters(cast: Cast, settings: Settings) -> None:
    a_news(cast)
    settings.SENDS_LETTERS = False
    assert post() == []
    assert Letter.objects.count() == 0


def test_looking_for_who_is_due_costs_the_same_for_one_and_for_many(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    going = walk(cast, "filed")
    off_duty(cast)
    for login in ("member", "respondent", "witness", "friend"):
        wants(cast.user(login), When.DAILY)
        Notice.objects.create(user=cast.user(login), case=going.case, step=Step.ACCEPT, told_at=timezone.now())
        # Not due before tomorrow at eight.
        with django_assert_num_queries(3):
            assert by_letter.write_letters() == 0


def test_a_talk_to_come_back_to_is_told_of_by_one_letter_until_it_was_opened(cast: Cast) -> None:
    wants(cast.user("member"))
    kept = keep({"whom": "Robin", "about": "A joke.", "went": "talked"}, by=cast["member"], follow_up_on=today())
    remind()
    assert [post(), post()] == [["member"], []]
    again = keep({"whom": "Robin", "about": "A joke.", "went": "talked"}, by=cast["member"], follow_up_on=today())
    remind()
    cast.browser("member").get(f"/conversations/{again.room.token}/")
    assert post() == []
    assert {notice.conversation for notice in Notice.objects.filter(read_at=None)} == {kept}
