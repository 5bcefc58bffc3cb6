"""The addresses of logins and of the active user; included below each prefix of the API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from omnitron.users.resources import openapi  # noqa: F401 - drf-spectacular learns of the token header
from omnitron.users.resources.views import (
    ActiveUserView,
    LoginView,
    LogoutAllView,
    LogoutView,
    TokenViewSet,
)

router = SimpleRouter()
router.register("auth/tokens", TokenViewSet, basename="token")

urlpatterns = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("auth/logout_all/", LogoutAllView.as_view(), name="logout-all"),
    path("active_user/", ActiveUserView.as_view(), name="active-user"),
    path("", include(router.urls)),
]
