"""
Recovery: a case whose keys are lost is offered to named mediators, with the organisation's shares.

Somebody with a seat asks, and gets a code. Those who hold shares are given the code by hand, and are shown nothing
but whether it was carried out: not the case, not its words, not who asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts import roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from caracol.accounts.models.user import HANDLE_ALPHABET
from caracol.ledger.chain import entries, record
from caracol.vault import box, keystore
from caracol.vault.box import SealBroken
from caracol.vault.recovery import Kit, ShareRefused, combine, open_room_key
from grievances import access
from grievances.actions import people, serving
from grievances.actions.holding import hold
from grievances.actions.refusals import together_without_keys
from grievances.actions.telling import seated, tell
from grievances.attest import attested, one_deed
from grievances.deadlines import RECOVERY_DAYS
from grievances.events import EVENTS, Event
from grievances.exceptions import NotOpen, NotYours, Refused
from grievances.facts import Facts
from grievances.models import Case, Pseudonym, RecoveryRequest, RecoverySeal
from grievances.organisation import CEREMONY_HELD, CEREMONY_REFUSED, CHAIN, kit_in_force
from grievances.roles import May, Part
from grievances.rooms import ROOMS, RoomKind
from grievances.sealing import RoomKeys
from grievances.workflow import Needs, Step

# 16 letters and digits of 31 carry 79 random bits.
CODE_LENGTH = 16
GROUP = 4
State = RecoveryRequest.State

# One answer to every code that opens nothing, so that it tells nothing.
GONE = _("There is nothing to carry out for this code. It may have lapsed: whoever gave it to you can ask anew.")
NOTHING_SEALED = _(
    "Recovery can't open this case: it was left out when the concern was filed, or there was no recovery kit yet."
)


# Asking


@together_without_keys
def ask(case: Case, mediators: Collection[str], *, by: Actor) -> str:
    """
    Ask that the case be offered to the mediators with these handles; returns the code, which is kept nowhere.

    It holds for 14 days, and takes the place of an earlier one of the same person. Raises NotYours, NotOpen.
    """
    facts = Facts(case, by.user)
    named = _named(facts, set(mediators), by.user)
    code = get_random_string(CODE_LENGTH, HANDLE_ALPHABET)
    case.recovery_requests.filter(asked_by=by.user, state=State.OPEN).update(state=State.ENDED)
    request = RecoveryRequest.objects.create(
        case=case,
        asked_by=by.user,
        code_tag=_tag(code),
        asked_at=facts.kept,
        lapses_at=moments.after(facts.kept, RECOVERY_DAYS),
    )
    request.mediators.set(named)
    record(
        case.chain,
        Event.RECOVERY_ASKED,
        actor=Pseudonym.of(case.chain, by.user),
        request=request.token,
        code=request.code_tag,
        to=_pseudonyms(case, named),
    )
    tell(case, seated(case, EVENTS[Event.RECOVERY_ASKED].seen_by) - {by.user.pk}, Event.RECOVERY_ASKED, at=facts.kept)
    return "-".join(code[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))


def can_be_recovered(case: Case) -> bool:
    """Return whether the organisation's shares could open any room of the case but `names`."""
    seals = RecoverySeal.objects.filter(room__case=case, room__destroyed_at=None)
    return seals.exclude(room__kind__in=_asked_rooms()).exists()


def _named(facts: Facts, handles: set[str], asked_by: User) -> list[User]:
    if facts.me is None or not facts.me.may(May.RECOVER):
        raise NotYours(_("Recovery is asked for by the reporter, the person harmed, or who serves in the case."))
    if not facts.case.is_open:
        raise NotOpen(_("Recovery is for an open case."))
    if not can_be_recovered(facts.case):
        raise NotOpen(NOTHING_SEALED)
    named = [user for user in people.who_could_take_over(facts.case, asked_by=asked_by) if user.handle in handles]
    if not named or len(named) != len(handles):
        raise NotOpen(_("This person can't be asked to serve in this case."), "7.0")
    seated = {seat.user_id for seat in facts.mediators}
    if len(seated | {user.pk for user in named}) > facts.mediators_wanted:
        raise NotOpen(Needs.A_FREE_SEAT.reason, Needs.A_FREE_SEAT.clause)
    return named


# The ceremony


def hold_ceremony(code: str, shares: Sequence[str], *, by: Collection[User]) -> None:
    """
    Carry out the request that `code` stands for: its mediators are asked to serve, with the keys the shares open.

    `by` are the people who typed the shares, each with their own password. Raises ShareRefused for the shares, and
    NotOpen, in the same words, for whatever else does not fit. Held or refused, the ledger says who was there.
    """
    there = sorted(user.handle for user in by)
    try:
        kit = _kit_for(by)
        private = combine(shares, kit)
        with one_deed():
            _carry_out(_held(code), private, kit)
            record(CHAIN, CEREMONY_HELD, by=there)
    except (Refused, ShareRefused):
        record(CHAIN, CEREMONY_REFUSED, by=there)
        raise


def _kit_for(by: Collection[User]) -> Kit:
    kit = kit_in_force()
    if kit is None:
        raise NotOpen(_("There is no recovery kit yet."))
    holders = {user.pk for user in by if roles.holds(user, SiteRole.STEERING)}
    if len(holders) < max(kit.needed, len(by)):
        raise NotYours(_("Each share is typed by another member of the steering committee."))
    return kit


def _held(code: str) -> RecoveryRequest:
    """Return the open request of this code, its case held. Raises NotOpen where there is none that the ledger knows."""
    found = RecoveryRequest.objects.filter(code_tag=_tag(code)).select_related("case").first()
    if found is None:
        raise NotOpen(GONE)
    case = hold(found.case)
    request = RecoveryRequest.objects.select_related("asked_by").get(pk=found.pk)
    request.case = case
    stands = request.state == State.OPEN and case.is_open and access.may(request.asked_by, May.RECOVER, case)
    if not stands or not _attested(request):
        raise NotOpen(GONE)
    return request


def _attested(request: RecoveryRequest) -> bool:
    """Return whether the ledger says the same: the last request of this person, not too old, not carried out."""
    case = request.case
    told = entries(case.chain)
    who = Pseudonym.of(case.chain, request.asked_by)
    asked = [entry for entry in told if entry.event == Event.RECOVERY_ASKED and entry.actor == who]
    done = {entry.details["request"] for entry in told if entry.event == Event.RECOVERED}
    if not asked or request.token in done or timezone.now() >= moments.after(asked[-1].at, RECOVERY_DAYS):
        return False
    said = asked[-1].details
    named = _pseudonyms(case, request.mediators.all())
    return (said["request"], said["code"], said["to"]) == (request.token, request.code_tag, named)


def _carry_out(request: RecoveryRequest, private: bytes, kit: Kit) -> None:
    case, now = request.case, moments.kept()
    keys = _opened(case, private, kit)
    named = set(request.mediators.values_list("pk", flat=True))
    willing = [user for user in people.who_could_take_over(case, asked_by=request.asked_by) if user.pk in named]
    if not keys or not willing or not can_be_recovered(case):
        raise NotOpen(GONE)
    for user in willing:
        serving.offer_with(case, user, Part.MEDIATOR, keys=keys, asked_by=request.asked_by, at=now)
    request.state = State.DONE
    request.save(update_fields=["state"])
    record(case.chain, Event.RECOVERED, request=request.token, to=_pseudonyms(case, willing))
    tell(case, seated(case, EVENTS[Event.RECOVERED].seen_by), Event.RECOVERED, at=now)
    tell(case, {user.pk for user in willing} - seated(case, frozenset(Part)), Step.ASK, at=now)


def _opened(case: Case, private: bytes, kit: Kit) -> Mapping[int, RoomKeys]:
    """Return the private keys of the case's rooms, by room id and epoch: those whose public half the ledger states."""
    seals = list(RecoverySeal.objects.filter(room__case=case, room__destroyed_at=None).select_related("room"))
    if any(seal.kit != kit.fingerprint for seal in seals):
        raise NotOpen(_("The recovery kit is being renewed. Finish that first, then try again."))
    shred = keystore.keys_of(seal.room.token for seal in seals)
    said = attested(case.chain)
    opened: dict[int, dict[int, bytes]] = {}
    for seal in seals:
        token, sealed = seal.room.token, bytes(seal.sealed)
        with suppress(SealBroken, KeyError):
            key = open_room_key(sealed, room=token, epoch=seal.epoch, private=private, shred=shred[token])
            if box.box_public(key) == said.epochs[token, seal.epoch]:
                opened.setdefault(seal.room_id, {})[seal.epoch] = key
    return opened


def _pseudonyms(case: Case, users: Iterable[User]) -> list[str]:
    return sorted(Pseudonym.of(case.chain, user) for user in users)


def _asked_rooms() -> list[RoomKind]:
    return [kind for kind, rule in ROOMS.items() if rule.asked]


def _tag(code: str) -> str:
    """Return the keyed hash of a code as typed: capitals, spaces and dashes do not count."""
    typed = "".join(re.findall("[a-z0-9]", code.lower()))
    return box.mac(box.subkey(settings.SECRET_KEY.encode(), "recovery code"), typed.encode()).hex()
