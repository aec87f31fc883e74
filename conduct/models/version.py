from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conduct.models.article import Article, articles_of
from conduct.models.frozen import Frozen
from conduct.models.translated import Translated

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from conduct.models.clause import Clause


class Version(Translated, Frozen):
    """One text of the Code, in force from its day until the day of the next one."""

    may_change: ClassVar[frozenset[str]] = frozenset({"translated"})

    since = models.DateField(_("in force since"), unique=True)
    label = models.CharField(_("label"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    preamble = models.TextField(_("preamble"))
    source_hash = models.CharField(_("SHA-256 of the text"), max_length=64, editable=False)

    if TYPE_CHECKING:
        clauses: RelatedManager[Clause]

    class Meta:
        ordering = ("-since",)
        verbose_name = _("version of the Code")
        verbose_name_plural = _("versions of the Code")

    def __str__(self) -> str:
        return f"{self.title}, {self.since:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("conduct:version", args=[self.since])

    @classmethod
    def in_force(cls, on: datetime.date) -> Version:
        """Return the one version in force on that day; raise Version.DoesNotExist before the first."""
        return cls.objects.filter(since__lte=on).latest("since")

    def articles(self) -> list[Article]:
        """Return the articles in order, each with its clauses (one query)."""
        return articles_of(self.clauses.all())
