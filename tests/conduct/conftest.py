from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

import conduct
from caracol.accounts.models import User
from caracol.accounts.people import join
from conduct.loading import load
from conduct.models import Version

CODE = Path(conduct.__file__).with_name("code.toml")


@pytest.fixture
def source() -> str:
    """The Caucus's Code as it is kept in the repository."""
    return CODE.read_text(encoding="utf-8")


@pytest.fixture
def version(source: str, db: None) -> Version:
    return load(source).version


@pytest.fixture
def ada(db: None) -> User:
    return join(login="ada", name="Ada Lovelace", email="ada@example.org", password="nine green snails walk")


@pytest.fixture
def ada_reads(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client
