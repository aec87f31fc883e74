"""The buckets and the hour's secret in Redis, which forgets each by itself. Every function raises RedisError."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from redis import Redis

HERE = "caracol-limits:"

_TAKE = """
local burst, every, ahead, now, apart =
    tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if full > now + (burst + ahead) * every + apart then full = now end
if full > now + (burst - 1 + ahead) * every then return math.min(-1, now + (burst - 1) * every - full) end
full = full + every
redis.call('SET', KEYS[1], string.format('%d', full), 'PX', full - now)
return math.max(0, full - now - burst * every)
"""
_GIVE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECRBY', KEYS[1], ARGV[1]) end
"""


def take(key: str, burst: int, every: int, ahead: int, now: int, *, apart: int) -> int:  # noqa: PLR0913 -- all numbers
    """Return the wait in milliseconds for the token taken, or, as a negative number, for the next where none was."""
    return int(_server().eval(_TAKE, 1, HERE + key, burst, every, ahead, now, apart))


def give_back(key: str, every: int) -> None:
    """Put a token back; what is kept of the bucket still goes when it said it would."""
    _server().eval(_GIVE_BACK, 1, HERE + key, every)


def hour_secret(hour: int, fresh: bytes) -> bytes:
    """Return the secret of this hour: `fresh`, unless it has one already. It is gone within the next."""
    name = f"{HERE}hour:{hour}"
    _server().set(name, fresh.hex(), nx=True, ex=60 * 60)
    return bytes.fromhex(str(_server().get(name) or fresh.hex()))


def _server() -> Redis:
    return _connected(settings.REDIS_URL)


@lru_cache(maxsize=1)
def _connected(url: str) -> Redis:
    return Redis.from_url(url, decode_responses=True, socket_timeout=1, socket_connect_timeout=1)
