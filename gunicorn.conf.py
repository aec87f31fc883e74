"""How gunicorn serves Caracol, in `make run` and in production; its own flags and GUNICORN_CMD_ARGS go before."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import tempfile
from typing import TYPE_CHECKING

from caracol import env, logs

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter

bind = "127.0.0.1:8000"
workers = 2
# Ten of them at most wait for a turn at Argon2 (caracol.vault.turns); the others go on answering.
threads = 12
control_socket_disable = True
# Told to end, a worker takes nothing new and has so long for what it is answering: an upload on a slow line.
graceful_timeout = 60

# No log of requests: who opened which page when is told by the ledger, to those it concerns.
accesslog = None
logconfig_dict = logs.configuration("WARNING", plain=env.flag("DEMO"))

# Where the workers add up what they count, for METRICS_TOKEN; made once, and kept when the configuration is read anew.
COUNTS = "PROMETHEUS_MULTIPROC_DIR"
if env.read("METRICS_TOKEN") and COUNTS not in os.environ:
    os.environ[COUNTS] = tempfile.mkdtemp(prefix="caracol-counts-")


# Whoever says nothing for so long in the middle of a request is let go: each holds a thread. Who says little, but goes
# on saying it, is for the proxy to hold, which hands on what is whole (Caddyfile).
SILENCE_SECONDS = 30


def when_ready(server: Arbiter) -> None:
    """Have connections end in silence, and print where the site is, once it listens."""
    for listener in server.LISTENERS:
        # Kept by every connection that it takes.
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE_SECONDS, 0))
    places = " and ".join(f"http://{address}" for address in server.cfg.bind)
    print(f"Caracol is at {places} (Ctrl-C ends it).", flush=True)  # noqa: T201 -- meant for the terminal


def on_exit(server: Arbiter) -> None:
    """Remove the counts, unless a newer gunicorn goes on with them."""
    if COUNTS in os.environ and not server.reexec_pid:
        shutil.rmtree(os.environ[COUNTS], ignore_errors=True)
