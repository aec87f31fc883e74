from __future__ import annotations

from conduct.models.affirmation import Affirmation
from conduct.models.article import Article
from conduct.models.clause import Clause
from conduct.models.frozen import Unchangeable
from conduct.models.version import Version

__all__ = ["Affirmation", "Article", "Clause", "Unchangeable", "Version"]
