from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from grievances.drawing import diagram


class Command(BaseCommand):
    help = "Print the way as a Mermaid state diagram: the picture in README.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram(), ending="")
