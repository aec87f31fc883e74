"""A security key in software: makes a key pair for a site, and signs what a browser at that site is asked."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, WITH_NEW_KEY = 0x01, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


@dataclass
class Authenticator:
    """One key, held at a browser which is at `origin`."""

    origin: str = "http://testserver"
    site: str = "testserver"
    count: int = 0
    name: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """Answer `navigator.credentials.create`."""
        data = client_data("webauthn.create", json.loads(options)["challenge"], self.origin)
        new = bytes(16) + len(self.name).to_bytes(2, "big") + self.name + self._public()
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._said(PRESENT | WITH_NEW_KEY) + new})
        return self._answer(clientDataJSON=data, attestationObject=attested)

    def get(self, options: str, *, flags: int = PRESENT) -> str:
        """Answer `navigator.credentials.get`, by a touch that counts."""
        self.count += 1
        data, said = client_data("webauthn.get", json.loads(options)["challenge"], self.origin), self._said(flags)
        signature = self.private.sign(said + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=data, authenticatorData=said, signature=signature)

    def _said(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public(self) -> bytes:
        point = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return cbor2.dumps(cose)

    def _answer(self, **response: bytes) -> str:
        said = {part: text(raw) for part, raw in response.items()}
        return json.dumps({"id": text(self.name), "rawId": text(self.name), "type": "public-key", "response": said})
