"""Who knocks: an account, an address, or a browser that somebody logged in with; each only as a keyed HMAC."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from redis import RedisError

from caracol.limits import buckets, redis_buckets
from caracol.limits.models import HourSecret
from caracol.vault import box

KNOWN_FOR_SECONDS = 180 * 24 * 60 * 60
NEWLY_KNOWN = "_browser_newly_known"


def account_key(door: str, person: str) -> str:
    """Return the key of an account's bucket; `person` may be anything that is the same for one account."""
    return _key(b"", f"{door} account {person}")


def address_key(door: str, request: HttpRequest) -> str:
    """Return the key of an address's bucket: another one every hour, and nobody can tell which it was before."""
    return _key(_hour_secret(), f"{door} address {_network(address_of(request))}")


def browser_key(door: str, browser: str) -> str:
    """Return the key of a known browser's bucket, another one every hour."""
    return _key(_hour_secret(), f"{door} browser {browser}")


def everyone_key(door: str) -> str:
    """Return the key of the bucket that all strangers share."""
    return _key(b"", f"{door} everyone")


def address_of(request: HttpRequest) -> str:
    """
    Return the address that the request came from, as the outermost of our own proxies saw it.

    A proxy adds, at the end of X-Forwarded-For, whom it was asked by; what stands before is hearsay.
    """
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    ours = settings.PROXIES
    return seen[-ours] if 0 < ours <= len(seen) else str(request.META.get("REMOTE_ADDR", ""))


# --- Browsers that somebody logged in with ---


def known_browser(request: HttpRequest, person: str) -> str | None:
    """Return the name of this browser if this person has logged in with it before; to anyone else it says nothing."""
    try:
        signed = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
        return _signer(person).unsign(signed, max_age=KNOWN_FOR_SECONDS)
    except BadSignature:
        return None


def remember_browser(request: HttpRequest, person: str) -> None:
    """Have the browser keep that this person logged in with it; the cookie does not say who."""
    setattr(request, NEWLY_KNOWN, _signer(person).sign(secrets.token_urlsafe(12)))


def write_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the cookie where this request made its browser known."""
    value = getattr(request, NEWLY_KNOWN, None)
    if value is not None:
        name, secure = settings.BROWSER_COOKIE_NAME, not settings.DEMO
        response.set_cookie(name, value, KNOWN_FOR_SECONDS, httponly=True, secure=secure, samesite="Strict")


def _signer(person: str) -> TimestampSigner:
    return TimestampSigner(salt=f"caracol.limits.browser {person}")


# --- Keys ---


def _key(secret: bytes, whose: str) -> str:
    site = box.subkey(settings.SECRET_KEY.encode(), "limits")
    return box.mac(site, secret + whose.encode(errors="replace")).hex()


def _hour_secret() -> bytes:
    hour, fresh = buckets.hour(), box.new_key()
    try:
        if settings.REDIS_URL:
            return redis_buckets.hour_secret(hour, fresh)
    except RedisError:
        pass
    kept = HourSecret.objects.filter(hour=hour).first()
    if kept is None:
        buckets.sweep()
        kept, _made = HourSecret.objects.get_or_create(hour=hour, defaults={"secret": fresh})
    return bytes(kept.secret)


def _network(address: str) -> str:
    """Return the address itself, or of IPv6 the network of 64 bits that one household or machine has to itself."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64 if known.version == 6 else 32), strict=False))
