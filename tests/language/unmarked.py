"""Words in the source that somebody would read, and that nothing marks for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

MARKS = frozenset({"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"})
# Whatever is handed over by these names is read by somebody.
READ = frozenset({"label", "help_text", "empty_label", "verbose_name", "verbose_name_plural", "title", "text"})
SPOKEN_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "placeholder", "aria-description", "aria-roledescription"})
LETTER = re.compile(r"[^\W\d_]{2}")
# A sentence, or the beginning of one: a capital, a space, words.
SENTENCE = re.compile(r"^[A-Z“][^\W\d_]*[’']?[^\W\d_]*,? [^\W\d_]|[^\W\d_] [^\W\d_]+.*[.?!:]$")
LITERAL = re.compile(r'_\(\s*(?:"[^"]*"|\'[^\']*\')\s*\)|"([^"]*)"|\'([^\']*)\'')


# --- Templates ---


class _Texts(HTMLParser):
    """Collects what a page says in its text, and in the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        self.found += [value for name, value in attrs if value and (name in SPOKEN_ATTRIBUTES or _is_spoken(name))]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _is_spoken(attribute: str) -> bool:
    """Return whether an attribute of our own carries words for a script to show."""
    return attribute.startswith("data-") and attribute != "data-leave"


def in_template(source: str) -> Iterator[str]:
    """Yield the words of a template that stand outside every mark: its texts, and the literals given to its tags."""
    parser = _Texts()
    parser.feed(_without_tags(source))
    parser.close()
    yield from (" ".join(text.split()) for text in parser.found if LETTER.search(text))
    yield from _literals(source)


def _without_tags(source: str) -> str:
    """Return the HTML of a template, with a blank where a tag or a marked sentence was."""
    kept, inside = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            inside = (inside or name.startswith("blocktrans")) and not name.startswith("endblocktrans")
        elif token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
    return " ".join(kept)


def _literals(source: str) -> Iterator[str]:
    """Yield the unmarked words that a tag or a filter is given."""
    for token in Lexer(source).tokenize():
        if token.token_type not in {TokenType.BLOCK, TokenType.VAR} or token.contents.startswith("translate "):
            continue
        handed_over = token.contents.partition(" with ")[2] if token.contents.startswith("include ") else ""
        filters = "|".join(token.contents.split("|")[1:])
        for match in LITERAL.finditer(handed_over or filters):
            words = match[1] or match[2] or ""
            if " " in words.strip() and LETTER.search(words):
                yield words


# --- Python ---


def in_python(path: Path) -> Iterator[str]:
    """Yield the words of a module that stand outside every mark and that look as if somebody were to read them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = set(_never_read(tree))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg in READ
            and _is_words(node.value)
            and id(node.value) not in left_out
        ):
            yield _words(node.value)
        elif _is_words(node) and id(node) not in left_out and SENTENCE.search(_words(node)):
            yield _words(node)


def _is_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(LETTER.search(node.value))


def _words(node: ast.AST) -> str:
    assert isinstance(node, ast.Constant)
    return str(node.value)


def _never_read(tree: ast.AST) -> Iterator[int]:
    """Yield the ids of the constants that are marked, or that are no words for anybody: docstrings, logs, types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MARKS:
            yield from map(id, ast.walk(node))
        elif isinstance(node, ast.Call) and _name(node.func) in {"exception", "warning", "info", "debug"}:
            yield from (id(each) for arg in node.args[:1] for each in ast.walk(arg) if _is_log(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            yield from map(id, ast.walk(node.annotation))


def _is_log(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and _name(call.func.value) == "logger"


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
