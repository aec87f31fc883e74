"""How gunicorn serves Caracol, in `make run` and in production; its own flags and GUNICORN_CMD_ARGS go before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter

bind = "127.0.0.1:8000"
workers = 2
# Ten of them at most wait for a turn at Argon2 (caracol.vault.turns); the others go on answering.
threads = 12
control_socket_disable = True

# No log of requests: who opened which page when is told by the ledger, to those it concerns.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_content": {"()": "caracol.logs.WithoutContent"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_content"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}


def when_ready(server: Arbiter) -> None:
    """Print where the site is, once it listens."""
    places = " and ".join(f"http://{address}" for address in server.cfg.bind)
    print(f"Caracol is at {places} (Ctrl-C ends it).", flush=True)  # noqa: T201 -- meant for the terminal
