"""The Code in Spanish: beside the English text, never in its place, and said to be unofficial."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from conduct.loading import CodeRefused, load
from conduct.models import Version
from conduct.translating import load_translation
from tests.conduct.conftest import CODE

pytestmark = pytest.mark.django_db

SPANISH = CODE.with_name("code.es.toml")
UNOFFICIAL = "Esta es una traducción no oficial. El texto que cuenta es el inglés."


@pytest.fixture
def spanish() -> str:
    return SPANISH.read_text(encoding="utf-8")


@pytest.fixture
def translated(version: Version, spanish: str) -> Version:
    load_translation(spanish, version, language="es")
    version.refresh_from_db()
    return version


@pytest.fixture
def reader(client: Client) -> Client:
    """A visitor who chose Spanish."""
    client.post("/language/", {"language": "es"})
    return client


def test_every_article_and_every_clause_is_translated(translated: Version) -> None:
    untold = [
        clause.address
        for clause in translated.clauses.all()
        for column in ("text", "here")
        if clause.said_in("es", column) == getattr(clause, column)
    ]
    assert untold == []
    assert translated.said_in("es", "title") == "Código de Conducta"


def test_what_binds_a_clause_is_translated_with_it(translated: Version) -> None:
    """A clause of two sentences keeps both; a "will not" is still a no."""
    for clause in translated.clauses.all():
        said = clause.said_in("es", "text")
        assert said.count("\n") == clause.text.count("\n")
        assert ("will not" in clause.text) <= bool(re.search(r"\bno\b", said, re.IGNORECASE)), clause.address


def test_the_code_itself_stays_the_english_one(translated: Version, source: str) -> None:
    assert translated.clauses.get(article=1, number=0).text.startswith("We will not prioritize")
    assert load(source) == (translated, False)


def test_a_reader_of_spanish_is_shown_it_and_told_that_it_is_unofficial(translated: Version, reader: Client) -> None:
    page = reader.get("/code/").content.decode()
    assert UNOFFICIAL in page
    assert '<h1 lang="es">Código de Conducta</h1>' in page
    assert "We will not prioritize" not in page
    original = reader.get("/code/?original").content.decode()
    assert '<h1 lang="en">Code of Conduct</h1>' in original
    assert ("We will not prioritize" in original, "No daremos prioridad" in original) == (True, False)


def test_a_reader_of_english_is_shown_the_code_and_nothing_beside_it(translated: Version, client: Client) -> None:
    page = client.get("/code/").content.decode()
    words = ["We will not prioritize", "No daremos prioridad", "unofficial"]
    assert [each in page for each in words] == [True, False, False]


def test_without_a_translation_the_code_is_read_in_english(version: Version, reader: Client) -> None:
    page = reader.get("/code/").content.decode()
    assert ('<h1 lang="en">Code of Conduct</h1>' in page, UNOFFICIAL in page) == (True, False)


def test_a_translation_loaded_again_keeps_its_words(translated: Version, spanish: str) -> None:
    with pytest.raises(CodeRefused, match="Another translation of this text"):
        load_translation(spanish.replace("de buena fe", "de mala fe"), translated, language="es")
    newer = spanish.replace("Caracol no tiene ningún botón", "Caracol carece de un botón")
    load_translation(newer, translated, language="es")
    translated.refresh_from_db()
    assert "carece de un botón" in translated.clauses.get(article=1, number=2).said_in("es", "here")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('translation_of = "85', 'translation_of = "86', "translates another text"),
        ('[clauses."7.3"]', '[clauses."7.4"]', "every clause of its text"),
        ('label = "Primer texto"', "label = 7", "must be text"),
        ('here = "Todo lo que hay en un caso', 'there = "Todo lo que hay en un caso', "“here” must be text"),
        ("[clauses", "[[clauses", "not a TOML file"),
    ],
)
def test_a_faulty_translation_is_refused(version: Version, spanish: str, old: str, new: str, why: str) -> None:
    assert old in spanish
    with pytest.raises(CodeRefused, match=why):
        load_translation(spanish.replace(old, new), version, language="es")
    version.refresh_from_db()
    assert version.translated == {}


def test_the_command_loads_what_lies_beside_the_file(tmp_path: Path) -> None:
    for file in (CODE, SPANISH):
        shutil.copy(file, tmp_path)
    call_command("load_code", tmp_path / "code.toml")
    assert list(Version.objects.get().translated) == ["es"]
    (tmp_path / "code.es.toml").write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match="translates another text"):
        call_command("load_code", tmp_path / "code.toml")
