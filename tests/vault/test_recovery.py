from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic.share import Share

from caracol.vault import box, recovery
from caracol.vault.box import SealBroken
from caracol.vault.recovery import (
    Kit,
    NewKit,
    ShareForeign,
    ShareMistyped,
    ShareRefused,
    ShareRepeated,
    TooFewShares,
    combine,
    new_kit,
)

# Splitting costs some thousands of hashes, so the properties look at fewer examples.
FEW = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def made() -> NewKit:
    return new_kit()


@st.composite
def kits(draw: st.DrawFn) -> tuple[NewKit, list[str]]:
    """A kit of some size, and all its shares in some order."""
    shares = draw(st.integers(2, 7))
    made = new_kit(draw(st.integers(2, shares)), shares)
    return made, draw(st.permutations(made.shares))


def lying_about(share: str, needed: int) -> str:
    """Return the same share, saying that fewer of its kind are needed, with a checksum that fits."""
    return str(replace(Share.from_mnemonic(share), member_threshold=needed).mnemonic())


@FEW
@given(kits())
def test_any_k_of_n_shares_give_the_key(drawn: tuple[NewKit, list[str]]) -> None:
    made, shares = drawn
    private = combine(shares[: made.kit.needed], made.kit)
    assert box.box_public(private) == made.kit.public


@FEW
@given(kits())
def test_fewer_than_k_shares_are_refused(drawn: tuple[NewKit, list[str]]) -> None:
    made, shares = drawn
    with pytest.raises(TooFewShares):
        combine(shares[: made.kit.needed - 1], made.kit)


@FEW
@given(kits())
def test_fewer_than_k_shares_give_no_key_whatever_they_say_they_need(drawn: tuple[NewKit, list[str]]) -> None:
    made, shares = drawn
    fewer = made.kit.needed - 1
    lies = [lying_about(share, fewer) for share in shares[:fewer]]
    with pytest.raises(ShareForeign):
        combine(lies, replace(made.kit, needed=fewer))


@FEW
@given(st.lists(st.text(), max_size=4))
def test_whatever_is_typed_is_refused_and_nothing_else_happens(made: NewKit, typed: list[str]) -> None:
    with pytest.raises(ShareRefused):
        combine(typed, made.kit)


def test_two_of_three_is_the_usual_kit(made: NewKit) -> None:
    assert (made.kit.needed, made.kit.shares, len(set(made.shares))) == (2, 3, 3)


@pytest.mark.parametrize(("needed", "shares"), [(1, 3), (0, 0), (3, 2), (2, 17)])
def test_a_kit_that_guards_nothing_or_can_not_be_is_refused(needed: int, shares: int) -> None:
    with pytest.raises(ValueError, match="share"):
        new_kit(needed, shares)


def test_a_share_may_be_typed_in_capitals_with_numbers_and_line_ends(made: NewKit) -> None:
    numbered = "\n".join(f"{at}. {word.upper()}" for at, word in enumerate(made.shares[0].split(), start=1))
    assert combine([numbered, made.shares[2]], made.kit) == combine(made.shares[:2], made.kit)


def test_a_wrong_word_points_at_its_share(made: NewKit) -> None:
    words = made.shares[1].split()
    words[9] = "academic" if words[9] != "academic" else "acid"
    with pytest.raises(ShareMistyped) as refused:
        combine([made.shares[0], " ".join(words)], made.kit)
    assert refused.value.number == 2


def test_a_share_cut_short_points_at_its_share(made: NewKit) -> None:
    with pytest.raises(ShareMistyped) as refused:
        combine([" ".join(made.shares[0].split()[:-1]), made.shares[1]], made.kit)
    assert refused.value.number == 1


def test_the_same_share_twice_is_refused(made: NewKit) -> None:
    with pytest.raises(ShareRepeated) as refused:
        combine([made.shares[2], made.shares[2]], made.kit)
    assert refused.value.number == 2


def test_a_share_of_another_kit_is_refused(made: NewKit) -> None:
    other = new_kit()
    while other.kit.mark == made.kit.mark:
        other = new_kit()
    with pytest.raises(ShareForeign) as refused:
        combine([made.shares[0], other.shares[1]], made.kit)
    assert refused.value.number == 2


def test_shares_of_another_kit_that_bears_the_same_mark_give_nothing(made: NewKit) -> None:
    posing = [replace(Share.from_mnemonic(share), identifier=made.kit.mark).mnemonic() for share in new_kit().shares]
    with pytest.raises(ShareForeign) as refused:
        combine(posing[:2], made.kit)
    assert refused.value.number == 0


def test_a_changed_share_with_a_fitting_checksum_gives_nothing(made: NewKit) -> None:
    share = Share.from_mnemonic(made.shares[0])
    forged = replace(share, value=bytes([share.value[0] ^ 1]) + share.value[1:]).mnemonic()
    with pytest.raises(ShareForeign):
        combine([forged, made.shares[1]], made.kit)


@pytest.mark.parametrize("typed", [0, 1])
def test_a_refusal_quotes_no_word_of_what_was_typed(made: NewKit, typed: int) -> None:
    words = made.shares[typed].split()
    words[typed] = "notaword"
    with pytest.raises(ShareMistyped) as refused:
        combine([" ".join(words)], made.kit)
    assert (str(refused.value), refused.value.__cause__) == ("share 1", None)


def test_no_share_shows_in_a_repr(made: NewKit) -> None:
    assert [share for share in made.shares if share in repr(made)] == []


def test_a_room_key_sealed_to_the_organisation_opens_with_the_key_of_its_shares(made: NewKit) -> None:
    shred, private = box.new_key(), box.new_box_pair().private
    sealed = recovery.seal_room_key(private, room="r", epoch=2, kit=made.kit, shred=shred)
    key = combine(made.shares[1:], made.kit)
    assert recovery.open_room_key(sealed, room="r", epoch=2, private=key, shred=shred) == private


def sealed_and_key(kit: Kit, shares: tuple[str, ...]) -> tuple[bytes, bytes, bytes]:
    shred = box.new_key()
    return recovery.seal_room_key(box.new_key(), room="r", epoch=2, kit=kit, shred=shred), combine(shares, kit), shred


@pytest.mark.parametrize(("room", "epoch"), [("other", 2), ("r", 1)])
def test_a_seal_moved_to_another_room_or_epoch_does_not_open(made: NewKit, room: str, epoch: int) -> None:
    sealed, key, shred = sealed_and_key(made.kit, made.shares[:2])
    with pytest.raises(SealBroken):
        recovery.open_room_key(sealed, room=room, epoch=epoch, private=key, shred=shred)


def test_a_seal_does_not_open_without_the_shred_key(made: NewKit) -> None:
    sealed, key, _shred = sealed_and_key(made.kit, made.shares[:2])
    with pytest.raises(SealBroken):
        recovery.open_room_key(sealed, room="r", epoch=2, private=key, shred=box.new_key())


def test_two_kits_never_have_the_same_fingerprint() -> None:
    fingerprints = sorted(new_kit().kit.fingerprint for _each in range(4))
    assert [pair for pair in pairwise(fingerprints) if pair[0] == pair[1]] == []
