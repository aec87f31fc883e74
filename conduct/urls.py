from __future__ import annotations

import datetime

from django.urls import path, register_converter

from conduct import views

app_name = "conduct"


class DayConverter:
    """A day in an address, as 2024-01-31."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def to_url(self, value: datetime.date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    # /code/
    path("", views.code, name="code"),
    path("<day:since>/", views.version, name="version"),
    path("<day:since>/affirm/", views.affirm, name="affirm"),
]
