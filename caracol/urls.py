from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("caracol.accounts.urls")),
    path("code/", include("conduct.urls")),
    path("", include("grievances.urls")),
]

handler400 = "caracol.views.bad_request"
handler403 = "caracol.views.forbidden"
handler404 = "caracol.views.not_found"
handler500 = "caracol.views.server_error"
