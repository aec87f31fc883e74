"""Pictures of the pages for the guides in `docs/guides/`, taken by the browser tests when they are asked for."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize

FOLDER = Path(__file__).parents[2] / "docs" / "guides" / "pictures"
TELEPHONE = ViewportSize(width=390, height=844)
# So that a guide opens quickly: bytes of one picture.
MOST = 60 * 1024


class Album:
    """Where pictures go, if any are wanted: a normal run leaves the tree as it was."""

    wanted = False

    @classmethod
    def take(cls, page: Page, name: str, at: str) -> None:
        """Keep a picture of what is read on this page, from `at` on, as a telephone shows it."""
        if not cls.wanted:
            return
        before = page.viewport_size
        page.set_viewport_size(TELEPHONE)
        page.locator(at).first.evaluate("here => here.scrollIntoView()")
        shown = Image.open(io.BytesIO(page.screenshot()))
        FOLDER.mkdir(parents=True, exist_ok=True)
        shown.convert("RGB").save(FOLDER / f"{name}.webp", quality=60, method=6)
        if before:
            page.set_viewport_size(before)
