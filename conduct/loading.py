"""A version of the Code, from the TOML file it is kept in to rows that never change."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import tomllib
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from conduct.models import Clause, Version

ADDRESS = re.compile(r"([1-9][0-9]?)\.(0|[1-9][0-9]?)", re.ASCII)
TEXTS_OF_VERSION = frozenset({"label", "title", "preamble"})
TEXTS_OF_CLAUSE = frozenset({"text", "kind", "here"})


class CodeRefused(Exception):
    """The file is not a Code that can be loaded; the message says why."""


class Loaded(NamedTuple):
    """The version a file stands for, and whether loading it added it."""

    version: Version
    is_new: bool


@transaction.atomic
def load(source: str) -> Loaded:
    """
    Load the Code in the TOML text `source`; its format is explained in conduct/code.toml.

    A version is written once. Loading it again changes nothing but `here`, what the app says about each
    clause. Raise CodeRefused for other words under a date that is loaded already, or a malformed file.
    """
    version, clauses = _read(source)
    known = Version.objects.filter(since=version.since).first()
    if known is None:
        return Loaded(_add(version, clauses), is_new=True)
    if known.source_hash != version.source_hash:
        raise CodeRefused(
            _("Another text is already in force since %(since)s. Give the changed Code a date of its own.")
            % {"since": version.since}
        )
    _explain_anew(known, clauses)
    return Loaded(known, is_new=False)


def _add(version: Version, clauses: list[Clause]) -> Version:
    version.save()
    for clause in clauses:
        clause.version = version
    Clause.objects.bulk_create(clauses)
    return version


def _explain_anew(known: Version, clauses: list[Clause]) -> None:
    here = {clause.address: clause.here for clause in clauses}
    for clause in known.clauses.all():
        if clause.here != here[clause.address]:
            clause.here = here[clause.address]
            clause.save(update_fields=["here"])


def _read(source: str) -> tuple[Version, list[Clause]]:
    try:
        code = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise CodeRefused(_("This is not a TOML file: %(error)s") % {"error": error}) from error
    _expect(TEXTS_OF_VERSION, code, where=_("the file"), besides=frozenset({"in_force", "clauses"}))
    clauses = [_clause(address, facts) for address, facts in _table(code["clauses"], where="clauses").items()]
    _expect_no_gap(clauses)
    return _version(code, clauses), clauses


def _version(code: dict[str, Any], clauses: list[Clause]) -> Version:
    # A TOML date and time is a date to Python too, but no day on which a text comes into force.
    if type(code["in_force"]) is not datetime.date:
        raise CodeRefused(_("in_force must be a date, such as 2024-01-01, without quotation marks."))
    version = Version(
        since=code["in_force"], label=code["label"], title=code["title"], preamble=code["preamble"], source_hash=""
    )
    _validate(version, where=_("the file"), leaving_out={"source_hash"})
    version.source_hash = _hash(version, clauses)
    return version


def _clause(address: str, facts: object) -> Clause:
    parts = ADDRESS.fullmatch(address)
    if parts is None:
        raise CodeRefused(_("“%(address)s” is not an address such as 3.0 or 3.3.") % {"address": address})
    known = _table(facts, where=address)
    _expect(TEXTS_OF_CLAUSE, known, where=address)
    clause = Clause(
        article=int(parts[1]), number=int(parts[2]), text=known["text"], kind=known["kind"], here=known["here"]
    )
    _validate(clause, where=address, leaving_out={"version"})
    return clause


def _table(value: object, *, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CodeRefused(_("%(where)s: a table was expected.") % {"where": where})
    return value


def _expect(texts: frozenset[str], table: dict[str, Any], *, where: str, besides: frozenset[str] = frozenset()) -> None:
    for name in sorted((texts | besides) ^ table.keys()):
        reason = _("%(where)s: “%(name)s” is unknown.") if name in table else _("%(where)s: “%(name)s” is missing.")
        raise CodeRefused(reason % {"where": where, "name": name})
    for name in sorted(texts):
        if not isinstance(table[name], str):
            raise CodeRefused(_("%(where)s: “%(name)s” must be text.") % {"where": where, "name": name})


def _expect_no_gap(clauses: list[Clause]) -> None:
    """Articles count up from 1, the clauses of each from 0, in this order: otherwise a part got lost."""
    before = (0, 0)
    for clause in clauses:
        place = (clause.article, clause.number)
        if place not in {(before[0], before[1] + 1), (before[0] + 1, 0)} or clause.article == 0:
            raise CodeRefused(_("%(address)s: a part before it is missing.") % {"address": clause.address})
        before = place
    if not clauses:
        raise CodeRefused(_("This Code has no clauses."))


def _validate(row: Version | Clause, *, where: str, leaving_out: set[str]) -> None:
    try:
        row.clean_fields(exclude=leaving_out)
    except ValidationError as error:
        raise CodeRefused(f"{where}: {'; '.join(error.messages)}") from error


def _hash(version: Version, clauses: list[Clause]) -> str:
    """Return the SHA-256, in hex, of all that may never change under this date."""
    words = [[clause.address, clause.kind, clause.text] for clause in clauses]
    frozen = [version.since.isoformat(), version.label, version.title, version.preamble, words]
    return hashlib.sha256(json.dumps(frozen, ensure_ascii=False).encode()).hexdigest()
