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


@dataclass(frozen=True)
class LockedKeys:
    """A person's keys as they are stored: under a password, with the salt of its stretching."""

    salt: bytes
    locked: bytes


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


def lock_person(keys: PersonKeys, password: str, *, handle: str, passes: int, kibibytes: int) -> LockedKeys:
    """Lock a person's keys under a password with a new salt; they open for the same handle and cost only."""
    salt = box.new_salt()
    key = _unlock_key(password, salt, passes, kibibytes)
    return LockedKeys(salt, box.lock(key, keys.to_bytes(), bound=_facts("person", handle=handle)))


def unlock_person(locked: LockedKeys, password: str, *, handle: str, passes: int, kibibytes: int) -> PersonKeys:
    """Open what `lock_person` locked; raises SealBroken for another password, handle or cost."""
    if len(locked.salt) != box.SALT_BYTES:
        raise SealBroken
    key = _unlock_key(password, locked.salt, passes, kibibytes)
    return PersonKeys.from_bytes(box.unlock(key, locked.locked, bound=_facts("person", handle=handle)))


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


def _unlock_key(password: str, salt: bytes, passes: int, kibibytes: int) -> bytes:
    return box.subkey(box.stretch(password, salt, passes=passes, kibibytes=kibibytes), "caracol person keys")


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
