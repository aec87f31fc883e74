"""What the environment says: each setting as NAME, or as NAME_FILE holding the path of a secret file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32
# 32 random hexadecimal digits have fewer different ones less than once in ten million.
FEWEST_CHARACTERS = 8
BUCKETS = {"s3": "https", "s3+http": "http"}


def read(name: str, default: str = "") -> str:
    """Return the setting `name`, from its variable or from the file its `_FILE` twin names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    """Return whether `name` is switched on ("1", "true", "yes" or "on")."""
    return read(name).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated words of `name`."""
    return [word.strip() for word in read(name, default).split(",") if word.strip()]


def secret(name: str, *, kept_in: Path | None) -> str:
    """
    Return the secret `name`: at least 32 characters, of which at least 8 are different.

    In the embedded default a missing secret is made once and kept in the folder `kept_in`
    (mode 600); elsewhere, with `kept_in` None, a missing or weak one stops the start with a
    sentence saying what to set.
    """
    value = read(name)
    if not value and kept_in is not None:
        value = _made_once(kept_in / name.lower())
    if len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_CHARACTERS:
        raise ImproperlyConfigured(
            f"Set {name} (or {name}_FILE) to a random secret of at least {SHORTEST_SECRET} characters, "
            f"for instance the output of: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return value


def bucket(name: str) -> dict[str, str] | None:
    """
    Return what a caracol.files.bucket.Bucket is made from, or None where `name` is not set.

    It is written s3://KEY:SECRET@HOST/BUCKET?region=NAME, or s3+http: without TLS. Raises ImproperlyConfigured, without
    what was set, since that holds a secret.
    """
    parts = urlsplit(read(name))
    found = {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "bucket_name": parts.path.strip("/"),
        "region_name": parse_qs(parts.query).get("region", ["us-east-1"])[0],
        "endpoint_url": f"{BUCKETS.get(parts.scheme)}://{parts.netloc.rpartition('@')[2]}",
    }
    if not read(name):
        return None
    if parts.scheme not in BUCKETS or not parts.hostname or not all(found.values()) or "/" in found["bucket_name"]:
        raise ImproperlyConfigured(
            f"Set {name} (or {name}_FILE) to s3://KEY:SECRET@HOST/BUCKET?region=NAME, with whatever is no letter and "
            f"no digit in KEY and SECRET percent-encoded; or leave it out, and files stand in a folder."
        )
    return found


def _made_once(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()
