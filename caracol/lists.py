"""Several things in one sentence, as the reader's language puts them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# In Spanish "y" becomes "e" before its own sound: "Ana e Inés", but "agua y hielo".
_SOUNDS_LIKE_Y = re.compile(r"h?[ií](?![aeouáéóú])", re.IGNORECASE)


def listed(words: Sequence[str]) -> str:
    """Return `words` as a list that ends in "and": "a, b and c", "a, b y c"."""
    last = words[-1] if words else ""
    before_it = "e" if get_language() == "es" and _SOUNDS_LIKE_Y.match(last) else _("and")
    return get_text_list(list(words), before_it)
