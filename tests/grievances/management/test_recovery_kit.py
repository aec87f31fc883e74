from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from caracol.ledger.chain import entries
from caracol.vault.recovery import ShareRefused, combine, new_kit
from grievances import organisation
from grievances.actions import recovery
from grievances.models import RecoverySeal, SeatOffer
from grievances.organisation import CHAIN, awaiting_renewal, kit_in_force, kits, state_kit
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.kit import HOLDERS, steering

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

Answers = Callable[[str], str]


class Person(io.StringIO):
    """Somebody at the terminal, who reads what was printed so far and types the next line."""

    def __init__(self, screen: io.StringIO, answers: Iterator[Answers]) -> None:
        super().__init__()
        self.screen, self.answers = screen, answers

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]  # as StringIO has it
        answer = next(self.answers, None)
        return f"{answer(self.screen.getvalue())}\n" if answer else ""


class Terminal:
    """Runs the command, with a person who answers what it asks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.said = ""

    def run(self, *arguments: str, answers: list[Answers] | None = None) -> str:
        screen = io.StringIO()
        self.monkeypatch.setattr("sys.stdin", Person(screen, iter(answers or [])))
        try:
            call_command("recovery_kit", *arguments, stdout=screen)
        finally:
            self.said = screen.getvalue()
        return self.said


@pytest.fixture
def terminal(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    steering(cast)
    return Terminal(monkeypatch)


def printed(screen: str) -> list[str]:
    """Return every share on the screen, in its order."""
    pages = screen.split("CARACOL: SHARE")[1:]
    return [" ".join(re.findall(r"\d+\. ([a-z]+)", page)) for page in pages]


def enter(_screen: str) -> str:
    return ""


def last_page(screen: str) -> str:
    return printed(screen)[-1]


def typed(text: str) -> Answers:
    return lambda _screen: text


PROVED: list[Answers] = [enter, last_page] * 3


def made(terminal: Terminal) -> list[str]:
    return printed(terminal.run(answers=PROVED))


def test_a_kit_is_printed_a_page_for_each_share_and_put_in_force(terminal: Terminal) -> None:
    shares = made(terminal)
    kit = kit_in_force()
    assert kit is not None
    assert (kit.needed, kit.shares, len(shares), terminal.said.count("\f")) == (2, 3, 3, 2)
    assert combine(shares[1:], kit) == combine(shares[:2], kit)


def test_no_share_is_kept(terminal: Terminal) -> None:
    shares = made(terminal)
    stated = " ".join(str(fact) for entry in entries(CHAIN) for fact in json.loads(entry.facts).values())
    assert [word for share in shares for word in share.split() if re.search(rf"\b{word}\b", stated)] == []


def test_a_share_that_can_not_be_typed_back_puts_no_kit_in_force(terminal: Terminal) -> None:
    with pytest.raises(CommandError, match="not in force"):
        terminal.run(answers=[enter, *[typed("academic acid")] * 5])
    assert kit_in_force() is None


def test_a_second_try_at_typing_back_counts(terminal: Terminal) -> None:
    terminal.run(answers=[enter, typed("academic"), last_page, *PROVED[2:]])
    assert kit_in_force() is not None


def test_leaving_half_way_puts_no_kit_in_force(terminal: Terminal) -> None:
    with pytest.raises(CommandError, match="nothing was changed"):
        terminal.run(answers=PROVED[:3])
    assert kit_in_force() is None


def test_a_kit_is_not_overwritten(terminal: Terminal) -> None:
    made(terminal)
    before = kit_in_force()
    with pytest.raises(CommandError, match="already"):
        terminal.run(answers=PROVED)
    assert kit_in_force() == before


def test_each_share_needs_a_member_of_steering_to_keep_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast["steering"]
    with pytest.raises(CommandError, match="steering to 3 people"):
        Terminal(monkeypatch).run(answers=PROVED)


def test_a_kit_of_impossible_numbers_is_refused(terminal: Terminal) -> None:
    with pytest.raises(CommandError, match="other numbers"):
        terminal.run("--needed", "1", answers=PROVED)


def test_in_a_demo_the_shares_are_printed_once_and_nothing_is_asked(terminal: Terminal) -> None:
    shares = printed(terminal.run("--demo"))
    kit = kit_in_force()
    assert kit is not None
    assert combine(shares[:2], kit)
    assert printed(terminal.run("--demo")) == []
    assert kit_in_force() == kit


def test_outside_a_demo_nothing_is_made_without_asking(terminal: Terminal, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO"):
        terminal.run("--demo")
    assert kit_in_force() is None


# Renewing


def renewed(terminal: Terminal, old: list[str]) -> list[str]:
    """Renew the kit with two of the old shares, and return the new ones."""
    return printed(terminal.run("--renew", answers=[typed(old[0]), typed(old[2]), *PROVED]))


def recovered(going: Walk, shares: list[str]) -> bool:
    """Return whether these shares carry out a recovery of the case."""
    cast = going.cast
    code = recovery.ask(going.case, [cast.user("mediator").handle], by=cast["member"])
    recovery.hold_ceremony(code, shares, by=[cast.user(login) for login in HOLDERS[:2]])
    return going.case.offers.filter(user=cast.user("mediator"), state=SeatOffer.State.OPEN).exists()


def test_after_a_renewal_the_new_shares_open_what_the_old_ones_did(terminal: Terminal, cast: Cast) -> None:
    old = made(terminal)
    going = walk(cast, "taken_in")
    before = RecoverySeal.objects.count()
    new = renewed(terminal, old)
    assert (RecoverySeal.objects.count(), f"{before} of {before}" in terminal.said) == (before, True)
    assert recovered(going, new[:2])


def test_after_a_renewal_the_old_shares_open_nothing(terminal: Terminal, cast: Cast) -> None:
    old = made(terminal)
    going = walk(cast, "taken_in")
    renewed(terminal, old)
    with pytest.raises(ShareRefused):
        recovered(going, old[:2])


@pytest.mark.everywhere
def test_a_renewal_that_stopped_goes_on_where_it_was(
    terminal: Terminal, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made(terminal)
    going = walk(cast, "taken_in")
    monkeypatch.setattr(organisation, "AT_ONCE", 1)
    first, newer = kit_in_force(), new_kit()
    assert first is not None
    state_kit(newer.kit)
    stopped = organisation.renew(combine(old[:2], first), newer.kit)
    assert next(stopped) == 1
    del stopped
    left = awaiting_renewal(newer.kit).count()
    said = terminal.run("--renew", answers=[typed(old[0]), typed(old[1])])
    assert (printed(said), f"{left} of {left}" in said, kits()) == ([], True, [first, newer.kit])
    assert recovered(going, list(newer.shares[:2]))


def test_a_seal_that_somebody_changed_is_dropped_by_a_renewal(terminal: Terminal, cast: Cast) -> None:
    old = made(terminal)
    walk(cast, "taken_in")
    spoilt = RecoverySeal.objects.order_by("pk")[0]
    RecoverySeal.objects.filter(pk=spoilt.pk).update(sealed=b"spoilt")
    renewed(terminal, old)
    assert not RecoverySeal.objects.filter(pk=spoilt.pk).exists()


@pytest.mark.parametrize("wrong", [0, 1])
def test_wrong_old_shares_change_nothing(terminal: Terminal, cast: Cast, wrong: int) -> None:
    old = made(terminal)
    answers = [typed(old[0]), typed(old[0])] if wrong else [typed("academic acid"), typed(old[0])]
    before = kit_in_force()
    with pytest.raises(CommandError, match="Nothing was changed"):
        terminal.run("--renew", answers=[*answers, *PROVED])
    assert kit_in_force() == before


def test_there_is_nothing_to_renew_before_there_is_a_kit(terminal: Terminal) -> None:
    with pytest.raises(CommandError, match="no recovery kit"):
        terminal.run("--renew")
