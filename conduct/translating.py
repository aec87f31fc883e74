"""A translation of the Code, from the TOML file beside it to the rows it belongs to: unofficial, and never the Code."""

from __future__ import annotations

import tomllib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from conduct.loading import CodeRefused
from conduct.models import Clause, Version

TEXTS_OF_VERSION = frozenset({"label", "title", "preamble"})
TEXTS_OF_CLAUSE = frozenset({"text", "here"})
# As in the Code itself: what the app says about a clause follows the app.
MAY_CHANGE = "here"


@transaction.atomic
def load_translation(source: str, version: Version, *, language: str) -> None:
    """
    Load a translation of `version` from the TOML text `source`; its format is explained in conduct/code.es.toml.

    It is written once: loading it again changes nothing but `here`. Raise CodeRefused for one of another text, one
    that lacks a clause, other words than those loaded already, or a malformed file.
    """
    told = _read(source, version)
    _keep(version, {name: told[name] for name in TEXTS_OF_VERSION}, language)
    for clause in version.clauses.all():
        _keep(clause, told["clauses"][clause.address], language)


def _read(source: str, version: Version) -> dict[str, Any]:
    try:
        told = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise CodeRefused(_("This is not a TOML file: %(error)s") % {"error": error}) from error
    if told.get("translation_of") != version.source_hash:
        own = {"hash": version.source_hash}
        raise CodeRefused(_("This translates another text: its translation_of is not %(hash)s.") % own)
    clauses = told.get("clauses")
    addresses = {clause.address for clause in version.clauses.all()}
    if not isinstance(clauses, dict) or clauses.keys() != addresses:
        raise CodeRefused(_("A translation has every clause of its text, and no other."))
    _expect(TEXTS_OF_VERSION, told, where=_("the file"))
    for address, words in clauses.items():
        _expect(TEXTS_OF_CLAUSE, words, where=address)
    return told


def _expect(texts: frozenset[str], words: object, *, where: str) -> None:
    for name in sorted(texts):
        if not isinstance(words, dict) or not isinstance(words.get(name), str) or not words[name].strip():
            raise CodeRefused(_("%(where)s: “%(name)s” must be text.") % {"where": where, "name": name})


def _keep(row: Version | Clause, words: dict[str, str], language: str) -> None:
    known = row.translated.get(language)
    if known == words:
        return
    if known and _frozen(known) != _frozen(words):
        raise CodeRefused(_("Another translation of this text is loaded already."))
    row.translated = {**row.translated, language: words}
    row.save(update_fields=["translated"])


def _frozen(words: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in words.items() if name != MAY_CHANGE}
