"""Handing in files by the page, and having them sent, as a browser does."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from grievances.actions.evidence import attach
from grievances.models import Room, SealedFile
from grievances.rooms import RoomKind
from tests.files.made import TEXT, taken
from tests.grievances.cast import Walk
from tests.grievances.views.pages import at


def room_of(going: Walk, login: str = "member") -> Room:
    """Return somebody's own room, or the draft while there is no other."""
    own = going.case.rooms.filter(kind=RoomKind.PARTY, seat__user=going.cast.user(login))
    return own.first() or going.case.rooms.get(kind=RoomKind.DRAFT)


def files_of(going: Walk, login: str = "member", rest: str = "") -> str:
    """Return the address of the files in somebody's own room."""
    return at(going, f"rooms/{room_of(going, login).token}/files/{rest}")


def hand_in(browser: Client, address: str, *files: tuple[str, bytes], note: str = "", **more: str) -> Any:
    """Send files by the form of a page."""
    chosen = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(address, {"note": note, "chosen": chosen, "whole": "yes", **more})


def handed_in(going: Walk, login: str = "member", content: bytes = TEXT, name: str = "notes.txt") -> str:
    """Let somebody hand in a file in their own room; return its token."""
    upload = taken(content, name)
    room = room_of(going, login)
    attach(room, [upload], by=going.cast[login])
    return SealedFile.objects.get(room=room, token=upload.token).token
