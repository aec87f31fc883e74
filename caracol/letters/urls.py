from __future__ import annotations

from django.urls import path

from caracol.letters import views

app_name = "letters"

urlpatterns = [path("", views.letters, name="letters")]
