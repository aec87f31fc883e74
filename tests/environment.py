"""
The environment that tests run in, loaded before Django reads it: the embedded default in a folder of its own.

Argon2 is weak here, so that logging in a hundred times costs little; nothing else is. Of several test processes each
has a Redis database of its own, counted on from the one named.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_var = Path(tempfile.mkdtemp(prefix="caracol-tests-"))
(_var / "static").mkdir()
os.environ.update({"DEMO": "1", "VAR_DIR": str(_var), "ALLOWED_HOSTS": "localhost,127.0.0.1"})

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
_server, _slash, _number = os.environ.get("REDIS_URL", "").rpartition("/")
if _number.isdecimal():
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) + int(_worker)}"
