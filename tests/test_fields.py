"""
Every column of both databases is declared sealed or plain, in `fields.txt`; and after a walk it holds what it says.

A field that is not declared fails here. So does a sealed one in which something can be read, and a plain one in which
there is a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from caracol.accounts.models import Contact, User
from tests.canary.plant import whole_way
from tests.columns import bare, declared, in_columns, tables
from tests.grievances.cast import Cast
from tests.matrix.world import the_world
from tests.story import Story
from tests.visitor import Visitor

# Ciphertext shows no such run but once in twenty thousand million bytes.
READABLE = re.compile(rb"[ -~]{24,}")
# Names, numbers, hashes and the typed facts of the ledger have no space in them, so no two words stand together.
NO_SENTENCE = re.compile(r"[\w/.:=+$,@{}\[\]\"'-]*", re.ASCII)
# What these walks write nothing in: what is sealed there is tried beside what writes it.
NOT_WALKED = {
    "accounts.Factor.sealed",  # tests/accounts/second_factor
    "accounts.Passphrase.sealed",  # tests/accounts/test_passphrase.py
    "accounts.RecoveryCopy.locked",  # tests/accounts/test_recovery.py
    "grievances.RecoverySeal.sealed",  # tests/grievances/test_organisation.py
}


def told_too_much() -> Iterator[str]:
    """Yield the columns in which something can be read: sealed ones with a readable run, plain ones with a sentence."""
    for name, value in in_columns("sealed"):
        if any(READABLE.search(each) for each in bare(value)):
            yield name
    for name, value in in_columns("plain"):
        if isinstance(value, str | dict | list):
            text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            if not NO_SENTENCE.fullmatch(text):
                yield name


def test_every_field_is_declared_and_nothing_else_is() -> None:
    said = declared()
    unused = {name for name, kind in said.items() if kind == "unused"}
    fields = {
        f"{model._meta.label}.{field.name}"
        for model in tables()
        if model._meta.label not in unused
        for field in model._meta.local_fields
    }
    assert (fields - set(said), set(said) - fields - unused) == (set(), set())


@pytest.mark.everywhere
@pytest.mark.django_db(databases=["default", "keys"])
def test_columns_hold_what_they_are_declared_to_hold(cast: Cast) -> None:
    the_world(cast)
    whole_way(Story(cast, Visitor.logged_in))
    seen = {name for name, value in in_columns("sealed") if value and any(bare(value))}
    assert [name for name, kind in declared().items() if kind == "sealed" and name not in seen | NOT_WALKED] == []
    assert list(told_too_much()) == []


@pytest.mark.django_db(databases=["default", "keys"])
def test_a_word_in_a_column_that_is_not_for_words_is_found(cast: Cast) -> None:
    said = "Robin shouted at me in June."
    user = cast.user("member")
    Contact.objects.filter(user=user).update(sealed=said.encode())
    User.objects.filter(pk=user.pk).update(login_tag=said)
    assert list(told_too_much()) == ["accounts.Contact.sealed", "accounts.User.login_tag"]


@pytest.mark.everywhere
@pytest.mark.django_db(databases=["default", "keys"])
def test_tables_that_are_not_used_stay_empty(cast: Cast) -> None:
    the_world(cast)
    unused = {name for name, kind in declared().items() if kind == "unused"}
    assert [
        model._meta.label for model in tables() if model._meta.label in unused and model._base_manager.exists()
    ] == []
