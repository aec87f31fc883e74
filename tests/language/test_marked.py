"""Nothing that somebody reads is said in English alone."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from tests.language.catalogue import ROOT, python_files, templates
from tests.language.unmarked import in_python, in_template

# What nobody reads on a page, by file (a pattern) and words ("*": all of them), and why.
LEFT_OUT = {
    ("templates/base_bare.html", "Caracol"): "a name",
    ("templates/grievances/_own_copy.html", "age --decrypt *"): "a command to type",
    ("templates/grievances/copy.html", "files/"): "a folder",
    ("*/management/commands/*.py", "*"): "said on a terminal to whoever runs the site",
    ("*/checks.py", "*"): "likewise",
    ("caracol/backup*", "*"): "likewise",
    ("caracol/env.py", "*) to s3://*"): "likewise",
    ("caracol/files/bucket.py", "*"): "stands in the log: a page says it in other words",
    ("grievances/demo/*.py", "*"): "what made-up people wrote",
    ("caracol/ledger/*.py", "*"): "SQL, and what it raises",
    ("caracol/rows.py", "*"): "likewise",
    ("grievances/lines.py", "*"): "SQL",
    ("grievances/access.py", "JOIN *"): "SQL",
    ("caracol/settings.py", "PRAGMA *"): "SQL",
    ("caracol/logs.py", "A request was refused"): "stands in the log",
    ("caracol/watch/m*.py", "*"): "read by machines, and in the log",
    ("caracol/accounts/failed.py", "A try that failed could not be recorded"): "stands in the log",
    ("caracol/accounts/keys.py", "*"): "stands in the log: a page says it in other words",
    ("caracol/accounts/session_store.py", "*"): "likewise",
    ("caracol/accounts/models/user.py", "A person needs keys too:*"): "said on a terminal",
    ("grievances/models/*.py", "Can *"): "names of permissions, shown nowhere",
    (
        "grievances/models/case.py",
        "National referral opens once*",
    ): "the database's last word, which a guard says before",
}


def is_left_out(file: str, words: str) -> bool:
    return any(fnmatch(file, path) and fnmatch(words, said) for path, said in LEFT_OUT)


def test_every_word_of_every_template_is_marked() -> None:
    astray = [
        (file, words)
        for path in templates()
        for words in in_template(path.read_text(encoding="utf-8"))
        if not is_left_out(file := str(path.relative_to(ROOT)), words)
    ]
    assert astray == []


def test_every_sentence_in_the_program_is_marked() -> None:
    astray = [
        (file, words)
        for path in python_files()
        for words in in_python(path)
        if not is_left_out(file := str(path.relative_to(ROOT)), words)
    ]
    assert astray == []


def test_what_is_left_out_is_still_there() -> None:
    """A reason that leaves nothing out any more goes."""
    said = [(str(path.relative_to(ROOT)), words) for path in python_files() for words in in_python(path)]
    said += [(str(p.relative_to(ROOT)), words) for p in templates() for words in in_template(p.read_text())]
    idle = [(path, each) for path, each in LEFT_OUT if not any(fnmatch(f, path) and fnmatch(w, each) for f, w in said)]
    assert idle == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello there</p>",
        '<img alt="A snail">',
        '<section data-two-more="Press it twice">',
        '{% include "_back.html" with label="Go back" %}',
        '{{ name|default:"Somebody unknown" }}',
        "{% if a %}Only here{% endif %}",
    ],
)
def test_it_would_find_unmarked_words_in_a_template(source: str) -> None:
    assert list(in_template(source))


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Hello there" %}',
        "{% blocktranslate with a=b %}Hello {{ a }}{% endblocktranslate %}",
        '{% include "_back.html" with label=_("Go back") %}',
        '<p class="lead">{{ words }}: 12 — {# a remark #}</p>',
        '{{ day|date:"DATE_FORMAT" }}',
    ],
)
def test_it_lets_marked_ones_be(source: str) -> None:
    assert list(in_template(source)) == []
