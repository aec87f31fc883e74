from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from caracol import env
from caracol.accounts.models import User
from caracol.limits import askers, doors, line, redis_buckets
from caracol.limits.buckets import Rate
from caracol.limits.doors import Door, Wait, enter
from caracol.limits.models import Bucket, HourSecret

pytestmark = pytest.mark.django_db

DOOR = Door("test", account=Rate(2, 600), address=Rate(5, 600))
CROWDED = Door("crowd", account=Rate(9, 600), address=Rate(9, 600), strangers=Rate(2, 60), line=3)


def knock(address: str = "192.0.2.1", *, user: User | None = None, ticket: object = "") -> HttpRequest:
    request = RequestFactory().post("/", {line.FIELD: str(ticket)}, REMOTE_ADDR=address)
    request.user = user or AnonymousUser()
    return request


def let_in(door: Door, times: int, *, address: str = "192.0.2.1", person: str = "") -> int:
    """Return how many of so many tries come in."""
    return sum(wait_for(door, knock(address), person=person) is None for _ in range(times))


def wait_for(door: Door, request: HttpRequest, *, person: str = "") -> Wait | None:
    try:
        enter(request, door, person=person)
    except Wait as wait:
        return wait
    return None


def at_known_browser(person: str, address: str = "192.0.2.1") -> HttpRequest:
    """A request from a browser that this person has logged in with."""
    request, response = knock(address), HttpResponse()
    enter(request, Door("login"), person=person).was_right(remember=True)
    askers.write_cookie(request, response)
    again = knock(address)
    again.COOKIES.update({name: cookie.value for name, cookie in response.cookies.items()})
    return again


def test_an_account_s_misses_run_out_wherever_they_come_from() -> None:
    assert [let_in(DOOR, 1, address=f"192.0.2.{n}", person="ana") for n in range(4)] == [1, 1, 0, 0]
    assert let_in(DOOR, 2, person="ben") == 2


def test_an_address_runs_out_whoever_it_asks_for() -> None:
    assert [let_in(DOOR, 1, person=f"somebody {n}") for n in range(7)] == [1, 1, 1, 1, 1, 0, 0]
    assert let_in(DOOR, 1, address="192.0.2.2", person="somebody 9") == 1


def test_one_door_s_tokens_open_no_other() -> None:
    assert let_in(DOOR, 3, person="ana") == 2
    assert let_in(Door("another", account=Rate(2, 600)), 3, person="ana") == 2


def test_what_was_right_costs_nothing() -> None:
    for _ in range(20):
        enter(knock(), DOOR, person="ana").was_right()
    assert let_in(DOOR, 3, person="ana") == 2


def test_others_cannot_lock_a_person_out_of_a_browser_they_know() -> None:
    own = at_known_browser("ana")
    assert let_in(DOOR, 9, person="ana") == 2
    assert let_in(DOOR, 9, person="somebody else") == 0
    assert [wait_for(DOOR, own, person="ana") is None for _ in range(4)] == [True, True, False, False]
    assert doors.is_known(own)


def test_where_knowing_the_password_must_not_be_enough_no_browser_has_a_bucket_of_its_own() -> None:
    shared = Door("shared", account=Rate(2, 600), by_browser=False)
    waits = [wait_for(shared, at_known_browser("ana"), person="ana") is not None for _ in range(4)]
    assert waits == [False, False, True, True]


def test_a_known_browser_is_known_for_its_own_person_alone() -> None:
    anas = at_known_browser("ana")
    assert askers.known_browser(anas, "ana") is not None
    assert askers.known_browser(anas, "ben") is None
    anas.COOKIES = {name: f"A{value}" for name, value in anas.COOKIES.items()}
    assert askers.known_browser(anas, "ana") is None


def test_a_browser_is_not_known_for_ever(settings: Settings) -> None:
    anas = at_known_browser("ana")
    settings.SECRET_KEY = "another secret of tests, and of nothing else"
    assert askers.known_browser(anas, "ana") is None


@pytest.mark.usefixtures("still_clock")
def test_in_a_crowd_everybody_has_a_place_in_line() -> None:
    waits = [wait_for(CROWDED, knock(f"192.0.2.{n}")) for n in range(6)]
    assert [wait and bool(wait.ticket) for wait in waits] == [None, None, True, True, True, False]
    assert [round(wait.seconds / 60) for wait in waits if wait] == [1, 2, 3, 4]


def test_one_address_cannot_fill_the_line() -> None:
    wide = Door("wide", address=Rate(3, 600), strangers=Rate(1, 60), line=100)
    waits = [wait_for(wide, knock()) for _ in range(6)]
    assert [wait and bool(wait.ticket) for wait in waits] == [None, True, True, False, False, False]


@pytest.mark.usefixtures("still_clock")
def test_a_ticket_opens_in_its_turn_and_once() -> None:
    assert let_in(CROWDED, 9) == 2
    early, due = line.promise("crowd", 30_000), line.promise("crowd", 0)
    wait = wait_for(CROWDED, knock(ticket=early))
    assert wait is not None
    assert (wait.seconds, wait.ticket) == (30, early)
    assert [wait_for(CROWDED, knock(ticket=due)) is None for _ in range(2)] == [True, False]


@pytest.mark.parametrize("forged", ["", "nonsense", "WyJjcm93ZCIsMCwieCJd:1:x", line.Ticket("another", 2**62, "x")])
def test_no_other_ticket_opens(forged: object) -> None:
    assert let_in(CROWDED, 9) == 2
    assert wait_for(CROWDED, knock(ticket=forged)) is not None


def test_a_ticket_does_not_keep() -> None:
    assert let_in(CROWDED, 9) == 2
    old = line.promise("crowd", -line.GOOD_FOR - 1000)
    assert wait_for(CROWDED, knock(ticket=old)) is not None


def test_whoever_is_logged_in_does_not_stand_in_the_strangers_line(ana: User) -> None:
    assert let_in(CROWDED, 9) == 2
    assert wait_for(CROWDED, knock("192.0.2.7", user=ana), person=ana.handle) is None
    assert doors.is_known(knock(user=ana))
    assert not doors.is_known(knock())


# --- What is kept ---


def test_what_is_kept_names_nobody() -> None:
    enter(knock("192.0.2.77"), DOOR, person="ana")
    keys = [bucket.key for bucket in Bucket.objects.all()]
    assert [(len(key), key.isalnum()) for key in keys] == [(64, True)] * 2
    assert len(bytes(HourSecret.objects.get().secret)) == 32


def test_an_address_is_another_one_in_the_next_hour() -> None:
    before = askers.address_key("test", knock())
    assert askers.address_key("test", knock()) == before
    HourSecret.objects.update(hour=1)
    assert askers.address_key("test", knock()) != before
    assert HourSecret.objects.count() == 1
    HourSecret.objects.all().delete()
    assert askers.address_key("test", knock()) != before


@pytest.mark.services
def test_in_redis_too_an_address_is_one_within_its_hour_and_the_database_holds_nothing(settings: Settings) -> None:
    settings.REDIS_URL = env.read("REDIS_URL")
    before = askers.address_key("test", knock())
    assert askers.address_key("test", knock()) == before
    assert redis_buckets.hour_secret(1, b"one hour's") == b"one hour's"
    assert redis_buckets.hour_secret(1, b"another's") == b"one hour's"
    assert 0 < redis_buckets._server().ttl(f"{redis_buckets.HERE}hour:1") <= 60 * 60
    assert HourSecret.objects.count() == 0


def test_the_hour_s_secret_alone_finds_no_address(settings: Settings) -> None:
    before = askers.address_key("test", knock())
    settings.SECRET_KEY = "another secret of tests, and of nothing else"
    assert askers.address_key("test", knock()) != before


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.5", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.8", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.9"),
    ],
)
def test_only_our_own_proxies_are_believed(settings: Settings, proxies: int, forwarded: str, address: str) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": forwarded})
    assert askers.address_of(request) == address


def test_one_household_is_one_address() -> None:
    def key(address: str) -> str:
        return askers.address_key("test", knock(address))

    assert key("2001:db8:0:1::5") == key("2001:db8:0:1:ffff::6")
    assert key("2001:db8:0:1::5") != key("2001:db8:0:2::5")
    assert key("192.0.2.1") != key("192.0.2.2")
    assert key("no address at all") == key("no address at all")
