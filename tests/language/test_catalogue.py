"""The catalogue says everything, once, with nothing left out of a sentence; the compiled one is the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from babel.messages import Catalog, Message

from tests.language.catalogue import MO, compiled, in_catalogue

# %(name)s and %d, and {name} as the ledger's presenters have it; a doubled percent sign is none.
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def forms(words: str | Iterable[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ())


def places(words: str) -> list[str]:
    return sorted(PLACE.findall(words.replace("%%", "")))


def test_the_compiled_catalogue_is_what_the_written_one_says() -> None:
    assert MO.read_bytes() == compiled(in_catalogue())


def test_nothing_is_unsure_or_kept_for_later() -> None:
    catalogue = in_catalogue()
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_every_place_in_a_sentence_is_kept() -> None:
    """Of a count the singular may leave the number out, as "one" does; the plural may not."""
    astray = []
    for message in messages(in_catalogue()):
        asked, said = forms(message.id), [form for form in forms(message.string) if form]
        if said and any(places(form) != places(asked[-1]) for form in (said[-1:] if len(asked) > 1 else said)):
            astray.append(message.id)
    assert astray == []


def test_a_count_has_a_form_for_one_and_a_form_for_many() -> None:
    counted = [message for message in messages(in_catalogue()) if not isinstance(message.id, str)]
    assert [message.id for message in counted if len(set(map(bool, forms(message.string)))) > 1] == []
    assert in_catalogue().num_plurals == 2


def test_what_a_sentence_begins_and_ends_with_is_kept() -> None:
    """Spaces, line ends and final punctuation: sentences are put together from some of these."""
    astray = []
    for message in messages(in_catalogue()):
        for asked, said in zip(forms(message.id), forms(message.string), strict=True):
            same_edges = edges(asked) == edges(said)
            if said and not same_edges:
                astray.append((asked, said))
    assert astray == []


def edges(words: str) -> tuple[str, str, str]:
    bare = words.strip()
    last = bare[-1:] if bare[-1:] in ".?!:,;" else ""
    return words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :], last
