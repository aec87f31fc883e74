from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from caracol import languages, safety, status
from caracol.watch.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("admin/", admin.site.urls),
    path("accounts/members/status/", status.page, name="status"),
    path("accounts/letters/", include("caracol.letters.urls")),
    path("accounts/", include("caracol.accounts.urls")),
    path("code/", include("conduct.urls")),
    path("language/", languages.choose, name="language"),
    path("leave/", safety.leave, name="leave"),
    path("safety/", safety.safety, name="safety"),
    path("safety/leaving/", safety.leaving, name="leaving"),
    path("", include("grievances.urls")),
]

handler400 = "caracol.views.bad_request"
handler403 = "caracol.views.forbidden"
handler404 = "caracol.views.not_found"
handler500 = "caracol.views.server_error"
