"""What the source marks is in the catalogue, all of it and nothing else, and said in Spanish."""

from __future__ import annotations

from tests.language.catalogue import in_catalogue, in_source
from tests.language.test_catalogue import forms, messages


def test_it_holds_exactly_what_the_source_marks() -> None:
    """`make messages` brings it to that: then what is new is to be said in Spanish."""
    held = {(message.context, message.id) for message in messages(in_catalogue())}
    assert held == {(context, words) for context, words in in_source()}


def test_everything_is_said_in_spanish() -> None:
    assert [message.id for message in messages(in_catalogue()) if not all(forms(message.string) or [""])] == []
