"""What is the same for everybody, rendered once in each language: `{% once %}…{% endonce %}`."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class Once(template.Node):
    """Rendered with an empty context: nothing of a request, a reader or a page can get into what is kept."""

    child_nodelists = ("inside",)

    def __init__(self, inside: NodeList) -> None:
        self.inside = inside
        self._kept: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self._kept:
            nothing = Context()
            with nothing.bind_template(context.template):  # type: ignore[arg-type]  # the one that is rendered now
                self._kept[language] = self.inside.render(nothing)
        return self._kept[language]


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """Keep what stands between, in each language; for words and addresses that are the same for everybody."""
    inside = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(inside)
