from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conduct.models.frozen import Frozen
from conduct.models.translated import Translated
from conduct.models.version import Version


class Kind(models.TextChoices):
    """What happens to a concern that cites a clause."""

    CONCERN = "concern", _("goes the usual way")
    TALK = "talk", _("a talk or a meeting is suggested first")
    MEETING = "meeting", _("disagreement is never a violation: it belongs in a meeting")


class Clause(Translated, Frozen):
    """
    One thing a concern can cite: a clause ("3.3") or a whole article (number 0, "3.0").

    The words and the kind are frozen. `here`, what this app does about the clause, follows the app.
    A translation is frozen by `load_translation`, which alone writes one.
    """

    may_change: ClassVar[frozenset[str]] = frozenset({"here", "translated"})

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="clauses")
    article = models.PositiveSmallIntegerField(_("article"))
    number = models.PositiveSmallIntegerField(_("number within the article, 0 for the article itself"))
    text = models.TextField(_("text"))
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    here = models.TextField(_("what this app does"))

    class Meta:
        ordering = ("version", "article", "number")
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        constraints = (
            models.UniqueConstraint(fields=["version", "article", "number"], name="clause_address_once"),
            models.CheckConstraint(condition=models.Q(article__gte=1), name="clause_article_from_1"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="clause_kind_known"),
        )

    def __str__(self) -> str:
        return self.address

    def get_absolute_url(self) -> str:
        """Return the address of these very words, which stays right after a newer version is in force."""
        return f"{self.version.get_absolute_url()}#{self.address}"

    @property
    def address(self) -> str:
        """The clause as people cite it, such as "3.3", or "3.0" for the article; also its anchor at /code/."""
        return f"{self.article}.{self.number}"
