from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "static" / "caracol.css").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LIGHT, DARK = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)

GROUNDS = ["paper", "raised", "sunken", "info", "success", "warning", "error-paper"]
# Words need 4.5 to 1 (WCAG 1.4.3); the edges of fields and the mark of the focus 3 to 1 (1.4.11).
WORDS = [
    *product(["ink"], GROUNDS),
    *product(["ink-soft", "link", "link-hover"], ["paper", "raised", "sunken"]),
    *product(["error"], ["paper", "raised", "error-paper"]),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-focus", "focus"),
    ("paper", "error"),
    ("paper", "ink"),
]
EDGES = [*product(["edge"], ["paper", "raised"]), ("link", "info"), ("error", "error-paper")]


def tokens(theme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_can_be_read(theme: str) -> None:
    colour = tokens(theme)
    faint = [(ink, paper) for ink, paper in WORDS if contrast(colour[ink], colour[paper]) < 4.5]
    faint += [(edge, paper) for edge, paper in EDGES if contrast(colour[edge], colour[paper]) < 3]
    assert faint == []


def test_the_dark_has_every_colour_of_the_light() -> None:
    assert tokens(LIGHT).keys() == tokens(DARK).keys()


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert re.findall(r"url\(|@import|@font-face|https?:", CSS) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_page_carries_a_script_or_a_style(template: Path) -> None:
    text = re.sub(r"\{%.*?%\}", "", template.read_text(encoding="utf-8"))
    assert re.findall(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:", text) == []


def test_only_the_frame_has_a_title() -> None:
    """And the page in a copy of one's own, which is read far from this site."""
    titled = [path.name for path in TEMPLATES if "<title" in path.read_text(encoding="utf-8")]
    assert titled == ["base_bare.html", "copy.html"]
