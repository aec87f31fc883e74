"""
A packet as a tagged PDF (PDF/UA). What people wrote goes to Typst as data, never as code, and through no file.

The compiler is given the page as bytes, in memory: it has no root to read from, and the page imports nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from grievances.consents import worded
from grievances.exceptions import NotOpen
from grievances.facts import Facts
from grievances.models import Consent, Paper
from grievances.packet import policy
from grievances.packet.contents import Group, Item, Packet
from grievances.packet.signs import printable, unprintable

PAGE = settings.BASE_DIR / "templates" / "papers" / "packet.typ"
NOT_MADE = _("The PDF could not be made. Nothing has left, and nothing is lost. Please tell whoever runs the site.")
# What a summary may tell: typed facts, and nothing anybody wrote.
_IN_A_SUMMARY = frozenset({Group.HISTORY, Group.CONFLICTS})


def paper_of(facts: Facts, paper: Paper, packet: Packet) -> bytes:
    """Return a packet's pages with their manifest. Raises NotOpen where they can't be made."""
    parts = [(title, [(item.title, item.text) for item in items]) for title, items in packet.groups()]
    marks = [*_marks(facts, paper, packet), (gettext("SHA-256 of all that was chosen"), packet.digest)]
    manifest = [(item.title, item.digest, _reference(item, facts, paper)) for item in packet.items]
    return _pages(
        gettext("Packet for the National grievance process"), _policy(), parts, manifest=manifest, marks=marks
    )


def summary_of(facts: Facts, packet: Packet) -> bytes:
    """Return one page that names nobody: what the Caucus did, between a Reporting Party and an Accused Party."""
    chosen = [item for item in packet.items if item.group in _IN_A_SUMMARY and item.fixed]
    lead = gettext("A Reporting Party raised a concern about an Accused Party. No name and no chapter is given here.")
    parts = [(gettext("What the Caucus did"), [(item.title, item.text) for item in chosen])]
    return _pages(gettext("Summary, without names"), [lead, *_policy()], parts, manifest=[], marks=[])


def substituted(packet: Packet) -> list[str]:
    """Return the signs in a packet that no font of ours can print, which will stand as their numbers."""
    return unprintable("".join(item.title + item.text for item in packet.items))


def consents_to(facts: Facts, paper: Paper) -> list[Consent]:
    """Return the consents of reporter and harmed to this very version."""
    return [each for each in facts.consents if each.paper_id == paper.pk and each.paper_version == paper.version]


def _policy() -> list[str]:
    now = policy.current()
    checked = gettext("Nobody has checked it yet.")
    if now.checked_on:
        asked = {"day": date_format(now.checked_on), "role": now.checked_by}
        checked = gettext("Checked on %(day)s by %(role)s.") % asked
    return [
        gettext("Policy: %(policy)s. %(checked)s") % {"policy": str(now), "checked": checked},
        now.caution,
        gettext("For: %(address)s") % {"address": now.address},
        gettext("The Caucus hands this packet to the member. It has filed nothing: the member does."),
    ]


def _marks(facts: Facts, paper: Paper, packet: Packet) -> list[tuple[str, str]]:
    made = date_format(timezone.localtime(facts.now), "DATETIME_FORMAT")
    return [
        (gettext("Version"), str(paper.version)),
        (gettext("Prepared by"), gettext("a mediator of the Caucus")),
        (gettext("Made"), made),
        *[
            (gettext("Consent %(number)s") % {"number": number}, _consent(each))
            for number, each in _numbered(facts, paper)
        ],
    ]


def _numbered(facts: Facts, paper: Paper) -> Iterable[tuple[int, Consent]]:
    return enumerate(consents_to(facts, paper), start=1)


def _consent(given: Consent) -> str:
    said = {"day": date_format(timezone.localdate(given.given_at)), "wording": worded(given)}
    return gettext("given on %(day)s: “%(wording)s”") % said


def _reference(item: Item, facts: Facts, paper: Paper) -> str:
    numbers = ", ".join(str(number) for number, _each in _numbered(facts, paper))
    return gettext("%(numbers)s, and that of whoever wrote it") % {"numbers": numbers} if item.owner else numbers


def _pages(
    title: str,
    lead: list[str],
    parts: list[tuple[str, list[tuple[str, str]]]],
    *,
    manifest: list[tuple[str, str, str]],
    marks: list[tuple[str, str]],
) -> bytes:
    told = {
        "lang": (get_language() or "en").partition("-")[0],
        "title": title,
        "lead": lead,
        "parts": [{"title": name, "items": [list(item) for item in items]} for name, items in parts],
        "manifest_title": gettext("Manifest"),
        "columns": [gettext("What"), "SHA-256", gettext("Consent")],
        "manifest": [list(row) for row in manifest],
        "marks": [list(mark) for mark in marks],
    }
    return _compiled(_printable(told))


def _printable(told: object) -> object:
    if isinstance(told, str):
        return printable(told)
    if isinstance(told, Mapping):
        return {name: _printable(each) for name, each in told.items()}
    return [_printable(each) for each in told] if isinstance(told, list) else told


def _compiled(told: object) -> bytes:
    try:
        return bytes(
            typst.compile(
                PAGE.read_bytes(),
                format="pdf",
                pdf_standards="ua-1",
                sys_inputs={"told": json.dumps(told)},
                ignore_system_fonts=True,
            )
        )
    except typst.TypstError:
        # Its message could quote what people wrote.
        raise NotOpen(NOT_MADE) from None
