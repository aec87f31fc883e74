"""Words of the Code beside their unofficial translations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Translated(models.Model):
    """A row whose words can stand in other languages too; the English ones alone are the Code."""

    # By language, then by the name of the column that is translated.
    translated = models.JSONField(_("unofficial translations"), default=dict, editable=False)

    class Meta:
        abstract = True

    def said_in(self, language: str, column: str) -> str:
        """Return the words of a column in a language; where it has no translation, the Code's own."""
        words: str = self.translated.get(language, {}).get(column) or getattr(self, column)
        return words
