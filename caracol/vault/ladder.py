"""
The key ladder: a person's keys, the keys of a room by epoch, and the entries sealed to a room.

Each rung names what it belongs to (person, room, epoch, entry, version, author) inside what it
seals, and checks it on opening: sealed bytes put in another place do not open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from caracol.vault import box
from caracol.vault.box import SealBroken


@dataclass(frozen=True)
class PublicKeys:
    """The halves everybody may know: others seal to `box` and check signatures with `sign`."""

    box: bytes
    sign: bytes

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of both keys, 64 hexadecimal digits."""
        return hashlib.sha256(self.box + self.sign).hexdigest()


@dataclass(frozen=True)
class PersonKeys:
    """The private halves of one person's keys, 32 bytes each; never shown by repr."""

    box: bytes = field(repr=False)
    sign: bytes = field(repr=False)

    @property
    def public(self) -> PublicKeys:
        """The public halves of the same keys."""
        return PublicKeys(box.box_public(self.box), box.sign_public(self.sign))

    def to_bytes(self) -> bytes:
        """Return both keys as 64 bytes, to be locked."""
        return self.box + self.sign

    @classmethod
    def from_bytes(cls, both: bytes) -> PersonKeys:
        """Return the keys that `to_bytes` wrote; raises SealBroken when they are not 64 bytes."""
        if len(both) != 2 * box.KEY_BYTES:
            raise SealBroken
        return cls(both[: box.KEY_BYTES], both[box.KEY_BYTES :])


class Stretching(NamedTuple):
    """How a password is stretched: the salt and the cost of its Argon2id. They stand beside what came of it."""

    salt: bytes
    passes: int
    kibibytes: int


@dataclass(frozen=True)
class Stretched:
    """
    What a password came to by one Argon2id: kept nowhere, and gone with the answer it was needed for.

    Two keys come of it, by names of their own, and neither says anything of the other: `verifier`, which is kept to
    know the password again, and `opener`, under which the person's keys are locked.
    """

    how: Stretching
    secret: bytes = field(repr=False)

    @property
    def verifier(self) -> bytes:
        """What may be kept: 32 bytes that open nothing."""
        return box.subkey(self.secret, "caracol password verifier")

    @property
    def opener(self) -> bytes:
        """What locks and unlocks the person's keys."""
        return box.subkey(self.secret, "caracol person keys")


@dataclass(frozen=True)
class EntryFacts:
    """Where an entry belongs and who wrote it: `author` is a person's handle."""

    room: str
    epoch: int
    entry: str
    version: int
    author: str


def new_person() -> PersonKeys:
    """Return the keys of a new person."""
    return PersonKeys(box.new_box_pair().private, box.new_sign_pair().private)


def stretch(password: str, how: Stretching) -> Stretched:
    """Stretch a password: one Argon2id. Raises SealBroken for a salt that can be none, and turns.Busy."""
    if len(how.salt) != box.SALT_BYTES:
        raise SealBroken
    return Stretched(how, box.stretch(password, how.salt, passes=how.passes, kibibytes=how.kibibytes))


def lock_person(keys: PersonKeys, stretched: Stretched, *, handle: str) -> bytes:
    """Lock a person's keys under a stretched password; they open for the same handle, salt and cost only."""
    return box.lock(stretched.opener, keys.to_bytes(), bound=_facts("person", handle=handle))


def unlock_person(locked: bytes, stretched: Stretched, *, handle: str) -> PersonKeys:
    """Open what `lock_person` locked; raises SealBroken for another password, handle, salt or cost."""
    return PersonKeys.from_bytes(box.unlock(stretched.opener, locked, bound=_facts("person", handle=handle)))


def seal_room_key(  # noqa: PLR0913 (the facts of a grant, each named by the caller)
    private: bytes, *, room: str, epoch: int, to: str, public: bytes, wraps: Sequence[bytes]
) -> bytes:
    """
    Seal one epoch's private room key to the person with handle `to` and box key `public`.

    The seal is locked under each key of `wraps` in turn: the room's shred key always, an offer
    key beside it where the seat is only offered. Raises ValueError without a wrap, since that
    seal would outlive the room's destruction.
    """
    if not wraps:
        raise ValueError("a room key is always wrapped under its shred key")
    facts = _facts("room key", room=room, epoch=epoch, to=to)
    sealed = box.seal(public, _join(facts, private))
    for wrap in wraps:
        sealed = box.lock(wrap, sealed, bound=facts)
    return sealed


def open_room_key(  # noqa: PLR0913 (the facts of a grant, each named by the caller)
    sealed: bytes, *, room: str, epoch: int, to: str, keys: PersonKeys, wraps: Sequence[bytes]
) -> bytes:
    """Open what `seal_room_key` made for the same facts, person and wraps (in the same order), or raise SealBroken."""
    facts = _facts("room key", room=room, epoch=epoch, to=to)
    for wrap in reversed(wraps):
        sealed = box.unlock(wrap, sealed, bound=facts)
    return _part(box.open_seal(keys.box, sealed), facts)


def seal_entry(body: bytes, *, facts: EntryFacts, author: PersonKeys, room_public: bytes) -> bytes:
    """Seal an entry to a room's public key of `facts.epoch`, its facts and the author's signature inside."""
    signed = _join(_facts("entry", **asdict(facts)), body)
    return box.seal(room_public, box.sign(author.sign, signed) + signed)


def open_entry(sealed: bytes, *, facts: EntryFacts, author_sign: bytes, room_private: bytes) -> bytes:
    """Open what `seal_entry` made by this author for these very facts, or raise SealBroken."""
    opened = box.open_seal(room_private, sealed)
    signature, signed = opened[: box.SIGNATURE_BYTES], opened[box.SIGNATURE_BYTES :]
    box.verify(author_sign, signed, signature)
    return _part(signed, _facts("entry", **asdict(facts)))


def _facts(kind: str, **facts: str | int) -> bytes:
    """Return the facts as canonical JSON, so that two different sets of facts never look alike."""
    return json.dumps({"kind": kind, **facts}, sort_keys=True, separators=(",", ":")).encode()


def _join(facts: bytes, content: bytes) -> bytes:
    """Put facts before content, their length before them: one reading only."""
    return len(facts).to_bytes(4) + facts + content


def _part(joined: bytes, facts: bytes) -> bytes:
    """Return the content joined to exactly these facts, or raise SealBroken."""
    start = _join(facts, b"")
    if not joined.startswith(start):
        raise SealBroken
    return joined[len(start) :]
