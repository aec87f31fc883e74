"""Moments, asked for and shown in the time zone of whoever gives them."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# The same in every language.
ISO_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


class MomentField(forms.DateTimeField):
    """A day and a time, by the browser's calendar or typed; an hour that the clocks skip or repeat is refused."""

    def __init__(self, *, label: object, required: bool = True) -> None:
        super().__init__(
            label=label,  # type: ignore[arg-type]  # lazy texts are texts
            required=required,
            input_formats=ISO_MOMENTS,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=ISO_MOMENTS[0]),
            error_messages={"invalid": _("Please give a day and a time, like 2026-11-30 18:00.")},
        )


class InOwnZone(forms.BaseForm):
    """A form whose moments are those of `zone`, the name of its writer's time zone; its page shows them so too."""

    zone: str

    def full_clean(self) -> None:
        """Read what was typed in the writer's own time zone."""
        with timezone.override(self.zone):
            super().full_clean()
