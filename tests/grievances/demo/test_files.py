"""What a thief of the demo's files finds in them: no word, no name, no address; and what the passwords open."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from grievances.demo import words
from grievances.demo.bulk import CROWD
from grievances.demo.cast import CAST
from grievances.demo.words import Concern
from tests.grievances.demo.conftest import Site, run

# A text may run over the edge of a page of the file: its beginning and its end are each looked for alone.
PIECE = 20
DATABASE, KEYS = "caracol.sqlite3", "keys.sqlite3"
NARRATED = ("saw", "effect", "need", "named")


def narratives() -> set[str]:
    """Return everything that the made-up people wrote."""
    found = [text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)]
    found += words.WAITS.values()
    concerns = [each for each in vars(words).values() if isinstance(each, Concern)]
    return {*found, *(getattr(concern, name) for concern in concerns for name in NARRATED)}


def people() -> set[str]:
    """Return every name, each part of a name, and every address."""
    figures = (*CAST, *CROWD)
    names = {figure.name for figure in figures} | {figure.email for figure in figures}
    return names | {part for figure in figures for part in figure.name.split()}


SECRETS = sorted({piece for text in narratives() | people() for piece in (text[:PIECE], text[-PIECE:])})
# In base64 a shorter text leaves so few characters that sealed bytes may hold them by chance.
LONG_ENOUGH_FOR_BASE64 = 10


def spellings(text: str) -> Iterator[bytes]:
    """Yield a text as it could stand in a file: in three encodings, in hex, and in base64 wherever it begins."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = text.encode(encoding)
        yield from (raw, raw.hex().encode(), raw.hex().upper().encode())
        if len(text) >= LONG_ENOUGH_FOR_BASE64:
            yield from (_in_base64(raw, before) for before in range(3))


def _in_base64(raw: bytes, before: int) -> bytes:
    """Return the base64 of `raw` after some other bytes, without the characters that depend on its neighbors."""
    bits = 8 * before, 8 * (before + len(raw))
    return base64.b64encode(b"\0" * before + raw)[-(-bits[0] // 6) : bits[1] // 6]


def found(files: list[Path], secrets: Iterable[str] = SECRETS) -> list[str]:
    """Return the secrets that stand in the files in any spelling."""
    held = b"\0".join(file.read_bytes() for file in files)
    return [secret for secret in secrets if any(spelling in held for spelling in spellings(secret))]


def files_of(var: Path) -> list[Path]:
    return [file for file in var.rglob("*") if file.is_file()]


def test_there_is_something_to_look_for_and_somewhere_to_look(site: Site) -> None:
    assert len(narratives()) > 60
    assert len(people()) == 4 * len((*CAST, *CROWD))
    assert {DATABASE, KEYS} <= {file.name for file in files_of(site.var)}
    assert not (site.var / f"{DATABASE}-wal").exists() or (site.var / f"{DATABASE}-wal").stat().st_size == 0


def test_no_word_no_name_and_no_address_stands_in_any_file(site: Site) -> None:
    assert found(files_of(site.var)) == []


@pytest.mark.parametrize(
    ("secret", "planted"),
    [
        (words.BANNER.saw[:PIECE], words.BANNER.saw),
        (CAST[0].email[-PIECE:], CAST[0].email),
        (CROWD[-1].name, CROWD[-1].name),
        (words.PACKET[:PIECE], words.PACKET.encode("utf-16-le")),
        (words.PACKET[:PIECE], words.PACKET.encode().hex()),
        (words.PACKET[:PIECE], base64.b64encode(b"ab" + words.PACKET.encode()).decode()),
        (words.PACKET[-PIECE:], "x" * 10_000 + words.PACKET),
    ],
)
def test_what_stood_there_in_the_clear_would_be_found(
    site: Site, tmp_path: Path, secret: str, planted: str | bytes
) -> None:
    var = site.copied(tmp_path)
    with sqlite3.connect(var / DATABASE) as database:
        database.execute("INSERT INTO grievances_codename (name) VALUES (?)", [planted])
    database.close()
    assert secret in SECRETS
    assert found(files_of(var), [secret]) == [secret]


def test_with_the_key_store_the_passwords_open_every_entry_of_every_room_that_stands(
    site: Site, tmp_path: Path
) -> None:
    read = run("try_to_read", site.copied(tmp_path))
    assert read["shown"] == read["all"] - read["destroyed"]
    assert read["shown"] > 100
    assert read["destroyed"] > 0
    assert read["forged"] == 0


def test_without_the_key_store_every_password_together_opens_no_entry(site: Site, tmp_path: Path) -> None:
    var = site.copied(tmp_path)
    (var / KEYS).unlink()
    read = run("try_to_read", var)
    assert read["all"] > 100
    assert read["stolen"] > read["all"]
    assert (read["shown"], read["by force"]) == (0, 0)
