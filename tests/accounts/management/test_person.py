from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from caracol.accounts import contacts, keys, people, roles
from caracol.accounts.models import SiteRole, User
from tests.accounts.conftest import PASSWORD

Run = Callable[..., str]


@pytest.fixture
def person(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with these lines typed."""

    def run(*arguments: str, typed: tuple[str, ...] = (PASSWORD, PASSWORD)) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        said = io.StringIO()
        call_command("person", *arguments, stdout=said)
        return said.getvalue()

    return run


def known(login: str) -> User:
    user = people.by_login(login)
    assert user is not None
    return user


def test_the_first_secretary_is_made_at_installation(person: Run) -> None:
    said = person("sol", "--name", "Sol", "--email", "sol@example.org", "--role", "member", "--role", "secretary")
    sol = known("sol")
    assert said == "sol holds: member, secretary\n"
    assert roles.roles_of(sol) == {SiteRole.MEMBER, SiteRole.SECRETARY}
    assert contacts.card_of(sol) == contacts.Card("sol", "Sol", "sol@example.org")
    assert keys.unlock(sol, PASSWORD).public == keys.public_keys([sol])[sol.pk]
    assert (sol.is_staff, sol.is_superuser) == (False, False)


def test_a_second_mediator_takes_both_passwords(person: Run) -> None:
    person("sol", "--name", "Sol", "--role", "secretary")
    person("mar", "--name", "Mar", "--role", "mediator")
    second = ["nia", "--name", "Nia", "--role", "mediator", "--by", "sol", "--second", "mar"]
    with pytest.raises(CommandError, match="not the password of mar"):
        person(*second, typed=(PASSWORD, "wrong", PASSWORD, PASSWORD))
    assert person(*second, typed=(PASSWORD,) * 4) == "nia holds: mediator\n"


def test_what_is_refused_leaves_nobody_behind(person: Run) -> None:
    person("mar", "--name", "Mar", "--role", "mediator")
    with pytest.raises(CommandError, match="a secretary must give it"):
        person("nia", "--name", "Nia", "--role", "mediator")
    assert people.by_login("nia") is None


def test_somebody_there_is_given_a_further_role(person: Run) -> None:
    person("mar", "--name", "Mar", "--role", "mediator")
    assert person("mar", "--role", "intake", typed=()) == "mar holds: intake, mediator\n"


def test_staff_look_at_the_admin_and_are_no_superusers(person: Run) -> None:
    assert person("sam", "--name", "Sam", "--staff") == "sam holds: no role\n"
    sam = known("sam")
    assert (sam.is_staff, sam.is_superuser) == (True, False)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ((PASSWORD, "another"), "differ"),
        (("short", "short"), "too short"),
        (("", ""), "no password"),
        (("a" * 1025, "a" * 1025), "no password"),
    ],
)
def test_a_password_that_will_not_do_is_refused(person: Run, typed: tuple[str, str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        person("sol", "--name", "Sol", typed=typed)
    assert people.by_login("sol") is None


def test_a_login_name_is_made_once(person: Run) -> None:
    person("sol", "--name", "Sol")
    with pytest.raises(CommandError, match="taken"):
        person("SOL", "--name", "Another")


def test_nobody_is_made_without_a_name(person: Run) -> None:
    with pytest.raises(CommandError, match="give --name"):
        person("sol", "--role", "secretary")


def test_createsuperuser_says_what_to_use(db: None) -> None:
    with pytest.raises(CommandError, match=r"manage\.py person"):
        call_command("createsuperuser", handle="root", interactive=False)
