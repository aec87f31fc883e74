from __future__ import annotations

from unittest.mock import patch

from django.template import engines
from django.test import RequestFactory
from django.utils import translation


def rendered(inside: str, **said: object) -> str:
    template = engines["django"].from_string("{% load i18n once %}" + inside)
    return template.render(said, RequestFactory().get("/somewhere/"))


def test_it_is_said_in_the_language_of_each_reader() -> None:
    template = engines["django"].from_string('{% load i18n once %}{% once %}{% translate "Home" %}{% endonce %}')
    said = []
    for language in ("en", "es", "en"):
        with translation.override(language):
            said.append(template.render())
    assert said == ["Home", "Inicio", "Home"]


def test_nothing_of_a_page_or_its_request_gets_into_what_is_kept() -> None:
    what = "{{ name }}|{{ request.path }}|{{ menu }}|{% csrf_token %}"
    inside, outside = rendered("{% once %}" + what + "{% endonce %}", name="ana"), rendered(what, name="ana")
    assert inside == "|||"
    assert outside.startswith("ana|/somewhere/|[(")
    assert "csrfmiddlewaretoken" in outside


def test_it_is_rendered_once() -> None:
    def how_often(inside: str) -> int:
        page = engines["django"].from_string("{% load i18n once %}" + inside)
        with patch("django.templatetags.i18n.TranslateNode.render", return_value="Home") as rendered:
            assert [page.render() for _each in range(3)] == ["Home"] * 3
        return rendered.call_count

    words = '{% translate "Home" %}'
    assert (how_often(words), how_often("{% once %}" + words + "{% endonce %}")) == (3, 1)
