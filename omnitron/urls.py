"""Every address of the application: the API under both prefixes, its documentation, the admin, health."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularRedocView, SpectacularSwaggerView

from omnitron.core.health import live, ready

api = [
    path("", include("omnitron.users.resources.urls")),
    path("", include("omnitron.channels.resources.urls")),
    path("", include("omnitron.catalogs.resources.urls")),
    path("", include("omnitron.customers.resources.urls")),
    path("", include("omnitron.payments.resources.urls")),
    path("", include("omnitron.orders.resources.urls")),
]

urlpatterns = [
    path("api/v1/", include((api, "omnitron"), namespace="v1")),
    # The prefix the ERP documentation uses: the same views.
    path("api/i1/", include((api, "omnitron"), namespace="i1")),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("docs/redoc/", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    path("docs/openapi.json", SpectacularJSONAPIView.as_view(), name="schema"),
    path("admin/", admin.site.urls),
    path("health/live", live),
    path("health/ready", ready),
]

handler400 = "omnitron.core.errors.bad_request"
handler403 = "omnitron.core.errors.permission_denied"
handler404 = "omnitron.core.errors.not_found"
handler500 = "omnitron.core.errors.server_error"
