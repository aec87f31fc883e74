"""
The organisation's key, k of n: a pair whose private half exists only as SLIP-39 shares on paper.

Whoever holds fewer than k shares learns nothing; k of them together give the private half, for as long as the
process that combines them keeps it. Every refusal says which share to look at, and nothing of what is in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import shamir_mnemonic
from shamir_mnemonic.share import Share

from caracol.vault import box, ladder

# Whom a room key is sealed to, in the place of a handle: no person has this one, since every handle is longer.
ORGANISATION = "organisation"
NEEDED, SHARES = 2, 3
# SLIP-39 knows no more.
MOST_SHARES = 16


class ShareRefused(Exception):
    """The shares typed do not give the key. `number` is the share to look at, from 1; 0 stands for all of them."""

    def __init__(self, number: int = 0) -> None:
        super().__init__(f"share {number}")
        self.number = number


class ShareMistyped(ShareRefused):
    """A word is wrong, missing or too many: the share's own checksum fails."""


class ShareRepeated(ShareRefused):
    """The same share was typed before."""


class ShareForeign(ShareRefused):
    """The share is not one of this kit's; with number 0: together they do not give this kit's key."""


class TooFewShares(ShareRefused):
    """There are fewer shares than the kit needs."""


@dataclass(frozen=True)
class Kit:
    """
    What everybody may know of a kit: its public key, and how many of its shares are needed.

    `mark` is the number that all its shares begin with (SLIP-39's identifier, 15 bits).
    """

    public: bytes
    mark: int
    needed: int
    shares: int

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the public key, 64 hexadecimal digits."""
        return hashlib.sha256(self.public).hexdigest()


@dataclass(frozen=True)
class NewKit:
    """A kit at the one moment when its shares exist outside paper; repr shows none of them."""

    kit: Kit
    shares: tuple[str, ...] = field(repr=False)


def new_kit(needed: int = NEEDED, shares: int = SHARES) -> NewKit:
    """Make a pair and split its private half; raises ValueError unless 2 <= needed <= shares <= 16."""
    if not 2 <= needed <= shares <= MOST_SHARES:
        raise ValueError("a kit needs at least two of its shares, and has no more than 16")
    pair = box.new_box_pair()
    [split] = shamir_mnemonic.generate_mnemonics(1, [(needed, shares)], pair.private)
    mark = Share.from_mnemonic(split[0]).identifier
    return NewKit(Kit(pair.public, mark, needed, shares), tuple(split))


def plain(typed: str) -> str:
    """Return a share as typed in one form: small letters, one space between words; numbers and dots go."""
    return " ".join(re.findall("[a-z]+", typed.lower()))


def combine(typed: Sequence[str], kit: Kit) -> bytes:
    """
    Return the kit's private key from `kit.needed` of its shares, in any order; further ones are checked only.

    Raises ShareRefused, and nothing else, for whatever was typed.
    """
    shares: list[Share] = []
    for number, words in enumerate(typed, start=1):
        share = _read(words, number)
        if not _belongs(share, kit):
            raise ShareForeign(number)
        if any(share.index == other.index for other in shares):
            raise ShareRepeated(number)
        shares.append(share)
    if len(shares) < kit.needed:
        raise TooFewShares
    return _combined(shares[: kit.needed], kit)


def seal_room_key(private: bytes, *, room: str, epoch: int, kit: Kit, shred: bytes) -> bytes:
    """Seal one epoch's private room key to the organisation, locked under the room's shred key."""
    return ladder.seal_room_key(private, room=room, epoch=epoch, to=ORGANISATION, public=kit.public, wraps=[shred])


def open_room_key(sealed: bytes, *, room: str, epoch: int, private: bytes, shred: bytes) -> bytes:
    """Open what `seal_room_key` made, with the organisation's private key; raises SealBroken."""
    keys = ladder.PersonKeys(box=private, sign=b"")
    return ladder.open_room_key(sealed, room=room, epoch=epoch, to=ORGANISATION, keys=keys, wraps=[shred])


def _read(words: str, number: int) -> Share:
    try:
        return Share.from_mnemonic(plain(words))
    except shamir_mnemonic.MnemonicError:
        # Not chained: what the library says quotes the words.
        raise ShareMistyped(number) from None


def _belongs(share: Share, kit: Kit) -> bool:
    return (share.identifier, share.member_threshold, share.group_count) == (kit.mark, kit.needed, 1)


def _combined(shares: Sequence[Share], kit: Kit) -> bytes:
    try:
        private: bytes = shamir_mnemonic.combine_mnemonics([share.mnemonic() for share in shares])
    except shamir_mnemonic.MnemonicError:
        raise ShareForeign from None
    if len(private) != box.KEY_BYTES or box.box_public(private) != kit.public:
        raise ShareForeign
    return private
