"""Every address of the application: the API under both prefixes, its documentation, the admin, health."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularRedocView, SpectacularSwaggerView

from omnitron.attributes.resources import urls as attributes
from omnitron.catalogs.resources import urls as catalogs
from omnitron.channels.resources import urls as channels
from omnitron.core.health import live, ready
from omnitron.core.resources.root import api_root
from omnitron.customers.resources import urls as customers
from omnitron.orders.resources import urls as orders
from omnitron.payments.resources import urls as payments
from omnitron.users.resources import urls as users

resources = (orders, channels, catalogs, attributes, customers, payments)
# Those with resources that a channel's application sees its own part of.
of_channels = (orders, channels, catalogs, attributes, customers)
api = [
    path("", api_root([module.router for module in resources])),
    path("", include(users)),
    *(path("", include(module)) for module in resources),
    *(path("channel/<int:channel_id>/", include(module.channel_router.urls)) for module in of_channels),
]

urlpatterns = [
    path("api/v1/", include((api, "omnitron"), namespace="v1")),
    # The prefix the ERP documentation uses: the same views.
    path("api/i1/", include((api, "omnitron"), namespace="i1")),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path(
        "docs/redoc/",
        SpectacularRedocView.as_view(url_name="schema", template_name="docs/redoc.html"),
        name="redoc",
    ),
    path("docs/openapi.json", SpectacularJSONAPIView.as_view(), name="schema"),
    path("admin/", admin.site.urls),
    path("health/live", live),
    path("health/ready", ready),
]

handler400 = "omnitron.core.errors.bad_request"
handler403 = "omnitron.core.errors.permission_denied"
handler404 = "omnitron.core.errors.not_found"
handler500 = "omnitron.core.errors.server_error"
