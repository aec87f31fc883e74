"""
The catalogue of translations: which words the source marks, what the .po holds, and the .mo compiled from it.

`make messages` brings the .po to what the source marks (new words come in empty, those that are gone go) and compiles
it. Babel reads Python by itself, and templates by way of Django's own rewriting, so that no gettext has to be there.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("caracol", "conduct", "grievances")
# A file that is the same whenever the words are: no date in it says when it was written.
WHENEVER = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}

Words = str | tuple[str, ...]


def python_files() -> list[Path]:
    """Return the files of the program, but for what Django wrote."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in files if "migrations" not in path.parts)


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def in_source() -> dict[tuple[str | None, Words], str]:
    """Return everything marked for translation, by its context and words, with one file that holds it."""
    found: dict[tuple[str | None, Words], str] = {}
    for path, source in _sources():
        for _line, words, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            found.setdefault((context, words), str(path.relative_to(ROOT)))
    return found


def in_catalogue() -> Catalog:
    """Return what the .po holds."""
    with PO.open("rb") as file:
        return read_po(file, locale="es")


def brought_up_to_date() -> Catalog:
    """Return a catalogue of exactly what the source marks, with the translations that the .po has."""
    old = in_catalogue()
    new = Catalog(
        locale="es", domain="django", project="Caracol", fuzzy=False, creation_date=WHENEVER, revision_date=WHENEVER
    )
    new.header_comment = "# Caracol in Spanish. docs/spanish.md says which words are used, and why."
    for context, words in in_source():
        known = old.get(words if isinstance(words, str) else words[0], context=context)
        new.add(words, known.string if known else "", context=context, auto_comments=())
    return new


def compiled(catalogue: Catalog) -> bytes:
    """Return the .mo of a catalogue."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def save(catalogue: Catalog) -> None:
    """Write the .po, sorted by its words, and the .mo."""
    with PO.open("wb") as file:
        write_po(file, catalogue, width=120, no_location=True, sort_output=True)
    MO.write_bytes(compiled(in_catalogue()))


def _sources() -> Iterator[tuple[Path, bytes]]:
    for path in python_files():
        yield path, path.read_bytes()
    for path in templates():
        rewritten = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # What stands between the marks is blotted out, its indentation is nothing to Python.
        yield path, "\n".join(line.lstrip() for line in rewritten.splitlines()).encode()


if __name__ == "__main__":
    save(brought_up_to_date())
    empty = sum(not message.string or not any(message.string) for message in in_catalogue() if message.id)
    print(f"{len(in_catalogue())} messages, {empty} without a translation.")  # noqa: T201 - said to whoever runs it
