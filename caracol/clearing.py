"""What a browser is asked to forget when somebody goes."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

WENT = "_somebody_went"


@receiver(user_logged_out)
def note_going(*, request: HttpRequest, **_: object) -> None:
    """Remember that this request ended a session, by whichever page."""
    setattr(request, WENT, True)


def clear_browser(request: HttpRequest, response: HttpResponseBase) -> None:
    """
    Have the browser drop what this site kept in it, if this request ended a session: cookies and storage.

    Not "cache": browsers take seconds over it, going must be instant, and no page is kept there anyway.
    """
    if getattr(request, WENT, False):
        response["Clear-Site-Data"] = '"cookies", "storage"'
