from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client

from caracol.templatetags.typed import asks


@pytest.mark.parametrize(
    ("page", "has_field"),
    [
        ("<p>Words, and <button>a button</button>.</p>", False),
        ('<input type="hidden" name="csrfmiddlewaretoken" value="…">', False),
        ('<input name="next" type="hidden"> <inputs>', False),
        ('<input type="hidden"><input type="text" name="login">', True),
        ("<input>", True),
        ('<textarea name="text"></textarea>', True),
        ('<select name="who"></select>', True),
    ],
)
def test_a_page_asks_where_something_can_be_filled_in(page: str, *, has_field: bool) -> None:
    assert asks(page) is has_field


def test_what_was_written_first_can_stand_below() -> None:
    page = Template("{% load typed %}{% written_first as it %}<b>{{ x }}</b>{% endwritten_first %}above, {{ it }}")
    assert page.render(Context({"x": "<"})) == "above, <b>&lt;</b>"


@pytest.mark.django_db
def test_where_nothing_can_be_typed_nothing_is_said_of_saving_it() -> None:
    hint = 'id="language-hint"'
    plain, form = (Client().get(path).content.decode() for path in ("/help/", "/accounts/login/"))
    assert (f"{hint} hidden>" in plain, f"{hint} hidden>" in form, f"{hint}>" in form) == (True, False, True)
