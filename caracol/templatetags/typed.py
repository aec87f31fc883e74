"""What stands above a page and depends on what can be typed in it: `{% written_first as main %}`, `{{ main|asks }}`."""

from __future__ import annotations

import re

from django import template
from django.utils.safestring import SafeString

register = template.Library()

# A field that somebody fills in, as the page has it.
_FIELD = re.compile(r'<(?:textarea|select)\b|<input\b(?![^>]*type="hidden")')


@register.simple_block_tag
def written_first(content: SafeString) -> SafeString:
    """Return what stands inside: with `as`, it can be placed below what goes by it."""
    return content


@register.filter
def asks(page: str) -> bool:
    """Return whether a page has a field to fill in."""
    return bool(_FIELD.search(page))
