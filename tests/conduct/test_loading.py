"""The Code is loaded word for word, once, and then stays as it is."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conduct.loading import CodeRefused, load
from conduct.models import Clause, Version

pytestmark = pytest.mark.django_db

# The SHA-256 of the Code as the Caucus hands it out, in plain text with numbered articles and bullets.
ADOPTED = "17a84155624af220d616a8ad94c050d643a5e6aa043dd4bd70c55b82d0628718"


def as_plain_text(version: Version) -> str:
    parts = [version.title, version.preamble]
    for article in version.articles():
        bullets = [f"  • {clause.text}".replace("\n", "\n    ") for clause in article.clauses]
        parts += [f"{article.itself.article}) {article.itself.text}", "\n".join(bullets)]
    return "\n\n".join(parts)


def test_every_article_and_every_clause_is_there(version: Version) -> None:
    clauses = [len(article.clauses) for article in version.articles()]
    assert clauses == [4, 4, 5, 2, 6, 3, 3]
    assert sum(clauses) == 27


def test_addresses_follow_the_order_of_the_text(version: Version) -> None:
    assert [clause.address for clause in version.clauses.filter(article=4)] == ["4.0", "4.1", "4.2"]


def test_the_first_and_the_last_words_are_those_of_the_code(version: Version) -> None:
    first, *_, last = version.clauses.all()
    assert version.title == "Code of Conduct"
    assert version.preamble.split(", ")[0] == "As members of the Caracol DSA Caucus"
    assert first.text == "We will not prioritize Caucus work in non-Caucus DSA spaces."
    assert last.text.split(" except ")[1] == "those expressly designated for sharing outside the Caucus."


def test_the_whole_text_is_the_one_the_caucus_adopted(version: Version) -> None:
    assert hashlib.sha256(as_plain_text(version).encode()).hexdigest() == ADOPTED


def test_a_clause_of_two_sentences_on_two_lines_keeps_both(version: Version) -> None:
    first, second = version.clauses.get(article=2, number=1).text.split("\n")
    assert first == "We will be positive representatives of organizational camaraderie."
    assert second == "We will not disparage other DSA members in public spaces, online or otherwise."


def test_the_app_says_something_about_every_clause(version: Version) -> None:
    assert [clause.address for clause in version.clauses.all() if not clause.here] == []


def test_loading_the_same_file_again_changes_nothing(version: Version, source: str) -> None:
    before = list(Clause.objects.values())
    assert load(source) == (version, False)
    assert list(Clause.objects.values()) == before


def test_other_words_under_the_same_date_are_refused(version: Version, source: str) -> None:
    with pytest.raises(CodeRefused, match="already in force since 2024-01-01"):
        load(source.replace("in good faith", "in bad faith"))
    assert version.clauses.get(article=2, number=0).text[-14:] == "in good faith."


def test_another_kind_under_the_same_date_is_refused(version: Version, source: str) -> None:
    with pytest.raises(CodeRefused):
        load(source.replace('kind = "meeting"', 'kind = "concern"'))


def test_what_the_app_does_may_be_explained_anew(version: Version, source: str) -> None:
    known = version.clauses.get(article=1, number=2)
    load(source.replace(known.here, "Caracol shares nothing."))
    known.refresh_from_db()
    assert known.here == "Caracol shares nothing."


def test_a_changed_text_with_a_date_of_its_own_is_a_second_version(version: Version, source: str) -> None:
    changed = source.replace("in_force = 2024-01-01", "in_force = 2025-01-01").replace(
        "in good faith", "with good will"
    )
    newer = load(changed).version
    assert newer.clauses.get(article=2, number=0).text[-15:] == "with good will."
    assert version.clauses.get(article=2, number=0).text[-14:] == "in good faith."
    assert newer.since == datetime.date(2025, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("in_force = 2024-01-01", "in_force = ", "not a TOML file"),
        ("in_force = 2024-01-01", 'in_force = "2024-01-01"', "must be a date"),
        ("in_force = 2024-01-01", "in_force = 2024-01-01T08:00:00", "must be a date"),
        ("in_force = 2024-01-01", "", "“in_force” is missing"),
        ('label = "First text"', "label = 1", "“label” must be text"),
        ('label = "First text"', 'label = "First text"\nsigned = true', "“signed” is unknown"),
        ('[clauses."4.1"]', '[clauses."four"]', "“four” is not an address"),
        ('[clauses."4.1"]', '[clauses."4.7"]', "4.7: a part before it is missing"),
        ('[clauses."1.0"]', '[clauses."1.9"]', "1.9: a part before it is missing"),
        ('kind = "talk"', 'kind = "war"', "1.1: Value 'war' is not a valid choice"),
        (
            'text = "We will not use DSA social media accounts to share caucus materials."',
            'text = ""',
            "cannot be blank",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_its_reason(source: str, old: str, new: str, reason: str) -> None:
    with pytest.raises(CodeRefused, match=reason):
        load(source.replace(old, new))
    assert Version.objects.count() == 0


def test_a_code_without_clauses_is_refused() -> None:
    with pytest.raises(CodeRefused, match="no clauses"):
        load('in_force = 2024-01-01\nlabel = "a"\ntitle = "b"\npreamble = "c"\n[clauses]')


def test_the_command_loads_a_file_and_says_so(source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "code.toml"
    file.write_text(source, encoding="utf-8")
    call_command("load_code", file)
    call_command("load_code", file)
    assert capsys.readouterr().out == (
        "Code of Conduct, 2024-01-01: loaded.\nCode of Conduct, 2024-01-01: was loaded already.\n"
    )


def test_the_command_names_a_file_it_cannot_load(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.toml"):
        call_command("load_code", tmp_path / "none.toml")
